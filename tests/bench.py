"""Characters a second: normalising and extracting the sample reports, beside a plain search for numbers.

Run with ``make bench``. It is a yardstick, not a test: nothing fails here.
"""

from __future__ import annotations

import hashlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.normalise import normalise
from transforms.pipeline import read_report
from transforms.readers import read_document
from transforms.types import RawDocument

ROUNDS = 5
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def measure(name: str, characters: int, work: Callable[[], object]) -> None:
    """Best of some rounds, written as one line."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    sys.stdout.write(f"{name:<32}{characters / best:>14,.0f} characters/s\n")


def main() -> None:
    """Measure every stop of the way."""
    folder = Path(__file__).parent.parent / "seeds" / "reports"
    raws = [
        RawDocument(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path.read_bytes())
        for path in sorted(folder.glob("*.txt"))
    ]
    texts = [read_document(raw).text for raw in raws]
    characters = sum(map(len, texts))
    lexicon = build_lexicon(load_seeds())
    sys.stdout.write(f"{len(texts)} reports, {characters:,} characters, best of {ROUNDS} rounds\n")
    measure("number search", characters, lambda: [NUMBER.findall(text) for text in texts])
    measure("decode", characters, lambda: [read_document(raw) for raw in raws])
    measure("normalise", characters, lambda: [normalise(text) for text in texts])
    measure("whole reading", characters, lambda: [read_report(raw, lexicon) for raw in raws])


if __name__ == "__main__":
    main()
