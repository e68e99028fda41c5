"""The quality pages as files: what they show and lead to, that all of it is escaped, what is taken over as it was."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from factories import TEXT, make_held_back, make_observation, make_report, memory_warehouse
from paging import HOSTILE_TEXT, Loads, hostile, read, sample

from expectations.page_types import Reading, ReportContent, ReportFacts, Unread
from expectations.report_page import find_marks, split_paragraphs
from expectations.shelf import MANIFEST, Shelf
from transforms.types import Report

VOID = {"meta", "link", "br", "input", "img", "hr"}


class Page(HTMLParser):
    """Tags with attributes, the text, and whether every tag that was opened was closed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [a["href"] or "" for tag, a in self.tags if tag == "a" and "href" in a]


def held(report: Report) -> Report:
    """The report, its first number with a span that points at no digits: reason to hold it back."""
    first, *others = report.observations
    return replace(report, observations=(first._replace(char_start=5, char_end=9), *others))


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Loads, list[Path]]]:
    """Two loads: samples, then one sample more, a hostile report, one that is held back, and a file that was."""
    with memory_warehouse() as connection:
        made = Loads(tmp_path_factory.mktemp("pages"), connection)
        folders = [
            made.add([sample(0), sample(4)]),
            made.add([sample(3), hostile(), held(make_report("坏.txt"))], [make_held_back("<b>坏</b>.txt")]),
        ]
        yield made, folders


def site_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.html") if "data_docs" not in path.parts)


def test_every_page_is_whole_and_stands_alone(loads: tuple[Loads, list[Path]]) -> None:
    for path in site_files(loads[1][1]):
        page = Page(path)
        assert page.open == [], path
        tags = [tag for tag, _ in page.tags]
        assert ("html", {"lang": "zh-CN"}) in page.tags
        assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1), path
        assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.source), path
        policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
        assert policy
        assert policy.startswith("default-src 'none'")
        assert "unsafe-eval" not in policy
        assert "script-src 'self' file:;" in policy
        assert all(a.get("scope") for tag, a in page.tags if tag == "th"), path
        ids = [a["id"] for _, a in page.tags if "id" in a]
        assert len(ids) == len(set(ids)), path
        assert {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a} <= set(ids), path


def test_every_link_leads_to_a_page_and_a_place_on_it(loads: tuple[Loads, list[Path]]) -> None:
    folder = loads[1][1]
    anchors = {
        path: {a["id"] for _, a in Page(path).tags if "id" in a}
        for path in [*site_files(folder), folder / "data_docs" / "index.html"]
    }
    for path in site_files(folder):
        page = Page(path)
        resources = [a.get("src") or a.get("href") for t, a in page.tags if t in ("script", "link")]
        for link in [*page.links(), *(r for r in resources if r and r != "data:,")]:
            place, _, anchor = unquote(link).partition("#")
            target = (path.parent / place).resolve() if place else path
            assert target.is_file(), (path, link)
            if anchor and target in anchors:
                assert anchor in anchors[target], (path, link)


def test_the_latest_load_shows_what_came_in_what_was_held_back_and_what_failed(
    loads: tuple[Loads, list[Path]],
) -> None:
    page = Page(loads[1][1] / "index.html")
    for shown in (
        "杭州市西湖区2023年政府工作报告摘要",
        "not_a_report",
        "digits_match",
        "扣留 / held back",
        "<b>坏",
    ):
        assert shown in page.text, shown
    report_id = hostile().document.source.report_id
    assert f"reports/{report_id[:2]}/{report_id[:16]}.html" in page.links()
    # the failed expectation leads to the number in its sentence
    blocked = make_report("坏.txt")
    number = blocked.observations[0].observation_id
    assert f"held/{blocked.document.source.report_id[:16]}.html#{number}" in page.links()
    drawn = json.loads(page.source.split('id="data">')[1].split("</script>")[0])
    assert [load["reports"] for load in drawn["loads"]] == [2, 2]
    assert [load["held_back"] for load in drawn["loads"]] == [0, 2]
    assert all(0.5 < load["explained"] <= 1 for load in drawn["loads"])
    assert drawn["loads"][1]["failed"] >= 1


def test_a_held_report_has_a_page_that_says_why(loads: tuple[Loads, list[Path]]) -> None:
    (path,) = (loads[1][1] / "held").glob("*.html")
    page = Page(path)
    assert "digits_match" in page.text
    assert "2022年全区地区生产总值307.85亿元" in page.text


