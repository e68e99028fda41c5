"""Seconds the ten worked questions take, on real reports and on as many generated observations as are asked for.

Part of ``bench.py``. An answer counts when its last row has been fetched as ``zhengbao sql`` fetches it, by the wall
clock: the first time on a connection just opened, and again, each the best of several tries, with the processor
seconds of all cores.
"""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from factories import batch_of
from many import make_many

from seeds.load import load_seeds
from transforms.errors import UnreadableReport
from transforms.lexicon import build_lexicon
from transforms.pipeline import RULES_VERSION, read_report
from transforms.types import RawDocument, Report
from warehouse.layout import Layout
from warehouse.publish import publish_load
from warehouse.query import connect, run_query

QUESTIONS = sorted((Path(__file__).parent.parent / "docs" / "questions").glob("*.sql"))
# other work on the machine only adds time, so of several tries the best says most
_OPENED, _AGAIN = 3, 2


def bench_questions(paths: Iterable[Path], observations: int) -> dict[str, Any]:
    """Measures both warehouses, prints a row per question and gives the figures by warehouse and question."""
    results = {}
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder:
        for name, fill in (
            ("reports", lambda data: _load_reports(data, paths)),
            ("generated", lambda data: make_many(data, observations)),
        ):
            if name == "generated" and not observations:
                continue
            data = Path(folder) / name
            begun = time.perf_counter()
            fill(data)
            filled = time.perf_counter() - begun
            results[name] = {
                **_describe(data),
                "filled_seconds": round(filled, 1),
                "questions": _ask_all(data),
            }
    _print(results)
    return results


def _load_reports(data: Path, paths: Iterable[Path]) -> None:
    seeds = load_seeds()
    lexicon = build_lexicon(seeds)
    reports: list[Report] = []
    for path in paths:
        payload = path.read_bytes()
        try:
            reports.append(
                read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon)
            )
        except UnreadableReport:
            continue
    batch = batch_of(datetime(2026, 1, 1, tzinfo=UTC), RULES_VERSION, tuple(reports))
    publish_load(data, seeds, batch)


def _describe(data: Path) -> dict[str, Any]:
    with connect(data) as connection:
        (row,) = run_query(
            connection, "SELECT (SELECT count(*) FROM observations), (SELECT count(*) FROM reports)"
        ).rows()
    return {
        "observations": row[0],
        "reports": row[1],
        "megabytes": Layout(data).warehouse.stat().st_size >> 20,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def _ask_all(data: Path) -> dict[str, dict[str, float]]:
    found = {}
    for path in QUESTIONS:
        text = path.read_text(encoding="utf-8")
        first, again = [], []
        for _ in range(_OPENED):
            with connect(data) as connection:
                rows, *spent = _ask(connection, text)
                first.append(spent)
                again += [_ask(connection, text)[1:] for _ in range(_AGAIN)]
        found[path.stem] = {
            "rows": rows,
            "first": min(first)[0],
            "again": min(again)[0],
            "processor": min(worked for _, worked in again),
        }
    return found


def _ask(connection: duckdb.DuckDBPyConnection, text: str) -> tuple[int, float, float]:
    """Rows of the answer, seconds by the wall clock and of the processor."""
    begun = time.perf_counter(), time.process_time()
    rows = sum(1 for _ in run_query(connection, text).rows())
    return rows, round(time.perf_counter() - begun[0], 3), round(time.process_time() - begun[1], 3)


def _print(results: dict[str, Any]) -> None:
    print("\n秒 / seconds: questions")
    for name, result in results.items():
        print(
            f"{name}: {result['reports']} reports, {result['observations']} observations, "
            f"{result['megabytes']} MB, filled in {result['filled_seconds']} s, "
            f"peak memory so far {result['peak_megabytes']} MB"
        )
    print(
        f"{'':<32}" + "".join(f"{name + ' rows':>16}{'first':>9}{'again':>9}{'cpu':>9}" for name in results)
    )
    for path in QUESTIONS:
        cells = (result["questions"][path.stem] for result in results.values())
        print(
            f"{path.stem:<32}"
            + "".join(
                f"{cell['rows']:>16}{cell['first']:>9.3f}{cell['again']:>9.3f}{cell['processor']:>9.3f}"
                for cell in cells
            )
        )
