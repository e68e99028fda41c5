"""The text that a reader makes: a line for each paragraph, a blank line where one was left and around table cells.

That is the form in which reports come as text files: of a task table, cell after cell, row by row.
"""

from __future__ import annotations

import re

# what marks up nothing and is no character of a text
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_BLANKS = " \t\u00a0\u3000"


class Paragraphs:
    """Gathers pieces of text into lines. ``text()`` is what was gathered."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._parted = False

    def add(self, piece: str) -> None:
        """More of the paragraph that is being told."""
        self._pieces.append(piece)

    def end_line(self) -> None:
        """The paragraph, if one was begun, is at its end."""
        told = _CONTROLS.sub("", "".join(self._pieces)).rstrip(_BLANKS)
        self._pieces.clear()
        for line in told.split("\n") if told.strip(_BLANKS + "\n") else ():
            if line.strip(_BLANKS):
                if self._parted and self._lines and self._lines[-1]:
                    self._lines.append("")
                self._lines.append(line.rstrip(_BLANKS))
                self._parted = False
            else:
                self._parted = True

    def part(self) -> None:
        """A blank line belongs between what was told and what follows."""
        self.end_line()
        self._parted = True

    def text(self) -> str:
        """All lines, the last one ended too."""
        self.end_line()
        return "\n".join(self._lines) + "\n" if self._lines else ""
