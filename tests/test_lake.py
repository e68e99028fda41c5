"""The warehouse as a lake on a real PostgreSQL: the same relations and answers, several loads at once, time travel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
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
)
from lakes import ask, lake_at
from postgres import Postgres, postgres_server
from runs import GOOD, SAMPLES, clean_environment, zhengbao
from test_questions import QUESTIONS, _publish
from test_warehouse import RELATIONS

from transforms.errors import LoadFailed, Transient, UsageError
from warehouse.lake import check_catalogue
from warehouse.layout import Layout
from warehouse.loader import known_report_ids
from warehouse.publish import load_apart, prepare, publish_load, publish_loaded, roll_back
from warehouse.query import connect, run_query
from warehouse.store import Overtaken
from warehouse.types import LoadBatch, Verdict

FIRST = make_batch(make_report("甲.txt"))
SECOND = make_batch(make_report("乙.txt", region=("330106", "西湖区")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def lake(postgres: Postgres, tmp_path: Path) -> Layout:
    """A data directory with a lake of its own."""
    return lake_at(tmp_path / "data", postgres.make_database(), tmp_path / "lake")


def beside(lake: Layout, name: str) -> Layout:
    """Another data directory on the same lake, as another process would open it."""
    assert lake.lake
    address = lake.lake.address
    return lake_at(lake.data_dir.parent / name, address.catalogue, address.files)


def publish(where: Layout, batch: LoadBatch) -> str:
    prepare(where)
    receipt = publish_load(where, make_seeds(), batch, write_pages)
    assert receipt.published
    return receipt.load_id


def write_pages(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (row,) = connection.execute("SELECT count(*) FROM observations").fetchall()
    (folder / "index.html").write_text(str(row[0]))


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


# Loads


def test_loads_come_one_after_another(lake: Layout) -> None:
    publish(lake, FIRST)
    corrected = make_batch(make_report("甲.txt", text=TEXT + "勘误。"), held_back=(make_held_back(),))
    publish(lake, corrected)
    assert ask(lake, "SELECT load_number, reports_superseded, reports_held_back FROM loads ORDER BY 1") == [
        (1, 0, 0),
        (2, 1, 1),
    ]
    assert ask(lake, "SELECT count(*), count(DISTINCT report_id) FROM observations") == [(4, 1)]
    assert not publish_load(lake, make_seeds(), FIRST).published
    assert known_report_ids(lake, "r1") >= {report_id(FIRST.reports[0]), report_id(corrected.reports[0])}
    assert (lake.data_dir / "quality" / "index.html").read_text() == "4"


def test_a_report_read_by_other_rules_is_replaced(lake: Layout) -> None:
    publish(lake, FIRST)
    (report,) = FIRST.reports
    publish(lake, make_batch(replace(report, observations=report.observations[:1]), rules_version="r2"))
    assert ask(lake, "SELECT count(*) FROM fact_observation") == [(1,)]
    assert ask(lake, "SELECT rules_version, observation_count FROM reports") == [("r2", 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"measure": "size"},
        {"unit_base": None},
        {"indicator_code": "not_in_catalogue"},
        {"observation_id": None},
        {"observation_id": "O-twice"},
    ],
    ids=str,
)
def test_what_the_embedded_schema_refuses_is_refused(
    changes: dict[str, Any], postgres: Postgres, one_lake: Layout
) -> None:
    report = make_report("丙.txt", region=("330110", "余杭区"))
    broken = replace(report, observations=tuple(o._replace(**changes) for o in report.observations[:2]))
    with pytest.raises(LoadFailed) as caught:
        publish_load(one_lake, make_seeds(), make_batch(broken))
    assert "\n" not in caught.value.message
    assert ask(one_lake, "SELECT count(*) FROM loads") == [(1,)]
    assert ask(one_lake, "SELECT count(*) FROM ducklake_snapshots('warehouse')") == [(3,)]


@pytest.fixture(scope="module")
def one_lake(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A lake with one load, which tests leave as it is."""
    folder = tmp_path_factory.mktemp("one")
    where = lake_at(folder / "data", postgres.make_database(), folder / "lake")
    publish(where, FIRST)
    return where


