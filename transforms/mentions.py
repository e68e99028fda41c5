"""Find every number of a text and say what kind it is: a quantity with unit and bound, a rank, a ratio part,
or a named kind of non-observation (date, name, list number, threshold, ...).

The search runs once over the whole normal text; patterns are anchored with ``match(text, position)`` so that
what stands before a number stays visible to look-behind.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from transforms.elements import Mention
from transforms.lexicon import Lexicon
from transforms.numerals import parse_chinese
from transforms.thresholds import qualifies
from transforms.types import Bound

NUMBER: Final = re.compile(
    # the look-ahead lets the engine skip to a possible first character: ten times faster than trying each place
    r"(?=[0-9A-Za-z百千第前一二三四五六七八九两十])(?:"
    # what begins with a digit; only few numbers are followed by what a date goes on with
    r"(?=\d)(?:(?=\d{1,4}[-:年月日—~至、])(?P<date>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?|(?<![\d:由为至到是])\d{1,2}:[0-5]\d:[0-5]\d(?!\d)|(?<![\d:.])\d{1,2}:[0-5]\d(?![\d:.])"
    r"|(?<!\d)(?:19|20)\d\d(?:[-—~至、](?:19|20)\d\d)?年(?:度|代)?(?:(?:1[0-2]|0?[1-9])月(?:份)?(?:(?:3[01]|[12]\d|0?[1-9])日)?)?"
    r"|(?<![\d.])(?:1[0-2]|0?[1-9])(?:[-—~至](?:1[0-2]|0?[1-9]))?月(?:份)?(?:(?:3[01]|[12]\d|0?[1-9])日)?|(?<![\d.])(?:3[01]|[12]\d|0?[1-9])日)"
    r"|(?P<plus>\d+(?:\+[\dA-Z]+)+(?:\+[A-Z])?)"
    r"|(?P<fraction>(?<![\d/])\d{1,2}/\d{1,3}(?![\d/年月-]))"
    r"|(?P<digits>\d+(?:\.\d+)?))"
    r"|(?P<chinese>(?<![一二三四五六七八九十百千零点万亿])[一二三四五六七八九两十][一二三四五六七八九十百千零点]{0,12}[十百千万亿点][一二三四五六七八九十百千万亿零]{0,24}(?:[多余][万亿]+)?)(?=(?:元|美元|吨|公斤|斤|担|亩|公顷|公里|人|户|千瓦|平方米|立方米|平方公里|%|倍|个百分点|平方公尺|公尺|度|个|台|件|所|项|座|部|条|名|家|辆|艘|种|位|多|余))"
    r"|第(?P<ordinal>\d+|[一二三四五六七八九十]+)"
    r"|前(?P<among>\d{1,3}|[一二三四五六七八九十]{1,3})(?=[位名](?:[,。;、!)\s]|$))"
    r"|(?P<per>百分之|千分之)(?P<percent>\d+(?:\.\d+)?|[零〇一二三四五六七八九十百点两]+)"
    r"|(?P<latin>[A-Z]\+\d+|[A-Za-z][A-Za-z_-]{0,15}\d+(?:\.\d+)?[A-Za-z]*)"
    r")"
)

# 「迈上4个万亿元台阶」 counts steps of speech
_STEPS: Final = re.compile(
    r"个[十百千万]*亿元?(?:级)?(?:台阶|大关|关口)|个(?:方面|必须|坚持|聚焦|更加|特点|维度|层面)"
)
# every branch begins with a literal: the engine skips to a possible first character
_LABEL: Final = re.compile(
    r"专栏$|附件$|附表$|见表$|见图$|历时$|编码:$|电话:$|传真:$|邮编:$|访问次数:$|点击量:$|热线:$"
)
_AMONG: Final = re.compile(r"个[^,。]{1,8}中")
_COUNTERS_OF_ONE: Final = frozenset("个家大所座项名强")
_ONE_OF: Final = re.compile(r".[^,。;、\d]{1,14}之一(?![^,。;、])")
_RANGE_LOW: Final = re.compile(r"(?<![A-Za-z\d.:-])\d{1,4}(?:\.\d+)?-$")
_RANGE_UNIT: Final = re.compile("[万亿千百]*(?:[个家项名所条座处件户人次亩吨元台套辆%‰倍米]|公里|公顷|平方)")
_PLACED: Final = re.compile(
    r"个[^,。]{1,8}中(?:排|位|居|列|名)|个[^,。、;\d]{0,6}(?:区|县|市|省|州|旗|镇|乡|街道|国家|单位|省份)第[一二三四五六七八九十\d]{1,3}(?:[位名,。;、]|$)"
)
# 1.7个乡镇: no one counts in tenths, so the digit before the dot numbers the item
_COUNTED: Final = re.compile(r"\d+(?:个|家|户|所|台|条|件|项|名|处|座|套|只|场|起|宗)")
_LIST_START: Final = re.compile(r"(?m)^[\s(]*(\d{1,2})(?=[.、．)](?!\d+%))")
_VERSION: Final = re.compile(r"\.0(?:版|”|时代|系统|工程|政策|方案|改革|\+)")
_ROUTE: Final = re.compile(r"(?:[、和]\d+){0,9}(?:号|路|弄|[幢栋]\d+(?:单元|室|号)|单元)")
_NAMED: Final = re.compile(
    r"(?:周年|周岁|次会议|次全会|次全体|次党代会|次代表大会|号|期工程|强|维|纳米|级|型|版|号线|代(?!表)|点半|分钟|小时|纪|环以|时(?!间)|期(?!间|权|待)|院|校区|所大学)"
)
_CLASSIFIED: Final = re.compile(r"(?:大|类|字|步|线|重|方面|点)(?=[\u4e00-\u9fff“])")
_TIME_UNITS: Final = frozenset(
    {"年", "岁", "天", "小时", "分钟", "秒", "个月", "个小时", "工作日", "个工作日"}
)
_LIFETIME: Final = re.compile(r"(?:寿命|年限|年龄)[^。]{0,18}$")
_TIME_MEASURED: Final = re.compile(
    r"(?:缩短|压缩|提前|减少|平均|时间|时长|达到|降至|仅需|历时|天数|提速|用时|由|从|为|至|到|多|少)[^,。]{0,4}$"
)
# 增长-8.7%, 较一季度(-10.8%), 分别增长39.3%、-97.7%: a minus, neither a dash nor part of a code
_SIGNED: Final = re.compile(
    r"(?:增长|增速|增幅|涨幅|增减|变化|变动|同比|环比|上涨|回升|提高|上年|[为达至到是约率数(:]|[%点](?:、|,|和|及|与|或|至|到)(?:增长)?)-$"
)
_SIGNED_UNITS: Final = frozenset({"%", "‰", "个百分点", "百分点", "℃"})
_RANKED: Final = re.compile(
    r"(?:(?:全[区市省县国州球]|我[国省市]|世界|国际|同类|内地|[中西东]部|西北|西南|东北|华东|华南|长三角|中国)[\u4e00-\u9fff(、)]{0,12}"
    r"|[位居列排名至]|跃升|总量|增速|[升移进降][到至]|(?:位列|位居|列|排名?)[\u4e00-\u9fff]{2,4}(?:\d{1,2}个?[区县市]{1,3})?|均|地区|省份|城市|百强|序|系统|同比|增幅|省区|各省|第\d{1,2}位?、|第[一二三四五六七八九十]、)$"
)
# 由第18位上升到第15位
_MOVES: Final = re.compile(r"位?(?:上升|提升|跃升|前移|前进|攀升|升|进|下降|后移|降)(?:至|到)第")
_RANK_END: Final = re.compile(
    r"(?:位|名)?(?=[,。;、!)\s”]|$|且|并|和|的|及|跃|升|提|上升|前移|前进|进至|晋|下降|降)"
)
# a bare number may end its phrase or share the unit of the next: 2.8和1.2个百分点
_FOLLOWED: Final = re.compile(r"[,;。、)!\s]|$|(?:和|及|与|至|到|或|—+|-|~)\d")
_LINKED: Final = re.compile(r"[为至到达是于比值数的从由]$")
# 500米范围, 15公里半径: a distance that says where
_CONCEPT: Final = re.compile(
    r"内(?=换乘|步行|到达|可达)|人口(?:变动)?(?:情况)?抽样|论坛|范围|半径|生活圈|服务圈|交通圈|经济圈"
)
_CONCEPT_STARTS: Final = frozenset("内人论范半生服交经")
# 占比超过10%的有44种: a measure by which the things counted next are picked
_PICKED: Final = re.compile(r"的(?:就|共|则)?有\d")
# 0—6岁儿童健康管理率
_AGES: Final = re.compile(r"(?:—+|-|~|至|到)\d{1,3}周?岁")
_TO_ONE: Final = re.compile(r":1(?![\d:.])")
_CLOSERS: Final = re.compile(r"\((?:间|园|处|次|段|座|台|套|市|区|户|艘|架|家|所)\)")


def find_mentions(text: str, lexicon: Lexicon) -> list[Mention]:
    """Every number of the text in order of position; each is a statement or a named kind of noise."""
    list_numbers = _list_numbers(text)
    found = (_classify(match, text, lexicon, list_numbers) for match in NUMBER.finditer(text))
    return [mention for mention in found if mention is not None]


def _noise(match: re.Match[str], kind: str, start: int | None = None, end: int | None = None) -> Mention:
    first = match.start() if start is None else start
    last = match.end() if end is None else end
    return Mention("noise", first, last, last, Decimal(0), kind, f"noise_{kind}")


def _classify(match: re.Match[str], text: str, lexicon: Lexicon, lists: dict[int, int]) -> Mention | None:
    group = match.lastgroup
    if group == "date":
        return _noise(match, "date")
    if group == "plus":
        return _noise(match, "name")
    if group == "latin":
        return _noise(match, "name")
    if group == "fraction":
        return _fraction(match, text, lexicon)
    if group == "percent":
        return _percent_word(match, text, lexicon)
    if group == "among":
        return _among_first(match, text)
    if group == "ordinal":
        return _rank(match, text)
    if group == "chinese":
        return _chinese(match, text, lexicon)
    start, end = match.span()
    if match.group() == "1" and text[start - 1 : start] == ":" and text[end : end + 1] != ":":
        return _noise(match, "ratio_base")
    if start in lists:
        after = lists[start]
        if after >= end:
            return _noise(match, "list_number")
        # 「1.6个老旧小区」: item 1, then 6个
        return _quantity(text, after, end, Decimal(text[after:end]), lexicon, "glued_list_number")
    if text[start - 1 : start] == "-" and _SIGNED.search(text, max(0, start - 8), start):
        mention = _quantity(text, start, end, -Decimal(match.group()), lexicon, "signed_number")
        if mention.kind == "quantity" and mention.unit in _SIGNED_UNITS:
            return mention
    if (kind := _noise_kind(text, start, end)) is not None:
        return _noise(match, kind)
    return _quantity(text, start, end, Decimal(match.group()), lexicon, "arabic_number")


def _list_numbers(text: str) -> dict[int, int]:
    """Start of each list number → where its digits and mark end; a number alone at a line start is one if
    its neighbour in the count opens a line too (or it carries no digits behind its dot)."""
    starts = [(m.start(1), m.end(1), int(m[1])) for m in _LIST_START.finditer(text)]
    counts = {number for _, _, number in starts}
    lists: dict[int, int] = {}
    for begin, end, number in starts:
        glued = text[end] == "." and text[end + 1 : end + 2].isdigit()
        if not glued:
            lists[begin] = end
        elif {number - 1, number + 1} & counts or _COUNTED.match(text, end + 1):
            lists[begin] = end + 1
    return lists


def _inside_quotes(text: str, start: int) -> bool:
    """Between “ and ” (or 《 and 》) of one line; numbers there belong to names."""
    low = max(0, start - 30)
    if text.find("“", low, start) < 0 and text.find("《", low, start) < 0:
        return False
    return text.rfind("“", low, start) > text.rfind("”", low, start) or text.rfind(
        "《", low, start
    ) > text.rfind("》", low, start)


def _noise_kind(text: str, start: int, end: int) -> str | None:
    """The kind of non-observation a plain number is by its surroundings, or None."""
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if _inside_quotes(text, start):
        return "name"
    if after == "+" or before.endswith("+"):
        return "name"
    if text[end - 2 : end] == ".0" and _VERSION.match(text, end - 2):
        return "version"
    if after.isascii() and after.isalpha():
        # 5G, 3A级, 220KV; real Latin units are few and are matched as units
        return None if _LATIN_UNIT.match(text, end) else "name"
    if after == "个" and _STEPS.match(text, end):
        return "name"
    if after == "%" and text.startswith("收入组", end + 1):
        # 最低20%收入组: who is meant
        return "threshold"
    if after == "人" and text.startswith("制", end + 1):
        # 3人制篮球场
        return "name"
    if after in "号周期强级型版代纪维纳分小点院时次路弄单幢栋、和校" and (
        _NAMED.match(text, end) or _ROUTE.match(text, end)
    ):
        return None if _duration_measured(text, start, end) else "name"
    if after in _COUNTERS_OF_ONE and _among(text, before, end):
        return "ranked_among"
    if before == "连续" or _LABEL.search(text, max(0, start - 6), start):
        return "streak" if before == "连续" else "label"
    if before.endswith(("图", "表")) and (start < 2 or text[start - 2] in "\n 。(:"):
        # 图1:2018-2022年生产总值
        return "label"
    if before.endswith("每"):
        # 每10万人刑事案件数: what the figure is per
        return "rate_base"
    if before.endswith(("前", "第")) and after not in "年个":
        return "name"
    if before.endswith("-") and text[start - 2 : start - 1].isalnum():
        # 1-2家 is a range, and so is what has a unit
        low = _RANGE_LOW.search(text, max(0, start - 9), start)
        return None if low and _RANGE_UNIT.match(text, end) else "number_code"
    if (
        after == "-"
        and text[end + 1 : end + 2].isdigit()
        and len(text[start:end]) >= 3
        and "." not in text[start:end]
    ):
        return "number_code"
    return None


def _among(text: str, before: str, end: int) -> bool:
    """在全市13个区县中排第五, 成为首批5个国家公园之一: what it was ranked or chosen among."""
    if text.find("之一", end, end + 18) >= 0 and _ONE_OF.match(text, end):
        return True
    if text[end] != "个":
        return False
    if _PLACED.match(text, end):
        return True
    return before.endswith(("全市", "全省", "全区", "全国")) and _AMONG.match(text, end) is not None


_LATIN_UNIT: Final = re.compile(
    r"(?:km|kWh|kW|MW|GW|TB|PB|EB|GB|kVA|TEU|EFLOPS|PFLOPS|P|Gbps|m²|m³)(?![A-Za-z])"
)


def _duration_measured(text: str, start: int, end: int) -> bool:
    """「由15天缩短到3小时」 measures a duration; 「15分钟生活圈」 and 「24小时值班」 name something."""
    return (
        text[end : end + 2] in ("小时", "分钟")
        and _TIME_MEASURED.search(text, max(0, start - 8), start) is not None
    )


def _percent_word(match: re.Match[str], text: str, lexicon: Lexicon) -> Mention | None:
    numeral = match["percent"]
    value = Decimal(numeral) if numeral[0].isdigit() else parse_chinese(numeral)
    if value is None:
        return None
    if text[match.start() - 1 : match.start()] == "前":
        return _noise(match, "name")
    unit = "%" if match["per"] == "百分之" else "‰"
    tail, after = _bound_after(text, match.end(), lexicon)
    return Mention("quantity", match.start(), match.end(), tail, value, unit, "percent_word", after)


def _fraction(match: re.Match[str], text: str, lexicon: Lexicon) -> Mention | None:
    """「占全国的1/3」; the span is the numerator's, as that is where the number begins."""
    above, below = match.group().split("/")
    if int(below) < 2 or int(above) >= int(below) or _inside_quotes(text, match.start()):
        return _noise(match, "name")
    tail, after = _bound_after(text, match.end(), lexicon)
    end = match.start() + len(above)
    return Mention(
        "quantity", match.start(), end, tail, Decimal(above) / Decimal(below), "", "fraction", after
    )


