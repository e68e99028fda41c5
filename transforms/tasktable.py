"""Promises and their progress: three-column task tables that lost their cells, and numbered livelihood lists.

The page of a task table arrives as paragraphs in reading order (项目名称 / 项目内容 / 进展情况), the first
column once for all its rows, a cell with paragraphs of its own as several. Which paragraph is which follows
from how it is worded and from the order content, progress, content, progress; the likeliest assignment of
each category is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from transforms.layout import Line
from transforms.types import TaskRow

Cell = Literal["header", "category", "content", "progress"]

# Looked up in this order: 项目内容 is the content column, though it begins like a category
_HEADERS: Final = {
    "progress": re.compile(r"^.{0,8}(?:进展|进度|完成|落实|推进|执行)(?:情况)?$"),
    "content": re.compile(r"^(?:项目|任务|工作|具体|主要|目标|年度)(?:内容|任务|目标|举措).{0,4}$|^内容$"),
    "category": re.compile(r"^(?:项目|任务|工作|类别|序号).{0,4}$|^重点工作$|^责任单位$|^牵头单位$"),
}
# every branch begins with a literal: the engine skips to a possible first character
_DONE: Final = re.compile(
    r"已|正在|进行中|推进中|进行试点|目前|累计|截至|截止|上半年|共(?:有|排查|帮助|完成|计|为|引)|达标|拟(?:定|创)|正式|初步|"
    r"完成率(?:\d|为|达)|开工率(?:\d|为|达)|覆盖率(?:\d|为|达)|占比率(?:\d|为|达)|比例率(?:\d|为|达)|利用率(?:\d|为|达)|达到?\d|"
    r"完成了|出台了|制定了|建成了|新增了|发放了|印发了|召开了|引入了|引进了|开展了|成功了|通过了|审核|"
    r"出台|印发|召开|草拟|起草|拟定|签订|移交|责令|处罚|惩戒|取缔|顺利|成效显著|率先|基本(?:完成|稳定|落实)|有效进展|初稿|评审|摸底|施工|建立完成|引入"
)
_TO_DO: Final = re.compile(
    r"力争|确保|争创|不断|以上[。,;]|实现.{0,14}以上|继续|持续|大力|着力|努力|全力|切实|高标准|高质量|加快|深化|完善|健全|强化|优化|"
    r"提升|加强|扩大|推动|推进|发挥|鼓励|积极|落实|培育|健全"
)
_OPENS_TO_DO: Final = re.compile(
    r"^(?:进一步|继续|持续|大力|着力|全力|全面|积极|切实|不断|扎实|稳步|充分|高标准|加快|深化|完善|健全|强化|优化|提升|提高|加强|加大|"
    r"扩大|推动|推进|推广|发挥|鼓励|落实|培育|健全|依托|深入|发展|以“|力争|重点在|增加|创建|编制|制定实施)"
)
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)?")
_SECOND_PROGRESS: Final = 2.2  # how much likelier than a new row a further paragraph must look
_NO_PROGRESS: Final = 6.0
_KINSHIP: Final = 4.0
_PATHS: Final = 4
_COMPARED: Final = 400
_LONGEST_CATEGORY: Final = 24


@dataclass(frozen=True, slots=True)
class Table:
    """A task table of lines ``[first, last)`` and what each of them is."""

    first: int
    last: int
    cells: dict[int, Cell]
    rows: tuple[TaskRow, ...]


def find_table_start(lines: list[Line]) -> int | None:
    """Index of the first line of the task table that ``find_table`` would find were no line of the page."""
    header = _find_header(lines)
    return header[0] if header is not None and sum(header) < len(lines) else None


def find_table(lines: list[Line], hung: set[int]) -> Table | None:
    """The task table among the lines, None if there is none; ``hung`` are lines of the page."""
    header = _find_header(lines)
    if header is None:
        return None
    first, width = header
    body = [at for at in range(first + width, len(lines)) if at not in hung]
    if not body:
        return None
    cells: dict[int, Cell] = dict.fromkeys(range(first, first + width), "header")
    cells |= {at: "header" for at in body if lines[at].text.isdigit()}  # 序号: the running number of a row
    block: list[int] = []
    for at in [*(at for at in body if at not in cells), -1]:
        if at == -1 or _is_category(lines[at].text):
            cells.update(_assign(block, lines))
            block = []
            if at != -1:
                cells[at] = "category"
        else:
            block.append(at)
    return Table(first, body[-1] + 1, cells, tuple(_rows(cells, lines)))


def _find_header(lines: list[Line]) -> tuple[int, int] | None:
    """Index of the first header cell and how many there are; the last names the progress."""
    for at in range(len(lines) - 2):
        for width in (2, 3, 4, 5):
            cells = [line.text for line in lines[at : at + width]]
            if len(cells) == width and len(cells[-1]) <= 12 and _HEADERS["progress"].match(cells[-1]):
                kinds = [
                    next((kind for kind, form in _HEADERS.items() if form.match(cell)), None)
                    for cell in cells
                ]
                if None not in kinds and "content" in kinds[:-1]:
                    return at, width
    return None


def _is_category(text: str) -> bool:
    return (
        len(text) <= _LONGEST_CATEGORY
        and not any(mark in text for mark in "。,;:、!")
        and not text[-1].isdigit()
    )


def _promise_score(text: str) -> float:
    """Above zero a promise, below zero progress: how the paragraph is worded."""
    numbers = len(_NUMBERS.findall(text))
    score = 2.0 * bool(_OPENS_TO_DO.match(text)) + 0.5 * _count(_TO_DO, text)
    score -= 1.6 * _count(_DONE, text)
    score -= 0.35 * max(0, numbers - 2)
    score -= 0.008 * max(0, len(text) - 70)
    return score


def _count(words: re.Pattern[str], text: str) -> int:
    """How often such words stand there; more than three times says no more than three."""
    return sum(1 for _ in islice(words.finditer(text), 3))


def _pairs(text: str) -> frozenset[int]:
    """Of neighbouring characters, each pair as a number: those that begin at even places, then those at odd ones."""
    written = memoryview(text[:_COMPARED].encode("utf-16-le", "surrogatepass"))
    even, odd = len(written) // 4 * 4, (len(written) - 2) // 4 * 4
    return frozenset(written[:even].cast("I")).union(written[2 : 2 + odd].cast("I"))


def _likeness(pairs: frozenset[int], others: frozenset[int]) -> float:
    """Share of the smaller set that both hold; what is about one thing shares its words."""
    smaller = min(len(pairs), len(others))
    return len(pairs & others) / smaller if smaller else 0.0


@dataclass(frozen=True, slots=True)
class _Path:
    """A labelling of the paragraphs so far: its score, the promise of its last row, how it came about."""

    score: float
    row: int
    label: Cell
    before: _Path | None


def _assign(block: list[int], lines: list[Line]) -> dict[int, Cell]:
    """Best labelling of a category's paragraphs: rows of one promise, and progress of one or more."""
    paths: list[_Path] = []
    pairs = {at: _pairs(lines[at].text) for at in block}
    for step, at in enumerate(block):
        text = lines[at].text
        promise = _promise_score(text)
        if step == 0:
            paths = [_Path(promise, at, "content", None)]
            continue
        # What follows depends on the last row alone: of all ways to a new one, the best
        best = max(paths, key=_score_at_end)
        grown = [_Path(_score_at_end(best) + promise, at, "content", best)]
        for path in paths:
            told = path.score - promise + _KINSHIP * _likeness(pairs[path.row], pairs[at])
            told -= _SECOND_PROGRESS if path.label == "progress" else 0
            grown.append(_Path(told, path.row, "progress", path))
        grown.sort(key=lambda path: path.score, reverse=True)
        paths = grown[:_PATHS]
    if not paths:
        return {}
    last: _Path | None = max(paths, key=_score_at_end)
    labels: list[Cell] = []
    while last is not None:
        labels.append(last.label)
        last = last.before
    return dict(zip(block, reversed(labels), strict=True))


