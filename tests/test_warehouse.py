"""Loading into the star schema: what goes in, what comes out of the public views, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from factories import (
    NO_VALUE_OF_ITS_FIELD,
    TEXT,
    batch_of,
    growth,
    make_batch,
    make_held_back,
    make_report,
    make_seeds,
    rows,
)
from multiplied import multiply

from seeds.load import load_seeds
from transforms.errors import LoadFailed
from transforms.types import Region, Unit
from warehouse.loader import load, open_working_copy
from warehouse.schema import create_tables, create_views
from warehouse.types import QualityRow, make_load_id

CONTRACT = {
    "observations": (
        "observation_id source_name report_id char_start char_end value unit value_base unit_base indicator "
        "indicator_code measure status bound period period_start period_end period_basis scope region_code "
        "region_name quote section rule_ids load_id"
    ),
    "reports": (
        "report_id source_name title report_type region_code region_name period plan_period published_on "
        "delivered_on issuer index_number source_url media_type encoding characters observation_count "
        "superseded_by load_id"
    ),
    "tasks": "task_id source_name report_id ordinal category content progress char_start char_end",
}
RELATIONS = (
    "observations",
    "reports",
    "tasks",
    "indicator_series",
    "target_vs_actual",
    "conflicts",
    "growth_check",
    "rankings",
    "loads",
    "quality_results",
    "quality_trends",
    "issues",
)


# What stands in the schema


def test_relations_have_the_columns_of_the_contract(con: duckdb.DuckDBPyConnection) -> None:
    for relation, columns in CONTRACT.items():
        expected = columns.split()
        assert con.table(relation).columns[: len(expected)] == expected


def test_types_of_the_contract(con: duckdb.DuckDBPyConnection) -> None:
    relation = con.table("observations")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert types["value"] == "DOUBLE"
    assert types["value_base"].startswith("DECIMAL")
    assert types["char_start"] == types["char_end"] == "BIGINT"
    assert types["period_start"] == types["period_end"] == "DATE"
    assert types["rule_ids"] == "VARCHAR[]"


def test_all_public_relations_exist(con: duckdb.DuckDBPyConnection) -> None:
    views = {name for (name,) in rows(con, "SELECT view_name FROM duckdb_views() WHERE NOT internal")}
    assert views == set(RELATIONS)


def test_everything_is_explained_in_both_languages(con: duckdb.DuckDBPyConnection) -> None:
    comments = rows(
        con,
        """
        SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
        UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal
        UNION ALL SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal
        UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal
        """,
    )
    bad = [name for name, comment in comments if not comment or " / " not in comment]
    assert bad == []
    assert len(comments) > 200


# One load


def test_a_report_comes_out_as_it_went_in(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    receipt = load(con, make_seeds(), make_batch(report))
    assert (receipt.published, receipt.reports, receipt.observations) == (True, 1, 4)
    assert (receipt.tasks, receipt.issues, receipt.superseded) == (1, 1, 0)
    found = rows(
        con,
        "SELECT source_name, value, unit, value_base, unit_base, region_name, rule_ids, load_id "
        "FROM observations WHERE value = 307.85",
    )
    assert found == [
        (
            "a.txt",
            307.85,
            "亿元",
            Decimal(30785000000),
            "元",
            "萧山区",
            ["arabic_number", "unit_suffix"],
            receipt.load_id,
        )
    ]
    for start, end, quote, q_start, q_end in rows(
        con, "SELECT char_start, char_end, quote, quote_start, quote_end FROM observations"
    ):
        assert TEXT[q_start:q_end] == quote
        assert TEXT[start:end] in ("307.85", "1.8", "745.31", "5")
    assert rows(con, "SELECT ordinal, content, progress FROM tasks") == [(1, "新建公园12个", "已完成")]
    assert rows(con, "SELECT observation_count, characters FROM reports") == [(4, len(TEXT))]


def test_tasks_carry_source_offsets(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    normal = report.document.normal
    # the normal text has lost three characters at the front
    shifted = replace(normal, text=normal.text[3:], offsets=normal.offsets[3:])
    tasks = tuple(replace(t, start=t.start - 3, end=t.end - 3) for t in report.document.tasks)
    load(
        con,
        make_seeds(),
        make_batch(replace(report, document=replace(report.document, normal=shifted, tasks=tasks))),
    )
    ((start, end),) = rows(con, "SELECT char_start, char_end FROM tasks")
    assert TEXT[start:end] == "新建公园12个，已完成"


def test_load_id_is_made_of_rules_and_ids_only() -> None:
    first = make_load_id("r1", ["b", "a"], ["c"])
    assert first == make_load_id("r1", ["a", "b"], ["c"])
    assert first[0] == "L"
    assert len(first) == 13
    others = [
        make_load_id("r2", ["a", "b"], ["c"]),
        make_load_id("r1", ["a", "b", "c"], []),
        make_load_id("r1", ["a"], ["b", "c"]),
    ]
    assert len({first, *others}) == 4


def test_the_order_of_reports_does_not_matter(tmp_path: Path) -> None:
    reports = [make_report("a.txt"), make_report("b.txt", region=("330106", "西湖区")), make_report("c.txt")]
    contents = []
    for folder, batch in (("x", reports), ("y", reports[::-1])):
        with open_working_copy(tmp_path / folder) as connection:
            load(connection, make_seeds(), make_batch(*batch))
            contents.append(
                [rows(connection, f"FROM {name} ORDER BY ALL") for name in (*RELATIONS, "dim_report")]
            )
    assert contents[0] == contents[1]


def test_loading_twice_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    batch = make_batch(make_report(), held_back=(make_held_back(),))
    load(con, make_seeds(), batch)
    before = [rows(con, f"FROM {name} ORDER BY ALL") for name in RELATIONS]
    receipt = load(con, make_seeds(), batch)
    assert not receipt.published
    assert len(receipt.ignored) == 2
    assert [rows(con, f"FROM {name} ORDER BY ALL") for name in RELATIONS] == before


def test_the_same_bytes_twice_in_a_batch_are_one_report(con: duckdb.DuckDBPyConnection) -> None:
    receipt = load(con, make_seeds(), make_batch(make_report(), make_report()))
    assert (receipt.reports, receipt.observations, len(receipt.ignored)) == (1, 4, 1)


def test_an_empty_first_load_is_recorded_and_later_ones_are_not(con: duckdb.DuckDBPyConnection) -> None:
    assert load(con, make_seeds(), make_batch()).published
    assert not load(con, make_seeds(), make_batch()).published
    assert rows(con, "SELECT load_number, status FROM loads") == [(1, "complete")]


def test_quality_rows_and_held_back_files_are_kept(con: duckdb.DuckDBPyConnection) -> None:
    quality = QualityRow("reports", "title_present", "title", "warn", False, 2, 1, '[{"a": 1}]', ("x",))
    receipt = load(con, make_seeds(), make_batch(held_back=(make_held_back(),), quality=(quality,)))
    assert rows(con, "SELECT expectation, success, report_ids FROM quality_results") == [
        ("title_present", False, ["x"])
    ]
    assert rows(con, "SELECT source_name, kind, held_back, load_id FROM issues") == [
        ("坏.txt", "not_a_report", True, receipt.load_id)
    ]
    assert rows(con, "SELECT status, reports_held_back FROM loads") == [("partial", 1)]


def test_odd_characters_survive(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report(source_name="'; DROP TABLE fact_task; --\x00𠀀.txt", title="“坏”\u202e\\题'")
    load(con, make_seeds(), make_batch(report))
    assert rows(con, "SELECT source_name, title FROM reports") == [
        ("'; DROP TABLE fact_task; --\x00𠀀.txt", "“坏”\u202e\\题'")
    ]


# Numbers


def test_scaled_values_are_rounded_half_even_at_nine_places(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    item = report.observations[0]._replace(
        unit="亩", unit_base="平方米", value_base=Decimal("2333.33333333333450000")
    )
    load(con, make_seeds(), make_batch(replace(report, observations=(item,))))
    assert rows(con, "SELECT value_base FROM observations") == [(Decimal("2333.333333333"),)]


@pytest.mark.parametrize("value", ["1e30", "-1e40", "NaN", "Infinity"])
def test_a_number_no_column_can_hold_is_refused_by_name(con: duckdb.DuckDBPyConnection, value: str) -> None:
    report = make_report("庞大.txt")
    item = report.observations[0]._replace(value=Decimal(value), value_base=None, unit_base=None)
    with pytest.raises(LoadFailed, match=r"庞大\.txt"):
        load(con, make_seeds(), make_batch(replace(report, observations=(item,))))


def test_an_unknown_unit_has_no_base(con: duckdb.DuckDBPyConnection) -> None:
    report = make_report()
    item = report.observations[0]._replace(unit="挺", value_base=None, unit_base=None)
    load(con, make_seeds(), make_batch(replace(report, observations=(item,))))
    assert rows(con, "SELECT unit, value_base, unit_base FROM observations") == [("挺", None, None)]
    assert rows(con, "SELECT factor, retired FROM dim_unit WHERE unit = '挺'") == [(None, True)]


@pytest.mark.parametrize(
    "changes",
    [
        *NO_VALUE_OF_ITS_FIELD,
        {"indicator_code": "not_in_catalogue"},
        {"region_code": "999999"},
        {"quote_end": 0},
    ],
    ids=str,
)
def test_the_schema_refuses_nonsense_and_rolls_back(
    con: duckdb.DuckDBPyConnection, changes: dict[str, Any]
) -> None:
    load(con, make_seeds(), make_batch(make_report()))
    before = [rows(con, f"FROM {name} ORDER BY ALL") for name in RELATIONS]
    report = make_report("b.txt", region=("330106", "西湖区"))
    broken = replace(report, observations=(report.observations[0]._replace(**changes),))
    with pytest.raises(LoadFailed):
        load(con, make_seeds(), make_batch(broken))
    assert [rows(con, f"FROM {name} ORDER BY ALL") for name in RELATIONS] == before
    # and the connection is fit for the next load
    assert load(con, make_seeds(), make_batch(report)).reports == 1


# Periods, regions and changed seeds


@pytest.mark.parametrize(
    ("period", "start", "end", "grain"),
    [
        ("2022", (2022, 1, 1), (2022, 12, 31), "year"),
        ("2022H1", (2022, 1, 1), (2022, 6, 30), "half"),
        ("2022Q3", (2022, 7, 1), (2022, 9, 30), "quarter"),
        ("2020-05", (2020, 5, 1), (2020, 5, 31), "month"),
        ("2022-07-22", (2022, 7, 22), (2022, 7, 22), "day"),
        ("2016/2020", (2016, 1, 1), (2020, 12, 31), "range"),
        ("2020-05/2020-06", (2020, 5, 1), (2020, 6, 30), "range"),
    ],
)
def test_grain_of_periods(
    con: duckdb.DuckDBPyConnection,
    period: str,
    start: tuple[int, int, int],
    end: tuple[int, int, int],
    grain: str,
) -> None:
    report = growth(make_report(), "1.8", period=period, period_start=date(*start), period_end=date(*end))
    load(con, make_seeds(), make_batch(report))
    assert rows(con, "FROM dim_period") == [(period, grain, date(*start), date(*end))]


def test_a_region_has_the_name_it_bore_at_the_period(con: duckdb.DuckDBPyConnection) -> None:
    seeds = make_seeds()
    seeds = replace(
        seeds,
        regions=(
            *seeds.regions,
            Region("420600", "襄樊市", "襄樊", "city", "100000", None, 2010),
            Region("420600", "襄阳市", "襄阳", "city", "100000", 2011, None),
        ),
    )
    reports = [
        growth(
            make_report(f"{year}.txt", region=("420600", "襄阳市")),
            "1.8",
            region_code="420600",
            period=str(year),
            period_start=date(year, 1, 1),
            period_end=date(year, 12, 31),
        )
        for year in (2009, 2015)
    ]
    load(con, seeds, make_batch(*reports))
    assert rows(con, "SELECT period, region_code, region_name FROM observations ORDER BY period") == [
        ("2009", "420600", "襄樊市"),
        ("2015", "420600", "襄阳市"),
    ]


def test_changed_seeds_change_dimensions_in_use(con: duckdb.DuckDBPyConnection) -> None:
    load(con, make_seeds(), make_batch(make_report()))
    seeds = make_seeds()
    changed = replace(
        seeds,
        regions=tuple(replace(r, parent_code="100000") if r.code == "330109" else r for r in seeds.regions),
        units=(
            *(replace(u, dimension="share") if u.spelling == "%" else u for u in seeds.units),
            Unit("吨", "吨", "mass", Decimal(1)),
        ),
        indicators=tuple(
            replace(i, name_zh="生产总值", parent_code=None)
            for i in seeds.indicators
            if i.code != "fiscal_revenue"
        ),
    )
    load(con, changed, make_batch(make_report("b.txt", region=("330106", "西湖区"), observations=())))
    assert rows(con, "SELECT parent_code FROM dim_region WHERE region_code = '330109'") == [("100000",)]
    assert rows(con, "SELECT dimension FROM dim_unit WHERE unit = '%'") == [("share",)]
    assert rows(con, "SELECT indicator_code FROM dim_indicator WHERE retired") == [("fiscal_revenue",)]
    assert rows(con, "SELECT count(*) FROM observations") == [(4,)]


def test_a_parent_that_does_not_exist_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    seeds = make_seeds()
    seeds = replace(seeds, regions=(*seeds.regions, Region("110101", "东城区", "东城", "county", "110100")))
    with pytest.raises(LoadFailed, match=r"dim_region\.parent_code of 110101"):
        load(con, seeds, make_batch(make_report()))


def test_a_load_that_runs_out_of_memory_is_given_more(tmp_path: Path) -> None:
    batch = batch_of(datetime(2024, 1, 2, tzinfo=UTC), "r1", multiply(300))
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        create_tables(connection)
        create_views(connection)
        connection.execute("SET memory_limit = '40MB'")
        receipt = load(connection, load_seeds(), batch)
        assert receipt.reports == 300
        # what DuckDB takes by itself depends on the machine, and is a share of all that there is
        ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
        assert limit.endswith("GiB")
