"""Measure, sign and bound of a number, from its unit and the words around it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from transforms.elements import Head, Slot
from transforms.slots import POINTS, RATIOS
from transforms.types import Bound, Measure

_GROWTH_AFTER: Final = re.compile(
    r"(?:左右|以上|以内)?的?(?:高速|预期|年均|较快|平稳|稳定)?(?:增长|增速|增幅|涨幅|正增长)"
)
# 森林质量精准提升3500亩: an amount of work done, no change of a stock
_POSITIONS: Final = ("排名", "位次", "名次", "排位")
_WORK: Final = frozenset({"提升", "扩大", "压减", "压缩", "精简", "削减", "加快"})


def measure_of(slot: Slot, head: Head) -> tuple[Measure, Decimal, str]:
    """Measure, signed value, and the rule that decided ('' for a plain level)."""
    value, unit = slot.mention.value, slot.unit
    if slot.mention.kind != "quantity":
        return ("rank" if slot.mention.kind == "rank" else "level"), value, slot.mention.kind
    down = head.change == "down" and (not head.level_link or head.change_noun != "")
    if unit in POINTS:
        lower = head.gap == "lower" or (head.gap is None and down)
        return "difference", -value if lower else value, "points_are_a_difference"
    if unit in RATIOS:
        if _GROWTH_AFTER.match(slot.right):
            return "growth", value, "growth_noun_after"
        if head.change:
            # 降低保持在5%: the change is the subject, the link only says that it lasted
            negative = head.change == "down"
            return "growth", -abs(value) if negative else value, "growth_word"
        return "level", value, ""
    if unit == "位" and head.change and head.subject.endswith(_POSITIONS):
        # 排名提升6位
        return "difference", -value if down else value, "change_in_units"
    if (
        head.change
        and not head.level_link
        and not slot.right
        and (head.change_word not in _WORK or head.compared)
    ):
        return "difference", -value if down else value, "change_in_units"
    return "level", value, ""


def bound_of(slot: Slot, head: Head, shared: Bound | None) -> Bound:
    """Bound of a number; ``shared`` is that of the last in a row that 分别 pairs."""
    if slot.range_with is not None:
        return "at_most" if slot.range_high else "at_least"
    after = slot.mention.after or shared
    if head.bound == "at_most" and after == "approx":
        return "approx"
    return after or head.bound or "exact"
