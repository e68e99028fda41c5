"""How many numbers of generated reports a published warehouse reads as they are known to be.

Everything is counted by asking the warehouse: the view ``observations`` beside what ``generated.py`` knows.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from generated import Truth, sample_of, samples, truth_tables
from scoring import FIELDS as JUDGED
from scoring import Score, score

GOLDEN = Path(__file__).parent / "golden"
KEYS, FIELDS = Truth._fields[:3], Truth._fields[3:]
_SHOWN = 8


def compare(warehouse: Path, numbers: Sequence[int]) -> dict[str, Any]:
    """Counts over the reports of these numbers, and the first few numbers that are read otherwise.

    ``exact`` is the share of all numbers, those known and those read, that are read as known in every field.
    ``annotated`` compares with what people read in the samples: the share right in every field that was judged, each
    sample as often as it was used, and the same in the generated reports, where what differs in such a field from
    what is known does not count as right.
    """
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder, duckdb.connect() as connection:
        truth = Path(folder) / "truth.parquet"
        _write_truth(truth, numbers)
        connection.execute(f"ATTACH '{warehouse}' AS warehouse (READ_ONLY)")
        both = "t.source_name IS NOT NULL AND o.source_name IS NOT NULL"
        wrong = ", ".join(f"{both} AND o.{name} IS DISTINCT FROM t.{name} AS {name}" for name in FIELDS)
        connection.execute(
            f"""
            CREATE TEMP TABLE pair AS
            SELECT
                t.source_name IS NULL AS extra, o.source_name IS NULL AS missing,
                coalesce(t.source_name, o.source_name) AS source_name, {wrong}, t AS known, o AS read
            FROM (FROM read_parquet('{truth}')) AS t
            FULL JOIN (
                SELECT {", ".join(Truth._fields)} FROM warehouse.observations
                WHERE source_name IN (SELECT DISTINCT source_name FROM read_parquet('{truth}'))
            ) AS o USING ({", ".join(KEYS)})
            """
        )
        return _count(connection, numbers)


def _write_truth(path: Path, numbers: Sequence[int]) -> None:
    writer = None
    for table in truth_tables(numbers):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _count(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> dict[str, Any]:
    same = "NOT (extra OR missing)"
    differs, judged = " OR ".join(FIELDS), " OR ".join(JUDGED)
    fields = ", ".join(f"count(*) FILTER ({same} AND {name}) AS {name}" for name in FIELDS)
    cursor = connection.execute(
        f"SELECT count(*) AS compared, count(*) FILTER ({same} AND NOT ({differs})) AS equal, "
        f"count(*) FILTER (missing) AS missing, count(*) FILTER ({same} AND ({judged})) AS misjudged, "
        f"count(*) FILTER (extra) AS extra, {fields} FROM pair"
    )
    names = [column[0] for column in cursor.description or ()]
    counts = dict(zip(names, cursor.fetchone() or (), strict=True))
    shown = connection.execute(
        f"SELECT source_name, known, read, [{', '.join(FIELDS)}] FROM pair WHERE extra OR missing OR {differs} "
        # one of each report and kind: a wrong region is wrong for all its numbers
        f"QUALIFY row_number() OVER (PARTITION BY source_name, extra, missing, {', '.join(FIELDS)} "
        "ORDER BY coalesce(known.char_start, read.char_start)) = 1 "
        f"ORDER BY source_name, coalesce(known.char_start, read.char_start) LIMIT {_SHOWN}"
    ).fetchall()
    wrong = counts["misjudged"] + counts["missing"]
    return {
        "reports": len(numbers),
        "compared": counts["compared"],
        "equal": counts["equal"],
        "exact": counts["equal"] / counts["compared"] if counts["compared"] else 0.0,
        "missing": counts["missing"],
        "extra": counts["extra"],
        "fields": {name: counts[name] for name in FIELDS if counts[name]},
        "first": [_tell(*row) for row in shown],
        "annotated": _annotated(numbers, wrong, counts["extra"] - counts["missing"]),
    }


def _tell(name: str, known: dict[str, Any] | None, read: dict[str, Any] | None, wrong: list[bool]) -> str:
    if not (known and known["source_name"] and read and read["source_name"]):
        one = known if known and known["source_name"] else read
        what = "missing" if one is known else "extra"
        return (
            f"{name} {one['char_start']}: {what}: {one['value']} {one['unit']} {one['indicator']}"
            if one
            else ""
        )
    parts = [
        f"{field}: {read[field]} for {known[field]}" for field, bad in zip(FIELDS, wrong, strict=True) if bad
    ]
    return f"{name} {known['char_start']}: {'; '.join(parts)}"


def _annotated(numbers: Sequence[int], wrong: int, surplus: int) -> dict[str, float]:
    used = Counter(sample_of(number)[0] for number in numbers)
    total: Counter[str] = Counter()
    for at, times in used.items():
        for name, count in _score(at).counts.items():
            total[name] += times * count
    stated = Score(total)
    generated = Score(Counter(total))
    generated.counts["exact"] -= wrong
    generated.counts["read"] += surplus
    return {"samples": stated.exact, "generated": generated.exact}


def _score(at: int) -> Score:
    report = samples()[at].report
    return score(report.observations, GOLDEN / f"{Path(report.document.source.source_name).stem}.jsonl")
