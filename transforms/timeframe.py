"""Which years a report speaks of: the one it reviews, the one it plans, and the five-year plans around them.

A five-year plan is written by its number: “十四五”, the fourteenth, is 2021 to 2025.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_DIGITS: Final = {"〇": "0", "零": "0", **{char: str(at + 1) for at, char in enumerate("一二三四五六七八九")}}
_ORDINALS: Final = {char: at + 1 for at, char in enumerate("一二三四五六七八九十")}
PLAN_NAME = r"十?[一二三四五六七八九十]五(?!年|[十百千万亿])"
_PLAN: Final = re.compile(rf"[“\"]({PLAN_NAME})[”\"]|第(十?[一二三四五六七八九十])个五年")
YEAR: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)年|(?<![〇零一二三四五六七八九十])([一二][〇零一二三四五六七八九]{3})年"
)
_OPENING: Final = 300
_TITLE_PART: Final = re.compile(r"((?:19|20)\d\d)年?(?:度)?(上半年|下半年|第?([一二三四1-4])季度|前三季度)?")
_HALF_OF_REPORT: Final = re.compile(r"(?:报告》?)?(上半年|下半年|第([一二三四1-4])季度|前三季度)")
# 「2023年区政府工作报告目标任务半年完成情况」 tells how that year goes, not of the year before
_HALF: Final = re.compile("(?<![上下])半年(?:完成|执行|进展|落实|工作|推进)")
_HOW_IT_WENT: Final = re.compile("(?:完成|执行|进展|落实|推进|实施)(?:的?情况|进度)|进展$")
_OUTLINE: Final = re.compile("五年(?:发展)?(?:规划|计划)(?!.*(?:情况|评估|总结|报告))")
# 「2025年9月份民生实事进展情况」
_MONTH: Final = re.compile(r"年(1[0-2]|0?[1-9])月份")
_NAMED_YEAR: Final = re.compile(r"(?<!\d)(?:19[5-9]|20[0-4])\d(?![\da-f])")
_MONTHS: Final = re.compile(r"(?<!\d)1(?:月?[-—~至]+)(1[0-2]|[2-9])月")


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """Period codes of a report; the five years end with the reviewed one, or follow it."""

    review: str
    plan: str | None
    review_five: str
    plan_five: str

    @property
    def review_year(self) -> int:
        """Year of the reviewed period."""
        return int(self.review[:4])

    @property
    def next_period(self) -> str:
        """What a plan in this report is for: the stated plan, else the rest of the year or the next one."""
        if self.plan:
            return self.plan
        if "/" in self.review:
            return str(self.review_year)
        return f"{self.review_year}H2" if self.review.endswith("H1") else str(self.review_year + 1)


# Stands in for the years of a report that names none; nothing is dated by it.
UNDATED: Final = TimeFrame("0001", None, "0001/0001", "0001/0001")


def read_year(text: str) -> int | None:
    """First year written in the text, in digits (2022年) or Chinese numerals (一九八三年)."""
    for match in YEAR.finditer(text):
        return year_of(match)
    return None


def year_of(match: re.Match[str]) -> int:
    """Year of a match of ``YEAR``."""
    return int(match[1] or "".join(_DIGITS[char] for char in match[2]))


def read_plan(text: str) -> str | None:
    """Period of the first five-year plan named in the text: “十四五” → 2021/2025."""
    match = _PLAN.search(text)
    if not match:
        return None
    name = (match[1] or match[2]).removesuffix("五") if match[1] else match[2]
    return five_years(name)


def five_years(ordinal: str) -> str:
    """Years of the n-th five-year plan, n in Chinese numerals (一 to 十九)."""
    number = sum(_ORDINALS[char] for char in ordinal)
    # The first two ran from 1953; three years of adjustment followed before the third (1966)
    first = 1953 + 5 * (number - 1) if number <= 2 else 1966 + 5 * (number - 3)
    return f"{first}/{first + 4}"


def infer(
    title: str,
    parts: list[tuple[str, str]],
    body: str,
    delivered: date | None,
    published: date | None,
    source_name: str = "",
) -> TimeFrame | None:
    """Years of a report from its title, dates and parts, in that order of trust; falls back on its text, at last on
    the name of its file. None where no year is written anywhere.

    ``parts`` are the headings of its parts, each with the text right below it.
    """
    review, plan = _years_of_title(title)
    if delivered and delivered.month <= 6 and review is None:
        plan = plan or str(delivered.year)
        review = str(delivered.year - 1)
    heading_review, heading_plan = _years_of_parts(parts)
    review = review or heading_review
    plan = plan or heading_plan
    running = False
    if review is None and plan:
        review = str(int(plan) - 1)
    elif review is None:
        known = _year_of_text(title, body, published) or _year_of_name(source_name, title, body)
        if known is None:
            return None
        review, running = known
    if plan is None and len(review) == 4 and not running and _looks_ahead(title, parts, body):
        plan = str(int(review) + 1)
    year = int(review[:4])
    return TimeFrame(review, plan, f"{year - 4}/{year}", f"{year + 1}/{year + 5}")


def _years_of_title(title: str) -> tuple[str | None, str | None]:
    """What a title says of the reviewed and the planned time, None where it is silent."""
    if five := read_plan(title) if _OUTLINE.search(title) else None:
        # a five-year plan looks back on the year before its first
        return str(int(five[:4]) - 1), five
    part = _TITLE_PART.search(title)
    if part is None:
        return None, None
    year = part[1]
    if month := _MONTH.search(title, part.end() - 1):
        return f"{year}-{int(month[1]):02}", None
    if months := _MONTHS.search(title):
        return _first_months(year, int(months[1])), None
    if "工作报告》" not in title and (part[2] or "政府工作报告" not in title):
        return _code(int(year), part[2], part[3]), _planned_in_title(title[part.end() :], int(year))
    if half := _HALF_OF_REPORT.search(title, part.end()):
        return _code(int(year), half[1], half[2]), year
    if _HALF.search(title, part.end()):
        return f"{year}H1", year
    if _HOW_IT_WENT.search(title, part.end()):
        return year, None
    return None, year


def _planned_in_title(rest: str, year: int) -> str | None:
    """「2022年工作总结及2023年工作计划」, 「…和下半年工作思路」: what the title's second half plans."""
    if not re.search("计划|打算|思路|安排|预算|草案|要点|展望", rest):
        return None
    second = YEAR.search(rest)
    if second and year_of(second) > year:
        return str(year_of(second))
    return f"{year}H2" if "下半年" in rest else None


