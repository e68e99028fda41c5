"""Text out of files that others made, in a process of its own: what hangs, eats memory or crashes ends with it.

Text files are decoded here and now. A web page, PDF or DOCX goes to a child process with bounds of time and memory
that the system keeps (``flows.reading_process``); it is started where the first such file arrives and reads one after
another. Nothing but JSON and text comes back.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import asdict
from types import TracebackType
from typing import IO, Any

from transforms.errors import LoadFailed, UnreadableReport
from transforms.limits import Limits
from transforms.readers import needs_care, read_document
from transforms.types import DocumentText, RawDocument

_ALARM = getattr(signal, "SIGALRM", None)
_PATIENCE = 5.0  # seconds for a child to end that was asked to


class IsolatedReader:
    """Call it with the bytes of a report for its text, inside ``with``. Raises UnreadableReport.

    ``too_slow`` and ``too_much_memory`` are for what broke its bounds, ``damaged`` for what broke the child.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __call__(self, raw: RawDocument) -> DocumentText:
        """The text of one report."""
        if len(raw.payload) > self._limits.file_bytes or not needs_care(raw.payload):
            return read_document(raw, self._limits)
        answer = self._ask(raw)
        if answer is None:
            raise self._explain_end()
        if "reason" in answer:
            raise UnreadableReport(answer["reason"], answer["message"])
        return DocumentText(
            raw.report_id, raw.source_name, answer["text"], answer["encoding"], answer["media_type"]
        )

    def _ask(self, raw: RawDocument) -> dict[str, Any] | None:
        """The child's answer, None if it ended instead."""
        given, told = self._pipes()
        try:
            given.write(json.dumps({"bytes": len(raw.payload), **asdict(self._limits)}).encode() + b"\n")
            given.write(raw.payload)
            given.flush()
            line = told.readline()
        except BrokenPipeError:
            return None
        if not line.endswith(b"\n"):
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is None:
            self._child = subprocess.Popen(
                # -P: nothing of the folder the run was started in is imported
                [sys.executable, "-P", "-m", "flows.reading_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        if self._child.stdin is None or self._child.stdout is None:
            raise LoadFailed("读取进程没有管道 / the reading process has no pipes")
        return self._child.stdin, self._child.stdout

    def _explain_end(self) -> UnreadableReport:
        """Why the child ended in the middle of a file; the next file gets a new one."""
        code = self._stop()
        if _ALARM is not None and code == -_ALARM:
            seconds = f"{self._limits.seconds:g}"
            return UnreadableReport(
                "too_slow", f"{seconds} 秒内读不完 / could not be read within {seconds} seconds"
            )
        return UnreadableReport(
            "damaged",
            f"读取程序意外终止,文件可能已损坏 / the reader ended unexpectedly, the file may be damaged: {code}",
        )

    def _stop(self) -> int:
        """The exit code of the child, which has ended then."""
        child, self._child = self._child, None
        if child is None:
            return 0
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:  # what it was still to be given
                    continue
        try:
            return child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()
