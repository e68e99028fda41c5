"""The pages about everything: the latest load (index.html), the list of reports, and the index of the search."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.indicator_page import IndicatorLine
from expectations.page_types import ReportFacts
from expectations.rendering import china_time, render
from expectations.types import QualitySite
from transforms.types import ReportEntry

SHOWN_REPORTS = 200
_CHARTS = (
    ("reports", "报告入库", "reports in"),
    ("held_back", "扣留", "held back"),
    ("observations", "观测", "observations"),
    ("explained", "已解释数字", "share of numbers explained"),
    ("failed", "未通过的期望", "failed expectations"),
)
_VERDICTS = {
    "pass": "通过 / passed",
    "warn": "有提醒 / warnings",
    "hold": "扣留 / held back",
    "fail": "整批失败 / load failed",
}
_KINDS = {"i": "指标 indicator", "r": "报告 report"}
_NO_REGION = "地区不明 / region unknown"


@dataclass(frozen=True, slots=True)
class _ReportLine:
    source_name: str
    report_id: str
    path: str
    title: str
    region: str
    period: str
    observations: int
    tasks: int
    explained: float | None
    verdict: str


def render_index(site: QualitySite, paths: Mapping[str, str], has_docs: bool) -> str:
    """The page of the latest load; ``paths`` gives the page of each report that has one."""
    names = {r.report_id: r.source_name for r in site.reports}
    names |= {item.report_id: item.source_name for item in site.held_back}
    results = site.validation.results
    return render(
        "index.html",
        root="",
        here="index",
        site=site,
        lines=_report_lines(site, paths),
        shown=SHOWN_REPORTS,
        paths=paths,
        failed=[result for result in results if not result.success],
        passed=[result for result in results if result.success],
        counts=Counter(result.severity for result in results if not result.success),
        verdicts=_VERDICTS,
        names=names,
        has_docs=has_docs,
        charts=_CHARTS,
        history=_history(site),
    )


def render_reports(reports: Iterable[ReportFacts]) -> str:
    """The list of all reports, by province."""
    groups: dict[str, list[ReportFacts]] = {}
    for facts in sorted(
        reports, key=lambda item: (item.region_code or "9", item.period or "", item.source_name)
    ):
        groups.setdefault(facts.province or _NO_REGION, []).append(facts)
    total = sum(map(len, groups.values()))
    return render("reports.html", root="", here="reports", groups=list(groups.items()), total=total)


def search_index(indicators: Sequence[IndicatorLine], reports: Iterable[ReportFacts]) -> str:
    """The script that hands the index to search.js: indicators first, to which reports refer by number."""
    stated: dict[str, list[int]] = {}
    for number, line in enumerate(indicators):
        for report_id in line.reports:
            stated.setdefault(report_id, []).append(number)
    entries: list[list[Any]] = [_indicator_entry(line) for line in indicators]
    newest_first = sorted(reports, key=lambda facts: facts.source_name)
    newest_first.sort(key=lambda facts: facts.period or "", reverse=True)
    entries += [[*_report_entry(facts), stated.get(facts.report_id, [])] for facts in newest_first]
    index = json.dumps({"kinds": _KINDS, "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    return f"window.zhengbaoIndex = {index};\n"


def _indicator_entry(line: IndicatorLine) -> list[str]:
    about = f"{line.name_en} · {line.actual + line.target}"
    words = " ".join((line.code, *line.aliases))
    return ["i", f"indicators/{line.code}.html", line.name_zh, about, words]


def _report_entry(facts: ReportFacts) -> list[str]:
    about = " · ".join(filter(None, (facts.region_name, facts.period, facts.source_name)))
    words = " ".join(filter(None, (facts.province, facts.issuer, facts.plan_period, facts.report_id[:16])))
    return ["r", facts.path, facts.name, about, words]


def _history(site: QualitySite) -> dict[str, Any]:
    """What history.js draws, oldest load first."""
    loads = [
        {
            "id": line.load_id,
            "when": china_time(line.started_at)[:16],
            "reports": line.reports,
            "held_back": line.held_back,
            "observations": line.observations,
            "explained": line.explained,
            "failed": line.failed,
        }
        for line in reversed(site.history)
    ]
    return {"loads": loads, "charts": [key for key, _, _ in _CHARTS]}


def _report_lines(site: QualitySite, paths: Mapping[str, str]) -> list[_ReportLine]:
    """What is wrong comes first: of many reports not all are shown."""
    warned = {
        report_id
        for result in site.validation.results
        if not result.success
        for report_id in result.report_ids
    }
    lines = [_report_line(report, warned, site.validation.blocked, paths) for report in site.reports]
    order = ("hold", "warn", "pass")
    return sorted(lines, key=lambda line: (order.index(line.verdict), line.source_name, line.report_id))


def _report_line(
    report: ReportEntry, warned: Iterable[str], blocked: Iterable[str], paths: Mapping[str, str]
) -> _ReportLine:
    meta = report.meta
    verdict = "hold" if report.report_id in blocked else "warn" if report.report_id in warned else "pass"
    share = report.numbers_explained / report.numbers_total if report.numbers_total else None
    return _ReportLine(
        source_name=report.source_name,
        report_id=report.report_id,
        path=paths.get(report.report_id, ""),
        title=meta.title or " ".join(filter(None, (meta.region_name, meta.period))) or report.source_name,
        region=meta.region_name or "—",
        period=meta.period or "—",
        observations=report.observations,
        tasks=report.tasks,
        explained=share,
        verdict=verdict,
    )
