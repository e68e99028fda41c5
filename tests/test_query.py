"""Read-only SQL: what it answers, what it refuses, what it costs to start."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from factories import make_batch, make_report, make_seeds

from transforms.errors import UsageError
from warehouse.publish import publish_load
from warehouse.query import connect, run_query, save_result, write_result


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one report."""
    folder = tmp_path_factory.mktemp("data")
    publish_load(folder, make_seeds(), make_batch(make_report()))
    return folder


@pytest.fixture
def con(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(data_dir) as connection:
        yield connection


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT value FROM observations WHERE value = 307.85",
        "FROM observations SELECT value WHERE value = 307.85;",
        "WITH x AS (SELECT 307.85::DOUBLE AS v) SELECT v FROM x",
        "-- a comment\nSELECT max(value) FROM (FROM observations WHERE indicator_code = 'gdp')",
    ],
)
def test_queries_are_answered(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert list(run_query(con, sql).rows()) == [(307.85,)]


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE observations", "SUMMARIZE reports", "EXPLAIN SELECT 1", "FROM rankings"]
)
def test_ways_to_look_around_work(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert list(run_query(con, sql).rows())


@pytest.mark.parametrize(
    "sql",
    [
        "COPY observations TO 'x.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SET threads = 1",
        "SET enable_external_access = true",
        "RESET threads",
        "PRAGMA enable_profiling",
        "EXPORT DATABASE 'x'",
        "CREATE TEMP TABLE x AS SELECT 1",
        "INSERT INTO dim_load SELECT * FROM dim_load",
        "DELETE FROM fact_observation",
        "DROP TABLE fact_observation",
        "CHECKPOINT",
        "SELECT 1; SELECT 2",
        "",
        "   -- nothing",
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT 'x'::INTEGER",
        "SELECT * FROM data_dir",  # a Python variable, were replacement scans on
    ],
)
def test_everything_else_is_refused_in_one_line(
    con: duckdb.DuckDBPyConnection, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        list(run_query(con, sql).rows())
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400
    assert list(tmp_path.iterdir()) == []


def test_an_error_late_in_the_result_is_told_too(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError):
        list(run_query(con, "SELECT CASE WHEN i > 9000 THEN error('late') END FROM range(10000) t(i)").rows())


def test_without_a_warehouse_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="zhengbao run"):
        connect(tmp_path)


def test_a_broken_warehouse_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(UsageError) as caught:
        connect(tmp_path)
    assert "\n" not in caught.value.message


def test_a_writer_elsewhere_does_not_keep_readers_out(data_dir: Path) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(data_dir / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with connect(data_dir) as connection:
            assert list(run_query(connection, "SELECT count(*) FROM observations").rows()) == [(4,)]
        writer.communicate("")


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, warehouse.query; "
        "heavy = ('pyarrow', 'pandas', 'numpy', 'prefect', 'great_expectations'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


QUERY = (
    "SELECT 307.850::DECIMAL(9, 3) AS a, DATE '2022-01-02' AS b, ['甲', '\"乙'] AS c, NULL AS d, true AS e, "
    "30::DECIMAL(9, 3) AS f"
)


def test_csv(con: duckdb.DuckDBPyConnection) -> None:
    out = io.BytesIO()
    write_result(run_query(con, QUERY), "csv", out)
    header, row = csv.reader(io.StringIO(out.getvalue().decode()))
    assert header == ["a", "b", "c", "d", "e", "f"]
    assert row == ["307.85", "2022-01-02", '["甲", "\\"乙"]', "", "true", "30"]


def test_json(con: duckdb.DuckDBPyConnection) -> None:
    out = io.BytesIO()
    write_result(run_query(con, QUERY + ", 'nan'::DOUBLE AS g UNION ALL " + QUERY + ", 1"), "json", out)
    first, second = json.loads(out.getvalue())
    assert first == {
        "a": 307.85,
        "b": "2022-01-02",
        "c": ["甲", '"乙'],
        "d": None,
        "e": True,
        "f": 30,
        "g": None,
    }
    assert second["g"] == 1.0


def test_json_of_nothing(con: duckdb.DuckDBPyConnection) -> None:
    out = io.BytesIO()
    write_result(run_query(con, "FROM observations WHERE false"), "json", out)
    assert json.loads(out.getvalue()) == []


def test_parquet(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "结果.parquet"
    save_result(run_query(con, "FROM observations ORDER BY char_start"), "parquet", path)
    table = pq.read_table(path)
    assert table.num_rows == 4
    assert table.column("value").to_pylist() == [307.85, 1.8, 745.31, 5.0]
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_export_leaves_no_file(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xlsx"):
        save_result(run_query(con, "SELECT 1"), "xlsx", tmp_path / "x.xlsx")
    with pytest.raises(UsageError, match="cannot write"):
        save_result(run_query(con, "SELECT 1"), "csv", tmp_path / "nowhere" / "x.csv")
    assert list(tmp_path.iterdir()) == []
