"""Reading on a Dask cluster, by way of prefect-dask: workers read and stage, only this process loads and publishes.

A worker is given documents by where they lie (``s3://…``), or by their bytes where it could not get there, and writes
the rows back into the bucket, or hands them back. A worker that is lost costs time: Dask has its batch read again, to
the same files. What a worker cannot get any more is read here, from the bytes that were kept.

Nothing of this is imported without ``--engine dask``; it needs the extra ``dask``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from prefect import flow
from prefect.context import FlowRunContext
from prefect_dask.task_runners import DaskTaskRunner

from flows.errands import Delivery, Errand, make_errands, run_errand, take_in
from flows.faults import tell
from flows.fetch import Stored
from flows.interrupts import check, keep_heeding
from flows.places import BUCKETS, Url
from flows.readers import Part, read_part
from flows.remote import remove_remote
from flows.settings import Settings
from flows.steps import Narrator
from flows.tasks import Parcel, task_of_night, with_retries
from transforms.errors import LoadFailed
from transforms.lexicon import Lexicon
from transforms.pipeline import effective_rules_version
from warehouse.cores import count_cores

# a cluster may still be starting its workers
PATIENCE = 300.0
_LOOK = 5.0


@task_of_night("read elsewhere", "read {number} of {total}")
def read_elsewhere(errand: Parcel[Errand], number: int, total: int) -> Parcel[Delivery]:
    """Read a batch where the task runs, and stage what it says."""
    return Parcel(run_errand(errand.content))


# The work of the flow below. Prefect sends a flow's parameters and all its function holds to every worker.
_WORK: ContextVar[Callable[[], list[Part]]] = ContextVar("_WORK")


@flow(name="read on a cluster", persist_result=False)
def read_on_cluster() -> list[Part]:
    """Inside it tasks that are submitted run on the cluster."""
    return _do_work()


def _do_work() -> list[Part]:
    """Not within the flow: of a decorated function Prefect sends whatever it names."""
    keep_heeding()
    return _WORK.get()()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Reads the batches of one night on the cluster of ``settings``."""

    settings: Settings
    lexicon: Lexicon
    root: Path
    narrator: Narrator

    def read(self, batches: Sequence[Sequence[Stored]]) -> list[Part]:
        """One part for each batch, below ``root``. Raises LoadFailed, Transient and what reading raises."""
        if not batches:
            return []
        exchange = self._exchange(batches)
        runner: Any = _make_runner(self.settings.scheduler)  # of no type that Prefect knows
        night = copy_context()
        night.run(_WORK.set, lambda: self._read_all(batches, exchange))
        try:
            return night.run(read_on_cluster.with_options(task_runner=runner))
        except (OSError, ValueError) as error:  # nobody answers at the address, or it is none
            where = self.settings.scheduler or "local"
            raise LoadFailed(
                f"Dask 集群用不了 / the Dask cluster cannot be used: {where}: {tell(error)}"
            ) from error
        finally:
            if exchange is not None:
                remove_remote(exchange)

    def _read_all(self, batches: Sequence[Sequence[Stored]], exchange: Url | None) -> list[Part]:
        errands = make_errands(self.settings, batches, effective_rules_version(self.lexicon.seeds), exchange)
        total = len(batches)
        futures = []
        for number, errand in enumerate(errands, 1):
            step = with_retries(self.settings, read_elsewhere)
            futures.append(step.submit(Parcel(errand), number, total))
        parts = []
        for number, (future, batch) in enumerate(zip(futures, batches, strict=True)):
            parts += self._take(_wait(future), number, batch)
            self.narrator.advance(len(batch))
        return parts

    def _take(self, delivery: Delivery, number: int, batch: Sequence[Stored]) -> list[Part]:
        """What a worker made of a batch, and what had to be read here."""
        parts = [take_in(delivery, self.root / f"{number:06}")]
        missing = [item for item in batch if item.report_id in delivery.missing]
        if missing:
            folder = self.root / f"{number:06}-here"
            parts.append(read_part(self.settings.data, missing, self.lexicon, self.settings.limits, folder))
        return parts

    def _exchange(self, batches: Sequence[Sequence[Stored]]) -> Url | None:
        """A folder for this night where workers leave rows: as set, else beside the first report in a bucket, under a
        hidden name that no listing of reports shows; None where they hand them back."""
        origins = (item.origin for batch in batches for item in batch if item.origin is not None)
        first = next(origins, None)
        if self.settings.staging:
            place = self.settings.staging
        elif first is not None and first.place.protocol in BUCKETS:
            place = f"{str(first.place).rstrip('/')}/.staged"
        else:
            return None
        return Url(f"{place.rstrip('/')}/{uuid4().hex[:12]}")


def _make_runner(scheduler: str) -> DaskTaskRunner:
    """The cluster at an address, else one of this machine for the time of the run, on loopback, without its pages."""
    for name in ("distributed", "prefect.task_runners", "prefect_dask"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler:
        return DaskTaskRunner(address=scheduler)
    options = {"n_workers": count_cores(), "threads_per_worker": 1, "dashboard_address": None}
    return DaskTaskRunner(cluster_kwargs={**options, "silence_logs": logging.CRITICAL})


def _wait(future: Any) -> Delivery:
    """What the task gave, of a future of prefect-dask.

    LoadFailed if the cluster has had no worker for ``PATIENCE`` seconds.
    """
    from distributed.scheduler import KilledWorker

    alone_since: float | None = None
    while True:
        check()
        ended = future.wrapped_future.done()
        try:
            parcel: Parcel[Delivery] = future.result(timeout=PATIENCE if ended else _LOOK)
        except TimeoutError:
            if ended:  # it is the task that ran out of time, or what it gave cannot be had
                raise
            if _has_workers():
                alone_since = None
            elif alone_since is None:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > PATIENCE:
                raise LoadFailed(
                    f"Dask 集群没有工作进程 / the Dask cluster has had no worker for {PATIENCE:g} s"
                ) from None
            continue
        except KilledWorker as error:
            raise LoadFailed(
                f"一批报告多次使工作进程终止 / a batch of reports ended several workers: {tell(error)}"
            ) from error
        return parcel.content


def _has_workers() -> bool:
    """Of the cluster that the flow runs on: a flow works with a copy of the runner it was given."""
    context = FlowRunContext.get()
    runner: Any = context.task_runner if context else None
    return bool(runner is not None and runner.client.scheduler_info()["workers"])
