"""What travels to a worker on another machine and back: documents by place or by bytes, rows by place or by bytes.

Workers import this module and not the flow: they need neither Great Expectations nor a data directory.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.fetch import Stored, load_raw
from flows.places import RemoteSource, Url
from flows.readers import Part, own_lexicon, stage_reading
from flows.remote import read_remote, read_remote_folder, write_remote
from flows.settings import Settings
from flows.steps import read_documents
from transforms.errors import LoadFailed, UnreadableReport
from transforms.limits import Limits
from transforms.pipeline import effective_rules_version
from transforms.types import RawDocument, ReportEntry
from warehouse.types import HeldBack


@dataclass(frozen=True, slots=True)
class Item:
    """One document: ``origin`` says where it lies, else ``payload`` is its bytes."""

    report_id: str
    source_name: str
    origin: RemoteSource | None
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class Errand:
    """One batch for a worker. ``target`` is the folder for its rows, None if they are to be handed back."""

    items: tuple[Item, ...]
    limits: Limits
    rules_version: str
    target: Url | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an errand. ``missing`` are documents that no longer lie where they did; the files of rows are in
    ``place``, or ``files`` by name."""

    reports: tuple[ReportEntry, ...]
    held_back: tuple[HeldBack, ...]
    missing: frozenset[str]
    place: Url | None
    files: Mapping[str, bytes] = field(default_factory=dict)


def make_errands(
    settings: Settings, batches: Sequence[Sequence[Stored]], rules_version: str, exchange: Url | None
) -> Iterator[Errand]:
    """An errand for each batch; bytes of what lies on this machine go along."""
    for number, batch in enumerate(batches):
        target = None if exchange is None else Url(f"{exchange}/{number:06}")
        items = tuple(_item(settings, stored) for stored in batch)
        yield Errand(items, settings.limits, rules_version, target)


def _item(settings: Settings, stored: Stored) -> Item:
    payload = None if stored.origin else load_raw(settings.data, stored).payload
    return Item(stored.report_id, stored.source_name, stored.origin, payload)


def run_errand(errand: Errand) -> Delivery:
    """Reads a batch and stages its rows. Raises Transient, and LoadFailed where this worker has other rules."""
    lexicon = own_lexicon()
    version = effective_rules_version(lexicon.seeds)
    if version != errand.rules_version:
        raise LoadFailed(
            f"工作进程的规则版本不同 / a worker has other rules: {version}, not {errand.rules_version}"
        )
    found = {item.report_id: _payload(item, errand.limits) for item in errand.items}
    documents = [
        RawDocument(item.report_id, item.source_name, payload)
        for item in errand.items
        if (payload := found[item.report_id]) is not None
    ]
    reading = read_documents(documents, lexicon, errand.limits)
    with tempfile.TemporaryDirectory(prefix="zhengbao-") as scratch:
        part = stage_reading(reading, lexicon.seeds, Path(scratch) / "part")
        files = {path.name: path.read_bytes() for path in sorted(part.folder.iterdir())}
    if errand.target is not None:
        write_remote(errand.target, files)
        files = {}
    missing = frozenset(report_id for report_id, payload in found.items() if payload is None)
    return Delivery(part.reports, part.held_back, missing, errand.target, files)


def take_in(delivery: Delivery, folder: Path) -> Part:
    """A delivery as a part, its files in a folder that is made anew. Raises Transient."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = delivery.files if delivery.place is None else read_remote_folder(delivery.place)
    for name, payload in files.items():
        (folder / Path(name).name).write_bytes(payload)
    return Part(delivery.reports, delivery.held_back, folder)


def _payload(item: Item, limits: Limits) -> bytes | None:
    """The bytes, None if they are no longer to be had where they were. Raises Transient."""
    if item.origin is None:
        return item.payload
    try:
        payload = read_remote(item.origin, limits.file_bytes + 1)
    except UnreadableReport:
        return None
    return payload if hashlib.sha256(payload).hexdigest() == item.report_id else None
