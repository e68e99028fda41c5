"""Join the numbers of one sentence to what they measure.

Numbers that stand in a row form a group (``slots``), the head of each group is read (``heads``), and the first
rule of ``NAMERS`` that knows says what the group measures: a noun before the number or behind it, or one the
sentence spoke of before (ellipsis). Groups of several numbers are first tried as pairs (分别).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from transforms.heads import Head, read_head
from transforms.lexicon import Lexicon
from transforms.measures import bound_of, measure_of
from transforms.mentions import Mention
from transforms.pairing import is_complete, split_subjects, taken_up, unmodified
from transforms.slots import POINTS, Slot, cut_slots, group_slots, wants_right
from transforms.subjects import Subject, leading_verb, read_subject, split_place, strip_lead, without_basis
from transforms.types import Bound, Measure

_DONE_OF = re.compile(r"^(?:[^的]{0,6}(?:任务|目标|计划|预算|预算数|计划数)|总?工程量|总量|形象进度)$")
_STRUCTURE = re.compile(r"(?:三次产业|产业结构|结构|三产)[^,。]{0,12}$")
_STRUCTURE_NAMES = ("第一产业占比", "第二产业占比", "第三产业占比")
_ORIGIN = re.compile(r"(.{4,})[从由][^从由]{1,8}$")
_RESPECTIVELY_INSIDE = re.compile(r"(?P<parts>.+?)分别(?P<tail>.{2,12})$")
# Attributes that leave what was named before as the subject of what follows.
_OF_THE_SAME = frozenset({"规模", "总量", "增量", "占比", "排名", "位次", "增速", "增幅"})
_SHARE = re.compile(r".占(?![比有用据])(?:(?!比重|比例|份额|率).){2,}$")
_WIDER = re.compile(r"(全[市省国球])(?!率先|首|第|最|唯一|前|一|性|范围|各|领先|统一|同类|推广)")
_PAYERS = ("财政", "国家", "政府")
_ADVERBS = re.compile(
    r"^(?:全部|均已?|都|已经?|正在|正|将|全面|基本|相继|陆续|顺利|成功|先后|累计|进一步|率先|如期)+"
)
_UNDER_WAY = re.compile(
    r"^(?:有序|加快|稳步|持续|扎实|加速)?(?:推进|进行|实施|进展|开展)(?:中|顺利|工作)?$|^(?:进行|开展)?试点$"
)
_AMONG = re.compile(r"(?<=..)(?<![集高初其])中$")
_LONGEST_NOUN = 30
_LONGEST_PREDICATE = 20


@dataclass(slots=True)
class Reading:
    """A number and what it measures, before codes, periods and base units are resolved.

    ``stock``: a level reached, not a flow; ``owner``: whose share or completion rate a derived reading is.
    """

    mention: Mention
    unit: str
    value: Decimal
    measure: Measure
    bound: Bound
    verb: str
    noun: str
    indicator: str
    scope: str
    head: Head
    clause: int
    rules: tuple[str, ...]
    range_with: Mention | None
    stock: bool
    owner: str
    noun_first: bool

    @property
    def whole(self) -> str:
        """What a share is of; the noun itself for a plain reading."""
        return self.owner or self.noun


class Name(NamedTuple):
    """What a number measures: verb and noun, and how they are put together."""

    verb: str
    noun: str
    owner: str = ""
    noun_first: bool = False

    @property
    def phrase(self) -> str:
        """The indicator phrase."""
        joined = self.noun + self.verb if self.noun_first else self.verb + self.noun
        return joined.strip("、,;:和及与 ")


def link_sentence(
    text: str,
    start: int,
    end: int,
    mentions: list[Mention],
    lexicon: Lexicon,
    wider: frozenset[str] = frozenset(),
) -> list[Reading]:
    """Readings of one sentence, in order; numbers that no rule can read are missing from the result.

    ``wider``: what the report calls regions beyond its own (全市 and 全省 in a district's report).
    """
    numbers = [m for m in mentions if m.kind != "noise"]
    if not numbers:
        return []
    linker = _Linker(text, start, end, lexicon, wider)
    for group in group_slots(cut_slots(text, start, end, numbers, lexicon)):
        linker.link(group)
    return linker.readings


class _Linker:
    """The state of one sentence: its readings so far and whom it is about."""

    def __init__(self, text: str, start: int, end: int, lexicon: Lexicon, wider: frozenset[str]) -> None:
        self.text = text
        self.start = start
        self.lexicon = lexicon
        self.wider = wider
        self.readings: list[Reading] = []
        self.last_group: list[Reading] = []
        self.in_parts = False
        self.parts_of = ("", "")
        # 「未来科技城聚焦…,招引亿元以上重大项目80个」: who opens the sentence is whom it is about
        self.scope = split_place(strip_lead(text[start : min(end, start + 40)]), lexicon)[0]

    @property
    def previous(self) -> Reading | None:
        """The last reading of the sentence."""
        return self.readings[-1] if self.readings else None

    def link(self, group: list[Slot]) -> None:
        """Append the readings of one group of numbers."""
        first = group[0]
        head = read_head(
            first.left, self.lexicon, points=first.unit in POINTS, rank=first.mention.kind == "rank"
        )
        subject = read_subject(head.subject, self.lexicon, et_cetera=head.et_cetera)
        if (origin := _ORIGIN.match(head.subject)) and first.right in self.lexicon.suffixes:
            # 起征点从月销售额10万元提高到15万元
            head.origin = True
            subject = read_subject(origin[1], self.lexicon, et_cetera=False)
        if subject.noun in self.lexicon.prepositions and subject.noun != "其余":
            subject = replace(subject, noun="")
        self.scope = subject.scope or self.scope
        names, rule = self._names(group, head, subject)
        beyond = "" if first.mention.kind == "rank" else self._beyond(head, names[0])
        self._append(group, head, names, rule, beyond or self.scope)

    def _names(self, group: list[Slot], head: Head, subject: Subject) -> tuple[list[Name], str]:
        """A name for each number of a group, and the rule that found them."""
        if group[0].mention.kind == "ratio" and _STRUCTURE.search(group[0].left):
            return [Name("", name) for name in _STRUCTURE_NAMES[: len(group)]], "industry_structure"
        size = len(group) if not group[0].range_with else 1
        if (size > 1 or head.respectively) and (paired := self._pairs(group, size, head, subject)):
            return paired
        slot = group[-1] if size == 1 else group[0]
        for namer in NAMERS:
            if (name := namer(self, slot, head, subject)) is not None:
                return [name] * len(group), namer.__name__
        return [Name("", "")] * len(group), ""

    def _pairs(
        self, group: list[Slot], size: int, head: Head, subject: Subject
    ) -> tuple[list[Name], str] | None:
        """As many subjects as numbers: in the phrase before them, in the readings before, or in the clause before."""
        if inner := _RESPECTIVELY_INSIDE.match(head.subject):
            # 高速公路、国省道、农村公路分别完成投资24.7、13.2和8.5亿元
            tail = read_subject(inner["tail"], self.lexicon, et_cetera=False)
            if parts := split_subjects(strip_lead(inner["parts"]), size, self.lexicon):
                return [Name("", part + tail.verb + tail.noun) for part in parts], "pair_subjects"
        if parts := split_subjects(subject.noun, size, self.lexicon):
            owner = self.previous.whole if self.previous else ""
            if owner and all(part in self.lexicon.attributes for part in parts):
                # 总量、增速分列全省第5、第3
                return [Name("", owner + part, owner) for part in parts], "pair_attributes"
            return [Name(subject.verb, part) for part in parts], "pair_subjects"
        if parts := split_subjects(strip_lead(head.subject), size, self.lexicon):
            return [Name("", part) for part in parts], "pair_subjects"
        if earlier := self._earlier(size):
            return [_with_attribute(reading, subject) for reading in earlier], "pair_respectively"
        before = strip_lead(self.clause_before(group[0]))
        if not subject.noun and (parts := split_subjects(before, size, self.lexicon)):
            return [Name("", part) for part in parts], "pair_subjects"
        return None

    def _earlier(self, size: int) -> list[Reading]:
        """The last ``size`` different subjects of the sentence, if it had so many."""
        recent: list[Reading] = []
        for reading in reversed(self.readings):
            if all(reading.indicator != other.indicator for other in recent):
                recent.append(reading)
            if len(recent) == size:
                return recent[::-1]
        return []

    def _beyond(self, head: Head, name: Name) -> str:
        """「全市规上工业增加值增长0.3%」 in a district's report is about the city; 全国重点实验室 is but a name."""
        match = _WIDER.match(head.subject.lstrip(" 、,其中"))
        if match is None or match[1] not in self.wider:
            return ""
        indicator = self.lexicon.indicators.get(self.lexicon.code_of(name.phrase) or "")
        if match[1] == "全国" and (indicator is None or indicator.dimension == "count"):
            return ""
        return match[1]

    def carries_verb(self, slot: Slot) -> str:
        """The verb that 、 hands on to the next item: 新增「国高企」250家、「省科小」800家; or ''."""
        previous = self.previous
        if previous is None or slot.left_start < previous.mention.tail:
            return ""
        return previous.verb if self.text[slot.left_start : slot.left_start + 1] in "、和及与以" else ""

    def part_of_previous(self, slot: Slot, subject: Subject) -> Name | None:
        """「实际利用外资4.36亿美元,其中高技术产业2.15亿美元」: a part that leaves out what it is a part of."""
        previous = self.previous
        opens = self.text.startswith("其中", slot.left_start)
        follows = self.in_parts and slot.left_start < len(self.text) and self.text[slot.left_start] == "、"
        self.in_parts = (opens or follows) and previous is not None
        if previous is None or not self.in_parts or previous.unit[-1:] != slot.unit[-1:] or subject.verb:
            return None
        if opens:
            self.parts_of = (previous.verb, previous.noun)
        noun, (verb, whole) = subject.noun, self.parts_of
        if self.lexicon.code_of(noun) or self.lexicon.head_noun.search(noun) or is_complete(noun):
            return None
        if noun.endswith(whole[-2:]):
            return Name(verb, noun)
        if head := self.lexicon.head_noun.search(whole):
            # 服务业增加值增长6.3%,其中金融业增长8.9%
            return Name(verb, noun + head.group())
        short = len(noun) <= 3 or self.lexicon.code_of(whole)
        return Name(verb, noun + whole if short and noun[-1:] != whole[-1:] else noun)

    def owner_for(self, slot: Slot, subject: Subject) -> str:
        """「跨境电商势头强劲,实现出口额2.3亿美元」: a noun that needs an owner takes the sentence's topic; or ''."""
        noun = subject.noun
        if self.readings or subject.agent or noun not in self.lexicon.needs_owner or not slot.clause:
            return ""
        first = re.split(r"[,;:]", self.text[self.start : slot.left_start].strip())[0]
        topic = self._topic_of(first)
        fits = self.lexicon.code_of(topic + noun) or not self.lexicon.code_of(noun)
        return topic if topic and fits and not self.lexicon.verbs.match(topic) else ""

    def clause_before(self, slot: Slot) -> str:
        """The clause before a number's own; at the start of a sentence, the sentence before in its line."""
        before = self.text[self.start : slot.left_start].rstrip(" ,;:\n")
        if not before.strip():
            line = self.text.rfind("\n", 0, self.start) + 1
            before = self.text[line : self.start].rstrip("。 !?")
        return re.split(r"[,;:。]", before)[-1]

    def topic(self, slot: Slot) -> str:
        """The noun the clause before opens with: 「市场经营主体增量提质,总量突破…」."""
        return self._topic_of(self.clause_before(slot))

    def _topic_of(self, clause: str) -> str:
        clause = without_basis(strip_lead(clause))
        if quoted := re.search(r"“([^“”]{3,20})”$", clause):
            return quoted[1]
        patterns = (self.lexicon.state, self.lexicon.predicate)
        cuts = [m.start() for pattern in patterns if (m := pattern.search(clause, 2))]
        return (clause[: min(cuts)] if cuts else clause)[:20].rstrip("的")

    def _is_stock(self, slot: Slot, head: Head, verb: str) -> bool:
        """A level reached, as 达到 and 增至 say; 、 hands it on: 达到8个、全国重点实验室45家."""
        if verb:
            return False
        if head.level_link or head.linked or head.bound:
            return True
        joined = self.text[slot.left_start : slot.left_start + 1] == "、"
        return joined and self.previous is not None and self.previous.stock

    def _append(self, group: list[Slot], head: Head, names: list[Name], rule: str, scope: str) -> None:
        made = []
        shared = group[-1].mention.after if head.respectively else None
        for slot, name in zip(group, names, strict=True):
            if not (name.noun or name.verb) or not _takes_bare_number(slot, name.noun, self.lexicon):
                continue
            measure, value, measured_by = measure_of(slot, head)
            rules = (slot.mention.rule, rule, *head.rules, measured_by)
            made.append(
                Reading(
                    slot.mention, slot.unit, value, measure, bound_of(slot, head, shared), name.verb, name.noun,
                    name.phrase, scope, head, slot.clause, tuple(filter(None, rules)), slot.range_with,
                    self._is_stock(slot, head, name.verb), name.owner, name.noun_first,
                )
            )  # fmt: skip
        self.readings.extend(made)
        self.last_group = made or self.last_group


def _takes_bare_number(slot: Slot, noun: str, lexicon: Lexicon) -> bool:
    """Indices, ratios and fractions need no unit; any other bare number stays unread."""
    if slot.unit or slot.mention.kind != "quantity" or slot.mention.rule == "fraction":
        return True
    return lexicon.bare_number_noun.search(noun) is not None


def _with_attribute(reading: Reading, subject: Subject) -> Name:
    """A former subject under a new attribute: 分别占全区总量, 分别完成目标任务."""
    if subject.share_of:
        return Name("", f"{reading.noun}占{subject.share_of}比重", reading.whole)
    if subject.noun and _DONE_OF.match(subject.noun):
        return Name("", f"{reading.noun}{subject.noun}完成率", reading.whole)
    if subject.attribute:
        return Name("", reading.noun + subject.noun)
    return Name(reading.verb, reading.noun)


def noun_after(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「6个老旧小区改造工程全部开工」, 「52台正在施工」: what is counted stands behind the number."""
    if not wants_right(slot, slot.right, linker.lexicon):
        return None
    right = _AMONG.sub("", slot.right.lstrip("的"))
    verb = subject.verb or leading_verb(strip_lead(slot.left), linker.lexicon) or linker.carries_verb(slot)
    cut = linker.lexicon.predicate.search(right)
    if cut is None:
        said = "" if verb else _ADVERBS.sub("", slot.predicate)[:_LONGEST_PREDICATE]
        return Name(verb or said, right[:_LONGEST_NOUN])
    if cut.start() == 0:
        if linker.previous is None:
            return Name("", right[:_LONGEST_NOUN])
        # the number counts what was named before: 52台正在施工
        return Name(right[:16], linker.previous.noun)
    noun, predicate = right[: cut.start()], _ADVERBS.sub("", right[cut.start() :])
    if verb or not predicate or _UNDER_WAY.search(predicate):
        return Name(verb, noun)
    # 9家基层分院开展家庭病床服务: what they did says which ones are meant
    return Name(predicate[:_LONGEST_PREDICATE], noun)


def share_of_whole(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「占全部贷款新增量35%」 is a share of what was named before."""
    if not subject.share_of or linker.previous is None:
        return None
    owner = linker.previous.whole
    return Name("", f"{owner}占{subject.share_of}比重", owner)


def completion_rate(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「完成年度计划的102%」: how much of a plan was done."""
    if slot.unit != "%" or head.change or not _DONE_OF.match(subject.noun):
        return None
    previous = linker.previous
    owner = subject.agent or (previous.whole if previous else linker.topic(slot))
    return Name("", f"{owner}{subject.noun}完成率", owner)


def joint_subject(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「增速均居全市第一」: one number for all the subjects before."""
    if not head.each or not linker.last_group or (subject.noun and not subject.attribute):
        return None
    joint = "、".join(dict.fromkeys(reading.noun for reading in linker.last_group))
    return Name("", joint + subject.noun)


def attribute_of_previous(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「总投资31亿元」, 「增速全市第一」, 「收入规模跃升至全市第3」: an attribute of what was named before."""
    previous = linker.previous
    if subject.attribute:
        same = subject.noun in _OF_THE_SAME
        owner = (previous.whole if same else previous.noun) if previous else linker.topic(slot)
        return Name("", owner + subject.noun, owner if same else "")
    if previous and (whole := taken_up(subject.noun, previous.noun)):
        return Name("", whole)
    return None


def modifier_of_previous(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「国家级高新技术企业29家、市级40家」: another grade of the same."""
    if not subject.modifier or linker.previous is None:
        return None
    return Name(subject.verb or linker.previous.verb, subject.noun + unmodified(linker.previous.noun))


def verb_is_the_noun(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「拆违166万平方米」, 「回迁安置1765户」: the act itself is measured."""
    if subject.noun or subject.verb not in linker.lexicon.whole_verbs:
        return None
    return Name(subject.verb, "")


def payer_and_purpose(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「中央财政将投入100亿元支持职业教育发展」: whose money, and what for."""
    purpose = slot.right or slot.predicate
    if not subject.verb_last or not subject.noun.endswith(_PAYERS) or not purpose:
        return None
    return Name("", subject.noun + purpose[:_LONGEST_PREDICATE])


def noun_before(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「财政总收入307.85亿元」, 「保障房开工5.7万平方米」: the plain case."""
    if not subject.noun:
        return None
    if subject.verb_last:
        return Name(subject.verb, subject.noun, noun_first=True)
    if (part := linker.part_of_previous(slot, subject)) is not None:
        return part
    if slot.unit == "%" and not head.change and _SHARE.search(subject.noun):
        # 民营经济增加值占地区生产总值的66%
        return Name("", subject.noun.rstrip("的") + "比重")
    owner = linker.owner_for(slot, subject)
    return Name(subject.verb or ("" if subject.acts else linker.carries_verb(slot)), owner + subject.noun)


def clause_between(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「全省进出口总值创历史新高,达到5379亿元」: a clause without a number names a subject of its own."""
    previous = linker.previous
    if previous is None or slot.clause - previous.clause < 2 or head.change or subject.verb:
        return None
    topic = linker.topic(slot)
    return Name("", topic) if linker.lexicon.code_of(topic) else None


def ellipsis(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「增长7.3%」, 「竣工62.6万平方米」, 「累计22家」: the subject was named before."""
    previous = linker.previous
    if previous is None:
        return None
    # 新增上市企业7家,累计22家: the sum is no longer new
    verb = "" if head.cumulative and "增" in previous.verb else previous.verb
    # 占预算数的93%,比上年增长8%: what grew is the whole, not the share; in points it is the share
    noun = previous.noun if slot.unit in POINTS else previous.whole
    if slot.unit in POINTS and head.change_noun and not noun.endswith(head.change_noun):
        # 下降4.1%,降幅比上半年收窄3.5个百分点
        noun += head.change_noun
    if subject.verb:
        return Name("" if noun.startswith(subject.verb) else subject.verb, noun)
    return Name(verb, noun, noun_first=previous.noun_first)


def clause_before(linker: _Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """No noun in sight: the verb itself, or what the clause before spoke of."""
    return Name(subject.verb, "") if subject.verb else Name("", linker.topic(slot))


Namer = Callable[[_Linker, Slot, Head, Subject], Name | None]

# The order is the rule: the first that answers names the number.
NAMERS: tuple[Namer, ...] = (
    noun_after,
    share_of_whole,
    completion_rate,
    joint_subject,
    attribute_of_previous,
    modifier_of_previous,
    verb_is_the_noun,
    payer_and_purpose,
    noun_before,
    clause_between,
    ellipsis,
    clause_before,
)