def test_the_text_of_a_report_is_there_to_the_letter_and_only_as_text(
    loads: tuple[Loads, list[Path]],
) -> None:
    report = hostile()
    report_id = report.document.source.report_id
    page = Page(loads[1][1] / f"reports/{report_id[:2]}/{report_id[:16]}.html")
    tags = [tag for tag, _ in page.tags]
    assert "img" not in tags
    assert "style" not in tags
    assert tags.count("script") == 1  # report.js
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [a for _, a in page.tags if "javascript:" in str(a.get("href"))]
    for line in HOSTILE_TEXT.splitlines():
        assert line in page.text, line
    assert report.document.source.source_name in page.text


def test_every_number_is_marked_with_its_measure_and_status(loads: tuple[Loads, list[Path]]) -> None:
    report = sample(3)
    report_id = report.document.source.report_id
    page = Page(loads[1][1] / f"reports/{report_id[:2]}/{report_id[:16]}.html")
    marks = {a["id"]: a["class"] for tag, a in page.tags if tag == "button"}
    for item in report.observations:
        assert marks[item.observation_id] == f"{item.measure} {item.status}"
    unread = [a for tag, a in page.tags if tag == "button" and a["class"] == "unread"]
    assert len(unread) == len([issue for issue in report.issues if issue.char_start is not None])


def test_every_headline_has_a_page_and_targets_stand_beside_actuals(loads: tuple[Loads, list[Path]]) -> None:
    folder = loads[1][1] / "indicators"
    assert len(list(folder.glob("*.html"))) == 50
    data = Page(folder / "budget_revenue.html").source.split('id="data">')[1].split("</script>")[0]
    points = json.loads(data)["points"]
    assert {"actual", "target"} <= {point[8] for point in points}
    assert "还没有这个指标的数" in Page(folder / "imports.html").text


def test_search_knows_reports_and_indicators_by_all_their_names(loads: tuple[Loads, list[Path]]) -> None:
    script = (loads[1][1] / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("window.zhengbaoIndex = ").rstrip().removesuffix(";"))
    named = {entry[2]: entry for entry in index["entries"]}
    assert named["一般公共预算收入"][1] == "indicators/budget_revenue.html"
    assert "地方财政收入" in named["一般公共预算收入"][4]
    summary = named["杭州市西湖区2023年政府工作报告摘要"]
    assert index["entries"].index(named["一般公共预算收入"]) in summary[5]
    assert "浙江省" in summary[4]


def test_data_docs_are_escaped_and_name_nothing_elsewhere(loads: tuple[Loads, list[Path]]) -> None:
    docs = loads[1][1] / "data_docs"
    pages = list(docs.rglob("*.html"))
    assert len(pages) == 7
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert not re.search(r"<(?:script|img)\b", text), path
        assert re.findall(r"<link\b[^>]*(https?:)", text) == []
        for link in re.findall(r'href="([^"#:]+\.(?:html|css))"', text):
            assert (path.parent / link).is_file(), (path, link)


# What is taken over


def inodes(folder: Path, pattern: str) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.glob(pattern)}


def test_pages_of_earlier_reports_are_the_same_files(loads: tuple[Loads, list[Path]]) -> None:
    first, second = (inodes(folder, "reports/*/*.html") for folder in loads[1])
    assert len(first) == 2
    assert first.items() <= second.items()
    assert len(second) == 4
    first, second = (inodes(folder, "assets/*") for folder in loads[1])
    assert first == second
    assert "assets/plotly.min.js" in first


def test_an_indicator_of_which_nothing_new_is_stated_is_the_same_file(
    loads: tuple[Loads, list[Path]],
) -> None:
    first, second = (inodes(folder, "indicators/*.html") for folder in loads[1])
    assert first["indicators/imports.html"] == second["indicators/imports.html"]
    assert first["indicators/budget_revenue.html"] != second["indicators/budget_revenue.html"]


def test_an_indicator_page_draws_what_was_stated(tmp_path: Path) -> None:
    text = (
        "2023年萧山区政府工作报告\n(2023年2月8日在萧山区第十七届人民代表大会第二次会议上)\n"
        "一、2022年工作回顾\n地区生产总值2060.5亿元,增长1.8%。\n"
        "二、2023年工作安排\n今年经济社会发展的主要预期目标是:地区生产总值增长5%—6%。\n"
    )
    with memory_warehouse() as connection:
        page = Loads(tmp_path, connection).add([read("萧山.txt", text.encode())]) / "indicators/gdp.html"
    data = re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert data is not None
    drawn = json.loads(data[1])
    assert drawn["regions"] == ["萧山区"]
    assert [group["unit"] for group in drawn["groups"]] == ["元", "%"]
    assert len(drawn["reports"]) == 1
    # region, group, period, grain, year, value, high, as written, status, bound, report
    assert sorted(point[:11] for point in drawn["points"]) == [
        [0, 0, "2022", "year", 2022.0, 206050000000.0, 206050000000.0, "2060.5 亿元", "actual", "exact", 0],
        [0, 1, "2022", "year", 2022.0, 1.8, 1.8, "1.8 %", "actual", "exact", 0],
        [0, 1, "2023", "year", 2023.0, 5.0, 6.0, "5 % – 6 %", "target", "range", 0],
    ]


