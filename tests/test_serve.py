"""The real ``zhengbao serve``: its server, its pages, a missed night, a file that arrives, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from runs import GOOD, clean_environment, zhengbao
from serving import serving


def ask(address: str, host: str | None = None, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({"Host": host} if host else {})
    request = urllib.request.Request(
        address, headers=headers, data=json.dumps(body).encode() if body is not None else None
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found |= {child} | descendants(child)
    return found


def listening(pids: set[int]) -> set[str]:
    """Addresses that any of the processes listens on, as the system writes them."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = os.readlink(link)
            except FileNotFoundError:
                continue
            inodes |= {target[8:-1]} if target.startswith("socket:[") else set()
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in inodes:
                found.add(cells[1].partition(":")[0])
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_serve(tmp_path: Path) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    (landing / "first.txt").write_text(GOOD, encoding="utf-8")
    # due on the first of January: whatever is loaded here is loaded for another reason
    with serving(data, str(landing), "--cron", "0 2 1 1 *", "--watch") as served:
        served.wait_for("a first load", lambda: (data / "quality" / "index.html").exists())
        prefect, pages = served.address("Prefect"), served.address("质量报告")
        assert ask(f"{prefect}/")[0] == 200
        (deployment,) = json.loads(ask(f"{prefect}/api/deployments/filter", body={})[1])
        (schedule,) = deployment["schedules"]
        assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == (
            "0 2 1 1 *",
            "Asia/Shanghai",
        )
        assert deployment["concurrency_limit"] == 1 or deployment["global_concurrency_limit"]["limit"] == 1

        status, page = ask(f"{pages}/")
        assert status == 200
        assert "西湖区".encode() in page
        assert ask(f"{pages}/", host="elsewhere.example")[0] == 421
        assert ask(f"{pages}/../warehouse.duckdb")[0] == 404
        assert listening({served.process.pid} | descendants(served.process.pid)) == {"0100007F"}

        again = zhengbao("serve", landing, "--data", data, env=clean_environment())
        assert again.code == 1
        assert "已有 serve" in again.err
        assert "Traceback" not in again.err

        nights = next(pid for pid in descendants(served.process.pid) if _command(pid).endswith("}"))
        os.kill(nights, signal.SIGKILL)
        served.wait_for("a restart", lambda: "重新启动" in served.said)

        (landing / "second.txt").write_text(GOOD.replace("西湖区", "余杭区"), encoding="utf-8")
        served.wait_for("the new file's load", lambda: "余杭区".encode() in ask(f"{pages}/")[1])

        children = descendants(served.process.pid)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(60) == 0, served.said
        assert "Traceback" not in served.said
        assert not {pid for pid in children if Path(f"/proc/{pid}").exists() and _command(pid)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0")
    except FileNotFoundError:
        return ""


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for option in ("--port", "--pages-port"):
            done = zhengbao("serve", "--data", tmp_path / "data", option, port, env=clean_environment())
            assert done.code == 2
            assert port in done.err
            assert "Traceback" not in done.err


def test_a_wrong_cron_expression_is_wrong_usage(tmp_path: Path) -> None:
    done = zhengbao("serve", "--data", tmp_path / "data", "--cron", "at two", env=clean_environment())
    assert done.code == 2
    assert "at two" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "data").exists()