def test_a_judge_that_refuses_leaves_nothing(one_lake: Layout) -> None:
    def refuse(findings: Any, batch: LoadBatch) -> Verdict:
        raise LoadFailed("no")

    with pytest.raises(LoadFailed, match="no"):
        publish_load(one_lake, make_seeds(), SECOND, judge=refuse)
    assert ask(one_lake, "SELECT count(*) FROM ducklake_snapshots('warehouse')") == [(3,)]


# Several at once


def test_of_two_loads_at_once_the_second_begins_anew(lake: Layout) -> None:
    other = beside(lake, "other")
    prepare(lake)
    publish(lake, make_batch())
    first = load_apart(lake, make_seeds(), FIRST)
    second = load_apart(other, make_seeds(), SECOND)
    # nobody sees either
    assert ask(lake, "SELECT count(*) FROM observations") == [(0,)]
    publish_loaded(lake, first.load_id)
    with pytest.raises(Overtaken):
        publish_loaded(other, second.load_id)
    assert ask(other, "SELECT count(*) FROM observations") == [(4,)]
    publish(other, SECOND)
    assert ask(lake, "SELECT load_number FROM loads ORDER BY 1") == [(1,), (2,), (3,)]
    assert ask(lake, "SELECT count(*) FROM observations") == [(8,)]


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from factories import TEXT, make_batch, make_report, make_seeds
from lakes import lake_at
from warehouse.publish import prepare, publish_load
side, data, catalogue, files = sys.argv[2:6]
where = lake_at(Path(data), catalogue, files)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[6])):
    prepare(where)
    # both bring editions of one report
    reports = [make_report(f"{side}{number}.txt"), make_report("同.txt", text=TEXT + f"{side}{number}。")]
    assert publish_load(where, make_seeds(), make_batch(*reports)).published
