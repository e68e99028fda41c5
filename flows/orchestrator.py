"""Prefect's surroundings: a home of our own inside the data directory and a temporary server on loopback.

Prefect would start such a server by itself, after everything else is imported, leave it running when this
process is killed, and let it write to our terminal. This one starts while the rest is being imported, ends
with this process however that ends, and writes to a log file. A user who sets PREFECT_API_URL keeps their own
server; then nothing is started here.
"""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, cast

from flows.blank_history import begin_blank, forget_blank, is_blank, keep_blank
from transforms.errors import LoadFailed, UsageError

# the first start builds the server's own database, which takes ten seconds and on a busy machine many more
START_SECONDS = 180
STOP_SECONDS = 10
# its database and its log need some
_SCANTY_MB = 16

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    # A failure is told in one line by the command itself; Prefect's own words stay in its server.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_DEBUG_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "GX_ANALYTICS_ENABLED": "false",
}


def quieten() -> None:
    """Keep Prefect and Great Expectations from sending and telling what nobody asked for."""
    for key, value in _QUIET.items():
        os.environ.setdefault(key, value)


def prefect_home(data_dir: Path) -> Path:
    """Where the temporary server keeps its runs: one folder a version, so that an upgrade starts clean."""
    return data_dir / ".prefect" / version("prefect")


@contextmanager
def orchestrator(data_dir: Path) -> Iterator[TemporaryServer | None]:
    """Prefect's environment for the time of a run; must be entered before Prefect is imported.

    Gives the server that is starting (call ``wait`` before the first flow), None if the user has their own.
    """
    quieten()
    if os.environ.get("PREFECT_API_URL"):
        yield None
        return
    server = TemporaryServer(prefect_home(data_dir))
    os.environ.update(server.client_environment(os.environ))
    os.environ.pop("PREFECT_PROFILE", None)  # a profile of the user's own home, which is not in use here
    try:
        server.start()
        yield server
    finally:
        server.stop()
        os.environ.pop("PREFECT_API_URL", None)


class TemporaryServer:
    """A Prefect server in a process of its own, listening on a free port of loopback.

    The port is bound here, so that its address is known before Prefect is imported and nobody else can take
    it. The server ends when its standard input does, which the operating system sees to if we are killed.
    """

    kind = "temporary"

    def __init__(self, home: Path, port: int = 0) -> None:
        self.home = home
        self.log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._builds = False
        self._socket = bind_loopback(port)
        self.port: int = self._socket.getsockname()[1]

    def client_environment(self, current: MutableMapping[str, str]) -> dict[str, str]:
        """Variables that point Prefect at this server, past any proxy; a server that is gone does not come back."""
        local = ",".join(filter(None, (current.get("NO_PROXY") or current.get("no_proxy"), "127.0.0.1")))
        return {
            "PREFECT_HOME": str(self.home),
            # sent by a thread that outlives the server, and then complains of it
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_CLIENT_MAX_RETRIES": current.get("PREFECT_CLIENT_MAX_RETRIES", "2"),
            "NO_PROXY": local,
            "no_proxy": local,
        }

    def server_environment(self) -> dict[str, str]:
        """Variables of the server's own process, besides ours: its database is not that of the user's home."""
        return {
            "PREFECT_HOME": str(self.home),
            # there are none of ours; to find that none is new, it would import every extension of Prefect
            "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        }

    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and come back at once."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._builds = is_blank(self.home) and not begin_blank(self.home)
        environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
        environment |= self.server_environment()
        with self.log.open("wb") as log:
            # -P: a folder of the same name in the working directory must not be taken for ours
            self._process = subprocess.Popen(  # noqa: S603 - our own module and a number
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "flows.orchestrator_server",
                    str(self._socket.fileno()),
                    self.kind,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                pass_fds=[self._socket.fileno()],
                start_new_session=True,  # Ctrl-C is for us; we end the server when we are done
            )

    def wait(self) -> None:
        """Wait until the server answers. LoadFailed, naming its log, if it cannot be started."""
        if self._answers():
            self._settle()
            return
        forget_blank()
        # A server killed while it built its database leaves one that no later server can use. It holds the
        # history of runs and nothing else, so it is given up for a new one.
        self._end()
        kept_log = self.log.read_bytes() if self.log.exists() else b""
        shutil.rmtree(self.home, ignore_errors=True)
        self.start()
        if not self._answers():
            self._end()
            why = _why(self.log)
            with suppress(OSError), self.log.open("ab") as log:  # a full disk may be why it does not start
                log.write(kept_log)
            raise LoadFailed(
                f"Prefect 临时服务起不来,详见 / Prefect's temporary server does not start, see {self.log}{why}"
            )
        self._settle()

    def _settle(self) -> None:
        """The server answers for the first time."""
        if self._builds:
            keep_blank(self.home)
        self._let_go()

    def _let_go(self) -> None:
        """Leave the port to the server: were it open here too, whoever asks a dead server would wait for an answer."""
        self._socket.close()

    def restart(self) -> None:
        """Start again on the same port what ended. LoadFailed if it cannot be."""
        self._end()
        self.start()
        self.wait()

    def stop(self) -> None:
        """End the server; harmless when it never started."""
        self._end()
        self._socket.close()

    def _answers(self) -> bool:
        """Whether the server said it is ready within START_SECONDS."""
        output = cast(IO[bytes], self._process.stdout) if self._process else None
        if output is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            return bool(selector.select(START_SECONDS)) and output.readline() == b"ready\n"

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.terminate()  # one that is still importing does not look at its input yet
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class LastingServer(TemporaryServer):
    """The server of ``zhengbao serve``: it keeps the schedule and shows Prefect's pages. Still on loopback only."""

    kind = "lasting"

    def client_environment(self, current: MutableMapping[str, str]) -> dict[str, str]:
        """Variables that point Prefect at this server; runs tell it their log, and wait while it is started again."""
        patient = {"PREFECT_CLIENT_MAX_RETRIES": "8", **current}
        return {**super().client_environment(patient), "PREFECT_LOGGING_TO_API_ENABLED": "true"}

    def _let_go(self) -> None:
        """The port stays open for ``restart``, and those who ask wait until then."""

    def server_environment(self) -> dict[str, str]:
        """Where its pages are kept and whom they ask; nobody else's page may."""
        address = f"http://127.0.0.1:{self.port}"
        return {
            "PREFECT_HOME": str(self.home),
            "PREFECT_UI_API_URL": f"{address}/api",
            "PREFECT_UI_STATIC_DIRECTORY": str(self.home / "ui"),
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": address,
        }


def _why(log: Path) -> str:
    """What a process said last, and what may have kept it from saying more."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    free = shutil.disk_usage(log.parent if log.parent.exists() else log.parent.parent).free / 2**20
    room = [f"磁盘只剩 {free:.1f} MB / {free:.1f} MB left on the disk"] if free < _SCANTY_MB else []
    return "".join(f"; {part}" for part in [*lines[-1:], *room])


def bind_loopback(port: int) -> socket.socket:
    """A socket bound to a port of loopback, to any free one for 0. UsageError if the port is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # a port that was ours a minute ago may be taken again
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError as error:
        found.close()
        raise UsageError(f"端口不可用 / port {port} cannot be used: {error.strerror}") from error
    return found
