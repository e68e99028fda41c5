"""A report cut into sections: the heading a number stands under, whether it was done or is planned, and when.

A part heading (一、2025年工作回顾) sets role and period; a paragraph that begins with a period of its own
(过去五年, “十五五”时期, 今年) changes them: for good where the heading announces both, else for itself alone.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Final

from transforms import timeframe
from transforms.layout import Line, heading_level, heading_text
from transforms.tasktable import Table
from transforms.timeframe import TimeFrame
from transforms.types import Section, SectionRole

_ADDRESS: Final = re.compile(r"^(?:各位代表[!,:。、]*|同时,|回顾|——+|\([一二三四五六七八九十]+\))*")
_FIVE_BACK: Final = re.compile(
    r"^(?:经过|在)?(?:过去的?|这)(?:五|5)年|^(?:五|5)年来|^这是[^。]{2,30}的五年|^经过五年|^以上五年"
)
_YEAR_BACK: Final = re.compile(r"^(?:刚刚)?过去的?(?:这)?一年|^一年来|^这一年|^去年|^上年|^刚刚过去的|^全年")
_THIS_YEAR: Final = re.compile(
    r"^(?:建议|综合[^。]{0,12},|做好|面对)?今年(?!以来|上半年|第?[一二三]季度|\d)|^新的一年|^明年"
)
_NEXT: Final = re.compile(r"^下半年|^下一步|^下一阶段|^今后一段")
_FIVE_AHEAD: Final = re.compile(
    r"^(?:今后|未来)(?:五|5)年|^根据[^。]{0,20}第[一二三四五六七八九十]+个五年规划|^《纲要"
)
_NAMED_PLAN: Final = re.compile(rf"^(?:实现|推动)?[“\"]{timeframe.PLAN_NAME}[”\"]")
_TURN: Final = re.compile(
    r"[。!?](?=(?:过去(?:的)?五年|五年来|这五年|过去一年|一年来|刚刚过去的)[^。]{0,2},)"
)


_PROGRESS: Final = re.compile(
    r"(?:^|(?<=[。;)\s]))(?:工作|目前|当前)?(?:进展|完成|落实|推进|办理)(?:情况|进度)?:|(?:^|(?<=。))(?:目前)?进展:"
)
_GOAL: Final = re.compile(
    r"(?:\d{1,2}[.、．]|[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|(?:目标任务|工作目标|年度目标|工作任务|目标)[:：])"
)
# 「主要预期目标:」 by itself in a line: what follows is aimed at
_AIM_LINE: Final = re.compile(
    r"(?:今年|明年|\d{4}年)?[^,。;:\d]{0,16}(?:预期目标|主要目标|发展目标|工作目标|奋斗目标)[^,。;:\d]{0,8}:$"
)
_YEAR_LINE: Final = re.compile(r"\d{4}年[\u4e00-\u9fff]{0,6}$")
_NUMBERING: Final = re.compile(r"^[一二三四五六七八九十]+、")
# A part headed by a bidding (三、加快建立市场经济体制) says what is to be done, unless it says how it went
_BIDS: Final = re.compile(
    r"(?:更加|积极|认真|努力|大力|加快|继续|进一步|切实|坚持|深化|改革|推进|推动|加强|保持|发展|扩大|全面|着力|全力)"
    r"(?!.*(?:提升|提高|增强|显著|持续|取得|明显|成效|向好)(?:了.*)?$)"
)


@dataclass(frozen=True, slots=True)
class _Mood:
    role: SectionRole
    period: str


def build_sections(
    text: str, lines: list[Line], body: int, hung: set[int], table: Table | None, frame: TimeFrame
) -> tuple[Section, ...]:
    """Sections that cover the whole text in order; ``body`` is the first line told, ``hung`` the page's."""
    told = [at for at in range(body, len(lines)) if at not in hung]
    # goals and how they went, told in turn: one label would be but a word
    labelled = table is None and sum(_PROGRESS.search(lines[at].text) is not None for at in told) > 1
    builder = _Builder(frame, labelled)
    following = {at: lines[after] for at, after in itertools.pairwise(told)}
    for at in range(body, len(lines)):
        line = lines[at]
        if at in hung:
            builder.place(line.start, "", "furniture", "")
        elif table is not None and at in table.cells:
            builder.place_cell(line, table.cells[at])
        else:
            builder.place_line(line, following.get(at))
    return builder.close(len(text))


