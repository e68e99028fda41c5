"""Whether a bounded number says which things are meant instead of measuring any: 10亿元以上重大项目9个."""

from __future__ import annotations

import re
from typing import Final

from transforms.units import SCALES

# A bound that runs on into a noun qualifies that noun: 10亿元以上重大项目9个, 30万元以下的薄弱村.
_QUALIFIED: Final = re.compile(r"的?(?!的?(?:增长|增速|速度|水平|目标|左右|幅度))[\u4e00-\u9fff“A-Z]")
_QUALIFIERS: Final = ("以上", "以下", "及以上", "以内", "之内")
_COUNTED_LATER: Final = re.compile(r"[^,;。、和\d]{2,20}\d")
_PASSED: Final = re.compile(r"[过超到足]\d|过[一二三四五六七八九十百千]")
_QUALIFIED_NOUN: Final = re.compile(
    r"的?(?:级)?(?:部分|企业|项目|城市|产业|集群|县|区(?!域)|市|镇|村|园区|平台|楼宇|龙头|街道|家庭|人群)"
)


def qualifies(text: str, start: int, tail: int, unit: str) -> bool:
    """Whether a bounded number only says which things are meant, so that it measures nothing itself.

    「90%以上小区纳入」 and 「20公里以上绿道」 do measure: a share always does, a count or length does unless a
    further number follows in the clause.
    """
    if unit.endswith("元") and _PASSED.match(text, start - 1) and _QUALIFIED_NOUN.match(text, tail):
        # 3个过三千亿元城市, 应纳税所得额不到100万元的部分
        return True
    if (
        unit in ("", "%", "个百分点")
        or not text[tail - 3 : tail].endswith(_QUALIFIERS)
        or not _QUALIFIED.match(text, tail)
    ):
        return False
    if unit.endswith("元") or unit in SCALES or text[tail - 2 : tail] == "以下":
        return True
    if unit in ("平方米", "人", "座", "升", "吨", "级", "千瓦"):
        # 1000平方米以上公共建筑: a size class; 新建20公里以上绿道 is an amount
        return True
    return _COUNTED_LATER.match(text, tail) is not None
