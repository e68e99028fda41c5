"""Time of one core for the benchmarks. Only the standard library: a program of another environment uses it too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

MIN_ROUNDS, MAX_ROUNDS = 5, 60


def seconds_of(work: Callable[[], object]) -> float:
    """Processor seconds of one round of ``work``."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def best_in_turn(rounds: Mapping[str, Callable[[], float]], budget: float) -> dict[str, float]:
    """Least seconds of each, of as many rounds as fit into ``budget`` seconds.

    Each has one round in turn: a machine that is slow for a moment is so for all, and their ratios hold.
    """
    best = dict.fromkeys(rounds, float("inf"))
    spent, count = 0.0, 0
    while count < MIN_ROUNDS or (spent < budget and count < MAX_ROUNDS):
        for name, take in rounds.items():
            taken = take()
            best[name], spent = min(best[name], taken), spent + taken
        count += 1
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
