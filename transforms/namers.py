"""What a number measures: rules that each know one way in which the language names it.

``NAMERS`` is tried in order; the first rule that answers names the number. A rule gets the sentence so far (a
``Linker``), the number's slot, its head and its subject, and gives a ``Name`` or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from transforms.elements import Head, Name, Reading, Slot, Subject
from transforms.pairing import taken_up, unmodified
from transforms.slots import POINTS, RATIOS, wants_right
from transforms.subjects import leading_verb, strip_lead

if TYPE_CHECKING:
    from transforms.linkers import Linker

_DONE_OF: Final = re.compile(r"^(?:[^的]{0,6}(?:任务|目标|计划|预算|预算数|计划数)|总?工程量|总量|形象进度)$")
_UNDER_WAY: Final = re.compile(
    r"^(?:有序|加快|稳步|持续|扎实|加速)?(?:推进|进行|实施|进展|开展)(?:中|顺利|工作)?$|^(?:进行|开展)?试点$"
)
_ADVERBS: Final = re.compile(
    r"^(?:全部|均已?|都|已经?|正在|正|将|全面|基本|相继|陆续|顺利|成功|先后|累计|进一步|率先|如期)+"
)
_SHARES: Final = ("占比", "比重", "比例")
_ITS_SHARE: Final = re.compile("(?<=..)(?:占[^占]*比[重例]|占比)$")
_OF_ALL: Final = re.compile(
    r"(?P<owner>.*?)(?:占|稳定在|保持在|超过|达到)?(?P<whole>全[国省市球]|世界)(?:增量|总量)?$"
)
_PAYMENT: Final = re.compile(
    r"(?P<payer>[^,]{0,12}(?:财政|国家|政府))(?:今年|每年|将|再|已|共|还)*(?:安排|投入|拨付|支出)$"
)
_PAYS: Final = ("安排", "投入", "拨付", "支出")
_AMONG: Final = re.compile(r"(?<=..)(?<![集高初其])中(?:共?有|已有?)?$")
# 纳入直达机制、规模明显大于去年: a further thing said, not more of the same
_SAID_MORE: Final = re.compile("、[^、]*(?:于|居|均|较|增长|达到).*")
_THIS: Final = re.compile(
    r"这(?:部分|个|一|项|种|类|些)(?:的)?(?P<what>比重|比例|数字|支出|收入|投资|产值)?(?:[在到就已也将]$)?"
)
_REACHED: Final = re.compile(r"(?:达到?|突破|超过?|[升增加高]至|[升增加高]到)$")
_LONGEST_NOUN: Final = 30
_LONGEST_PREDICATE: Final = 20
_SHARE: Final = re.compile(r".占(?![比有用据])(?:(?!比重|比例|份额|率).){2,}$")
# Attributes that leave what was named before as the subject of what follows.
_OF_THE_SAME: Final = frozenset({"规模", "总量", "增量", "占比", "排名", "位次", "增速", "增幅"})


# 总量和增速均居全国第5位
_ATTRIBUTES: Final = re.compile(
    rf"(?:{'|'.join(sorted(_OF_THE_SAME))})(?:[、和及与](?:{'|'.join(sorted(_OF_THE_SAME))}))+"
)


def completes(subject: Subject) -> bool:
    """Whether a subject is but the plan that something completes: 完成年度计划的102%."""
    return _DONE_OF.match(subject.noun) is not None


def with_attribute(reading: Reading, subject: Subject) -> Name:
    """A former subject under a new attribute: 分别占全区总量, 分别完成目标任务."""
    if subject.share_of:
        return Name("", f"{reading.noun}占{subject.share_of}比重", reading.whole)
    if completes(subject):
        return Name("", f"{reading.noun}{subject.noun}完成率", reading.whole)
    if subject.attribute:
        return Name("", reading.noun + subject.noun)
    return Name(reading.verb, reading.noun)


def noun_after(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「6个老旧小区改造工程全部开工」, 「52台正在施工」: what is counted stands behind the number."""
    if not wants_right(slot, slot.right, linker.lexicon):
        return None
    right = _REACHED.sub("", _AMONG.sub("", slot.right.lstrip("的")))
    verb = subject.verb or leading_verb(strip_lead(slot.left, linker.lexicon), linker.lexicon)
    cut = linker.lexicon.predicate.search(right)
    if not verb and (cut is None or linker.carries_kept_verb(slot)):
        verb = linker.carries_verb(slot)
    if cut is None:
        said = "" if verb else _ADVERBS.sub("", slot.predicate)[:_LONGEST_PREDICATE]
        return Name(verb or said, right[:_LONGEST_NOUN])
    if cut.start() == 0:
        if linker.previous is None:
            return Name("", right[:_LONGEST_NOUN])
        # the number counts what was named before: 52台正在施工
        return Name(right[:16], linker.previous.noun)
    noun, predicate = right[: cut.start()], _SAID_MORE.sub("", _ADVERBS.sub("", right[cut.start() :]))
    if verb or not predicate or _UNDER_WAY.search(predicate):
        return Name(verb, noun)
    # 9家基层分院开展家庭病床服务: what they did says which ones are meant
    return Name(predicate[:_LONGEST_PREDICATE], noun)


