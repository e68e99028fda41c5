"""Time of one core for the benchmarks. Only the standard library: a program of another environment uses it too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MIN_ROUNDS, MAX_ROUNDS = 5, 60


def best_seconds(
    work: Callable[[], object], prepare: Callable[[], object] | None = None, budget: float = 1.0
) -> float:
    """Least processor seconds of one round of ``work``, of as many rounds as fit into ``budget`` seconds.

    ``prepare`` runs before each round and is not counted.
    """
    best, spent, rounds = float("inf"), 0.0, 0
    while rounds < MIN_ROUNDS or (spent < budget and rounds < MAX_ROUNDS):
        if prepare is not None:
            prepare()
        begun = time.process_time()
        work()
        taken = time.process_time() - begun
        best, spent, rounds = min(best, taken), spent + taken, rounds + 1
    return best


@contextmanager
def timed(what: str, told: dict[str, float] | None = None) -> Iterator[None]:
    """Prints how long the block took, by the wall clock and of the processor; seconds by the clock into ``told``."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    taken = time.perf_counter() - wall
    if told is not None:
        told[what] = taken
    print(f"{what}: {taken:.1f} s, {time.process_time() - cpu:.1f} s of processor time")
