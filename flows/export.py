"""Hand-over files: an Excel workbook, or a folder of CSV. They appear complete or not at all."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import duckdb
from xlsxwriter.exceptions import XlsxWriterException

from flows.workbook import MAX_ROWS, Workbook
from transforms.errors import UsageError
from warehouse.layout import Where, remove
from warehouse.query import QueryResult, connect, csv_cell, keeps_comments, run_query
from warehouse.sql import read_named

COLUMNS_NAME = "columns.csv"
_COLUMNS_HEADER = ("relation", "column_name", "data_type", "comment_zh", "comment_en")
_SHEETS = ("observations", "reports", "tasks", "sources")
# a folder with such a name is not what anybody means
_FILE_SUFFIXES = (".csv", ".xls", ".xlsm", ".xlsb", ".ods", ".json", ".parquet", ".zip", ".duckdb")
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
# what a spreadsheet would take for the beginning of a formula when it opens a CSV
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WORKBOOK_NOTE = (
    "*", "*", "VARCHAR", "超过 32,767 字的文字在此被截断,并注明原长;空单元格为空值或空串",
    "Text beyond 32,767 characters is cut here and says how long it was; an empty cell is NULL or an empty string",
)  # fmt: skip
_FOLDER_NOTE = (
    "*", "*", "VARCHAR", "以 = + - @ 等开头的文字前加一个单引号,以免被表格软件当作公式;空值不加引号,空串写作 \"\"",
    "Text that begins with = + - @ and the like has an apostrophe before it, so that no spreadsheet takes it for a "
    "formula; NULL is empty, an empty string is \"\"",
)  # fmt: skip


def export(where: Where, target: Path, max_rows: int = MAX_ROWS) -> list[str]:
    """Write the warehouse to ``target``: a workbook for a name in .xlsx, else a folder; gives lines to print.

    An existing workbook is replaced, and so is a folder an earlier export wrote. UsageError without a warehouse,
    for a target that is something else, or where nothing can be written.
    """
    workbook = target.suffix.lower() == ".xlsx"
    try:
        _check_target(target, workbook)
        target = Path(os.path.realpath(target))  # a link stays a link
        with connect(where) as connection, _staging(target) as folder:
            if workbook:
                return _export_workbook(connection, target, folder, max_rows)
            return _export_folder(connection, target, folder)
    except (OSError, XlsxWriterException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"写不了文件 / cannot write {target}: {reason}") from error


def _export_workbook(
    connection: duckdb.DuckDBPyConnection, target: Path, folder: Path, max_rows: int
) -> list[str]:
    statements = read_named("handover")
    load = run_query(connection, read_named("queries")["latest_load"])
    created = next((row[2] for row in load.rows()), None)
    book = Workbook(folder / "new.xlsx", created, max_rows)
    counts = {name: book.add(name, run_query(connection, statements[name])) for name in _SHEETS}
    book.add_rows("columns", _COLUMNS_HEADER, [*_explained_columns(connection), _WORKBOOK_NOTE])
    book.close()
    os.replace(folder / "new.xlsx", target)
    lines = [f"写好 / written: {target}", *_count_lines(counts)]
    if book.truncated:
        lines.append(
            f"{book.truncated} 格超过 Excel 的 32767 字上限,已截断并注明 / "
            f"{book.truncated} cells were longer than Excel allows; they are cut and say so"
        )
    return lines


def _explained_columns(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    for row in _columns(connection).rows():
        if row[0] in _SHEETS:
            yield row


def _columns(connection: duckdb.DuckDBPyConnection) -> QueryResult:
    """Every column and what it means. A lake keeps no comments on the columns of views: the definitions say them."""
    if keeps_comments(connection):
        return run_query(connection, read_named("handover")["columns"])
    from warehouse.definitions import definitions

    return run_query(definitions(), read_named("handover")["columns"])


def _export_folder(connection: duckdb.DuckDBPyConnection, target: Path, folder: Path) -> list[str]:
    statements = dict(read_named("handover"))
    del statements["sources"]  # a selection of reports, for the workbook
    del statements["columns"]
    columns = _columns(connection)
    new = folder / "new"
    new.mkdir()
    _write_csv(new / COLUMNS_NAME, columns.columns, [*columns.rows(), _FOLDER_NOTE])
    counts = {}
    for relation, statement in statements.items():
        result = run_query(connection, statement)
        counts[relation] = _write_csv(new / f"{relation}.csv", result.columns, result.rows())
    _swap(new, target, folder / "old")
    return [f"写好 / written: {target}", *_count_lines(counts)]


def _write_csv(path: Path, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """A CSV after RFC 4180, with the mark by which Excel knows UTF-8; gives the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        _write_line(stream, columns)
        for count, row in enumerate(rows, start=1):  # noqa: B007
            _write_line(stream, row)
    return count


def _write_line(stream: IO[str], values: Iterable[Any]) -> None:
    # The csv module of Python 3.11 cannot tell NULL from an empty string.
    stream.write(",".join(map(_csv_field, values)) + "\r\n")


def _csv_field(value: Any) -> str:
    if value is None:
        return ""
    text = str(csv_cell(value))
    if isinstance(value, str) and text.startswith(_FORMULA):
        text = f"'{text}"
    if text and not _NEEDS_QUOTES.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def _check_target(target: Path, workbook: bool) -> None:
    """UsageError for what must not be replaced."""
    if not target.absolute().parent.is_dir():
        raise UsageError(f"没有这个文件夹 / no such folder: {target.absolute().parent}")
    if workbook:
        if target.is_dir():
            raise UsageError(f"这是文件夹,不是 .xlsx 文件 / a folder, not a workbook: {target}")
        return
    if not target.is_dir() and target.suffix.lower() in _FILE_SUFFIXES:
        raise UsageError(
            f"请给出 .xlsx 文件或文件夹 / give a file in .xlsx, or a folder for CSV: {target} "
            "(zhengbao sql -o 可写其他格式 / writes other formats)"
        )
    if target.exists() and not target.is_dir():
        raise UsageError(f"已有同名文件 / a file of that name is there: {target}")
    if target.is_dir() and not _is_ours(target):
        raise UsageError(
            f"文件夹里有别的东西,不覆盖 / the folder holds something else and is left alone: {target}"
        )


def _is_ours(folder: Path) -> bool:
    """Whether nothing is in a folder but what an earlier export wrote: its columns.csv names the other files."""
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    listing = folder / COLUMNS_NAME
    if not listing.is_file():
        return False
    try:
        with listing.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
    except (UnicodeDecodeError, csv.Error):
        return False
    if not rows or tuple(rows[0]) != _COLUMNS_HEADER:
        return False
    return names <= {COLUMNS_NAME, *(f"{row[0]}.csv" for row in rows[1:] if row)}


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A folder for unfinished files beside the target, hence on its file system; it goes when all is done."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield folder
    finally:
        remove(folder)


def _swap(new: Path, target: Path, old: Path) -> None:
    """Puts a folder in another's place; should that fail, the other comes back."""
    if not target.exists():
        os.rename(new, target)
        return
    os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        os.rename(old, target)
        raise


def _count_lines(counts: dict[str, int]) -> Iterator[str]:
    for relation, count in counts.items():
        yield f"  {relation}: {count} 行 / rows"
