"""Runs that are killed at any moment: what is published stays whole, and the next run puts the rest right."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from publishing import FIRST, SECOND, ask, publish, state

from warehouse.publish import heal, prepare
from warehouse.types import Healed

# The child kills itself when it has called this function of the operating system so many times.
KILLED_RUN = """
import os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from publishing import FIRST, SECOND, publish

module, name, number = sys.argv[3:]
owner = {"os": os, "shutil": shutil}[module]
original = getattr(owner, name)
calls = 0

def counted(*arguments, **options):
    global calls
    calls += 1
    if calls == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)

setattr(owner, name, counted)
publish(Path(sys.argv[2]), SECOND)
"""
MOMENTS = [
    ("shutil", "copyfile", 1),  # before the working copy is made
    ("os", "mkdir", 3),  # while pages are written
    ("os", "fsync", 1),  # pages written, not marked finished
    ("os", "fsync", 6),  # pages finished
    ("os", "fsync", 20),  # Parquet files written, not finished
    ("os", "replace", 1),  # before the warehouse is replaced
    ("os", "readlink", 5),
    ("os", "replace", 2),  # warehouse replaced, parquet not
    ("os", "replace", 3),  # parquet replaced, quality not
    ("shutil", "rmtree", 2),  # while an old version is removed
]


@pytest.fixture(scope="module")
def one_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after the first run, to be copied."""
    folder = tmp_path_factory.mktemp("one")
    publish(folder, FIRST)
    return folder


@pytest.fixture(scope="module")
def undisturbed(one_load: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two undisturbed runs leave."""
    folder = tmp_path_factory.mktemp("two") / "data"
    shutil.copytree(one_load, folder, symlinks=True)
    publish(folder, SECOND)
    return state(folder)


@pytest.mark.parametrize(("module", "name", "number"), MOMENTS)
def test_a_killed_run_is_put_right_by_the_next(
    tmp_path: Path, one_load: Path, undisturbed: dict[str, Any], module: str, name: str, number: int
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(one_load, data_dir, symlinks=True)
    command = [sys.executable, "-c", KILLED_RUN, str(Path(__file__).parent), str(data_dir)]
    killed = subprocess.run([*command, module, name, str(number)], check=False)
    assert killed.returncode == -signal.SIGKILL
    # what is published is whole all the same
    assert ask(data_dir, "SELECT count(*) FROM observations")[0][0] in (4, 8)
    assert (data_dir / "quality" / "index.html").exists()
    assert (data_dir / "parquet" / "datapackage.json").exists()
    publish(data_dir, SECOND)
    assert state(data_dir) == undisturbed


def test_a_first_run_that_is_killed_is_put_right(tmp_path: Path) -> None:
    for number, data_dir in enumerate((tmp_path / "killed", tmp_path / "whole")):
        if number == 0:
            command = [sys.executable, "-c", KILLED_RUN, str(Path(__file__).parent), str(data_dir)]
            assert subprocess.run([*command, "os", "replace", "2"], check=False).returncode == -signal.SIGKILL
        publish(data_dir, SECOND)
    assert state(tmp_path / "killed") == state(tmp_path / "whole")


def test_leftovers_are_removed(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    (tmp_path / ".work" / "warehouse.duckdb").write_bytes(b"half")
    (tmp_path / ".work" / "warehouse.duckdb.wal").write_bytes(b"half")
    (tmp_path / ".work" / "read-x").mkdir()
    (tmp_path / "warehouse.duckdb.wal").write_bytes(b"somebody's")
    (tmp_path / ".versions" / "Lold" / "parquet").mkdir(parents=True)
    (tmp_path / ".versions" / "Lold" / "parquet.json").write_text("{}")
    healed = prepare(tmp_path)
    assert len(healed.stale_files) == 4
    assert state(tmp_path) == before


def test_lost_parquet_files_are_written_again(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    (tmp_path / "parquet").unlink()
    shutil.rmtree(tmp_path / ".versions" / FIRST.load_id / "parquet")
    assert heal(tmp_path) == Healed(parquet=True)
    assert state(tmp_path) == before
