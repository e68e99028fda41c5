"""The rows of corrections.csv: what no single column can say of them, and what they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import cast, get_args

from transforms.periods import bounds
from transforms.types import Bound, CorrectedField, Correction, CorrectionAction, Measure, Status

Cells = dict[str, str]
Line = tuple[int, Cells]

FILE = "corrections.csv"
_MAY_BE_EMPTY = ("unit", "scope", "indicator_code")


def check_corrections(rows: Iterable[Line], codes: set[str]) -> Iterator[str]:
    """Faults of rows whose cells are of their documented types, as ``file:line: text``.

    ``codes`` are the known indicator codes.
    """
    seen: dict[tuple[str, ...], int] = {}
    dropped: dict[tuple[str, ...], bool] = {}
    for line, cells in rows:
        for fault in _faults(cells, codes):
            yield f"{FILE}:{line}: {fault}"
        span = (cells["report_id"], cells["char_start"], cells["char_end"])
        first = seen.setdefault((*span, cells["field"]), line)
        drop = cells["action"] == "drop"
        if first != line:
            yield f"{FILE}:{line}: 同一处同一字段已在第 {first} 行更正 / corrects again what line {first} does"
        elif dropped.setdefault(span, drop) != drop:
            yield f"{FILE}:{line}: 同一处既更正又删除 / the same reading is both corrected and dropped"


def to_correction(line: int, cells: Cells) -> Correction:
    """A valid row as a correction."""
    return Correction(
        line=line,
        report_id=cells["report_id"],
        char_start=int(cells["char_start"]),
        char_end=int(cells["char_end"]),
        field=cast(CorrectedField, cells["field"]),
        expected=cells["expected"],
        corrected=cells["corrected"],
        action=cast(CorrectionAction, cells["action"]),
        reason=cells["reason"],
        author=cells["author"],
        date=date.fromisoformat(cells["date"]),
    )


def is_period(value: str) -> bool:
    """Whether this is a period code, and of a range the first day is not after the last."""
    if not value.isascii():
        return False
    try:
        first_day, last_day = bounds(value)
    except ValueError:
        return False
    return first_day <= last_day


def _faults(cells: Cells, codes: set[str]) -> Iterator[str]:
    if int(cells["char_start"]) >= int(cells["char_end"]):
        yield "char_start 应小于 char_end / char_start must be less than char_end"
    field, corrected = cells["field"], cells["corrected"]
    if (cells["action"] == "drop") != (field == "*"):
        yield "drop 与 * 应同时使用 / drop and * go together"
    elif field == "*":
        if corrected:
            yield "drop 时 corrected 应为空 / corrected must be empty with drop"
    elif not corrected and field not in _MAY_BE_EMPTY:
        yield f"{field} 的 corrected 不能为空 / corrected must not be empty for {field}"
    for name in ("expected", "corrected"):
        if cells[name] and not _is_possible(field, cells[name], codes):
            yield f"{name} 的值 {cells[name]!r} 不能是 {field} / {name} {cells[name]!r} is no {field}"
    if corrected and corrected == cells["expected"]:
        yield "corrected 与 expected 相同,没有更正什么 / corrected is what is expected: nothing is corrected"


def _is_possible(field: str, value: str, codes: set[str]) -> bool:
    if field == "indicator_code":
        return value in codes
    check = _POSSIBLE.get(field)
    return check is None or check(value)


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,12})?", value) is not None


_POSSIBLE: dict[str, Callable[[str], bool]] = {
    "value": _is_number,
    "*": _is_number,
    "measure": lambda value: value in get_args(Measure),
    "status": lambda value: value in get_args(Status),
    "bound": lambda value: value in get_args(Bound),
    "period": is_period,
}
