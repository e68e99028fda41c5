"""Tables that go on over the page: their heading is said once, and what the page cut is put together again."""

from __future__ import annotations

from transforms.pdf_types import Box

Cell = tuple[Box, str]
Table = list[list[Cell]]  # rows of the cells that begin in them

_NEAR = 6.0  # points
_ENDS = frozenset("。！？；…!?;")
_LONG = 12  # characters; shorter ones are names and figures, which end without a mark


def join_tables(above: Table, below: Table) -> Table | None:
    """One table of two that follow each other on two pages; None if they are not as wide."""
    if any(abs(a - b) > _NEAR for a, b in zip(_edges(above), _edges(below), strict=True)):
        return None
    if len(below) > 1 and [text for _, text in below[0]] == [text for _, text in above[0]]:
        below = below[1:]
    joined = [list(row) for row in above]
    below = [list(row) for row in below]
    _join_spanning(joined, below)
    if below[0] and _goes_on(joined[-1], below[0]):
        joined[-1] = _merge(joined[-1], below[0])
        below = below[1:]
    return joined + [row for row in below if row]


def _edges(table: Table) -> tuple[float, float]:
    boxes = [box for row in table for box, _ in row]
    return min(box.x0 for box in boxes), max(box.x1 for box in boxes)


def _join_spanning(above: Table, below: Table) -> None:
    """A cell over many rows that the page cut has its words in the middle, so on either page: they are put first."""
    for box, text in list(below[0]):
        place = _last_in_column(above, box)
        if place is None:
            continue
        row, at = place
        before, said = above[row][at]
        spans = row < len(above) - 1 or _spans(box, below)
        if spans and not (text and said):
            above[row][at] = (before, said or text)
            below[0].remove((box, text))


def _last_in_column(table: Table, box: Box) -> tuple[int, int] | None:
    for row in range(len(table) - 1, -1, -1):
        for at, (other, _) in enumerate(table[row]):
            if abs(other.x0 - box.x0) <= _NEAR and abs(other.x1 - box.x1) <= _NEAR:
                return row, at
    return None


def _spans(box: Box, table: Table) -> bool:
    """Whether a cell of the first row reaches into the next."""
    return len(table) > 1 and any(other.y0 >= box.y0 - 1 for other, _ in table[1])


def _goes_on(above: list[Cell], below: list[Cell]) -> bool:
    """Whether a row ended the page in the middle of a sentence that the next page takes up."""
    return any(
        text and len(said) > _LONG and said[-1] not in _ENDS
        for box, text in below
        for before, said in above
        if abs(before.x0 - box.x0) <= _NEAR
    )


def _merge(above: list[Cell], below: list[Cell]) -> list[Cell]:
    merged, rest = [], list(below)
    for box, said in above:
        more = next((cell for cell in rest if abs(cell[0].x0 - box.x0) <= _NEAR), None)
        if more is None:
            merged.append((box, said))
            continue
        rest.remove(more)
        ended = not said or said[-1] in _ENDS
        merged.append((box, f"{said}\n{more[1]}".strip("\n") if ended else said + more[1]))
    return merged + [cell for cell in rest if cell[1]]
