"""Reports made by hand, for tests of what stands behind the extraction."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb

from seeds.load import load_seeds
from transforms.pipeline import entry_of
from transforms.types import (
    Checks,
    Document,
    DocumentText,
    Indicator,
    Issue,
    NormalText,
    Observation,
    Region,
    Report,
    ReportMeta,
    Section,
    Seeds,
    TaskRow,
    Unit,
)
from warehouse.schema import create_tables, create_views
from warehouse.staging import stage_in_memory
from warehouse.types import HeldBack, LoadBatch

TEXT = (
    "2022年全区地区生产总值307.85亿元，同比增长1.8%。财政总收入745.31亿元。2023年全区地区生产总值增长5%以上。"
    "新建公园12个，已完成。"
)


@cache
def make_checks() -> Checks:
    """The limits that ship."""
    return load_seeds().checks


def make_seeds() -> Seeds:
    """A few regions, units and indicators, and the limits that ship."""
    return Seeds(
        regions=(
            Region("100000", "全国", "全国", "country", None),
            Region("330000", "浙江省", "浙江", "province", "100000"),
            Region("330100", "杭州市", "杭州", "city", "330000"),
            Region("330109", "萧山区", "萧山", "county", "330100"),
            Region("330106", "西湖区", "西湖", "county", "330100"),
            Region("330110", "余杭区", "余杭", "county", "330100"),
        ),
        units=(
            Unit("元", "元", "money", Decimal(1)),
            Unit("亿元", "元", "money", Decimal(100_000_000)),
            Unit("万元", "元", "money", Decimal(10_000)),
            Unit("%", "%", "ratio", Decimal(1)),
            Unit("个", "个", "count", Decimal(1)),
            Unit("亩", "平方米", "area", Decimal("666.666666666667")),
        ),
        indicators=(
            Indicator("gdp", "地区生产总值", "Gross regional product", None, "money", ("GDP", "生产总值")),
            Indicator("gdp_primary", "第一产业增加值", "Primary industry value added", "gdp", "money"),
            Indicator("fiscal_revenue", "财政总收入", "Total fiscal revenue", None, "money"),
        ),
        cues={},
        checks=make_checks(),
    )


def make_observation(
    text: str, report_id: str, digits: str, at: int | None = None, **changes: Any
) -> Observation:
    """An observation of the first ``digits``, or of those at ``at``; a level in 亿元 unless told."""
    start = text.index(digits) if at is None else at
    quote_start = text.rfind("。", 0, start) + 1
    quote_end = text.index("。", start) + 1
    end = start + len(digits)
    base = Observation(
        observation_id="O" + hashlib.sha256(f"{report_id}:{start}".encode()).hexdigest()[:20],
        char_start=start,
        char_end=end,
        value=Decimal(digits),
        unit="亿元",
        value_base=Decimal(digits) * 100_000_000,
        unit_base="元",
        indicator="地区生产总值",
        indicator_code="gdp",
        measure="level",
        status="actual",
        bound="exact",
        range_id=None,
        period="2022",
        period_start=date(2022, 1, 1),
        period_end=date(2022, 12, 31),
        period_basis="written",
        scope="",
        region_code="330109",
        quote=text[quote_start:quote_end],
        quote_start=quote_start,
        quote_end=quote_end,
        section="2022年工作回顾",
        rule_ids=("arabic_number", "unit_suffix"),
    )
    return base._replace(**changes)


def make_observations(
    text: str, report_id: str, region_code: str | None = "330109"
) -> tuple[Observation, ...]:
    """The four observations of TEXT."""
    percent = {"unit": "%", "unit_base": "%", "measure": "growth", "region_code": region_code}
    return (
        make_observation(text, report_id, "307.85", region_code=region_code),
        make_observation(text, report_id, "1.8", value_base=Decimal("1.8"), **percent),
        make_observation(
            text,
            report_id,
            "745.31",
            indicator="财政总收入",
            indicator_code="fiscal_revenue",
            region_code=region_code,
        ),
        make_observation(
            text,
            report_id,
            "5",
            at=text.index("5%以上"),
            observation_id="O" + hashlib.sha256(f"{report_id}:target".encode()).hexdigest()[:20],
            value=Decimal(5),
            value_base=Decimal(5),
            status="target",
            bound="at_least",
            period="2023",
            period_start=date(2023, 1, 1),
            period_end=date(2023, 12, 31),
            **percent,
        ),
    )


def make_report(
    source_name: str = "a.txt",
    text: str = TEXT,
    region: tuple[str | None, str | None] = ("330109", "萧山区"),
    observations: tuple[Observation, ...] | None = None,
    **meta: Any,
) -> Report:
    """A report of TEXT with four observations, one task and one issue; ``meta`` changes its description."""
    report_id = hashlib.sha256(f"{source_name}\n{text}".encode()).hexdigest()
    source = DocumentText(report_id, source_name, text, "utf-8")
    normal = NormalText(text, array("l", range(len(text) + 1)))
    described = replace(
        ReportMeta(
            title="2022年萧山区政府工作报告",
            report_type="work_report",
            region_code=region[0],
            region_name=region[1],
            period="2022",
            plan_period="2023",
            published_on=date(2023, 2, 8),
            delivered_on=None,
            issuer="萧山区人民政府",
            index_number=None,
            source_url=None,
        ),
        **meta,
    )
    tasks = ()
    if "新建公园" in text:
        start = text.index("新建公园")
        tasks = (TaskRow(1, "民生实事", "新建公园12个", "已完成", start, len(text) - 1),)
    section = Section("2022年工作回顾", "review", 0, len(text), "2022")
    found = make_observations(text, report_id, region[0]) if observations is None else observations
    return Report(
        document=Document(source, normal, described, (section,), tasks),
        observations=found,
        issues=(Issue("unread_number", "数字未读懂 / number not read", 0, 4, text[:4]),),
        numbers_total=len(found) + 3,
        numbers_explained=len(found) + 2,
    )


def make_batch(*reports: Report, rules_version: str = "r1", **facts: Any) -> LoadBatch:
    """A batch that started at a fixed moment."""
    return batch_of(datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), rules_version, reports, **facts)


def batch_of(started_at: datetime, rules_version: str, reports: Iterable[Report], **facts: Any) -> LoadBatch:
    """A batch with the rows of reports in memory."""
    given = tuple(reports)
    return LoadBatch(
        started_at, rules_version, tuple(map(entry_of, given)), rows=stage_in_memory(given), **facts
    )


def make_held_back(name: str = "坏.txt", payload: bytes | None = b"x") -> HeldBack:
    """A file held back as no report."""
    report_id = hashlib.sha256(f"held {name}".encode("utf-8", "surrogatepass")).hexdigest()
    return HeldBack(report_id, name, "not_a_report", "不是政府报告 / not a government report", payload)


def rows(con: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return con.execute(sql, parameters).fetchall()


def report_id(report: Report) -> str:
    """SHA-256 of the report's bytes."""
    return report.document.source.report_id


def growth(report: Report, value: str, **changes: Any) -> Report:
    """The report with one observation only: a growth of GDP."""
    written = Decimal(value)
    first = {"value": written, "value_base": written, "unit": "%", "unit_base": "%", "measure": "growth"}
    return replace(
        report, observations=(make_observation(TEXT, report_id(report), "1.8", **first | changes),)
    )


@contextmanager
def memory_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        yield connection


# Each of an observation's fields with a value that no reading gives: neither a gate nor the schema lets it in.
NO_VALUE_OF_ITS_FIELD: tuple[dict[str, Any], ...] = (
    {"measure": "size"},
    {"status": "maybe"},
    {"bound": "about"},
    {"period_basis": "guessed"},
    {"char_start": 9, "char_end": 9},
    {"char_start": -1},
    {"indicator": ""},
    {"unit_base": None},
    {"period": "去年"},
    {"period_start": date(2023, 1, 1), "period_end": date(2022, 1, 1)},
)
