"""A command run to its end and watched: seconds, memory of all its processes, and when it said what.

Linux only: memory is read in /proc.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_EVERY = 0.1
_PROC = Path("/proc")
# what a run writes when a stage begins: 读取 / reading reports: 100
_STAGE = re.compile(r"^\S.* / ([a-z][a-z ]*)(?:, [a-z ]+)?(?:: \d+)?$")


@dataclass
class Watched:
    """What a command took: seconds by the clock and of all processors, the most memory at a time, and its stages.

    ``memory`` is the sum over all its processes of the memory that is theirs, a shared page counted in parts (PSS).
    """

    code: int
    seconds: float
    processor: float
    megabytes: int
    processes: int
    stages: dict[str, float] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without what was said."""
        told = asdict(self)
        del told["said"]
        return told


def watch(command: Sequence[object], env: Mapping[str, str], cwd: Path) -> Watched:
    """Run a command to its end. RuntimeError with its last line if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)),
        env=dict(env),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    memory = _Memory(process.pid)
    out = threading.Thread(target=lambda: process.stdout.read())  # a full pipe would stop it
    for thread in (memory, out):
        thread.start()
    lines = [(time.perf_counter() - begun, line.rstrip("\n")) for line in process.stderr]
    code = process.wait()
    seconds = time.perf_counter() - begun
    memory.ended.set()
    for thread in (memory, out):
        thread.join()
    process.stdout.close()
    process.stderr.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = [line for _, line in lines]
    if code:
        raise RuntimeError(f"exit code {code}: {' '.join(map(str, command))}: {said[-1] if said else ''}")
    return Watched(
        code, seconds, processor, memory.peak >> 10, memory.processes, _stages(lines, seconds), said
    )


def _stages(lines: Sequence[tuple[float, str]], seconds: float) -> dict[str, float]:
    """Seconds from each stage's beginning to the next one's; what comes before the first is ``before``."""
    marks = [(0.0, "before"), *((at, match[1]) for at, line in lines if (match := _STAGE.match(line)))]
    ends = [at for at, _ in marks[1:]] + [seconds]
    found: dict[str, float] = {}
    for (at, name), end in zip(marks, ends, strict=True):
        found[name] = found.get(name, 0.0) + end - at
    return {name: round(taken, 3) for name, taken in found.items()}


class _Memory(threading.Thread):
    """Looks at a process and all that came from it ten times a second; ``peak`` in KiB."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.ended = threading.Event()
        self.peak = self.processes = 0
        self._root = pid
        self._known: set[int] = {pid}

    def run(self) -> None:
        while not self.ended.wait(_EVERY):
            found = [kibibytes for pid in self._family() if (kibibytes := _memory_of(pid))]
            self.peak = max(self.peak, sum(found))
            self.processes = max(self.processes, len(found))

    def _family(self) -> set[int]:
        """A process whose parent has ended stays in it."""
        parents = {int(entry): _parent_of(int(entry)) for entry in os.listdir(_PROC) if entry.isdigit()}
        self._known &= parents.keys()
        grown = True
        while grown:
            new = {pid for pid, parent in parents.items() if parent in self._known} - self._known
            self._known |= new
            grown = bool(new)
        return self._known


def _parent_of(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _memory_of(pid: int) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
