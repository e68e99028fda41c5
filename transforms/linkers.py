"""Join the numbers of one sentence to what they measure.

A sentence goes through three steps: numbers that stand in a row are grouped (「15.23%、14.01%」), each group's
head is read (``heads``), and its subject is found: before the number, behind it, in the row of subjects that
分别 pairs, or in what the sentence said before (ellipsis).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from transforms.heads import Head, read_head
from transforms.lexicon import Lexicon
from transforms.mentions import Mention
from transforms.segment import clause_starts
from transforms.subjects import Subject, leading_verb, read_subject, split_place, strip_lead, without_basis
from transforms.types import Bound, Measure

_ROW = re.compile(r"^(?:、|,|和|及|与|以及|或|)$")
_RANGE = re.compile(r"^(?:—+|-|~|–|至|到)$")
_CONNECTOR = re.compile(r"(?:、|以及|和|及|与|并)(?=[^、]*$)")
_NOUN_START = re.compile(r"[\u4e00-\u9fffA-Za-z“《(\d]")
_NOT_NOUN = re.compile(r"(?:以|左|右|的水平|后|前|和|及|与|并|且|,|;|时|中(?!小)|内(?!河)|大关|增长|增速|增幅|的增长|的速度|的增速)")
_GROWTH_AFTER = re.compile(r"(?:左右|以上|以内)?(?:的)?(?:高速|预期|年均|较快|平稳|稳定)?(?:增长|增速|增幅|涨幅|正增长)")
# 森林质量精准提升3500亩: an amount of work done, no change of a stock
_NO_DIFFERENCE = frozenset({"提升", "扩大", "压减", "压缩", "精简", "削减", "加快"})
_POINTS = frozenset({"个百分点", "百分点", "个基点"})
_RATIOS = frozenset({"%", "‰", "倍", "番", "成"})
_GENERIC = re.compile(r"^(?:[^的]{0,2}(?:企业|项目|场景|单位|镇街|小区|学校|产品|案例|地区|城市|平台|机构|园区|工程|个人|集体|应用|区县|县市|事项|政策|指标|人|村|户|家|县|市|区|镇|乡|店|站|点))$")
_DONE_OF = re.compile(r"^(?:[^的]{0,6}(?:任务|目标|计划|预算|预算数|计划数)|总?工程量|总量|形象进度)$")
_STRUCTURE = re.compile(r"(?:三次产业|产业结构|结构|三产)[^,。]{0,12}$")
# What is measured by a bare number; any other number without a unit stays unread.
_LISTED = re.compile(r"[、和]\d")
_ORIGIN = re.compile(r"(.{4,})[从由][^从由]{1,8}$")
_PAYERS = ("财政", "国家", "政府")
_STATES = re.compile(
    r"增长|增量|持续|不断|稳步|稳中|加快|加速|更加|更趋|日益|明显|显著|全面|势头|蓬勃|扎实|有效|有力|平稳|基本|总体|进一步|实现|取得|保持|是|快速|大幅|提质|优化|壮大|做大|迈上|再上|突飞|成效"
)
_PURE = re.compile(r"(?:比|倍差|指数|率|值|系数|得分|评分|强度|密度|满意度|综合得分|基尼系数|恩格尔系数|PMI)$", re.IGNORECASE)
_STRUCTURE_NAMES = ("第一产业占比", "第二产业占比", "第三产业占比")


@dataclass(slots=True)
class Reading:
    """A number and what it measures, before codes, periods and base units are resolved."""

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
    clause_start: int
    left_start: int
    rules: list[str] = field(default_factory=list)
    range_with: Mention | None = None
    stock: bool = False
    owner: str = ""


@dataclass(slots=True)
class Slot:
    """A quantity with the text that may name it on either side."""

    mention: Mention
    unit: str
    left: str
    right: str
    clause: int
    left_start: int
    range_with: Mention | None = None
    range_high: bool = False
    predicate: str = ""


def link_sentence(text: str, start: int, end: int, mentions: list[Mention], lexicon: Lexicon) -> list[Reading]:
    """Readings of one sentence, in order; numbers that no rule can read are missing from the result."""
    numbers = [m for m in mentions if m.kind != "noise"]
    if not numbers:
        return []
    slots = _cut_slots(text, start, end, numbers, lexicon)
    linker = _Linker(text, start, end, lexicon)
    for group in _group(slots):
        linker.link(group)
    return linker.readings


def _cut_slots(text: str, start: int, end: int, numbers: list[Mention], lexicon: Lexicon) -> list[Slot]:
    """Give each number the text on its left and right within its clause."""
    breaks = clause_starts(text, start, end)
    slots: list[Slot] = []
    clause = 0
    for index, mention in enumerate(numbers):
        while clause + 1 < len(breaks) and breaks[clause + 1] <= mention.start:
            clause += 1
        clause_end = breaks[clause + 1] - 1 if clause + 1 < len(breaks) else end
        previous = slots[-1] if slots and slots[-1].clause == clause else None
        left_start = previous.mention.tail if previous else breaks[clause]
        left = text[left_start : _head_start(text, mention)]
        if previous:
            previous.right, left = _split_gap(previous, left, lexicon)
            if _GENERIC.match(previous.right) and not left.startswith(("、", "和", "及", "与", "以")):
                # 175家企业发行各类债券1193只
                previous.predicate = left
            left_start = _head_start(text, mention) - len(left)
        follower = numbers[index + 1] if index + 1 < len(numbers) else None
        right_end = min(clause_end, _head_start(text, follower)) if follower else clause_end
        right = _LISTED.split(text[mention.tail : max(right_end, mention.tail)].rstrip("。!?\n "))[0]
        slots.append(Slot(mention, mention.unit, left, right, clause, left_start))
    for slot, following in zip(slots, slots[1:], strict=False):
        # 建成6条21公里沿河生态健康廊道: both count what follows the second
        if slot.clause == following.clause and not slot.right and following.right:
            joint = following.left[:1] in ("、", "和") and lexicon.verbs.fullmatch(following.left[1:])
            bare = strip_lead(slot.left)
            if (not following.left or joint) and (not bare or lexicon.verbs.fullmatch(bare)):
                slot.right = following.right
        if slot.clause == following.clause and following.left == "、" and re.search("^.{1,4}级$", slot.right):
            # 4个国家级、4个自治区级区域医疗中心
            slot.right += _unmodified(following.right)
    for slot, following in zip(slots[-2::-1], slots[:0:-1], strict=False):
        # 16所高校、48个学科入选「双一流」: the predicate is said of both
        if slot.clause == following.clause and slot.right and following.left in ("、", "和", "及", "以及"):
            cut = lexicon.predicate.search(following.right, 1)
            slot.predicate = following.predicate or (following.right[cut.start() :] if cut else "")
    return slots


def _head_start(text: str, mention: Mention) -> int:
    """Where the number begins, 第 of a rank included."""
    if mention.kind == "rank" and text[mention.start - 1] == "第":
        return mention.start - 1
    return mention.start


def _split_gap(slot: Slot, gap: str, lexicon: Lexicon) -> tuple[str, str]:
    """Share the text between two numbers of a clause: what the first counts, and what heads the second."""
    if not gap or _ROW.match(gap) or _RANGE.match(gap):
        return "", gap
    if not _wants_right(slot, gap, lexicon):
        return "", gap
    if match := _CONNECTOR.search(gap):
        return gap[: match.start()], gap[match.start() :]
    cuts = [m.start() for p in (lexicon.verbs, lexicon.predicate) if (m := p.search(gap, 1))]
    if cuts:
        return gap[: min(cuts)], gap[min(cuts) :]
    return gap, ""


def _wants_right(slot: Slot, right: str, lexicon: Lexicon) -> bool:
    """Whether a number counts what follows it: nothing before it but a verb, a noun behind it."""
    if right in lexicon.suffixes and lexicon.suffixes[right].kind == "level_link":
        return False
    if slot.mention.kind != "quantity" or not _NOUN_START.match(right.lstrip("的")) or _NOT_NOUN.match(right):
        return False
    head = read_head(slot.left, lexicon, points=slot.unit in _POINTS)
    if (head.change and slot.unit in _RATIOS) or head.origin:
        return False
    subject = read_subject(head.subject, lexicon, et_cetera=head.et_cetera)
    if head.et_cetera or head.joined or head.qualified or not subject.noun or _is_preposition(subject.noun):
        return True
    # a counter that runs on into a noun counts that noun: 荆州、孝感、黄冈3个过三千亿元城市
    if slot.unit in _RATIOS or slot.unit in _POINTS or head.linked or head.change:
        return False
    return lexicon.predicate.match(right) is None and lexicon.verbs.match(right) is None and len(right) >= 2


def _is_preposition(noun: str) -> bool:
    return noun in ("对", "为", "给", "在", "向", "以", "使", "让", "将", "把", "其余", "与", "按", "用", "约", "被", "来自", "超", "过", "其他", "还为", "覆盖", "涵盖", "包括", "每", "另外", "另", "其他", "以")


def _group(slots: list[Slot]) -> list[list[Slot]]:
    """Numbers in a row (、和, nothing between but a range dash) form one group; units are shared backwards."""
    groups: list[list[Slot]] = []
    for slot in slots:
        last = groups[-1][-1] if groups else None
        if last and last.mention.kind == slot.mention.kind != "rank" and _in_row(last, slot):
            groups[-1].append(slot)
        else:
            groups.append([slot])
    for group in groups:
        _share_units(group)
    return groups


def _in_row(last: Slot, slot: Slot) -> bool:
    if slot.clause == last.clause:
        between = slot.left
        if slot.mention.kind == "ratio":
            return between == ":"
        if _RANGE.match(between) and (last.unit == slot.unit or not last.unit):
            last.range_with = slot.mention
            slot.range_with, slot.range_high = last.mention, True
            return True
        # 63宗2683亩 says two things of one noun: no row; 2.8和1.2个百分点 is one
        return bool(between) and bool(_ROW.match(between)) and not last.right and _compatible(last.unit, slot.unit)
    return slot.clause == last.clause + 1 and slot.left == "" and not last.right and last.unit == slot.unit


def _compatible(first: str, second: str) -> bool:
    return first == second or not first or second.endswith(first) or second.startswith(first) or first[-1:] == second[-1:]


def _share_units(group: list[Slot]) -> None:
    """「2.8和1.2个百分点」, 「2.5万、2.7万和2.3万人」: the last unit serves those without one."""
    last = group[-1].unit
    for slot in group[:-1]:
        if not slot.unit:
            slot.unit = last
        elif last.startswith(slot.unit) and slot.unit in ("万", "亿", "千"):
            slot.unit = last


class _Linker:
    """The state of one sentence: its readings so far."""

    def __init__(self, text: str, start: int, end: int, lexicon: Lexicon) -> None:
        self.text = text
        self.start = start
        self.lexicon = lexicon
        self.readings: list[Reading] = []
        # 「未来科技城聚焦…,招引亿元以上重大项目80个」: who opens the sentence is whom it is about
        self.scope = split_place(strip_lead(text[start : min(end, start + 40)]), lexicon)[0]
        self.last_group: list[Reading] = []

    def link(self, group: list[Slot]) -> None:
        """Append the readings of one group of numbers."""
        first = group[0]
        rank = first.mention.kind == "rank"
        head = read_head(first.left, self.lexicon, points=first.unit in _POINTS, rank=rank)
        subject = read_subject(head.subject, self.lexicon, et_cetera=head.et_cetera)
        if (origin := _ORIGIN.match(head.subject)) and first.right in self.lexicon.suffixes:
            # 起征点从月销售额10万元提高到15万元
            head.origin = True
            subject = read_subject(origin[1], self.lexicon, et_cetera=False)
        if _is_preposition(subject.noun) and subject.noun != "其余":
            subject = replace(subject, noun="")
        if subject.scope:
            self.scope = subject.scope
        ratio = self._structure(group)
        if ratio is not None:
            return self._finish(group, head, subject, [("", name) for name in ratio], "ratio_parts")
        names, rule = self._names(group, head, subject)
        return self._finish(group, head, subject, names, rule)

    def _structure(self, group: list[Slot]) -> tuple[str, ...] | None:
        if group[0].mention.kind != "ratio" or not _STRUCTURE.search(group[0].left):
            return None
        return _STRUCTURE_NAMES[: len(group)]

    def _names(self, group: list[Slot], head: Head, subject: Subject) -> tuple[list[tuple[str, str]], str]:
        """``(verb, noun)`` for each number of a group, and the rule that found them."""
        size = len(group) if not group[0].range_with else 1
        if size > 1 or head.respectively:
            if parts := split_subjects(subject.noun, size, self.lexicon):
                return [(subject.verb, part) for part in parts], "pair_subjects"
            if parts := split_subjects(strip_lead(head.subject), size, self.lexicon):
                return [("", part) for part in parts], "pair_subjects"
            if earlier := self._earlier(size):
                return [self._with_attribute(reading, subject) for reading in earlier], "pair_respectively"
            before = strip_lead(self._clause_before(group[0]))
            if not subject.noun and (parts := split_subjects(before, size, self.lexicon)):
                return [("", part) for part in parts], "pair_subjects"
        name, rule = self._name(group[-1] if size == 1 else group[0], head, subject)
        return [name] * len(group), rule

    def _earlier(self, size: int) -> list[Reading]:
        """The last ``size`` subjects of the sentence, if it had so many."""
        recent: list[Reading] = []
        for reading in reversed(self.readings):
            if all(reading.indicator != r.indicator for r in recent):
                recent.append(reading)
            if len(recent) == size:
                return recent[::-1]
        return []

    def _with_attribute(self, reading: Reading, subject: Subject) -> tuple[str, str]:
        """A former subject under a new attribute: 分别占全区总量, 分别完成目标任务."""
        if subject.share_of:
            return "", f"{reading.noun}占{subject.share_of}比重"
        if subject.noun and _DONE_OF.match(subject.noun):
            return "", f"{reading.noun}{subject.noun}完成率"
        if subject.attribute:
            return "", reading.noun + subject.noun
        return reading.verb, reading.noun

    def _name(self, slot: Slot, head: Head, subject: Subject) -> tuple[tuple[str, str], str]:
        """What a single number measures."""
        previous = self.readings[-1] if self.readings else None
        if _wants_right(slot, slot.right, self.lexicon):
            return self._counted(slot, subject, previous)
        if subject.share_of and previous:
            return ("", f"{previous.owner or previous.noun}占{subject.share_of}比重"), "share_of_whole"
        if slot.unit == "%" and not head.change and _DONE_OF.match(subject.noun):
            owner = subject.agent or (previous.owner or previous.noun if previous else self._topic(slot))
            return ("", f"{owner}{subject.noun}完成率"), "completion_rate"
        if head.each and self.last_group and (subject.attribute or not subject.noun):
            joint = "、".join(dict.fromkeys(r.noun for r in self.last_group))
            return ("", joint + subject.noun), "joint_subject"
        if subject.attribute:
            owner = previous.noun if previous else self._topic(slot)
            return ("", owner + subject.noun), "attribute_of_previous"
        if previous and (whole := _continued(subject.noun, previous.noun)):
            return ("", whole), "attribute_of_previous"
        if subject.modifier and previous:
            return (subject.verb or previous.verb, subject.noun + _unmodified(previous.noun)), "modifier_of_previous"
        if subject.verb in self.lexicon.whole_verbs and not subject.noun:
            return (subject.verb, ""), "verb_only"
        if subject.verb_last and subject.noun.endswith(_PAYERS) and (purpose := slot.right or slot.predicate):
            return ("", subject.noun + purpose[:20]), "payer_and_purpose"
        if subject.verb_last:
            return (subject.verb, subject.noun), "noun_verb_before"
        if subject.noun:
            verb = subject.verb
            if not verb and previous and self._carries_verb(slot, previous):
                verb = previous.verb
            return (verb, subject.noun), "noun_before"
        far = previous and slot.clause - previous.clause_start >= 2 and not head.change and not subject.verb
        if far and self.lexicon.code_of(topic := self._topic(slot)):
            # 全省进出口总值创历史新高,达到5379亿元: the clause between names a subject of its own
            return ("", topic), "clause_before"
        if previous:
            # 新增上市企业7家,累计22家: the sum is no longer new
            verb = "" if head.cumulative and "增" in previous.verb else previous.verb
            # 占预算数的93%,比上年增长8%: what grew is the whole, not the share; in points it is the share
            noun = previous.noun if slot.unit in _POINTS else previous.owner or previous.noun
            return (subject.verb or verb, noun), "ellipsis"
        return self._from_clause_before(slot, subject)

    def _counted(self, slot: Slot, subject: Subject, previous: Reading | None) -> tuple[tuple[str, str], str]:
        """「6个老旧小区改造工程全部开工」, 「52台正在施工」: the noun stands behind the number."""
        right = slot.right.lstrip("的")
        cut = self.lexicon.predicate.search(right)
        verb = subject.verb or leading_verb(strip_lead(slot.left), self.lexicon)
        if not verb and previous and self._carries_verb(slot, previous):
            verb = previous.verb
        if cut is None:
            if slot.predicate and not verb:
                return (_strip_adverbs(slot.predicate)[:20], right[:30]), "noun_with_predicate"
            return (verb, right[:30]), "noun_after"
        if cut.start() == 0:
            # the number counts what was named before: 52台正在施工
            noun = previous.noun if previous else right[:30]
            return (right[:16] if previous else "", noun), "predicate_after"
        noun, predicate = right[: cut.start()], _strip_adverbs(right[cut.start() :])
        if verb or not predicate or _UNDER_WAY.search(predicate):
            return (verb, noun), "noun_after"
        # 9家基层分院开展家庭病床服务: what they did says which ones are meant
        return (predicate[:20], noun), "noun_with_predicate"

    def _carries_verb(self, slot: Slot, previous: Reading) -> bool:
        """A verb rules the items that 、 joins to its own: 新增「国高企」250家、「省科小」800家."""
        return bool(previous.verb) and self.text[slot.left_start : slot.left_start + 1] in "、和及与以" and (
            slot.left_start >= previous.mention.tail
        )

    def _owner(self, rule: str, subject: Subject) -> str:
        """Whose share or completion rate a derived reading is; '' for any other."""
        if rule not in ("share_of_whole", "completion_rate"):
            return ""
        previous = self.readings[-1] if self.readings else None
        return subject.agent or (previous.owner or previous.noun if previous else "")

    def _is_stock(self, slot: Slot, head: Head, verb: str) -> bool:
        """A level reached, as 达到 and 增至 say; 、 hands it on: 达到8个、全国重点实验室45家."""
        if verb:
            return False
        if head.level_link or head.linked or head.bound:
            return True
        joined = self.text[slot.left_start : slot.left_start + 1] == "、"
        return joined and bool(self.readings) and self.readings[-1].stock

    def _from_clause_before(self, slot: Slot, subject: Subject) -> tuple[tuple[str, str], str]:
        """No noun in sight: what the clauses before spoke of, or the verb itself."""
        if subject.verb:
            return (subject.verb, ""), "verb_only"
        return ("", self._topic(slot)), "clause_before"

    def _clause_before(self, slot: Slot) -> str:
        """The clause before a number's own; at the start of a sentence, the sentence before in its line."""
        before = self.text[self.start : slot.left_start].rstrip(" ,;:\n")
        if not before.strip():
            line = self.text.rfind("\n", 0, self.start) + 1
            before = self.text[line : self.start].rstrip("。 !?")
        return re.split(r"[,;:。]", before)[-1]

    def _topic(self, slot: Slot) -> str:
        """The noun the clause before opens with: 「市场经营主体增量提质,总量突破…」."""
        clause = without_basis(strip_lead(self._clause_before(slot)))
        if quoted := re.search(r"“([^“”]{3,20})”$", clause):
            return quoted[1]
        cuts = [m.start() for p in (_STATES, self.lexicon.predicate) if (m := p.search(clause, 2))]
        return (clause[: min(cuts)] if cuts else clause)[:20].rstrip("的")

    def _finish(
        self, group: list[Slot], head: Head, subject: Subject, names: list[tuple[str, str]], rule: str
    ) -> None:
        made = []
        shared = group[-1].mention.after if head.respectively else None
        for slot, (verb, noun) in zip(group, names, strict=True):
            if not (noun or verb) or (not slot.unit and slot.mention.kind == "quantity" and not _is_pure(slot, noun)):
                continue
            measure, value, extra = _measure(slot, head)
            bound = _bound(slot, head, shared)
            rules = [slot.mention.rule, rule, *head.rules, *extra]
            made.append(
                Reading(
                    slot.mention, slot.unit, value, measure, bound, verb, noun,
                    _phrase(noun, verb) if rule == "noun_verb_before" else _phrase(verb, noun), self.scope,
                    head, slot.clause, slot.left_start, rules, slot.range_with, self._is_stock(slot, head, verb),
                    self._owner(rule, subject),
                )
            )  # fmt: skip
        self.readings.extend(made)
        self.last_group = made or self.last_group


