"""From the warehouse about to be published to its pages: what each shows is asked here and handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from expectations.datadocs import build_data_docs
from expectations.page_types import (
    Fetch,
    Headline,
    Reading,
    ReportContent,
    ReportFacts,
    SiteContent,
    Unread,
)
from expectations.site import DATA_DOCS, build_site, complete_site
from expectations.types import HeldItem, LoadLine, QualitySite, Trend, ValidationReport
from flows.fetch import raw_path
from transforms.errors import UnreadableReport, UsageError
from transforms.readers import read_document
from transforms.types import Observation, RawDocument, Report, ReportEntry, Seeds
from warehouse.files import open_snapshot
from warehouse.layout import Layout
from warehouse.loader import latest_load_id
from warehouse.publish import publish_quality
from warehouse.types import LoadBatch

HISTORY_LOADS = 120
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PageBuilder:
    """Writes the quality report of a load.

    ``blocked`` are the reports that were read and then held back; ``reopen`` gives what they said
    in full. Without ``reuse`` every page is written anew, and of
    reports at most ``most``.
    """

    data_dir: Path
    seeds: Seeds
    batch: LoadBatch
    blocked: tuple[ReportEntry, ...]
    validation: ValidationReport
    reopen: Callable[[Sequence[ReportEntry]], Iterable[Report]]
    reuse: bool = True
    most: int | None = None

    def __call__(self, target: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Fill the folder that is published with the load."""
        batch = self.batch
        build_data_docs(target / DATA_DOCS, self.validation.evidence, batch.load_id, batch.started_at)
        published = self.data_dir / "quality"
        previous = published.resolve() if self.reuse and published.is_dir() else None
        build_site(target, self._content(connection), previous, self.most)

    def _content(self, connection: duckdb.DuckDBPyConnection) -> SiteContent:
        blocked = self.reopen(self.blocked) if self.blocked else ()
        reasons = {item.report_id: item.message for item in self.batch.held_back}
        return SiteContent(
            site=self._site(connection),
            reports=_facts(connection),
            codes=self.seeds.headlines,
            headlines=_headlines(connection, self.seeds),
            fetch=_fetch_from(connection, self.data_dir),
            held=tuple(_held_content(report, self.batch, reasons) for report in blocked),
        )

    def _site(self, connection: duckdb.DuckDBPyConnection) -> QualitySite:
        batch = self.batch
        return QualitySite(
            load_id=batch.load_id,
            started_at=batch.started_at,
            rules_version=batch.rules_version,
            files_seen=batch.files_seen,
            files_known=batch.files_known,
            reports=batch.reports,
            validation=self.validation,
            held_back=tuple(
                HeldItem(item.source_name, item.report_id, item.reason, item.message)
                for item in batch.held_back
            ),
            history=tuple(LoadLine(**row) for row in _ask(connection, "loads", most=HISTORY_LOADS)),
            trends={
                (row["suite"], row["expectation"]): Trend(row["times_failed"], row["change"])
                for row in _ask(connection, "trends", load_id=batch.load_id)
            },
        )


def complete_pages(layout: Layout, seeds: Seeds) -> int:
    """Publishes the quality report once more, with the pages of reports that were to come; gives their number.

    UsageError where there is no quality report; LoadFailed. The caller holds the lock.
    """
    data_dir, published = layout.data_dir, layout.data_dir / "quality"
    with open_snapshot(layout) if published.is_dir() else nullcontext() as connection:
        load_id = None if connection is None else latest_load_id(connection)
        if connection is None or load_id is None:
            raise UsageError(f"还没有质量报告 / there is no quality report: {published}")
        written: list[int] = []

        def build(folder: Path) -> None:
            fetch = _fetch_from(connection, data_dir)
            shelf = complete_site(folder, published.resolve(), _facts(connection), seeds.headlines, fetch)
            written.append(shelf.written)

        publish_quality(layout, load_id, build)
        return sum(written)


def _facts(connection: duckdb.DuckDBPyConnection) -> tuple[ReportFacts, ...]:
    return tuple(ReportFacts(**row) for row in _ask(connection, "reports"))


def _fetch_from(connection: duckdb.DuckDBPyConnection, data_dir: Path) -> Fetch:
    def fetch(wanted: Sequence[ReportFacts]) -> Iterator[ReportContent]:
        for at in range(0, len(wanted), _READ_AT_ONCE):
            yield from _contents(connection, data_dir, wanted[at : at + _READ_AT_ONCE])

    return fetch


