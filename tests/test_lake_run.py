"""The program on a lake, a lake in a bucket, and a server that is down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from buckets import BUCKET, s3_environment, s3_server
from lakes import FIRST, ask, lake_at, publish
from postgres import Postgres
from runs import GOOD, zhengbao

from flows.lakes import make_layout
from transforms.errors import Transient, UsageError
from warehouse.layout import Layout
from warehouse.loader import known_report_ids
from warehouse.publish import prepare


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
    assert re.search(rf"{load_id}.* 2\s*$", status.out, re.M), status.out
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


def test_rows_in_a_bucket(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as bucket:
        for name, value in s3_environment(bucket.port).items():
            monkeypatch.setenv(name, value)
        catalogue, files = postgres.make_database(), f"s3://{BUCKET}/lake"
        publish(make_layout(tmp_path / "data", catalogue, files), FIRST)
        # the catalogue knows the bucket
        where = make_layout(tmp_path / "data", catalogue)
        assert ask(where, "SELECT count(*) FROM observations") == [(4,)]
        assert ask(where, "SELECT getvariable('secret'), getvariable('key_id')") == [(None, None)]
        assert "opensesame" not in str(ask(where, "FROM duckdb_secrets()"))
        assert "opensesame" not in repr(where)
        with pytest.raises(UsageError, match="Permission"):
            ask(where, "FROM read_parquet('s3://other/x.parquet')")