def _strip_adverbs(predicate: str) -> str:
    return re.sub(r"^(?:全部|均已?|都|已经?|正在|正|将|全面|基本|相继|陆续|顺利|成功|先后|累计|进一步|率先|如期)+", "", predicate)


_UNDER_WAY = re.compile(r"^(?:有序|加快|稳步|持续|扎实|加速)?(?:推进|进行|实施|进展|开展)(?:中|顺利|工作)?$|^(?:进行|开展)?试点$")


def _phrase(verb: str, noun: str) -> str:
    return f"{verb}{noun}".strip("、,;:和及与 ")


def _unmodified(noun: str) -> str:
    """A former noun without its own grade: 国家级高新技术企业 → 高新技术企业."""
    return re.sub(r"^(?:国家|自治区|街道|社区|省|市|区|县|国际|世界|民营)级", "", noun)


def _is_pure(slot: Slot, noun: str) -> bool:
    """Whether a bare number may measure this noun: indices, ratios, and fractions of anything."""
    return slot.mention.rule == "fraction" or _PURE.search(noun) is not None


def split_subjects(noun: str, size: int, lexicon: Lexicon) -> list[str]:
    """``size`` subjects of a coordinated noun phrase, heads shared: 城镇和农村居民人均可支配收入 → two."""
    if size < 2:
        return []
    if size == 2:
        for joint, first, second in _TWO_IN_ONE:
            if joint in noun:
                return [noun.replace(joint, first, 1), noun.replace(joint, second, 1)]
    for pattern in (r"、|和|以及|及|与", r"、|和|以及", r"、|及", r"、"):
        parts = [part for part in re.split(pattern, noun) if part]
        if len(parts) == size:
            return _share_head(parts, lexicon)
    return []


