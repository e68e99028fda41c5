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
from flows.readers import WORTH_PROCESSES, Part, Readers
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
def stored(data: Path) -> list[Stored]:
    """Five reports, and one document that is none."""
    stored = list(fetch_batch(data, list_sources(SAMPLES), ()).stored)
    return [*stored, store_raw(data, Found("0" * 64, "空.txt", b"\x00\x01"))]


def read_all(
    data: Path, stored: Sequence[Stored], lexicon: Lexicon, root: Path, processes: int
) -> list[Part]:
    """Each document a batch of its own."""
    with Readers(data, lexicon, Limits(), root, processes, 1) as readers:
        readers.add(stored)
        return [readers.part(number) for number in range(readers.finish())]


def test_several_processes_stage_what_one_stages(
    data: Path, stored: list[Stored], lexicon: Lexicon, tmp_path: Path
) -> None:
    one = read_all(data, stored, lexicon, tmp_path / "one", 1)
    two = read_all(data, stored, lexicon, tmp_path / "two", 2)
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
    data: Path, stored: list[Stored], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, lexicon, Limits(), tmp_path, 2, 1) as readers:
        readers.add(stored)
        count = readers.finish()
        assert wait_until(lambda: len(readers.process_ids()) == 2)
        for process in readers.process_ids():
            os.kill(process, signal.SIGKILL)
        with pytest.raises(Transient, match="reading process"):
            readers.part(count - 1)
        parts = [readers.part(number) for number in range(count)]
    assert sum(len(part.reports) for part in parts) == 5


def test_no_process_is_left_behind(
    data: Path, stored: list[Stored], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, lexicon, Limits(), tmp_path, 2, 1) as readers:
        readers.add(stored)
        readers.part(0)
        left = readers.process_ids()
    assert len(left) == 2
    assert not any(is_alive(process) for process in left)


KILLED = """
import os, sys, time
from pathlib import Path
from flows.fetch import list_sources
from flows.readers import Readers
from flows.steps import fetch_batch
from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.limits import Limits

if __name__ == "__main__":
    data = Path(sys.argv[1])
    stored = fetch_batch(data, list_sources([data / "landing"]), ()).stored
    with Readers(data, build_lexicon(load_seeds()), Limits(), data / "staged", 2, 1) as readers:
        readers.add(stored)
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


def test_documents_are_read_while_others_are_still_looked_for(
    data: Path, stored: list[Stored], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, lexicon, Limits(), tmp_path, 2, 1) as readers:
        for item in stored[:3]:
            readers.add([item])
        assert wait_until((tmp_path / "000000" / "observation.parquet").exists)
        readers.add(stored)  # the first three again
        parts = [readers.part(number) for number in range(readers.finish())]
        assert readers.batches == [(item,) for item in stored]
    assert [report.report_id for part in parts for report in part.reports] == [
        item.report_id for item in stored[:5]
    ]


@pytest.mark.parametrize("each", [1, 2, 7])
def test_batches_do_not_depend_on_how_documents_come(data: Path, lexicon: Lexicon, each: int) -> None:
    documents = [Stored(f"{at:064}", f"{at}.txt", 3000 * (1 + at % 5)) for at in range(20)]
    with Readers(data, lexicon, Limits(), data, 1, 6000) as readers:
        for at in range(0, len(documents), each):
            readers.add(documents[at : at + each])
        readers.finish()
    assert readers.batches == split_by_size(documents, 6000)


def test_a_small_night_is_read_here(
    data: Path, stored: list[Stored], lexicon: Lexicon, tmp_path: Path
) -> None:
    with Readers(data, lexicon, Limits(), tmp_path, 0, 1) as readers:
        readers.add(stored)
        assert readers.part(readers.finish() - 1).held_back
        assert not readers.process_ids()


def test_a_large_night_is_read_by_processes(data: Path, lexicon: Lexicon, tmp_path: Path) -> None:
    large = [Stored(str(at), f"{at}.txt", WORTH_PROCESSES) for at in range(3)]
    with Readers(data, lexicon, Limits(), tmp_path, 0, 1) as readers:
        readers.add(large)
        assert bool(readers.process_ids()) == (len(os.sched_getaffinity(0)) > 1)


def is_alive(process: int) -> bool:
    """Also not as one that has ended and was not asked for."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