def _headlines(connection: duckdb.DuckDBPyConnection, seeds: Seeds) -> Iterator[Headline]:
    """Every headline indicator, also those of which nothing is stated yet; nothing else may be asked meanwhile."""
    known = {item.code: item for item in seeds.indicators}

    def headline(code: str, **stated: Any) -> Headline:
        return Headline(code, known[code].name_zh, known[code].name_en, known[code].aliases, **stated)

    cursor = connection.execute(_statements()["headlines"], {"codes": list(seeds.headlines)})
    names = [column[0] for column in cursor.description or ()]
    left = dict.fromkeys(seeds.headlines)
    while row := cursor.fetchone():  # each may be megabytes
        found = headline(**dict(zip(names, row, strict=True)))
        left.pop(found.code)
        yield found
    for code in left:
        yield headline(code)


def _contents(
    connection: duckdb.DuckDBPyConnection,
    data_dir: Path,
    wanted: Sequence[ReportFacts],
) -> Iterator[ReportContent]:
    ids = [facts.report_id for facts in wanted]
    readings: dict[str, list[Reading]] = {}
    for row in _ask(connection, "readings", report_ids=ids):
        report_id, value = row.pop("report_id"), plain(row.pop("value"))
        rules = tuple(row.pop("rule_ids"))
        readings.setdefault(report_id, []).append(Reading(**row, value=value, rule_ids=rules))
    unread: dict[str, list[Unread]] = {}
    for row in _ask(connection, "unread", report_ids=ids):
        unread.setdefault(row.pop("report_id"), []).append(Unread(**row))
    texts = {row["report_id"]: row["text"] for row in _ask(connection, "texts", report_ids=ids)}
    for facts in wanted:
        known = texts.get(facts.report_id)
        text = _raw_text(data_dir, facts) if known is None else known
        found, missed = readings.get(facts.report_id, ()), unread.get(facts.report_id, ())
        yield ReportContent(facts, text, tuple(found), tuple(missed))


def _raw_text(data_dir: Path, facts: ReportFacts) -> str:
    """The text from the bytes as they came; empty where they are gone."""
    path = raw_path(data_dir, facts.report_id)
    if not path.is_file():
        return ""
    try:
        return read_document(RawDocument(facts.report_id, facts.source_name, path.read_bytes())).text
    except UnreadableReport:  # the bytes have rotted
        return ""


def _held_content(report: Report, batch: LoadBatch, reasons: dict[str, str]) -> ReportContent:
    """A report that was read and is not in the warehouse."""
    source, meta = report.document.source, report.document.meta
    facts = ReportFacts(
        report_id=source.report_id,
        source_name=source.source_name,
        title=meta.title,
        report_type=meta.report_type,
        region_code=meta.region_code,
        region_name=meta.region_name,
        period=meta.period,
        plan_period=meta.plan_period,
        published_on=str(meta.published_on) if meta.published_on else None,
        issuer=meta.issuer,
        source_url=meta.source_url,
        characters=len(source.text),
        observation_count=len(report.observations),
        numbers_total=report.numbers_total,
        numbers_explained=report.numbers_explained,
        rules_version=batch.rules_version,
        load_id=batch.load_id,
        held_back=reasons.get(source.report_id, "扣留 / held back"),
    )
    unread = tuple(
        Unread(item.char_start, item.char_end, item.kind, item.reason)
        for item in report.issues
        if item.char_start is not None and item.char_end is not None
    )
    return ReportContent(facts, source.text, tuple(map(_reading, report.observations)), unread)


def _reading(item: Observation) -> Reading:
    return Reading(
        observation_id=item.observation_id,
        char_start=item.char_start,
        char_end=item.char_end,
        value=plain(item.value),
        unit=item.unit,
        indicator=item.indicator,
        indicator_code=item.indicator_code,
        measure=item.measure,
        status=item.status,
        bound=item.bound,
        period=item.period,
        period_basis=item.period_basis,
        scope=item.scope,
        region_name=item.region_code,
        rule_ids=item.rule_ids,
    )


def plain(number: Decimal) -> str:
    """A decimal without an exponent and without noughts at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ask(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    cursor = connection.execute(_statements()[name], parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@cache
def _statements() -> dict[str, str]:
    parts = (files("flows") / "pages.sql").read_text(encoding="utf-8").split("-- name: ")[1:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}
