"""``zhengbao serve``: one process that minds what the nights need, and brings back what ends before it is told to.

It keeps Prefect's server and the process that runs the nights, and shows the quality pages; all on loopback.
What it starts ends with it, however it ends. A night it cuts short publishes nothing; the next one heals.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

from flows.orchestrator import STOP_SECONDS, LastingServer, bind_loopback, quieten
from flows.pageserver import serving_pages
from flows.steps import Narrator
from flows.timetable import TIME_ZONE, Plan
from transforms.errors import LoadFailed

LOOK_SECONDS = 1.0
# what ends at once again and again is started more and more seldom
_WAIT_SECONDS = (1, 5, 30, 300)


def keep_nights(
    plan: Plan, narrator: Narrator, stopping: threading.Event, port: int = 0, pages_port: int = 0
) -> None:
    """Serve until ``stopping`` is set. A port of 0 is any free one.

    Raises UsageError for a port that is taken, LoadFailed if the server cannot be started or somebody else
    serves this data directory.
    """
    with _alone(plan.data), bind_loopback(pages_port) as pages:
        quieten()
        server = LastingServer(plan.data / ".prefect" / f"serve-{version('prefect')}", port)
        nights = Nights(plan, server)
        try:
            narrator.say("启动,约需十几秒 / starting, takes some seconds")
            server.start()
            server.wait()
            nights.start()
            with serving_pages(plan.data / "quality", pages):
                narrator.say(
                    f"定时 / schedule: {plan.cron} ({TIME_ZONE})" + (" + watch" if plan.watch else "")
                )
                narrator.say(f"Prefect: http://127.0.0.1:{server.port}")
                narrator.say(f"质量报告 / quality report: http://127.0.0.1:{pages.getsockname()[1]}/")
                _mind(server, nights, narrator, stopping)
        finally:
            nights.stop()
            server.stop()


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data_dir / ".serve.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LoadFailed(
            f"此数据目录已有 serve 在运行 / another serve minds this data directory: {data_dir}"
        ) from error
    try:
        yield
    finally:
        lock.release()


class Nights:
    """The process that registers the schedule and runs what is due (``flows.nights``)."""

    def __init__(self, plan: Plan, server: LastingServer) -> None:
        self._plan = plan
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; its words go where ours go."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module and our own plan
            [sys.executable, "-P", "-m", "flows.nights", self._plan.model_dump_json()],
            stdin=subprocess.PIPE,
            env={**os.environ, **self._server.client_environment(os.environ)},
            start_new_session=True,  # Ctrl-C is for us
        )

    def stop(self) -> None:
        """End the process and the night it may be running."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _mind(server: LastingServer, nights: Nights, narrator: Narrator, stopping: threading.Event) -> None:
    """Bring back what ended, until we are told to stop."""
    failures, begun = 0, time.monotonic()
    while not stopping.wait(LOOK_SECONDS):
        if server.is_running() and nights.is_running():
            if time.monotonic() - begun > _WAIT_SECONDS[-1]:
                failures = 0
            continue
        what = "计划 / the schedule" if server.is_running() else "Prefect"
        narrator.say(f"{what} 意外结束,重新启动 / ended unexpectedly, starting it again")
        nights.stop()
        if stopping.wait(_WAIT_SECONDS[min(failures, len(_WAIT_SECONDS) - 1)]):
            return
        failures, begun = failures + 1, time.monotonic()
        if not server.is_running():
            server.restart()
        nights.start()