def _score_at_end(path: _Path) -> float:
    """Of a labelling that goes on with a new row, or ends: a row that lacks its progress costs something."""
    return path.score - (0 if path.label == "progress" else _NO_PROGRESS)


def _rows(cells: dict[int, Cell], lines: list[Line]) -> list[TaskRow]:
    rows: list[TaskRow] = []
    category = ""
    content: int | None = None
    progress: list[int] = []
    for at in [*sorted(cells), -1]:
        kind = cells.get(at, "header")
        if kind == "progress":
            progress.append(at)
            continue
        if content is not None:
            last = lines[progress[-1] if progress else content]
            told = "\n".join(lines[cell].text for cell in progress) or None
            rows.append(
                TaskRow(len(rows) + 1, category, lines[content].text, told, lines[content].start, last.end)
            )
        content, progress = (at, []) if kind == "content" else (None, [])
        if kind == "category":
            category = lines[at].text
    return rows


_LIVELIHOOD: Final = re.compile("民生实事|实事项目|为民办实事|为民实事|民生项目")
_ITEM: Final = re.compile(r"^(\d{1,2})\s*[.、](?!\d+[%万亿])|^([一二三四五六七八九十]{1,2})、")
_FEWEST_ITEMS: Final = 3
_ORDINALS = {char: at + 1 for at, char in enumerate("一二三四五六七八九十")}
_ORDINALS |= {f"十{char}": _ORDINALS[char] + 10 for char in "一二三四五六七八九"}


