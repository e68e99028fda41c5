"""One report in several editions: from another site, in another script, corrected. One of them counts."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import pytest
from factories import make_batch, memory_warehouse, report_id, rows
from opencc import OpenCC
from runs import GOOD, SAMPLES

from seeds.load import load_seeds
from transforms.editions import PLACES
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report, Seeds
from warehouse.loader import load

PERFORMANCE, _, TASKS, SUMMARY, TRADITIONAL = (path.read_text(encoding="utf-8") for path in SAMPLES)


@lru_cache(maxsize=1)
def seeds() -> Seeds:
    return load_seeds()


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return build_lexicon(seeds())


def read(name: str, text: str | bytes) -> Report:
    """The report in a file of this name."""
    payload = text if isinstance(text, bytes) else text.encode()
    return read_report(RawDocument(hashlib.sha256(payload).hexdigest(), name, payload), lexicon())


def place(report: Report, **meta: Any) -> Report:
    """The report with another account of itself."""
    document = replace(report.document, meta=replace(report.document.meta, **meta))
    return replace(report, document=document)


def similarity(one: Report, other: Report) -> float:
    places = range(0, 4 * PLACES, 4)
    return sum(one.signature[at : at + 4] == other.signature[at : at + 4] for at in places) / PLACES


def bring(con: duckdb.DuckDBPyConnection, *reports: Report) -> int:
    """Load reports together; gives how many earlier ones went out of force."""
    return load(con, seeds(), make_batch(*reports)).superseded


def in_force(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in rows(con, "SELECT source_name FROM reports WHERE superseded_by IS NULL")}


def counted(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(rows(con, "SELECT source_name, count(*) FROM observations GROUP BY ALL"))


# What is the same report


def on_another_site(text: str) -> str:
    above = "首页\n政务公开\n当前位置：首页 > 政府信息公开 > 工作报告\n字体：大 中 小\n打印\n分享到：\n\n"
    below = "\n相关链接\n上一篇：区政府召开常务会议\n下一篇：关于预算草案的报告\n主办单位：区人民政府办公室\n网站地图\n"
    return above + text + below


def with_another_figure(text: str) -> str:
    figures = list(re.finditer(r"\d+\.\d", text))
    middle = figures[len(figures) // 2]
    return text[: middle.start()] + "98.7" + text[middle.end() :]


def wrapped(text: str) -> str:
    return re.sub("(.{40})(?=.)", "\\1\n", text)


EDITIONS: dict[str, Callable[[str], str | bytes]] = {
    "GB 18030": lambda text: text.encode("gb18030"),
    "another site": on_another_site,
    "traditional": lambda text: OpenCC("s2t").convert(text),
    "another figure": with_another_figure,
    "hard-wrapped": wrapped,
    "all at once": lambda text: (
        OpenCC("s2t").convert(with_another_figure(on_another_site(text))).encode("utf-16")
    ),
}


@pytest.mark.parametrize(
    "text", [PERFORMANCE, TASKS, SUMMARY, GOOD], ids=["performance", "tasks", "summary", "short"]
)
@pytest.mark.parametrize("change", EDITIONS.values(), ids=EDITIONS)
def test_an_edition_supersedes_the_one_before(
    con: duckdb.DuckDBPyConnection, text: str, change: Callable[[str], str | bytes]
) -> None:
    older, newer = read("甲.txt", text), read("乙.txt", change(text))
    assert bring(con, older) == 0
    assert bring(con, newer) == 1
    assert in_force(con) == {"乙.txt"}
    assert counted(con) == {"乙.txt": len(newer.observations)}
    assert abs(len(newer.observations) - len(older.observations)) <= len(older.observations) // 50
    assert rows(con, "SELECT superseded_by FROM reports WHERE source_name = '甲.txt'") == [
        (report_id(newer),)
    ]
    assert {name for (name,) in rows(con, "SELECT source_name FROM tasks")} <= {"乙.txt"}
    assert rows(con, "SELECT count(*) FROM conflicts") == [(0,)]


def test_the_corrected_figure_is_the_one_that_counts(con: duckdb.DuckDBPyConnection) -> None:
    bring(con, read("甲.txt", GOOD))
    bring(con, read("勘误.txt", GOOD.replace("1647.1亿元", "1674.1亿元")))
    assert rows(con, "SELECT value FROM observations WHERE indicator_code = 'gdp' AND measure = 'level'") == [
        (1674.1,)
    ]


def test_a_text_littered_with_pinyin_is_the_same_report(con: duckdb.DuckDBPyConnection) -> None:
    """The sample itself is traditional and littered; this is what a clean site would show."""
    littered = read("余杭.txt", TRADITIONAL)
    clean = read(
        "整洁.txt", OpenCC("t2s").convert(re.sub(r"\([a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,6}\)", "", TRADITIONAL))
    )
    bring(con, littered)
    assert bring(con, clean) == 1


# What is another report


def good(region: str = "西湖区", year: int = 2021) -> str:
    text = GOOD.replace("西湖区", region)
    return text.replace("2020年", "去年").replace("2021年", f"{year}年").replace("去年", f"{year - 1}年")


ANOTHER_NOTE = (
    "杭州市西湖区2020年工作完成情况\n\n2020年,全区新建幼儿园12所,新增学位3600个;改造老旧小区47个,惠及居民2.1万户。"
    "完成农村公路提升86公里,新开公交线路9条,新增停车泊位5200个。西湖区医院门诊量同比增长12.4%,家庭医生签约率达到41%。\n"
)
PERFORMANCE_NOTE = (
    "2020年杭州市西湖区政府绩效执行情况\n\n2020年,全区上下攻坚克难。规上工业增加值增长8.8%,固定资产投资增长6.1%。"
    "全年新设企业1.2万家,引进项目96个,其中亿元以上项目33个。空气优良率达到89.3%。西湖区财政支出用于民生的比例为78%。\n"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (good("西湖区"), good("萧山区")),
        (good(year=2021), good(year=2020)),
        (good(), PERFORMANCE_NOTE),
        (ANOTHER_NOTE, PERFORMANCE_NOTE),
        (SUMMARY, SUMMARY.replace("政府工作报告摘要", "政府工作报告")),
    ],
    ids=[
        "districts alike",
        "last year",
        "work and performance",
        "two notes of a year",
        "work report and summary",
    ],
)
def test_other_reports_stay_apart(con: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert bring(con, read("甲.txt", one)) == 0
    assert bring(con, read("乙.txt", other)) == 0
    assert in_force(con) == {"甲.txt", "乙.txt"}
    assert counted(con).keys() == {"甲.txt", "乙.txt"}


def test_what_the_cases_above_are_about() -> None:
    """Alike where only the account of themselves tells them apart, and the same account where only the text does."""
    assert similarity(read("", good("西湖区")), read("", good("萧山区"))) > 0.8
    assert similarity(read("", good(year=2021)), read("", good(year=2020))) > 0.8
    notes = [read("", note).document.meta for note in (ANOTHER_NOTE, PERFORMANCE_NOTE)]
    assert {(note.region_code, note.report_type, note.period) for note in notes} == {
        ("330106", "performance_report", "2020")
    }
    summary, full = (
        read("", text) for text in (SUMMARY, SUMMARY.replace("政府工作报告摘要", "政府工作报告"))
    )
    assert similarity(summary, full) > 0.9
    assert summary.document.meta.report_type != full.document.meta.report_type


# What is not known of a report


@pytest.mark.parametrize(
    "unknown", [{"region_code": None}, {"period": None}, {"report_type": "other"}], ids=str
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_not_known_takes_the_same_text_to_be_an_edition(
    con: duckdb.DuckDBPyConnection, unknown: dict[str, Any], first: bool
) -> None:
    vague = place(read("甲.txt", on_another_site(SUMMARY)), **unknown)
    pair = (vague, read("乙.txt", SUMMARY))
    for report in pair if first else pair[::-1]:
        bring(con, report)
    assert in_force(con) == {"乙.txt" if first else "甲.txt"}


def test_what_is_not_known_asks_for_more_than_likeness(con: duckdb.DuckDBPyConnection) -> None:
    """Two thirds of a text: an edition where all is known, another report where the region is not."""
    lines = SUMMARY.split("\n")
    part = "\n".join(line for number, line in enumerate(lines) if number < 12 or number % 8)
    whole, known = read("甲.txt", SUMMARY), read("乙.txt", part)
    assert 0.5 < similarity(whole, known) < 0.9
    bring(con, whole)
    assert bring(con, place(known, region_code=None)) == 0
    with memory_warehouse() as fresh:
        bring(fresh, whole)
        assert bring(fresh, known) == 1


def test_what_would_fit_two_places_belongs_to_neither(con: duckdb.DuckDBPyConnection) -> None:
    west = read("西湖.txt", SUMMARY)
    south = place(read("萧山.txt", on_another_site(SUMMARY)), region_code="330109")
    nowhere = place(read("无名.txt", wrapped(SUMMARY)), region_code=None)
    bring(con, west, south)
    assert bring(con, nowhere) == 0
    assert in_force(con) == {"西湖.txt", "萧山.txt", "无名.txt"}


def test_without_a_signature_the_name_decides(con: duckdb.DuckDBPyConnection) -> None:
    """A report whose bytes are gone keeps the row that an older program wrote."""
    bring(con, replace(read("甲.txt", GOOD), signature=""))
    assert rows(con, "SELECT signature FROM dim_report") == [(None,)]
    assert bring(con, read("乙.txt", on_another_site(GOOD))) == 0
    bring(con, read("甲.txt", GOOD + "\n"))
    assert in_force(con) == {"甲.txt"}
    assert len(counted(con)) == 1


# Which one counts


def test_editions_form_a_chain(con: duckdb.DuckDBPyConnection) -> None:
    """The last and the first of a chain may have drifted apart."""
    texts = [SUMMARY]
    for _ in range(3):
        lines = texts[-1].split("\n")
        texts.append("\n".join(line[: 4 * len(line) // 5] if len(line) > 60 else line for line in lines))
    editions = [read(f"{number}.txt", text) for number, text in enumerate(texts)]
    assert similarity(editions[0], editions[-1]) < 0.5
    assert [bring(con, edition) for edition in editions] == [0, 1, 1, 1]
    chain = dict(rows(con, "SELECT report_id, superseded_by FROM reports"))
    ids = [report_id(edition) for edition in editions]
    assert [chain[i] for i in ids] == [*ids[1:], None]


def test_a_corrected_file_supersedes_under_its_name_however_much_changed(
    con: duckdb.DuckDBPyConnection,
) -> None:
    older, newer = read("西湖.txt", ANOTHER_NOTE), read("西湖.txt", PERFORMANCE_NOTE)
    assert similarity(older, newer) < 0.2
    bring(con, older)
    assert bring(con, newer) == 1


def test_in_one_load_the_order_of_files_does_not_matter() -> None:
    editions = [
        read("甲.txt", GOOD),
        read("乙.txt", on_another_site(GOOD)),
        read("丙.txt", GOOD.encode("gbk")),
    ]
    dated = [replace_date(editions[0], date(2021, 3, 1)), *editions[1:]]
    for group, expected in ((editions, max(map(report_id, editions))), (dated, report_id(editions[0]))):
        found = set()
        for order in itertools.permutations(group):
            with memory_warehouse() as con:
                bring(con, *order)
                found.add(repr(rows(con, "FROM reports ORDER BY report_id")))
                assert rows(con, "SELECT DISTINCT report_id FROM observations") == [(expected,)]
        assert len(found) == 1


def replace_date(report: Report, published_on: date) -> Report:
    return place(report, published_on=published_on)


def test_an_edition_that_comes_with_another_report_changes_only_its_own(
    con: duckdb.DuckDBPyConnection,
) -> None:
    bring(con, read("西湖.txt", good()), read("萧山.txt", good("萧山区")))
    assert bring(con, read("镜像.txt", on_another_site(good())), read("余杭.txt", good("余杭区"))) == 1
    assert in_force(con) == {"镜像.txt", "萧山.txt", "余杭.txt"}


# The signature


def test_signatures_are_stable() -> None:
    """They are stored: a change of this value needs a new RULES_VERSION."""
    signature = read("", GOOD).signature
    assert len(signature) == 4 * PLACES
    assert hashlib.sha256(signature.encode()).hexdigest()[:16] == "b9250a120566eac2"
