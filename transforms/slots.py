"""Give each number of a sentence the words that may name it: its slot; and group numbers that stand in a row.

The text between two numbers of a clause is shared out: 「完成3个城市公园、14公里绿道」 gives 城市公园 to the first,
「农户6372户、企业80家」 gives 企业 to the second.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from transforms.elements import Mention, Slot
from transforms.heads import read_head
from transforms.lexicon import Lexicon
from transforms.pairing import unmodified
from transforms.subjects import read_subject, strip_lead

POINTS: Final = frozenset({"个百分点", "百分点", "个千分点", "千分点", "个基点"})
RATIOS: Final = frozenset({"%", "‰", "倍", "番", "成"})

_ROW: Final = re.compile(r"^(?:、|,|和|及|与|以及|或|)$")
_RANGE: Final = re.compile(r"^(?:—+|-|~|–|至|到)$")
_CONNECTOR: Final = re.compile(r"(?:、|以及|和|及|与|并)(?=[^、]*$)")
_JOINED: Final = ("、", "和", "及", "与", "以")
_YEAR: Final = re.compile(r"(?:19|20)\d\d年")
_LISTED: Final = re.compile(r"[、和]\d")
_NOUN_START: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z“《\d]|\((?![-\d]|$|其中|含|包括|占|完成率|[比较]|同比|增)"
)
_NOT_NOUN: Final = re.compile(
    r"以(?!色)|左右|的水平|后(?!备|勤|续)|前(?!沿|端|海|湾|置|期)|和(?!田|谐)|及|与|并|且|,|;|时(?!代|尚|装|速)|大关|的基础|基础上"
    r"|中(?!小|试|医|型|高|等|国|央|外|心|学|药|职|欧|西|部)|内(?!河|陆|需|资|贸|容|蒙|科|外)|的?增[长速]|增幅|的速度|目标(?:$|[任顺全提如基超])"
)
_GRADE_ONLY: Final = re.compile(r"^.{1,4}级$")


def cut_slots(text: str, breaks: list[int], end: int, numbers: list[Mention], lexicon: Lexicon) -> list[Slot]:
    """The slots of a sentence's numbers, in order; ``breaks`` are the starts of its clauses."""
    slots: list[Slot] = []
    clause = 0
    for index, mention in enumerate(numbers):
        while clause + 1 < len(breaks) and breaks[clause + 1] <= mention.start:
            clause += 1
        clause_end = breaks[clause + 1] - 1 if clause + 1 < len(breaks) else end
        head_start = _head_start(text, mention)
        previous = slots[-1] if slots and slots[-1].clause == clause else None
        left = text[previous.mention.tail if previous else breaks[clause] : head_start]
        if previous:
            left = _share_gap(previous, left, lexicon)
        if left.startswith("(") and ")" not in left:
            # 67所(其中公办36所)
            left = left[1:]
        follower = numbers[index + 1] if index + 1 < len(numbers) else None
        right_end = min(clause_end, _head_start(text, follower)) if follower else clause_end
        right = text[mention.tail : max(right_end, mention.tail)].rstrip("。!?\n ")
        slots.append(Slot(mention, mention.unit, left, _before_list(right), clause, head_start - len(left)))
    _lend_right(slots, lexicon)
    return slots


def _before_list(right: str) -> str:
    """What stands before a list that goes on with another number: 个老旧小区、12个…"""
    listed = _LISTED.search(right) if "、" in right or "和" in right else None
    return right[: listed.start()] if listed else right


def group_slots(slots: list[Slot]) -> list[list[Slot]]:
    """Numbers in a row (、和, a range dash, nothing else between) form one group; units are shared backwards."""
    groups: list[list[Slot]] = []
    for slot in slots:
        last = groups[-1][-1] if groups else None
        if last and last.mention.kind == slot.mention.kind and _in_row(last, slot, groups[-1][0]):
            groups[-1].append(slot)
        else:
            groups.append([slot])
    for group in groups:
        _share_units(group)
    return groups