class _Builder:
    def __init__(self, frame: TimeFrame, labelled: bool = False) -> None:
        self.frame = frame
        self.labelled = labelled
        self.part = ""
        self.chapter = ""
        self.category = ""
        self.mood = _Mood("review", frame.review)
        self.announced: frozenset[SectionRole] = frozenset({"review", "plan"})
        self.marks: list[tuple[int, str, SectionRole, str]] = [(0, "", "front", "")]

    def place(self, start: int, heading: str, role: SectionRole, period: str) -> None:
        """Begin a section unless the last one is the same."""
        if self.marks[-1][1:] == (heading, role, period):
            return
        if start <= self.marks[-1][0] and len(self.marks) > 1:
            self.marks.pop()
        self.marks.append((start, heading, role, period))

    def place_cell(self, line: Line, kind: str) -> None:
        if kind == "header":
            self.place(line.start, "", "front", "")
            return
        if kind == "category":
            self.category = line.text
        self._place_task(line.start, self.category, kind == "progress")

    def _place_task(self, start: int, heading: str, progress: bool) -> None:
        if progress:
            self.place(start, heading, "task_progress", self.frame.review)
        else:
            self.place(start, heading, "task_target", self.frame.plan or str(self.frame.review_year))

    def place_line(self, line: Line, following: Line | None) -> None:
        adjacent = following is not None and following.start <= line.end + 1
        level = heading_level(line.text, following.text if following else None, adjacent=adjacent)
        if level == 1:
            self.part, self.chapter = heading_text(line.text), ""
            self._enter_part(following.text if following else "")
        elif level:
            self.chapter = heading_text(line.text)
        signal = self._signal(line.text)
        mood = self._mood_of(signal)
        if not level and (signal or line.text.startswith("各位代表")):
            self.chapter = ""  # what names its own time, or speaks to the house, has left the chapter
        start = line.start
        heading = self.chapter or self.part
        if self.labelled and self._place_labelled(line, heading):
            return
        for ended in _TURN.finditer(line.text) if mood.role == "review" else ():
            self.place(start, heading, mood.role, mood.period)
            start = line.start + ended.end()
            mood = self._signal(line.text[ended.end() :]) or mood
            self.mood = mood
        self.place(start, heading, mood.role, mood.period)

    def _place_labelled(self, line: Line, heading: str) -> bool:
        """「2.新增托位540个。进展情况:新增560个」: the goal before the label, behind it and below how it went, until
        the next goal; whether the line is either."""
        label = _PROGRESS.search(line.text)
        if label is None:
            if _GOAL.match(line.text):
                self._place_task(line.start, heading, False)
                return True
            return self.marks[-1][2] == "task_progress"
        if label.start():
            self._place_task(line.start, heading, False)
        self._place_task(line.start + label.start(), heading, True)
        return True

    def _enter_part(self, following: str) -> None:
        moods = [mood for piece in timeframe.split_heading(self.part) if (mood := self._read_heading(piece))]
        if moods:
            self.mood = moods[0]
            self.announced = frozenset(mood.role for mood in moods)
            return
        both: frozenset[SectionRole] = frozenset({"review", "plan"})
        self.announced = both
        signal = self._signal(following)
        if signal is None and self.frame.plan and _BIDS.match(_NUMBERING.sub("", self.part)):
            signal = _Mood("plan", self.frame.next_period)
        self.mood = signal or self.mood

    def _read_heading(self, piece: str) -> _Mood | None:
        frame = self.frame
        year = timeframe.read_year(piece)
        five = timeframe.read_plan(piece)
        if year is not None:
            if year <= frame.review_year and not (frame.plan or "").startswith(str(year)):
                return _Mood("review", frame.review if year == frame.review_year else str(year))
            return _Mood("plan", frame.plan if frame.plan and frame.plan.startswith(str(year)) else str(year))
        if five is not None:
            return self._five(five)
        if timeframe.is_review_heading(piece):
            return _Mood("review", frame.review_five if re.search("五年", piece) else frame.review)
        if re.search("(?:今后|未来)(?:五|5)年", piece):
            return _Mood("plan", frame.plan_five)
        if piece.find("去年") >= 0:
            return _Mood("review", frame.review)
        if timeframe.is_plan_heading(piece):
            return _Mood("plan", frame.next_period)
        return None

    def _five(self, five: str) -> _Mood:
        return _Mood("review" if int(five[5:]) <= self.frame.review_year else "plan", five)

    def _mood_of(self, mood: _Mood | None) -> _Mood:
        """Role and period of a paragraph that signals this one or none; remembered for the next ones if the part
        announced this role."""
        if mood is None:
            return self.mood
        if mood.role in self.announced:
            self.mood = mood
        return mood

    def _signal(self, text: str) -> _Mood | None:
        address = _ADDRESS.match(text)
        at = address.end() if address else 0
        opening = text[at : at + 60]
        frame = self.frame
        if _FIVE_BACK.match(opening):
            return _Mood("review", frame.review_five)
        if _YEAR_BACK.match(opening):
            return _Mood("review", frame.review)
        if _FIVE_AHEAD.match(opening):
            return _Mood("plan", timeframe.read_plan(opening) or frame.plan_five)
        if _NAMED_PLAN.match(opening):
            five = timeframe.read_plan(opening)
            return self._five(five) if five else None
        if _NEXT.match(opening):
            return _Mood("plan", frame.next_period)
        if frame.plan and _THIS_YEAR.match(opening):
            return _Mood("plan", frame.plan)
        if _AIM_LINE.match(opening) and not timeframe.is_review_heading(opening):
            return _Mood("plan", str(timeframe.read_year(opening) or frame.next_period))
        return self._year_signal(opening)

    def _year_signal(self, opening: str) -> _Mood | None:
        """「2025年是…」, 「2025年,…」; 「2025年四大产业占比…」 speaks of itself alone."""
        year = timeframe.YEAR.match(opening)
        if not year:
            return None
        if opening[year.end() : year.end() + 1] not in ("是", ",", "、", "各") and not _YEAR_LINE.match(
            opening
        ):
            return None
        if timeframe.year_of(year) == self.frame.review_year:
            return _Mood("review", self.frame.review)
        if self.frame.plan == str(timeframe.year_of(year)):
            return _Mood("plan", self.frame.plan)
        return None

    def close(self, length: int) -> tuple[Section, ...]:
        ends = [mark[0] for mark in self.marks[1:]] + [length]
        return tuple(
            Section(heading, role, start, end, period)
            for (start, heading, role, period), end in zip(self.marks, ends, strict=True)
            if start < end
        )
