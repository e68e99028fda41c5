"""Read-only SQL on the published warehouse. Imports nothing heavy but DuckDB: it must start at once."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import duckdb

from transforms.errors import UsageError
from warehouse.lake_query import is_lake, refuse_beyond_the_lake
from warehouse.layout import Layout, Where, layout_of, remove

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("csv", "json", "parquet")
_LOCKED_DOWN: dict[str, str] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
_ALLOWED = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A result to be read once, by ``rows`` or ``arrow``. ``types`` are DuckDB's names of the types."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    _cursor: duckdb.DuckDBPyConnection

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows one by one, fetched in chunks. UsageError if the query breaks while it runs."""
        while chunk := _guarded(lambda: self._cursor.fetchmany(_CHUNK)):
            yield from chunk

    def arrow(self) -> pa.Table:
        """The whole result as an Arrow table (imports pyarrow)."""
        return _guarded(self._cursor.to_arrow_table)


def connect(where: Where, at: str | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection that reaches no file, extension or setting. UsageError without a warehouse.

    ``at`` is a load, or a version, of a lake: everything is as it was then. Transient if a lake does not answer.
    """
    layout = layout_of(where)
    if layout.lake is not None:
        return layout.lake.asking(dict(_LOCKED_DOWN), at)
    if at is not None:
        raise UsageError("只有湖仓能查询从前的状态 / only a lake can be asked for an earlier state (--at)")
    if not layout.warehouse.is_file():
        raise UsageError(
            f"没有仓库，请先运行 zhengbao run / no warehouse in {layout.data_dir}: run `zhengbao run` first"
        )
    try:
        return duckdb.connect(str(layout.warehouse), read_only=True, config=dict(_LOCKED_DOWN))
    except duckdb.Error:
        return _connect_copy(layout)


def keeps_comments(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse explains all its columns itself: a file does, a lake does not."""
    return not is_lake(connection)


def run_query(connection: duckdb.DuckDBPyConnection, sql: str) -> QueryResult:
    """Runs one SELECT (or FROM, WITH, DESCRIBE, SHOW, EXPLAIN). UsageError with one line otherwise."""
    statements = _guarded(lambda: connection.extract_statements(sql))
    if len(statements) != 1:
        raise UsageError("请给出一条查询 / give exactly one query")
    kind = statements[0].type
    if kind not in _ALLOWED:
        raise UsageError(f"仓库只读，不可用 {kind.name} / the warehouse is read-only: {kind.name} is refused")
    _guarded(lambda: refuse_beyond_the_lake(connection, sql))
    cursor = connection.cursor()
    _guarded(lambda: _stand_where(connection, cursor).execute(statements[0]))
    description = cursor.description or []
    return QueryResult(
        tuple(column[0] for column in description), tuple(str(column[1]) for column in description), cursor
    )


def write_result(result: QueryResult, format: str, out: BinaryIO) -> None:
    """Writes a result as csv (with header), json (an array of objects) or parquet, else UsageError."""
    if format == "csv":
        _write_csv(result, out)
    elif format == "json":
        _write_json(result, out)
    elif format == "parquet":
        _write_parquet(result, out)
    else:
        raise UsageError(f"没有这种格式 / unknown format: {format} ({', '.join(FORMATS)})")


def save_result(result: QueryResult, format: str, path: Path) -> None:
    """The same into a file, which appears only when it is complete. UsageError if it cannot be written."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                write_result(result, format, stream)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"写不了文件 / cannot write {path}: {error.strerror or error}") from error


def plain(value: Any) -> Any:
    """A value as JSON takes it: decimals as numbers, dates in ISO form, what it does not know as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _write_csv(result: QueryResult, out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(result.columns)
        for row in result.rows():
            writer.writerow([csv_cell(value) for value in row])
    finally:
        text.detach()


def csv_cell(value: Any) -> Any:
    """A value as a CSV states it: decimals in full without noughts at their end, lists as JSON."""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value.as_tuple().exponent != 0 else f"{value:f}"
    if isinstance(value, list | dict | tuple):
        return json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value)


def _write_json(result: QueryResult, out: BinaryIO) -> None:
    separator = b"[\n"
    for row in result.rows():
        fields = dict(zip(result.columns, (plain(value) for value in row), strict=True))
        out.write(separator + json.dumps(fields, ensure_ascii=False).encode())
        separator = b",\n"
    out.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _write_parquet(result: QueryResult, out: BinaryIO) -> None:
    import pyarrow.parquet  # heavy, and only this format needs it

    pyarrow.parquet.write_table(result.arrow(), out, compression="zstd")


def _connect_copy(layout: Layout) -> duckdb.DuckDBPyConnection:
    """The same on a private copy: somebody has the file open for writing, as the DuckDB shell does."""
    folder = Path(tempfile.mkdtemp(prefix="zhengbao-"))
    try:
        copy = folder / "warehouse.duckdb"
        shutil.copyfile(layout.warehouse, copy)
        return duckdb.connect(str(copy), read_only=True, config=dict(_LOCKED_DOWN))
    except (OSError, duckdb.Error) as error:
        raise UsageError(f"仓库打不开 / cannot open {layout.warehouse}: {_one_line(error)}") from error
    finally:
        remove(folder)  # the open connection keeps the file's content


def _stand_where(
    connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection
) -> duckdb.DuckDBPyConnection:
    """The cursor in the database its connection uses: a new one is in the first, which of a lake is an empty one."""
    (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
    return cursor.execute(f'USE "{name}"')


def _guarded(action: Any) -> Any:
    try:
        return action()
    except duckdb.Error as error:
        raise UsageError(f"查询有误 / query failed: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    """The message of DuckDB without the excerpt of the query below it."""
    lines = str(error).split("\n\nLINE ")[0].splitlines()
    return " ".join(line.strip() for line in lines if line.strip())
