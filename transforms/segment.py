"""Sentences and clauses of normal text as offsets; only sentences that hold a number are ever built."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from transforms.elements import Mention
from transforms.types import Section

_LONGEST_SENTENCE: Final = 1500
# begins with a single character of a class: the engine skips to the next of them
_SENTENCE_END: Final = re.compile(r"[。!?\n][。!?\n]*[”’)]*")


def sentences(text: str, mentions: list[Mention]) -> Iterator[tuple[int, int, list[Mention]]]:
    """``(start, end, mentions)`` of each sentence that holds at least one mention, in order.

    A 「。」 inside a mention cannot be (mentions hold digits and units only), so ends are found by one scan.
    """
    if not mentions:
        return
    ends = _sentence_ends(text)
    group: list[Mention] = []
    current = -1
    for mention in mentions:
        index = bisect_right(ends, mention.start)
        if index != current and group:
            yield (ends[current - 1] if current else 0), ends[current], group
            group = []
        current = index
        group.append(mention)
    yield (ends[current - 1] if current else 0), ends[current], group


def _sentence_ends(text: str) -> list[int]:
    """End of each sentence. One longer than any real one is cut, at a separator where it has one near, so that
    hostile text costs time in proportion to its length."""
    ends: list[int] = []
    start = 0
    for stop in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        while stop - start > _LONGEST_SENTENCE:
            limit = start + _LONGEST_SENTENCE
            cut = max(
                text.rfind(",", start, limit), text.rfind(";", start, limit), text.rfind("、", start, limit)
            )
            start = cut + 1 if cut > start else limit
            ends.append(start)
        if stop > start:
            ends.append(stop)
            start = stop
    return ends


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span without blanks and line ends at either side."""
    while start < end and text[start] in " \n\t\r":
        start += 1
    while end > start and text[end - 1] in " \n\t\r":
        end -= 1
    return start, end


def clause_starts(text: str, start: int, end: int) -> list[int]:
    """Start of each clause of a sentence, separators in brackets and quotes not counted."""
    starts = [start]
    depth = 0
    for match in _BREAKS.finditer(text, start, end):
        at = match.start()
        char = text[at]
        if char == ":" and at + 1 < end and text[at + 1].isdecimal():
            continue  # the colon of 0.2:7.8:92 separates nothing
        if char in ",;:":
            if depth == 0:
                starts.append(at + 1)
        elif char in "(“《":
            depth += 1
        elif depth:
            depth -= 1
    return starts


_BREAKS: Final = re.compile("[,;:(“《)”》]")


def section_at(sections: tuple[Section, ...], starts: list[int], position: int) -> Section | None:
    """The section that holds a position; ``starts`` are the sections' starts, for bisection."""
    index = bisect_right(starts, position) - 1
    if index < 0 or position >= sections[index].end:
        return None
    return sections[index]
