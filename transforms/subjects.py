"""Take a subject apart: leading words, the agent, the verb, and the noun that is measured.

「八大兵团完成规上工业增加值」 → agent 八大兵团, verb 完成 (dropped), noun 规上工业增加值.
Strong verbs (新增, 发放, 招引) split anywhere; others only where the subject begins, since Chinese nouns are
full of verbs (养老服务床位, 研发投入强度).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from transforms.elements import Subject
from transforms.lexicon import Lexicon

_BASIS: Final = re.compile(
    # the look-ahead lets the engine skip to a possible first character
    r"(?=[在扣剔连先接迈跨跃站突])(?:在[^,、]{1,16}(?:基础上|情况下|前提下)(?:又|再)?|在[^,、]{2,14}中的?(?=位次|排名|$)|(?:扣除|剔除)[^,]{1,16}?(?:因素|影响)后?"
    r"|(?:连续|先后|接连)?(?:迈上|跨上|跃上|连跨|跨过|跨越|站上|突破)[^,]*?(?:台阶|大关)、?$)"
)
# what is said of it before: 整车出口突破百万辆、稳居…, 高新技术企业数量实现翻番、达…, 进出口总额突破万亿元、增速居…
_SAID_BEFORE: Final = re.compile(
    r"(?<=..)(?:均|双双)?(?:突破|超过?|达到?)[十百千万亿]+[元美人户家辆件吨斤亩]{0,3}(?:、(?=(?:增速|占比|规模|增幅)$)|、?$)"
    r"|(?<=..)(?:实现)?(?:翻番|翻一番|倍增)、?$|(?:稳居|位居|位列|跻身)全[国省市球](?:前[一二三四五六七八九十]+[强位名]?|首位|前列)、?$"
)
_ENDS_SAID: Final = (
    "番",
    "增",
    "强",
    "位",
    "名",
    "列",
    "百",
    "千",
    "万",
    "亿",
    "元",
    "辆",
    "件",
    "吨",
    "斤",
    "亩",
    "速",
    "比",
    "模",
    "幅",
    "、",
)
# 新能源装机在全国率先破亿、达到1.35亿千瓦
_IN_FRONT: Final = re.compile("(?<=..)在全[国省市区](?:率先|领先|名列前茅)[^,]{0,8}$")
# 一般公共预算支出安排41.2亿元
_PLANNED_SUM: Final = re.compile("(?<=收入|支出)(?:拟|预计)?安排$")
_EVALUATED: Final = re.compile(
    r"(?P<who>.{0,10}?)在(?P<what>[^,]{2,24}(?:考核|考评|评价|评比|测评|评估|竞赛|大赛|督查|榜单?|排名)[^,]{0,3}?)中$"
)
_ET_CETERA: Final = re.compile(
    r"(?<![同高初中平对均优上下何])等(?!方面|领域|级|教育|院校|学校|值|额|同|于|比|保)"
)
# A small place opens the sentence and brings something in: 翠苑培育税收亿元楼6幢.
_SHORT_AGENT: Final = re.compile(r"^[\u4e00-\u9fff]{2,3}$")
_ADVERB_END: Final = re.compile(r"[力极功快续面点准入先序实速心]$")
_GRADE_BEHIND: Final = re.compile(r"(?<=..)(?:国家|省|市|区|县|自治区)级$")
_HOW_MANY: Final = re.compile(r"[\d两三四五六七八九十]+个?[省市县区州](?!级)")
_OF: Final = re.compile(r"^占(?!比$)(?P<whole>.+?)(?:的)?(?P<kind>比重|比例|份额|比|总量|总数)?$")


@lru_cache(maxsize=8192)
def read_subject(text: str, lexicon: Lexicon, et_cetera: bool) -> Subject:
    """Parts of what ``heads.read_head`` left over."""
    text = strip_lead(text, lexicon)
    scope, text = split_place(text, lexicon)
    if text.endswith("中") and (match := _EVALUATED.match(text)):
        # 苏州工业园区在国家级经开区综合考核评价中稳居第一
        return Subject("", match["what"], "", scope or match["who"])
    text = without_basis(text)
    if "在全" in text:
        text = _IN_FRONT.sub("", text)
    if et_cetera:
        # 「开工万科智谷等16个项目」: what is counted follows the number, the verb opens the list
        verb = leading_verb(text, lexicon)
        return Subject(verb, "", "", scope)
    if match := _OF.match(text):
        whole = match["whole"] + (match["kind"] if match["kind"] in ("总量", "总数") else "")
        return Subject("", "", "", scope, share_of=whole)
    if text.endswith("安排"):
        text = _PLANNED_SUM.sub("", text)
    verb, noun, agent = _split_verb(text, lexicon)
    acts = len(verb) + len(noun) + len(agent) < len(text)
    if noun.endswith("级") and (grade := _GRADE_BEHIND.search(noun)):
        # 院士工作站市级5家
        noun = grade.group() + noun[: grade.start()]
    if not verb and not agent and (closing := _closing_verb(noun, lexicon)):
        return Subject(closing, noun[: -len(closing)], "", scope, verb_last=True)
    if noun and (parts := _after_et_cetera(noun)):
        verb, noun = verb or leading_verb(text, lexicon), parts
    if agent and not scope:
        scope = _place_of_agent(agent, verb, lexicon)
    owner = agent.removesuffix("预计")
    if noun in lexicon.needs_owner and owner and len(owner) <= 14:
        noun = owner + noun
    return Subject(
        verb,
        noun,
        agent,
        scope,
        modifier=bool(lexicon.modifier.match(noun)),
        attribute=noun in lexicon.attributes,
        acts=acts or bool(verb),
    )


_SMALL_PLACES: Final = frozenset("镇乡岛港")


def without_basis(text: str) -> str:
    """Drop what only says on which ground something stands: 在上年大幅增长的基础上, 迈上4个万亿元台阶."""
    text = _BASIS.sub("", text)
    return _SAID_BEFORE.sub("", text) if text.endswith(_ENDS_SAID) else text


def strip_lead(text: str, lexicon: Lexicon) -> str:
    """Drop conjunctions, times, own-region words and adverbs from the front."""
    # the pattern repeats itself
    if match := lexicon.lead.match(text):
        text = text[match.end() :]
    return text.lstrip(" 、,的")


def split_place(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """A part or other place at the front, and the rest; ('', text) where there is none."""
    match = lexicon.place.match(text)
    if match is None or lexicon.not_place.match(text) or lexicon.verbs.match(text):
        return "", text
    place, rest = match["place"], text[match.end() :]
    if numbered := _HOW_MANY.match(rest):
        # 关中5市PM2.5浓度
        place, rest = place + numbered.group(), rest[numbered.end() :]
    if place.endswith("地区") and rest.startswith("生产总值"):
        # 萧山区地区生产总值: 地区 belongs to the indicator
        return "", text
    if place.endswith(("城乡", "城镇", "乡镇")) or any(joint in place for joint in "及和与、"):
        return "", text
    if len(rest) < 2 or rest[0] in "、和及与的等级" or place in lexicon.place_common:
        return "", text
    if "、" in rest and lexicon.place.search(rest):
        # 龙泉市项仁镇张畈村、淳安县枫树岭镇上江村…3个: a list of places is no one place
        return "", text
    if lexicon.verbs.search(place[:-2]) or _ends_within_city(place, rest, lexicon):
        return "", text
    return place, rest


def _ends_within_city(place: str, rest: str, lexicon: Lexicon) -> bool:
    """抢抓青岛, 抢抓镇: what looks like the end of an island's or a town's name belongs to that of a city."""
    if place[-1] not in _SMALL_PLACES:
        return False
    if any(len(place) > size and lexicon.regions.is_city(place[-size:]) for size in (2, 3)):
        return True
    return lexicon.regions.is_city(place[-1] + rest[:1])


def _place_of_agent(agent: str, verb: str, lexicon: Lexicon) -> str:
    """The scope an agent gives: a place by its name, or a short name that brings something in."""
    if agent in lexicon.place_alone or lexicon.regions.is_name(agent):
        return agent
    if (
        lexicon.place.fullmatch(agent)
        and not lexicon.not_place.match(agent)
        and not lexicon.verbs.search(agent)
    ):
        return agent
    if (
        verb in lexicon.place_verbs
        and _SHORT_AGENT.match(agent)
        and agent not in lexicon.agent_never
        and not lexicon.verbs.search(agent)
        and not _ADVERB_END.search(agent)
    ):
        return agent
    return ""


def leading_verb(text: str, lexicon: Lexicon) -> str:
    """The kept verb a phrase opens with, or ''."""
    match = lexicon.verbs.match(text)
    return match.group() if match and match.group() in lexicon.keep_verbs else ""


def _closing_verb(noun: str, lexicon: Lexicon) -> str:
    """The kept verb a phrase ends with (保障房开工), or ''."""
    if noun.endswith(lexicon.nominal_verbs):
        return ""
    for length in (4, 3, 2):
        if len(noun) > length + 1 and noun[-length:] in lexicon.keep_verbs:
            return noun[-length:]
    return ""


def _after_et_cetera(noun: str) -> str:
    """「天安人寿、中文在线等亿元以上项目」 → 亿元以上项目; '' where 等 closes no list."""
    matches = list(_ET_CETERA.finditer(noun)) if "等" in noun else []
    if not matches:
        return ""
    rest = noun[matches[-1].end() :].lstrip("的")
    if rest.startswith(("产业", "行业", "领域")):
        # 人形机器人、人工智能等产业营收: the list says which
        return ""
    return rest if len(rest) >= 2 else ""


def _split_verb(text: str, lexicon: Lexicon) -> tuple[str, str, str]:
    """Verb, noun, agent. A whole that the catalogue knows is never split (城镇新增就业)."""
    if not text:
        return "", "", ""
    if lexicon.code_of(text):
        verb = leading_verb(text, lexicon)
        return verb, text[len(verb) :], ""
    found: tuple[int, int] | None = None
    opening, kept = _opening_verbs(text, lexicon)
    if opening:
        rest = text[opening:]
        if lexicon.no_object.match(rest) or (
            rest in lexicon.attributes and text[:opening] in lexicon.whole_verbs
        ):
            # 完成率, 造林面积: the verb is part of the noun
            return "", text, ""
        return kept, text[opening:].lstrip("了的 "), ""
    for match in lexicon.strong_verbs.finditer(text):
        rest = text[match.end() :]
        # 城镇新增就业: two characters before 新增 only qualify it
        if (
            len(rest) >= 2
            and not lexicon.no_object.match(rest)
            and not _AMOUNT_ONLY.match(rest)
            and not (match.start() == 2 and "增" in match.group())
        ):
            found = match.span()
    if found is None:
        return "", text, ""
    verb, noun, agent = text[found[0] : found[1]], text[found[1] :], _AGENT_TAIL.sub("", text[: found[0]])
    if agent.endswith("财政"):
        # 中央和地方财政安排扶贫资金: whose money it is tells it from others
        return "", agent + noun, ""
    return (verb if verb in lexicon.keep_verbs else ""), noun.lstrip("了的 "), agent


def _opening_verbs(text: str, lexicon: Lexicon) -> tuple[int, str]:
    """Where the verbs that open a subject end, and those worth keeping: 开工及续建 → (5, 开工及续建),
    完成整改 → (4, 整改); (0, '') where it opens with none."""
    end = 0
    kept_from: int | None = None
    while match := lexicon.verbs.match(text, end):
        keeps = match.group() in lexicon.keep_verbs
        if keeps and kept_from is None:
            kept_from = match.start()
        end = match.end()
        joint = _VERB_JOINT.match(text, end)
        if joint and lexicon.verbs.match(text, joint.end()):
            end = joint.end()
        elif keeps and end < len(text) and not _more_verbs(text, end, lexicon):
            break
    return end, "" if kept_from is None else text[kept_from:end]


def _more_verbs(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether a second verb follows the first at once and still leaves an object: 排查整治燃气隐患."""
    match = lexicon.verbs.match(text, end)
    return (
        match is not None
        and len(text) - match.end() >= 2
        and not lexicon.no_object.match(text[match.end() :])
    )


# 国家自然科学基金项目获批立项数, 专利授权数: the verb is part of the noun
_AMOUNT_ONLY: Final = re.compile(r"..[数率]$")
_AGENT_TAIL: Final = re.compile(r"(?:已经?|共|均|累计|分别|就|还)+$")
_VERB_JOINT: Final = re.compile(r"、|及|和|并|或")
