"""Take coordinated subjects apart so that each number finds its own, and lend heads and grades where one
subject leaves them out.
"""

from __future__ import annotations

import re
from typing import Final

from transforms.lexicon import Lexicon

_JOINTS: Final = (r"、|和|以及|及|与", r"、|和|以及", r"、|及", r"、")
# A part that ends in a head noun of its own borrows none: 全国文明城市、国家历史文化名城.
_COMPLETE: Final = re.compile(
    r"(?:[率额量数值入资费税款村园站店车房路线人户家度]|城市|企业|项目|基地|中心|工程|产业|平台|产品)$"
)
# The last part is longer than its fellows: 小学、初中、普通高中在校生.
_QUALIFIED: Final = re.compile(r"共建|“|普通|新能源|高新技术|战略性|职业")
_ANY_HEAD: Final = re.compile(r"[\u4e00-\u9fff]{2}[率数额量]$")
_WHOLE: Final = re.compile("(?:[率额量数值]|企业|项目|基地|中心|工程|城市|平台|收入|支出|出口|进口)$")
_ANY_RATE: Final = re.compile(r"[\u4e00-\u9fff]{2}率$")
_MEASURED: Final = re.compile(r"[率额量数值入资费税款度]$")
_FRONT: Final = re.compile(
    r"规上|规模以上|限上|限额以上|城镇|农村|乡村|人民币|本外币|机场|全社会|有效|涉农|外贸|国有"
)
# 贷款余额三项先行指标 sums up; 会展三类平台年交易额 counts what follows
_SUMMED_UP: Final = re.compile(
    r"[两三四五六七八九十\d](?:项|大|个)[^、]{0,8}指标$|(?<=.)[两三四五六七八九十\d](?:项|类|大|个)(?=[^、]+$)"
)
# 其中一、二、三产业分别增长, 三次产业对经济增长的贡献率分别为
_INDUSTRIES: Final = re.compile(
    "(?:其中)?(?:第?(?P<which>[一二三](?:、[一二三])+)(?:次)?产业?|三次产业|三产(?=增|对|占))"
)
# 钢铁、水泥、电解铝等高能耗行业的投资: which they are
_LIST_OF_KIND: Final = re.compile("等[^、等]{0,8}(?:行业|产业|领域|企业|单位)的?(?=.)")
_SHARE_HEAD: Final = re.compile(
    "(?:增加值|总?产值|投资|收入|支出|面积|产量|贷款|出口|[销零]售额)?占[^、占]{2,}(?:比重|比例|份额)$"
)
_COUNTERPARTS: Final = {"支出": "收入", "收入": "支出", "出口": "进口", "进口": "出口"}
_GRADE: Final = re.compile(r"^(?:国家|自治区|街道|社区|省|市|区|县|国际|世界|民营)级")
_TAKEN_UP: Final = ("规模", "增速", "总量", "增量", "增幅")


def split_subjects(noun: str, size: int, lexicon: Lexicon) -> list[str]:
    """``size`` subjects of a coordinated noun phrase, heads shared (城镇和农村居民人均可支配收入 → two); [] where
    the phrase has another number of parts."""
    if size < 2:
        return []
    if industries := _INDUSTRIES.match(noun):
        named = industries["which"].split("、") if industries["which"] else ["一", "二", "三"]
        rest = noun[industries.end() :]
        return [f"第{one}产业{rest}" for one in named] if len(named) == size else []
    if size == 2:
        for joint, first, second in lexicon.two_in_one:
            if joint in noun and "、" not in noun.replace(joint, ""):
                return [noun.replace(joint, first, 1), noun.replace(joint, second, 1)]
    noun = _LIST_OF_KIND.sub("", _SUMMED_UP.sub("", noun))
    for joints in _JOINTS:
        parts = [part for part in re.split(joints, noun) if part]
        if len(parts) == size:
            told = any(parts[-1].startswith(part) for part in parts[:-1])
            complete = any(_WHOLE.search(part) for part in parts[:-1])
            headed = [
                *(_with_head(part, parts[-1], lexicon, told, complete) for part in parts[:-1]),
                parts[-1],
            ]
            return [headed[0], *(_with_front(part, headed[0], lexicon) for part in headed[1:])]
    return []


