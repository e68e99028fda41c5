"""Divisions through the years: what is certain of their history, which one a text means, which one a number gets."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from factories import make_batch, memory_warehouse, rows

from seeds.load import check_seeds, load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.regions import RegionIndex, is_valid
from transforms.types import RawDocument, Region, Report, Seeds
from warehouse.loader import load

HISTORY = Path(__file__).parent / "corpus" / "region_history.csv"


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds()


@pytest.fixture(scope="module")
def index(seeds: Seeds) -> RegionIndex:
    return RegionIndex(seeds.regions)


def _year(text: str) -> int | None:
    return int(text) if text else None


def _history() -> list[dict[str, str]]:
    with HISTORY.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# What the table holds


@pytest.mark.parametrize("case", _history(), ids=lambda case: f"{case['name']} {case['why']}")
def test_what_is_certain_of_their_history_is_in_the_table(case: dict[str, str], seeds: Seeds) -> None:
    there = [
        (region.parent_code, region.valid_from, region.valid_to)
        for region in seeds.regions
        if (region.code, region.name) == (case["code"], case["name"])
    ]
    assert (case["parent_code"], _year(case["valid_from"]), _year(case["valid_to"])) in there


def test_a_code_means_one_division_at_a_time(seeds: Seeds) -> None:
    spans: dict[str, list[Region]] = {}
    for region in seeds.regions:
        spans.setdefault(region.code, []).append(region)
    assert sum(len(of_code) > 1 for of_code in spans.values()) > 200
    for of_code in spans.values():
        for earlier, later in pairwise(of_code):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert earlier.valid_to <= later.valid_from


def test_every_year_has_its_parents(seeds: Seeds, index: RegionIndex) -> None:
    """A division's parent is in force in each year of its own span."""
    orphans = [
        (region.code, region.name, year)
        for region in seeds.regions
        if region.parent_code is not None
        for year in range(region.valid_from or 1980, region.valid_to or 2027)
        if (parent := index.get(region.parent_code, year)) is None or not is_valid(parent, year)
    ]
    assert orphans == []


@pytest.mark.parametrize(
    ("year", "provinces", "cities", "counties"),
    # provinces with Taiwan, and with Hong Kong and Macao from 1997 and 1999
    [
        (1985, 30, (320, 330), (2750, 2850)),
        (1990, 31, (330, 342), (2800, 2900)),
        (1998, 33, (328, 340), (2820, 2900)),
        (2010, 34, (332, 334), (2850, 2870)),
        (2020, 34, (333, 333), (2840, 2852)),
    ],
)
def test_their_number_is_that_of_the_year(
    year: int, provinces: int, cities: tuple[int, int], counties: tuple[int, int], seeds: Seeds
) -> None:
    in_force = Counter(
        region.level
        for region in seeds.regions
        if (region.valid_from or 0) <= year < (region.valid_to or 9999)
    )
    assert in_force["province"] == provinces
    assert cities[0] <= in_force["city"] <= cities[1]
    assert counties[0] <= in_force["county"] <= counties[1]


def test_spans_of_one_code_must_not_overlap(tmp_path: Path) -> None:
    for path in Path("seeds").resolve().glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "regions.csv").open("a", encoding="utf-8") as stream:
        stream.write("330113,临平新区,临平,county,330100,2023,\n")
    assert any("重叠" in problem and "330113" in problem for problem in check_seeds(tmp_path))


# Which one a name means


@pytest.mark.parametrize(
    ("name", "year", "context", "code"),
    [
        ("拱墅区", 2020, "", "330105"),
        ("拱墅区", 2022, "", "330105"),
        ("重庆市", 1990, "", "510200"),
        ("重庆市", 2000, "", "500000"),
        ("萧山县", 1984, "", "330121"),
        ("三元区", 2021, "", "350404"),
        ("三元区", 2019, "", "350403"),
        ("襄樊市", 2008, "", "420600"),
        ("襄樊", 2008, "", "420600"),
        ("通州区", 2005, "", "110112"),
        ("通州区", 2020, "北京市", "110112"),
        ("通州区", 2020, "南通市", "320612"),
        ("通州区", 2020, "", None),
        ("鼓楼区", 2022, "南京市", "320106"),
        ("鼓楼区", 2022, "", None),
        ("朝阳区", 2022, "长春市", "220104"),
        ("朝阳区", 2022, "北京市", "110105"),
        ("朝阳区", 2022, "", None),
    ],
)
def test_a_name_means_the_division_of_its_year(
    name: str, year: int, context: str, code: str | None, index: RegionIndex
) -> None:
    found = index.find(name, year, context)
    assert (found and found.code) == code
    assert found is None or is_valid(found, year)


# Which one a number gets


def _report(place: str, about: int, seeds: Seeds) -> Report:
    text = (
        f"{about + 1}年{place}政府工作报告\n各位代表:\n现在,我代表区人民政府向大会报告工作。\n"
        f"一、{about}年工作回顾\n{about}年,全区实现地区生产总值1000亿元,增长5%,财政收入90亿元。\n"
    )
    payload = text.encode()
    raw = RawDocument(hashlib.sha256(payload).hexdigest(), f"{place}{about}.txt", payload)
    return read_report(raw, build_lexicon(seeds))


def test_a_number_gets_the_division_of_its_period(seeds: Seeds) -> None:
    places = [("杭州市拱墅区", 2019), ("杭州市拱墅区", 2022), ("杭州市余杭区", 2019), ("杭州市余杭区", 2022)]
    places += [("杭州市下城区", 2019), ("杭州市临平区", 2022)]
    reports = [_report(place, about, seeds) for place, about in places]
    with memory_warehouse() as con:
        load(con, seeds, make_batch(*reports))
        assert rows(
            con,
            """
            SELECT DISTINCT g.region_code, g.name, o.period, g.valid_from, g.valid_to
            FROM fact_observation AS o JOIN dim_region AS g USING (region_key) ORDER BY ALL
            """,
        ) == [
            ("330103", "下城区", "2019", None, 2021),
            ("330105", "拱墅区", "2019", 1990, 2021),
            ("330105", "拱墅区", "2022", 2021, None),
            ("330110", "余杭区", "2019", 2001, 2021),
            ("330110", "余杭区", "2022", 2021, None),
            ("330113", "临平区", "2022", 2021, None),
        ]
        assert rows(con, "SELECT count(*) FROM issues WHERE kind = 'no_region'") == [(0,)]


def test_a_shared_name_is_settled_by_the_text_or_left_open_with_an_issue(seeds: Seeds) -> None:
    settled, still_open = _report("长春市朝阳区", 2021, seeds), _report("朝阳区", 2020, seeds)
    with memory_warehouse() as con:
        load(con, seeds, make_batch(settled, still_open))
        assert rows(con, "SELECT DISTINCT source_name, region_code FROM observations ORDER BY ALL") == [
            ("朝阳区2020.txt", None),
            ("长春市朝阳区2021.txt", "220104"),
        ]
        assert rows(
            con, "SELECT source_name, kind, char_start, text FROM issues WHERE kind = 'no_region'"
        ) == [("朝阳区2020.txt", "no_region", None, "2021年朝阳区政府工作报告")]
