"""Join the numbers of one sentence to what they measure.

Numbers that stand in a row form a group (``slots``), the head of each group is read (``heads``), and the first
rule of ``NAMERS`` that knows says what the group measures: a noun before the number or behind it, or one the
sentence spoke of before (ellipsis). Groups of several numbers are first tried as pairs (分别).
"""

from __future__ import annotations

import re
from typing import Final

from transforms.elements import Head, Mention, Name, Reading, Slot, Subject
from transforms.heads import read_head
from transforms.lexicon import Lexicon
from transforms.measures import bound_of, measure_of
from transforms.namers import NAMERS, completes, with_attribute
from transforms.pairing import is_complete, split_subjects
from transforms.slots import POINTS, RATIOS, cut_slots, group_slots
from transforms.subjects import read_subject, split_place, strip_lead, without_basis

_STRUCTURE: Final = re.compile(r"(?:三次产业|产业结构|结构|三产)[^,。]{0,12}$")
_STRUCTURE_NAMES: Final = ("第一产业占比", "第二产业占比", "第三产业占比")
_CLAUSE_END: Final = re.compile(r"[,;:]")
_QUOTED_END: Final = re.compile(r"“([^“”]{3,20})”$")
_ORIGIN: Final = re.compile(r"(.{4,})[从由][^从由]{1,8}$")
_RESPECTIVELY_INSIDE: Final = re.compile(r"(?P<parts>.+?)分别(?P<tail>.{2,12})$")
# what was raised in the years is there at their end: 培育形成5个国家先进制造业集群, 开通航线483条
_RAISES: Final = re.compile("(?:累计)?(?:培育|开通|认定|投用|建设(?=$)|累计建成|累计创建)")
_HAS: Final = re.compile("拥有|现有|共有|已有|具有")
# a sentence that goes on about whom the one before is about: 已引进院士12名
_GOES_ON: Final = re.compile(r"[ \n]*(?:目前)?(?:已|现已|累计|共)(?!同|建“)")
# 服务业支撑作用更加明显,增加值…: what is spoken of is 服务业
_ROLE: Final = re.compile(
    r"(?<=..)(?:支撑|带动|引领|支柱|主导|主体|引擎|压舱石)(?:作用|地位)$|(?<=[业济])(?:国际)?(?:影响力|竞争力|吸引力|实力|能级|质效)$"
)
# 对经济增长贡献率超60%: whose, the sentence says first
_CONTRIBUTES: Final = re.compile(r"对.{1,12}贡献(?:率|度|额)?$")
_SO_FAR: Final = re.compile(r"[ 、,]*(?:五年来?|共|已|目前|截至目前)*累计")
_CUT: Final = re.compile(
    r"(?P<of>.{0,20}?)(?:平均)?(?P<verb>压减|压缩|缩减|精简|减少|缩短|降低|减)(?P<what>(?:办理|审批|办事)?(?:时间|时限|材料|环节|成本|流程|费用))$"
)
# 约占全国1/10
_ABOUT_OF: Final = re.compile(r"约占[^,、]{1,8}$")
_AGAINST: Final = re.compile("(?:同比|环比|比上年|较上年)$")
# 比全国、全市分别高0.5个、1.4个百分点: as many places as numbers, one subject
_AGAINST_EACH: Final = re.compile(
    "[比较][^,;]{1,12}[、和与及][^,;]{1,12}分别|分别(?:[高低快慢]于|高出|超过)[^,;]{1,12}[、和与及]"
)
_DOES: Final = ("完成", "实现")
_DOERS: Final = ("企业", "单位", "部门", "园区", "集团")
_NTH: Final = re.compile("^第[一二三四五六七八九十]+是")
_LONGEST_REACH: Final = 90
_LONGEST_TOPIC: Final = 30
_LONGEST_OPENING: Final = 40
# a longer one names itself: 均衡性转移支付、县级基本财力保障机制奖补资金
_LONGEST_PART: Final = 10
# 对中亚五国、东盟进出口: whom the trade is with
_TOWARDS: Final = re.compile(r"^对(?=[^,]{2,20}(?:进出口|出口|进口|贸易|投资))")
_WIDER: Final = re.compile(r"(全[市省国球])(?!率先|首|第|最|唯一|前|一|性|范围|各|领先|统一|同类|推广)")