def test_what_a_newer_edition_supersedes_says_so(tmp_path: Path) -> None:
    with memory_warehouse() as connection:
        made = Loads(tmp_path, connection)
        old, new = make_report(), make_report(text=TEXT + "又。")
        before = made.add([old])
        after = made.add([new])
        path = next(before.glob(f"reports/*/{old.document.source.report_id[:16]}.html")).relative_to(before)
        assert "Superseded by" not in Page(before / path).text
        page = Page(after / path)
        assert "Superseded by" in page.text
        assert "307.85" in page.text
        new_id = new.document.source.report_id
        assert f"../../reports/{new_id[:2]}/{new_id[:16]}.html" in page.links()


def test_without_reuse_everything_is_written_anew_and_the_same(tmp_path: Path) -> None:
    with memory_warehouse() as connection:
        made = Loads(tmp_path, connection)
        made.add([make_report("a.txt")])
        # all from the warehouse and the bytes: what a run does whose program draws pages otherwise
        folders = [
            made.add([make_report("b.txt", text=TEXT + "又。", region=("330106", "西湖区"))], reuse=reuse)
            for reuse in (True, False)
        ]
        kept, anew = (inodes(folder, "reports/*/*.html") for folder in folders)
        assert kept.keys() == anew.keys()
        assert not set(kept.values()) & set(anew.values())
        for name in kept:
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def test_a_page_whose_bytes_are_gone_still_lists_the_readings(tmp_path: Path) -> None:
    with memory_warehouse() as connection:
        made = Loads(tmp_path, connection)
        report = make_report("a.txt")
        made.add([report])
        (tmp_path / "raw").rename(tmp_path / "lost")
        folder = made.add([], [make_held_back()], reuse=False)
        (path,) = folder.glob("reports/*/*.html")
        page = Page(path)
        assert "button" not in [tag for tag, _ in page.tags]
        assert report.observations[0].observation_id in page.text


def test_the_shelf_never_writes_into_a_published_file(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    shelf = Shelf(before, None)
    shelf.write("a/b.html", "one", "key")
    shelf.write("index.html", "index")
    shelf.close()
    shelf = Shelf(after, before)
    assert not shelf.keep("a/b.html", "another key")
    assert not shelf.keep("index.html", "key")
    assert shelf.keep("a/b.html", "key")
    shelf.write("index.html", "new")
    shelf.close()
    assert (before / "index.html").read_text() == "index"
    assert os.path.samefile(before / "a/b.html", after / "a/b.html")
    assert json.loads((after / MANIFEST).read_text()) == {"a/b.html": "key"}


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"a.html": "key"}'])
def test_a_broken_folder_is_not_taken_over(tmp_path: Path, manifest: str) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    (before / MANIFEST).write_text(manifest)
    assert not Shelf(after, before).keep("a.html", "key")
    assert not (after / "a.html").exists()


def test_without_links_a_page_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    shelf = Shelf(before, None)
    shelf.write("a.html", "one", "key")
    shelf.close()

    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert Shelf(after, before).keep("a.html", "key")
    assert (after / "a.html").read_text() == "one"


# Marks


def reading(start: int, end: int) -> Reading:
    item = make_observation(TEXT, "r", "307.85")
    return Reading(
        f"O{start}", start, end, "1", "元", item.indicator, None, "level", "actual", "exact", "2022", "written", "",
        None, (),
    )  # fmt: skip


def test_marks_do_not_overlap_and_lose_nothing() -> None:
    readings = (reading(5, 9), reading(0, 2), reading(5, 9), reading(8, 12), reading(3, 3), reading(90, 99))
    unread = (Unread(11, 14, "no_unit", "?"), Unread(1, 2, "no_unit", "?"))
    marks = [(m.start, m.end, m.readings, m.unread) for m in find_marks(readings, unread, 20)]
    assert marks == [(0, 2, [1], [1]), (5, 14, [0, 2, 3], [0])]


def test_pieces_make_the_text_again() -> None:
    text = "一\r\n\n二三四五\n六七\n"
    facts = ReportFacts(
        "f" * 64, "a", None, "other", None, None, None, None, None, None, None, 9, 0, 0, 0, "r", "L"
    )
    content = ReportContent(facts, text, (reading(5, 7), reading(7, 10)), ())
    paragraphs = ["".join(piece.text for piece in paragraph) for paragraph in split_paragraphs(content)]
    assert paragraphs == ["一\r", "二三四五\n六七"]