_HEAD_NOUN = re.compile(r"(?:零售额|销售额|出口额|进口额|成交额|交易额|进出口|出口|进口|增加值|总产值|产值|产量|销量|营业收入|营收|收入|支出|投资|利润|贷款|存款|税收|[\u4e00-\u9fff]{2}(?:率|数|额|量))$")
# A part that ends in a head noun of its own borrows none: 全国文明城市、国家历史文化名城.
_COMPLETE = re.compile(r"(?:[率额量数值入资费税款村园站店车房路线人户家度]|城市|企业|项目|基地|中心|工程|产业|平台|产品)$")


# Words that name two subjects at once, in the order their numbers follow.
_TWO_IN_ONE = (("城乡", "城镇", "农村"), ("存贷款", "存款", "贷款"), ("内外资", "内资", "外资"))


def _continued(noun: str, previous: str) -> str:
    """「一般公共预算收入233.5亿元,收入规模…」: the former noun taken up by its head, or ''."""
    for attribute in ("规模", "增速", "总量", "增量", "增幅"):
        head = noun.removesuffix(attribute)
        if head != noun and len(head) >= 2 and previous.endswith(head):
            return previous + attribute
    return ""


def _share_head(parts: list[str], lexicon: Lexicon) -> list[str]:
    """Lend the last part's head to those that lack one: 职工养老、生育、工伤保险参保人数."""
    last = parts[-1]
    shared = []
    for part in parts[:-1]:
        if lexicon.code_of(part) or len(part) >= len(last) - 1 or _COMPLETE.search(part):
            shared.append(part)
            continue
        options = [part + last[cut:] for cut in (len(part), 2, 3, 4, 1) if cut < len(last)]
        known = [option for option in options if lexicon.code_of(option)]
        if known:
            # 工业、工业技改投资: where the last begins with the part, the part lends no more than the head
            shared.append(min(known, key=len) if last.startswith(part) else known[0])
        elif len(part) != 2 and (head := _HEAD_NOUN.search(last)):
            shared.append(part + head.group())
        elif len(last) - len(part) >= 3 and not re.search(r"[率额数量值]$", part):
            shared.append(part + last[2 if len(part) != 3 else 3 :])
        else:
            shared.append(part)
    return [*shared, last]