class Link:
    """How one group of numbers was read: what was taken apart, the names found and the rule that found them.

    ``readings`` may be fewer than the group has numbers: one that no rule can read is missing.
    """

    def __init__(
        self,
        group: list[Slot],
        head: Head,
        subject: Subject,
        names: list[Name],
        rule: str,
        readings: list[Reading],
    ) -> None:
        self.group = group
        self.head = head
        self.subject = subject
        self.names = names
        self.rule = rule
        self.readings = readings


class Linker:
    """The state of one sentence: its readings so far and whom it is about.

    ``wider``: what the report calls regions beyond its own (全市 and 全省 in a district's report); ``told``: the
    place the sentence before in the same paragraph is about, or ''.
    """

    def __init__(
        self, text: str, start: int, end: int, lexicon: Lexicon, wider: frozenset[str], told: str = ""
    ) -> None:
        self.text = text
        self.start = start
        self.lexicon = lexicon
        self.wider = wider
        self.readings: list[Reading] = []
        self.last_group: list[Reading] = []
        self.in_parts = False
        self.parts_of = ("", "")
        # 「未来科技城聚焦…,招引亿元以上重大项目80个」: who opens the sentence is whom it is about
        self.end = end
        self.opening = self._opening_at(start) or (told if told and _GOES_ON.match(text, start) else "")
        self.scope = self.opening

    @property
    def previous(self) -> Reading | None:
        """The last reading of the sentence."""
        return self.readings[-1] if self.readings else None

    def link_sentence(self, breaks: list[int], numbers: list[Mention]) -> list[Link]:
        """The groups of the sentence's numbers, noise left out, and their readings, in order; ``breaks``: where its
        clauses start, the first of them the sentence itself."""
        slots = cut_slots(self.text, breaks, self.end, numbers, self.lexicon)
        return [self.link(group) for group in group_slots(slots)]

    def link(self, group: list[Slot]) -> Link:
        """Append the readings of one group of numbers, and say how they came about."""
        first = group[0]
        head = read_head(first.left, self.lexicon, first.unit in POINTS, first.mention.kind == "rank")
        subject = read_subject(head.subject, self.lexicon, head.et_cetera and not head.change)
        if first.right in self.lexicon.suffixes and (origin := _ORIGIN.match(head.subject)):
            # 起征点从月销售额10万元提高到15万元
            head = head.copy()
            head.origin = True
            subject = read_subject(origin[1], self.lexicon, False)
        if first.unit in RATIOS and not head.change and (cut := _CUT.match(head.subject)):
            # 平均压减时间58%: the verb stands before what is cut
            head = head.copy()
            head.change, head.change_word = "down", cut["verb"]
            subject = read_subject(cut["of"] + cut["what"], self.lexicon, False)
        if first.unit in RATIOS and not head.change and self._tells_change(first):
            head = head.copy()
            head.change = "up"
        if first.mention.rule == "fraction" and _ABOUT_OF.search(head.subject):
            head = head.copy()
            head.bound = "approx"
        if not head.cumulative and _SO_FAR.match(head.subject):
            head = head.copy()
            head.cumulative = True
        if subject.noun in self.lexicon.prepositions and subject.noun != "其余":
            subject = subject.without_noun()
        if subject.noun and not subject.acts and not subject.scope and self._after_semicolon(first):
            # a subject of its own behind ; is no longer about the place named before
            self.scope = self.opening
        if self._after_semicolon(first) and (opening := self._opening_at(self._part_start(first))):
            self.scope = opening
        self.scope = subject.scope or self.scope
        names, rule = self._names(group, head, subject)
        if head.change is None and names[0].noun.endswith(("经济增速", "增长速度")):
            # 经济增速是综合性指标,今年预期目标设定为6%以上
            head = head.copy()
            head.change = "up"
        if (
            len(group) > 1
            and head.bound == "at_least"
            and all(map(names[0].is_like, names))
            and not first.range_with
        ):
            # 连续跨越7万亿、8万亿、9万亿三个大台阶
            head = head.copy()
            head.in_turn = True
        beyond = "" if first.mention.kind == "rank" else self._beyond(head, names[0])
        made = self._append(group, head, subject, names, rule, beyond or self.scope)
        return Link(group, head, subject, names, rule, made)

    def _tells_change(self, slot: Slot) -> bool:
        """「禽蛋产量同比-20.7%」: a change without a word for it, only its sign."""
        return slot.mention.rule == "signed_number" and _AGAINST.search(slot.left) is not None

    def _names(self, group: list[Slot], head: Head, subject: Subject) -> tuple[list[Name], str]:
        """A name for each number of a group, and the rule that found them."""
        if group[0].mention.kind == "ratio" and _STRUCTURE.search(group[0].left):
            return [Name("", name) for name in _STRUCTURE_NAMES[: len(group)]], "industry_structure"
        size = len(group) if not group[0].range_with else 1
        several = size > 1 or head.respectively
        if several and not (head.gap and _AGAINST_EACH.search(group[0].left)):
            paired = self._pairs(group, size, head, subject)
            if paired:
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
            tail = read_subject(inner["tail"], self.lexicon, False)
            if parts := split_subjects(strip_lead(inner["parts"], self.lexicon), size, self.lexicon):
                return [Name("", part + tail.verb + tail.noun) for part in parts], "pair_subjects"
        if parts := split_subjects(_TOWARDS.sub("", subject.noun), size, self.lexicon):
            owner = self.previous.whole if self.previous else ""
            if owner and all(part in self.lexicon.attributes for part in parts):
                # 总量、增速分列全省第5、第3
                return [Name("", owner + part, owner) for part in parts], "pair_attributes"
            return [Name(subject.verb, part) for part in parts], "pair_subjects"
        if parts := split_subjects(strip_lead(head.subject, self.lexicon), size, self.lexicon):
            return [Name("", part) for part in parts], "pair_subjects"
        own = subject.noun and not (head.respectively or subject.attribute or completes(subject))
        if not own and (earlier := self._earlier(size)):
            # 经济总量连续迈上4万亿、5万亿两个台阶: a subject of its own, both numbers are about it
            return [with_attribute(reading, subject) for reading in earlier], "pair_respectively"
        before = without_basis(strip_lead(self.clause_before(group[0]), self.lexicon))
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

    def _opening_at(self, start: int) -> str:
        """The place that opens a sentence or a part of one behind ;, or ''."""
        opening = self.text[start : min(self.end, start + _LONGEST_OPENING)]
        if not self.lexicon.names_opening.search(opening):
            return ""
        place = split_place(strip_lead(opening, self.lexicon), self.lexicon)[0]
        return place if place.endswith(self.lexicon.place_opens) else ""

    def _part_start(self, slot: Slot) -> int:
        return self.text.rfind(";", self.start, slot.mention.start) + 1

    def _after_semicolon(self, slot: Slot) -> bool:
        """Whether a ; stands between a number and the one before it."""
        since = self.previous.mention.tail if self.previous else self.start
        return self.text.find(";", since, slot.mention.start) >= 0

    def carries_verb(self, slot: Slot) -> str:
        """The verb that 、 hands on to the next item: 新增「国高企」250家、「省科小」800家; or ''."""
        previous = self.previous
        if previous is None or slot.left_start < previous.mention.tail:
            return ""
        return previous.verb if self.text[slot.left_start : slot.left_start + 1] in "、和及与以" else ""

    def carries_kept_verb(self, slot: Slot) -> bool:
        """新建5家医院、3所学校投入使用: a verb that opened the list outweighs what is said of its last item."""
        return self.carries_verb(slot) in self.lexicon.keep_verbs

    def part_of_previous(self, slot: Slot, subject: Subject) -> Name | None:
        """「实际利用外资4.36亿美元,其中高技术产业2.15亿美元」: a part that leaves out what it is a part of."""
        previous = self.previous
        # 「其中,县属企业…」: a comma ends the clause before
        at = slot.left_start
        opens = self.text.startswith("其中", at) or (
            at - 3 >= self.start and self.text.startswith(("其中,", "其中:"), at - 3)
        )
        follows = self.in_parts and slot.left_start < len(self.text) and self.text[slot.left_start] == "、"
        self.in_parts = (opens or follows) and previous is not None
        if opens and previous is not None and previous.measure != "level" and slot.unit not in RATIOS:
            # 原煤产量1657.8万吨,下降14.3%;其中…1094.2万吨: what is of its kind
            previous = next((r for r in self.readings[-2::-1] if r.unit == slot.unit), previous)
        if previous is None or not self.in_parts or previous.unit[-1:] != slot.unit[-1:] or subject.verb:
            return None
        if opens:
            self.parts_of = (previous.verb, previous.noun)
        noun, (verb, whole) = subject.noun, self.parts_of
        if slot.left.endswith(_DOES) and noun.endswith(_DOERS) and not whole.endswith(_DOERS):
            # 原煤产量1657.8万吨,其中县属企业完成1094.2万吨
            return Name(verb, noun + whole)
        if self.lexicon.code_of(noun) or self.lexicon.head_noun.search(noun) or is_complete(noun):
            # 新登记147万户、其中企业57.3万家
            return Name(verb, noun) if verb.startswith("新") and not subject.acts else None
        if noun.endswith(whole[-2:]):
            return Name(verb, noun)
        if (head := self.lexicon.head_noun.search(whole)) and len(noun) <= _LONGEST_PART:
            # 服务业增加值增长6.3%,其中金融业增长8.9%
            return Name(verb, noun + head.group())
        short = len(noun) <= 3 or (self.lexicon.code_of(whole) and len(noun) <= _LONGEST_PART)
        return Name(verb, noun + whole if short and noun[-1:] != whole[-1:] else noun)

    def owner_for(self, slot: Slot, subject: Subject) -> str:
        """「跨境电商势头强劲,实现出口额2.3亿美元」: a noun that needs an owner takes the sentence's topic; or ''."""
        noun, previous = subject.noun, self.previous
        contributes = _CONTRIBUTES.match(noun) is not None
        if subject.agent or not (contributes or noun in self.lexicon.needs_owner):
            return ""
        if contributes and previous and slot.clause == previous.clause:
            return previous.whole
        if previous and slot.clause == previous.clause and self._tells_more(previous, slot):
            return previous.noun
        if not slot.clause or (self.readings and not contributes):
            return ""
        first = _CLAUSE_END.split(self.text[self.start : slot.left_start].strip(), maxsplit=1)[0]
        topic = self._topic_of(first)
        fits = self.lexicon.code_of(topic + noun) or not self.lexicon.code_of(noun)
        listed = "、" in topic and not self.lexicon.code_of(topic + noun)
        return topic if topic and fits and not listed and not self.lexicon.verbs.match(topic) else ""

    def _tells_more(self, previous: Reading, slot: Slot) -> bool:
        """Whether a number speaks of the things counted right before it: 810个省重点项目完成投资10428.6亿元,
        工业企业达7.6万家、增加值增长3%."""
        after = previous.mention.tail
        if self.text.startswith(previous.noun, after):
            return slot.left_start == after + len(previous.noun)
        joined = self.text[slot.left_start : slot.left_start + 1] == "、"
        return joined and previous.measure == "level" and previous.noun.endswith(("企业", "产业", "园区"))

    def clause_before(self, slot: Slot) -> str:
        """The clause before a number's own; at the start of a sentence, the sentence before in its line."""
        before = self.text[self.start : slot.left_start].rstrip(" ,;:\n")
        if not before.strip():
            line = self.text.rfind("\n", 0, self.start) + 1
            before = self.text[line : self.start].rstrip("。 !?")
        return before[max(map(before.rfind, ",;:。")) + 1 :]

    def named_before(self, slot: Slot, what: str) -> str:
        """The last phrase before a number that ends in a word, this 比重 or that, in its sentence or the one before."""
        before = self.text[max(0, slot.left_start - _LONGEST_REACH) : slot.left_start]
        phrase = before[: before.rfind(what) + len(what)] if what in before else ""
        lead = strip_lead(phrase[max(map(phrase.rfind, ",;:。!?\n")) + 1 :], self.lexicon)
        return _NTH.sub("", lead)

    def topic(self, slot: Slot) -> str:
        """The noun the clause before opens with: 「市场经营主体增量提质,总量突破…」."""
        return self._topic_of(self.clause_before(slot))

    def _topic_of(self, clause: str) -> str:
        clause = without_basis(strip_lead(clause, self.lexicon))
        if quoted := _QUOTED_END.search(clause):
            return quoted[1]
        patterns = (self.lexicon.state, self.lexicon.predicate)
        cuts = [m.start() for pattern in patterns if (m := pattern.search(clause, 2))]
        return _ROLE.sub("", (clause[: min(cuts)] if cuts else clause)[:_LONGEST_TOPIC].rstrip("的"))

    def _is_stock(self, slot: Slot, head: Head, subject: Subject, name: Name, rule: str) -> bool:
        """A level reached, as 达到 and 增至 say (、 hands it on: 达到8个、全国重点实验室45家), or things that are
        there: 10个国家大科学装置, 在川院士70位."""
        counted = self.lexicon.counts_things(slot.unit)
        if name.verb:
            raised = counted and _RAISES.match(name.verb) is not None
            return raised or (head.arrived and not head.cumulative)
        joined = self.text[slot.left_start : slot.left_start + 1] == "、" and self.previous is not None
        if rule == "noun_after":
            bare = not (head.linked or subject.acts or subject.noun)
            return counted and (self.previous.stock if joined and self.previous else bare)
        if head.level_link or head.linked or head.bound or _HAS.search(head.subject):
            return True
        if joined and self.previous:
            return self.previous.stock
        acts = subject.acts or self.lexicon.verbs.match(name.noun) or self.lexicon.predicate.match(name.noun)
        return counted and rule == "noun_before" and not acts

    def _append(
        self, group: list[Slot], head: Head, subject: Subject, names: list[Name], rule: str, scope: str
    ) -> list[Reading]:
        made = []
        shared = group[-1].mention.after if head.respectively else None
        for slot, name in zip(group, names, strict=True):
            if not (name.noun or name.verb) or not _takes_bare_number(slot, name.noun, self.lexicon):
                continue
            measure, value, measured_by = measure_of(slot, head)
            rules = (slot.mention.rule, rule, *head.rules)
            if measured_by:
                rules = (*rules, measured_by)
            made.append(
                Reading(
                    slot.mention, slot.unit, value, measure, bound_of(slot, head, shared), name.verb, name.noun,
                    name.phrase, scope, head, slot.clause, rules, slot.range_with,
                    self._is_stock(slot, head, subject, name, rule), name.owner, name.noun_first,
                )
            )  # fmt: skip
        self.readings.extend(made)
        self.last_group = made or self.last_group
        return made


def _takes_bare_number(slot: Slot, noun: str, lexicon: Lexicon) -> bool:
    """Indices, ratios and fractions need no unit; any other bare number stays unread."""
    if slot.unit or slot.mention.kind != "quantity" or slot.mention.rule == "fraction":
        return True
    return lexicon.bare_number_noun.search(noun) is not None
