"""Days of Chinese time, and files that were changed on them: what ``zhengbao run --since … --until …`` takes in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flows.fetch import AnySource
from flows.places import RemoteSource
from flows.timetable import TIME_ZONE
from transforms.errors import UsageError


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included; None is no bound. UsageError where the end lies before the beginning."""

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise UsageError(f"止日在起日之前 / --until lies before --since: {self.until} < {self.since}")

    def hold(self, moment: datetime) -> bool:
        """Whether a moment (aware) lies in these days."""
        day = moment.astimezone(ZoneInfo(TIME_ZONE)).date()
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


ALWAYS = Days()


def parse_days(since: str | None, until: str | None) -> Days:
    """Days as parameters of a flow write them (``2026-03-01``). Raises UsageError."""
    try:
        return Days(*(date.fromisoformat(day) if day else None for day in (since, until)))
    except ValueError as error:
        raise UsageError(f"日期应写作 / a day is written as 2026-03-01: {error}") from error


def keep_days(sources: Iterable[AnySource], days: Days) -> list[AnySource]:
    """Files that were changed on these days; an archive counts as the file it is.

    A file of this machine whose time cannot be had is kept: opening it will say why. Raises UsageError for a place
    elsewhere that tells no times, for it would seem empty.
    """
    if days == ALWAYS:
        return list(sources)
    return [source for source in sources if (moment := _changed_at(source)) is None or days.hold(moment)]


def _changed_at(source: AnySource) -> datetime | None:
    if isinstance(source, RemoteSource):
        if source.changed is None:
            raise UsageError(
                f"此处不告知修改时间,不能用 --since、--until / no times are told there, which --since and --until "
                f"need: {source.place}"
            )
        return source.changed
    try:
        return datetime.fromtimestamp(os.stat(source.path).st_mtime, UTC)
    except OSError:
        return None