def share_of_whole(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「占全部贷款新增量35%」 is a share of what was named before."""
    if slot.mention.rule == "fraction" and (match := _OF_ALL.match(head.subject)):
        owner = strip_lead(match["owner"], linker.lexicon).removesuffix("约") or (
            linker.previous.whole if linker.previous else ""
        )
        return Name("", f"{owner}占{match['whole']}比重", owner)
    if not subject.share_of or linker.previous is None:
        return None
    owner = linker.previous.whole
    return Name("", f"{owner}占{subject.share_of}比重", owner)


def completion_rate(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「完成年度计划的102%」: how much of a plan was done."""
    if slot.unit != "%" or head.change or not completes(subject):
        return None
    previous = linker.previous
    owner = subject.agent or (previous.whole if previous else linker.topic(slot))
    return Name("", f"{owner}{subject.noun.removeprefix('为')}完成率", owner)


def joint_subject(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「增速均居全市第一」: one number for all the subjects before."""
    if not head.each or not linker.last_group or (subject.noun and not subject.attribute):
        return None
    told = linker.last_group
    if subject.noun in ("增速", "增幅") and len(told) == 1:
        # 地区生产总值增长6.1%,规上工业增加值增长9.5%,增速均居全省第一
        told = [reading for reading in linker.readings if reading.measure == "growth"][-3:] or told
    joint = "、".join(dict.fromkeys(reading.noun for reading in told))
    return Name("", joint + subject.noun)


def sibling(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「粮食播种面积1530万亩、总产量125亿斤」: another side of what was named before, where the catalogue knows it."""
    previous, noun = linker.previous, subject.noun
    if previous is None or subject.acts or subject.scope or noun in _OF_THE_SAME:
        return None
    if not (subject.attribute or noun in linker.lexicon.needs_owner):
        return None
    if slot.clause != previous.clause and linker.lexicon.code_of(noun):
        # behind a comma 出口 is again that of all
        return None
    for end in range(len(previous.noun), 1, -1):
        if linker.lexicon.code_of(previous.noun[:end] + noun):
            return Name("", previous.noun[:end] + noun)
    return None


def attribute_of_previous(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「总投资31亿元」, 「增速全市第一」, 「收入规模跃升至全市第3」: an attribute of what was named before."""
    previous = linker.previous
    if subject.attribute or _ATTRIBUTES.fullmatch(subject.noun):
        same = subject.noun in _OF_THE_SAME or not subject.attribute
        owner = (previous.whole if same else previous.noun) if previous else linker.topic(slot)
        return Name("", owner + subject.noun, owner if same else "")
    if previous and (whole := taken_up(subject.noun, previous.noun)):
        return Name("", whole)
    return None


def demonstrative(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「这个比重1954年预计将近33%」, 「这部分的支出占财政支出的比重」: this is what was named before."""
    if not subject.noun.startswith("这") or (match := _THIS.match(subject.noun)) is None:
        return None
    what, rest = match["what"] or "", subject.noun[match.end() :]
    named = linker.named_before(slot, what) if what else linker.previous.noun if linker.previous else ""
    if not named:
        return None
    told = what + rest
    # 国营农场…,这些农场的耕地面积: the word that is taken up is not said twice
    shared = next((size for size in range(len(told), 0, -1) if named.endswith(told[:size])), 0)
    return Name("", named + told[shared:])


def modifier_of_previous(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「国家级高新技术企业29家、市级40家」: another grade of the same."""
    if not subject.modifier or linker.previous is None:
        return None
    return Name(subject.verb or linker.previous.verb, subject.noun + unmodified(linker.previous.noun))


def verb_is_the_noun(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「拆违166万平方米」, 「回迁安置1765户」: the act itself is measured."""
    if subject.noun or subject.verb not in linker.lexicon.whole_verbs:
        return None
    return Name(subject.verb, "")


def payer_and_purpose(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「中央财政将投入100亿元支持职业教育发展」: whose money, and what for."""
    purpose = slot.right or slot.predicate
    if not purpose or not head.subject.endswith(_PAYS) or (match := _PAYMENT.search(head.subject)) is None:
        return None
    return Name("", strip_lead(match["payer"], linker.lexicon) + purpose[:_LONGEST_PREDICATE])


def noun_before(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「财政总收入307.85亿元」, 「保障房开工5.7万平方米」: the plain case."""
    if not subject.noun:
        return None
    if subject.verb_last:
        return Name(subject.verb, subject.noun, noun_first=True)
    if (part := linker.part_of_previous(slot, subject)) is not None:
        return part
    if slot.unit in ("%", "成") and not head.change and _SHARE.search(subject.noun):
        # 民营经济增加值占地区生产总值的66%
        return Name("", subject.noun.rstrip("的") + "比重")
    owner = linker.owner_for(slot, subject)
    return Name(subject.verb or ("" if subject.acts else linker.carries_verb(slot)), owner + subject.noun)


def clause_between(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「全省进出口总值创历史新高,达到5379亿元」: a clause without a number names a subject of its own."""
    previous = linker.previous
    if previous is None or slot.clause - previous.clause < 2 or head.change or subject.verb:
        return None
    topic = linker.topic(slot)
    return Name("", topic) if linker.lexicon.code_of(topic) else None


def ellipsis(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """「增长7.3%」, 「竣工62.6万平方米」, 「累计22家」: the subject was named before."""
    previous = linker.previous
    if previous is None:
        return None
    # 新增上市企业7家,累计22家; 里程新增1700公里、突破7000公里: the sum is no longer new
    summed = head.cumulative or (slot.unit not in RATIOS and _REACHED.search(slot.left))
    verb = "" if summed and "增" in previous.verb else previous.verb
    # 占预算数的93%,比上年增长8%: what grew is the whole, not the share; in points it is the share
    if slot.unit in RATIOS and head.change and previous.whole.endswith(_SHARES):
        # 制造业增加值占比为2.45%,同比下降14.8%: so is it without the share
        previous_noun = _ITS_SHARE.sub("", previous.whole) or previous.noun
        if previous_noun != previous.whole and not subject.verb:
            return Name(verb, previous_noun, noun_first=previous.noun_first)
    same = slot.unit in POINTS or (previous.head.origin and slot.clause == previous.clause)
    noun = previous.noun if same else previous.whole
    if slot.unit in POINTS and head.change_noun and not noun.endswith(head.change_noun):
        # 下降4.1%,降幅比上半年收窄3.5个百分点
        noun += head.change_noun
    if slot.mention.kind == "rank" and previous.measure == "growth" and not subject.verb:
        # 地区生产总值增长7.3%、居全国第3: third is how fast it grew
        return Name("", noun if noun.endswith(("增速", "增幅")) else noun + "增速")
    if subject.verb == "支出" and noun.endswith("收入"):
        # 社会保险基金收入12.71亿元,支出11.94亿元
        return Name("", noun.removesuffix("收入") + subject.verb)
    if subject.verb:
        return Name("" if noun.startswith(subject.verb) else subject.verb, noun)
    return Name(verb, noun, noun_first=previous.noun_first)


def clause_before(linker: Linker, slot: Slot, head: Head, subject: Subject) -> Name | None:
    """No noun in sight: the verb itself, or what the clause before spoke of."""
    return Name(subject.verb, "") if subject.verb else Name("", linker.topic(slot))


Namer = Callable[["Linker", Slot, Head, Subject], Name | None]

# The order is the rule: the first that answers names the number.
NAMERS: tuple[Namer, ...] = (
    noun_after,
    share_of_whole,
    completion_rate,
    joint_subject,
    sibling,
    attribute_of_previous,
    demonstrative,
    modifier_of_previous,
    verb_is_the_noun,
    payer_and_purpose,
    noun_before,
    clause_between,
    ellipsis,
    clause_before,
)
