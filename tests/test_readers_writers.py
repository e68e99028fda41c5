"""Eight readers at work through twenty loads: no error, never half a load, and no load waits for them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from factories import make_batch, make_report, make_seeds
from runs import clean_environment

from warehouse.publish import prepare, publish_load
from warehouse.types import LoadBatch

READERS, LOADS = 8, 20
# every load brings two reports of four observations each, and says so itself
INVARIANT = """
    SELECT
        (SELECT count(*) FROM loads),
        (SELECT max(load_number) FROM loads),
        (SELECT count(*) FROM reports),
        (SELECT count(*) FROM observations),
        (SELECT sum(observations_loaded) FROM loads),
        (SELECT count(*) FROM tasks),
        (SELECT count(*) FROM (SELECT load_id FROM observations GROUP BY load_id HAVING count(*) <> 8))
"""
# a reader opens the file as anybody does; one in four keeps it open for a while, as an analyst would
READER = """
import os, sys, time
import duckdb
os.nice(10)  # the processor is shared; what is tested is the file
path, query, ordinal = sys.argv[1], sys.argv[2], int(sys.argv[3])
reads, last, seen = 0, 0, set()
print("ready", flush=True)
import threading
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
while not done.is_set() or not reads:
    with duckdb.connect(path, read_only=True, config={"threads": "1"}) as connection:
        for again in range(3 if ordinal % 4 == 0 else 1):
            loads, number, reports, observations, said, tasks, broken = connection.execute(query).fetchone()
            whole = (number, reports, observations, said, tasks, broken)
            if whole != (loads, 2 * loads, 8 * loads, 8 * loads, 2 * loads, 0):
                sys.exit(f"half a load: {loads} {whole}")
            if loads < last:
                sys.exit(f"back in time: {loads} after {last}")
            last = loads
            seen.add(loads)
            reads += 1
            if ordinal % 4 == 0:
                time.sleep(0.05)
    time.sleep(0.3)
print(reads, len(seen), last)
"""


def batch(ordinal: int) -> LoadBatch:
    reports = (make_report(f"{ordinal:02}{side}.txt") for side in "甲乙")
    return make_batch(*reports, files_seen=2)


def publish(data_dir: Path, ordinal: int) -> float:
    """Seconds a whole load took."""
    begun = time.monotonic()
    prepare(data_dir)
    assert publish_load(data_dir, make_seeds(), batch(ordinal)).published
    return time.monotonic() - begun


@contextmanager
def readers(warehouse: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that read until their input is closed."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(warehouse), INVARIANT, str(ordinal)],
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for ordinal in range(READERS)
    ]
    try:
        for reader in started:
            assert reader.stdout
            assert reader.stdout.readline() == "ready\n"
        yield started
    finally:
        for reader in started:
            reader.kill()
            reader.wait()


def test_eight_readers_through_twenty_loads(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    with readers(tmp_path / "warehouse.duckdb") as started:
        for ordinal in range(1, LOADS + 1):
            publish(tmp_path, ordinal)
            assert [reader.poll() for reader in started] == [None] * READERS, "a reader gave up"
        reports = [reader.communicate(timeout=30) for reader in started]
    assert [(reader.returncode, errors) for reader, (_, errors) in zip(started, reports, strict=True)] == [
        (0, "")
    ] * READERS
    counts = [tuple(map(int, out.split())) for out, _ in reports]
    # they did read while loads came in, and what they saw last was a load that had been published
    assert min(reads for reads, _, _ in counts) >= 2
    assert sum(seen for _, seen, _ in counts) >= 2 * READERS
    assert max(last for _, _, last in counts) == LOADS + 1


STOPPED = """
import sys, time
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    rows = connection.execute("SELECT observation_id FROM observations")
    rows.fetchone()
    print("open", flush=True)
    sys.stdin.read()
    print(1 + len(rows.fetchall()), connection.execute("SELECT count(*) FROM loads").fetchone()[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files in use cannot be replaced there")
def test_no_load_waits_for_readers_in_the_middle_of_a_query(tmp_path: Path) -> None:
    """Eight readers stand still with an answer half fetched: a load that waited for them would wait for ever."""
    publish(tmp_path, 0)
    command = [sys.executable, "-c", STOPPED, str(tmp_path / "warehouse.duckdb")]
    started = [
        subprocess.Popen(
            command, env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(READERS)
    ]
    try:
        for reader in started:
            assert reader.stdout
            assert reader.stdout.readline() == "open\n"
        for ordinal in (1, 2, 3):
            publish(tmp_path, ordinal)
        assert [reader.poll() for reader in started] == [None] * READERS
        # each ends with the load it began with
        ends = [reader.communicate(timeout=30)[0].splitlines()[-1] for reader in started]
        assert ends == ["8 1"] * READERS
    finally:
        for reader in started:
            reader.kill()
            reader.wait()
