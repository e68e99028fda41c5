"""The errors of this project: few classes, each with fields a caller can act on.

Only ``Transient`` errors are worth retrying. An ``UnreadableReport`` holds one report back and the night
goes on; a ``SeedError`` or ``CorrectionFailed`` stops the run, since readings would rest on a mistake.
"""

from __future__ import annotations


class ZhengbaoError(Exception):
    """Any failure this project explains in one line. ``message`` is Chinese with English beside it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        """From one process to another with all fields; by itself an exception comes back with its message alone."""
        return _restore, (type(self), self.args, dict(self.__dict__))


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


class CorrectionFailed(ZhengbaoError):
    """A row of corrections.csv that does not fit what is read now: the run stops, for it rests on a mistake.

    ``span`` is the row's source span, ``reason`` what was found there instead.
    """

    def __init__(self, where: str, report_id: str, span: tuple[int, int], reason: str) -> None:
        super().__init__(f"更正不适用 / the correction does not apply: {where}: {reason}")
        self.report_id = report_id
        self.span = span
        self.reason = reason


class LoadFailed(ZhengbaoError):
    """A load that could not be completed: nothing of it was published."""


class UsageError(ZhengbaoError):
    """A command that was asked for something that does not exist."""


def _restore(kind: type[ZhengbaoError], args: tuple[object, ...], fields: dict[str, object]) -> ZhengbaoError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error
