"""The samples, changed copies of two of them, and the same warehouse made again from the bytes alone."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from runs import GOOD, SAMPLES, Forker, relations

from flows.output import PlainNarrator
from flows.rebuild import rebuild
from flows.settings import load_settings
from flows.takeback import take_back
from transforms.errors import LoadFailed
from warehouse.query import connect, run_query


@pytest.fixture(scope="module")
def two_loads(loaded: Path, forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, then changed copies of two of them under other names, and files that are held back."""
    home = tmp_path_factory.mktemp("two")
    shutil.copytree(loaded, home / "data", symlinks=True)
    changed = home / "changed"
    changed.mkdir()
    for sample in SAMPLES[:2]:
        text = sample.read_text(encoding="utf-8")
        (changed / f"镜像_{sample.name}").write_text(text.replace("增长", "增長", 1) + "\n", encoding="utf-8")
    (changed / "好.txt").write_text(GOOD, encoding="utf-8")
    (changed / "坏.txt").write_bytes(b"")
    log = home / "log"
    assert forker.run(log, "run", "--data", home / "data", changed) == 0, log.read_text()
    return home / "data"


@pytest.mark.parametrize("loads", [2, 1])
def test_another_order_of_files_gives_the_same(
    two_loads: Path, forker: Forker, tmp_path: Path, loads: int
) -> None:
    """Whatever the copies are called. In one load, which edition counts is told by the bytes alone."""
    copies = sorted((two_loads.parent / "changed").iterdir())
    log = tmp_path / "log"
    found = []
    for data, order in ((tmp_path / "a", 1), (tmp_path / "b", -1)):
        night = [SAMPLES[::order], copies[::order]] if loads == 2 else [[*SAMPLES, *copies][::order]]
        for files in night:
            assert forker.run(log, "run", "--data", data, *files) == 0, log.read_text()
        found.append(relations(data))
    assert found[0] == found[1]
    assert loads == 1 or found[0] == relations(two_loads)
    assert len({row[2] for row in found[0]["observations"]}) == len(SAMPLES) + 1


def editions(data: Path) -> set[frozenset[str]]:
    """Reports of which one supersedes the other."""
    with connect(data) as connection:
        query = "SELECT report_id, superseded_by FROM reports WHERE superseded_by IS NOT NULL"
        return {frozenset(row) for row in run_query(connection, query).rows()}


def make_again(data: Path) -> str:
    return rebuild(load_settings(data), PlainNarrator(io.StringIO()))


def test_a_rebuild_gives_the_same_and_so_after_a_rollback(
    two_loads: Path, loaded: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(two_loads, data, symlinks=True)
    before = relations(data)
    latest = make_again(data)
    assert relations(data) == before
    take_back(load_settings(data), latest, PlainNarrator(io.StringIO()))
    assert relations(data) == relations(loaded)
    make_again(data)
    assert relations(data) == relations(loaded)


def test_a_lost_warehouse_comes_from_raw_alone(two_loads: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(two_loads / "raw", data / "raw")
    make_again(data)
    before, after = relations(two_loads), relations(data)
    assert {row[0] for row in after["reports"]} == {row[0] for row in before["reports"]}
    assert all(row[0].startswith(row[1]) for row in after["reports"])
    # which edition came last went with the warehouse; which are editions of one report did not
    assert editions(data) == editions(two_loads)
    assert len(editions(data)) == 2
    edited = set().union(*editions(data))
    unedited = [
        {row[0] for row in found["observations"] if row[2] not in edited} for found in (before, after)
    ]
    assert unedited[0] == unedited[1]
    assert len({row[2] for row in after["observations"]}) == len({row[2] for row in before["observations"]})


def test_missing_bytes_are_told_and_nothing_changes(two_loads: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(two_loads, data, symlinks=True)
    before = relations(data)
    report_id = str(before["reports"][0][0])
    (data / "raw" / report_id[:2] / report_id).unlink()
    with pytest.raises(LoadFailed, match="bytes are gone"):
        make_again(data)
    assert relations(data) == before
