"""From an understood document to a report: find every number, link it, resolve it, and account for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from transforms.elements import Mention
from transforms.lexicon import Lexicon
from transforms.linkers import Link, Linker
from transforms.mentions import find_mentions
from transforms.periods import Calendar, bounds
from transforms.resolve import Resolver, SentenceContext
from transforms.segment import clause_starts, section_at, sentences
from transforms.types import Document, Issue, Observation, Report, Section

_REASONS: Final = {
    "no_unit": "数字没有单位,也不属于比值或指数 / a bare number of no known kind",
    "no_subject": "找不到数字所指的指标 / nothing names what the number measures",
    "no_period": "章节没有所属时期 / the section has no period",
    "no_region": "看不出是哪个地区的报告,或同名地区不止一处 / the region is not named, or its name is shared",
}


class SentenceRead:
    """One sentence with numbers: what was found in it, how its groups were linked, and what came of each number.

    ``section`` is None, and nothing is linked, where the sentence stands outside the report proper.
    """

    def __init__(
        self,
        start: int,
        end: int,
        mentions: list[Mention],
        section: Section | None,
        links: list[Link],
        observations: list[Observation],
        issues: list[Issue],
    ) -> None:
        self.start = start
        self.end = end
        self.mentions = mentions
        self.section = section
        self.links = links
        self.observations = observations
        self.issues = issues


def extract(document: Document, lexicon: Lexicon) -> Report:
    """Observations and issues of one document; every number found is an observation, a named kind of
    non-observation, or an issue. So is a region that stays open."""
    mentions = find_mentions(document.normal.text, lexicon)
    observations: list[Observation] = []
    issues: list[Issue] = []
    for sentence in read_sentences(document, lexicon, mentions):
        observations.extend(sentence.observations)
        issues.extend(sentence.issues)
    read = len(mentions) - len(issues)
    if document.meta.region_code is None:
        issues.append(Issue("no_region", _REASONS["no_region"], text=document.meta.title or ""))
    return Report(document, tuple(observations), tuple(issues), len(mentions), read)


def read_sentences(document: Document, lexicon: Lexicon, mentions: list[Mention]) -> Iterator[SentenceRead]:
    """Every sentence that holds one of the mentions (in order), read on its own."""
    text = document.normal.text
    starts = [section.start for section in document.sections]
    resolver = Resolver(document, lexicon)
    wider = _wider(document)
    told, told_until = "", 0
    for start, end, group in sentences(text, mentions):
        section = section_at(document.sections, starts, group[0].start)
        if section is None or section.role in ("front", "furniture"):
            yield SentenceRead(start, end, group, None, [], [], [])
            continue
        numbers = [mention for mention in group if mention.kind != "noise"]
        if not numbers or not section.period:
            issues = [_issue(document, mention, "no_period") for mention in numbers]
            yield SentenceRead(start, end, group, section, [], [], issues)
            continue
        breaks = clause_starts(text, start, end)
        same_paragraph = told and text.find("\n", told_until - 1, group[0].start) < 0
        linker = Linker(text, start, end, lexicon, wider, told if same_paragraph else "")
        links = linker.link_sentence(breaks, numbers)
        told, told_until = linker.opening, end
        readings = [reading for link in links for reading in link.readings]
        read = {reading.mention.start for reading in readings}
        issues = [
            _issue(document, mention, "no_subject" if mention.unit else "no_unit")
            for mention in numbers
            if mention.start not in read
        ]
        calendar = Calendar(section.period, _this_year(document, section))
        context = SentenceContext(text, section, calendar, start, end, breaks)
        yield SentenceRead(start, end, group, section, links, resolver.resolve(readings, context), issues)


def _this_year(document: Document, section: Section) -> int:
    """The year 今年 names: the one a work report plans for, else the one the report was given in.

    A work report without a plan was given within the year it reviews.
    """
    meta = document.meta
    reviewed = bounds(meta.period or section.period)[1].year
    if meta.report_type in ("work_report", "work_report_summary") and meta.plan_period:
        return reviewed + 1
    given = meta.delivered_on or meta.published_on
    return given.year if given and given.year - reviewed <= 1 else reviewed


def _wider(document: Document) -> frozenset[str]:
    """What 「全…」 names beyond the report's own region: 全市, 全省 and 全国 for a district, 全国 for a province."""
    code, name = document.meta.region_code or "", document.meta.region_name or ""
    if not code or code == "100000":
        return frozenset()
    beyond = (
        {"全国"}
        if code.endswith("0000")
        else {"全国", "全省"}
        if code.endswith("00")
        else {"全国", "全省", "全市"}
    )
    return frozenset(beyond - {"全" + name[-1:]})


def _issue(document: Document, mention: Mention, kind: str) -> Issue:
    start, end = document.normal.source_span(mention.start, mention.end)
    return Issue(kind, _REASONS[kind], start, end, document.source.text[start:end])
