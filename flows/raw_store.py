"""Bytes on their way into raw/: several at a time, for each waits until the disk has it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from flows.fetch import Found, Stored, store_raw

_WRITERS = 8
# bytes that may wait in memory
_MOST_WAITING = 32 * 2**20


class RawStore:
    """Keeps what it is given; use it in ``with``, and ``close`` it for what was stored."""

    def __init__(self, data_dir: Path) -> None:
        self._data = data_dir
        self._pool = ThreadPoolExecutor(_WRITERS)
        self._waiting: list[Future[Stored]] = []
        self._size = 0
        self._stored: list[Stored] = []

    def __enter__(self) -> RawStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def keep(self, found: Found) -> None:
        """Soon. Raises what storing earlier ones raised: Transient or LoadFailed."""
        self._waiting.append(self._pool.submit(store_raw, self._data, found))
        self._size += len(found.payload)
        if self._size > _MOST_WAITING:
            self._settle()

    def close(self) -> tuple[Stored, ...]:
        """All that was kept, in the order it was given, once it is on the disk. Raises as ``keep``."""
        self._settle()
        return tuple(self._stored)

    def _settle(self) -> None:
        self._stored += [future.result() for future in self._waiting]
        self._waiting, self._size = [], 0
