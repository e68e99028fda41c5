"""What the landing places hold at a moment: ``zhengbao serve --watch`` compares one moment with the next."""

from __future__ import annotations

import os

from flows.fetch import list_sources
from flows.places import RemoteSource
from flows.timetable import Plan
from transforms.errors import Transient, ZhengbaoError


def snapshot(plan: Plan) -> frozenset[tuple[object, ...]] | None:
    """Files with size and time; empty while the places cannot be listed, which the next night will tell.

    None where that may pass: a network that fails for a moment is no change.
    """
    try:
        sources = list_sources(plan.landing, exclude=plan.data)
    except Transient:
        return None
    except ZhengbaoError:
        return frozenset()
    found: set[tuple[object, ...]] = set()
    for source in sources:
        if isinstance(source, RemoteSource):
            found.add((source.place, source.path, source.version))
            continue
        try:
            told = os.stat(source.path)
        except OSError:
            continue
        found.add((source.path, told.st_size, told.st_mtime_ns))
    return frozenset(found)
