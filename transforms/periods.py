"""Periods as codes (2022, 2022H1, 2022Q1, 2020-05, 2022-07-22, A/B) and the words that name them.

A mention is found in normal text and resolved against the report's years; what the text does not say (the
year of 「上半年」) is filled from the section and the caller marks the period implied.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final

_CODE: Final = re.compile(r"(\d{4})(?:(H[12])|(Q[1-4])|-(\d\d)(?:-(\d\d))?)?$")
_PLANS: Final = {
    "九五": 1996,
    "十五": 2001,
    "十一五": 2006,
    "十二五": 2011,
    "十三五": 2016,
    "十四五": 2021,
    "十五五": 2026,
}
_NUMBERS: Final = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
}

# One alternation, most specific first; a comparison base (比上年, 较“十三五”末, 与2020年相比) is not the period.
# The look-ahead names every first character, so that the engine can skip to it.
MENTION: Final = re.compile(
    r"(?=[截到至0-9上下第一二三四五六七八九十两三前“过这今未近去本明全年])(?P<asof>截至|截止|到|至)?(?:"
    # what begins with a digit; only few numbers are followed by what a year or a month goes on with
    r"(?=\d{1,4}[-—~至年月])(?:(?P<year>(?:19|20)\d\d)(?:(?:[-—~]|年?至)(?P<year2>(?:19|20)\d\d))?年"
    r"(?:(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四1-4])季度|(?P<q3>前三季度)"
    r"|(?P<month>1[0-2]|0?[1-9])月(?:份)?(?:(?P<day>3[01]|[12]\d|0?[1-9])日)?|(?P<onward>以来))?"
    r"|(?P<m1>1[0-2]|0?[1-9])[-—~至](?P<m2>1[0-2]|0?[1-9])月"
    r"|(?<!\d)(?P<bmonth>1[0-2]|0?[1-9])月(?:份)?(?:(?P<bday>3[01]|[12]\d|0?[1-9])日|(?P<since>以来)|底|末)?)"
    r"|前(?P<months>1[01]|[2-9]|十一|十|[两二三四五六七八九])个月"
    r"|(?P<bhalf>上半年|下半年)|第?(?P<bquarter>[一二三四])季度|(?P<bq3>前三季度)"
    r"|“?(?P<plan>十一五|十二五|十三五|十四五|十五五|九五|十五)”?(?P<planend>末|时期|期间|以来|规划|)"
    r"|(?P<span>五年来|过去五年|这五年|五年间|五年累计|五年共|五年(?=平均|年均|增长)|这五年来)"
    r"|(?:今后|未来)(?P<ahead>[两二三四五六七八九十2-9])年|(?P<within>五|三)年内"
    r"|近?(?P<years>[两二三四六七八九十])年(?:[来间]|(?=平均))|近(?P<years2>[两二三四五2-5])年"
    r"|(?P<rel>去年|上年(?!结转|结余|度?结余)|前年|今年|本年|明年|全年|年内))"
)
# 「2005年与2000年相比,增长57.3%」 and, no other year named, 「比2020年增长30%」 speak of the years between.
_SINCE: Final = re.compile(
    r"(?=[12比较与和同])(?:(?P<last>(?:19|20)\d\d)年)?(?:比|较|与|和|同)(?P<base>(?:19|20)\d\d)年(?:末|底)?(?:相比)?"
)
# 是2011年的1.74倍: what it is measured by
_MULTIPLE: Final = re.compile(r"的(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)多?倍")
# Each alternative of the two patterns holds one of these; most sentences hold none.
_NAMES_TIME: Final = re.compile("[年月季五]")
# “十四五”批复的6个基地: says which ones are meant, not when
_ATTRIBUTE: Final = re.compile("[\u4e00-\u9fff]{1,4}的")
_YEAR: Final = re.compile(r"((?:19|20)\d\d)年")
_COMPARES: Final = re.compile(r"(?:比|较|与|和|同|按|以|完成|超过|高于|低于|相比于|等于|相当于|对)“?$")


class Calendar:
    """The years a section speaks in: its default period, and the year that 今年 names.

    Fields are set as those of ``elements`` are, and for the same reason.
    """

    def __init__(self, period: str, this_year: int) -> None:
        self.period = period
        self.this_year = this_year

    @property
    def year(self) -> int:
        """The last year of the default period: what 「上半年」 belongs to."""
        return int(self.period.rpartition("/")[2][:4])


class PeriodMention:
    """A period named at ``[start, end)``; ``written``: with its year."""

    def __init__(self, start: int, end: int, code: str, written: bool) -> None:
        self.start = start
        self.end = end
        self.code = code
        self.written = written


@lru_cache(maxsize=4096)
def bounds(code: str) -> tuple[date, date]:
    """First and last day of a period code; raises ValueError for anything else."""
    first, _, last = code.partition("/")
    start = _bounds_of_one(first)
    return (start[0], _bounds_of_one(last)[1]) if last else start


def _bounds_of_one(code: str) -> tuple[date, date]:
    match = _CODE.match(code)
    if not match:
        raise ValueError(f"not a period code: {code!r}")
    year = int(match[1])
    if match[2]:
        return (
            (date(year, 1, 1), date(year, 6, 30))
            if match[2] == "H1"
            else (date(year, 7, 1), date(year, 12, 31))
        )
    if match[3]:
        month = int(match[3][1]) * 3
        return date(year, month - 2, 1), date(year, month, monthrange(year, month)[1])
    if match[5]:
        day = date(year, int(match[4]), int(match[5]))
        return day, day
    if match[4]:
        month = int(match[4])
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, 1, 1), date(year, 12, 31)


def find_periods(text: str, start: int, end: int, calendar: Calendar) -> list[PeriodMention]:
    """Period mentions in ``text[start:end]``, in order, without those that only serve a comparison."""
    if _NAMES_TIME.search(text, start, end) is None:
        return []
    found = []
    for match in _SINCE.finditer(text, start, end):
        if not match["last"] and _YEAR.search(text, start, match.start()):
            # 1953年平均工资比1950年增加84%: the year that is compared is named, and stays its period
            continue
        first, last = int(match["base"]) + 1, int(match["last"] or calendar.year)
        if first < last:
            found.append(PeriodMention(match.start(), match.end(), f"{first}/{last}", True))
    for match in MENTION.finditer(text, start, end):
        if _COMPARES.search(text, max(start, match.start() - 4), match.start()) or (
            text.startswith("的", match.end()) and _MULTIPLE.match(text, match.end())
        ):
            continue
        year = _year_before(found, match)
        resolved = _resolve(match, text, Calendar(year.code, calendar.this_year) if year else calendar)
        within = any(since.start <= match.start() < since.end for since in found[:2] if "/" in since.code)
        if resolved is not None and not within:
            code, written = resolved
            start_of = year.start if year else match.start()
            found.append(PeriodMention(start_of, match.end(), code, written or bool(year and year.written)))
    return sorted(found, key=lambda mention: mention.start)


def _year_before(found: list[PeriodMention], match: re.Match[str]) -> PeriodMention | None:
    """今年第一季度, 2022年1—5月: a part of a year belongs to the year named right before it."""
    before = found[-1] if found and not match["year"] else None
    return before if before and before.end == match.start() and len(before.code) == 4 else None


def _resolve(match: re.Match[str], text: str, calendar: Calendar) -> tuple[str, bool] | None:
    """Code of a mention and whether its year was written."""
    group = match.groupdict()
    if group["year"]:
        if group["onward"] and int(group["year"]) < calendar.year:
            return f"{group['year']}/{calendar.year}", True
        return _written(group), True
    year = calendar.year
    if group["bmonth"]:
        return _month(group, calendar), False
    if months := group["months"]:
        return _months(year, 1, int(_NUMBERS.get(months, months))), False
    if group["m1"]:
        return _months(year, int(group["m1"]), int(group["m2"])), False
    if group["bhalf"]:
        return f"{year}{'H1' if group['bhalf'] == '上半年' else 'H2'}", False
    if group["bquarter"]:
        return f"{year}Q{_NUMBERS[group['bquarter']]}", False
    if group["bq3"]:
        return f"{year}Q1/{year}Q3", False
    if group["plan"]:
        return _plan(match, text)
    if group["span"]:
        return f"{year - 4}/{year}", False
    if ahead := group["ahead"] or group["within"]:
        return f"{calendar.this_year}/{calendar.this_year + int(_NUMBERS.get(ahead, ahead)) - 1}", False
    if years := group["years"] or group["years2"]:
        return f"{year - int(_NUMBERS.get(years, years)) + 1}/{year}", False
    shift = {"去年": -1, "上年": -1, "前年": -2, "明年": 1, "今年": 0, "本年": 0}.get(group["rel"])
    return str(year if shift is None else calendar.this_year + shift), False


def _months(year: int, first: int, last: int) -> str:
    if first == 1 and last in (3, 6):
        return f"{year}H1" if last == 6 else f"{year}Q1"
    return f"{year}-{first:02}/{year}-{last:02}"


def _written(group: dict[str, str | None]) -> str:
    year = group["year"] or ""
    if group["year2"]:
        return f"{year}/{group['year2']}"
    if group["half"]:
        return f"{year}{'H1' if group['half'] == '上半年' else 'H2'}"
    if quarter := group["quarter"]:
        return f"{year}Q{_NUMBERS.get(quarter, quarter)}"
    if group["q3"]:
        return f"{year}Q1/{year}Q3"
    if month := group["month"]:
        code = f"{year}-{int(month):02}"
        return _valid_day(code, group["day"])
    return year


def _month(group: dict[str, str | None], calendar: Calendar) -> str:
    code = f"{calendar.year}-{int(group['bmonth'] or 0):02}"
    if group["since"]:
        last = bounds(calendar.period)[1]
        return f"{code}/{last.year}-{last.month:02}"
    return _valid_day(code, group["bday"])


def _valid_day(month_code: str, day: str | None) -> str:
    """The day's code, or the month's where the calendar has no such day (2月31日)."""
    if not day:
        return month_code
    code = f"{month_code}-{int(day):02}"
    return code if int(day) <= bounds(month_code)[1].day else month_code


def _plan(match: re.Match[str], text: str) -> tuple[str, bool] | None:
    first = _PLANS[match["plan"]]
    # 「十五」 without quotes is the number fifteen
    if match["plan"] in ("十五", "九五") and text[match.start("plan") - 1 : match.start("plan")] != "“":
        return None
    if match["planend"] == "规划" or (not match["planend"] and _ATTRIBUTE.match(text, match.end())):
        return None
    return (str(first + 4) if match["planend"] == "末" else f"{first}/{first + 4}"), True
