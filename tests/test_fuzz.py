"""A slice of ``make fuzz``, another one every day."""

from __future__ import annotations

from datetime import UTC, datetime

from fuzz import KINDS, fuzz

SECONDS = 60


def test_broken_inputs_are_read_or_held_back() -> None:
    tally = fuzz(1_000_000, SECONDS, datetime.now(UTC).toordinal())
    assert tally.failures == []
    assert set(tally.tried) == set(KINDS)
