"""A disk that is full, a folder that cannot be written, a run that is told to stop: one line, nothing published,
and the next run ends as if nothing had been."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from runs import GOOD, ROOT, Forker, clean_environment, kill, relations, wait_until, zhengbao
from test_kill import parquet_rows, server_of

Relations = dict[str, list[tuple[Any, ...]]]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a small disk of Linux")


class States(NamedTuple):
    """A data directory with one load, and what the load of another report makes of it."""

    start: Path
    landing: Path
    before: Relations
    after: Relations
    parquet: dict[str, int]
    seconds: float


@pytest.fixture(scope="module")
def states(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> States:
    folder = tmp_path_factory.mktemp("faults")
    landing, start, undisturbed = folder / "landing", folder / "start", folder / "undisturbed"
    landing.mkdir()
    (landing / "first.txt").write_text(GOOD, encoding="utf-8")
    load(forker, start, landing)
    (landing / "second.txt").write_text(GOOD.replace("西湖区", "余杭区"), encoding="utf-8")
    shutil.copytree(start, undisturbed, symlinks=True)
    begun = time.monotonic()
    load(forker, undisturbed, landing)
    seconds = time.monotonic() - begun
    before, after = relations(start), relations(undisturbed)
    assert len(after["observations"]) > len(before["observations"])
    return States(start, landing, before, after, parquet_rows(undisturbed), seconds)


@pytest.fixture
def disk(states: States, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with the data directory of one load."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(mounted)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this user cannot mount a disk: {done.stderr.decode().strip()}")
    try:
        shutil.copytree(states.start, mounted / "data", symlinks=True)
        yield mounted
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


def load(forker: Forker, data: Path, landing: Path) -> None:
    log = data.parent / "log"
    log.unlink(missing_ok=True)
    assert forker.run(log, "run", "--data", data, landing) == 0, log.read_text()


def run_badly(forker: Forker, log: Path, data: Path, landing: Path) -> str:
    """What a run that fails says of it: its one line."""
    assert forker.run(log, "run", "--data", data, landing) == 1, log.read_text()
    return the_line(log)


def the_line(log: Path) -> str:
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    (line,) = (line for line in said.splitlines() if line.startswith("错误"))
    return line


def assert_heals(forker: Forker, data: Path, states: States) -> None:
    load(forker, data, states.landing)
    assert relations(data) == states.after
    assert parquet_rows(data) == states.parquet
    assert "余杭区" in (data / "quality" / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in (data / ".work").glob("*")] == []


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk but for so many bytes; gives what to remove to make room again."""
    filler = disk / "filler"
    with filler.open("wb") as stream:
        stream.write(bytes(max(shutil.disk_usage(disk).free - leave, 0)))
    return filler


@pytest.mark.parametrize("kilobytes", [0, 64, 1024, 4096, 8192])
def test_a_full_disk(kilobytes: int, disk: Path, states: States, forker: Forker, tmp_path: Path) -> None:
    data = disk / "data"
    filler = fill(disk, kilobytes * 1024)
    line = run_badly(forker, tmp_path / "log", data, states.landing)
    assert "No space left" in line
    assert relations(data) == states.before
    filler.unlink()
    assert_heals(forker, data, states)


def test_a_disk_that_cannot_be_written(disk: Path, states: States, forker: Forker, tmp_path: Path) -> None:
    data = disk / "data"
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    line = run_badly(forker, tmp_path / "log", data, states.landing)
    assert "Read-only" in line
    assert relations(data) == states.before
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert_heals(forker, data, states)


@pytest.mark.parametrize("part", [0.1, 0.35, 0.6, 0.85])
def test_a_run_that_is_told_to_stop(part: float, states: States, forker: Forker, tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    shutil.copytree(states.start, data, symlinks=True)
    pid = forker.start(log, "run", "--data", data, states.landing)
    time.sleep(states.seconds * part)
    kill(pid, signal.SIGTERM)
    code = forker.wait(pid)
    if code == 0:  # it was through before it was told
        assert relations(data) == states.after
        return
    assert code == 1, log.read_text()
    assert "中断" in the_line(log)
    assert relations(data) == states.before
    assert_heals(forker, data, states)


def test_prefects_own_server_on_a_full_disk(disk: Path, states: States, forker: Forker) -> None:
    data = disk / "data"
    filler = fill(disk, 1024)
    done = zhengbao("run", "--data", data, states.landing, env=clean_environment())
    assert done.code == 1
    assert "Traceback" not in done.err
    (line,) = (line for line in done.err.splitlines() if line.startswith("错误"))
    assert "MB left on the disk" in line
    assert relations(data) == states.before
    filler.unlink()
    assert_heals(forker, data, states)


def test_a_server_that_disappears(states: States, forker: Forker, tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "stderr"
    shutil.copytree(states.start, data, symlinks=True)
    with log.open("wb") as stream:
        run = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "run", "--data", str(data), str(states.landing)],
            cwd=ROOT,
            env=clean_environment(),
            stderr=stream,
            stdout=subprocess.DEVNULL,
        )
    try:
        assert wait_until(lambda: "发布" in log.read_text(encoding="utf-8"))
        server = server_of(run.pid)
        assert server is not None
        kill(server)
        code = run.wait(300)  # Prefect asks for it again and again
    finally:
        run.kill()
        run.wait()
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    if code == 0:  # Prefect could only not be told
        assert "published, but afterwards" in said
        assert relations(data) == states.after
    else:
        assert code == 1
        assert "错误" in the_line(log)
        assert relations(data) == states.before
        assert_heals(forker, data, states)
