"""What a scheduled night tells its log when it ends. A run at a terminal tells more, and by itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from flows.output import PlainNarrator
from transforms.errors import ZhengbaoError

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

    from flows.steps import NightSummary


def tell_done(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A line with what was loaded, or that nothing was new."""
    if flow_run.deployment_id is None:
        return
    summary = cast("NightSummary | None", state.result(raise_on_failure=False))
    if summary is None:
        _say("没有新文件 / nothing new")
        return
    receipt = summary.receipt
    _say(
        f"批次 / load {receipt.load_id}: 报告 / reports {receipt.reports}, "
        f"观测 / observations {receipt.observations}, 扣留 / held back {receipt.held_back}"
    )
    _say(f"质量报告 / quality report: {summary.quality}")


def tell_failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A line with what went wrong; nothing was published."""
    if flow_run.deployment_id is None:
        return
    error = state.result(raise_on_failure=False)
    told = error.message if isinstance(error, ZhengbaoError) else f"{type(error).__name__}: {error}"
    _say(f"错误 / error: {told}")


def _say(line: str) -> None:
    PlainNarrator(sys.stderr).say(line)
