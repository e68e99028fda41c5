"""What the quality pages are made of, as ``flows`` hands it over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from expectations.types import QualitySite


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a report and how it was read. Offsets count code points of the report's text."""

    observation_id: str
    char_start: int
    char_end: int
    value: str
    unit: str
    indicator: str
    indicator_code: str | None
    measure: str
    status: str
    bound: str
    period: str
    period_basis: str
    scope: str
    region_name: str | None
    rule_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A number of a report that was left unread, and why."""

    char_start: int
    char_end: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is known of a report without its text. ``held_back`` says why it is not in the warehouse, '' if it is."""

    report_id: str
    source_name: str
    title: str | None
    report_type: str
    region_code: str | None
    region_name: str | None
    period: str | None
    plan_period: str | None
    published_on: str | None
    issuer: str | None
    source_url: str | None
    characters: int
    observation_count: int
    numbers_total: int
    numbers_explained: int
    rules_version: str
    load_id: str
    province: str | None = None
    superseded_by: str | None = None
    held_back: str = ""

    @property
    def path(self) -> str:
        """The report's page, from the folder of the quality report; a page stays where it is in later loads."""
        folder = "held" if self.held_back else f"reports/{self.report_id[:2]}"
        return f"{folder}/{self.report_id[:16]}.html"

    @property
    def name(self) -> str:
        """What people call it."""
        if self.title:
            return self.title
        return " ".join(filter(None, (self.region_name, self.period))) or self.source_name

    @property
    def explained(self) -> float | None:
        """Share of its numbers that were explained, None if it has none."""
        return self.numbers_explained / self.numbers_total if self.numbers_total else None


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What only the report's own page shows."""

    facts: ReportFacts
    text: str
    readings: tuple[Reading, ...]
    unread: tuple[Unread, ...]


# the contents of reports, in any order
Fetch = Callable[[Sequence[ReportFacts]], Iterable[ReportContent]]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline indicator and everything stated of it.

    ``points`` are the rows of a JSON array, as ``headlines`` of pages.sql tells them, in order of region, period and
    status; they name regions, groups (measure and base unit) and reports (their ids) by their places in the lists here.
    ``region_count`` counts divisions, of which one may have had two names.
    """

    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    regions: Sequence[str] = ()
    region_count: int = 0
    country: int | None = None
    groups: Sequence[Sequence[str]] = ()
    reports: Sequence[str] = ()
    first_year: str = ""
    last_year: str = ""
    actual: int = 0
    target: int = 0
    points: str = ""


@dataclass(frozen=True, slots=True)
class SiteContent:
    """Everything the pages show.

    ``codes`` are those of the headlines in the order they are listed; ``headlines`` come once, in any order, since
    what is stated of them is too much to hold at once. ``reports`` are all of the warehouse, ``held`` those of this
    load that were read and held back. ``fetch`` gives the contents of the reports asked for, in any order; where the
    bytes are gone the text is empty.
    """

    site: QualitySite
    reports: tuple[ReportFacts, ...]
    codes: tuple[str, ...]
    headlines: Iterable[Headline]
    fetch: Fetch
    held: tuple[ReportContent, ...] = ()
