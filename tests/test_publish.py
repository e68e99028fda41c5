"""Publication: readers are never in the way, a run killed anywhere leaves nothing half done."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from factories import TEXT, make_batch, make_held_back, make_report, make_seeds

from transforms.errors import LoadFailed
from warehouse.loader import known_report_ids
from warehouse.publish import heal, prepare, publish_load, publish_quality, write_quarantine
from warehouse.quarantine import safe_name
from warehouse.types import Healed, LoadBatch

FIRST = make_batch(make_report(), held_back=(make_held_back(),), files_seen=2)
SECOND = make_batch(
    make_report(text=TEXT + "又。"),
    make_report("b.txt", region=("330106", "西湖区")),
    files_seen=4,
    files_known=2,
)


def pages(text: str) -> Callable[[Path], None]:
    """A builder of a quality report."""

    def build(folder: Path) -> None:
        (folder / "data_docs").mkdir()
        (folder / "data_docs" / "index.html").write_text(text, encoding="utf-8")
        (folder / "index.html").write_text(text, encoding="utf-8")

    return build


def publish(data_dir: Path, batch: LoadBatch) -> None:
    """What a run does."""
    prepare(data_dir)
    publish_load(data_dir, make_seeds(), batch, pages(batch.load_id))


def ask(data_dir: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def state(data_dir: Path) -> dict[str, Any]:
    """Everything a reader can see, and every file there is."""
    views = ask(data_dir, "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1")
    found: dict[str, Any] = {name: ask(data_dir, f"FROM {name} ORDER BY ALL") for (name,) in views}
    for folder in ("parquet", "quality"):
        for path in sorted((data_dir / folder).rglob("*")):
            if path.is_file():
                name = str(path.relative_to(data_dir))
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    found["files"] = sorted(str(path.relative_to(data_dir)) for path in data_dir.rglob("*"))
    return found


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
    assert [path.name for path in (tmp_path / ".versions").iterdir()] == [SECOND.load_id]
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
    ids = {FIRST.reports[0].document.source.report_id, FIRST.held_back[0].report_id}
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

    def fail(folder: Path) -> None:
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


# Runs that are killed

# The child kills itself when it has called this function of the operating system so many times.
KILLED_RUN = """
import os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_publish import FIRST, SECOND, publish

module, name, number = sys.argv[3:]
owner = {"os": os, "shutil": shutil}[module]
original = getattr(owner, name)
calls = 0

def counted(*arguments, **options):
    global calls
    calls += 1
    if calls == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)

setattr(owner, name, counted)
publish(Path(sys.argv[2]), SECOND)
"""
MOMENTS = [
    ("shutil", "copyfile", 1),  # before the working copy is made
    ("os", "mkdir", 3),  # while pages are written
    ("os", "fsync", 1),  # pages written, not marked finished
    ("os", "fsync", 6),  # pages finished
    ("os", "fsync", 20),  # Parquet files written, not finished
    ("os", "replace", 1),  # before the warehouse is replaced
    ("os", "readlink", 5),
    ("os", "replace", 2),  # warehouse replaced, parquet not
    ("os", "replace", 3),  # parquet replaced, quality not
    ("shutil", "rmtree", 2),  # while an old version is removed
]


@pytest.fixture(scope="module")
def one_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory after the first run, to be copied."""
    folder = tmp_path_factory.mktemp("one")
    publish(folder, FIRST)
    return folder


