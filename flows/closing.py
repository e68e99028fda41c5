"""What follows a run: those who are to be told are told, and Prometheus' figures are written.

None of it can change how the run ended: it happened already.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from flows.metrics import write_metrics
from flows.notify import Message, about_failure, about_load, send
from flows.output import PlainNarrator
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.steps import NightSummary


def close_well(settings: Settings, summary: NightSummary | None) -> None:
    """After a run that loaded something, or for None found nothing new."""
    if summary is not None:
        _tell(
            settings,
            about_load(settings.layout(), summary.receipt.load_id, summary.held_back, summary.quality),
        )
    _measure(settings, succeeded=True)


def close_badly(settings: Settings, told: str) -> None:
    """After a run that failed, ``told`` being why: nothing was published."""
    _tell(settings, about_failure(settings.data, told))
    _measure(settings, succeeded=False)


def _tell(settings: Settings, message: Message | None) -> None:
    if message is not None and settings.notify:
        send(message, settings.notify, PlainNarrator(sys.stderr))


def _measure(settings: Settings, succeeded: bool) -> None:
    # a full disk is why a run failed; that much has been said
    with suppress(OSError):
        write_metrics(settings.layout(), succeeded)
