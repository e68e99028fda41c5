"""Take a subject apart: leading words, the agent, the verb, and the noun that is measured.

「八大兵团完成规上工业增加值」 → agent 八大兵团, verb 完成 (dropped), noun 规上工业增加值.
Strong verbs (新增, 发放, 招引) split anywhere; others only where the subject begins, since Chinese nouns are
full of verbs (养老服务床位, 研发投入强度).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.lexicon import Lexicon

_LEAD = re.compile(
    r"(?:[\s、,;:。及与并又)—-]+|和(?!田)|\d{1,2}[.、)]|率先|建议|把|提出(?=到)|单是|而(?!且)|只|就(?!业|医)|重点(?=帮扶|推进|支持|打造|建设|扶持|实施|培育|发展|做好)|(?:今后|未来)[一二三四五六七八九十]年|[一二三四五]年内|(?:对|将|为)(?=新增)|在[^,、]{1,12}(?:内|中|上|下|前|后|基础上)|而且|并且|不仅|“?(?:十[一二三四五]|[九十])五”?(?:时期|期间|以来)|“(?:十[一二三四五]|[九十])五”|连续[一二两三四五六七八九十]年|其中|同时|以及|还有|另外?|另有|此外|特别是|尤其是|截至目前|目前|一年来|五年来|一是|二是|三是|四是|五是|首先"
    r"|(?:全年|上半年|下半年|年内|当年|今年以来|今年|本年|去年|上年|明年|年末|年底|期末|前三季度|[一二三四]季度)(?!度)"
    r"|(?:到|截至|截止|至)?(?:19|20)\d\d年(?:末|底|的)?|(?:截至)?\d{1,2}月(?:\d{1,2}日|份)?(?:底|末|以来)?"
    r"|(?:全[区市省县州国疆川鲁粤苏浙皖闽赣湘鄂桂琼渝蜀黔滇藏陕秦甘陇青宁蒙晋冀津京沪辽吉黑豫]|我区|我市|我省|我国|全自治区|全社会(?=固定))(?!性|域|首|第|一|[级范])"
    r"|(?:预计|力争|确保|努力|争取|计划(?=新|在|用|投|完|实|到|安|改|招|引|建|拆|整|培|开|启|推|国内|地区)|累计|共计|合计|共(?=[建新发引投收签])|已经|已|先后|陆续|分别|平均|每年|成功|全面|继续|再(?!生|就|制)|将|拟|要|可(?!再生|持续|支配)|均|也|只|仅|通过(?!率))(?!率|性))+"
)
_BASIS = re.compile(
    r"在[^,、]{1,16}(?:基础上|情况下|前提下)(?:又|再)?|在[^,、]{2,14}中的?(?=位次|排名|$)|(?:扣除|剔除)[^,]{1,16}?(?:因素|影响)后?|(?:连续|先后|接连)?(?:迈上|跨上|跃上|突破)[^,]*?(?:台阶|大关)、?$"
)
_EVALUATED = re.compile(
    r"(?P<who>.{0,10}?)在(?P<what>[^,]{2,24}(?:考核|考评|评价|评比|测评|评估|竞赛|大赛|督查|榜单?|排名)[^,]{0,3}?)中$"
)
_ET_CETERA = re.compile(r"(?<![同高初中平对均优上下何])等(?!方面|领域|级|教育|院校|学校|值|额|同|于|比|保)")
_REST_NO_OBJECT = re.compile(
    r"^(?:房(?:开|竣|$)|[率额量数度面者于性比力园区站](?:$|[达为等、和])|性|资金|强度|经费|能力|比|占比|比重|比例|总量|总额|规模|标准|床位|机构|中心|水平|用地|进度|人数|率达|人口|成本|周期|时间|收入)"
)
_MODIFIER = re.compile(
    r"^(?:重点|国家|省|市|区|县|国际|自治区|世界|民营|农村|城镇|城市|其他|其余|省市|中央|地方|街道|社区|公办|民办|[省市区县国乡镇村]{1,3})级?$"
)
_NOT_PLACE = re.compile(
    r"^(?:[在把对为向]|单位|人均|万元|国家|省(?!产业)|市|全国|世界|首批|新增|建|推进|打造|创|完成|特色|示范|美丽|城[乡镇]|乡镇|重点|新(?!疆)|各|[一二三四五六七八九十]+个|农村|老旧|高新|参与"
    r"|所有|部分|提高|深化|优化|推动|加强|支持|强化|落实|依托|以|高校|其他|多个|区级|县级|职业|普通|中小|实施|扩大|覆盖|加快)"
)
# A small place opens the sentence and brings something in: 翠苑培育税收亿元楼6幢.
_SHORT_AGENT = re.compile(r"^[\u4e00-\u9fff]{2,3}$")
_ADVERB_END = re.compile(
    r"[力极功快续面点准入先序实速心]$|^(?:企业|全[区市]|各地|政府|我们|平台|成功|累计|城乡|城镇|农村|当年|全年)$"
)
# Verbs that are plain nouns at the end of a phrase: 用于民生领域的支出.
_NOMINAL = frozenset({"支出", "投入", "贷款", "培训", "突破", "储备"})
_GRADE_BEHIND = re.compile(r"(?<=..)(?:国家|省|市|区|县|自治区)级$")
_OF = re.compile(r"^占(?!比$)(?P<whole>.+?)(?:的)?(?P<kind>比重|比例|份额|比|总量|总数)?$")


@dataclass(frozen=True, slots=True)
class Subject:
    """The parts of a subject; ``noun`` is '' where it must come from elsewhere."""

    verb: str
    noun: str
    agent: str
    scope: str
    share_of: str = ""
    modifier: bool = False
    attribute: bool = False
    verb_last: bool = False
    acts: bool = False


def read_subject(text: str, lexicon: Lexicon, *, et_cetera: bool) -> Subject:
    """Parts of what ``heads.read_head`` left over."""
    text = strip_lead(text)
    scope, text = split_place(text, lexicon)
    if match := _EVALUATED.match(text):
        # 苏州工业园区在国家级经开区综合考核评价中稳居第一
        return Subject("", match["what"], "", scope or match["who"])
    text = without_basis(text)
    if et_cetera:
        # 「开工万科智谷等16个项目」: what is counted follows the number, the verb opens the list
        verb = leading_verb(text, lexicon)
        return Subject(verb, "", "", scope)
    if match := _OF.match(text):
        whole = match["whole"] + (match["kind"] if match["kind"] in ("总量", "总数") else "")
        return Subject("", "", "", scope, share_of=whole)
    verb, noun, agent = _split_verb(text, lexicon)
    acts = len(verb) + len(noun) + len(agent) < len(text)
    if grade := _GRADE_BEHIND.search(noun):
        # 院士工作站市级5家
        noun = grade.group() + noun[: grade.start()]
    if not verb and not agent and (closing := _closing_verb(noun, lexicon)):
        return Subject(closing, noun[: -len(closing)], "", scope, verb_last=True)
    if noun and (parts := _after_et_cetera(noun)):
        verb, noun = verb or leading_verb(text, lexicon), parts
    if agent and not scope:
        scope = _place_of_agent(agent, verb, lexicon)
    if noun in lexicon.needs_owner and agent and len(agent) <= 14:
        noun = agent + noun
    return Subject(
        verb,
        noun,
        agent,
        scope,
        modifier=bool(_MODIFIER.match(noun)),
        attribute=noun in lexicon.attributes,
        acts=acts or bool(verb),
    )


def without_basis(text: str) -> str:
    """Drop what only says on which ground something stands: 在上年大幅增长的基础上, 迈上4个万亿元台阶."""
    return _BASIS.sub("", text)


def strip_lead(text: str) -> str:
    """Drop conjunctions, times, own-region words and adverbs from the front."""
    while match := _LEAD.match(text):
        text = text[match.end() :]
    return text.lstrip(" 、,的")


def split_place(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """A part or other place at the front, and the rest; ('', text) where there is none."""
    match = lexicon.place.match(text)
    if match is None or _NOT_PLACE.match(text) or lexicon.verbs.match(text):
        return "", text
    place, rest = match["place"], text[match.end() :]
    if place.endswith(("城乡", "城镇", "乡镇")):
        return "", text
    if len(rest) < 2 or rest[0] in "、和及与的等级" or place in lexicon.place_common:
        return "", text
    if lexicon.verbs.search(place[:-2]):
        return "", text
    return place, rest


def _place_of_agent(agent: str, verb: str, lexicon: Lexicon) -> str:
    """The scope an agent gives: a place by its name, or a short name that brings something in."""
    if agent in lexicon.place_alone:
        return agent
    if lexicon.place.fullmatch(agent) and not _NOT_PLACE.match(agent) and not lexicon.verbs.search(agent):
        return agent
    if verb in lexicon.place_verbs and _SHORT_AGENT.match(agent) and not _ADVERB_END.search(agent):
        return agent
    return ""


def leading_verb(text: str, lexicon: Lexicon) -> str:
    """The kept verb a phrase opens with, or ''."""
    match = lexicon.verbs.match(text)
    return match.group() if match and match.group() in lexicon.keep_verbs else ""


def _closing_verb(noun: str, lexicon: Lexicon) -> str:
    """The kept verb a phrase ends with (保障房开工), or ''."""
    for length in (4, 3, 2):
        if len(noun) > length + 1 and noun[-length:] in lexicon.keep_verbs and noun[-length:] not in _NOMINAL:
            return noun[-length:]
    return ""


def _after_et_cetera(noun: str) -> str:
    """「天安人寿、中文在线等亿元以上项目」 → 亿元以上项目; '' where 等 closes no list."""
    matches = list(_ET_CETERA.finditer(noun))
    if not matches:
        return ""
    rest = noun[matches[-1].end() :].lstrip("的")
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
        if _REST_NO_OBJECT.match(rest) or (
            rest in lexicon.attributes and text[:opening] in lexicon.whole_verbs
        ):
            # 完成率, 造林面积: the verb is part of the noun
            return "", text, ""
        return kept, text[opening:].lstrip("了的 "), ""
    for match in lexicon.strong_verbs.finditer(text):
        rest = text[match.end() :]
        # 城镇新增就业: two characters before 新增 only qualify it
        if rest and not _REST_NO_OBJECT.match(rest) and not (match.start() == 2 and "增" in match.group()):
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
        match is not None and len(text) - match.end() >= 2 and not _REST_NO_OBJECT.match(text[match.end() :])
    )


_AGENT_TAIL = re.compile(r"(?:已经?|共|均|累计|分别|就|还)+$")
_VERB_JOINT = re.compile(r"、|及|和|并|或")
