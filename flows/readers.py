"""Documents to staged parts: in this process, or in one process for each core where there is enough to read.

A part is what became of one batch: its rows and the frames of the gates in a folder of Parquet files, and in memory
what a load keeps of each report. So memory does not grow with what is read.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from types import TracebackType

from expectations.staged import write_frames
from flows.fetch import Stored
from flows.steps import BYTES_PER_CHARACTER, Reading, read_batch
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


def count_processes(asked: int, batches: Sequence[Sequence[Stored]]) -> int:
    """Processes that reading is worth: as many as ``asked``, or as there are cores for 0; 1 means this one."""
    size = sum(item.size for batch in batches for item in batch)
    if size < WORTH_PROCESSES and not asked:
        return 1
    return min(asked or count_cores(), len(batches)) or 1


class Readers:
    """Reads batches into parts below ``root``; the batches are known from the start, so that all cores are busy.

    Use it in ``with``. It is asked for the parts in order; one that failed in passing may be asked for again.
    """

    def __init__(
        self,
        data_dir: Path,
        batches: Sequence[Sequence[Stored]],
        lexicon: Lexicon,
        limits: Limits,
        root: Path,
        processes: int = 1,
    ) -> None:
        self._data = data_dir
        self._batches = batches
        self._lexicon = lexicon
        self._limits = limits
        self._root = root
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._parts: dict[int, Future[Part]] = {}

    def __enter__(self) -> Readers:
        if self._processes > 1:
            self._start(range(len(self._batches)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def part(self, number: int) -> Part:
        """The part of the batch of this number, counted from 0. Raises Transient and what ``read_part`` raises."""
        if self._pool is None:
            return read_part(
                self._data, self._batches[number], self._lexicon, self._limits, self._folder(number)
            )
        try:
            return self._parts[number].result()
        except BrokenProcessPool as error:
            self._stop()
            done = {at for at, part in self._parts.items() if part.done() and not part.exception()}
            self._start([at for at in range(len(self._batches)) if at not in done])
            raise Transient(
                "读取进程意外终止 / a reading process ended unexpectedly, perhaps for want of memory"
            ) from error
        except Transient:
            self._ask(number)
            raise

    def process_ids(self) -> list[int]:
        """Of the processes that read for this one."""
        return list((self._pool._processes or {}) if self._pool else ())

    def _start(self, numbers: Sequence[int]) -> None:
        # spawn: a copy of this process would share its threads' locks and its connections
        self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), _prepare)
        for number in numbers:
            self._ask(number)

    def _ask(self, number: int) -> None:
        if self._pool is not None:
            asked = (self._data, tuple(self._batches[number]), self._limits, self._folder(number))
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
    own_lexicon()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _read_apart(data_dir: Path, batch: Sequence[Stored], limits: Limits, folder: Path) -> Part:
    return read_part(data_dir, batch, own_lexicon(), limits, folder)
