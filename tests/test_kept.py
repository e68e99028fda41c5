"""What the analyst views show is computed at each load and kept: it must be what the facts give, at any time."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from factories import TEXT, make_batch, make_observation, make_report, make_seeds, memory_warehouse, rows
from many import make_many
from publishing import FIRST, SECOND, publish

from transforms.errors import LoadFailed
from warehouse.loader import load
from warehouse.publish import prepare, roll_back
from warehouse.query import connect, run_query
from warehouse.rebuild import publish_rebuilt, remember
from warehouse.schema import refresh

VIEWS = ("indicator_series", "conflicts", "target_vs_actual", "growth_check", "rankings")
QUESTIONS = sorted((Path(__file__).parent.parent / "docs" / "questions").glob("*.sql"))
# another level of the same thing, so that there is a conflict and a choice
_OTHER_TEXT = TEXT.replace("307.85", "309.85")
_OTHER_ID = hashlib.sha256(f"c.txt\n{_OTHER_TEXT}".encode()).hexdigest()
OTHER = make_report("c.txt", _OTHER_TEXT, observations=(make_observation(_OTHER_TEXT, _OTHER_ID, "309.85"),))


def shown(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {view: rows(con, f"FROM {view} ORDER BY ALL") for view in VIEWS}


def computed(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    refresh(con)
    return shown(con)


def is_true(data_dir: Path, scratch: Path) -> bool:
    """Whether the published warehouse shows what its facts give."""
    shutil.copyfile(data_dir / "warehouse.duckdb", scratch)
    with duckdb.connect(str(scratch)) as connection:
        before = shown(connection)
        assert before["indicator_series"]
        return before == computed(connection)


def test_each_load_leaves_what_its_facts_give() -> None:
    first = make_report()
    again = make_report(observations=(make_observation(TEXT, first.document.source.report_id, "745.31"),))
    with memory_warehouse() as con:
        assert shown(con) == {view: [] for view in VIEWS}
        for batch in (
            make_batch(first),
            make_batch(OTHER),
            make_batch(make_report(text=TEXT + "又。")),  # puts the first out of force
            make_batch(again, rules_version="r2"),  # and takes its readings away
        ):
            load(con, make_seeds(), batch)
            kept = shown(con)
            assert kept == computed(con)
        assert kept["indicator_series"]


def test_a_load_renews_its_own_regions_and_leaves_the_others() -> None:
    """What stands of another region is not even written again, unless the rules are others."""
    elsewhere = make_report("b.txt", region=("330106", "西湖区"))
    with memory_warehouse() as con:
        load(con, make_seeds(), make_batch(make_report(), elsewhere))
        mark = "UPDATE kept.indicator_series SET reason = 'untouched'"
        untouched = "SELECT DISTINCT region_code FROM indicator_series WHERE reason = 'untouched'"
        con.execute(mark)
        load(con, make_seeds(), make_batch(OTHER))
        assert rows(con, untouched) == [("330106",)]
        con.execute(mark)
        # a region that loses a reading and gains none is touched as well
        load(
            con,
            make_seeds(),
            make_batch(replace(elsewhere, observations=elsewhere.observations[:1]), rules_version="r2"),
        )
        assert rows(con, untouched) == []
        assert shown(con) == computed(con)


def test_a_load_that_fails_leaves_it_as_it_was() -> None:
    with memory_warehouse() as con:
        load(con, make_seeds(), make_batch(make_report()))
        before = shown(con)
        bad = make_report("b.txt", observations=(make_observation(TEXT, "x" * 64, "307.85", measure="size"),))
        with pytest.raises(LoadFailed):
            load(con, make_seeds(), make_batch(bad))
        assert shown(con) == before


def test_it_is_true_after_loads_and_a_rollback(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for batch in (FIRST, SECOND, make_batch(OTHER)):
        publish(data, batch)
        assert is_true(data, tmp_path / "scratch.duckdb")
    prepare(data)
    roll_back(data, make_batch(OTHER).load_id, lambda report_id: None)
    assert is_true(data, tmp_path / "scratch.duckdb")


def test_it_is_true_after_a_rebuild(tmp_path: Path) -> None:
    data = tmp_path / "data"
    batches = (FIRST, SECOND, make_batch(OTHER))
    for batch in batches:
        publish(data, batch)
    with connect(data) as connection:
        before = shown(connection)
    for memory in (remember(data), None):
        publish_rebuilt(data, make_seeds(), batches, memory, lambda folder, connection: None)
        assert is_true(data, tmp_path / "scratch.duckdb")
    with connect(data) as connection:
        assert shown(connection) == before


def test_a_warehouse_of_other_definitions_gets_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(data, FIRST)
    with connect(data) as connection:
        before = shown(connection)
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        connection.execute("DROP SCHEMA kept CASCADE")
        connection.execute("UPDATE schema_info SET views_digest = 'older'")
    assert prepare(data).upgraded
    with connect(data) as connection:
        assert shown(connection) == before


def test_the_views_work_where_the_file_is_attached(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{tmp_path / 'warehouse.duckdb'}' AS w (READ_ONLY)")
        assert rows(connection, "SELECT count(*) FROM w.indicator_series") == [(3,)]
        assert rows(connection, "SELECT count(*) FROM w.rankings WHERE indicator_code = 'gdp'") == [(2,)]


def test_generated_observations_keep_every_promise(tmp_path: Path) -> None:
    make_many(tmp_path / "many", 4_000)
    assert is_true(tmp_path / "many", tmp_path / "scratch.duckdb")
    with connect(tmp_path / "many") as connection:
        assert rows(connection, "SELECT count(*), count(DISTINCT report_id) FROM observations") == [
            (4000, 20)
        ]
        keys = rows(
            connection,
            "SELECT table_name, constraint_column_names[1], referenced_table, referenced_column_names[1] "
            "FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY' "
            "UNION ALL FROM schema_key WHERE referenced_table IS NOT NULL",
        )
        for table, column, target, key in keys:
            missing = f"SELECT count(*) FROM {table} AS t ANTI JOIN {target} AS k ON k.{key} = t.{column} "
            assert rows(connection, missing + f"WHERE t.{column} IS NOT NULL") == [(0,)], (table, column)
        for path in QUESTIONS:
            assert run_query(connection, path.read_text(encoding="utf-8")).columns
