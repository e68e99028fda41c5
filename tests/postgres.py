"""A real PostgreSQL server, started once in a test process, and databases in it for one test each."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_USER = "zhengbao"
_NUMBERS = count(1)


def find_programs() -> Path | None:
    """The folder of initdb and postgres; the newest version where there are several."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.partition(".")[0])
    )
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((path for path in reversed(folders) if (path / "postgres").is_file()), None)


class Postgres:
    """A running server that listens on a socket in a folder of its own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._data = folder / "data"

    def start(self) -> None:
        # to wait for the disk is the work of a server that keeps something
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c autovacuum=off"
        )
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def initialise(self) -> None:
        self._run(
            "initdb", "-D", self._data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )

    def make_database(self) -> str:
        """A new database, as the setting ``warehouse`` names it."""
        name = f"lake{next(_NUMBERS)}"
        self._run("createdb", "-h", self.folder, "-U", _USER, name)
        return f"ducklake:postgres:dbname={name} host={self.folder} user={_USER}"

    def _run(self, program: str, *arguments: object) -> None:
        # the server refuses to be root's
        as_user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [self._programs / program, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            # a file: the server inherits it, and a pipe would stay open as long as it runs
            stdout=(self.folder / "out").open("ab"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            check=False,
            **as_user,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, (self.folder / "out").read_text()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Skips where the machine has no PostgreSQL."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    # a short path: a socket's has room for about a hundred bytes
    folder = Path(tempfile.mkdtemp(prefix="zb-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    server = Postgres(programs, folder)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