def _looks_ahead(title: str, parts: list[tuple[str, str]], body: str) -> bool:
    """A work report that names no year of its plan: 今年 is the year after the reviewed one."""
    if any(is_plan_heading(heading) and "今年" in heading for heading, _ in parts):
        return True
    return (
        "政府工作报告" in title or body.startswith(("各位代表", "一、")) or "各位代表" in body
    ) and "今年" in body


def _code(year: int, half: str | None, quarter: str | None) -> str:
    if half is None:
        return str(year)
    if half.endswith("半年"):
        return f"{year}{'H1' if half.startswith('上') else 'H2'}"
    if quarter is None:
        return f"{year}Q1/{year}Q3"
    return f"{year}Q{_ORDINALS.get(quarter) or quarter}"


_REVIEW_WORD: Final = re.compile(
    "回顾|成就|成绩|成效|决算|总结|完成情况|执行情况|主要工作和"
    # 二、重点工作和民生实事方面: a side of how things went
    "|^(?!.*(?:下一步|今后|下半年|明年|打算)).*"
    "(?:工作|任务|项目|实事|指标|目标|建设)(?:方面|进展|(?:推进|进展|落实|实施)情况)$"
)
_PLAN_WORD: Final = re.compile(
    "重点工作|主要任务|工作任务|工作安排|目标任务|主要目标|预期目标|主要工作$|重点任务|重大举措|主要考虑|总体要求|总体部署|基本方针|"
    "打算|展望|下一步|今后|预算|努力|规划|今年|工作思路|发展目标|工作要求|民生实事|实事项目|工作重点"
)


