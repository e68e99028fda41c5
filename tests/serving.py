"""A real ``zhengbao serve`` for the time of a test."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from runs import ROOT, clean_environment

# generous: a machine that is busy with other tests starts a server slowly
PATIENCE = 240


class Serving:
    """A running ``zhengbao serve`` and what it said."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """Its log so far."""
        return self._log.read_text(encoding="utf-8")

    def wait_for(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until something holds; its log tells why it does not."""
        for _ in range(PATIENCE * 4):
            if holds():
                return
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said}"
            time.sleep(0.25)
        pytest.fail(f"{what} did not happen:\n{self.said}")

    def address(self, name: str) -> str:
        """The address told behind a name."""
        line = next(line for line in self.said.splitlines() if line.startswith(name))
        return line.rpartition(" ")[2].rstrip("/")


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[Serving]:
    log = data.parent / "serve.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "serve", "--data", str(data), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=clean_environment(),
        )
    try:
        yield Serving(process, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
