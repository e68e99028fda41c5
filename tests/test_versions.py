"""A report that comes again: other bytes, other rules, or held back in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from factories import (
    TEXT,
    make_batch,
    make_held_back,
    make_report,
    make_seeds,
    report_id,
    rows,
)

from warehouse.loader import load
from warehouse.types import QualityRow

# Versions of a report


def test_a_changed_file_supersedes_the_older_one_and_nothing_else(con: duckdb.DuckDBPyConnection) -> None:
    older, other = make_report(), make_report("b.txt", region=("330106", "西湖区"))
    load(con, make_seeds(), make_batch(older, other))
    newer = make_report(text=TEXT.replace("307.85", "317.85"), observations=())
    receipt = load(con, make_seeds(), make_batch(newer))
    assert receipt.superseded == 1
    assert rows(con, "SELECT DISTINCT report_id FROM observations") == [(report_id(other),)]
    assert rows(con, "SELECT superseded_by FROM reports WHERE report_id = ?", report_id(older)) == [
        (report_id(newer),)
    ]
    assert {name for (name,) in rows(con, "SELECT source_name FROM tasks")} == {"a.txt", "b.txt"}
    assert rows(con, "SELECT count(*) FROM reports") == [(3,)]
    assert rows(con, "SELECT count(*) FROM issues WHERE report_id = ?", report_id(older)) == [(0,)]


@pytest.mark.parametrize(
    "difference",
    [
        {"source_name": "b.txt"},
        {"region": ("330106", "西湖区")},
        {"report_type": "performance_report"},
        {"period": "2021"},
    ],
    ids=str,
)
def test_a_different_report_supersedes_nothing(
    con: duckdb.DuckDBPyConnection, difference: dict[str, Any]
) -> None:
    load(con, make_seeds(), make_batch(make_report()))
    receipt = load(con, make_seeds(), make_batch(make_report(text=TEXT + "又。", **difference)))
    assert receipt.superseded == 0
    assert rows(con, "SELECT count(*) FROM observations") == [(8,)]


def test_versions_form_a_chain_and_only_the_last_is_in_force(con: duckdb.DuckDBPyConnection) -> None:
    versions = [make_report(text=TEXT + "。" * n) for n in range(4)]
    for version in versions:
        load(con, make_seeds(), make_batch(version))
    chain = dict(rows(con, "SELECT report_id, superseded_by FROM reports"))
    ids = [report_id(version) for version in versions]
    assert [chain[i] for i in ids] == [*ids[1:], None]
    assert rows(con, "SELECT DISTINCT report_id FROM observations") == [(ids[-1],)]


def test_two_versions_in_one_load_are_ordered_by_publication(con: duckdb.DuckDBPyConnection) -> None:
    newer = make_report(text=TEXT + "新。", published_on=date(2023, 3, 1))
    older = make_report(text=TEXT + "旧。", published_on=date(2023, 2, 1))
    load(con, make_seeds(), make_batch(newer, older))
    assert rows(con, "SELECT report_id FROM reports WHERE superseded_by IS NULL") == [(report_id(newer),)]


# Changed rules


def test_new_rules_replace_a_reports_own_rows(con: duckdb.DuckDBPyConnection) -> None:
    a, b = make_report(), make_report("b.txt", region=("330106", "西湖区"))
    load(con, make_seeds(), make_batch(a, b))
    reread = replace(
        a, observations=(a.observations[0]._replace(value=Decimal("308"), period_basis="implied"),)
    )
    reread = replace(
        reread,
        issues=(),
        document=replace(
            a.document, tasks=(), meta=replace(a.document.meta, title="新题", region_code="330106")
        ),
    )
    receipt = load(con, make_seeds(), make_batch(reread, rules_version="r2"))
    assert (receipt.published, receipt.superseded) == (True, 0)
    assert rows(con, "SELECT value, load_id FROM observations WHERE source_name = 'a.txt'") == [
        (308.0, receipt.load_id)
    ]
    assert rows(con, "SELECT count(*) FROM observations WHERE source_name = 'b.txt'") == [(4,)]
    assert rows(con, "SELECT title, region_code, rules_version FROM reports WHERE source_name = 'a.txt'") == [
        ("新题", "330106", "r2")
    ]
    assert rows(con, "SELECT count(*) FROM tasks") == [(1,)]
    assert rows(con, "SELECT count(*) FROM issues") == [(1,)]


def test_new_rules_keep_the_order_of_versions(con: duckdb.DuckDBPyConnection) -> None:
    older, newer = make_report(), make_report(text=TEXT + "新。")
    load(con, make_seeds(), make_batch(older))
    load(con, make_seeds(), make_batch(newer))
    load(con, make_seeds(), make_batch(newer, rules_version="r2"))
    load(con, make_seeds(), make_batch(older, rules_version="r2"))
    assert rows(con, "SELECT report_id FROM reports WHERE superseded_by IS NULL") == [(report_id(newer),)]


def test_going_back_to_old_rules_and_forth(con: duckdb.DuckDBPyConnection) -> None:
    quality = (QualityRow("reports", "x", "", "warn", True, 1, 0),)
    for number, rules in enumerate(("r1", "r2", "r1"), 1):
        assert load(
            con, make_seeds(), make_batch(make_report(), rules_version=rules, quality=quality)
        ).published
        assert rows(con, "SELECT count(*) FROM observations") == [(4,)]
        assert rows(con, "SELECT max(load_number) FROM loads") == [(number,)]
    assert rows(con, "SELECT count(*) FROM loads") == [(2,)]


def test_a_file_held_back_leaves_the_issues_once_it_is_read(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    held = replace(make_held_back(), report_id=report_id(report))
    load(con, make_seeds(), make_batch(held_back=(held,)))
    load(con, make_seeds(), make_batch(report, rules_version="r2"))
    assert rows(con, "SELECT count(*) FROM issues WHERE held_back") == [(0,)]
    assert rows(con, "SELECT count(*) FROM observations") == [(4,)]


def test_a_report_held_back_by_new_rules_keeps_its_last_good_reading(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    load(con, make_seeds(), make_batch(report))
    held = replace(make_held_back(), report_id=report_id(report))
    load(con, make_seeds(), make_batch(held_back=(held,), rules_version="r2"))
    assert rows(con, "SELECT count(*) FROM observations") == [(4,)]
    assert rows(con, "SELECT kind FROM issues WHERE held_back") == [("not_a_report",)]
