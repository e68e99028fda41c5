"""The views for analysts: series, targets, conflicts, rankings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from factories import growth, make_batch, make_report, make_seeds, memory_warehouse, rows

from warehouse.loader import load


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with memory_warehouse() as connection:
        yield connection


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
        ("approx", "6", "6.1", "above"),
        ("exact", "6", "5.9", "below"),
        ("exact", "6", "6.0", "equal"),
        ("at_least", "5", None, "no_actual"),
    ],
)
def test_targets_beside_what_came_of_them(
    con: duckdb.DuckDBPyConnection, bound: str, target: str, actual: str | None, outcome: str
) -> None:
    promise = growth(make_report("目标.txt"), target, status="target", bound=bound)
    reports = [promise] if actual is None else [promise, growth(make_report("实际.txt"), actual)]
    load(con, make_seeds(), make_batch(*reports))
    assert rows(con, "SELECT outcome, target_source_name FROM target_vs_actual") == [(outcome, "目标.txt")]


@pytest.mark.parametrize(("actual", "outcome"), [("5.2", "within"), ("4.9", "below"), ("5.6", "above")])
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
