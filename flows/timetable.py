"""When nights are due. Only light imports: the command looks at a cron expression before it starts anything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict

from flows.places import Place
from transforms.errors import UsageError

TIME_ZONE = "Asia/Shanghai"


class Plan(BaseModel):
    """What ``zhengbao serve`` was asked for; ``cron`` has five fields and speaks of Chinese time."""

    model_config = ConfigDict(frozen=True)

    cron: str
    landing: tuple[Place, ...]
    data: Path
    watch: bool = False


def check_cron(expression: str) -> None:
    """UsageError unless it is a cron expression of five fields that ever comes true."""
    try:
        if len(expression.split()) != 5:
            raise CronSimError("five fields are needed")
        next(CronSim(expression, datetime.now(ZoneInfo(TIME_ZONE))))
    except (CronSimError, StopIteration) as error:
        raise UsageError(
            f"不是 cron 表达式 / not a cron expression: {expression!r}: {str(error) or 'never due'}"
        ) from error


def last_due(expression: str, now: datetime) -> datetime:
    """When a night was last due, at or before ``now`` (aware)."""
    return next(CronSim(expression, now.astimezone(ZoneInfo(TIME_ZONE)), reverse=True))


def is_missed(plan: Plan, last_start: datetime | None, now: datetime) -> bool:
    """Whether a night is to be made up for: none ran since it was last due. Where none ever ran, only a missing
    warehouse is: whoever loads by hand until now has missed nothing."""
    if last_start is None:
        # a load into a lake leaves its Parquet files here
        return not any((plan.data / name).exists() for name in ("warehouse.duckdb", "parquet"))
    return last_start < last_due(plan.cron, now)
