"""Documents to staged parts: in this process, or in one process for each core where there is enough to read.

A part is what became of one batch: its rows and the frames of the gates in a folder of Parquet files, and in memory
what a load keeps of each report. So memory does not grow with what is read.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from types import TracebackType

from expectations.staged import write_frames
from flows.fetch import Stored
from flows.imports import quick_imports
from flows.steps import BYTES_PER_CHARACTER, Reading, read_batch, split_by_size
from seeds.load import load_seeds
from transforms.errors import Transient
from transforms.lexicon import Lexicon, build_lexicon
from transforms.limits import Limits
from transforms.pipeline import entry_of
from transforms.types import ReportEntry, Seeds
from warehouse.cores import count_cores
from warehouse.staging import stage_in_folder
from warehouse.types import HeldBack

# A process needs two seconds until it reads its first character; below this one alone is as fast.
WORTH_PROCESSES = 3_000_000 * BYTES_PER_CHARACTER


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a batch of documents: reports in ``folder``, and documents that are held back."""

    reports: tuple[ReportEntry, ...]
    held_back: tuple[HeldBack, ...]
    folder: Path


def read_part(
    data_dir: Path, batch: Sequence[Stored], lexicon: Lexicon, limits: Limits, folder: Path
) -> Part:
    """Reads documents from raw/ and stages what they say in ``folder``, which is made.

    Raises Transient, CorrectionFailed, and LoadFailed for a number that no column can hold.
    """
    return stage_reading(read_batch(data_dir, batch, lexicon, limits), lexicon.seeds, folder)


def stage_reading(reading: Reading, seeds: Seeds, folder: Path) -> Part:
    """Writes the rows of what was read into ``folder``, which is made, and lets go of the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    stage_in_folder(reading.reports, folder)
    write_frames(reading.reports, seeds, folder)
    return Part(tuple(map(entry_of, reading.reports)), reading.held_back, folder)


@cache
def own_lexicon() -> Lexicon:
    """The lexicon of a process that reads for another."""
    return build_lexicon(load_seeds())


class Readers:
    """Reads documents into parts below ``root``, a part for each batch of about ``characters`` characters.

    Use it in ``with``. Documents are added as they are found; once they are worth it, ``processes`` processes (as many
    as there are cores for 0) begin to read them, while others are still looked for. It is asked for the parts when it
    was told that no more will come; one that failed in passing may be asked for again.
    """

    def __init__(
        self,
        data_dir: Path,
        lexicon: Lexicon,
        limits: Limits,
        root: Path,
        processes: int,
        characters: int,
    ) -> None:
        self._data = data_dir
        self._lexicon = lexicon
        self._limits = limits
        self._root = root
        self._asked = processes
        self._characters = characters
        self._size = 0
        self._added: set[str] = set()
        self._open: tuple[Stored, ...] = ()  # the batch that is not full yet
        self._pool: ProcessPoolExecutor | None = None
        self._parts: dict[int, Future[Part]] = {}
        self.batches: list[tuple[Stored, ...]] = []

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def add(self, stored: Iterable[Stored]) -> None:
        """Documents to read, in order; those that were added before are left out."""
        new = {item.report_id: item for item in stored if item.report_id not in self._added}
        self._added.update(new)
        self._size += sum(item.size for item in new.values())
        batches = split_by_size((*self._open, *new.values()), self._characters)
        self._open = batches.pop() if batches else ()
        self._close(batches)

    def finish(self) -> int:
        """No more will come; how many parts there are."""
        rest, self._open = self._open, ()
        self._close([rest] if rest else [])
        return len(self.batches)

    def part(self, number: int) -> Part:
        """The part of the batch of this number, counted from 0. Raises Transient and what ``read_part`` raises."""
        if self._pool is None:
            return read_part(
                self._data, self.batches[number], self._lexicon, self._limits, self._folder(number)
            )
        try:
            return self._parts[number].result()
        except BrokenProcessPool as error:
            self._stop()
            done = {at for at, part in self._parts.items() if part.done() and not part.exception()}
            self._start([at for at in range(len(self.batches)) if at not in done])
            raise Transient(
                "读取进程意外终止 / a reading process ended unexpectedly, perhaps for want of memory"
            ) from error
        except Transient:
            self._ask(number)
            raise

    def process_ids(self) -> list[int]:
        """Of the processes that read for this one."""
        return list((self._pool._processes or {}) if self._pool else ())

    def _close(self, batches: Sequence[tuple[Stored, ...]]) -> None:
        """Has these batches read where others are read already, or all where all of them are worth it."""
        first = len(self.batches)
        self.batches += batches
        worth = self._asked > 1 or (not self._asked and self._size >= WORTH_PROCESSES and count_cores() > 1)
        if self._pool is not None:
            for number in range(first, len(self.batches)):
                self._ask(number)
        elif worth and len(self.batches) > 1:
            self._start(range(len(self.batches)))

    def _start(self, numbers: Iterable[int]) -> None:
        # spawn: a copy of this process would share its threads' locks and its connections
        self._pool = ProcessPoolExecutor(self._asked or count_cores(), get_context("spawn"), _prepare)
        for number in numbers:
            self._ask(number)

    def _ask(self, number: int) -> None:
        if self._pool is not None:
            asked = (self._data, self.batches[number], self._limits, self._folder(number))
            self._parts[number] = self._pool.submit(_read_apart, *asked)

    def _folder(self, number: int) -> Path:
        return self._root / f"{number:06}"

    def _stop(self) -> None:
        """Ends the processes at once: what they have not given by now nobody waits for."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _prepare() -> None:
    """First in each process. Ctrl-C is the business of the one that started it, and with that one it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with quick_imports():
        import_module("datasketch")  # with the first report it would bring SciPy
        own_lexicon()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _read_apart(data_dir: Path, batch: Sequence[Stored], limits: Limits, folder: Path) -> Part:
    return read_part(data_dir, batch, own_lexicon(), limits, folder)
