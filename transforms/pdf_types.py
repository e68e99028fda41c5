"""What a page of a PDF is made of. Points, the origin at the lower left: y grows upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Glyph(NamedTuple):
    """One character, the box it stands in, and where it was set: ``base`` is the same for all fonts of a row, while
    boxes may be those of the ink alone.
    """

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    origin: float
    base: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


class Ruling(NamedTuple):
    """A straight line drawn: at ``at`` (x if upright, else y), from ``start`` to ``end``."""

    upright: bool
    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A rectangle of the page."""

    x0: float
    y0: float
    x1: float
    y1: float


class Line(NamedTuple):
    """Characters in a row without a wide gap.

    ``first`` is how wide its first word is, ``inked`` where its last character ends that is no punctuation mark,
    which may hang over the margin; ``size`` how high it is.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    first: float
    inked: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page as PDFium tells it."""

    glyphs: tuple[Glyph, ...]
    rulings: tuple[Ruling, ...]
    width: float
    height: float
    has_pictures: bool = False
