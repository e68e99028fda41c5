"""Files of this machine that are known are not read again, and whatever changes them is seen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows import remembered
from flows.fetch import Found, discover, list_sources
from flows.remembered import Remembered

_opened: list[str] = []
_listening = False


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event == "open":
        _opened.append(str(arguments[0]))


sys.addaudithook(_listen)


@contextmanager
def opened_files() -> Iterator[list[str]]:
    """Names of the files that Python opens in the block."""
    global _listening
    _opened.clear()
    _listening = True
    try:
        yield _opened
    finally:
        _listening = False


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    for name in ("甲.txt", "乙.txt"):
        (folder / name).write_text(f"{name} 一", encoding="utf-8")
    return folder


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the files had been there for a while: nobody can set back the time the system gives them."""
    monkeypatch.setattr(remembered, "_SETTLED", -1.0)


def look(data: Path, landing: Path, known: set[str]) -> tuple[list[str], list[str]]:
    """Names of what is new, and of the landed files that were opened to find out."""
    memory = Remembered(data)
    with opened_files() as opened:
        found = list(discover(list_sources([landing]), known, [], remembered=memory))
        read = [Path(name).name for name in opened if name.startswith(str(landing))]
    memory.save()
    known |= {item.report_id for item in found if isinstance(item, Found)}
    return [item.source_name for item in found if isinstance(item, Found)], read


@pytest.mark.usefixtures("settled")
def test_a_known_file_is_not_opened_again(tmp_path: Path, landing: Path) -> None:
    known: set[str] = set()
    assert look(tmp_path, landing, known) == (["乙.txt", "甲.txt"], ["乙.txt", "甲.txt"])
    assert look(tmp_path, landing, known) == ([], [])
    (landing / "丙.txt").write_text("丙", encoding="utf-8")
    assert look(tmp_path, landing, known) == (["丙.txt"], ["丙.txt"])


@pytest.mark.usefixtures("settled")
def test_what_the_warehouse_does_not_know_is_read_whatever_is_remembered(
    tmp_path: Path, landing: Path
) -> None:
    known: set[str] = set()
    look(tmp_path, landing, known)
    gone = next(iter(known))
    known.discard(gone)
    assert len(look(tmp_path, landing, known)[0]) == 1


@pytest.mark.usefixtures("settled")
def test_a_file_rewritten_with_its_size_and_time_kept_is_seen(tmp_path: Path, landing: Path) -> None:
    known: set[str] = set()
    look(tmp_path, landing, known)
    path = landing / "甲.txt"
    before = path.stat()
    path.write_text("甲.txt 二", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert look(tmp_path, landing, known) == (["甲.txt"], ["甲.txt"])


@pytest.mark.usefixtures("settled")
def test_another_file_under_the_same_name_is_seen(tmp_path: Path, landing: Path) -> None:
    known: set[str] = set()
    look(tmp_path, landing, known)
    other = tmp_path / "other"
    other.write_text("甲.txt 三", encoding="utf-8")
    other.replace(landing / "甲.txt")
    assert look(tmp_path, landing, known)[0] == ["甲.txt"]


def test_a_file_of_this_moment_is_read_again(tmp_path: Path, landing: Path) -> None:
    """What changes it within the same tick of the clock would not show."""
    known: set[str] = set()
    look(tmp_path, landing, known)
    assert look(tmp_path, landing, known) == ([], ["乙.txt", "甲.txt"])


@pytest.mark.usefixtures("settled")
def test_a_file_was_met_whatever_it_holds_now(tmp_path: Path, landing: Path) -> None:
    look(tmp_path, landing, set())
    (landing / "甲.txt").write_text("另一", encoding="utf-8")
    (landing / "丙.txt").write_text("三", encoding="utf-8")
    memory = Remembered(tmp_path)
    met = {source.name: memory.has_met(source) for source in list_sources([landing])}
    assert met == {"甲.txt": True, "乙.txt": True, "丙.txt": False}