def _rank(match: re.Match[str], text: str) -> Mention | None:
    """全市第一, 列全省第3位; 第一批, 第一时间, 第3版 are no ranks."""
    numeral = match["ordinal"]
    start, end = match.span("ordinal")
    tail = _RANK_END.match(text, end)
    ranked = _RANKED.search(text, max(0, match.start() - 16), match.start()) or _MOVES.match(text, end)
    if tail is None or ranked is None or _inside_quotes(text, start):
        return _noise(match, "ordinal", start, end) if numeral[0].isdigit() else None
    value = Decimal(numeral) if numeral[0].isdigit() else parse_chinese(numeral)
    if value is None:
        return None
    return Mention("rank", start, end, tail.end(), value, "位", "rank")


def _among_first(match: re.Match[str], text: str) -> Mention | None:
    """进入全国前8位: a position of at most 8."""
    numeral = match["among"]
    start, end = match.span("among")
    value = Decimal(numeral) if numeral[0].isdigit() else parse_chinese(numeral)
    if value is None or not _RANKED.search(text, max(0, match.start() - 16), match.start()):
        return _noise(match, "ordinal", start, end) if numeral[0].isdigit() else None
    return Mention("rank", start, end, end + 1, value, "位", "rank_among_first", "at_most")


def _chinese(match: re.Match[str], text: str, lexicon: Lexicon) -> Mention | None:
    """一千二百万吨 is 1200 万吨, as a scale behind digits belongs to the unit; 三亿二千万人 has no one scale."""
    numeral, before = match.group(), text[match.start() - 1 : match.start()]
    if before in "第几数“" or len(numeral) < 2 or not re.search("[十百千万亿点]", numeral):
        return None
    if len(numeral) < 3 and text[match.end()] in _COUNTERS and not re.search("[百千万亿]", numeral):
        # 十个, 三十条 are ways of speaking; 三十八所, 六百个 are counts
        return None
    few = re.search("[多余]", numeral) is not None
    core = _SCALE_TAIL.sub("", numeral)
    if re.search("[万亿]", core):
        core = numeral
    value = parse_chinese(re.sub("[多余]", "", core))
    if value is None:
        return None
    mention = _quantity(text, match.start(), match.start() + len(core), value, lexicon, "chinese_number")
    if few and mention.after is None:
        mention.after = "at_least"
    return mention


