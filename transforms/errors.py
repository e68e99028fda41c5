"""The errors of this project: few classes, each with fields a caller can act on.

Only ``Transient`` errors are worth retrying. An ``UnreadableReport`` holds one report back and the night
goes on; a ``SeedError`` stops the run, since every reading would rest on it.
"""

from __future__ import annotations


class ZhengbaoError(Exception):
    """Any failure this project explains in one line. ``message`` is Chinese with English beside it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Transient(ZhengbaoError):
    """A failure that may pass by itself (a busy file system, a network share): retry it."""


class UnreadableReport(ZhengbaoError):
    """One input that cannot become a report. ``reason`` is a code of the quarantine (see docs)."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SeedError(ZhengbaoError):
    """A reference CSV breaks its documented schema. ``problems`` lists every fault as file:line: text."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("参考数据有误 / reference data is invalid:\n" + "\n".join(problems))
        self.problems = problems


class LoadFailed(ZhengbaoError):
    """A load that could not be completed: nothing of it was published."""


class UsageError(ZhengbaoError):
    """A command that was asked for something that does not exist."""