def _measure(slot: Slot, head: Head) -> tuple[Measure, Decimal, list[str]]:
    """Measure and signed value of a number, from its unit and what was peeled off before it."""
    value, unit = slot.mention.value, slot.unit
    down = head.change == "down" and (not head.level_link or head.change_noun != "")
    if slot.mention.kind == "rank":
        return "rank", value, ["rank"]
    if slot.mention.kind == "ratio":
        return "level", value, ["ratio"]
    if unit in _POINTS:
        lower = head.gap == "lower" or (head.gap is None and down)
        return "difference", -value if lower else value, ["points_are_a_difference"]
    if unit in _RATIOS:
        if _GROWTH_AFTER.match(slot.right):
            return "growth", value, ["growth_noun_after"]
        if head.change and (not head.level_link or head.change_noun or head.compared):
            return "growth", -value if down else value, ["growth_word"]
        if head.change and head.level_link:
            return "growth", -value if head.change == "down" else value, ["growth_word"]
        return "level", value, []
    if head.change and not head.level_link and not slot.right and head.change_word not in _NO_DIFFERENCE:
        return "difference", -value if down else value, ["change_in_units"]
    return "level", value, []


def _bound(slot: Slot, head: Head, shared: Bound | None) -> Bound:
    if slot.range_with is not None:
        return "at_most" if slot.range_high else "at_least"
    after = slot.mention.after or shared
    if head.bound == "at_most" and after == "approx":
        return "approx"
    return after or head.bound or "exact"
