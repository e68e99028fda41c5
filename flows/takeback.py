"""Taking a load back: the lock, the bytes kept in raw/, and the warehouse's own rollback."""

from __future__ import annotations

from pathlib import Path

from flows.fetch import raw_path
from flows.settings import Settings
from flows.steps import Narrator, data_lock
from warehouse.publish import prepare, roll_back


def take_back(settings: Settings, load_id: str, narrator: Narrator) -> str | None:
    """Publish what was published before this load; gives the load that is the latest then, None if none is.

    Raises UsageError for a load that cannot be taken back, LoadFailed if it fails; then nothing changed.
    """
    with data_lock(settings.data, settings.lock_timeout, narrator):
        where = settings.layout()
        prepare(where)
        return roll_back(where, load_id, lambda report_id: _payload(settings.data, report_id))


def _payload(data_dir: Path, report_id: str) -> bytes | None:
    path = raw_path(data_dir, report_id)
    return path.read_bytes() if path.is_file() else None
