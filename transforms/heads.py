"""Read what stands before a number: from right to left, bounds, links, measures and adverbs are peeled off
until the subject is left. 「出口总额同比增长约」 → subject 出口总额, growth, approx.

Peeling goes by a table of words (``seeds/cues.csv``), longest first; the subject itself is taken apart by
``subjects.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from transforms.elements import Head
from transforms.lexicon import Lexicon

_COMPARISON: Final = re.compile(
    r"(?<![占对之正无类相城])(?:比(?!重|例|率|值|亚|赛|选)|较(?!大|高|多|好))[^比较]{1,18}$|(?:与|同)[^,、]{1,12}(?:相比|比)$|(?:较|比)$"
)
_DATE_TAIL: Final = re.compile(
    r"(?:将|可以)?(?:(?:相当|等)于)?(?:(?:近|在?连续)?[一二两三四五六七八九十\d]{1,2}年|(?:19|20)\d\d年(?:末|底|的)?|(?:[上去前明今]?年)(?:末|底)?|“(?:十?[一二三四五六七八九十]五)”(?:[期初]?末|时期)的?)$"
)
_DATE_ENDS: Final = ("年", "末", "底", "的", "时期")
_DIFFERENCE: Final = re.compile(
    r"分别(?P<higher_each>高于|快于|高出|超过)[^,]{1,24}$|分别(?P<lower_each>低于|慢于)[^,]{1,24}$"
    r"|(?P<higher>高于|快于|高出|超出|超过|超(?=[^,、]{0,6}进度)|领先于?|好于|优于|多于|高过)(?P<base>[^,、]{1,24})$|(?P<lower>低于|慢于|少于|落后于?)(?P<base2>[^,、]{1,24})$"
)
# Nouns of change: with any link behind them they still mean growth (增速达到5.5%).
_CHANGE_NOUNS: Final = frozenset({"增幅", "增速", "涨幅", "降幅", "减幅", "增长率", "年均增速"})
_EACH: Final = frozenset(
    {"均", "各", "都", "均为", "均达", "均达到", "双双", "均在", "双双突破", "双双首次突破"}
)
_AVERAGED: Final = frozenset("平人户年亩月日")
_COUNTED_YEARS: Final = frozenset("一二两三四五六七八九十0123456789")
_SUMS: Final = frozenset({"总计", "合计"})
_SUMMED: Final = ("收入", "支出")
_NOUN_ENDS: Final = ("公共", "成就", "造就")
_RANK_PLACE: Final = re.compile(
    r"(?:在全[国省市区][^,、]{0,6})?(?:分别|双双|均|已|有望|继续|持续|连续[\u4e00-\u9fff\d]{1,4}(?:年|个月|个?季度|次)|综合|全部|也|则|稳步)*"
    r"(?:分列|分居|进位至|进位|前移|位列|位居|位于|居于|居|列|排名|排在|排|名列|跃升至|跃升到|跃升为|跃升|跃居|跃至|升至|进至|稳居|保持|上升[至到]|前移[至到]|攀升[至到]|提升[至到]|晋升[至到]|下降[至到]|达到|荣获|获得|获|评为|为|是|进入|跻身|迈入|跨入|挤进)?"
    r"(?P<origin>[从由])?(?:在?(?:全[区市省县国州球]|我[国省市]|世界|国际|内地|中西部|中部|西部|东部|西北|西南|东北|华东|华南|长三角|同类|省|副省级|中国|各省)[^,、]{0,8}(?:\([^)]*\))?|在?\d{1,3}个[^,、\d]{1,8}(?=中)|(?<=[列居])[\u4e00-\u9fff]{2,3}(?:市|省|\d{1,2}个?[区县市]{1,3}))?(?:中)?$"
)


# remembered: a number's slot asks first whether it counts what follows, then for its name. Arguments go by position,
# as those by name would be remembered apart
@lru_cache(maxsize=8192)
def read_head(left: str, lexicon: Lexicon, points: bool, rank: bool) -> Head:
    """Peel ``left``; ``points``: the number is in percentage points, so 高于全区 is a gap, not a bound;
    ``rank``: it is a position, so what it was ranked among (位列全省) belongs to the head.

    The head is shared with whoever asks for the same: it is not to be changed.
    """
    head = Head(left)
    rules: list[str] = []
    position = len(left)
    if rank and (place := _RANK_PLACE.search(left)):
        head.subject = left[: place.start()]
        head.each = "均" in place.group()
        head.origin = place["origin"] is not None
        return head
    if left.endswith("、"):
        head.joined = True
    while position > 0:
        if left[position - 1] in " :“(、":
            position -= 1
            continue
        step = _peel_word(left, position, head, lexicon, points)
        if step == 0:
            step = _peel_phrase(left, position, head, points, rules)
        if step == 0:
            break
        position -= step
    head.subject = left[:position]
    head.rules = tuple(rules)
    return head


def _peel_word(left: str, position: int, head: Head, lexicon: Lexicon, points: bool) -> int:
    for length in lexicon.suffix_lengths.get(left[position - 1], ()):
        word = left[max(0, position - length) : position]
        if length > position or (suffix := lexicon.suffixes.get(word)) is None:
            continue
        if word[0] == "均" and left[position - length - 1 : position - length] in _AVERAGED:
            # 平均为, 人均达到: the word began before
            continue
        if word[0] == "年" and left[position - length - 1 : position - length] in _COUNTED_YEARS:
            # 两年平均增长: the word before ends there
            continue
        if word in _SUMS and left.endswith(_SUMMED, 0, position - length):
            # 收入总计
            continue
        pair = left[max(0, position - 2) : position]
        if length == 1 and (pair in lexicon.keep_verbs or pair in _NOUN_ENDS):
            # 惠及, 新增, 公共: the word is but the end of a verb or noun
            return 0
        if word == "增长率" and left.endswith("自然增长率", 0, position):
            # a demographic rate, not the growth of something
            return 0
        if position == len(left):
            head.joined = word in ("和", "与", "及", "以及")
            head.qualified = word == "的"
        return length if _note(suffix.kind, word, head, points) else 0
    return 0


def _note(kind: str, word: str, head: Head, points: bool) -> bool:
    """Record one peeled word; False stops the peeling (the word belongs to the subject)."""
    if kind.endswith("_before"):
        if word == "超过" and points:
            return False
        head.bound = head.bound or kind.removesuffix("_before")  # type: ignore[assignment]
        head.level_link = head.level_link or word in ("控制在", "控制到")
        head.kept = head.kept or word == "控制在"
        head.each = head.each or word in _EACH
    elif kind == "level_link":
        head.level_link = head.linked = True
        head.kept = head.kept or word.startswith(("保持", "稳定", "维持"))
        head.arrived = head.arrived or (len(word) > 1 and word.endswith(("至", "到")))
        head.origin = head.origin or word in ("由", "从", "自")
    elif kind in ("growth_up", "growth_down"):
        if head.change is not None and word not in _CHANGE_NOUNS:
            return head.change_noun == "" and word in ("净增", "增")
        if head.change is None:
            head.change = "up" if kind == "growth_up" else "down"
            head.change_word = word
        if word in _CHANGE_NOUNS:
            head.change_noun = word
        head.annual = head.annual or "年均" in word or "每年" in word
    elif kind in ("diff_higher", "diff_lower"):
        head.gap = "higher" if kind == "diff_higher" else "lower"
    else:
        _note_link(word, head)
    return True


def _note_link(word: str, head: Head) -> None:
    head.linked = True
    head.respectively = head.respectively or "分别" in word
    head.each = head.each or word in _EACH
    head.et_cetera = head.et_cetera or word == "等"
    head.cumulative = head.cumulative or "累计" in word or "总" in word
    head.annual = head.annual or "年均" in word or "每年" in word or "年平均" in word
    head.estimate = head.estimate or word == "预计"
    head.target = head.target or word in ("力争", "确保", "努力", "预期", "争取")


def _peel_phrase(left: str, position: int, head: Head, points: bool, rules: list[str]) -> int:
    """Peel a comparison (比上年, 较前三年平均), a gap (高于全区) or a date before the number."""
    text = left[:position]
    if points and head.gap is None and (match := _DIFFERENCE.search(text)):
        head.gap = "higher" if match["higher"] or match["higher_each"] else "lower"
        rules.append("gap_to_base")
        return position - match.start()
    if (head.change or head.gap) and not head.compared and (match := _COMPARISON.search(text)):
        # 较前三年平均较下降: a bare 较 leaves room for what it was compared with
        head.compared = len(match.group()) > 1
        rules.append("comparison")
        return position - match.start()
    if text.endswith(_DATE_ENDS) and (match := _DATE_TAIL.search(text)):
        return position - match.start()
    return 0
