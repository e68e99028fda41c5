"""Publication: readers are never in the way, and what cannot be published whole is not published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from factories import make_batch, make_report, make_seeds
from publishing import FIRST, SECOND, ask, pages, publish, state

from transforms.errors import LoadFailed
from warehouse.loader import known_report_ids
from warehouse.publish import heal, prepare, publish_load, publish_quality
from warehouse.types import Healed, LoadBatch

# One run after another


def test_a_run_leaves_warehouse_parquet_and_quality_of_one_load(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    assert ask(tmp_path, "SELECT load_id FROM loads") == [(FIRST.load_id,)]
    assert json.loads((tmp_path / "parquet/datapackage.json").read_bytes())["version"] == FIRST.load_id
    assert (tmp_path / "quality/index.html").read_text() == FIRST.load_id
    assert not (tmp_path / "warehouse.duckdb.wal").exists()
    assert list((tmp_path / ".work").iterdir()) == []
    publish(tmp_path, SECOND)
    assert ask(tmp_path, "SELECT count(*) FROM loads") == [(2,)]
    assert (tmp_path / "quality/index.html").read_text() == SECOND.load_id
    versions = tmp_path / ".versions"
    assert [path.parent.name for path in versions.glob("*/parquet")] == [SECOND.load_id]
    # the pages before stay for a rollback
    assert {path.parent.name for path in versions.glob("*/quality")} == {FIRST.load_id, SECOND.load_id}
    assert prepare(tmp_path) == Healed()


def test_nothing_new_touches_nothing(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    prepare(tmp_path)
    receipt = publish_load(tmp_path, make_seeds(), FIRST, pages("never"))
    assert not receipt.published
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_is_known(tmp_path: Path) -> None:
    assert known_report_ids(tmp_path, "r1") == set()
    publish(tmp_path, FIRST)
    ids = {FIRST.reports[0].report_id, FIRST.held_back[0].report_id}
    assert known_report_ids(tmp_path, "r1") == ids
    assert known_report_ids(tmp_path, "r2") == set()


def test_quality_can_be_published_by_itself(tmp_path: Path) -> None:
    receipt = publish_load(tmp_path, make_seeds(), FIRST)
    assert heal(tmp_path).quality_missing == receipt.load_id
    publish_quality(tmp_path, receipt.load_id, pages("one"))
    publish_quality(tmp_path, receipt.load_id, pages("two"))
    assert (tmp_path / "quality/index.html").read_text() == "two"
    assert heal(tmp_path) == Healed()


# Readers


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as reader:
        publish(tmp_path, SECOND)
        assert reader.execute("SELECT count(*) FROM reports").fetchall() == [(1,)]
        assert known_report_ids(tmp_path, "r1") > known_report_ids(tmp_path, "r2")
        assert len(known_report_ids(tmp_path, "r1")) == 4
    assert ask(tmp_path, "SELECT count(*) FROM reports") == [(3,)]


def test_a_stranger_who_writes_does_not_stop_a_load(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute('CREATE TABLE mine (i INTEGER)'); "
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stranger:
        assert stranger.stdout is not None
        assert stranger.stdout.readline() == "open\n"
        assert (tmp_path / "warehouse.duckdb.wal").exists()
        assert known_report_ids(tmp_path, "r1")
        publish(tmp_path, SECOND)
        stranger.kill()
    assert ask(tmp_path, "SELECT count(*) FROM reports") == [(3,)]
    assert ask(tmp_path, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'mine'") == [(0,)]


# Runs that fail


def test_a_refused_load_publishes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    bad = make_report("c.txt", region=("999999", "无此地"))
    with pytest.raises(LoadFailed):
        publish(tmp_path, make_batch(bad))
    prepare(tmp_path)
    assert state(tmp_path) == before


def test_a_quality_report_that_cannot_be_built_publishes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)

    def fail(folder: Path, _: object) -> None:
        (folder / "half.html").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(LoadFailed, match="No space left"):
        publish_load(tmp_path, make_seeds(), SECOND, fail)
    prepare(tmp_path)
    assert state(tmp_path) == before


def test_a_folder_where_a_link_belongs_is_told_before_anything_happens(tmp_path: Path) -> None:
    (tmp_path / "parquet").mkdir()
    with pytest.raises(LoadFailed, match="move this away"):
        publish(tmp_path, FIRST)
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_a_broken_warehouse_is_told_and_left_alone(tmp_path: Path) -> None:
    broken = tmp_path / "warehouse.duckdb"
    broken.write_bytes(b"no database" * 2000)
    with pytest.raises(LoadFailed, match=r"warehouse\.duckdb"):
        prepare(tmp_path)
    with pytest.raises(LoadFailed, match=r"warehouse\.duckdb"):
        publish_load(tmp_path, make_seeds(), FIRST)
    assert broken.read_bytes().startswith(b"no database")


# Parquet files


def test_the_data_package_describes_every_column_of_every_file(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    package = json.loads((tmp_path / "parquet/datapackage.json").read_bytes())
    assert package["name"] == "zhengbao"
    names = [resource["name"] for resource in package["resources"]]
    assert names == sorted(names, key=names.index)
    assert {path.name for path in (tmp_path / "parquet").iterdir()} == {*names, "datapackage.json"}
    for resource in package["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert resource["path"]
        for path in resource["path"]:
            assert pq.ParquetFile(tmp_path / "parquet" / path).schema_arrow.names == fields
        # the year stands in the names of the folders, not in the files
        years = ["report_year" in path for path in resource["path"]]
        assert years == ["partitionedBy" in resource] * len(years)
        for field in resource["schema"]["fields"]:
            assert " / " in field["description"]
            assert field["title"]
            assert field["type"] in ("string", "integer", "number", "date", "datetime", "boolean", "any")
    assert sorted(
        str(p.relative_to(tmp_path / "parquet")) for p in (tmp_path / "parquet").rglob("*.parquet")
    ) == sorted(path for resource in package["resources"] for path in resource["path"])


@pytest.mark.parametrize("batches", [(FIRST, SECOND), (make_batch(),)], ids=["full", "empty"])
def test_the_data_package_is_valid(tmp_path: Path, batches: tuple[LoadBatch, ...]) -> None:
    for batch in batches:
        publish(tmp_path, batch)
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=tmp_path / "parquet", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tasks = json.loads(done.stdout)["tasks"]
    assert len(tasks) >= 10
    assert [task["name"] for task in tasks if not task["valid"]] == []


def test_facts_are_partitioned_by_the_year_of_the_report(tmp_path: Path) -> None:
    reports = (make_report(), make_report("b.txt", period="2019"), make_report("c.txt", period=None))
    publish(tmp_path, make_batch(*reports))
    folders = sorted(path.name for path in (tmp_path / "parquet/observations").iterdir())
    assert folders == ["report_year=2019", "report_year=2022", "report_year=2023"]
    with duckdb.connect() as connection:
        pattern = str(tmp_path / "parquet/observations/**/*.parquet")
        found = connection.execute(
            "SELECT count(*), sum(report_year) FROM read_parquet(?)", [pattern]
        ).fetchall()
    assert found == [(12, 4 * (2019 + 2022 + 2023))]


def test_parquet_and_warehouse_hold_the_same(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    publish(tmp_path, SECOND)
    for relation in ("observations", "reports", "tasks", "issues", "loads", "indicator_series", "rankings"):
        with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
            pattern = str(tmp_path / "parquet" / relation / "**/*.parquet")
            files = connection.read_parquet(pattern, hive_partitioning=False)
            assert files.order("ALL").fetchall() == connection.table(relation).order("ALL").fetchall()


def test_the_same_load_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("x", "y"):
        publish(tmp_path / name, SECOND)
    assert state(tmp_path / "x") == state(tmp_path / "y")


def test_an_empty_warehouse_has_readable_files(tmp_path: Path) -> None:
    publish(tmp_path, make_batch())
    for relation in ("observations", "tasks", "reports"):
        table = pq.read_table(tmp_path / "parquet" / relation)
        assert (table.num_rows, table.column_names[0]) == (0, f"{relation.rstrip('s')}_id")


# An older layout of the tables


@pytest.mark.parametrize("older", ["tables_digest", "views_digest"])
def test_a_warehouse_of_another_version_is_brought_to_this_one(tmp_path: Path, older: str) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    del before["files"]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(f"UPDATE schema_info SET {older} = 'older'")
        connection.execute("DROP VIEW tasks")
    assert len(known_report_ids(tmp_path, "r1")) == 2
    (marker,) = tmp_path.glob(".versions/*/parquet.json")
    marker.write_text(json.dumps({"holds": f"{FIRST.load_id} older"}) + "\n")
    assert prepare(tmp_path) == Healed(upgraded=True, parquet=True)
    assert {name: content for name, content in state(tmp_path).items() if name != "files"} == before
    publish(tmp_path, SECOND)
    assert ask(tmp_path, "SELECT count(*) FROM tasks") == [(2,)]


def test_a_warehouse_that_cannot_be_carried_over_is_told(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE something_else (i INTEGER)")
    with pytest.raises(LoadFailed, match="move it away"):
        prepare(tmp_path)
