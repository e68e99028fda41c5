"""Answers from the published warehouse: query, status, explanation. Imports DuckDB and nothing heavier."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transforms.errors import UsageError
from warehouse.layout import Where, layout_of
from warehouse.query import QueryResult, connect, run_query, save_result, write_result
from warehouse.sql import read_named

MAX_HELD = 20
# the reports' own clock: a load at 02:00 in Hangzhou is a load of that day
_LOCAL = ZoneInfo("Asia/Shanghai")


def refuse_published(output: Path, data_dir: Path) -> None:
    """UsageError for an output that would overwrite or litter what was published."""
    if output.resolve().is_relative_to(data_dir.resolve()):
        raise UsageError(
            f"不能写入数据目录,那里是已发布的内容 / the data directory holds what was published, "
            f"choose another place: {output}"
        )


def print_query(
    where: Where, query: str, kind: str | None, output: Path | None, at: str | None = None
) -> None:
    """Answer a query on stdout or into a file. UsageError for a query that is wrong or would write.

    ``at`` is the load or the version of a lake whose state is asked.
    """
    if output is not None:
        refuse_published(output, layout_of(where).data_dir)
    if kind is None:
        kind = _kind_by_suffix(output) if output else "table"
    with connect(where, at) as connection:
        result = run_query(connection, query)
        if kind == "table":
            _write_table(result, output)
        elif output is not None:
            save_result(result, kind, output)
        else:
            sys.stdout.flush()
            write_result(result, kind, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def totals(where: Where) -> dict[str, Any]:
    """How much is in the warehouse, and when it was last added to."""
    (row,) = ask(where, "totals")
    return row | {"last_load": _local(row["last_load"])}


def print_status(where: Where, count: int) -> None:
    """The last loads, what is held back now, and which expectations of the last load failed."""
    from flows.output import print_line, print_rows

    loads = ask(where, "last_loads", count=count)
    for row in loads:
        row["started_at"] = _local(row["started_at"])
    versions = _versions(where)
    headings = {
        "load_id": "批次\nload",
        "started_at": "开始(北京时间)\nstarted",
        "files_seen": "文件\nfiles",
        "files_new": "新\nnew",
        "reports_loaded": "入库\nloaded",
        "observations_loaded": "观测\nobs.",
        "reports_held_back": "扣留\nheld",
        "passed": "质量通过\nquality passed",
    }
    if versions is not None:
        headings["version"] = "版本\nversion"
        for row in loads:
            row["version"] = versions.get(row["load_id"], "")
    print_rows(headings, loads)
    if failed := ask(where, "warnings"):
        print_line("最近一批未通过的检验 / expectations of the last load that failed:")
        headings = {
            "expectation": "检验 / expectation",
            "severity": "级别 / severity",
            "unexpected": "不合 / rows",
        }
        print_rows(headings, failed, fold=("expectation",))
    if held := ask(where, "held_back", count=MAX_HELD):
        print_line("现在扣留的 / held back now:")
        headings = {"source_name": "文件 / file", "kind": "原因 / reason", "reason": "说明 / explanation"}
        print_rows(headings, held, fold=("source_name", "reason"))
    print_line(f"质量报告 / quality report: {layout_of(where).data_dir / 'quality' / 'index.html'}")


def _versions(where: Where) -> dict[str, int] | None:
    """Which version of the lake each load made, as far as they are kept; None for a file."""
    if layout_of(where).lake is None:
        return None
    with connect(where) as connection:
        return dict(connection.execute(read_named("lake")["versions"]).fetchall())


def print_unmapped(where: Where, count: int) -> None:
    """The most frequent indicator phrases the catalogue has no code for, each with its shortest sentence."""
    from flows.output import print_line, print_rows

    rows = ask(where, "unmapped", count=count)
    if not rows:
        print_line("所有指标都有代码 / every indicator has a code")
        return
    headings = {
        "indicator": "没有代码的指标\nindicator without a code",
        "observations": "观测\nobs.",
        "reports": "报告\nreports",
        "example": "例句 / example",
    }
    print_rows(headings, rows, fold=("indicator", "example"), wide=True)


def print_explanation(where: Where, observation_id: str) -> None:
    """Where an observation comes from and how it was read. UsageError if there is none of that id."""
    from flows.output import print_folded
    from flows.tracing import stored_lines

    rows = ask(where, "observation", observation_id=observation_id)
    if not rows:
        raise UsageError(f"没有这个观测 / no such observation: {observation_id}")
    for name, value in _facts(rows[0]).items():
        print_folded(f"{name}: {value}")
    for line in stored_lines(layout_of(where).data_dir, rows[0]):
        print_folded(line)


def _facts(row: dict[str, Any]) -> dict[str, str]:
    """What there is to say of one observation, by the name it is said under."""
    start, end = row["char_start"] - row["quote_start"], row["char_end"] - row["quote_start"]
    quote = row["quote"]
    marked = f"{quote[:start]}【{quote[start:end]}】{quote[end:]}"
    base = "" if row["value_base"] is None else f" = {_plain(row['value_base'])} {row['unit_base']}"
    days = f"{row['period_start']} – {row['period_end']}"
    place = (row["region_name"], row["region_code"], row["scope"])
    newer = f"{row['superseded_by_name']} ({row['superseded_by']})" if row["superseded_by"] else ""
    return {
        "观测 / observation": row["observation_id"],
        "报告 / report": f"{row['title'] or ''} ({row['source_name']})".strip(),
        "SHA-256": row["report_id"],
        "标题 / section": row["section"],
        "原文 / sentence": " ".join(marked.split()),
        "位置 / characters": f"{row['char_start']}–{row['char_end']}",
        "指标 / indicator": f"{row['indicator']} ({row['indicator_code'] or '—'})",
        "数值 / value": f"{row['value']:.15g} {row['unit']}{base}",
        "读法 / reading": f"{row['measure']}, {row['status']}, {row['bound']}",
        "时期 / period": f"{row['period']}: {days} ({row['period_basis']})",
        "地区 / region": " ".join(filter(None, place)),
        "规则 / rules": ", ".join(row["rule_ids"]),
        "批次 / load": row["load_id"],
        **({"已被取代 / superseded by": newer} if newer else {}),
    }


def figures(where: Where) -> dict[str, float]:
    """What is measured of the latest load and the warehouse, by name; {} before the first load."""
    rows = ask(where, "figures", 1)
    return {name: float(value or 0) for name, value in rows[0].items()} if rows else {}


def failed_expectations(where: Where, load_id: str) -> list[tuple[str, str, int]]:
    """Name, severity and failing rows of each expectation that failed in a load, the gravest first."""
    rows = ask(where, "failed", load_id=load_id)
    return [(row["expectation"], row["severity"], row["unexpected"]) for row in rows]


def ask(where: Where, name: str, count: int = 1_000, **parameters: Any) -> list[dict[str, Any]]:
    """The first ``count`` rows of one named statement of status.sql.

    Without parameters wherever possible: DuckDB imports pandas to look at them, which takes half a second.
    """
    text = (files("flows") / "status.sql").read_text(encoding="utf-8")
    statement = text.split(f"-- name: {name}\n")[1].split("-- name:")[0]
    with connect(where) as connection:
        cursor = connection.execute(statement, parameters) if parameters else connection.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(count)]


def _plain(number: Decimal) -> str:
    """A decimal without an exponent and without noughts at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _kind_by_suffix(output: Path) -> str:
    return {".json": "json", ".parquet": "parquet", ".txt": "table"}.get(output.suffix.lower(), "csv")


def _write_table(result: QueryResult, output: Path | None) -> None:
    from flows.output import print_result

    print_result(result.columns, result.rows(), output)


def _local(moment: datetime | None) -> str:
    """A moment of the warehouse, kept in UTC, on the reports' own clock."""
    if moment is None:
        return ""
    return f"{moment.replace(tzinfo=UTC).astimezone(_LOCAL):%Y-%m-%d %H:%M}"
