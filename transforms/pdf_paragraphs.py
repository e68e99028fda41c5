"""Pages into paragraphs: page headers and numbers go, lines that were broken at the margin come together again.

A line goes on in the next one if the first word of that would not have fitted behind it. Nothing else tells as
surely: a paragraph's last line is full now and then, a heading's never needs to be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transforms.paragraphs import Paragraphs
from transforms.pdf_grid import Grid, find_cells
from transforms.pdf_rows import in_columns, rows_of
from transforms.pdf_tables import Cell, Table, join_tables
from transforms.pdf_types import Glyph, Line, Page
from transforms.tables import indicator_lines

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*(?:第\s*)?(?:\d{1,4}|[一二三四五六七八九十百]{1,5}|[ivxIVX]{1,6})(?:\s*页)?"
    r"(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*"
)
_MARGIN = 0.12  # of the page's height, where headers and numbers stand
_MARGIN_ROWS = 2
_RECURRING = 0.4
_INDENT = 1.2
_PITCH = 1.2
_BLANK = 1.7
_NEAR_EDGE, _FEWEST_FULL = 25.0, 3  # points, rows
_MANY_ROWS = 10  # tell by themselves how far they stand apart
_SAME = 3.0  # points
_SLACK = 1.5  # of the size; a line that ends a sentence goes on only if it is surely full
_ENDS = frozenset("。！？；…!?;")
_COLUMN_SPACE = "   "  # a gap between columns, not a slip


@dataclass(slots=True)
class _Block:
    """Lines of a column, or cells of a table as (column, text) rows, in reading order."""

    rows: list[list[Line]] = field(default_factory=list)
    table: Table | None = None


def tell_pages(pages: Sequence[Page]) -> str:
    """The text of all pages."""
    laid = [(page, find_cells(page.rulings)) for page in pages]
    split = [_split(page, grid) for page, grid in laid]
    outer = [rows_of(outside) for outside, _ in split]
    inner = [rows_of(glyphs) for _, cells in split for glyphs in cells.values()]
    furniture = _find_furniture(outer, [page.height for page in pages])
    blocks: list[_Block] = []
    for at, ((_, grid), (_, inside)) in enumerate(zip(laid, split, strict=True)):
        rows = [row for row in outer[at] if (at, _mask(row)) not in furniture]
        blocks += _blocks(rows, grid, inside)
    return _tell(_join(blocks), _spacing(outer + inner), max((page.width for page in pages), default=0.0))


def _spacing(rows: Iterable[list[list[Line]]]) -> float | None:
    """From row to row in sizes of the characters, as most of the closest rows of all pages stand."""
    steps = sorted(
        (above[0].base - below[0].base) / above[0].size
        for page in rows
        for above, below in pairwise(page)
        if 0.8 * above[0].size < above[0].base - below[0].base < 4 * above[0].size
    )
    return steps[len(steps) // 10] if steps else None


def _split(page: Page, grid: Grid) -> tuple[list[Glyph], dict[int, list[Glyph]]]:
    """Characters outside of tables, and those of each cell."""
    outside: list[Glyph] = []
    inside: dict[int, list[Glyph]] = {}
    for glyph in page.glyphs:
        cell = grid.cell_at(*glyph.middle)
        if cell is None:
            outside.append(glyph)
        else:
            inside.setdefault(cell, []).append(glyph)
    return outside, inside


def _mask(row: Sequence[Line]) -> str:
    """A row as it may come again on other pages: figures count, not which."""
    return _DIGITS.sub("#", " ".join(line.text for line in row)) + f"@{round(row[0].y0 / 6)}"


def _find_furniture(pages: Sequence[list[list[Line]]], heights: Sequence[float]) -> set[tuple[int, str]]:
    """Rows at the upper and lower margins that are page numbers, or come again on other pages."""
    margins: list[tuple[int, str, str]] = []
    for at, (rows, height) in enumerate(zip(pages, heights, strict=True)):
        rising, falling = rows[: -_MARGIN_ROWS - 1 : -1], rows[:_MARGIN_ROWS]
        floor = min((line.y0 for row in rows for line in row), default=0.0)
        roof = max((line.y1 for row in rows for line in row), default=0.0)
        near = [row for row in rising if row[0].y1 <= floor + _MARGIN * height]
        near += [row for row in falling if row[0].y0 >= roof - _MARGIN * height and row not in near]
        margins += [(at, _mask(row), " ".join(line.text for line in row)) for row in near]
    often = Counter(mask for _, mask in {(at, mask) for at, mask, _ in margins})
    needed = max(2, _RECURRING * len(pages))
    return {
        (at, mask)
        for at, mask, text in margins
        if often[mask] >= needed or _PAGE_NUMBER.fullmatch(text.strip())
    }


def _blocks(rows: list[list[Line]], grid: Grid, inside: dict[int, list[Glyph]]) -> Iterator[_Block]:
    """Columns and tables of a page from the top; a table stands where its upper edge is."""
    tables: dict[int, list[int]] = {}
    for cell in range(len(grid.cells)):
        tables.setdefault(grid.table_of[cell], []).append(cell)
    edges = sorted(((max(grid.cells[c].y1 for c in cells), cells) for cells in tables.values()), reverse=True)
    at = 0
    for edge, cells in edges:
        above = at
        while at < len(rows) and rows[at][0].y0 >= edge - 2:
            at += 1
        yield from (_Block(block) for block in in_columns(rows[above:at]))
        yield _Block(table=_table(cells, grid, inside))
    yield from (_Block(block) for block in in_columns(rows[at:]))


def _table(cells: list[int], grid: Grid, inside: dict[int, list[Glyph]]) -> Table:
    """Cells by the row they begin in, each with its paragraphs."""
    rows: dict[float, list[Cell]] = {}
    padding = _padding(cells, grid, inside)
    for cell in cells:
        box = grid.cells[cell]
        lines = [line for row in rows_of(inside.get(cell, ())) for line in row]
        right = box.x1 - padding.get(round(box.x0), 0.0)
        text = "\n".join(_paragraphs([[line] for line in lines], right))
        begun = next((top for top in rows if abs(top - box.y1) <= _SAME), box.y1)
        rows.setdefault(begun, []).append((box, text))
    return [sorted(rows[top]) for top in sorted(rows, reverse=True)]


def _padding(cells: list[int], grid: Grid, inside: dict[int, list[Glyph]]) -> dict[int, float]:
    """The space left free at the sides of a column's cells, by the column's left edge."""
    padding: dict[int, float] = {}
    for cell in cells:
        if glyphs := inside.get(cell):
            box = grid.cells[cell]
            free = min(glyph.x0 for glyph in glyphs) - box.x0
            key = round(box.x0)
            padding[key] = min(padding.get(key, free), max(free, 0.0))
    return padding


def _join(blocks: Sequence[_Block]) -> list[_Block]:
    """Blocks with the tables made one that go on over the page."""
    joined: list[_Block] = []
    for block in blocks:
        last = joined[-1].table if joined else None
        whole = join_tables(last, block.table) if last and block.table else None
        if whole is None:
            joined.append(block)
        else:
            joined[-1] = _Block(table=whole)
    return joined


def _tell(blocks: Sequence[_Block], spacing: float | None, width: float) -> str:
    told = Paragraphs()
    margins = _right_margins(blocks, width)
    before: list[list[Line]] = []
    for block in [*blocks, _Block()]:
        if block.rows and before:  # prose goes on from column to column and page to page
            before = before + block.rows
            continue
        _tell_rows(before, margins, spacing, told)
        before = block.rows
        if block.table is not None:
            _tell_table(block.table, told)
    return told.text()


def _tell_table(table: Table, told: Paragraphs) -> None:
    lines = indicator_lines([[" ".join(text.split()) for _, text in row] for row in table])
    told.part()
    for piece in lines if lines is not None else [text for row in table for _, text in row]:
        told.add(piece)
        told.part()


def _tell_rows(
    rows: list[list[Line]], margins: dict[int, float], spacing: float | None, told: Paragraphs
) -> None:
    for paragraph in _paragraphs(rows, None, margins, spacing):
        if paragraph:
            told.add(paragraph)
            told.end_line()
        else:
            told.part()


def _right_margins(blocks: Sequence[_Block], width: float) -> dict[int, float]:
    """How far to the right prose reaches that begins at a place, over all pages.

    Where but a line or two reach as far as any, none need be full: then it is as far from the edge of the page as on
    the left.
    """
    ends: dict[int, list[float]] = {}
    for block in blocks:
        left = min((row[0].x0 for row in block.rows), default=0.0)
        key = round(left / 20)
        for near in (key - 1, key, key + 1):
            ends.setdefault(near, []).extend(row[-1].inked for row in block.rows)
    margins = {}
    for key, found in ends.items():
        right = max(found, default=0.0)
        full = sum(end > right - _NEAR_EDGE for end in found)
        margins[key] = right if full >= _FEWEST_FULL else max(right, width - 20.0 * key)
    return margins


def _paragraphs(
    rows: Sequence[list[Line]],
    right: float | None,
    margins: dict[int, float] | None = None,
    spacing: float | None = None,
) -> Iterator[str]:
    """Rows joined into paragraphs; '' for a wide space between two. ``spacing`` is from row to row, in sizes."""
    said = ""
    before: list[Line] | None = None
    left = min((row[0].x0 for row in rows), default=0.0)
    pitch = _pitch(rows)
    if rows and spacing is not None and len(rows) < _MANY_ROWS:
        pitch = spacing * rows[0][0].size
    for row in rows:
        text = _COLUMN_SPACE.join(line.text for line in row)
        if before is not None:
            edge = right if right is not None else (margins or {}).get(round(left / 20), before[-1].x1)
            if _continues(before, row, edge, left, pitch):
                said += (" " if _needs_space(said, text) else "") + text
                before = row
                continue
            yield said
            if 0 < pitch * _BLANK < before[0].base - row[0].base:
                yield ""
        said, before = text, row
    if said:
        yield said


def _continues(before: list[Line], row: list[Line], edge: float, left: float, pitch: float) -> bool:
    """Whether a row goes on in the next: that one's first word would not have fitted behind it."""
    last, first = before[-1], row[0]
    size = min(last.size, first.size)
    if len(row) > 1 or len(before) > 1 or max(last.size, first.size) > 1.25 * size:
        return False
    if first.x0 - left > _INDENT * size and first.x0 - before[0].x0 > 0.5 * size:
        return False
    if pitch and last.base - first.base > _PITCH * pitch:
        return False
    if last.text[-1] in _ENDS:
        return last.x1 + first.first > edge
    return last.inked + first.first > edge - _SLACK * size


def _pitch(rows: Sequence[list[Line]]) -> float:
    steps = [
        a[0].base - b[0].base
        for a, b in pairwise(rows)
        if 0.5 * a[0].size < a[0].base - b[0].base < 4 * a[0].size
    ]
    return sorted(steps)[len(steps) // 10] if steps else 0.0


def _needs_space(before: str, after: str) -> bool:
    return before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