_COUNTERS: Final = frozenset("个台件所项座部条名家辆艘种位")
_SCALE_TAIL: Final = re.compile(r"[多余]?(?:万亿|[万亿])$")


def _bound_after(text: str, position: int, lexicon: Lexicon) -> tuple[int, Bound | None]:
    if (match := lexicon.after.match(text, position)) is None:
        return position, None
    return match.end(), lexicon.after_bounds[match.group()]  # type: ignore[return-value]


def _unit_at(text: str, position: int, lexicon: Lexicon) -> tuple[str, str, bool, int]:
    """Scale and unit behind the digits, whether 余 or 多 stands with them, and where they end."""
    match = lexicon.unit_pattern.match(text, position)
    if match is None:
        return "", "", False, position
    few, scale, some, unit, per = match.groups("")
    if not scale and not unit:
        # 多 alone belongs to what follows
        return "", "", False, position if few or some else match.end()
    return scale, unit + per if unit else unit, bool(few or some), match.end()


def _quantity(text: str, start: int, end: int, value: Decimal, lexicon: Lexicon, rule: str) -> Mention:
    """Read scale, unit and trailing bound; a unitless number stays for the linkers to judge."""
    scale, unit, few, tail = _unit_at(text, end, lexicon)
    if unit and text[tail : tail + 1] == "(" and (closer := _CLOSERS.match(text, tail)):
        unit, tail = unit + closer.group(), closer.end()
    if unit == "元" and text.startswith("人民币", tail):
        tail += 3
    if unit == "倍" and text.startswith("多", tail):
        few, tail = True, tail + 1
    tail, after = _bound_after(text, tail, lexicon)
    if few and after is None:
        after = "at_least"
    if text[tail : tail + 1] == "级" and (unit or scale):
        return Mention("noise", start, end, tail + 1, value, "threshold", "noise_threshold")
    if not unit and not scale and text[start:end].endswith(".0") and text[end : end + 1] != ":":
        return Mention("noise", start, end, tail, value, "version", "noise_version")
    if not unit and not scale and _AGES.match(text, end):
        return Mention("noise", start, end, tail, value, "duration", "noise_duration")
    if text[tail : tail + 1] in _CONCEPT_STARTS and _CONCEPT.match(text, tail):
        return Mention("noise", start, end, tail, value, "concept", "noise_concept")
    if (text[tail : tail + 1] == "的" and _PICKED.match(text, tail)) or qualifies(
        text, start, tail, scale + unit
    ):
        return Mention("noise", start, end, tail, value, "threshold", "noise_threshold")
    if not unit and not scale and text[end : end + 1] == ":" and _TO_ONE.match(text, end):
        tail, after = _bound_after(text, end + 2, lexicon)
        return Mention("quantity", start, end, tail, value, "", rule, after)
    if not unit and not scale and (text[end : end + 1] == ":" or text[start - 1 : start] == ":"):
        return Mention("ratio", start, end, end, value, "", "ratio_part")
    bare = not unit and not scale and _FOLLOWED.match(text, tail) is None
    if bare and not _LINKED.search(text, max(0, start - 4), start):
        # 国考10市, 5大产业: no unit known and nothing says that a value follows
        return Mention("noise", start, end, tail, value, "unitless", "noise_unitless")
    if unit in ("千伏", "伏", "kV", "KV"):
        # 220千伏科创变: the class of a line or station, part of its name
        return Mention("noise", start, end, tail, value, "name", "noise_name")
    if unit in ("年", "岁"):
        if not _LIFETIME.search(text, max(0, start - 24), start):
            return Mention("noise", start, end, tail, value, "duration", "noise_duration")
    elif unit in _TIME_UNITS and not _TIME_MEASURED.search(text, max(0, start - 8), start):
        return Mention("noise", start, end, tail, value, "duration", "noise_duration")
    return Mention("quantity", start, end, tail, value, scale + unit, rule, after)
