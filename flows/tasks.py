"""What all tasks of a night have in common: what they hand on, and when they are tried again.

Importing this module imports Prefect, which takes seconds: import it late, inside ``flows.orchestrator.orchestrator``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from flows.interrupts import check
from flows.settings import Settings
from transforms.errors import Transient

Content = TypeVar("Content")
Result = TypeVar("Result")
Given = ParamSpec("Given")


class Parcel(Generic[Content]):
    """Wraps what tasks hand on: Prefect walks through every parameter and result, and reports are large."""

    __slots__ = ("content",)

    def __init__(self, content: Content) -> None:
        self.content = content


def is_passing(step: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Only a passing fault is worth another try; any other would fail the same way."""
    return isinstance(state.result(raise_on_failure=False), Transient)


def task_of_night(name: str, run_name: str) -> Callable[[Callable[Given, Result]], Task[Given, Result]]:
    """A task that keeps nothing and is tried again after a passing fault only."""

    def decorate(function: Callable[Given, Result]) -> Task[Given, Result]:
        return Task(
            function,
            name=name,
            task_run_name=run_name,
            cache_policy=NO_CACHE,
            persist_result=False,
            retry_condition_fn=is_passing,
        )

    return decorate


def with_retries(settings: Settings, task: Task[Given, Result]) -> Task[Given, Result]:
    """The task as the settings want it tried again. Raises KeyboardInterrupt if the run was told to stop."""
    check()
    return task.with_options(retries=settings.retries, retry_delay_seconds=settings.retry_seconds)