@pytest.fixture(scope="module")
def undisturbed(one_load: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two undisturbed runs leave."""
    folder = tmp_path_factory.mktemp("two") / "data"
    shutil.copytree(one_load, folder, symlinks=True)
    publish(folder, SECOND)
    return state(folder)


@pytest.mark.parametrize(("module", "name", "number"), MOMENTS)
def test_a_killed_run_is_put_right_by_the_next(
    tmp_path: Path, one_load: Path, undisturbed: dict[str, Any], module: str, name: str, number: int
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(one_load, data_dir, symlinks=True)
    command = [sys.executable, "-c", KILLED_RUN, str(Path(__file__).parent), str(data_dir)]
    killed = subprocess.run([*command, module, name, str(number)], check=False)
    assert killed.returncode == -signal.SIGKILL
    # what is published is whole all the same
    assert ask(data_dir, "SELECT count(*) FROM observations")[0][0] in (4, 8)
    assert (data_dir / "quality" / "index.html").exists()
    assert (data_dir / "parquet" / "datapackage.json").exists()
    publish(data_dir, SECOND)
    assert state(data_dir) == undisturbed


def test_a_first_run_that_is_killed_is_put_right(tmp_path: Path) -> None:
    for number, data_dir in enumerate((tmp_path / "killed", tmp_path / "whole")):
        if number == 0:
            command = [sys.executable, "-c", KILLED_RUN, str(Path(__file__).parent), str(data_dir)]
            assert subprocess.run([*command, "os", "replace", "2"], check=False).returncode == -signal.SIGKILL
        publish(data_dir, SECOND)
    assert state(tmp_path / "killed") == state(tmp_path / "whole")


def test_leftovers_are_removed(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    (tmp_path / ".work" / "warehouse.duckdb").write_bytes(b"half")
    (tmp_path / ".work" / "warehouse.duckdb.wal").write_bytes(b"half")
    (tmp_path / ".work" / "read-x").mkdir()
    (tmp_path / "warehouse.duckdb.wal").write_bytes(b"somebody's")
    (tmp_path / ".versions" / "Lold" / "parquet").mkdir(parents=True)
    (tmp_path / ".versions" / "Lold" / "parquet.json").write_text("{}")
    healed = prepare(tmp_path)
    assert len(healed.stale_files) == 4
    assert state(tmp_path) == before


def test_lost_parquet_files_are_written_again(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = state(tmp_path)
    (tmp_path / "parquet").unlink()
    shutil.rmtree(tmp_path / ".versions" / FIRST.load_id / "parquet")
    assert heal(tmp_path) == Healed(parquet=True)
    assert state(tmp_path) == before


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
            # the year stands in the name of the folder, not in the file
            columns = pq.ParquetFile(tmp_path / "parquet" / path).schema_arrow.names
            assert columns + ["report_year"] * ("report_year" in path) == fields
        for field in resource["schema"]["fields"]:
            assert " / " in field["description"]
            assert field["title"]
            assert field["type"] in ("string", "integer", "number", "date", "datetime", "boolean", "array")
    assert sorted(
        str(p.relative_to(tmp_path / "parquet")) for p in (tmp_path / "parquet").rglob("*.parquet")
    ) == sorted(path for resource in package["resources"] for path in resource["path"])


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


# The quarantine


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "reason.json",
        "Reason.TXT",
        "a\x00b\n\t.txt",
        "CON.txt",
        "C:\\evil\\x.doc",
        "政府工作报告" * 60 + ".txt",
        ".hidden",
        "x\udcff.txt",
        "\u202egpj.exe",
        "~root",
        "*?<>|.txt",
        "zip/inner/报告.txt",
    ],
    ids=ascii,
)
def test_hostile_names_stay_inside_the_quarantine(tmp_path: Path, name: str) -> None:
    item = make_held_back(name, b"original bytes")
    folder = write_quarantine(tmp_path / "data", item)
    assert folder.parent == tmp_path / "data" / "quarantine"
    assert folder.name.startswith(item.report_id[:12])
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    reason = json.loads(files.pop("reason.json"))
    assert (reason["source_name"], reason["reason"]) == (name, "not_a_report")
    assert "不是政府报告" in files.pop("reason.txt").decode()
    assert list(files.values()) == [b"original bytes"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_quarantine_twice_is_the_same(tmp_path: Path) -> None:
    item = make_held_back()
    for _ in range(2):
        folder = write_quarantine(tmp_path, item)
        assert {path.name for path in folder.iterdir()} == {"坏.txt", "reason.json", "reason.txt"}
    assert len(list((tmp_path / "quarantine").iterdir())) == 1
    assert list((tmp_path / ".work").iterdir()) == []


def test_a_new_reason_replaces_the_old_one_and_keeps_the_bytes(tmp_path: Path) -> None:
    item = make_held_back()
    write_quarantine(tmp_path, item)
    again = type(item)(item.report_id, item.source_name, "failed_expectations", "新的 / new", None)
    folder = write_quarantine(tmp_path, again)
    assert json.loads((folder / "reason.json").read_bytes())["reason"] == "failed_expectations"
    assert (folder / "坏.txt").read_bytes() == b"x"


def test_safe_names_keep_what_is_harmless() -> None:
    assert safe_name("2022年 政府工作报告（摘要）.txt") == "2022年_政府工作报告（摘要）.txt"
    assert len(safe_name("报" * 300 + ".txt").encode()) <= 120
    assert safe_name("报" * 300 + ".txt").endswith("报.txt")
    assert os.sep not in safe_name("a/b")
