"""The process of our Prefect server: ``python -m flows.orchestrator_server DESCRIPTOR temporary|lasting``.

DESCRIPTOR is a socket that is bound to loopback; a lasting server also keeps schedules and shows Prefect's pages.
The process writes ``ready`` once it answers and ends as
soon as its standard input ends, that is with the process that started it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from http.client import HTTPConnection, HTTPException

import uvicorn

from flows.imports import quick_imports

with quick_imports():
    from prefect.server.api.server import create_app

GRACE_SECONDS = 5


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            # its first answer takes half a second, for then it puts its routes together
            await asyncio.to_thread(_ask, sockets[0].getsockname())
            os.write(1, b"ready\n")


def _ask(address: tuple[str, int]) -> None:
    connection = HTTPConnection(*address, timeout=GRACE_SECONDS)
    try:
        connection.request("GET", "/api/admin/version")
        connection.getresponse().read()
    except (OSError, HTTPException):  # who waits for it will see
        pass
    finally:
        connection.close()


def _end_with_parent(server: uvicorn.Server) -> None:
    """Wait for the end of standard input, then end politely; at once if that takes too long."""
    while os.read(0, 1024):
        pass
    server.should_exit = True
    timer = threading.Timer(GRACE_SECONDS, os._exit, (0,))
    timer.daemon = True
    timer.start()


def main() -> None:
    """Serve until the parent is gone."""
    app = create_app(ephemeral=sys.argv[2] == "temporary", final=True)
    server = _Server(uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=1))
    threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
