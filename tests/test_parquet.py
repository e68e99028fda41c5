"""Parquet files that are as they were are taken over from the load before; all others are written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from factories import TEXT, growth, make_batch, make_report, make_seeds
from publishing import publish

from warehouse.parquet import Before, _crowded_out, _File, write_parquet
from warehouse.publish import publish_load
from warehouse.types import LoadBatch

OLD = make_report("old.txt", period="2019", plan_period="2020", published_on=date(2020, 2, 8))
NEW = make_report("new.txt", period="2022")
FIRST = make_batch(OLD, NEW, files_seen=2)
OLD_YEAR, NEW_YEAR = (f"observations/report_year={year}/data_0.parquet" for year in (2019, 2022))


def parts_of(folder: Path) -> list[Path]:
    """The files of what is written in parts: by the year of the report, or of the period."""
    return sorted((*folder.rglob("report_year=*/*.parquet"), *folder.glob("*/data_[12]*.parquet")))


def files_of(data_dir: Path) -> dict[str, tuple[int, str]]:
    """Of each partition the file it is, by its number, and its content."""
    folder = data_dir / "parquet"
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_ino,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in parts_of(folder)
    }


def written_anew(data_dir: Path, folder: Path, lanes: int = 1) -> dict[str, str]:
    """The content of the same partitions, written with nothing to take over."""
    folder.mkdir()
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        write_parquet([connection.cursor() for _ in range(lanes)], folder, "test")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in parts_of(folder)
    }


def contents(files: dict[str, tuple[int, str]]) -> dict[str, str]:
    return {path: content for path, (_, content) in files.items()}


def load(data_dir: Path, batch: LoadBatch) -> dict[str, tuple[int, str]]:
    publish(data_dir, batch)
    return files_of(data_dir)


def test_a_load_writes_the_years_that_it_changes(tmp_path: Path) -> None:
    before = load(tmp_path, FIRST)
    after = load(tmp_path, make_batch(make_report("newer.txt", period="2022"), files_seen=3))
    assert after[OLD_YEAR] == before[OLD_YEAR]
    assert after[NEW_YEAR][1] != before[NEW_YEAR][1]
    assert contents(after) == written_anew(tmp_path, tmp_path / "anew")


def test_a_correction_of_a_report_changes_its_year(tmp_path: Path) -> None:
    before = load(tmp_path, FIRST)
    corrected = make_report("old.txt", TEXT + "又。", period="2019", published_on=date(2020, 2, 8))
    after = load(tmp_path, make_batch(corrected, files_seen=2, files_known=1))
    assert after[OLD_YEAR][1] != before[OLD_YEAR][1]
    assert after[NEW_YEAR] == before[NEW_YEAR]
    assert contents(after) == written_anew(tmp_path, tmp_path / "anew")


def test_what_is_compared_is_written_for_the_years_that_a_load_speaks_of(tmp_path: Path) -> None:
    then = {"period": "2019", "period_start": date(2019, 1, 1), "period_end": date(2019, 12, 31)}
    earlier = growth(make_report("old.txt", period="2019"), "1.8", **then)
    before = load(tmp_path, make_batch(earlier, make_report("new.txt"), files_seen=2))
    after = load(tmp_path, make_batch(make_report("newer.txt", region=("330110", "余杭区")), files_seen=3))
    for relation in ("indicator_series", "rankings"):
        old, new = (f"{relation}/data_{year}.parquet" for year in (2019, 2022))
        assert after[old] == before[old]
        assert after[new][1] != before[new][1]
    assert contents(after) == written_anew(tmp_path, tmp_path / "anew")


def test_more_of_a_year_is_added_to_its_last_part(tmp_path: Path) -> None:
    """Four observations a report and five a part: the second report lies in both and so is in the first."""
    data = tmp_path / "data"

    def parts(folder: Path, before: Before | None) -> dict[str, str]:
        folder.mkdir()
        with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
            return write_parquet([connection], folder, "test", before, part_size=5)

    def rows(folder: Path) -> dict[str, int]:
        found = sorted((folder / "observations" / "report_year=2022").glob("*"))
        return {path.name: pq.ParquetFile(path).metadata.num_rows for path in found}

    publish(data, make_batch(*(make_report(f"{name}.txt", period="2022") for name in "abc"), files_seen=3))
    made_from = parts(tmp_path / "one", None)
    assert rows(tmp_path / "one") == {"data_0.parquet": 8, "data_1.parquet": 4}
    publish(data, make_batch(make_report("d.txt", period="2022"), files_seen=4))
    parts(tmp_path / "two", Before(tmp_path / "one", made_from))
    assert rows(tmp_path / "two") == {"data_0.parquet": 8, "data_1.parquet": 4, "data_2.parquet": 4}
    first, second = (tmp_path / name / "observations/report_year=2022" for name in ("one", "two"))
    assert [(second / name).samefile(first / name) for name in ("data_0.parquet", "data_1.parquet")] == [
        True,
        True,
    ]


def test_other_rules_take_no_facts_over(tmp_path: Path) -> None:
    before = load(tmp_path, FIRST)
    after = load(tmp_path, make_batch(make_report("newer.txt"), rules_version="r2", files_seen=3))
    assert after[OLD_YEAR][0] != before[OLD_YEAR][0]
    assert after[OLD_YEAR][1] == before[OLD_YEAR][1]


def test_another_name_of_a_region_takes_no_facts_over(tmp_path: Path) -> None:
    load(tmp_path, FIRST)
    seeds = make_seeds()
    renamed = [replace(r, name="萧山新区") if r.code == "330109" else r for r in seeds.regions]
    publish_load(
        tmp_path, replace(seeds, regions=tuple(renamed)), make_batch(make_report("newer.txt"), files_seen=3)
    )
    files = [str(path) for path in (tmp_path / "parquet/observations").rglob("*.parquet")]
    assert {row[0] for row in duckdb.read_parquet(files).project("region_name").fetchall()} == {"萧山新区"}


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_what_was_damaged_meanwhile_is_written_again(tmp_path: Path, damage: str) -> None:
    before = load(tmp_path, FIRST)
    victim = tmp_path / "parquet" / OLD_YEAR
    if damage == "gone":
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[:-10])
    after = load(tmp_path, make_batch(make_report("newer.txt", period="2022"), files_seen=3))
    assert after[OLD_YEAR][1] == before[OLD_YEAR][1]


def test_other_definitions_take_nothing_over(tmp_path: Path) -> None:
    load(tmp_path, FIRST)
    marker = next((tmp_path / ".versions").glob("*/parquet.json"))
    before = Before(tmp_path / "parquet", json.loads(marker.read_bytes())["files"])
    assert OLD_YEAR in before.made_from
    target = tmp_path / "other"
    target.mkdir()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        write_parquet([connection], target, "other definitions", before)
    assert (target / OLD_YEAR).stat().st_ino != (tmp_path / "parquet" / OLD_YEAR).stat().st_ino


def test_any_number_of_lanes_writes_the_same_files(tmp_path: Path) -> None:
    load(tmp_path, FIRST)
    assert written_anew(tmp_path, tmp_path / "one") == written_anew(tmp_path, tmp_path / "three", lanes=3)


def test_a_warehouse_without_facts_has_files_without_rows(tmp_path: Path) -> None:
    load(tmp_path, make_batch())
    table = pq.read_table(tmp_path / "parquet" / "observations" / "report_year=0" / "data_0.parquet")
    assert table.num_rows == 0
    assert "value" in table.column_names


def test_a_file_that_finds_no_memory_beside_others_is_left_for_afterwards() -> None:
    files = [_File(f"facts/data_{number}.parquet", "", {}) for number in range(5)]
    written = []

    def write(file: _File) -> None:
        if file in (files[1], files[3]):
            raise duckdb.OutOfMemoryException("could not allocate block")
        written.append(file)

    assert _crowded_out(2, write, files) == [files[1], files[3]]
    assert sorted(file.path for file in written) == [files[number].path for number in (0, 2, 4)]
    assert _crowded_out(1, write, files) == files  # one lane has all the memory there is


def test_a_file_that_cannot_be_written_for_another_reason_fails_at_once() -> None:
    def write(file: _File) -> None:
        raise duckdb.IOException(f"no room for {file.path}")

    with pytest.raises(duckdb.IOException, match=r"no room for facts/data_0\.parquet"):
        _crowded_out(2, write, [_File("facts/data_0.parquet", "", {})])
