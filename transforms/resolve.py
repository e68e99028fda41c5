"""Readings to observations: code, status, period, scope, base unit, ids and source spans."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Final

from transforms.elements import Reading
from transforms.lexicon import Lexicon
from transforms.periods import Calendar, PeriodMention, bounds, find_periods
from transforms.segment import trim
from transforms.types import Document, Observation, PeriodBasis, Section, Status, make_observation

_ESTIMATE: Final = re.compile(r"预计|初步(?:核算|统计|测算|估算)|快报数|有望")
# 「预计全年生产总值…;财政收入…」: a word that opens a clause, or has a colon behind it, rules the list, until it is
# told what is done or when; 「生产总值预计增长8%;财政收入…」 is about the first alone
_OPENS_LIST: Final = re.compile(r"[ \n]*(?:\d{4}年|全年|今年|上半年|全[区市省县国]|据|经|根据|主要|,)*$")
_LIST_COLON: Final = re.compile("[^;。:]*:")
_TURNED: Final = re.compile(
    r";(?:其中|同时)?[,:]?(?:截至|目前|已|现已|去年|上年|累计|前?\d{1,2}(?:-\d{1,2})?个?月)"
)
# 「主要预期目标是:地区生产总值增长…;…」, 「2019年发展主要目标为…」: all that follows
_AIMED_LIST: Final = re.compile(
    r"(?:预期目标|发展目标|奋斗目标|主要目标|工作目标|总体目标)[^,;。:]{0,12}?(?:是|为|:)"
)
_MET: Final = re.compile("完成|实现|达到|达成|超额|好于|高于|兑现")
_TARGET: Final = re.compile(
    # the look-ahead lets the engine skip to a possible first character
    r"(?=[力争确拟计预主目将])(?<![行动度展梦英划“年资产建])(?:力争|争取(?=到|实现|在|今年|全年|突破|达)|确保|拟(?=申报|创|新|建|定|安排|发行|用)"
    r"|计划(?=总?投资|新|投|完|实|到|在|全|用|建|引|培|安排|今年|创|面向)|预期目标|主要预期|目标是|将达|将投入|将安排|将超)"
)
# 「目前固定职工的比例,已由50%上升到80%以上」: a plan tells what it starts from
_DONE: Final = re.compile("(?=[目已])(?:目前[^;。]*?已(?!建|批)|已经)")
_PROMISE: Final = re.compile("力争|确保|争取(?=到|实现|在|今年|全年|突破|达)")
_FLOW: Final = re.compile(r"累计|减量|增量|新增|改善|改造|完成|新建|建成(?!区)")
# What stands so at the end, against what happened in the years: 7家国企进入500强, 30个县区通过评估.
_STANDING: Final = re.compile(r"位列|进入|达到|共享|开展|落户|拥有|运行|拔地而起")
_STOCK: Final = re.compile(
    r"(?:率|占比|比重|比例|余额|总量|里程|人均|浓度|密度|总数|存量|强度|户数|规模|收入|总值|总额|产量|增加值|装机|保有量|全长)"
)


_MEASURED: Final = re.compile(r"..(?:量|率|额|产值|收入|里程|面积|比例|总数|人数|户数|浓度|指数)$")
_PER: Final = re.compile(r"人均|单位|占|全[区市省县国]")
# literals only at the head of each branch: the engine then skips to a possible first character
_PLACE_END: Final = re.compile(
    r"(?:县域|市域|镇域|都市圈|城市群|地区|区|州|市|县|省|盟|旗|镇|乡|街道|新城|兵团)(?=.)"
)
_NO_PLACE: Final = re.compile(
    r"人均|单位|占|建成|地区|全社会|城市|都市$|上市|全[区市省县]|各[市县镇州]|超市|股市|楼市|门市|夜市|城镇|乡镇|[、和及与]"
)


class SentenceContext:
    """What a sentence inherits: its place in the document and the years it speaks in; and whether it has words of
    a target or an estimate at all, which most have not.

    Fields are set as those of ``elements`` are, and for the same reason.
    """

    def __init__(
        self, text: str, section: Section, calendar: Calendar, start: int, end: int, breaks: list[int]
    ) -> None:
        self.section = section
        self.calendar = calendar
        self.start = start
        self.end = end
        self.breaks = breaks
        self.aims = _TARGET.search(text[start:end]) is not None
        self.estimates = _ESTIMATE.search(text, start, end) is not None
        self.aimed_from = _aimed_from(text, start, end)


def _promised(text: str, reading: Reading, context: SentenceContext) -> bool:
    """「力争新兴产业规模达100亿元,主导产业规模达1100亿元」: a promise that opens a clause goes on to the next ;."""
    since = text.rfind(";", context.start, reading.mention.start) + 1
    promise = _PROMISE.search(text, max(context.start, since), reading.mention.start)
    if promise is None or not _opens_clause(text, context, promise.start()):
        return False
    return _DONE.search(text, promise.end(), reading.mention.start) is None


def _rules_list(text: str, context: SentenceContext, estimate: re.Match[str]) -> bool:
    """Whether an estimate is that of a whole list: it opens a clause, or a colon follows."""
    return (
        _opens_clause(text, context, estimate.start()) or _LIST_COLON.match(text, estimate.end()) is not None
    )


def _opens_clause(text: str, context: SentenceContext, at: int) -> bool:
    start = max(begin for begin in context.breaks if begin <= at)
    return _OPENS_LIST.match(text, start, at) is not None


def _aimed_from(text: str, start: int, end: int) -> int:
    """Where a list of targets begins that the sentence announces, its end where it announces none."""
    if text.find("目标", start, end) < 0 or (match := _AIMED_LIST.search(text, start, end)) is None:
        return end
    clause = max(text.rfind(mark, start, match.start()) for mark in ",;") + 1
    return end if _MET.search(text, max(clause, start), match.start()) else match.end()


class Resolver:
    """Turns the readings of one document into observations; ids depend on the bytes alone."""

    def __init__(self, document: Document, lexicon: Lexicon) -> None:
        self.document = document
        self.lexicon = lexicon
        self.text = document.normal.text
        self.parts = lexicon.regions.parts_of(document.meta.region_code)
        # of what the ids of all spans begin with
        self.hashed = hashlib.sha256(f"{document.source.report_id}:".encode())

    def resolve(self, readings: list[Reading], context: SentenceContext) -> list[Observation]:
        """Observations of one sentence's readings, in order."""
        if not readings:
            return []
        periods = find_periods(self.text, context.start, context.end, context.calendar)
        start, end = self.document.normal.source_span(*trim(self.text, context.start, context.end))
        quote = start, end, self.document.source.text[start:end]
        return [self._observation(reading, context, periods, quote) for reading in readings]

    def _observation(
        self,
        reading: Reading,
        context: SentenceContext,
        periods: list[PeriodMention],
        quote: tuple[int, int, str],
    ) -> Observation:
        told = _when(self.text, reading, context, periods)
        first_day, last_day = bounds(told.period)
        start, end = self.document.normal.source_span(reading.mention.start, reading.mention.end)
        indicator, scope, code = reading.indicator, reading.scope, self._code(reading)
        if code is None and not scope:
            indicator, scope, code = self._place_before(reading)
        if code and reading.measure == "level" and not self.lexicon.can_be_in(code, reading.unit):
            # 203个地表水国考断面水质优良率达100%
            code = None
        scaled = self._scaled(reading)
        return make_observation(
            observation_id=self._stable_id(start, end),
            char_start=start,
            char_end=end,
            value=reading.value,
            unit=reading.unit,
            value_base=scaled[0] if scaled else None,
            unit_base=scaled[1] if scaled else None,
            indicator=indicator,
            indicator_code=code,
            measure=reading.measure,
            status=told.status,
            bound=reading.bound,
            range_id=self._range_id(reading),
            period=told.period,
            period_start=first_day,
            period_end=last_day,
            period_basis=told.basis,
            scope="" if scope == self.document.meta.region_name else scope,
            region_code=self.document.meta.region_code,
            quote=quote[2],
            quote_start=quote[0],
            quote_end=quote[1],
            section=context.section.heading,
            rule_ids=tuple(dict.fromkeys([*reading.rules, *told.rules])),
        )

    def _scaled(self, reading: Reading) -> tuple[Decimal, str] | None:
        """Value and base unit; a position is no count of people, whose counter 位 is too."""
        if reading.measure == "rank":
            return reading.value, "位"
        return self.lexicon.scaled(reading.value, reading.unit) if reading.unit else (reading.value, "")

    def _place_before(self, reading: Reading) -> tuple[str, str, str | None]:
        """Indicator, scope and code where a place stands before a catalogue indicator: 「武汉都市圈地区生产总值」."""
        noun = reading.noun
        for end in (match.end() for match in _PLACE_END.finditer(noun)):
            place, rest = noun[:end], noun[end:]
            known = any(region.name == place for region in self.lexicon.regions.candidates(place))
            named = known or (len(place) >= 2 and rest.startswith("地区生产总值") and not _PER.search(place))
            named = named or (len(place) >= 3 and not _NO_PLACE.search(place))
            if named and rest and (code := self.lexicon.code_of(rest)):
                return rest, place, code
        if places := self._own_parts(noun):
            rest = noun[len(places) :]
            if (code := self.lexicon.code_of(rest)) or _MEASURED.search(rest):
                # 广州地铁线网单日最高客运量
                return rest, places, code
        return reading.indicator, reading.scope, None

    def _own_parts(self, noun: str) -> str:
        """「内江、眉山经济总量」 → 内江、眉山: parts of the report's region at the front, by their short names."""
        at = 0
        while size := next((size for size in (4, 3, 2) if noun[at : at + size] in self.parts), 0):
            at += size
            if noun[at : at + 1] not in ("、", "和", "及"):
                return noun[:at]
            at += 1
        return ""

    def _range_id(self, reading: Reading) -> str | None:
        if reading.range_with is None:
            return None
        low = min(reading.mention.start, reading.range_with.start)
        return self._stable_id(self.document.normal.offsets[low], -1)

    def _stable_id(self, start: int, end: int) -> str:
        """Id of a span of the report, the same on every machine."""
        hashed = self.hashed.copy()
        hashed.update(f"{start}:{end}".encode())
        return hashed.hexdigest()[:20]

    def _code(self, reading: Reading) -> str | None:
        """Code of the whole phrase, else of the noun where the verb only says that it came about."""
        if code := self.lexicon.code_of(reading.indicator):
            return code
        if reading.scope.endswith("机场"):
            # 西安咸阳国际机场旅客超4850万人次: whose passengers they are belongs to the indicator
            return self.lexicon.code_of(f"机场{reading.noun.removesuffix('吞吐量')}吞吐量")
        if reading.verb in (
            "",
            "累计",
            "支出",
            "减免",
            "达成",
            "获得",
            "利用",
            "带动",
            "兑现",
            "建设",
            "投入",
            "生产",
        ):
            return self.lexicon.code_of(reading.noun)
        return None


