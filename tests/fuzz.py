"""Broken and hostile inputs by the hundred thousand: each is read or held back with a reason, in bounded time.

    python tests/fuzz.py [--inputs N] [--seconds S] [--processes P] [--seed X]

Run with ``make fuzz``. Hypothesis takes excerpts of the samples as text in several encodings, as web pages, DOCX (also
inside its parts) and PDF, and damages them as transfers, editors and attackers do. An input that raises anything but
``UnreadableReport``, whose readings do not point into its text, or that takes longer than ``LIMIT_SECONDS`` ends the
program with 1 and is kept in ``test-output/fuzz/``. ``test_fuzz.py`` runs a slice of it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from papers import body_of, change_docx, draw_lines, make_docx, make_pdf, wrap
from test_mutations import check, mutate

SAMPLES = sorted((Path(__file__).parent.parent / "seeds" / "reports").glob("*.txt"))
OUTPUT = Path(__file__).parent.parent / "test-output" / "fuzz"
LIMIT_SECONDS = 20
KINDS = ("bytes", "utf-8", "gb18030", "utf-16", "characters", "html", "docx", "docx part", "pdf")
_ROUND = 500
_EXCERPTS = 12
_LONGEST = 700


@dataclass
class Tally:
    """What was tried, and how it ended."""

    tried: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in another's counts."""
        self.tried.update(other.tried)
        self.ended.update(other.ended)
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


@cache
def excerpt(number: int) -> str:
    """One of the beginnings and middles of the samples: a heading and some sentences."""
    text = SAMPLES[number % len(SAMPLES)].read_text(encoding="utf-8")
    at = (number // len(SAMPLES)) * len(text) // 4
    return text[:80] + "\n" + text[at : at + _LONGEST]


@cache
def whole(kind: str, number: int) -> bytes:
    """An excerpt as a file of a kind, not damaged yet."""
    text = excerpt(number)
    if kind in ("utf-8", "gb18030", "utf-16"):
        return text.encode(kind)
    if kind == "html":
        body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        return f"<html><head><meta charset=utf-8></head><body><div>{body}</div></body></html>".encode()
    if kind in ("docx", "docx part"):
        lines = [line for line in text.split("\n") if line.isprintable()]
        return make_docx(lambda document: [document.add_paragraph(line) for line in lines] and None)
    return make_pdf(
        lambda canvas: draw_lines(canvas, wrap(text.replace("\n", ""), 30), 80, 700), pageCompression=0
    )


@st.composite
def inputs(draw: st.DrawFn) -> tuple[str, bytes]:
    """A kind and the bytes of a damaged file."""
    kind = draw(st.sampled_from(KINDS))
    if kind == "bytes":
        return kind, draw(st.binary(max_size=2_000))
    data = draw(st.data())
    number = draw(st.integers(0, _EXCERPTS - 1))
    if kind == "characters":
        # whole characters are put in, so that the decoder lets them through to the rules
        text = excerpt(number)
        for _ in range(draw(st.integers(1, 5))):
            at = draw(st.integers(0, len(text)))
            text = (
                text[:at]
                + draw(st.text(max_size=12)) * draw(st.integers(1, 40))
                + text[at + draw(st.integers(0, 9)) :]
            )
        return kind, text.encode("utf-8", errors="replace")
    if kind == "docx part":
        part = mutate(body_of(whole(kind, number)).encode(), data)
        return kind, change_docx(whole(kind, number), {"word/document.xml": part})
    return kind, mutate(whole(kind, number), data)


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """TimeoutError when the time is over."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(count: int, seconds: float, seed: int) -> Tally:
    """Try so many inputs, or as many as the seconds allow; those that fail are kept and named."""
    tally, begun = Tally(), time.monotonic()
    number = 0
    while sum(tally.tried.values()) < count and time.monotonic() - begun < seconds and not tally.failures:
        number += 1
        left = min(_ROUND, count - sum(tally.tried.values()))
        _round(tally, left, seed * 1_000_003 + number)
    return tally


def _round(tally: Tally, count: int, seed: int) -> None:
    @seeded(seed)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(inputs())
    def one(given_input: tuple[str, bytes]) -> None:
        kind, payload = given_input
        begun = time.perf_counter()
        tally.tried[kind] += 1
        try:
            with limited(LIMIT_SECONDS):
                tally.ended[check(payload)] += 1
        except Exception as error:
            tally.failures.append(_keep(kind, payload, error))
            raise
        tally.slowest = max(tally.slowest, time.perf_counter() - begun)

    try:
        one()
    except Exception as error:  # noqa: BLE001 - whatever it is has been kept, and is told
        if not tally.failures:
            tally.failures.append(f"{type(error).__name__}: {error}")


def _keep(kind: str, payload: bytes, error: Exception) -> str:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{kind.replace(' ', '-')}-{hashlib.sha256(payload).hexdigest()[:16]}"
    path.write_bytes(payload)
    return f"{type(error).__name__}: {str(error)[:200]} ({path})"


def main() -> None:
    """Fuzz in several processes, print what was tried."""
    parser = argparse.ArgumentParser(description="broken and hostile inputs")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    share = -(-arguments.inputs // arguments.processes)
    total, begun = Tally(), time.monotonic()
    with ProcessPoolExecutor(arguments.processes) as pool:
        seeds = range(arguments.seed, arguments.seed + arguments.processes)
        for tally in pool.map(partial(fuzz, share, arguments.seconds), seeds):
            total.add(tally)
    for counts in (total.tried, total.ended):
        print(", ".join(f"{name} {count}" for name, count in counts.most_common()))
    print(
        f"{sum(total.tried.values())} inputs in {time.monotonic() - begun:.0f} s, "
        f"the slowest {total.slowest:.1f} s, failures: {len(total.failures)}"
    )
    for failure in total.failures:
        print(failure)
    sys.exit(bool(total.failures))


if __name__ == "__main__":
    main()
