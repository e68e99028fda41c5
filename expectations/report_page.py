"""A report's own page: its text as it came, every number in it marked by how it was read, unread ones apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from expectations.page_types import Reading, ReportContent, ReportFacts, Unread
from expectations.rendering import MEASURES, STATUSES, fingerprint, render
from expectations.shelf import digest

TEMPLATE = "report.html"


@dataclass(slots=True)
class Mark:
    """A stretch of the text that is highlighted: the rows of the page's tables that speak of it."""

    start: int
    end: int
    readings: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a paragraph: plain text, or a marked number with its classes and ids."""

    text: str
    mark: Mark | None = None
    anchor: str = ""
    classes: str = ""


Paragraph = list[Piece]


def pages_key(headlines: Sequence[str]) -> str:
    """What the pages of all reports are made from; ``headlines`` are codes that have a page."""
    return digest(fingerprint(TEMPLATE, __file__), *headlines)


def page_key(facts: ReportFacts, newer: ReportFacts | None, of_all: str) -> str:
    """What the page is made from, beside what ``pages_key`` tells: readings are the same while load and rules are."""
    following = "" if newer is None else repr((newer.path, newer.name))
    return digest(of_all, repr(facts), following)


def render_report(content: ReportContent, newer: ReportFacts | None, headlines: Sequence[str]) -> str:
    """The page; ``newer`` is the edition that superseded the report, ``headlines`` codes that have a page."""
    return render(
        TEMPLATE,
        root="../" * content.facts.path.count("/"),
        here="reports",
        facts=content.facts,
        newer=newer,
        paragraphs=split_paragraphs(content),
        readings=content.readings,
        unread=content.unread,
        counts=Counter(code for item in content.readings for code in (item.measure, item.status)),
        headlines=frozenset(headlines),
        measures=MEASURES,
        statuses=STATUSES,
    )


def split_paragraphs(content: ReportContent) -> list[Paragraph]:
    """The text in lines, each in pieces; joined again, the pieces are the text but for its line breaks."""
    paragraphs: list[Paragraph] = [[]]
    at, text = 0, content.text
    for mark in find_marks(content.readings, content.unread, len(text)):
        _add_plain(paragraphs, text[at : mark.start])
        paragraphs[-1].append(_marked(content, mark))
        at = mark.end
    _add_plain(paragraphs, text[at:])
    return [paragraph for paragraph in paragraphs if any(piece.text.strip() for piece in paragraph)]


def find_marks(readings: Iterable[Reading], unread: Iterable[Unread], length: int) -> Iterator[Mark]:
    """Stretches that do not overlap, in order: spans that touch the same characters share one."""
    spans = [(item.char_start, item.char_end, 0, row) for row, item in enumerate(readings)]
    spans += [(item.char_start, item.char_end, 1, row) for row, item in enumerate(unread)]
    current: Mark | None = None
    for start, end, kind, row in sorted(spans):
        if not 0 <= start < end <= length:  # a broken span is why a report may be held back
            continue
        if current is None or start >= current.end:
            if current is not None:
                yield current
            current = Mark(start, end)
        current.end = max(current.end, end)
        (current.unread if kind else current.readings).append(row)
    if current is not None:
        yield current


def _marked(content: ReportContent, mark: Mark) -> Piece:
    shown = content.text[mark.start : mark.end]
    if not mark.readings:
        return Piece(shown, mark, f"u{mark.unread[0]}", "unread")
    first = content.readings[mark.readings[0]]
    known = {code for code, _, _ in (*MEASURES, *STATUSES)}
    classes = [name for name in (first.measure, first.status) if name in known]
    return Piece(shown, mark, first.observation_id, " ".join(classes))


def _add_plain(paragraphs: list[Paragraph], text: str) -> None:
    first, *others = text.split("\n")
    if first:
        paragraphs[-1].append(Piece(first))
    paragraphs.extend([Piece(line)] if line else [] for line in others)
