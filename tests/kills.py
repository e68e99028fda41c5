"""kill -9 at random moments of runs with fifty reports: nothing half, nothing lost, nothing twice.

    python tests/kills.py [--kills N] [--seed X]

Run with ``make kills``. A data directory with half of the reports is given the other half by a run that is killed at
a random moment, again and again until one ends; after every kill the published warehouse must be one of the two
states, and in the end everything must be as if nobody had killed anything. Then the next copy of the directory.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from runs import GOOD, Forker, clean_environment, kill, relations
from test_kill import parquet_rows

from flows.orchestrator import TemporaryServer
from seeds.load import load_seeds

REPORTS = 50
Relations = dict[str, list[tuple[Any, ...]]]


def make_landing(folder: Path, count: int) -> Path:
    """Reports of so many districts, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [region.name for region in load_seeds().regions if region.level == "county"]
    unique = [name for name in dict.fromkeys(names) if names.count(name) == 1 and len(name) == 3]
    for number, name in enumerate(unique[:count]):
        text = GOOD.replace("杭州市西湖区", name).replace("西湖区", name)
        for figure in ("1647.1", "294.1", "70216"):
            text = text.replace(figure, str(round(float(figure) * (1 + number / 97), 1)))
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


class Trial:
    """The two states, and copies of the first that are killed on their way to the second."""

    def __init__(self, folder: Path, forker: Forker) -> None:
        self.folder = folder
        self.forker = forker
        self.published = 0
        self.landing = make_landing(folder / "landing", REPORTS // 2)
        self.start = folder / "start"
        self._run(self.start)
        self.before = relations(self.start)
        make_landing(self.landing, REPORTS)
        undisturbed = folder / "undisturbed"
        shutil.copytree(self.start, undisturbed, symlinks=True)
        begun = time.monotonic()
        self._run(undisturbed)
        self.seconds = time.monotonic() - begun
        self.after, self.parquet = relations(undisturbed), parquet_rows(undisturbed)
        if len(self.after["reports"]) != REPORTS:
            sys.exit(f"{len(self.after['reports'])} reports instead of {REPORTS}")

    def _run(self, data: Path) -> None:
        log = self.folder / "log"
        if self.forker.run(log, "run", "--data", data, self.landing):
            sys.exit(log.read_text(encoding="utf-8"))

    def go(self, chance: random.Random, kills: int) -> int:
        """Kill until one run of a copy ends or there were enough; gives how many were killed."""
        data, killed = self.folder / "data", 0
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.start, data, symlinks=True)
        while killed < kills:
            pid = self.forker.start(self.folder / "log", "run", "--data", data, self.landing)
            # beyond the end too: on a busy machine a run takes longer than the one that was timed
            time.sleep(chance.uniform(0, 1.5 * self.seconds))
            kill(pid)
            if self.forker.wait(pid) == 0:
                break
            killed += 1
            self.published += self._is_after(relations(data))
        self._run(data)
        if relations(data) != self.after or parquet_rows(data) != self.parquet:
            sys.exit(f"not as if undisturbed: {data}")
        return killed

    def _is_after(self, found: Relations) -> bool:
        if found not in (self.before, self.after):
            sys.exit(f"neither before nor after: {[(name, len(rows)) for name, rows in found.items()]}")
        return found == self.after


def main() -> None:
    """Kill as often as asked, print what came of it."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="zhengbao-kills-") as folder:
        server = TemporaryServer(Path(folder) / "prefect")
        server.start()
        try:
            server.wait()
            forker = Forker(clean_environment(**server.client_environment(os.environ)))
            trial = Trial(Path(folder), forker)
            print(f"{REPORTS} reports, undisturbed in {trial.seconds:.1f} s", flush=True)
            killed = rounds = 0
            while killed < arguments.kills:
                killed += trial.go(chance, arguments.kills - killed)
                rounds += 1
                print(f"\r{killed} kills", end="", flush=True)
            forker.close()
        finally:
            server.stop()
    print(
        f"\r{killed} kills in {rounds} rounds, {trial.published} of them after the load counted: "
        "whole each time, and in the end as if undisturbed"
    )


if __name__ == "__main__":
    main()
