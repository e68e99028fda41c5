"""Numerals of Chinese prose to exact ``Decimal``: 12.5, 百分之八点五's 八点五, 一千二百万, 两万亿.

Indefinite numerals (十几, 数百, 几万) are not numbers and give None: nothing is invented.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
SMALL: Final = {"十": 10, "百": 100, "千": 1000}
LARGE: Final = {"万": 10**4, "亿": 10**8}
CHINESE_CHARS: Final = "零〇一二三四五六七八九十百千万亿两点"


def parse_chinese(numeral: str) -> Decimal | None:
    """``八点五`` → 8.5, ``一千二百万`` → 12000000; None if it is no well-formed numeral.

    A bare digit string (``一九五二``) is read digit by digit, as years are written.
    """
    whole, dot, fraction = numeral.partition("点")
    if dot and (not fraction or any(c not in DIGITS for c in fraction)):
        return None
    value = _parse_whole(whole)
    if value is None:
        return None
    if not dot:
        return Decimal(value)
    return Decimal(f"{value}." + "".join(str(DIGITS[c]) for c in fraction))


def _parse_whole(numeral: str) -> int | None:
    if not numeral:
        return None
    if all(c in DIGITS for c in numeral):
        return int("".join(str(DIGITS[c]) for c in numeral))
    total = section = 0
    digit: int | None = None
    for char in numeral:
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
        elif char in SMALL:
            section += (1 if digit is None else digit) * SMALL[char]
            digit = None
        elif char in LARGE:
            section += digit or 0
            if not section and not total:
                return None
            # 两万亿, 六万万: a scale multiplies all that stands before it, unless a new section was counted
            if LARGE[char] > 10**4 or not section:
                total = (total + section) * LARGE[char]
            else:
                total += section * LARGE[char]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)
