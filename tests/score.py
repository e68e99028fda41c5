"""Score the extraction against the annotated reports: ``python tests/score.py FOLDER… [--errors N]``.

Every ``NAME.txt`` below the folders that has a ``tests/golden/NAME.jsonl`` (or ``FOLDER_NAME.jsonl``) is read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scoring import Score, score

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument

GOLDEN = Path(__file__).parent / "golden"
COLUMNS = ("detection", "exact", "indicator", "period", "status", "measure", "scope", "headline")


def main() -> None:
    """Print one line a report and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    arguments = parser.parse_args()
    lexicon = build_lexicon(load_seeds())
    total = Score()
    print(f"{'report':30}" + "".join(f"{name:>11}" for name in COLUMNS))
    for path in sorted(p for folder in arguments.folders for p in folder.rglob("*.txt")):
        golden = next((g for g in _candidates(path) if g.exists()), None)
        if golden is None:
            continue
        report = read_report(RawDocument("0" * 64, path.name, path.read_bytes()), lexicon)
        result = score(report.observations, golden)
        total.add(result)
        _print(path.stem, result)
        for error in result.errors[: arguments.errors]:
            print("   ", *error)
    _print("all", total)


def _candidates(path: Path) -> tuple[Path, Path]:
    return GOLDEN / f"{path.stem}.jsonl", GOLDEN / f"{path.parent.name}_{path.stem}.jsonl"


def _print(name: str, result: Score) -> None:
    figures = [result.detection, result.exact, *(result.share(column) for column in COLUMNS[2:])]
    print(f"{name:30}" + "".join(f"{figure:11.3f}" for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