class _Told:
    """When a number was or shall be so, and the rules that said it."""

    def __init__(self, status: Status, period: str, basis: PeriodBasis, rules: tuple[str, str]) -> None:
        self.status = status
        self.period = period
        self.basis = basis
        self.rules = rules


def _when(text: str, reading: Reading, context: SentenceContext, periods: list[PeriodMention]) -> _Told:
    """Status and period, each seen in the light of the other."""
    status, status_rule = _status(text, reading, context)
    period, basis, period_rule = _period(text, reading, context, periods)
    if reading.head.origin and basis == "implied":
        # 「由20元提高到40元」: the first is what was, before the period spoken of
        period, period_rule = str(bounds(context.section.period)[0].year - 1), "origin_before_period"
        if status != "actual":
            status, status_rule = "actual", "origin_is_actual"
    elif status != "actual" and bounds(period)[1] < bounds(context.section.period)[0]:
        # 「2022年新建绿道45公里,今年再新建30公里」 in a plan for 2023; 预计从2011年的1091亿元增加到2016年的1650亿元
        status_rule = "past_in_plan" if status == "target" else "past_is_actual"
        status = "actual"
    elif status == "actual" and bounds(period)[0].year > context.calendar.this_year:
        status, status_rule = "target", "future_in_review"
    elif status == "target" and basis == "implied" and context.section.role == "task_progress":
        # a target set within a progress report is for the whole year
        period, period_rule = period[:4], "target_of_year"
    return _Told(status, period, basis, (period_rule, status_rule))


