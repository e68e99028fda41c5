"""One run from beginning to end: lock, find what is new, and only then wake Prefect.

Most nights bring nothing. Such a run needs no orchestration and must not wait ten seconds for any.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import copy_context
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from flows.days import ALWAYS, Days, keep_days
from flows.faults import tell
from flows.fetch import AnySource, list_sources
from flows.imports import import_ahead, quick_imports
from flows.interrupts import check, is_told
from flows.orchestrator import orchestrator
from flows.places import Place, Url
from flows.remembered import Remembered
from flows.settings import Settings, require_engine
from flows.steps import Narrator, NightSummary, Outcome, can_be_read_again, data_lock, has_news
from seeds.load import load_seeds
from transforms.errors import Transient, UsageError
from transforms.pipeline import effective_rules_version
from warehouse.loader import former_editions, known_report_ids, outdated_reports
from warehouse.publish import prepare


def run_and_tell(
    settings: Settings,
    landing: Sequence[Place],
    narrator: Narrator,
    again: bool = False,
    days: Days = ALWAYS,
) -> NightSummary | None:
    """``run_once``, and what follows a run: messages and metrics. Wrong usage is the business of who typed it."""
    from flows.closing import close_well

    with _Telling(settings):
        summary = run_once(settings, landing, narrator, again, days)
    close_well(settings, summary)
    return summary


class _Telling:
    """Tells of what ends the block, whatever it is; a night that fails unheard is the worst."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from flows.closing import close_badly

        if error is None or isinstance(error, UsageError | KeyboardInterrupt):
            return
        if is_told():  # what a library made of the interrupt
            raise KeyboardInterrupt from error
        close_badly(self._settings, tell(error))


class _Standing:
    """What fails after the load was published, such as Prefect's record of it, is said and changes nothing."""

    def __init__(self, narrator: Narrator) -> None:
        self._narrator = narrator
        self._outcome = Outcome()

    def __enter__(self) -> Outcome:
        return self._outcome

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._outcome.published is None or not isinstance(error, Exception):
            return False
        self._narrator.say(f"已发布,但此后出错 / published, but afterwards: {tell(error)}")
        return True


def run_once(
    settings: Settings,
    landing: Sequence[Place],
    narrator: Narrator,
    again: bool = False,
    days: Days = ALWAYS,
) -> NightSummary | None:
    """Ingest what is new in ``landing`` and what was read under other rules; None when there is neither.

    ``again`` brings in what was rolled back before; of the files only those changed on ``days`` count.
    Raises ZhengbaoError and KeyboardInterrupt, nothing published.
    """
    with data_lock(settings.data, settings.lock_timeout, narrator), ExitStack() as stack:
        prepare(settings.layout())
        sources, remembered = _list(settings, landing, days), Remembered(settings.data)
        # the server takes longest to be ready: where there will be something to do, it starts before that is certain
        likely = sources is None or not all(map(remembered.has_met, sources))
        server = stack.enter_context(orchestrator(settings.data)) if likely else None
        if sources is not None and not _is_due(settings, landing, sources, remembered, again):
            return None
        require_engine(settings)
        narrator.begin("启动,约需十几秒 / starting, takes some seconds", 0)
        if not likely:
            server = stack.enter_context(orchestrator(settings.data))
        with quick_imports():  # while the server starts
            from flows.nightly import NARRATOR, OUTCOME, nightly

            import_ahead()
        if server is not None:
            server.wait()
        check()  # an interrupt that arrives while a library is imported may be swallowed by it
        since, until = (day.isoformat() if day else None for day in (days.since, days.until))
        places = [str(place) for place in landing]
        with _Standing(narrator) as outcome, _heartbeat(server is None):
            night = copy_context()
            night.run(NARRATOR.set, narrator)
            night.run(OUTCOME.set, outcome)
            cluster = settings.engine, settings.scheduler
            night.run(lambda: nightly(places, str(settings.data), again, since, until, *cluster))
        return outcome.published


def _heartbeat(wanted: bool) -> AbstractContextManager[object]:
    """Prefect's sign of life while a flow runs; its end takes up to a second. A server that ends with us has no use
    for it."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    return nullcontext() if wanted else temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def _list(settings: Settings, landing: Sequence[Place], days: Days) -> list[AnySource] | None:
    """The files of the landing places; None where they cannot be told now, see ``_may_pass``."""
    try:
        return keep_days(list_sources(landing, exclude=settings.data), days)
    except Transient:
        if _may_pass(landing):
            return None
        raise


def _is_due(
    settings: Settings,
    landing: Sequence[Place],
    sources: Sequence[AnySource],
    remembered: Remembered,
    again: bool,
) -> bool:
    """Whether there is anything to do, or that cannot be told now, see ``_may_pass``."""
    version = effective_rules_version(load_seeds())
    where = settings.layout()
    try:
        return can_be_read_again(settings.data, outdated_reports(where, version)) or has_news(
            settings.data,
            sources,
            known_report_ids(where, version, again),
            former_editions(where, again),
            remembered,
            settings.limits,
        )
    except Transient:
        if _may_pass(landing):
            return True
        raise


def _may_pass(landing: Sequence[Place]) -> bool:
    """Whether a passing fault may be that of a place elsewhere, which the flow will ask again."""
    return any(isinstance(place, Url) for place in landing)


def default_landing(settings: Settings) -> list[Place]:
    """The configured landing places, else the sample reports that come with the program."""
    return list(settings.landing) or [Path(str(files("seeds") / "reports"))]
