"""The rows of the tables that say what readings are checked against: what no single column says, what they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import cast

from transforms.types import Checks, Limit, PlausibleRange, Severity

Cells = dict[str, str]
Line = tuple[int, Cells]

FILE = "expectations.csv"


def check_limits(rows: Iterable[Line], names: Iterable[str]) -> Iterator[str]:
    """Faults of the rows of expectations.csv, as ``file:line: text``; each of ``names`` must have a row."""
    found: set[str] = set()
    for line, cells in rows:
        found.add(cells["expectation"])
        low, high, mostly = (_number(cells[name]) for name in ("minimum", "maximum", "mostly"))
        if low is not None and high is not None and low > high:
            yield f"{FILE}:{line}: minimum 大于 maximum / minimum is greater than maximum"
        if mostly is not None and not 0 < mostly <= 1:
            yield f"{FILE}:{line}: mostly 应大于 0,至多为 1 / mostly must be above 0 and at most 1"
    for name in names:
        if name not in found:
            yield f"{FILE}:1: 缺少 {name} 的一行 / no row for {name}"


def to_checks(
    limits: Iterable[Cells], indicators: Iterable[Cells], not_parts: Iterable[Cells], shares: Iterable[Cells]
) -> Checks:
    """Valid rows of the four tables as one."""
    structures: dict[str, tuple[str, ...]] = {}
    for row in shares:
        structures[row["structure"]] = (*structures.get(row["structure"], ()), row["code"])
    return Checks(
        limits={(row["suite"], row["expectation"]): _to_limit(row) for row in limits},
        plausible={
            row["code"]: PlausibleRange(
                Decimal(row["plausible_min"]), Decimal(row["plausible_max"]), row["canonical_unit"]
            )
            for row in indicators
            if row["plausible_min"] and row["plausible_max"]
        },
        not_parts=frozenset(row["code"] for row in not_parts),
        structures=structures,
    )


def _to_limit(cells: Cells) -> Limit:
    return Limit(
        severity=cast(Severity, cells["severity"]),
        minimum=_float(cells["minimum"]),
        maximum=_float(cells["maximum"]),
        mostly=_float(cells["mostly"]) or 1,
        parameter=_float(cells["parameter"]),
    )


def _float(value: str) -> float | None:
    return float(value) if value else None


def _number(value: str) -> Decimal | None:
    """The number in a cell, None where there is none or the cell's own fault is told elsewhere."""
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return None