def find_list(lines: list[Line], plans: set[int], hung: set[int]) -> list[TaskRow]:
    """Numbered livelihood items under a line that announces them; ``plans`` are lines of a planning part.

    What a report reviews has been done, so an item there is its own progress.
    """
    rows: list[TaskRow] = []
    for at, line in enumerate(lines[:-1]):
        if (
            (rows and line.start < rows[-1].end)
            or at in hung
            or not _LIVELIHOOD.search(line.text[-60:])
            or _number(lines[at + 1].text) not in (1, None)
        ):
            continue
        start = at + 1 if _number(lines[at + 1].text) == 1 else at + 2
        items = _items(lines, start, hung)
        if len(items) >= _FEWEST_ITEMS:
            rows += [
                _item_row(len(rows) + order, [lines[cell] for cell in item], item[0] in plans)
                for order, item in enumerate(items, 1)
            ]
    return rows


def _number(text: str) -> int | None:
    match = _ITEM.match(text)
    if not match:
        return None
    return int(match[1]) if match[1] else _ORDINALS.get(match[2])


def _items(lines: list[Line], start: int, hung: set[int]) -> list[list[int]]:
    """Line indices of each item from 1 on; lines below an item numbered 一、 belong to it."""
    items: list[list[int]] = []
    for at in range(start, len(lines)):
        text = lines[at].text
        if at in hung or re.match(r"^\([一二三四五六七八九十]+\)|^附件|^各位代表", text):
            break
        number = _number(text)
        if number == len(items) + 1:
            items.append([at])
        elif (
            number is None
            and items
            and _ITEM.match(lines[items[0][0]].text[:3] or "")
            and not text[0].isdigit()
        ):
            if lines[items[0][0]].text[0].isdigit():
                break
            items[-1].append(at)
        else:
            break
    return items


def _item_row(ordinal: int, item: list[Line], planned: bool) -> TaskRow:
    content = "\n".join([_ITEM.sub("", item[0].text, count=1).strip(), *(line.text for line in item[1:])])
    return TaskRow(ordinal, "民生实事", content, None if planned else content, item[0].start, item[-1].end)
