"""Cells of the tables on a page, from the lines drawn.

All rulings are laid over the page as one grid. Neighbouring fields of it with no ruling between them are one; what
is one with the outside of the grid is no cell. So merged cells, several tables on a page and frames need no rules
of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.pdf_types import Box, Ruling

_SNAP = 3.0  # points: the two edges of a thick line are one line
_COVERED = 0.6  # of the side of a field must be drawn
_CLOSED = 0.4
_MOST_FIELDS = 40_000
_OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Grid:
    """``cells`` by number, in reading order of their upper left corners; ``table_of`` gives each one's table."""

    cells: tuple[Box, ...]
    table_of: tuple[int, ...]
    _xs: tuple[float, ...]
    _ys: tuple[float, ...]
    _owner: dict[tuple[int, int], int]

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the cell that holds a point, None outside of all tables."""
        return self._owner.get((bisect_right(self._xs, x), bisect_right(self._ys, y)))


def find_cells(rulings: Sequence[Ruling]) -> Grid:
    """The cells that rulings enclose; tables of a single cell are frames, and no tables."""
    rulings = [*rulings, *_ends(rulings)]
    xs = _snap([line.at for line in rulings if line.upright])
    ys = _snap([line.at for line in rulings if not line.upright])
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MOST_FIELDS:
        return Grid((), (), (), (), {})
    walls = _walls(rulings, xs, ys)
    owners = _flood(walls, len(xs), len(ys))
    boxes: dict[int, Box] = {}
    for (column, row), owner in owners.items():
        field = Box(xs[column - 1], ys[row - 1], xs[column], ys[row])
        known = boxes.get(owner, field)
        boxes[owner] = Box(
            min(known.x0, field.x0),
            min(known.y0, field.y0),
            max(known.x1, field.x1),
            max(known.y1, field.y1),
        )
    tables = _tables(owners)
    sizes = Counter(tables[owner] for owner in boxes)
    kept = [owner for owner in boxes if sizes[tables[owner]] > 1]
    kept.sort(key=lambda owner: (-round(boxes[owner].y1 / _SNAP), boxes[owner].x0))
    number = {owner: at for at, owner in enumerate(kept)}
    return Grid(
        tuple(boxes[owner] for owner in kept),
        tuple(tables[owner] for owner in kept),
        tuple(xs),
        tuple(ys),
        {field: number[owner] for field, owner in owners.items() if owner in number},
    )


def _ends(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Edges for a row that the page cuts, which is left open there: where uprights end beyond all lines across."""
    across = [line.at for line in rulings if not line.upright]
    uprights = [line for line in rulings if line.upright]
    ends: list[Ruling] = []
    if not across or not uprights:
        return ends
    low, high = min(line.start for line in uprights), max(line.end for line in uprights)
    if low < min(across) - _SNAP:
        reaching = [line.at for line in uprights if line.start <= low + _SNAP]
        ends.append(Ruling(False, low, min(reaching), max(reaching)))
    if high > max(across) + _SNAP:
        reaching = [line.at for line in uprights if line.end >= high - _SNAP]
        ends.append(Ruling(False, high, min(reaching), max(reaching)))
    return ends


def _snap(positions: list[float]) -> list[float]:
    """Positions with those close together made one, their mean."""
    groups: list[list[float]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][-1] <= _SNAP and position - groups[-1][0] <= 2 * _SNAP:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [sum(group) / len(group) for group in groups]


def _walls(rulings: Sequence[Ruling], xs: list[float], ys: list[float]) -> set[tuple[bool, int, int]]:
    """Sides of fields that are drawn: (upright, which line, which field along it)."""
    drawn: dict[tuple[bool, int, int], list[tuple[float, float]]] = {}
    for line in rulings:
        own, other = (xs, ys) if line.upright else (ys, xs)
        near = bisect_right(own, line.at)
        at = min((near - 1, near), key=lambda index: abs(own[min(max(index, 0), len(own) - 1)] - line.at))
        at = min(max(at, 0), len(own) - 1)
        first = max(bisect_right(other, line.start - _SNAP), 1)
        for field in range(first, len(other)):
            low, high = other[field - 1], other[field]
            if low >= line.end:
                break
            drawn.setdefault((line.upright, at, field), []).append(
                (max(low, line.start), min(high, line.end))
            )
    walls = set()
    for (upright, at, field), pieces in drawn.items():
        other = ys if upright else xs
        covered, reached = 0.0, other[field - 1]
        for start, end in sorted(pieces):
            covered += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        if covered >= _COVERED * (other[field] - other[field - 1]) - 0.01:
            walls.add((upright, at, field))
    return walls | _closed_ends(walls, xs, len(ys))


def _closed_ends(walls: set[tuple[bool, int, int]], xs: list[float], rows: int) -> set[tuple[bool, int, int]]:
    """Upper and lower edges drawn in full where they are in part: a cell the page cuts is left open there."""
    closed: set[tuple[bool, int, int]] = set()
    for at in (0, rows - 1):
        drawn = sum(xs[f] - xs[f - 1] for f in range(1, len(xs)) if (False, at, f) in walls)
        if drawn >= _CLOSED * (xs[-1] - xs[0]):
            closed |= {(False, at, field) for field in range(1, len(xs))}
    return closed


def _flood(walls: set[tuple[bool, int, int]], columns: int, rows: int) -> dict[tuple[int, int], int]:
    """Which cell each field of the grid belongs to; fields are numbered from 1, those around the grid 0 and n."""
    owner: dict[tuple[int, int], int] = {}
    for column in range(columns + 1):
        for row in range(rows + 1):
            if (column, row) in owner:
                continue
            # the first field, at the corner, is outside; what it reaches is too
            mark = len(owner) if owner else _OUTSIDE
            owner[column, row] = mark
            reached = [(column, row)]
            while reached:
                x, y = reached.pop()
                for nx, ny, wall in (
                    (x + 1, y, (True, x, y)),
                    (x - 1, y, (True, x - 1, y)),
                    (x, y + 1, (False, y, x)),
                    (x, y - 1, (False, y - 1, x)),
                ):
                    inside = 0 <= nx <= columns and 0 <= ny <= rows
                    if inside and (nx, ny) not in owner and wall not in walls:
                        owner[nx, ny] = mark
                        reached.append((nx, ny))
    return {field: mark for field, mark in owner.items() if mark != _OUTSIDE}


def _tables(owners: dict[tuple[int, int], int]) -> dict[int, int]:
    """Cells that touch are of one table: a table for each cell."""
    table: dict[int, int] = {}
    for field in owners:
        if owners[field] in table:
            continue
        mark = owners[field]
        seen, reached = {field}, [field]
        while reached:
            x, y = reached.pop()
            table[owners[x, y]] = mark
            for near in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if near in owners and near not in seen:
                    seen.add(near)
                    reached.append(near)
    return table