def _period(
    text: str, reading: Reading, context: SentenceContext, periods: list[PeriodMention]
) -> tuple[str, PeriodBasis, str]:
    """Nearest period before the number in its clause, else one that opens a clause before it, else the
    section's own."""
    breaks = context.breaks
    own_start = breaks[reading.clause]
    if reading.head.annual and (between := _years_between(text, reading, periods)):
        return between, "written", "years_between"
    best: PeriodMention | None = None
    for mention in periods:
        if mention.end > reading.mention.start:
            break
        in_clause = mention.start >= own_start
        opens = any(mention.start - 4 <= at <= mention.start for at in breaks) or text.startswith(
            ":", mention.start - 1
        )
        near = mention.end + 4 >= reading.mention.start
        if text[mention.start - 1 : mention.start] in ("由", "从", "自") and not reading.head.origin:
            # 由1954年的33%上升到34%: the year belongs to the first alone
            continue
        if (
            reading.head.annual
            and not in_clause
            and "/" in context.section.period
            and "/" not in mention.code
        ):
            # 2025年运行航线99条,快递业务量年均增长21%: a yearly rate is that of the years
            continue
        if opens or (in_clause and (mention.written or near)):
            best = mention
    if best is not None:
        basis: PeriodBasis = "written" if best.written else "implied"
        return _of_span(reading, best.code), basis, "period_mention"
    return _of_span(reading, context.section.period), "implied", "period_of_section"


