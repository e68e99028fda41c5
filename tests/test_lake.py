"""A lake on a real PostgreSQL answers as the embedded warehouse does, and is asked as safely."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lakes import lake_at
from postgres import Postgres
from runs import SAMPLES
from test_questions import QUESTIONS, _publish
from test_warehouse import RELATIONS

from transforms.errors import UsageError
from warehouse.lake import check_catalogue
from warehouse.layout import Layout
from warehouse.query import connect, run_query


@pytest.fixture(scope="module")
def samples(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Layout]:
    """The five sample reports, embedded and in a lake."""
    folder = tmp_path_factory.mktemp("samples")
    payloads = {path.name: path.read_bytes() for path in SAMPLES}
    where = lake_at(folder / "b", postgres.make_database(), folder / "lake")
    return _publish(folder / "a", payloads), _publish(where, payloads)


Both = Callable[[str], tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]


@pytest.fixture(scope="module")
def both(samples: tuple[Path, Layout]) -> Iterator[Both]:
    """Answers of both to a query, under the lock-down of ``zhengbao sql``."""
    with connect(samples[0]) as file, connect(samples[1]) as lake:
        yield lambda sql: (list(run_query(file, sql).rows()), list(run_query(lake, sql).rows()))


@pytest.fixture(scope="module")
def asked(samples: tuple[Path, Layout]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of ``zhengbao sql`` to the lake."""
    with connect(samples[1]) as connection:
        yield connection


# The same as the embedded warehouse


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_the_ten_questions_have_the_same_answers(path: Path, both: Both) -> None:
    file, lake = both(path.read_text(encoding="utf-8"))
    assert lake == file


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_is_the_same(relation: str, both: Both) -> None:
    file, lake = both(f"DESCRIBE {relation}")
    # that a column is never empty is known of tables only
    assert [column[:2] for column in lake] == [column[:2] for column in file]
    for sql in (
        f"FROM {relation} ORDER BY ALL",
        f"SELECT comment FROM duckdb_views() WHERE view_name = '{relation}'",
    ):
        file, lake = both(sql)
        assert lake == file


def test_tables_and_their_columns_are_explained(both: Both) -> None:
    file, lake = both(
        "SELECT c.table_name, c.column_name, c.data_type, c.comment FROM duckdb_columns() AS c "
        "JOIN duckdb_tables() AS t ON t.table_name = c.table_name AND t.schema_name = c.schema_name "
        "WHERE c.database_name = 'warehouse' AND t.database_name = 'warehouse' ORDER BY ALL"
    )
    assert lake == file


def test_the_parquet_files_are_the_same(samples: tuple[Path, Layout]) -> None:
    packages = [
        json.loads((folder / "parquet" / "datapackage.json").read_text())
        for folder in (samples[0], samples[1].data_dir)
    ]
    assert packages[0] == packages[1]
    for relation in RELATIONS:
        files = "**/*.parquet" if relation in ("observations", "tasks") else "*.parquet"
        found = [
            duckdb.sql(f"FROM read_parquet('{folder}/parquet/{relation}/{files}') ORDER BY ALL").fetchall()
            for folder in (samples[0], samples[1].data_dir)
        ]
        assert found[0] == found[1]


# What can go wrong


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM postgres_query('__ducklake_metadata_warehouse', 'SELECT 1')",
        "EXPLAIN ANALYZE SELECT * FROM postgres_query('__ducklake_metadata_warehouse', 'SELECT 1')",
        "SELECT * FROM \"POSTGRES_QUERY\"('__ducklake_metadata_warehouse', 'SELECT 1')",
        "SELECT * FROM query('SELECT * FROM postg' || 'res_query(''x'', ''SELECT 1'')')",
        "SELECT (SELECT count(*) FROM postgres_scan('dbname=x', 'public', 'y'))",
        "FROM __ducklake_metadata_warehouse.ducklake_snapshot",
        "FROM __ducklake_metadata_warehouse.public.ducklake_snapshot",
        "FROM ducklake_expire_snapshots('warehouse', versions => [1])",
        "CALL ducklake_expire_snapshots('warehouse', versions => [1])",
        "FROM ducklake_cleanup_old_files('warehouse', cleanup_all => true)",
        "DESCRIBE SELECT * FROM postgres_query('x', 'y')",
        "FROM read_text('/etc/passwd')",
        "FROM '/etc/passwd'",
        "COPY observations TO 'x.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "DELETE FROM fact_observation",
        "INSERT INTO taken_back VALUES ('a', 'b', 'c')",
        "CREATE TEMP TABLE x AS SELECT 1",
    ],
)
def test_everything_but_asking_is_refused_in_one_line(sql: str, asked: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError) as caught:
        list(run_query(asked, sql).rows())
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE observations", "SUMMARIZE reports", "EXPLAIN SELECT 1"]
)
def test_ways_to_look_around_work(sql: str, both: Both) -> None:
    assert all(both(sql))


@pytest.mark.parametrize(
    "text",
    [
        "duckdb:x",
        "ducklake:",
        "ducklake:postgres:",
        "ducklake:other.ducklake",
        "ducklake:postgres:dbname=x password=secret",
        "ducklake:postgres:dbname=x Password = 'secret'",
        "ducklake:postgres:postgresql://me:secret@host/x",
        "ducklake:postgres:postgresql://host/x?sslpassword=secret",
    ],
)
def test_an_address_that_is_none_or_holds_a_password_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_catalogue(text)
    assert "secret" not in caught.value.message
