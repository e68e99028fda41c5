"""Pages of reports that a load of very many leaves for later, and the command that writes them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from factories import make_report, memory_warehouse, report_id
from paging import Loads
from runs import GOOD, zhengbao

LATER = "这份报告的页面还没有写"


def pages_of(folder: Path) -> dict[str, bool]:
    """By the beginning of the report's id: whether its page is there or still to come."""
    return {path.stem: LATER not in path.read_text() for path in folder.glob("reports/*/*.html")}


def test_a_load_writes_so_many_pages_and_a_note_for_the_others(tmp_path: Path) -> None:
    with memory_warehouse() as connection:
        made = Loads(tmp_path, connection)
        reports = [make_report(f"{name}.txt") for name in "abcd"]
        warned = make_report("z.txt", title=None)
        first = made.write(*made.bring([*reports, warned]), most=2)
        there = pages_of(first)
        assert len(there) == 5
        written = {name for name, done in there.items() if done}
        assert written == {report_id(warned)[:16], report_id(reports[0])[:16]}, (
            "what has a warning comes first"
        )
        second = made.write(*made.bring([make_report("e.txt")]), most=3)
        assert sum(pages_of(second).values()) == 3, "two taken over and the new one"
        third = made.write(*made.bring([make_report("f.txt")]))
        assert all(pages_of(third).values()), "without a bound all are written"
        for name in written:
            path = f"reports/{name[:2]}/{name}.html"
            assert os.path.samefile(first / path, third / path)


def test_a_note_is_no_page_of_an_earlier_reading(tmp_path: Path) -> None:
    """What was read anew must not be shown as it was read before."""
    with memory_warehouse() as connection:
        made = Loads(tmp_path, connection)
        report = make_report("a.txt")
        made.add([report])
        again = replace(report, observations=report.observations[:1])
        folder = made.write(*made.bring([again], rules="r2"), most=0)
        assert list(pages_of(folder).values()) == [False]


def test_the_command_writes_what_was_left(served: dict[str, str], tmp_path: Path) -> None:
    data, landing = tmp_path / "data", tmp_path / "landing"
    landing.mkdir()
    for district in ("西湖", "萧山", "滨江"):
        (landing / f"{district}.txt").write_text(GOOD.replace("西湖", district), encoding="utf-8")
    env = {**served, "ZHENGBAO_REPORT_PAGES": "1"}
    assert zhengbao("pages", "--data", data, env=env).code == 2, "there is no quality report yet"
    assert zhengbao("run", landing, "--data", data, env=env).code == 0
    before = (data / "quality").resolve()
    assert sorted(pages_of(before).values()) == [False, False, True]
    done = zhengbao("pages", "--data", data, env=env)
    assert (done.code, done.out) == (0, "写出 / pages written: 2\n"), done.err
    after = (data / "quality").resolve()
    assert list(pages_of(after).values()) == [True, True, True]
    kept = (
        {path.relative_to(before) for path in before.rglob("*") if path.is_file()}
        if before.exists()
        else set()
    )
    assert {path.relative_to(after) for path in after.rglob("*") if path.is_file()} >= kept
    assert (after / "index.html").is_file()
