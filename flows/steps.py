"""What the tasks of a night do, as plain functions; ``flows.nightly`` gives them order, names and retries.

Every step takes all it needs and returns all it made, so that a step can be run again after a passing fault.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from filelock import FileLock, Timeout

from flows.collector import paused_collector
from flows.fetch import AnySource, Found, Stored, Unsettled, discover, find_stored, load_raw, store_raw
from flows.isolation import IsolatedReader
from flows.remembered import Met, Remembered
from transforms.errors import LoadFailed, UnreadableReport
from transforms.lexicon import Lexicon
from transforms.limits import Limits
from transforms.pipeline import read_report
from transforms.readers import DEFAULT_LIMITS
from transforms.types import Correction, RawDocument, Report, ReportEntry
from warehouse.layout import Layout
from warehouse.types import FormerEditions, HeldBack, LoadBatch, LoadReceipt, Outdated, QualityRow

Quality = Literal["pass", "warn", "held"]

# Chinese takes three bytes a character in UTF-8; the work of reading is counted in characters
BYTES_PER_CHARACTER = 3
_MAX_TOLD = 10


@dataclass(frozen=True, slots=True)
class Fetched:
    """Result of looking into some files: what is new and stored, what is unfit, and how many were seen.

    ``met`` says what each file held, ``returned`` which reports files went back to, ``unsettled`` what is said of
    files that were left for the next run.
    """

    stored: tuple[Stored, ...] = ()
    unfit: tuple[HeldBack, ...] = ()
    seen: int = 0
    met: frozenset[Met] = frozenset()
    returned: frozenset[str] = frozenset()
    unsettled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of reading some documents."""

    reports: tuple[Report, ...] = ()
    held_back: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of validation: reports that may be loaded, reports held back, every expectation's result."""

    reports: tuple[ReportEntry, ...]
    blocked: tuple[ReportEntry, ...]
    held_back: tuple[HeldBack, ...]
    quality: tuple[QualityRow, ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report as the closing table shows it."""

    source_name: str
    title: str
    region: str
    period: str
    observations: int
    tasks: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class NightSummary:
    """What a run did, for the closing table and the artifact."""

    receipt: LoadReceipt
    lines: tuple[ReportLine, ...]
    held_back: tuple[HeldBack, ...]
    warehouse: Path | str
    quality: Path


@dataclass(slots=True)
class Outcome:
    """What is known of a night while it goes on: whatever fails after publication, the load stands."""

    published: NightSummary | None = None


class Narrator(Protocol):
    """Tells the person at the screen, or the log, how far the night is."""

    def say(self, line: str) -> None:
        """One thing that happened."""

    def begin(self, title: str, total: int) -> None:
        """A stage begins that has ``total`` steps, 0 if they cannot be counted."""

    def advance(self, count: int) -> None:
        """So many steps of the stage are done."""


@contextmanager
def data_lock(data_dir: Path, timeout: float, narrator: Narrator) -> Iterator[None]:
    """The data directory for this run alone; entered again by the same thread, it is free.

    Says so once if another run is in progress. LoadFailed after ``timeout`` seconds. The system gives the
    lock back when its holder dies, so a killed run never blocks the next.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data_dir / ".lock", is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        narrator.say("另一次运行正在进行,等待其结束… / another run is in progress; waiting for it to end")
        try:
            lock.acquire(timeout=timeout)
        except Timeout as error:
            raise LoadFailed(
                f"另一次运行 {timeout:g} 秒内未结束 / another run did not end in {timeout:g} s: {data_dir}"
            ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def staging(data_dir: Path) -> Iterator[Path]:
    """A folder for what is read and not loaded yet; what a killed run leaves of it the next ``prepare`` removes."""
    root = data_dir / ".work" / "staged"
    shutil.rmtree(root, ignore_errors=True)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def has_news(
    data_dir: Path,
    sources: Iterable[AnySource],
    known: Collection[str],
    former: FormerEditions,
    remembered: Remembered,
    limits: Limits = DEFAULT_LIMITS,
) -> bool:
    """Whether anything is new, then stopping at the first, or a file went back to an earlier edition."""
    seen: list[Met] = []
    # what was never looked into is most likely to be new
    likely_first = sorted(sources, key=remembered.has_met)
    news = any(True for _ in discover(likely_first, known, seen, limits, remembered))
    remembered.save()
    return news or bool(_find_returned(data_dir, seen, former))


def fetch_returned(data_dir: Path, former: FormerEditions, fetched: Fetched) -> Fetched:
    """What was fetched and, from raw/, the earlier editions that files went back to. Raises Transient."""
    back = _find_returned(data_dir, fetched.met, former)
    here = {item.report_id for item in fetched.stored}
    again = Fetched(tuple(item for item in back if item.report_id not in here))
    ids = frozenset(item.report_id for item in back)
    return replace(merge_fetched((fetched, again)), met=frozenset(), returned=ids)


def _find_returned(data_dir: Path, met: Iterable[Met], former: FormerEditions) -> list[Stored]:
    """Earlier editions that a file holds again.

    None where a file of the same name still holds the later one, as two folders may hold two editions: each would
    go back to the other every night.
    """
    held = set(met)
    back = sorted(
        (name, report_id)
        for (name, report_id), latest in former.latest_by.items()
        if (name, report_id) in held and (name, latest) not in held
    )
    found = (find_stored(data_dir, report_id, name) for name, report_id in back)
    return [item for item in found if item is not None]


def can_be_read_again(data_dir: Path, outdated: Iterable[Outdated]) -> bool:
    """Whether the bytes of anything read under other rules are still there; stops at the first."""
    return any(find_stored(data_dir, item.report_id, item.source_name) for item in outdated)


def fetch_again(
    data_dir: Path, outdated: Sequence[Outdated], fetched: Fetched, narrator: Narrator
) -> Fetched:
    """What was fetched and, from raw/, what was read under other rules and is no longer in the landing place.

    Says of which loaded reports the bytes are gone: they keep the reading they have. Raises Transient.
    """
    here = {item.report_id for item in fetched.stored}
    again: list[Stored] = []
    for item in outdated:
        if item.report_id in here:
            continue
        if stored := find_stored(data_dir, item.report_id, item.source_name):
            again.append(stored)
        elif item.loaded:
            narrator.say(
                f"原始字节缺失,沿用旧规则的读数 / bytes are gone, the reading of older rules stays: {item.source_name}"
            )
    return merge_fetched((fetched, Fetched(tuple(again), seen=len(again))))


def fetch_batch(
    data_dir: Path,
    sources: Sequence[AnySource],
    known: Collection[str],
    limits: Limits = DEFAULT_LIMITS,
    remembered: Remembered | None = None,
) -> Fetched:
    """Look into files and keep the bytes of what is new. Raises Transient.

    What is ``remembered`` is not looked into, and what was learnt is added to it; saving it is left to the caller.
    """
    stored: list[Stored] = []
    unfit: list[HeldBack] = []
    unsettled: list[str] = []
    seen: list[Met] = []
    for item in discover(sources, known, seen, limits, remembered):
        if isinstance(item, Found):
            stored.append(store_raw(data_dir, item))
        elif isinstance(item, Unsettled):
            unsettled.append(item.message)
        else:
            unfit.append(HeldBack(item.report_id, item.source_name, item.reason, item.message, item.payload))
    return Fetched(tuple(stored), tuple(unfit), len(seen), frozenset(seen), unsettled=tuple(unsettled))


def merge_fetched(parts: Iterable[Fetched]) -> Fetched:
    """All batches as one; the same bytes in two batches are one input, under the name met first."""
    stored: dict[str, Stored] = {}
    unfit: dict[str, HeldBack] = {}
    seen, met, returned = 0, frozenset[Met](), frozenset[str]()
    unsettled: tuple[str, ...] = ()
    for part in parts:
        unsettled += part.unsettled
        seen, met, returned = seen + part.seen, met | part.met, returned | part.returned
        for item in part.stored:
            stored.setdefault(item.report_id, item)
        for held in part.unfit:
            unfit.setdefault(held.report_id, held)
    return Fetched(tuple(stored.values()), tuple(unfit.values()), seen, met, returned, unsettled)


def split_by_size(stored: Sequence[Stored], characters: int) -> list[tuple[Stored, ...]]:
    """Batches of about so many characters, each with one document at least, in the given order."""
    batches: list[tuple[Stored, ...]] = []
    batch: list[Stored] = []
    room = characters * BYTES_PER_CHARACTER
    for item in stored:
        if batch and item.size > room:
            batches.append(tuple(batch))
            batch, room = [], characters * BYTES_PER_CHARACTER
        batch.append(item)
        room -= item.size
    if batch:
        batches.append(tuple(batch))
    return batches


def read_batch(
    data_dir: Path, batch: Sequence[Stored], lexicon: Lexicon, limits: Limits = DEFAULT_LIMITS
) -> Reading:
    """Read documents; one that cannot become a report is held back with its reason.

    Raises Transient, and CorrectionFailed for a correction that does not fit what is read.
    """
    return read_documents((load_raw(data_dir, item) for item in batch), lexicon, limits)


def read_documents(documents: Iterable[RawDocument], lexicon: Lexicon, limits: Limits) -> Reading:
    """The same of documents at hand. Raises CorrectionFailed."""
    reports: list[Report] = []
    held_back: list[HeldBack] = []
    with paused_collector(), IsolatedReader(limits) as decode:
        for raw in documents:
            try:
                reports.append(read_report(raw, lexicon, decode))
            except UnreadableReport as error:
                held_back.append(
                    HeldBack(raw.report_id, raw.source_name, error.reason, error.message, raw.payload)
                )
    return Reading(tuple(reports), tuple(held_back))


def read_again(
    data_dir: Path, wanted: Iterable[ReportEntry], lexicon: Lexicon, limits: Limits = DEFAULT_LIMITS
) -> tuple[Report, ...]:
    """Reports in full of which the entries are at hand, from raw/; without what cannot be read any more.

    Raises Transient.
    """
    found = (find_stored(data_dir, entry.report_id, entry.source_name) for entry in wanted)
    return read_batch(data_dir, [item for item in found if item is not None], lexicon, limits).reports


def tell_unused(corrections: Iterable[Correction], known: Collection[str], narrator: Narrator) -> None:
    """Say which corrections wait for a report that never came: a slip in report_id would look like that."""
    lines = [correction.line for correction in corrections if correction.report_id not in known]
    if lines:
        narrator.say(
            "这些更正所指的报告不在仓库中 / corrections whose report is not in the warehouse: corrections.csv:"
            + ", ".join(map(str, lines[:_MAX_TOLD]))
            + (f" … ({len(lines)})" if len(lines) > _MAX_TOLD else "")
        )


def describe(report: ReportEntry, quality: Quality) -> ReportLine:
    """A report's line of the closing table; a report without a title is told by its region and period."""
    meta = report.meta
    region, period = meta.region_name or "", meta.period or ""
    return ReportLine(
        source_name=report.source_name,
        title=meta.title or " ".join(filter(None, ("(无标题)", region, period))),
        region=region,
        period=period,
        observations=report.observations,
        tasks=report.tasks,
        quality=quality,
    )


def describe_all(checked: Checked) -> tuple[ReportLine, ...]:
    """Lines of all reports that were read, in order of file name."""
    warned = {report_id for row in checked.quality if not row.success for report_id in row.report_ids}
    lines = [describe(report, "held") for report in checked.blocked]
    lines += [
        describe(report, "warn" if report.report_id in warned else "pass") for report in checked.reports
    ]
    return tuple(sorted(lines, key=lambda line: line.source_name))


def summarise(where: Layout, receipt: LoadReceipt, batch: LoadBatch, checked: Checked) -> NightSummary:
    """What the closing table shows."""
    return NightSummary(
        receipt=receipt,
        lines=describe_all(checked),
        held_back=batch.held_back,
        warehouse=where.lake.shown if where.lake else where.warehouse,
        quality=where.data_dir / "quality" / "index.html",
    )


def as_markdown(summary: NightSummary) -> str:
    """The load as a Markdown page, for Prefect's list of artifacts."""
    receipt = summary.receipt
    rows = [
        f"# {receipt.load_id}",
        f"报告 / reports {receipt.reports} · 观测 / observations {receipt.observations} · "
        f"任务 / tasks {receipt.tasks} · 扣留 / held back {receipt.held_back}",
        "",
        "| 报告 / report | 地区 / region | 时期 / period | 观测 / obs. | 任务 / tasks | 质量 / quality |",
        "|---|---|---|---|---|---|",
    ]
    for line in summary.lines:
        cells = (line.title, line.region, line.period, line.observations, line.tasks, line.quality)
        rows.append("| " + " | ".join(_cell(str(cell)) for cell in cells) + " |")
    if summary.held_back:
        rows += ["", "| 扣留 / held back | 原因 / reason | |", "|---|---|---|"]
        rows += [
            f"| {_cell(h.source_name)} | {_cell(h.reason)} | {_cell(h.message)} |" for h in summary.held_back
        ]
    return "\n".join(rows)


def _cell(text: str) -> str:
    """Text that cannot break out of a table cell."""
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split())
