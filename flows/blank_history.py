"""A new history of runs for Prefect's server without the quarter of a minute that building its database takes.

The database of a server that has just been built, and holds no run yet, is kept among the user's caches; the next
new data directory begins with a copy. It only saves time: without it, the server builds its database itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

DATABASE_NAME = "prefect.db"  # as Prefect calls it in its home


def cached_database() -> Path | None:
    """Where a blank database of this version of Prefect is kept, None for a user without a place for caches."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        # https://specifications.freedesktop.org/basedir-spec: what is not absolute does not count
        caches = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return caches / "zhengbao" / f"prefect-{version('prefect')}.db"


def is_blank(home: Path) -> bool:
    """Whether a server that starts in this folder has no database yet."""
    return not any(
        home.glob(f"{DATABASE_NAME}*")
    )  # a log without its database would be replayed into another


def begin_blank(home: Path) -> bool:
    """Gives a server its database before it starts; False where none is kept, or it cannot be copied."""
    cached, target = cached_database(), home / DATABASE_NAME
    if cached is None or not cached.is_file():
        return False
    partial = target.with_name(f"{DATABASE_NAME}.part")
    try:
        shutil.copyfile(cached, partial)
        partial.replace(target)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        return False
    return True


def keep_blank(home: Path) -> None:
    """Keeps the database of a server that has answered and run nothing yet; where that fails, nothing is kept."""
    cached, database = cached_database(), home / DATABASE_NAME
    if cached is None or not database.is_file():  # the user may have set another place for it
        return
    partial = cached.with_name(f"{cached.name}.{os.getpid()}")
    try:
        cached.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # a copy by SQLite itself: the server has the file open
        with (
            closing(sqlite3.connect(database)) as given,
            closing(sqlite3.connect(partial)) as kept,
        ):
            given.backup(kept)
        partial.replace(cached)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def forget_blank() -> None:
    """Removes what is kept: a server did not start with it."""
    cached = cached_database()
    if cached is not None:
        with suppress(OSError):
            cached.unlink(missing_ok=True)
