"""The warehouse once more, from the bytes in raw/ and what the warehouse remembers of names and order."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from flows import pages, quality
from flows.fetch import Stored, find_stored
from flows.gate import WarehouseGate
from flows.readers import Part, Readers
from flows.settings import Settings
from flows.steps import Narrator, data_lock, read_again, staging
from seeds.load import load_seeds
from transforms.errors import LoadFailed
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import effective_rules_version
from transforms.types import Report, ReportEntry
from warehouse.publish import prepare, write_quarantine
from warehouse.rebuild import Memory, PastLoad, publish_rebuilt, remember
from warehouse.staging import StagedRows
from warehouse.types import LoadBatch, Verdict

_NAME_DIGITS = 12


def rebuild(settings: Settings, narrator: Narrator) -> str:
    """Make every load again, oldest first, and publish the result; gives the latest load.

    Without a warehouse everything in raw/ becomes one load, each file named by the first digits of its
    SHA-256. Raises LoadFailed, nothing changed, if bytes are gone or nothing is there.
    """
    data = settings.data
    with data_lock(data, settings.lock_timeout, narrator):
        where = settings.layout()
        prepare(where)
        memory = remember(where)
        with staging(data) as root:
            work = _Rebuilder(settings, narrator, root)
            load_id = publish_rebuilt(
                data, work.seeds, work.batches(memory), memory, work.build_pages, work.judge
            )
        for batch in work.done:
            for item in batch.held_back:
                write_quarantine(data, item)
    return load_id


class _Rebuilder:
    """Reads loads again one by one; keeps what the quality pages of the last one need."""

    def __init__(self, settings: Settings, narrator: Narrator, root: Path) -> None:
        self.seeds = load_seeds()
        self.done: list[LoadBatch] = []
        self._settings = settings
        self._root = root
        self._data = settings.data
        self._limits = settings.limits
        self._narrator = narrator
        self._version = effective_rules_version(self.seeds)
        self._lexicon: Lexicon = build_lexicon(self.seeds)
        self._batch: LoadBatch | None = None
        self._gate: WarehouseGate | None = None

    def batches(self, memory: Memory | None) -> Iterator[LoadBatch]:
        """All loads, oldest first; one only where nothing is remembered."""
        loads = (_everything(self._data),) if memory is None else memory.loads
        self._narrator.begin("重建 / rebuilding", len(loads))
        for past in loads:
            yield self._again(past, known_as=None if memory is None else past.load_id)
            self._narrator.advance(1)

    def build_pages(self, target: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """The quality pages after the last load, all written anew: other rules may have read what they show."""
        if self._batch is None or self._gate is None:
            raise LoadFailed("没有可重建的内容 / there is nothing to rebuild from")
        checked, validation = self._gate.checked, self._gate.validation
        batch = replace(self._batch, reports=checked.reports, held_back=self.done[-1].held_back)
        builder = pages.PageBuilder(
            self._data, self.seeds, batch, checked.blocked, validation, self._reopen, reuse=False
        )
        builder(target, connection)

    def _again(self, past: PastLoad, known_as: str | None) -> LoadBatch:
        stored = [self._stored(report_id, name) for report_id, name in past.members]
        kept = []
        for item in past.held_back:
            bytes_of = find_stored(self._data, item.report_id, item.source_name)
            if bytes_of is None:  # what never became a document has no bytes in raw/
                kept.append(item)
            else:
                stored.append(bytes_of)
        stored.sort(key=lambda item: (item.source_name, item.report_id))
        root = self._root / f"{len(self.done):06}"
        parts = self._read(stored, root)
        judged = [quality.judge_observations(parts, self.seeds)] if parts else []
        checked, validation = quality.check_parts(self._data, parts, judged, self.seeds)
        batch = LoadBatch(
            started_at=past.started_at,
            rules_version=self._version,
            reports=checked.reports,
            held_back=(*kept, *(item for part in parts for item in part.held_back), *checked.held_back),
            quality=checked.quality,
            files_seen=past.files_seen,
            files_known=past.files_known,
            known_as=known_as,
            rows=StagedRows(folders=tuple(part.folder for part in parts)),
        )
        self._gate = WarehouseGate(self._data, self.seeds.checks, checked, validation, recorded=True)
        self._batch = batch
        self.done.append(replace(batch, reports=()))
        return batch

    def _read(self, stored: Sequence[Stored], root: Path) -> list[Part]:
        """Parts below ``root``; those of the load before are done with."""
        shutil.rmtree(self._root, ignore_errors=True)
        asked = self._settings.processes, self._settings.batch_characters
        with Readers(self._data, self._lexicon, self._limits, root, *asked) as readers:
            readers.add(stored)
            return [readers.part(number) for number in range(readers.finish())]

    def _reopen(self, wanted: Iterable[ReportEntry]) -> tuple[Report, ...]:
        return read_again(self._data, wanted, self._lexicon, self._limits)

    def judge(self, findings: Any, batch: LoadBatch) -> Verdict:
        """Judge the load that was made last; what it holds back belongs to that load."""
        if self._gate is None:
            raise LoadFailed("没有可重建的内容 / there is nothing to rebuild from")
        verdict = self._gate.judge(findings, batch)
        self.done[-1] = self.done[-1].without(verdict.held_back)
        return verdict

    def _stored(self, report_id: str, name: str) -> Stored:
        found = find_stored(self._data, report_id, name)
        if found is None:
            raise LoadFailed(f"原始字节缺失,无法重建 / bytes are gone, no rebuild: {name} ({report_id[:12]})")
        return found


def _everything(data: Path) -> PastLoad:
    ids = sorted(path.name for path in data.glob("raw/??/*") if not path.name.startswith("."))
    members = tuple((report_id, report_id[:_NAME_DIGITS]) for report_id in ids)
    return PastLoad("", datetime.now(UTC), len(ids), 0, members, ())
