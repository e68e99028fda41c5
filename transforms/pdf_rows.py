"""Characters of a page, or of a cell, put together into lines in reading order; two columns one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from transforms.pdf_types import Glyph, Line

_COLUMN_GAP = 1.6  # of the size of the characters: wider is the space between columns
_RAISED = 0.4
_FEWEST_LINES = 4  # in a row that make a column
_TOKEN = frozenset("0123456789.,%-/")
_NO_START = frozenset("，。、；：！？）》】〉％%,.;:!?)]…—")
_NO_END = frozenset("（《【〈([")
_QUOTES = frozenset('“”‘’"')


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Line]]:
    """Rows from the top; each is its lines from the left, more than one where wide gaps part them."""
    rows: list[list[Glyph]] = []
    base = 0.0
    for glyph in sorted(glyphs, key=lambda g: (-g.base, g.x0)):
        # figures and letters of other fonts stand on the same line, raised ones a little above it
        if rows and base - glyph.base < _RAISED * max(glyph.y1 - glyph.y0, 1.0):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            base = glyph.base
    return [lines for row in rows if (lines := _lines(row))]


def _lines(row: list[Glyph]) -> list[Line]:
    row.sort(key=lambda glyph: glyph.origin)
    size = median(glyph.y1 - glyph.y0 for glyph in row) or 1.0
    row = _set_wide(row, size)
    pieces: list[list[Glyph]] = []
    for glyph in row:
        if not pieces and not glyph.char.strip():
            continue
        last = pieces[-1][-1] if pieces else None
        if last is None or glyph.x0 - last.x1 > _COLUMN_GAP * size:
            pieces.append([glyph])
        elif last.char == glyph.char and glyph.char.strip() and abs(last.origin - glyph.origin) < 0.3 * size:
            continue  # drawn twice to look bold
        else:
            pieces[-1].append(glyph)
    return [_line(shown, size) for piece in pieces if (shown := _strip(piece))]


def _set_wide(row: list[Glyph], size: float) -> list[Glyph]:
    """Chinese characters with the room they take instead of their ink: that from one to the next, mostly."""
    steps = [
        b.origin - a.origin
        for a, b in pairwise(row)
        if _is_wide(a.char) and _is_wide(b.char) and 0.5 * size < b.origin - a.origin < 2.2 * size
    ]
    room = median(steps) if steps else size
    return [
        glyph._replace(x0=min(glyph.x0, glyph.origin), x1=max(glyph.x1, glyph.origin + room))
        if _is_wide(glyph.char)
        else glyph
        for glyph in row
    ]


def _is_wide(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


def _strip(piece: list[Glyph]) -> list[Glyph]:
    """A line without the spaces at its ends, which may reach over the margin."""
    seen = [at for at, glyph in enumerate(piece) if glyph.char.strip()]
    return piece[seen[0] : seen[-1] + 1] if seen else []


def _line(piece: list[Glyph], size: float) -> Line:
    text = [piece[0].char]
    for before, glyph in pairwise(piece):
        if (
            glyph.x0 - before.x1 > _space(before.char, glyph.char) * size
            and before.char.strip()
            and glyph.char.strip()
        ):
            text.append(" ")
        text.append(glyph.char)
    return Line(
        "".join(text),
        piece[0].x0,
        min(glyph.y0 for glyph in piece),
        max(glyph.x1 for glyph in piece),
        max(glyph.y1 for glyph in piece),
        _first_width(piece),
        next((glyph.x1 for glyph in reversed(piece) if glyph.char not in _NO_START), piece[-1].x1),
        median(glyph.base for glyph in piece),
        size,
    )


def _space(before: str, after: str) -> float:
    """How wide a gap is a space, in sizes. One takes a quarter; programs leave more of their own beside marks, and
    about as much between characters and letters or figures.
    """
    wide = [_is_wide(before), _is_wide(after)]
    word = [_is_word(before), _is_word(after)]
    if all(wide) or all(word):
        return 0.2
    return 0.35 if any(wide) and any(word) else 0.8


def _is_word(char: str) -> bool:
    return char < "\u2e80" and char.isalnum()  # letters with tone marks too


def _first_width(piece: list[Glyph]) -> float:
    """Width of what could not be parted from the first character: a word or figure, and the marks around it."""
    end = 1
    while end < len(piece) and _cling(piece[end - 1].char, piece[end].char):
        end += 1
    return piece[end - 1].x1 - piece[0].x0


def _cling(before: str, after: str) -> bool:
    """Whether no line is broken between two characters; programs break none beside curly quotation marks."""
    if after in _NO_START or after in _QUOTES or before in _QUOTES or before in _NO_END:
        return True
    return (before in _TOKEN or _is_word(before)) and (after in _TOKEN or _is_word(after))


def in_columns(rows: Sequence[list[Line]]) -> list[list[list[Line]]]:
    """Blocks of rows in reading order: stretches of two columns become two blocks, the left one first."""
    blocks: list[list[list[Line]]] = []
    gutter = _find_gutter(rows)
    if gutter is None:
        return [list(rows)] if rows else []
    for parted, stretch in _stretches(rows, gutter):
        left = [lines for row in stretch if (lines := [line for line in row if line.x1 <= gutter])]
        right = [lines for row in stretch if (lines := [line for line in row if line.x0 >= gutter])]
        if parted and min(len(left), len(right)) >= _FEWEST_LINES:
            blocks += [left, right]
        else:
            blocks.append(stretch)
    return blocks


def _find_gutter(rows: Sequence[list[Line]]) -> float | None:
    """Where the space between two columns is: what most rows with a gap near the middle leave free."""
    lines = [line for row in rows for line in row]
    if not lines:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    low, high = left + 0.3 * (right - left), left + 0.7 * (right - left)
    gaps = [(a.x1, b.x0) for row in rows for a, b in pairwise(row) if a.x1 < high and b.x0 > low]
    if len(gaps) < _FEWEST_LINES:
        return None
    candidates = sorted(max(low, min(high, (start + end) / 2)) for start, end in gaps)
    best = max(candidates, key=lambda x: sum(start <= x <= end for start, end in gaps))
    free = sum(start <= best <= end for start, end in gaps)
    return best if free >= _FEWEST_LINES and 2 * free >= len(gaps) else None


def _stretches(rows: Sequence[list[Line]], gutter: float) -> Iterator[tuple[bool, list[list[Line]]]]:
    """Rows in order, gathered while they keep the gutter free, or do not."""
    stretch: list[list[Line]] = []
    parted = True
    for row in rows:
        free = not any(line.x0 < gutter < line.x1 for line in row)
        if stretch and free != parted:
            yield parted, stretch
            stretch = []
        parted = free
        stretch.append(row)
    if stretch:
        yield parted, stretch