def is_review_heading(heading: str) -> bool:
    """Whether a heading announces what was done."""
    return _REVIEW_WORD.search(heading) is not None


def is_plan_heading(heading: str) -> bool:
    """Whether a heading announces what is to be done."""
    return _PLAN_WORD.search(heading) is not None


def split_heading(heading: str) -> list[str]:
    """A heading of several subjects cut before each further year or plan: 「2025年回顾|2026年任务」."""
    cuts = [0]
    for match in re.finditer(rf"(?:和|与|及|、|暨)(?=“?{PLAN_NAME}”|\d{{4}}年|今年|下一步)", heading):
        if _REVIEW_WORD.search(heading, cuts[-1], match.start()) or _PLAN_WORD.search(
            heading, cuts[-1], match.start()
        ):
            cuts.append(match.end())
    return [heading[start:end] for start, end in zip(cuts, [*cuts[1:], len(heading)], strict=True)]


def _years_of_parts(parts: list[tuple[str, str]]) -> tuple[str | None, str | None]:
    review, plan = None, None
    for heading, below in parts:
        for piece in split_heading(heading):
            years = [year_of(match) for match in YEAR.finditer(piece)]
            opening = YEAR.match(below)
            if not years and opening and re.search("去年|今年|一年|工作", piece):
                years = [year_of(opening)]  # 「一、去年工作回顾⏎2005年,…」
            if not years:
                continue
            if review is None and is_review_heading(piece):
                review = str(years[-1])
            elif plan is None and is_plan_heading(piece):
                plan = str(years[-1])
    return review, plan


def _year_of_name(source_name: str, title: str, body: str) -> tuple[str, bool] | None:
    """「柳林县2024.txt」 with a text that names no year; a work report is called by the year it was given in."""
    match = _NAMED_YEAR.search(source_name)
    if match is None:
        return None
    if "政府工作报告" in title or "各位代表" in body:
        return str(int(match[0]) - 1), False
    return (f"{match[0]}H1", True) if "上半年" in body[:_OPENING] else (match[0], False)


def _first_months(year: str, last: int) -> str:
    """1-9月 of a year; its first three, six and twelve have names."""
    named = {3: f"{year}Q1", 6: f"{year}H1", 12: year}
    return named.get(last, f"{year}-01/{year}-{last:02}")


def _year_of_text(title: str, body: str, published: date | None) -> tuple[str, bool] | None:
    """Without title or headings: the year just ended where the text says 一年来, else the most named.

    A report given late in a year names that year nearly as often as the one before: then it is the reviewed
    one, and the second value says that it is still running.
    """
    part = _TITLE_PART.search(body[:_OPENING])
    if part and part[2]:
        return _code(int(part[1]), part[2], part[3]), True
    if published and published.month > 6 and "上半年" in body[:_OPENING]:
        return f"{published.year}H1", True
    counts: dict[int, int] = {}
    for match in YEAR.finditer(body):
        year = year_of(match)
        if published is None or year <= published.year:
            counts[year] = counts.get(year, 0) + 1
    if published and published.month <= 6:
        # a work report is given early in the year it plans for; one put up long after speaks of other years
        fresh = "政府工作报告" in title and (not counts or max(counts) >= published.year - 1)
        if fresh or re.search("一年来|过去一年|全年|去年", body):
            return str(published.year - 1), False
    if not counts:
        return (str(published.year), False) if published else None
    most = max(counts, key=lambda year: (counts[year], year))
    if 4 * counts.get(most + 1, 0) >= 3 * counts[most] and "去年" not in body:
        return str(most + 1), True
    return str(most), False
