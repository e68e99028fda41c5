"""How close readings come to an annotation: the share found, and the share read right in every field."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transforms.types import Observation

FIELDS = ("value", "unit", "indicator", "measure", "status", "bound", "period")
_IGNORED = re.compile(r"[\s的、,,·()（）“”\"'《》]")


@dataclass
class Score:
    """Counts over one or more reports; ``errors`` names each number that is missing, false or wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def detection(self) -> float:
        """F1 of finding the numbers that state something."""
        return _f1(self.counts["matched"], self.counts["read"], self.counts["gold"])

    @property
    def exact(self) -> float:
        """F1 of reading them right in all of ``FIELDS``."""
        return _f1(self.counts["exact"], self.counts["read"], self.counts["gold"])

    def share(self, name: str) -> float:
        """Share of the numbers found whose field ``name`` is right."""
        return self.counts[name] / self.counts["matched"] if self.counts["matched"] else 0.0

    def add(self, other: Score) -> None:
        """Take in the counts of another report."""
        self.counts.update(other.counts)
        self.errors += other.errors


def _f1(right: int, read: int, gold: int) -> float:
    return 2 * right / (read + gold) if read + gold else 0.0


def score(observations: Sequence[Observation], golden: Path) -> Score:
    """Score one report's observations against its annotation."""
    rows = [json.loads(line) for line in golden.read_text(encoding="utf-8").splitlines()]
    at = {position: index for index, row in enumerate(rows) for position in range(row["start"], row["end"])}
    result, hit = Score(), {}
    for reading in observations:
        touched = {at[i] for i in range(reading.char_start, reading.char_end) if i in at}
        wanted = [i for i in sorted(touched) if rows[i]["keep"] == "yes" and i not in hit]
        if wanted:
            hit[wanted[0]] = reading
        elif any(rows[i]["keep"] in ("optional", "unjudged") for i in touched):
            continue
        else:
            result.errors.append(
                ("FALSE", reading.char_start, str(reading.value), reading.unit, reading.indicator)
            )
        result.counts["read"] += 1
    for index, row in enumerate(rows):
        if row["keep"] != "yes":
            continue
        result.counts["gold"] += 1
        if index not in hit:
            result.errors.append(("MISSED", row["start"], row["value"], row["unit"], row["indicator"]))
            continue
        _compare(hit[index], row, result)
    return result


def _compare(reading: Observation, row: dict[str, Any], result: Score) -> None:
    agrees = {name: getattr(reading, name) == row[name] for name in ("measure", "status", "bound", "period")}
    agrees["value"] = abs(float(reading.value) - row["value"]) <= 1e-9 * max(1.0, abs(row["value"]))
    agrees["unit"] = _plain(reading.unit) == _plain(row["unit"])
    agrees["indicator"] = any(_alike(reading.indicator, g) for g in (row["indicator"], *row.get("alt", [])))
    agrees["scope"] = _plain(reading.scope) == _plain(row["scope"]) or _alike(reading.scope, row["scope"])
    agrees["headline"] = row["code"] is None or reading.indicator_code == row["code"]
    result.counts["matched"] += 1
    result.counts.update(name for name, right in agrees.items() if right)
    result.counts["exact"] += all(agrees[name] for name in FIELDS)
    wrong = [f"{n}: {getattr(reading, n)} for {row[n]}" for n in (*FIELDS, "scope") if not agrees[n]]
    if not agrees["headline"]:
        wrong.append(f"code: {reading.indicator_code} for {row['code']}")
    if wrong:
        result.errors.append(("WRONG", row["start"], row["value"], row["unit"], row["indicator"], *wrong))


def _plain(phrase: str) -> str:
    return _IGNORED.sub("", phrase or "").replace("百分点", "个百分点").replace("个个", "个").lower()


def _alike(read: str, gold: str) -> bool:
    """The same phrase, one within the other (at least half of it), or alike in most pairs of characters."""
    a, b = _plain(read), _plain(gold)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    if short in long and 2 * len(short) >= len(long):
        return True
    pairs = [{word[i : i + 2] for i in range(len(word) - 1)} for word in (a, b)]
    return bool(pairs[0] and pairs[1]) and 2 * len(pairs[0] & pairs[1]) >= 0.7 * sum(map(len, pairs))
