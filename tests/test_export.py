"""Hand-over files as their readers open them: the workbook by openpyxl, the CSV by DuckDB and Python."""

from __future__ import annotations

import csv
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from factories import make_batch, make_observation, make_report, make_seeds
from openpyxl.worksheet.worksheet import Worksheet
from runs import clean_environment, zhengbao

from flows.export import export
from flows.workbook import MAX_CELL, fit_cell
from transforms.errors import UsageError
from warehouse.publish import publish_load

HOSTILE = "=cmd|'/C calc'!A0"
TITLE = '=HYPERLINK("http://example.org","点我")'
SECTION = "控\x01制\x0b符_x0041_\t与\r换\n行"
TEXT = f"{HOSTILE}2022年地区生产总值307.85亿元" + "很长" * 20_000 + "。新建公园12个，已完成。"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of one ordinary report and one that was written to harm."""
    folder = tmp_path_factory.mktemp("data")
    hostile = make_report(
        "=1+1.txt", TEXT, observations=(), title=TITLE, issuer="@SUM(A1)", index_number="-1-2"
    )
    report_id = hostile.document.source.report_id
    seen = (make_observation(TEXT, report_id, "307.85", indicator="+A1", scope="-2", section=SECTION),)
    hostile = make_report(
        "=1+1.txt", TEXT, observations=seen, title=TITLE, issuer="@SUM(A1)", index_number="-1-2"
    )
    publish_load(folder, make_seeds(), make_batch(make_report(), hostile))
    return folder


@pytest.fixture(scope="module")
def workbook(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "政报.xlsx"
    lines = export(data, target)
    assert any("1 格" in line for line in lines)
    return target


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def ask(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_workbook_has_typed_cells(workbook: Path, data: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames == ["observations", "reports", "tasks", "sources", "columns"]
    rows = records(book["observations"])
    assert len(rows) == 5
    gdp = next(row for row in rows if row["source_name"] == "a.txt" and row["value"] == 307.85)
    assert gdp["value_base"] == 30_785_000_000
    assert isinstance(gdp["char_start"], int)
    assert gdp["period"] == "2022"
    assert gdp["region_code"] == "330109"
    assert gdp["period_start"] == datetime(2022, 1, 1)
    assert gdp["rule_ids"] == "arabic_number, unit_suffix"
    assert gdp["scope"] is None
    cell = next(cell for cell in book["observations"]["1"] if cell.value == "period_start")
    assert book["observations"].cell(2, cell.column).is_date
    for relation in ("observations", "reports", "tasks"):
        shown = [next(iter(row.values())) for row in records(book[relation])]
        assert sorted(shown) == sorted(row[0] for row in ask(data, f"FROM {relation}"))


def test_workbook_is_ready_to_be_filtered(workbook: Path) -> None:
    for sheet in openpyxl.load_workbook(workbook):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.b for cell in sheet[1])
        assert all(5 < column.width < 80 for column in sheet.column_dimensions.values())


def test_workbook_names_sources_and_explains_columns(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    source = next(row for row in records(book["sources"]) if row["source_name"] == "a.txt")
    assert len(source["sha256"]) == 64
    assert source["issuer"] == "萧山区人民政府"
    assert source["published_on"] == datetime(2023, 2, 8)
    explained = {(row["relation"], row["column_name"]): row for row in records(book["columns"])}
    for relation in ("observations", "reports", "tasks"):
        for cell in book[relation][1]:
            row = explained[relation, cell.value]
            assert row["comment_zh"]
            assert row["comment_en"].isascii() or "位" in row["comment_en"]
    assert "32,767" in explained["*", "*"]["comment_en"]


def test_hostile_text_is_text(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    report = next(row for row in records(book["reports"]) if row["source_name"] == "=1+1.txt")
    assert (report["title"], report["issuer"], report["index_number"]) == (TITLE, "@SUM(A1)", "-1-2")
    seen = next(row for row in records(book["observations"]) if row["source_name"] == "=1+1.txt")
    assert (seen["indicator"], seen["scope"]) == ("+A1", "-2")
    section = openpyxl.utils.escape.unescape(seen["section"])
    assert section == SECTION
    assert seen["quote"].startswith(HOSTILE)
    assert len(seen["quote"]) == MAX_CELL
    assert seen["quote"].endswith("…(已截断,原长 40037 字 / truncated, 40037 characters)")


@pytest.mark.parametrize("text", ["短", "字" * MAX_CELL, "𠮷" * (MAX_CELL // 2)])
def test_text_that_fits_stays(text: str) -> None:
    assert fit_cell(text) == text


@pytest.mark.parametrize("text", ["字" * (MAX_CELL + 1), "𠮷" * 20_000, "a" + "𠮷" * 20_000])
def test_text_that_does_not_fit_is_cut_in_units_of_excel(text: str) -> None:
    cut = fit_cell(text)
    assert MAX_CELL - 1 <= len(cut.encode("utf-16-le")) // 2 <= MAX_CELL
    assert f"{len(text)} characters" in cut
    assert text.startswith(cut.partition("…")[0])


def test_rows_beyond_a_sheet_go_to_further_ones(data: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "a.xlsx", max_rows=3)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    names = [name for name in book.sheetnames if name.startswith("observations")]
    assert names == ["observations", "observations_2", "observations_3"]
    parts = [records(book[name]) for name in names]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert len({row["observation_id"] for part in parts for row in part}) == 5


def test_the_same_warehouse_gives_the_same_files(data: Path, workbook: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == workbook.read_bytes()
    for name in "ab":
        export(data, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_folder_has_every_public_relation(data: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "csv")
    relations = {row[0] for row in ask(data, "SELECT view_name FROM duckdb_views() WHERE NOT internal")}
    assert {path.stem for path in (tmp_path / "csv").iterdir()} == relations | {"columns"}
    explained = read_csv(tmp_path / "csv" / "columns.csv")
    for relation in relations:
        path = tmp_path / "csv" / f"{relation}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        names = [row["column_name"] for row in explained if row["relation"] == relation]
        assert path.read_text(encoding="utf-8-sig").partition("\n")[0].strip() == ",".join(names)
        assert len(read_csv(path)) == ask(data, f"SELECT count(*) FROM {relation}")[0][0]


def test_csv_reads_back_as_it_was(data: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "csv")
    columns = "observation_id, value, value_base, period_start, range_id, quote, quote_start"
    ordinary = "WHERE source_name = 'a.txt' ORDER BY observation_id"
    back = duckdb.execute(
        f"SELECT {columns} FROM read_csv($path, header = true, allow_quoted_nulls = false) {ordinary}",
        {"path": str(tmp_path / "csv" / "observations.csv")},
    ).fetchall()
    for read, stored in zip(back, ask(data, f"SELECT {columns} FROM observations {ordinary}"), strict=True):
        assert read[:2] == stored[:2]
        assert float(read[2]) == float(stored[2])
        assert read[3:] == stored[3:]
    lines = (tmp_path / "csv" / "observations.csv").read_bytes().split(b"\r\n")
    assert lines[-1] == b""
    assert b',"",' in lines[2]  # an empty scope, told apart from NULL


def test_csv_holds_no_formula(data: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "csv")
    seen = next(
        row for row in read_csv(tmp_path / "csv" / "observations.csv") if row["source_name"] == "'=1+1.txt"
    )
    assert seen["quote"] == f"'{TEXT.partition('。')[0]}。"
    assert (seen["indicator"], seen["scope"], seen["section"]) == ("'+A1", "'-2", SECTION)
    report = next(row for row in read_csv(tmp_path / "csv" / "reports.csv") if row["issuer"].startswith("'"))
    assert report["title"] == f"'{TITLE}"


def test_earlier_exports_are_replaced(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("older")
    export(data, tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    (tmp_path / "empty").mkdir()
    export(data, tmp_path / "empty")
    (tmp_path / "empty" / "tasks.csv").write_text("older")
    export(data, tmp_path / "empty")
    assert len(read_csv(tmp_path / "empty" / "tasks.csv")) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "empty"]


def test_what_is_not_ours_is_left_alone(data: Path, tmp_path: Path) -> None:
    ours, other, file = tmp_path / "ours", tmp_path / "other", tmp_path / "file"
    export(data, ours)
    (ours / "notes.csv").write_text("mine")
    other.mkdir()
    (other / "columns.csv").write_text("a,b\n")
    file.write_text("mine")
    (tmp_path / "folder.xlsx").mkdir()
    before = sorted(tmp_path.rglob("*"))
    names = (
        "ours",
        "other",
        "file",
        "folder.xlsx",
        "new.csv",
        "old.xls",
        "nowhere/a.xlsx",
        "file/a.xlsx",
        ".",
    )
    for name in names:
        with pytest.raises(UsageError):
            export(data, tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before
    assert (ours / "notes.csv").read_text() == "mine"


def test_a_link_stays_a_link(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    export(data, tmp_path / "link.xlsx")
    assert (tmp_path / "link.xlsx").is_symlink()
    assert (tmp_path / "real.xlsx").is_file()


def test_rows_come_in_the_order_of_the_text(data: Path, tmp_path: Path) -> None:
    export(data, tmp_path / "csv")
    rows = read_csv(tmp_path / "csv" / "observations.csv")
    places = [(row["source_name"].lstrip("'"), row["report_id"], int(row["char_start"])) for row in rows]
    assert all(first <= second for first, second in pairwise(places))
    assert {date.fromisoformat(row["period_end"]).year for row in rows} == {2022, 2023}


def test_the_command(data: Path, tmp_path: Path) -> None:
    env = clean_environment()
    done = zhengbao("export", "--data", data, "--to", tmp_path / "a.xlsx", env=env)
    assert done.code == 0, done.err
    assert "observations: 5" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    for arguments in (("--to", data), ("--data", tmp_path, "--to", tmp_path / "b.xlsx"), ()):
        done = zhengbao("export", "--data", data, *arguments, env=env)
        assert done.code == 2
        assert "Traceback" not in done.err
