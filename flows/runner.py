"""One run from beginning to end: lock, find what is new, and only then wake Prefect.

Most nights bring nothing. Such a run needs no orchestration and must not wait ten seconds for any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from flows.days import ALWAYS, Days, keep_days
from flows.fetch import list_sources
from flows.orchestrator import orchestrator
from flows.places import Place, Url
from flows.settings import Settings
from flows.steps import Narrator, NightSummary, can_be_read_again, data_lock, has_news
from seeds.load import load_seeds
from transforms.errors import Transient, UsageError, ZhengbaoError
from transforms.pipeline import effective_rules_version
from warehouse.loader import former_editions, known_report_ids, outdated_reports
from warehouse.publish import prepare


def run_and_tell(
    settings: Settings,
    landing: Sequence[Place],
    narrator: Narrator,
    interrupted: Callable[[], bool],
    again: bool = False,
    days: Days = ALWAYS,
) -> NightSummary | None:
    """``run_once``, and what follows a run: messages and metrics. Wrong usage is the business of who typed it."""
    from flows.closing import close_badly, close_well

    try:
        summary = run_once(settings, landing, narrator, interrupted, again, days)
    except UsageError:
        raise
    except ZhengbaoError as error:
        close_badly(settings, error.message)
        raise
    close_well(settings, summary)
    return summary


def run_once(
    settings: Settings,
    landing: Sequence[Place],
    narrator: Narrator,
    interrupted: Callable[[], bool],
    again: bool = False,
    days: Days = ALWAYS,
) -> NightSummary | None:
    """Ingest what is new in ``landing`` and what was read under other rules; None when there is neither.

    ``again`` brings in what was rolled back before; of the files only those changed on ``days`` count.
    Raises ZhengbaoError, nothing published, and KeyboardInterrupt if ``interrupted`` says so: an interrupt
    that arrives while a library is imported may be swallowed by it.
    """
    with data_lock(settings.data, settings.lock_timeout, narrator):
        prepare(settings.data)
        if not _is_due(settings, landing, again, days):
            return None
        narrator.begin("启动,约需十几秒 / starting, takes some seconds", 0)
        with orchestrator(settings.data) as server:
            from flows.nightly import NARRATOR, nightly  # while the server starts

            if server is not None:
                server.wait()
            if interrupted():
                raise KeyboardInterrupt
            token = NARRATOR.set(narrator)
            try:
                since, until = (day.isoformat() if day else None for day in (days.since, days.until))
                return nightly([str(place) for place in landing], str(settings.data), again, since, until)
            finally:
                NARRATOR.reset(token)


def _is_due(settings: Settings, landing: Sequence[Place], again: bool, days: Days) -> bool:
    """Whether there is anything to do, or that cannot be told now: a place elsewhere is tried again by the flow."""
    version = effective_rules_version(load_seeds())
    try:
        sources = keep_days(list_sources(landing, exclude=settings.data), days)
        return can_be_read_again(settings.data, outdated_reports(settings.data, version)) or has_news(
            settings.data,
            sources,
            known_report_ids(settings.data, version, again),
            former_editions(settings.data, again),
            settings.limits,
        )
    except Transient:
        if any(isinstance(place, Url) for place in landing):
            return True
        raise


def default_landing(settings: Settings) -> list[Place]:
    """The configured landing places, else the sample reports that come with the program."""
    return list(settings.landing) or [Path(str(files("seeds") / "reports"))]
