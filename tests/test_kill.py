"""kill -9 at any moment: what is published stays whole, and the next run ends as if nothing had been."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from runs import GOOD, ROOT, SAMPLES, Forker, clean_environment, kill, relations, wait_until

POINTS = 20


class Undisturbed(NamedTuple):
    """A run nobody killed: how long it took and what it left."""

    landing: Path
    seconds: float
    relations: dict[str, list[tuple[Any, ...]]]
    parquet: dict[str, int]


def make_landing(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(SAMPLES[0], folder)
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return folder


def parquet_rows(data_dir: Path) -> dict[str, int]:
    """Rows of every relation in the Parquet files."""
    counts = {}
    for folder in sorted(path for path in (data_dir / "parquet").iterdir() if path.is_dir()):
        files = [str(path) for path in folder.rglob("*.parquet")]
        counts[folder.name] = len(duckdb.read_parquet(files).fetchall()) if files else 0
    return counts


@pytest.fixture(scope="module")
def undisturbed(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    landing, data, log = make_landing(folder / "landing"), folder / "data", folder / "log"
    begun = time.monotonic()
    assert forker.run(log, "run", "--data", data, landing) == 0, log.read_text()
    return Undisturbed(landing, time.monotonic() - begun, relations(data), parquet_rows(data))


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_is_completed_by_the_next(
    point: int, undisturbed: Undisturbed, forker: Forker, tmp_path: Path
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    pid = forker.start(log, "run", "--data", data, undisturbed.landing)
    time.sleep(undisturbed.seconds * (point + 0.5) / POINTS)
    kill(pid)
    forker.wait(pid)

    if (data / "warehouse.duckdb").exists():
        assert relations(data) == undisturbed.relations
    assert forker.run(log, "run", "--data", data, undisturbed.landing) == 0, log.read_text()
    assert relations(data) == undisturbed.relations
    assert parquet_rows(data) == undisturbed.parquet
    assert (data / "quality" / "index.html").stat().st_size > 0
    assert [path.name for path in (data / ".work").glob("*")] == []
    assert len(list((data / "quarantine").iterdir())) == 1


def test_the_temporary_server_dies_with_a_killed_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "run",
        "--data",
        str(tmp_path / "data"),
        str(tmp_path / "a.txt"),
    ]
    run = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: server_of(run.pid) is not None)
        server = server_of(run.pid)
        assert server is not None
    finally:
        run.kill()
        run.wait()
    assert wait_until(lambda: not is_alive(server))


def server_of(pid: int) -> int | None:
    """Process id of the temporary server a run has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("this system does not list children of a process")
    for child in children.read_text().split():
        if "orchestrator_server" in Path(f"/proc/{child}/cmdline").read_text():
            return int(child)
    return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
