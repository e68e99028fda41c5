"""The process that runs the nights: ``python -m flows.nights PLAN``, PLAN being a ``Plan`` as JSON.

It registers the deployment with the server that PREFECT_API_URL names, makes up for a night that was missed,
and runs what is due, one night at a time, each in a process of its own. It ends as soon as its standard input
ends, that is with the process that started it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import cast
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.flows import serve
from prefect.schedules import Cron
from prefect.states import Crashed
from prefect.types import DateTime
from prefect.types.entrypoint import EntrypointType

from flows.nightly import nightly
from flows.output import PlainNarrator
from flows.places import Url
from flows.timetable import TIME_ZONE, Plan, is_missed
from flows.watching import snapshot

DEPLOYMENT = "nightly"
# a file that did not change for so long has been written
SETTLED_SECONDS = 10
_MOST_RUNS = 200
_OPEN = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def main() -> None:
    """Serve until the parent is gone."""
    plan = Plan.model_validate_json(sys.argv[1])
    sys.excepthook = _tell
    threading.Thread(target=_end_with_parent, daemon=True).start()
    deployment = make_deployment(plan)
    deployment_id = cast(UUID, deployment.apply())
    with get_client(sync_client=True) as client:
        make_up(client, deployment_id, plan, datetime.now(UTC))
    if plan.watch:
        threading.Thread(target=_watch, args=(plan, deployment_id), daemon=True).start()
    # the next start looks what was missed; a paused schedule would miss everything
    serve(deployment, limit=1, pause_on_shutdown=False, print_starting_message=False)


def make_deployment(plan: Plan) -> RunnerDeployment:
    """The nightly flow with its schedule; a run waits for the one before it."""
    made = nightly.to_deployment(
        DEPLOYMENT,
        schedule=Cron(plan.cron, timezone=TIME_ZONE),
        parameters={"landing": [str(path) for path in plan.landing], "data_dir": str(plan.data)},
        concurrency_limit=ConcurrencyLimitConfig(limit=1),
        description="每晚读入新文件并发布仓库 / ingests what is new and publishes the warehouse",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast(RunnerDeployment, made)  # in a loop of its own it would be awaited


def make_up(client: SyncPrefectClient, deployment_id: UUID, plan: Plan, now: datetime) -> None:
    """Put away the runs that an earlier process left, and start one now if a night was missed: one, however many
    were."""
    for run in _runs(client, deployment_id, _in_state(_OPEN)):
        client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)
    overdue = _in_state((StateType.SCHEDULED,))
    overdue.expected_start_time = FlowRunFilterExpectedStartTime(
        before_=DateTime.fromtimestamp(now.timestamp(), UTC)
    )
    for run in _runs(client, deployment_id, overdue):
        client.delete_flow_run(run.id)
    if is_missed(plan, _last_start(_runs(client, deployment_id, _in_state((StateType.COMPLETED,)))), now):
        client.create_flow_run_from_deployment(deployment_id, name=f"catch-up {now:%Y-%m-%d %H:%M:%S} UTC")


def _in_state(states: Iterable[StateType]) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))))


def _runs(client: SyncPrefectClient, deployment_id: UUID, chosen: FlowRunFilter) -> list[FlowRun]:
    """The deployment's runs, the latest first, as many as the server tells at once."""
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id])),
        flow_run_filter=chosen,
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=_MOST_RUNS,
    )


def _last_start(runs: list[FlowRun]) -> datetime | None:
    return runs[0].start_time if runs else None


def _watch(plan: Plan, deployment_id: UUID) -> None:
    """Start a night whenever the landing places hold something else than before and have settled."""
    looked: object = None
    seen, since = snapshot(plan), time.monotonic()
    # a look at a bucket is a request that is paid for
    pause = SETTLED_SECONDS / (1 if any(isinstance(place, Url) for place in plan.landing) else 4)
    while True:
        time.sleep(pause)
        now = snapshot(plan)
        if now is None:
            continue
        if now != seen:
            seen, since = now, time.monotonic()
        elif now != looked and time.monotonic() - since >= SETTLED_SECONDS and _start(deployment_id):
            looked = now


def _start(deployment_id: UUID) -> bool:
    """Whether a night could be started now; a server that is just being restarted is asked again."""
    try:
        with get_client(sync_client=True) as client:
            client.create_flow_run_from_deployment(deployment_id)
    except (httpx.HTTPError, PrefectHTTPStatusError):
        return False
    return True


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A line for the log; who minds us starts us again."""
    lines = str(error).strip().splitlines() or [""]
    PlainNarrator(sys.stderr).say(f"错误 / error: {kind.__name__}: {lines[0]}")


def _end_with_parent() -> None:
    """Wait for the end of standard input, then end as Prefect ends, which it tells in tracebacks: nobody reads on."""
    while os.read(0, 1024):
        pass
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
