"""The views for analysts: series, targets, growth, conflicts, rankings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from factories import (
    growth,
    make_batch,
    make_observation,
    make_report,
    make_seeds,
    report_id,
    rows,
)

from warehouse.loader import load

# Analyst views


def test_series_prefer_actual_exact_and_late(con: duckdb.DuckDBPyConnection) -> None:
    estimate = growth(make_report("1.txt"), "2", status="estimate")
    bound = growth(make_report("2.txt", published_on=date(2024, 1, 1)), "1", bound="at_least")
    early = growth(make_report("3.txt", published_on=date(2023, 1, 1)), "1.7")
    late = growth(make_report("4.txt", published_on=date(2023, 6, 1)), "1.8")
    target = growth(make_report("5.txt"), "9", status="target")
    part = growth(make_report("6.txt"), "9", scope="古荡街道")
    load(con, make_seeds(), make_batch(estimate, bound, early, late, target, part))
    assert rows(con, "SELECT value, source_name, others, indicator_name FROM indicator_series") == [
        (1.8, "4.txt", 3, "地区生产总值")
    ]


@pytest.mark.parametrize(
    ("bound", "target", "actual", "outcome"),
    [
        ("at_least", "5", "5.5", "met"),
        ("at_least", "5", "4.9", "missed"),
        ("at_most", "3", "2.9", "met"),
        ("at_most", "3", "3.1", "missed"),
        ("at_least", "-3", "-3.5", "met"),  # a fall of three or more
        ("at_least", "-3", "-2.5", "missed"),
        ("at_most", "-3", "-2.5", "met"),
        ("approx", "6", "6.1", "met"),
        ("approx", "6", "5.5", "met"),
        ("approx", "6", "5.4", "missed"),
        ("exact", "6", "5.9", "missed"),
        ("exact", "6", "6.0", "met"),
        ("exact", "-3", "-3.1", "met"),
        ("at_least", "5", None, "open"),
    ],
)
def test_targets_beside_what_came_of_them(
    con: duckdb.DuckDBPyConnection, bound: str, target: str, actual: str | None, outcome: str
) -> None:
    promise = growth(make_report("目标.txt"), target, status="target", bound=bound)
    reports = [promise] if actual is None else [promise, growth(make_report("实际.txt"), actual)]
    load(con, make_seeds(), make_batch(*reports))
    assert rows(con, "SELECT outcome, target_source_name FROM target_vs_actual") == [(outcome, "目标.txt")]


@pytest.mark.parametrize(
    ("bound", "actual", "actual_bound", "outcome"),
    [
        ("at_least", "5", "at_least", "met"),
        ("at_least", "4", "at_least", "open"),  # 4 or more may be 5
        ("at_least", "6", "at_most", "open"),
        ("at_least", "4", "at_most", "missed"),
        ("at_most", "4", "at_most", "met"),
        ("at_most", "4", "at_least", "open"),
        ("at_most", "6", "at_most", "open"),
        ("at_most", "6", "at_least", "missed"),
    ],
)
def test_what_a_bound_leaves_open_stays_open(
    con: duckdb.DuckDBPyConnection, bound: str, actual: str, actual_bound: str, outcome: str
) -> None:
    promise = growth(make_report("目标.txt"), "5", status="target", bound=bound)
    load(con, make_seeds(), make_batch(promise, growth(make_report("实际.txt"), actual, bound=actual_bound)))
    assert rows(con, "SELECT outcome FROM target_vs_actual") == [(outcome,)]


@pytest.mark.parametrize(
    ("measure", "bound", "reached", "outcome"),
    [
        ("growth", "at_least", "5", "on_track"),
        ("growth", "at_least", "4.9", "open"),
        ("growth", "at_most", "5", "on_track"),
        ("growth", "at_most", "5.1", "open"),
        ("level", "exact", "2.5", "on_track"),
        ("level", "exact", "2.4", "open"),
        ("level", "at_least", "7", "on_track"),
        ("level", "at_most", "7", "open"),
    ],
)
def test_half_a_year_is_on_track_or_open(
    con: duckdb.DuckDBPyConnection, measure: str, bound: str, reached: str, outcome: str
) -> None:
    unit = {"unit": "个", "unit_base": "个"} if measure == "level" else {}
    half = {"period": "2022H1", "period_end": date(2022, 6, 30)}
    promise = growth(make_report("目标.txt"), "5", status="target", bound=bound, measure=measure, **unit)
    progress = growth(make_report("进展.txt"), reached, measure=measure, **unit, **half)
    load(con, make_seeds(), make_batch(promise, progress))
    query = "SELECT outcome, actual_period FROM target_vs_actual"
    assert rows(con, query) == [(outcome, "2022H1")]
    whole = growth(make_report("全年.txt"), "5", measure=measure, **unit)
    load(con, make_seeds(), make_batch(whole))
    assert rows(con, query) == [("met", "2022")]


def test_what_is_better_low_is_promised_as_a_ceiling(con: duckdb.DuckDBPyConnection) -> None:
    seeds = make_seeds()
    gdp, *others = seeds.indicators
    lower = replace(seeds, indicators=(replace(gdp, polarity="lower_better"), *others))
    promise = growth(make_report("目标.txt"), "5", status="target", measure="level")
    load(con, lower, make_batch(promise, growth(make_report("实际.txt"), "4", measure="level")))
    assert rows(con, "SELECT outcome FROM target_vs_actual") == [("met",)]


@pytest.mark.parametrize(
    ("chosen", "passed", "reason"),
    [
        ({}, {"status": "estimate"}, "实际先于预计"),
        ({}, {"bound": "approx"}, "恰为先于界"),
        ({"status": "actual", "bound": "approx"}, {"status": "estimate"}, "实际先于预计"),
        ({"observation_id": "O1"}, {"observation_id": "O2"}, "同等可取，说法相同"),
        ({"observation_id": "O1"}, {"observation_id": "O2", "value_base": Decimal(9)}, "同等可取而说法不同"),
    ],
)
def test_series_say_why(
    con: duckdb.DuckDBPyConnection, chosen: dict[str, Any], passed: dict[str, Any], reason: str
) -> None:
    reports = [growth(make_report("选.txt"), "1.8", **chosen), growth(make_report("弃.txt"), "1.8", **passed)]
    load(con, make_seeds(), make_batch(*reports))
    ((found, source),) = rows(con, "SELECT reason, source_name FROM indicator_series")
    assert found.startswith(reason)
    assert " / " in found
    assert source == "选.txt"


def test_series_say_why_later_or_alone(con: duckdb.DuckDBPyConnection) -> None:
    early = growth(make_report("1.txt", published_on=date(2023, 1, 1)), "1.7")
    load(con, make_seeds(), make_batch(early))
    assert rows(con, "SELECT reason FROM indicator_series") == [("仅此一说 / the only statement",)]
    load(con, make_seeds(), make_batch(growth(make_report("2.txt", published_on=date(2023, 6, 1)), "1.8")))
    assert rows(con, "SELECT reason FROM indicator_series") == [("后发布者先 / later publication first",)]


@pytest.mark.parametrize(
    ("last", "level", "stated", "within"),
    [
        ("100.0", "107.5", "7.5", True),
        ("100.0", "107.5", "7.4", True),  # 107.4 against 100.1 would be 7.3
        ("100.0", "107.5", "7.2", False),
        ("100", "107", "6.1", True),  # written coarsely, much is possible
        ("100.00", "107.00", "6.1", False),
        ("1234.56", "1200.00", "-2.8", True),
        ("1234.56", "1200.00", "2.8", False),
    ],
)
def test_growth_is_checked_against_levels(
    con: duckdb.DuckDBPyConnection, last: str, level: str, stated: str, within: bool
) -> None:
    text = f"2021年全区地区生产总值{last}亿元。2022年全区地区生产总值{level}亿元,增长{stated}%。"
    report = make_report("a.txt", text, observations=())
    before = {"period": "2021", "period_start": date(2021, 1, 1), "period_end": date(2021, 12, 31)}
    percent = {"unit": "%", "unit_base": "%", "measure": "growth", "value_base": Decimal(stated)}
    figures = (
        make_observation(text, report_id(report), last, **before),
        make_observation(text, report_id(report), level),
        make_observation(text, report_id(report), stated, at=text.index(f"增长{stated}") + 2, **percent),
    )
    load(con, make_seeds(), make_batch(replace(report, observations=figures)))
    ((period, last_period, implied, gap, fits),) = rows(
        con, "SELECT period, last_period, implied_growth, difference, within_rounding FROM growth_check"
    )
    assert (period, last_period, fits) == ("2022", "2021", within)
    assert implied == pytest.approx(100 * (float(level) / float(last) - 1))
    assert gap == pytest.approx(float(stated) - implied)


@pytest.mark.parametrize(("actual", "outcome"), [("5.2", "met"), ("4.9", "missed"), ("5.6", "met")])
def test_a_range_is_one_target(con: duckdb.DuckDBPyConnection, actual: str, outcome: str) -> None:
    report = make_report("目标.txt")
    ends = [
        growth(report, value, status="target", bound=bound, range_id="R1", observation_id=f"O{bound}")
        for value, bound in (("5", "at_least"), ("5.5", "at_most"))
    ]
    promise = replace(report, observations=tuple(end.observations[0] for end in ends))
    load(con, make_seeds(), make_batch(promise, growth(make_report("实际.txt"), actual)))
    assert rows(con, "SELECT target_bound, target_low, target_high, outcome FROM target_vs_actual") == [
        ("range", Decimal(5), Decimal("5.5"), outcome)
    ]


@pytest.mark.parametrize(
    ("first", "second", "disagree"),
    [("745.31", "745.3", 0), ("745.31", "745.4", 1), ("745.31", "745.31", 0), ("745.25", "745.3", 0)],
)
def test_conflicts_begin_beyond_rounding(
    con: duckdb.DuckDBPyConnection, first: str, second: str, disagree: int
) -> None:
    reports = [
        growth(
            make_report(f"{name}.txt"),
            value,
            measure="level",
            unit="亿元",
            unit_base="元",
            value_base=Decimal(value) * 100_000_000,
        )
        for name, value in (("甲", first), ("乙", second))
    ]
    load(con, make_seeds(), make_batch(*reports))
    assert rows(con, "SELECT count(*) FROM conflicts") == [(disagree,)]


def test_rankings_as_view_and_as_function(con: duckdb.DuckDBPyConnection) -> None:
    reports = [
        growth(make_report(f"{code}.txt", region=(code, name)), value, region_code=code)
        for code, name, value in (
            ("330106", "西湖区", "3.1"),
            ("330109", "萧山区", "1.8"),
            ("330110", "余杭区", "3.1"),
            ("330100", "杭州市", "1.5"),
        )
    ]
    load(con, make_seeds(), make_batch(*reports))
    expected = [(1, "杭州市"), (1, "西湖区"), (1, "余杭区"), (3, "萧山区")]
    for query in (
        "SELECT rank, region_name FROM rankings('gdp', '2022')",
        "SELECT rank, region_name FROM rankings('地区生产总值', '2022')",
        "SELECT rank, region_name FROM rankings WHERE indicator_code = 'gdp' AND period = '2022' "
        "ORDER BY region_level, rank, region_code",
    ):
        assert rows(con, query) == expected
    assert rows(con, "FROM rankings('gdp', '1999')") == []
