"""Runs the suites over reports in memory, or over a loaded warehouse, and says what failed, and for whom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import ExpectationValidationResult

from expectations.context import quiet_context
from expectations.frames import observations_frame, reports_frame
from expectations.merging import merge_outcomes, shortened
from expectations.staged import read_observations, read_reports
from expectations.suites import observations_suite, reports_suite, warehouse_suite
from expectations.types import QualityResult, SampleRow, ValidationReport
from transforms.errors import LoadFailed
from transforms.types import Checks, Report, Seeds

_SAMPLE_ROWS = 5
_SAMPLE_TEXT = 120
# columns that tell a failing row
_KEYS = ("report_id", "observation_id", "about")


def validate(reports: Sequence[Report], seeds: Seeds) -> ValidationReport:
    """Checks reports and their observations; any number of them, none included.

    ``seeds`` bring the limits and what is known of regions, units and indicators. A report that fails an
    expectation of severity ``hold`` is in ``blocked``. LoadFailed if an expectation could not be evaluated at
    all: a check that did not run is not a check that passed.
    """
    checked = (
        _judge(reports_suite(seeds.checks), reports_frame(reports, seeds)),
        _judge(observations_suite(seeds.checks), observations_frame(reports, seeds)),
    )
    return conclude(checked)


def validate_reports(folders: Sequence[Path], seeds: Seeds) -> ExpectationSuiteValidationResult:
    """Checks the reports whose frames were written into these folders, as evidence for ``conclude``."""
    return _judge(reports_suite(seeds.checks), read_reports(folders))


def validate_observations(folders: Sequence[Path], seeds: Seeds) -> ExpectationSuiteValidationResult:
    """The same of their observations."""
    return _judge(observations_suite(seeds.checks), read_observations(folders))


def conclude(outcomes: Sequence[ExpectationSuiteValidationResult]) -> ValidationReport:
    """What was found, several results of one suite taken together. LoadFailed as in ``validate``."""
    by_suite: dict[str, list[ExpectationSuiteValidationResult]] = {}
    for outcome in outcomes:
        by_suite.setdefault(outcome.suite_name, []).append(outcome)
    merged = tuple(map(merge_outcomes, by_suite.values()))
    results = tuple(result for outcome in merged for result in _results(outcome))
    return ValidationReport(results, _blocked(results), tuple(map(shortened, merged)))


def validate_load(findings: Iterable[pd.DataFrame], checks: Checks) -> ValidationReport:
    """Checks what ``gate.findings_frames`` gives of a loaded warehouse that is not published yet.

    ``blocked`` as in ``validate``. LoadFailed if an expectation could not be evaluated.
    """
    return conclude([_judge(warehouse_suite(checks), frame) for frame in findings])


def _judge(suite: ExpectationSuite, frame: pd.DataFrame) -> ExpectationSuiteValidationResult:
    keys = [name for name in _KEYS if name in frame]
    with quiet_context() as context:
        asset = context.data_sources.add_pandas(suite.name).add_dataframe_asset(suite.name)
        batch = asset.add_batch_definition_whole_dataframe("batch").get_batch({"dataframe": frame})
        result_format = {"result_format": "COMPLETE", "unexpected_index_column_names": keys}
        return batch.validate(suite, result_format=result_format)


def _results(outcome: ExpectationSuiteValidationResult) -> list[QualityResult]:
    """By name of the expectation."""
    results = [_result(outcome.suite_name, item) for item in outcome.results]
    return sorted(results, key=lambda result: result.expectation)


def _result(suite: str, item: ExpectationValidationResult) -> QualityResult:
    config = item.expectation_config
    if config is None or (item.exception_info or {}).get("raised_exception", True):
        name = "?" if config is None else f"{suite}.{config.meta['name']}"
        raise LoadFailed(f"检验未能执行 / an expectation could not be evaluated: {name}")
    found = item.result
    rows = [_plain_row(row) for row in found.get("unexpected_index_list") or ()]
    rows.sort(key=lambda row: [str(row.get(key)) for key in ("report_id", "observation_id")])
    return QualityResult(
        suite=suite,
        expectation=config.meta["name"],
        column=config.kwargs.get("column", ""),
        severity=config.meta["severity"],
        success=bool(item.success),
        evaluated=int(found.get("element_count") or 0) - int(found.get("missing_count") or 0),
        unexpected=int(found.get("unexpected_count") or 0),
        title=config.meta["title"],
        sample=tuple(rows[:_SAMPLE_ROWS]),
        report_ids=tuple(sorted({str(row["report_id"]) for row in rows if row.get("report_id") is not None})),
    )


def _blocked(results: Iterable[QualityResult]) -> Mapping[str, tuple[str, ...]]:
    failed: dict[str, list[str]] = {}
    for result in results:
        if result.severity == "hold" and not result.success:
            for report_id in result.report_ids:
                failed.setdefault(report_id, []).append(result.expectation)
    return {report_id: tuple(names) for report_id, names in sorted(failed.items())}


def _plain_row(row: Mapping[str, Any]) -> SampleRow:
    """A failing row with Python's own types, nothing that is not a number, and no endless text."""
    return {str(key): _plain(value) for key, value in row.items()}


def _plain(value: Any) -> str | int | float | bool | None:
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    return text if len(text) <= _SAMPLE_TEXT else text[: _SAMPLE_TEXT - 1] + "…"
