"""The Excel workbook of a hand-over: typed cells, one row at a time, so that any size fits into memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from warehouse.query import QueryResult, plain

# limits of the file format, see Excel's "specifications and limits"
MAX_ROWS = 1_048_576
MAX_CELL = 32_767
# Excel counts days from 1900 and takes 1900 for a leap year, so dates are dates from March of that year on
_FIRST_DATE = date(1900, 3, 1)

_WIDTHS = {
    "quote": 60, "content": 60, "progress": 60, "title": 40, "source_name": 32, "section": 24, "indicator": 28,
    "rule_ids": 24, "observation_id": 20, "task_id": 20, "report_id": 20, "sha256": 68, "superseded_by": 20,
    "issuer": 24, "source_url": 40, "value_base": 22, "comment_zh": 60, "comment_en": 70, "category": 24,
    "data_type": 16, "relation": 20, "column_name": 24,
}  # fmt: skip
_DEFAULT_WIDTH = 13


class Workbook:
    """A workbook under way; ``close`` completes the file. ``truncated`` counts the cells that had to be cut."""

    def __init__(self, path: Path, created: datetime | None, max_rows: int = MAX_ROWS) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"},
        )
        self._book.use_zip64()  # only takes effect beyond 4 GB
        # a fixed moment: the same warehouse gives the same bytes
        self._book.set_properties({"title": "政报 / Zhengbao", "created": created or datetime(2000, 1, 1)})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._whole = self._book.add_format({"num_format": "#,##0"})
        self._broken = self._book.add_format({"num_format": "#,##0.#########"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._max_rows = max_rows
        self.truncated = 0

    def close(self) -> None:
        """Complete the file. xlsxwriter's XlsxWriterException or OSError if it cannot be written."""
        self._book.close()

    def add(self, name: str, result: QueryResult) -> int:
        """Write a result as a sheet, and as further ones where it is longer than a sheet can be; gives its rows."""
        return self.add_rows(name, result.columns, result.rows())

    def add_rows(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """The same for rows that come from elsewhere."""
        remaining = iter(rows)
        count = self._add_sheet(name, columns, islice(remaining, self._max_rows - 1))
        number = 1
        while (following := next(remaining, None)) is not None:
            number += 1
            part = chain([following], islice(remaining, self._max_rows - 2))
            count += self._add_sheet(f"{name}_{number}", columns, part)
        return count

    def _add_sheet(self, name: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, _WIDTHS.get(column, _DEFAULT_WIDTH))
            sheet.write_string(0, position, column, self._bold)
        number = 0
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                self._write(sheet, number, position, columns[position], value)
        sheet.autofilter(0, 0, number, len(columns) - 1)
        return number

    def _write(self, sheet: Any, row: int, position: int, column: str, value: Any) -> None:
        """One cell of the type its value has; what is empty stays empty.

        Text goes through write_string and nothing else: whatever it begins with, it is never a formula or a link.
        """
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, position, value)
        elif isinstance(value, int | float | Decimal):
            self._write_number(sheet, row, position, column, value)
        elif isinstance(value, datetime):
            sheet.write_string(row, position, value.isoformat(sep=" "))
        elif isinstance(value, date) and value >= _FIRST_DATE:
            sheet.write_datetime(row, position, value, self._day)
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(plain(value))
            cut = fit_cell(text)
            self.truncated += cut != text
            sheet.write_string(row, position, cut)

    def _write_number(
        self, sheet: Any, row: int, position: int, column: str, value: int | float | Decimal
    ) -> None:
        if not math.isfinite(value):
            return
        if column.startswith("value_base"):
            style = self._whole if value == int(value) else self._broken
            sheet.write_number(row, position, float(value), style)
        else:
            sheet.write_number(row, position, float(value))


def fit_cell(text: str, limit: int = MAX_CELL) -> str:
    """Text as it fits into a cell: cut, with an ellipsis that says so and how long it was, where it is too long.

    Excel counts UTF-16 units: rare characters count twice.
    """
    if len(text) <= limit // 2 or len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    note = f"…(已截断,原长 {len(text)} 字 / truncated, {len(text)} characters)"
    units = text.encode("utf-16-le")[: 2 * (limit - len(note))]
    return units.decode("utf-16-le", errors="ignore") + note  # a pair that was cut through is left out
