"""Tables of figures as sentences: a row and a column name what a cell states.

A table that tells (tasks and their progress) is read cell after cell, as it comes in text files. Of figures without
words nothing could be read so; each cell becomes 「2022年地区生产总值1970.1亿元。」, said with the words of the
table alone but for the 增长 or 下降 of a column of growth and the 力争…达到 of one of targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

_FIGURE: Final = re.compile(r"[-−+－]?\d[\d,，]*(?:\.\d+)?(?:%|％)?")
_NOTHING: Final = re.compile(r"[-—–－/.…*\s]*")
_PERIOD: Final = re.compile(
    r"(?:19|20)\d\d\s*年?(?:\s*(?:上半年|下半年|全年|[一二三四]季度|第[一二三四]季度|前[一三]季度|1?\d\s*[-—–~]\s*1?\d\s*月|1?\d\s*月))?"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d\s*年?")
_GROWTH: Final = re.compile(r"增长|增速|增幅|同比|比上年|±|[+-]\s*[%％]")
_UNIT_NAME: Final = re.compile(r"(?:计量)?单位")
_BRACKETED: Final = re.compile(r"[(（]\s*([^()（）\d]{1,8}|%|％)\s*[)）]")
_AMOUNT: Final = re.compile(r"绝对[值量额数]|总量|数值|实际|完成(?:值|数|情况)?|本期|累计")
_PROMISED: Final = re.compile(r"目标|预期|计划|任务数")
_LABELS: Final = re.compile(r"序号|编号|No\.?|备注|排名|位次|数据来源")
_FEWEST_ROWS, _FEWEST_FIGURES = 2, 0.6
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of figures: what its heading says of period, unit and growth, and what else."""

    at: int
    period: str
    unit: str
    growth: bool
    name: str


def indicator_lines(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """A sentence for each figure, row by row; None if the cells do not make such a table."""
    table = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in table), default=0)
    if width < 2 or any(len(row) != width for row in table):
        return None
    heads = next((at for at, row in enumerate(table) if _is_body(row)), 0)
    body = [row for row in table[heads:] if _is_body(row)]
    if not 1 <= heads <= 3 or len(body) < _FEWEST_ROWS or len(body) < 0.8 * (len(table) - heads):
        return None
    heading = [_join(row[at] for row in table[:heads]) for at in range(width)]
    return _by_year(heading, body) or _by_indicator(heading, body)


def _is_body(row: Sequence[str]) -> bool:
    """A name, or a year, and figures behind it."""
    if not row[0] or sum(bool(_FIGURE.fullmatch(cell)) for cell in row[1:]) == 0:
        return False
    told = [cell for cell in row if len(cell) > _LONGEST_NAME]
    return not told and not (_PERIOD.fullmatch(row[1]) and len(row[1]) > 4)


def _join(cells: Iterable[str]) -> str:
    """Headings of a column one above the other; one that spans rows is said once."""
    return "".join(dict.fromkeys(cells))


def _by_indicator(heading: list[str], body: list[list[str]]) -> list[str] | None:
    """Rows are indicators, columns are years and growth."""
    labels = [at for at, text in enumerate(heading) if _LABELS.search(text)]
    unit_at = next((at for at, text in enumerate(heading) if _UNIT_NAME.fullmatch(text)), None)
    columns = _columns(heading, [*labels, *([] if unit_at is None else [unit_at])])
    name_at = next((at for at in range(len(heading)) if at not in labels and at != unit_at), 0)
    columns = [column for column in columns if column.at > name_at]
    if not any(column.period for column in columns) or not _are_figures(body, columns):
        return None
    lines = []
    for row in body:
        name, unit = _part(row[name_at])
        for column in columns:
            own = unit or (row[unit_at] if unit_at is not None else "")
            lines += _sentence(column.period, name, row[column.at], own or column.unit, column.growth)
    return lines


def _by_year(heading: list[str], body: list[list[str]]) -> list[str] | None:
    """Rows are years, columns are indicators."""
    if not all(_YEAR.fullmatch(row[0]) for row in body):
        return None
    columns: list[_Column] = []
    for at, text in enumerate(heading):
        if at and not _LABELS.search(text):
            column = _named(at, text)
            # 「增速(%)」 alone is that of the column before
            columns.append(column if column.name or not columns else replace(column, name=columns[-1].name))
    if not _are_figures(body, columns):
        return None
    return [
        line
        for row in body
        for column in columns
        for line in _sentence(_with_year(row[0]), column.name, row[column.at], column.unit, column.growth)
    ]


def _columns(heading: list[str], without: list[int]) -> list[_Column]:
    """Columns of figures; a growth without a period of its own is that of the column before."""
    columns: list[_Column] = []
    period = ""
    for at, text in enumerate(heading):
        if at in without:
            continue
        found = _PERIOD.search(text)
        promised = ",力争" if _PROMISED.search(text) else ""
        growth = bool(_GROWTH.search(text))
        if found:
            period = _with_year(found[0]) + promised
        elif not growth and not _AMOUNT.search(text):
            continue
        bracketed = _BRACKETED.search(text)
        columns.append(_Column(at, period, bracketed[1] if bracketed else "", growth, ""))
    return columns


def _named(at: int, text: str) -> _Column:
    name, unit = _part(text)
    growth = bool(_GROWTH.search(text))
    return _Column(at, "", unit, growth, re.sub(r"同比|增长|增速|增幅|[%％±]", "", name) if growth else name)


def _part(text: str) -> tuple[str, str]:
    """A name and the unit in brackets behind it."""
    found = _BRACKETED.search(text)
    name = re.sub(
        r"^(?:[一二三四五六七八九十\d]+[、.．]|#|其中[:：]?|\s)+",
        "",
        text[: found.start()] if found else text,
    )
    return re.sub(r"\s+", "", name).lstrip("＃"), found[1] if found else ""


def _with_year(text: str) -> str:
    plain = re.sub(r"\s+", "", text)
    return plain if "年" in plain else plain[:4] + "年" + plain[4:]


def _are_figures(body: list[list[str]], columns: list[_Column]) -> bool:
    cells = [row[column.at] for row in body for column in columns]
    figures = sum(bool(_FIGURE.fullmatch(cell)) for cell in cells)
    told = [cell for cell in cells if not _FIGURE.fullmatch(cell) and not _NOTHING.fullmatch(cell)]
    return bool(cells) and figures >= _FEWEST_FIGURES * len(cells) and len(told) <= 0.2 * len(cells)


def _sentence(period: str, name: str, cell: str, unit: str, growth: bool) -> list[str]:
    """What one cell states; nothing where it is empty or there is nothing to name."""
    if not name or not _FIGURE.fullmatch(cell):
        return []
    if not growth:
        reach = "达到" if period.endswith("力争") else ""
        return [f"{period}{name}{reach}{cell}{'' if cell[-1] in '%％' else unit}。"]
    lower = cell[0] in "-−－"
    figure = cell.lstrip("-−－+").rstrip("%％")
    points = unit if unit.endswith("百分点") else "%"
    return [f"{period}{name}{'下降' if lower else '增长'}{figure}{points}。"]
