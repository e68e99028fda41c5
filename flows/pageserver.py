"""The quality pages over HTTP, on loopback: what lies below ``quality/`` and nothing else, to be read only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

_NONE_YET = "还没有质量报告,等第一批入库 / no quality report yet: wait for the first load"


class _Pages(SimpleHTTPRequestHandler):
    """Files by GET and HEAD. A page of another origin must not reach them by a name that leads to loopback."""

    server: ThreadingHTTPServer

    def send_head(self) -> IO[Any] | None:  # type: ignore[override]
        """The file asked for; what names no host of ours, or no file, is refused."""
        port = self.server.server_address[1]
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        if self.path == "/" and not (Path(self.directory) / "index.html").is_file():
            self.send_error(HTTPStatus.NOT_FOUND, explain=_NONE_YET)
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:
        """Folders without a page of their own show nothing."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """What is served is what it says, is in no frame, and is asked for again after each load."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the log is about loads."""


@contextmanager
def serving_pages(quality: Path, listener: socket.socket) -> Iterator[None]:
    """Serves the folder from a thread on a bound socket, for the time of the context."""
    listener.listen()
    server = ThreadingHTTPServer(
        listener.getsockname(), partial(_Pages, directory=str(quality)), bind_and_activate=False
    )
    server.socket.close()
    server.socket = listener
    thread = threading.Thread(target=server.serve_forever, name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
