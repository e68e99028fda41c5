"""Seconds the quality pages of a load of a few new reports take, beside many that were loaded before.

    python tests/bench_pages.py [REPORTS] [--new N] [--json FILE]

It is a yardstick, not a test: nothing fails here. The reports are those of ``multiplied.py``, the new ones the last
of the latest year. Part of ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from factories import memory_warehouse
from multiplied import multiply
from paging import Loads
from timing import timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="seconds the pages take")
    parser.add_argument("reports", nargs="?", type=int, default=5_000)
    parser.add_argument("--new", type=int, default=50)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    told: dict[str, float] = {}
    reports = multiply(arguments.reports + arguments.new)
    before, new = reports[: arguments.reports], reports[arguments.reports :]
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder, memory_warehouse() as connection:
        loads = Loads(Path(folder), connection)
        first = loads.bring(before)
        with timed(f"first pages of {len(before)} reports", told):
            loads.write(*first)
        batch, gate = loads.bring(new)
        with timed(f"pages of a load with {len(batch.reports)} new reports, {len(before)} before", told):
            written = loads.write(batch, gate)
        pages = [path for path in written.rglob("*.html") if path.stat().st_nlink == 1]
        print(f"{len(list(written.rglob('*.html')))} pages, {len(pages)} of them written anew")
    if arguments.json:
        figures = {"reports": len(before), "new": len(new), "seconds": told}
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