def _with_head(part: str, last: str, lexicon: Lexicon, named: bool, complete: bool) -> str:
    """A part with the head of the last one, if it lacks its own: 职工养老、生育、工伤保险参保人数; ``named``: the last
    one begins with a part that was named, so what it lends is shorter than it looks (工业、制造业、工业技改投资);
    ``complete``: some part needs no head, so that the long ones may not either."""
    if "占" in last and "占" not in part and (share := _SHARE_HEAD.search(last)):
        # 高新技术产业、装备制造业增加值占规模以上工业比重
        return part + share.group()
    shared_end = last.find(part[-2:]) if len(part) > 2 else -1
    if 0 <= shared_end < len(last) - 2:
        # 老年人口、残疾人口家庭医生签约率: what follows the common word is said of both
        return part + last[shared_end + 2 :]
    told = lexicon.head_noun.search(last) or _ANY_RATE.search(last)
    full = part + told.group() if told and told.group() != last else part
    if _MEASURED.search(part) or part.endswith(("占比", "比重", "比例")):
        return part
    if len(part) >= len(last):
        # 社会保障和就业、教育支出; 集成电路、汽车零配件、锂电池出口
        return full if lexicon.code_of(full) or not (complete or _COMPLETE.search(part)) else part
    if code := lexicon.code_of(part):
        # 粮食、烤烟种植面积: the catalogue knows 粮食 by itself, but an area is told
        areas = (part + last[cut:] for cut in range(2, len(last) - 1) if last.endswith("面积"))
        known_area = next((area for area in areas if lexicon.code_of(area)), "")
        same = lexicon.code_of(full) == code or full.endswith("率")
        return known_area or (full if same else part)
    options = [part + last[cut:] for cut in (len(part), 2, 3, 4, 1) if cut < len(last)]
    known = [option for option in options if lexicon.code_of(option)]
    if known:
        return min(known, key=len) if named else known[0]
    if part.endswith("级") and "级" in last:
        return part + last[last.index("级") + 1 :]
    head = None
    if len(part) != 2 or _QUALIFIED.match(last):
        head = lexicon.head_noun.search(last) or _ANY_HEAD.search(last)
    if head and head.group() != last:
        return part + head.group()
    if len(part) == 2 and last[0] == part[0]:
        # 涉诈、涉毒警情
        return part + last[2:]
    if _COMPLETE.search(part) or len(last) - len(part) < 3:
        return part
    return part + _tail_of(part, last, lexicon)


def _tail_of(part: str, last: str, lexicon: Lexicon) -> str:
    """What the last part lends: behind the character both end in (农业、工业、服务业用电量), else the longest end that
    the catalogue knows (烤烟、菜花果药种植面积), else what is left of words as long."""
    if 0 < (at := last.find(part[-1], len(part) - 1)) < len(last) - 2:
        return last[at + 1 :]
    least = 3 if len(part) == 3 else 2
    if lexicon.regions.is_city(part) or last.startswith(lexicon.lent_nouns, least):
        # 广州、深圳地铁线网客运量; 电商、直播、会展平台交易额
        return last[least:]
    known = (last[cut:] for cut in range(least, len(last) - 1) if last[cut:] in lexicon.tails)
    return next(known, last[least:])


def _with_front(part: str, first: str, lexicon: Lexicon) -> str:
    """A later part with the qualifier that opens the first: 城镇登记失业率、调查失业率, 规上文化、体育企业营收."""
    counterpart = _COUNTERPARTS.get(part)
    if counterpart and first.endswith(counterpart):
        # 地方一般公共预算收入、支出
        return first[: -len(counterpart)] + part
    if lexicon.code_of(part) is None and not lexicon.verbs.match(part):
        for cut in range(len(first) - 1, 1, -1):
            if lexicon.code_of(first[:cut] + part):
                return first[:cut] + part
    front = _FRONT.match(first)
    return front.group() + part if front and not _FRONT.match(part) and not lexicon.code_of(part) else part


def taken_up(noun: str, previous: str) -> str:
    """「一般公共预算收入233.5亿元,收入规模…」: the former noun taken up by its head, with its attribute; or ''."""
    for attribute in _TAKEN_UP:
        head = noun.removesuffix(attribute)
        if head != noun and len(head) >= 2 and previous.endswith(head):
            return previous + attribute
    return ""


def unmodified(noun: str) -> str:
    """A noun without its grade: 国家级高新技术企业 → 高新技术企业."""
    return _GRADE.sub("", noun)


def is_complete(noun: str) -> bool:
    """Whether a noun ends in a head of its own (…率, …企业, …项目), so that it borrows none."""
    return _COMPLETE.search(noun) is not None
