"""Reports read by several processes: the same parts as by one, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from runs import GOOD, ROOT, SAMPLES, wait_until

from flows.fetch import Found, Stored, list_sources, store_raw
from flows.readers import WORTH_PROCESSES, Part, Readers, count_processes
from flows.steps import fetch_batch, split_by_size
from seeds.load import load_seeds
from transforms.errors import Transient
from transforms.lexicon import Lexicon, build_lexicon
from transforms.limits import Limits


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def batches(data: Path) -> list[tuple[Stored, ...]]:
    """Five batches of a report each, and one of what is none."""
    stored = list(fetch_batch(data, list_sources(SAMPLES), ()).stored)
    stored.append(store_raw(data, Found("0" * 64, "空.txt", b"\x00\x01")))
    return split_by_size(stored, 1)


def read_all(
    data: Path, batches: Sequence[Sequence[Stored]], lexicon: Lexicon, root: Path, processes: int
) -> list[Part]:
    with Readers(data, batches, lexicon, Limits(), root, processes) as readers:
        return [readers.part(number) for number in range(len(batches))]


def test_several_processes_stage_what_one_stages(
    data: Path, batches: list[tuple[Stored, ...]], lexicon: Lexicon, tmp_path: Path
) -> None:
    one = read_all(data, batches, lexicon, tmp_path / "one", 1)
    two = read_all(data, batches, lexicon, tmp_path / "two", 2)
    assert [part.reports for part in one] == [part.reports for part in two]
    assert [part.held_back for part in one] == [part.held_back for part in two]
    assert sum(len(part.reports) for part in one) == 5
    assert [item.reason for part in two for item in part.held_back] == ["not_a_report"]
    for here, there in zip(one, two, strict=True):
        names = sorted(path.name for path in here.folder.iterdir())
        assert names == sorted(path.name for path in there.folder.iterdir())
        for name in names:
            assert pq.read_table(here.folder / name).equals(pq.read_table(there.folder / name)), name


def test_a_process_that_dies_costs_a_second_try_and_nothing_else(
    data: Path, batches: list[tuple[Stored, ...]], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, batches, lexicon, Limits(), tmp_path, 2) as readers:
        assert wait_until(lambda: len(readers.process_ids()) == 2)
        for process in readers.process_ids():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(Transient, match="reading process"):
            readers.part(len(batches) - 1)
        parts = [readers.part(number) for number in range(len(batches))]
    assert sum(len(part.reports) for part in parts) == 5


def test_no_process_is_left_behind(
    data: Path, batches: list[tuple[Stored, ...]], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, batches, lexicon, Limits(), tmp_path, 2) as readers:
        readers.part(0)
        left = readers.process_ids()
    assert len(left) == 2
    assert not any(is_alive(process) for process in left)


KILLED = """
import os, sys, time
from pathlib import Path
from flows.fetch import list_sources
from flows.readers import Readers
from flows.steps import fetch_batch, split_by_size
from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.limits import Limits

if __name__ == "__main__":
    data = Path(sys.argv[1])
    batches = split_by_size(fetch_batch(data, list_sources([data / "landing"]), ()).stored, 1)
    with Readers(data, batches, build_lexicon(load_seeds()), Limits(), data / "staged", 2) as readers:
        readers.part(0)
        print(*readers.process_ids(), flush=True)
        time.sleep(600)
"""


def test_processes_end_with_the_run_that_is_killed(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    for name in "甲乙丙":
        (landing / f"{name}.txt").write_text(GOOD + name, encoding="utf-8")
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    processes = [int(word) for word in run.stdout.readline().split()]
    assert len(processes) == 2
    run.kill()
    run.wait(30)
    assert wait_until(lambda: not any(is_alive(process) for process in processes), seconds=30)


def test_a_small_night_is_read_here() -> None:
    small = [(Stored("a", "a.txt", 1000),)] * 10
    large = [(Stored("a", "a.txt", WORTH_PROCESSES),)] * 10
    assert count_processes(0, small) == 1
    assert count_processes(0, large) == len(os.sched_getaffinity(0))
    assert count_processes(3, small) == 3
    assert count_processes(3, large[:2]) == 2
    assert count_processes(0, []) == 1


def is_alive(process: int) -> bool:
    """Also not as one that has ended and was not asked for."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