def wants_right(slot: Slot, right: str, lexicon: Lexicon) -> bool:
    """Whether a number counts what follows it: nothing before it but a verb, a noun behind it."""
    if right in lexicon.suffixes and lexicon.suffixes[right].kind == "level_link":
        return False
    if slot.mention.kind != "quantity" or not _NOUN_START.match(right.lstrip("的")) or _NOT_NOUN.match(right):
        return False
    head = read_head(slot.left, lexicon, slot.unit in POINTS, False)
    if (head.change and slot.unit in RATIOS) or head.origin:
        return False
    subject = read_subject(head.subject, lexicon, head.et_cetera and not head.change)
    if (
        head.et_cetera
        or head.joined
        or head.qualified
        or not subject.noun
        or subject.noun in lexicon.prepositions
    ):
        return True
    # a counter that runs on into a noun counts that noun: 荆州、孝感、黄冈3个过三千亿元城市
    if slot.unit in RATIOS or slot.unit in POINTS or head.linked or head.change:
        return False
    return lexicon.predicate.match(right) is None and lexicon.verbs.match(right) is None and len(right) >= 2


def _head_start(text: str, mention: Mention) -> int:
    """Where the number begins, 第 or 前 of a rank and a minus included."""
    signed = mention.rule == "signed_number" or (mention.kind == "rank" and text[mention.start - 1] in "第前")
    return mention.start - signed


def _share_gap(previous: Slot, gap: str, lexicon: Lexicon) -> str:
    """Give the number before its part of the gap; returns what heads the next."""
    previous.right, left = _split_gap(previous, gap, lexicon)
    if previous.right in lexicon.general_nouns and not left.startswith(_JOINED):
        # 175家企业发行各类债券1193只
        previous.predicate = left
    return left


def _split_gap(slot: Slot, gap: str, lexicon: Lexicon) -> tuple[str, str]:
    if not gap or _ROW.match(gap) or _RANGE.match(gap) or not wants_right(slot, gap, lexicon):
        return "", gap
    if match := _CONNECTOR.search(gap):
        return gap[: match.start()], gap[match.start() :]
    cuts = [m.start() for p in (lexicon.verbs, lexicon.predicate, _YEAR) if (m := p.search(gap, 1))]
    if cuts:
        return gap[: min(cuts)], gap[min(cuts) :]
    return gap, ""


def _lend_right(slots: list[Slot], lexicon: Lexicon) -> None:
    """Let numbers of one clause share the noun or predicate that stands behind the last of them."""
    for slot, following in pairwise(slots):
        if slot.clause != following.clause:
            continue
        joint = following.left[:1] in ("、", "和") and lexicon.verbs.fullmatch(following.left[1:])
        if not slot.right and following.right and (not following.left or joint):
            # 建成6条21公里沿河生态健康廊道; 提升2条、新建2条口碑街
            bare = strip_lead(slot.left, lexicon)
            if not bare or lexicon.verbs.fullmatch(bare):
                slot.right = following.right
        if following.left == "、" and _GRADE_ONLY.match(slot.right):
            # 4个国家级、4个自治区级区域医疗中心
            slot.right += unmodified(following.right)
    for following, slot in pairwise(reversed(slots)):
        # 16所高校、48个学科入选「双一流」: the predicate is said of both
        if slot.clause == following.clause and slot.right and following.left in ("、", "和", "及", "以及"):
            cut = lexicon.predicate.search(following.right, 1)
            slot.predicate = following.predicate or (following.right[cut.start() :] if cut else "")


def _in_row(last: Slot, slot: Slot, first: Slot) -> bool:
    if slot.clause != last.clause:
        near = slot.clause == last.clause + 1
        return near and not slot.left and not slot.right and not last.right and last.unit == slot.unit
    between = slot.left
    if slot.mention.kind == "ratio":
        return between == ":"
    if _RANGE.match(between) and (last.unit == slot.unit or not last.unit):
        last.range_with = slot.mention
        slot.range_with, slot.range_high = last.mention, True
        return True
    # 63宗2683亩 says two things of one noun: no row; 2.8和1.2个百分点 is one
    if not between or not _ROW.match(between) or last.right:
        return False
    # subjects in a row before numbers in a row need no common unit: 每千人床位数、医师数增至7.83张、3.57个
    return (
        _compatible(last.unit, slot.unit) or "分别" in first.left or (between == "、" and "、" in first.left)
    )


def _compatible(first: str, second: str) -> bool:
    return not first or second.endswith(first) or second.startswith(first) or first[-1] == second[-1:]


def _share_units(group: list[Slot]) -> None:
    """「2.8和1.2个百分点」, 「2.5万、2.7万和2.3万人」: the last unit serves those without one."""
    last = group[-1].unit
    for slot in group[:-1]:
        if (slot.mention.kind == "quantity" and not slot.unit) or (
            slot.unit in ("万", "亿", "千") and last.startswith(slot.unit)
        ):
            slot.unit = last
        elif slot.unit == "个" and last in POINTS:
            # 分别高0.5个、1.4个百分点
            slot.unit = last