"""


def test_two_processes_load_at_once_and_readers_see_whole_loads(lake: Layout) -> None:
    publish(lake, make_batch())
    assert lake.lake
    address, each = lake.lake.address, 2
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(Path(__file__).parent), side, str(lake.data_dir.parent / side),
             address.catalogue, address.files, str(each)],
            env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for side in "甲乙"
    ]  # fmt: skip
    seen: list[tuple[Any, ...]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.extend(
                ask(
                    lake,
                    "SELECT (SELECT count(*) FROM loads), (SELECT max(load_number) FROM loads), "
                    "(SELECT count(*) FROM reports), (SELECT count(*) FROM fact_observation)",
                )
            )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
        ends = [writer.stdin for writer in writers]
        for end in ends:
            assert end
            end.write("go\n")
            end.flush()
        assert [writer.wait(240) for writer in writers] == [0, 0]
    finally:
        done.set()
        reader.join()
        for writer in writers:
            writer.kill()
            writer.wait()
    assert seen
    for loads, number, reports, observations in seen:
        assert (number, reports, observations) == (loads, 2 * (loads - 1), 8 * (loads - 1))
    total = 1 + 2 * each
    assert ask(lake, "SELECT list(load_number ORDER BY load_number) FROM loads") == [
        (list(range(1, total + 1)),)
    ]
    assert ask(lake, "SELECT count(*), count(DISTINCT observation_id) FROM fact_observation") == [
        (16 * each, 16 * each)
    ]
    # of the report that all of them bring, the edition of the last load is in force
    assert ask(
        lake,
        "SELECT r.load_id = (SELECT load_id FROM loads ORDER BY load_number DESC LIMIT 1) "
        "FROM reports AS r WHERE r.source_name = '同.txt' AND r.superseded_by IS NULL",
    ) == [(True,)]


# Time travel


def test_last_night_can_be_asked(lake: Layout) -> None:
    night = publish(lake, FIRST)
    today = publish(lake, SECOND)
    versions = dict(
        ask(
            lake,
            "SELECT commit_extra_info, snapshot_id FROM ducklake_snapshots('warehouse') "
            "WHERE commit_extra_info IS NOT NULL",
        )
    )
    assert list(versions) == [night, today]
    for relation, before, now in (("observations", 4, 8), ("fact_observation", 4, 8), ("loads", 1, 2)):
        count = f"SELECT count(*) FROM {relation}"
        assert ask(lake, count) == [(now,)]
        assert ask(lake, f"{count} AT (VERSION => {versions[night]})") == [(before,)]
        assert ask(lake, count, at=night) == ask(lake, count, at=str(versions[night])) == [(before,)]
    assert ask(lake, "SELECT DISTINCT region_name FROM indicator_series", at=night) == [("萧山区",)]
    for nowhere in ("L000000000000", "999"):
        with pytest.raises(UsageError, match=r"no such"):
            ask(lake, "FROM loads", at=nowhere)


def test_an_embedded_warehouse_has_no_earlier_state_to_ask(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="only a lake"):
        ask(tmp_path, "FROM loads", at="1")


def test_the_latest_load_is_rolled_back(lake: Layout) -> None:
    publish(lake, make_batch(*FIRST.reports, held_back=(make_held_back(),)))
    tables = ("loads", "reports", "observations", "issues", "indicator_series", "dim_period", "dim_unit")
    before = {name: ask(lake, f"FROM {name} ORDER BY ALL") for name in tables}
    taken = publish(
        lake, make_batch(make_report("甲.txt", text=TEXT + "勘误。"), *SECOND.reports, rules_version="r2")
    )
    other = beside(lake, "other")
    prepare(other)
    latest = roll_back(other, taken, lambda report_id: None)
    assert {name: ask(lake, f"FROM {name} ORDER BY ALL") for name in tables} == before
    assert ask(lake, "SELECT load_id FROM loads") == [(latest,)]
    assert report_id(SECOND.reports[0]) in known_report_ids(lake, "r2")
    # the state that was taken back can still be asked
    assert ask(lake, "SELECT count(*) FROM loads", at=taken) == [(2,)]
    with pytest.raises(UsageError, match="no such load"):
        roll_back(lake, taken, lambda report_id: None)
    prepare(lake)
    assert (lake.data_dir / "quality" / "index.html").read_text() == "4"


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
    ],
)
def test_an_address_that_is_none_or_holds_a_password_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_catalogue(text)
    assert "secret" not in caught.value.message


def test_no_warehouse_yet(lake: Layout) -> None:
    with pytest.raises(UsageError, match="zhengbao run"):
        ask(lake, "SELECT 1")
    assert known_report_ids(lake, "r1") == set()


def test_a_server_that_is_down_is_told_in_one_line(tmp_path: Path) -> None:
    where = lake_at(tmp_path, f"ducklake:postgres:dbname=x host={tmp_path}", tmp_path / "lake")
    for action in (lambda: prepare(where), lambda: ask(where, "SELECT 1")):
        with pytest.raises(Transient, match="does not answer") as caught:
            action()
        assert "\n" not in caught.value.message


def test_the_program_loads_and_asks_a_lake(
    served: dict[str, str], postgres: Postgres, tmp_path: Path
) -> None:
    env = {
        **served,
        "ZHENGBAO_WAREHOUSE": postgres.make_database(),
        "ZHENGBAO_LAKE_DATA": str(tmp_path / "lake"),
    }
    data = ("--data", tmp_path / "data")
    report = tmp_path / "西湖.txt"
    report.write_text(GOOD, encoding="utf-8")
    done = zhengbao("run", *data, report, env=env)
    assert done.code == 0, done.err
    assert f"warehouse:      {env['ZHENGBAO_WAREHOUSE']}" in done.out
    assert (tmp_path / "data" / "quality" / "index.html").is_file()
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()
    (load_id,) = re.findall(r"L[0-9a-f]{12}", done.out)
    again = zhengbao("run", *data, report, env=env)
    assert again.code == 0
    assert "nothing new" in again.out
    status = zhengbao("status", *data, env=env)
    assert re.search(rf"{load_id}.* 2$", status.out, re.M), status.out
    query = "SELECT observation_id FROM observations WHERE value = 1647.1"
    found = zhengbao("sql", *data, query, "--format", "csv", "--at", load_id, env=env)
    assert found.code == 0, found.err
    explained = zhengbao("explain", *data, found.out.split()[1], env=env)
    assert "1647.1" in explained.out
    assert zhengbao("export", *data, "--to", tmp_path / "out", env=env).code == 0
    assert "observation_id" in (tmp_path / "out" / "columns.csv").read_text(encoding="utf-8-sig")
    assert zhengbao("rebuild", *data, env=env).code == 2
    taken = zhengbao("rollback", *data, load_id, env=env)
    assert taken.code == 0, taken.err
    secret = zhengbao("status", *data, env={**env, "ZHENGBAO_WAREHOUSE": "ducklake:postgres:password=hush"})
    assert secret.code == 2
    assert "hush" not in secret.err
