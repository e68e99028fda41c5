"""Reads the reference CSVs strictly: what ``columns.csv`` does not document is an error.

People edit these files by hand, so every fault of every file is found before any is reported, each as
``file:line: text``. Nothing is guessed or trimmed: a stray space in a cell is a fault as well.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from seeds.checks import check_limits, to_checks
from seeds.corrections import check_corrections, to_correction
from transforms.errors import SeedError
from transforms.types import Indicator, Region, Seeds, Unit

SCHEMA = "columns.csv"
# below this, the search among all reports (warehouse/succession.sql) would miss some
_LEAST_SIMILARITY = {"unsure": Decimal("0.75")}
_SCHEMA_COLUMNS = ("file", "column", "type", "required", "unique", "refers_to", "meaning")


@dataclass(frozen=True, slots=True)
class Column:
    """One documented column. ``unique``: '' no, 'yes' by itself, 'with X' together with column X."""

    file: str
    name: str
    type: str
    required: bool
    unique: str
    refers_to: str


@dataclass(frozen=True, slots=True)
class Row:
    """One data row and the line it begins on."""

    line: int
    cells: dict[str, str]


Tables = dict[str, list[Row]]


def load_seeds(folder: Path | None = None) -> Seeds:
    """All reference tables of a folder (this package's own by default), validated.

    Raises ``SeedError`` that lists every problem.
    """
    tables, problems = _read(folder or Path(__file__).parent)
    if problems:
        raise SeedError(problems)
    return _to_seeds(tables)


def check_seeds(folder: Path | None = None) -> list[str]:
    """Every problem of the folder's reference CSVs as ``file:line: text``; empty when all is well."""
    return _read(folder or Path(__file__).parent)[1]


def _read(folder: Path) -> tuple[Tables, list[str]]:
    problems: list[str] = []
    schema = _read_schema(folder, problems)
    tables: Tables = {}
    for file, columns in schema.items():
        tables[file] = _read_table(folder / file, columns, problems)
    problems.extend(
        f"{path.name}:1: {SCHEMA} 没有说明此文件 / not documented in {SCHEMA}"
        for path in sorted(folder.glob("*.csv"))
        if schema and path.name != SCHEMA and path.name not in schema
    )
    ill_typed = {problem.partition(": ")[0] for problem in problems}
    for file, columns in schema.items():
        problems.extend(_check_unique(file, columns, tables[file]))
        problems.extend(_check_references(file, columns, tables))
    problems.extend(_check_meaning(tables))
    corrections = [
        (row.line, row.cells)
        for row in tables.get("corrections.csv", [])
        if f"corrections.csv:{row.line}" not in ill_typed
    ]
    codes = {row.cells["code"] for row in tables.get("indicators.csv", [])}
    problems.extend(check_corrections(corrections, codes))
    if "expectations.csv" in schema:
        limits = [(row.line, row.cells) for row in tables["expectations.csv"]]
        problems.extend(check_limits(limits, _choices(schema["expectations.csv"], "expectation")))
    return tables, problems


def _read_schema(folder: Path, problems: list[str]) -> dict[str, list[Column]]:
    rows = _read_rows(folder / SCHEMA, _SCHEMA_COLUMNS, problems)
    schema: dict[str, list[Column]] = {}
    for row in rows:
        cells = row.cells
        if cells["required"] not in ("yes", "no"):
            problems.append(f"{SCHEMA}:{row.line}: required 应为 yes 或 no / required must be yes or no")
        kind = cells["type"].partition(":")[0]
        if kind not in _TYPES:
            problems.append(f"{SCHEMA}:{row.line}: 未知类型 {kind} / unknown type {kind}")
            continue
        column = Column(
            cells["file"],
            cells["column"],
            cells["type"],
            cells["required"] == "yes",
            cells["unique"],
            cells["refers_to"],
        )
        schema.setdefault(column.file, []).append(column)
    return schema


def _read_rows(path: Path, expected: tuple[str, ...], problems: list[str]) -> list[Row]:
    """Rows of a CSV whose header is exactly ``expected``; faults are appended to ``problems``."""
    if not path.is_file():
        problems.append(f"{path.name}:1: 文件不存在 / file is missing")
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.append(f"{path.name}:{line}: 不是 UTF-8 编码 / not UTF-8")
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = next(reader, [])
        if not _check_header(path.name, header, expected, problems):
            return []
        line = reader.line_num + 1
        for values in reader:
            if len(values) == len(header):
                rows.append(Row(line, dict(zip(header, values, strict=True))))
            else:
                problems.append(
                    f"{path.name}:{line}: 应有 {len(header)} 列,实有 {len(values)} 列 / "
                    f"{len(values)} cells where {len(header)} are expected"
                )
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(f"{path.name}:{line}: CSV 格式有误 / malformed CSV: {error}")
    return rows


def _check_header(file: str, header: list[str], expected: tuple[str, ...], problems: list[str]) -> bool:
    found = len(problems)
    for name in header:
        if name not in expected:
            problems.append(f"{file}:1: 未知列 {name!r} / unknown column {name!r}")
        elif header.count(name) > 1:
            problems.append(f"{file}:1: 列 {name} 重复 / column {name} appears twice")
    problems.extend(
        f"{file}:1: 缺少列 {name} / missing column {name}" for name in expected if name not in header
    )
    return len(problems) == found


def _read_table(path: Path, columns: list[Column], problems: list[str]) -> list[Row]:
    rows = _read_rows(path, tuple(column.name for column in columns), problems)
    # a column holds the same few values over and over: each is checked once
    faults = {
        (column.name, value): fault
        for column in columns
        for value in {row.cells[column.name] for row in rows}
        if (fault := _check_cell(column, value))
    }
    if faults:
        problems.extend(
            f"{path.name}:{row.line}: {faults[cell]}"
            for row in rows
            for column in columns
            if (cell := (column.name, row.cells[column.name])) in faults
        )
    return rows


def _check_cell(column: Column, value: str) -> str | None:
    name = column.name
    if value != value.strip():
        return f"{name} 前后有空格 {value!r} / {name} has surrounding spaces {value!r}"
    if not value:
        return f"{name} 不能为空 / {name} must not be empty" if column.required else None
    kind, _, detail = column.type.partition(":")
    if _TYPES[kind](value, detail):
        return None
    return f"{name} 的值 {value!r} 不是 {column.type} / {name} {value!r} is not of type {column.type}"


def _is_integer(value: str, _: str) -> bool:
    return re.fullmatch(r"-?\d+", value) is not None


def _is_year(value: str, _: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", value) is not None


def _is_decimal(value: str, _: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_code(value: str, _: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9_]*", value) is not None


def _is_sha256(value: str, _: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _is_offset(value: str, _: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


def _is_date(value: str, _: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _choices(columns: list[Column], name: str) -> list[str]:
    return next(c.type.partition(":")[2].split("|") for c in columns if c.name == name)


def _is_choice(value: str, choices: str) -> bool:
    return value in choices.split("|")


_TYPES: dict[str, Callable[[str, str], bool]] = {
    "text": lambda value, _: "\n" not in value,
    "integer": _is_integer,
    "year": _is_year,
    "decimal": _is_decimal,
    "code": _is_code,
    "choice": _is_choice,
    "sha256": _is_sha256,
    "offset": _is_offset,
    "date": _is_date,
}


def _check_unique(file: str, columns: list[Column], rows: list[Row]) -> Iterator[str]:
    for column in columns:
        if not column.unique:
            continue
        names = [column.name]
        if column.unique.startswith("with "):
            names.append(column.unique.removeprefix("with "))
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = tuple(row.cells.get(name, "") for name in names)
            first = seen.setdefault(key, row.line)
            if first != row.line:
                yield f"{file}:{row.line}: {'+'.join(names)} 重复 / repeats line {first}: {', '.join(key)}"


def _check_references(file: str, columns: list[Column], tables: Tables) -> Iterator[str]:
    for column in columns:
        if not column.refers_to:
            continue
        target, _, name = column.refers_to.partition(".")
        known = {row.cells.get(name, "") for row in tables.get(f"{target}.csv", [])}
        for row in tables[file]:
            value = row.cells[column.name]
            if value and value not in known:
                where = column.refers_to
                yield f"{file}:{row.line}: {column.name} {value!r} 不在 {where} 中 / not in {where}"


def _check_meaning(tables: Tables) -> Iterator[str]:
    """What no single column can say."""
    for file, low, high in (
        ("regions", "valid_from", "valid_to"),
        ("indicators", "plausible_min", "plausible_max"),
    ):
        for row in tables.get(f"{file}.csv", []):
            first, last = row.cells.get(low, ""), row.cells.get(high, "")
            if _is_decimal(first, "") and _is_decimal(last, "") and Decimal(first) > Decimal(last):
                yield f"{file}.csv:{row.line}: {low} 大于 {high} / {low} is greater than {high}"
    for row in tables.get("units.csv", []):
        factor = row.cells["factor"]
        if _is_decimal(factor, "") and Decimal(factor) <= 0:
            yield f"units.csv:{row.line}: factor 必须大于 0 / factor must be greater than 0"
    names = {row.cells["name_zh"]: row.cells["code"] for row in tables.get("indicators.csv", [])}
    for row in tables.get("indicator_aliases.csv", []):
        alias, code = row.cells["alias"], row.cells["code"]
        if names.get(alias, code) != code:
            yield (
                f"indicator_aliases.csv:{row.line}: 别名 {alias} 是另一指标 {names[alias]} 的名称 / "
                f"{alias} is the name of {names[alias]}"
            )
    for row in tables.get("editions.csv", []):
        similarity, least = row.cells["similarity"], _LEAST_SIMILARITY.get(row.cells["known"], Decimal(0))
        if _is_decimal(similarity, "") and not least < Decimal(similarity) <= 1:
            yield (
                f"editions.csv:{row.line}: similarity 应大于 {least},至多为 1 / "
                f"similarity must be above {least} and at most 1"
            )
    yield from _check_cycles("indicators", tables)
    yield from _check_cycles("regions", tables)
    yield from _check_spans(tables.get("regions.csv", []))


def _check_spans(rows: list[Row]) -> Iterator[str]:
    """A code stands for one division at a time: one span may only begin in the year the other ends."""
    spans: dict[str, list[tuple[str, str, int]]] = {}
    for row in rows:
        first, last = row.cells["valid_from"] or "0000", row.cells["valid_to"] or "9999"
        spans.setdefault(row.cells["code"], []).append((first, last, row.line))
    for code, of_code in spans.items():
        for (_, last, _), (first, _, line) in pairwise(sorted(of_code)):
            if first < last:
                yield f"regions.csv:{line}: {code} 的两段时期重叠 / two spans of {code} overlap"


def _check_cycles(file: str, tables: Tables) -> Iterator[str]:
    rows = tables.get(f"{file}.csv", [])
    parents = {row.cells["code"]: row.cells["parent_code"] for row in rows}
    for row in rows:
        seen = {row.cells["code"]}
        parent = row.cells["parent_code"]
        while parent and parent not in seen:
            seen.add(parent)
            parent = parents.get(parent, "")
        if parent == row.cells["code"]:
            yield f"{file}.csv:{row.line}: {parent} 是自己的上级 / {parent} is its own ancestor"


def _to_seeds(tables: Tables) -> Seeds:
    aliases: dict[str, list[str]] = {}
    for row in tables["indicator_aliases.csv"]:
        aliases.setdefault(row.cells["code"], []).append(row.cells["alias"])
    cues: dict[str, list[str]] = {}
    for row in tables["cues.csv"]:
        cues.setdefault(row.cells["kind"], []).append(row.cells["word"])
    return Seeds(
        regions=tuple(_to_region(row.cells) for row in tables["regions.csv"]),
        units=tuple(
            Unit(
                row.cells["spelling"], row.cells["base"], row.cells["dimension"], Decimal(row.cells["factor"])
            )
            for row in tables["units.csv"]
        ),
        indicators=tuple(
            _to_indicator(row.cells, tuple(aliases.get(row.cells["code"], ())))
            for row in tables["indicators.csv"]
        ),
        cues={kind: tuple(words) for kind, words in cues.items()},
        corrections=tuple(to_correction(row.line, row.cells) for row in tables["corrections.csv"]),
        headlines=tuple(row.cells["code"] for row in tables["headlines.csv"]),
        editions={row.cells["known"]: Decimal(row.cells["similarity"]) for row in tables["editions.csv"]},
        checks=to_checks(
            *(
                [row.cells for row in tables[f"{file}.csv"]]
                for file in ("expectations", "indicators", "not_parts", "share_structures")
            )
        ),
    )


def _to_region(cells: dict[str, str]) -> Region:
    return Region(
        cells["code"],
        cells["name"],
        cells["short_name"],
        cells["level"],
        cells["parent_code"] or None,
        int(cells["valid_from"]) if cells["valid_from"] else None,
        int(cells["valid_to"]) if cells["valid_to"] else None,
    )


def _to_indicator(cells: dict[str, str], aliases: tuple[str, ...]) -> Indicator:
    return Indicator(
        cells["code"],
        cells["name_zh"],
        cells["name_en"],
        cells["parent_code"] or None,
        cells["dimension"] or None,
        aliases,
        cells["polarity"] or None,
    )
