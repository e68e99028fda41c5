"""Runs of the real program in processes of their own, and what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "seeds" / "reports").glob("*.txt"))

GOOD = (
    "2021年西湖区政府工作报告\n(2021年2月1日在杭州市西湖区第十五届人民代表大会第五次会议上)\n\n各位代表:\n"
    "现在,我代表西湖区人民政府向大会报告工作。\n一、2020年工作回顾\n"
    "2020年,全区实现地区生产总值1647.1亿元,增长4.5%;财政总收入294.1亿元,增长5.2%。"
    "城镇居民人均可支配收入达到70216元,增长4.1%。\n"
    "二、2021年工作安排\n今年主要预期目标是:地区生产总值增长7%以上,一般公共预算收入增长6%左右。\n"
)


@dataclass(frozen=True)
class Outcome:
    """How a process ended."""

    code: int
    out: str
    err: str


def clean_environment(**changes: str) -> dict[str, str]:
    """This process's environment without settings of Prefect's or ours, and with ``changes``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "ZHENGBAO_"))}
    return {**kept, **changes}


def zhengbao(*arguments: object, env: Mapping[str, str], cwd: Path | None = None) -> Outcome:
    """Run the program in a new process to its end."""
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    done = subprocess.run(command, env=env, cwd=cwd or ROOT, capture_output=True, timeout=300, check=False)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def relations(data_dir: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every public relation of the warehouse as sorted rows, without what only the clock decides."""
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
        ]
        found = {}
        for name in sorted(names):
            drop = "EXCLUDE (started_at)" if name == "loads" else ""
            found[name] = sorted(connection.execute(f'SELECT * {drop} FROM "{name}"').fetchall(), key=repr)
        return found


class Forker:
    """Starts runs from a process that has imported everything: each costs its work and no start-up."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "forker.py")],
            env=dict(env),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ask({"do": "ready"})

    def start(self, log: Path, *arguments: object) -> int:
        """Start ``zhengbao`` with arguments, its output in ``log``; gives the process id."""
        return int(
            self._ask({"do": "start", "arguments": [str(item) for item in arguments], "log": str(log)})
        )

    def wait(self, pid: int) -> int:
        """Exit code of a process that was started, negative for a signal."""
        return int(self._ask({"do": "wait", "pid": pid}))

    def run(self, log: Path, *arguments: object) -> int:
        """Run to the end."""
        return self.wait(self.start(log, *arguments))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """Kill a process if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Any, seconds: float = 60) -> bool:
    """Whether a condition came true within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
