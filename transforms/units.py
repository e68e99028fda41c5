"""What one of a written unit is worth in its base unit: 亿元 is a scale and a unit, 元/人 a unit per another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from transforms.types import Unit

SCALES: Final = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "亿": 10**8,
    "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3, "百": 10**2,
}  # fmt: skip


def resolve_unit(written: str, units: Mapping[str, Unit]) -> Unit | None:
    """The unit as written with its exact factor and base, from the catalogue by spelling; None if it has none.

    A bare scale (万) counts pieces of nothing: its base is the empty string.
    """
    unit, _, per = written.partition("/")
    if per and f"{unit}/{per}" in units:
        unit, per = f"{unit}/{per}", ""
    found = _resolve_simple(unit, units)
    if found is None:
        return None
    base = f"{found.base}/{per}" if per else found.base
    return replace(found, spelling=written, base=base)


def _resolve_simple(unit: str, units: Mapping[str, Unit]) -> Unit | None:
    if known := units.get(unit):
        return known
    for scale, factor in SCALES.items():
        if unit.startswith(scale):
            rest = unit[len(scale) :]
            if not rest:
                return Unit(unit, "", "", Decimal(factor))
            if known := units.get(rest):
                return replace(known, factor=known.factor * factor)
    return None
