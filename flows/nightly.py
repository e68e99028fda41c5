"""The night as a Prefect flow: order, names, batches, retries. What is done stands in ``flows.steps``.

Importing this module imports Prefect and Great Expectations, which takes seconds: import it late, inside
``flows.orchestrator.orchestrator``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from prefect import flow
from prefect.artifacts import create_markdown_artifact

from expectations.types import ValidationReport
from flows import pages, quality, steps
from flows.days import Days, keep_days, parse_days
from flows.fetch import AnySource, list_sources
from flows.gate import WarehouseGate
from flows.hooks import tell_done, tell_failed
from flows.interrupts import go_through, keep_heeding
from flows.output import PlainNarrator
from flows.places import Place, Url, to_place
from flows.readers import Part, Readers
from flows.remembered import Remembered
from flows.settings import Settings, load_settings, require_engine
from flows.steps import Checked, Fetched, Narrator, NightSummary
from flows.tasks import Parcel, task_of_night, with_retries
from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import effective_rules_version
from transforms.types import Report, ReportEntry, Seeds
from warehouse.layout import Layout
from warehouse.loader import former_editions, known_report_ids, outdated_reports
from warehouse.publish import load_apart, prepare, publish_loaded, until_committed, write_quarantine
from warehouse.staging import StagedRows
from warehouse.types import FormerEditions, LoadBatch, LoadReceipt, Outdated

FILES_A_BATCH = 500
# what Great Expectations is given at once: a second goes by for each time it is asked at all
OBSERVATIONS_A_CHECK = 110_000

# who is told how far the night is; a scheduled night tells its log
NARRATOR: ContextVar[Narrator] = ContextVar("NARRATOR")
# who started the night may want to know what it did, also where Prefect cannot say
OUTCOME: ContextVar[steps.Outcome] = ContextVar("OUTCOME")


@task_of_night("look", "look into places elsewhere")
def look(landing: Parcel[Sequence[Place]], data_dir: Path) -> Parcel[list[AnySource]]:
    """List what is there: a network may fail for a moment."""
    return Parcel(list_sources(landing.content, exclude=data_dir))


@task_of_night("fetch", "fetch {number} of {total}")
def fetch(
    settings: Parcel[Settings],
    sources: Parcel[Sequence[AnySource]],
    known: Parcel[set[str]],
    remembered: Parcel[Remembered],
    number: int,
    total: int,
) -> Parcel[Fetched]:
    """Look into files and keep the bytes of what is new."""
    given = settings.content
    return Parcel(
        steps.fetch_batch(given.data, sources.content, known.content, given.limits, remembered.content)
    )


@task_of_night("fetch returned", "fetch what files went back to")
def fetch_returned(
    data_dir: Path, former: Parcel[FormerEditions], fetched: Parcel[Fetched]
) -> Parcel[Fetched]:
    """Add the earlier editions that files hold again."""
    return Parcel(steps.fetch_returned(data_dir, former.content, fetched.content))


@task_of_night("fetch again", "fetch what other rules read")
def fetch_again(
    data_dir: Path, outdated: Parcel[list[Outdated]], fetched: Parcel[Fetched], narrator: Parcel[Narrator]
) -> Parcel[Fetched]:
    """Add what was read under other rules, from the bytes kept by earlier runs."""
    return Parcel(steps.fetch_again(data_dir, outdated.content, fetched.content, narrator.content))


@task_of_night("read", "read {number} of {total}")
def read(readers: Parcel[Readers], number: int, total: int) -> Parcel[Part]:
    """Read a batch of documents and stage what they say."""
    return Parcel(readers.content.part(number - 1))


@task_of_night("validate", "validate the observations of {count} reports")
def validate(parts: Parcel[Sequence[Part]], seeds: Parcel[Seeds], count: int) -> Parcel[Any]:
    """Judge the observations of some parts."""
    return Parcel(quality.judge_observations(parts.content, seeds.content))


@task_of_night("sort out", "sort out {count} reports")
def sort_out(
    data_dir: Path,
    parts: Parcel[Sequence[Part]],
    judged: Parcel[Sequence[Any]],
    seeds: Parcel[Seeds],
    count: int,
) -> Parcel[tuple[Checked, ValidationReport]]:
    """Hold back the reports that break what must be true of every report."""
    return Parcel(quality.check_parts(data_dir, parts.content, judged.content, seeds.content))


@task_of_night("load", "load {count} reports")
def load(
    where: Parcel[Layout],
    seeds: Parcel[Seeds],
    batch: Parcel[LoadBatch],
    checks: Parcel[tuple[Checked, ValidationReport]],
    count: int,
) -> Parcel[tuple[LoadReceipt, Checked, ValidationReport]]:
    """Load a copy of the warehouse and judge it: what fails is held back, or fails the load."""
    gate = WarehouseGate(where.content.data_dir, seeds.content.checks, *checks.content)
    receipt = load_apart(where.content, seeds.content, batch.content, gate.judge)
    return Parcel((receipt, gate.checked, gate.validation))


@task_of_night("publish", "publish {load_id}")
def publish(where: Parcel[Layout], builder: Parcel[pages.PageBuilder], load_id: str) -> None:
    """Write the quarantine, then publish what was loaded, the quality pages included, in one step."""
    for item in builder.content.batch.held_back:
        write_quarantine(where.content.data_dir, item)
    publish_loaded(where.content, load_id, builder.content, go_through)


def _run_name() -> str:
    return f"nightly {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"


@flow(
    name="nightly",
    flow_run_name=_run_name,
    validate_parameters=False,
    persist_result=False,
    on_completion=[tell_done],
    on_failure=[tell_failed],
)
def nightly(
    landing: list[str],
    data_dir: str,
    again: bool = False,
    since: str | None = None,
    until: str | None = None,
    engine: str | None = None,
    scheduler: str | None = None,
) -> NightSummary | None:
    """Ingest what is new in the landing places and what was read under other rules; None when nothing is.

    ``again`` brings in what was rolled back before; only files changed from day ``since`` to day ``until`` count.
    ``engine`` and ``scheduler`` override the settings. Raises ZhengbaoError.
    """
    keep_heeding()
    data = Path(data_dir)
    settings = load_settings(data, engine=engine, scheduler=scheduler)
    require_engine(settings)
    where = settings.layout()
    narrator = NARRATOR.get(PlainNarrator(sys.stderr))
    started_at = datetime.now(UTC)
    with steps.data_lock(data, settings.lock_timeout, narrator):
        prepare(where)
        seeds = load_seeds()
        version = effective_rules_version(seeds)
        former = former_editions(where, again)
        sources = _list_all(settings, [to_place(item) for item in landing], parse_days(since, until))
        lexicon = build_lexicon(seeds)
        with steps.staging(data) as root:
            with _open_readers(settings, lexicon, root) as readers:
                fetched = _fetch_all(settings, where, sources, version, narrator, again, former, readers)
                if not (fetched.stored or fetched.unfit):
                    return None
                readers.add(fetched.stored)  # whatever was found otherwise than in the landing places
                parts, judged = _read_all(settings, readers, lexicon, root, narrator)
            narrator.begin("检查 / validating reports", 0)
            step, count = with_retries(settings, sort_out), sum(len(part.reports) for part in parts)
            checks = step(data, Parcel(parts), Parcel(judged), Parcel(seeds), count)
            read_in = _as_batch(fetched, parts, checks.content[0], version, started_at, former)
            narrator.begin("入库 / loading", 0)
            receipt, batch, checked = until_committed(
                lambda: _publish(settings, where, lexicon, read_in, checks, narrator)
            )
        steps.tell_unused(seeds.corrections, known_report_ids(where, version), narrator)
    summary = steps.summarise(where, receipt, batch, checked)
    OUTCOME.get(steps.Outcome()).published = summary
    create_markdown_artifact(steps.as_markdown(summary), key="nightly-load", description=receipt.load_id)
    return summary


def _open_readers(settings: Settings, lexicon: Lexicon, root: Path) -> Readers:
    """Where a cluster reads, no process of this machine besides this one."""
    processes = settings.processes if settings.engine == "local" else 1
    return Readers(settings.data, lexicon, settings.limits, root, processes, settings.batch_characters)


def _as_batch(
    fetched: Fetched,
    parts: Sequence[Part],
    checked: Checked,
    version: str,
    started_at: datetime,
    former: FormerEditions,
) -> LoadBatch:
    return LoadBatch(
        started_at=started_at,
        rules_version=version,
        reports=checked.reports,
        held_back=(
            *fetched.unfit,
            *(item for part in parts for item in part.held_back),
            *checked.held_back,
        ),
        quality=checked.quality,
        files_seen=fetched.seen,
        files_known=fetched.seen - len(fetched.stored) - len(fetched.unfit),
        returned=fetched.returned,
        after=former.latest_load,
        rows=StagedRows(folders=tuple(part.folder for part in parts)),
    )


def _publish(
    settings: Settings,
    where: Layout,
    lexicon: Lexicon,
    batch: LoadBatch,
    checks: Parcel[tuple[Checked, ValidationReport]],
    narrator: Narrator,
) -> tuple[LoadReceipt, LoadBatch, Checked]:
    """Load apart, judge, publish; also what became of the batch and its reports."""
    data, seeds, (before, _) = settings.data, lexicon.seeds, checks.content
    step = with_retries(settings, load)
    receipt, checked, validation = step(
        Parcel(where), Parcel(seeds), Parcel(batch), checks, len(batch.reports)
    ).content
    batch = replace(batch.without(checked.held_back[len(before.held_back) :]), quality=checked.quality)
    if receipt.published:
        narrator.begin("发布 / publishing", 0)

        def reopen(wanted: Sequence[ReportEntry]) -> tuple[Report, ...]:
            return steps.read_again(data, wanted, lexicon, settings.limits)

        builder = pages.PageBuilder(
            data, seeds, batch, checked.blocked, validation, reopen, most=settings.report_pages
        )
        with_retries(settings, publish)(Parcel(where), Parcel(builder), receipt.load_id)
    return receipt, batch, checked


def _list_all(settings: Settings, landing: Sequence[Place], days: Days) -> list[AnySource]:
    """Folders of this machine are listed at once, without a task for it."""
    if any(isinstance(place, Url) for place in landing):
        sources = with_retries(settings, look)(Parcel(landing), settings.data).content
    else:
        sources = list_sources(landing, exclude=settings.data)
    return keep_days(sources, days)


def _fetch_all(
    settings: Settings,
    where: Layout,
    sources: Sequence[AnySource],
    version: str,
    narrator: Narrator,
    again: bool,
    former: FormerEditions,
    readers: Readers,
) -> Fetched:
    """What is new; the readers are given what is in the landing places as it comes."""
    known, remembered = Parcel(known_report_ids(where, version, again)), Parcel(Remembered(settings.data))
    batches = [sources[at : at + FILES_A_BATCH] for at in range(0, len(sources), FILES_A_BATCH)]
    narrator.begin("查找 / looking into files", len(sources))
    parts = []
    for number, batch in enumerate(batches, 1):
        step = with_retries(settings, fetch)
        parts.append(step(Parcel(settings), Parcel(batch), known, remembered, number, len(batches)).content)
        readers.add(parts[-1].stored)
        narrator.advance(len(batch))
    remembered.content.save()  # once: it is as long as the list of all files
    fetched = steps.merge_fetched(parts)
    for told in fetched.unsettled:
        narrator.say(told)
    if former.latest_by:
        step_back = with_retries(settings, fetch_returned)
        fetched = step_back(settings.data, Parcel(former), Parcel(fetched)).content
    outdated = Parcel(outdated_reports(where, version))
    if not outdated.content:
        return fetched
    step_again = with_retries(settings, fetch_again)
    return step_again(settings.data, outdated, Parcel(fetched), Parcel(narrator)).content


def _read_all(
    settings: Settings, readers: Readers, lexicon: Lexicon, root: Path, narrator: Narrator
) -> tuple[list[Part], list[Any]]:
    """All parts, and what the suite of observations found in them: judged as they come, so that none has to wait in
    memory."""
    readers.finish()
    narrator.begin("读取 / reading reports", sum(map(len, readers.batches)))
    parts: list[Part] = []
    waiting: list[Part] = []
    judged: list[Any] = []
    for part in _read_parts(settings, readers, lexicon, root, narrator):
        parts.append(part)
        waiting.append(part)
        if sum(report.observations for part in waiting for report in part.reports) >= OBSERVATIONS_A_CHECK:
            judged.append(_judge(settings, waiting, lexicon.seeds))
            waiting = []
    if waiting:
        judged.append(_judge(settings, waiting, lexicon.seeds))
    pa.default_memory_pool().release_unused()  # of the frames judged; the load has use for it
    return parts, judged


def _judge(settings: Settings, parts: Sequence[Part], seeds: Seeds) -> Any:
    reports = sum(len(part.reports) for part in parts)
    return with_retries(settings, validate)(Parcel(parts), Parcel(seeds), reports).content


def _read_parts(
    settings: Settings, readers: Readers, lexicon: Lexicon, root: Path, narrator: Narrator
) -> Iterator[Part]:
    """A part for each batch, in order, wherever it is read."""
    if settings.engine == "dask":
        from flows.cluster import Cluster  # with Dask, which few have

        yield from Cluster(settings, lexicon, root, narrator).read(readers.batches)
        return
    total = len(readers.batches)
    for number, batch in enumerate(readers.batches):
        yield with_retries(settings, read)(Parcel(readers), number + 1, total).content
        narrator.advance(len(batch))