def _years_between(text: str, reading: Reading, periods: list[PeriodMention]) -> str:
    """「由2000年的2003亿元增加到2005年的4070亿元,年均增长11.6%」: the years after the first, to the last; or ''."""
    years = [
        mention
        for mention in periods
        if mention.written and len(mention.code) == 4 and mention.end <= reading.mention.start
    ]
    if len(years) < 2:
        return ""
    first, last = years[-2], years[-1]
    rises = text[first.start - 1 : first.start] in ("由", "从") and first.code < last.code
    since = max(text.rfind(mark, 0, reading.mention.start) for mark in ";。\n")
    return f"{int(first.code) + 1}/{last.code}" if rises and since < first.start else ""


def _of_span(reading: Reading, whole: str) -> str:
    """A period as it is; of a span of years (2021/2025) a stock is stated at its end."""
    last = whole.partition("/")[2]
    if len(last) != len("2025"):
        return whole
    head = reading.head
    if reading.measure == "rank":
        return last
    if head.in_turn:
        return whole
    if reading.stock and reading.verb and reading.measure == "level":
        return last
    if reading.measure != "level" or head.annual or head.cumulative or head.kept:
        return whole
    if _STANDING.match(reading.verb):
        return last
    if reading.verb or _FLOW.search(reading.indicator):
        return whole
    if reading.stock or _STOCK.search(reading.noun):
        return last
    return whole


def _status(text: str, reading: Reading, context: SentenceContext) -> tuple[Status, str]:
    """Target in plans and targets, else what the words before the number say."""
    if context.section.role in ("plan", "task_target"):
        done = _DONE.search(text, context.start, reading.mention.start)
        return ("actual", "done_in_plan") if done else ("target", "plan_section")
    begin = context.breaks[reading.clause]
    if context.section.role == "task_progress":
        # 「计划新增…1万个、…500个,提升改造100个」: a plan told in a progress column runs on
        begin = max(context.start, text.rfind(";", context.start, reading.mention.start) + 1)
    if reading.mention.start >= context.aimed_from:
        return "target", "target_list"
    # 高出预期目标1.9个百分点 tells what was reached
    aims = context.aims and reading.head.gap is None
    if reading.head.target or (aims and _TARGET.search(text[begin : reading.mention.start])):
        return "target", "target_word"
    if aims and _promised(text, reading, context):
        return "target", "target_word"
    if context.estimates and (estimate := _ESTIMATE.search(text, context.start, reading.mention.start)):
        since = text.rfind(";", estimate.end(), reading.mention.start) + 1
        if not since or _ESTIMATE.search(text, since, reading.mention.start):
            return "estimate", "estimate_word"
        if _rules_list(text, context, estimate) and not _TURNED.search(
            text, estimate.end(), reading.mention.start
        ):
            return "estimate", "estimated_list"
    return "actual", "review_section"
