"""What a scheduled night tells when it ends. A run at a terminal tells more, and by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flows.closing import close_badly, close_well
from flows.faults import tell
from flows.output import PlainNarrator
from flows.settings import load_settings

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

    from flows.steps import NightSummary


def tell_done(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """What was loaded, or that nothing was new."""
    if flow_run.deployment_id is None:
        return
    summary = cast("NightSummary | None", state.result(raise_on_failure=False))
    if summary is None:
        _say("没有新文件 / nothing new")
    else:
        receipt = summary.receipt
        _say(
            f"批次 / load {receipt.load_id}: 报告 / reports {receipt.reports}, "
            f"观测 / observations {receipt.observations}, 扣留 / held back {receipt.held_back}"
        )
        _say(f"质量报告 / quality report: {summary.quality}")
    close_well(load_settings(Path(flow_run.parameters["data_dir"])), summary)


def tell_failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """What went wrong; nothing was published."""
    if flow_run.deployment_id is None:
        return
    error = state.result(raise_on_failure=False)
    told = tell(error) if isinstance(error, BaseException) else str(state.message)
    _say(f"错误 / error: {told}")
    close_badly(load_settings(Path(flow_run.parameters["data_dir"])), told)


def _say(line: str) -> None:
    PlainNarrator(sys.stderr).say(line)
