"""The two suites: what is expected of every report and every observation, and what follows where it fails.

Each expectation has a name, a title and a severity in its meta. ``hold`` keeps the report out of the
warehouse, ``fail`` fails the whole load, ``warn`` only says so. Whatever the schema of the warehouse would
refuse is ``hold`` here, so that one bad report cannot fail the load of the others.
"""

from __future__ import annotations

from typing import Any, get_args

from great_expectations.core import ExpectationSuite
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_value_lengths_to_be_between import (
    ExpectColumnValueLengthsToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_be_unique import (
    ExpectColumnValuesToBeUnique,
)
from great_expectations.expectations.core.expect_column_values_to_match_regex import (
    ExpectColumnValuesToMatchRegex,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
    ExpectCompoundColumnsToBeUnique,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.types import Severity
from transforms.types import Bound, Measure, PeriodBasis, ReportType, Status

_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|H[12]|Q[1-4])?"
_PERIOD = rf"^{_DAY}(?:/{_DAY})?\Z"
_REGION = r"^\d{6}\Z"
_MINIMUM_CHARACTERS = 50
_LONGEST_INDICATOR = 40
# Great Expectations has severities of its own, which colour its Data Docs.
_NATIVE = {
    "fail": FailureSeverity.CRITICAL,
    "hold": FailureSeverity.WARNING,
    "warn": FailureSeverity.INFO,
}


def reports_suite() -> ExpectationSuite:
    """What is expected of the rows of ``frames.reports_frame``."""
    return ExpectationSuite(
        name="reports",
        expectations=[
            _not_null("fail", "report_id", "报告有标识 / the report has an id"),
            _unique("fail", "report_id", "报告标识不重复 / report ids differ"),
            _between("hold", "characters", "正文有足够的字 / the text is long enough", _MINIMUM_CHARACTERS),
            _between("hold", "chinese_share", "正文以中文为主 / the text is mostly Chinese", 0.2),
            _between("hold", "unreadable_share", "几乎没有乱码 / hardly any garbled characters", 0, 0.01),
            _in_set("hold", "report_type", "报告类型在目录中 / the type is known", get_args(ReportType)),
            _between("hold", "facts", "读出了观测或任务 / something was read", 1),
            _between("hold", "numbers_explained", "已解释的数字不为负 / the count is sane", 0),
            _not_less(
                "hold", "numbers_total", "numbers_explained", "已解释的不多于全部 / explained ≤ all numbers"
            ),
            _not_null("warn", "title", "有标题 / there is a title"),
            _not_null("warn", "period", "报告所述时期已知 / the period is known"),
            _matches("hold", "period", "时期写法正确 / the period is well formed", _PERIOD),
            _not_null("warn", "region_code", "报告所属地区已知 / the region is known"),
            _matches("hold", "region_code", "区划代码为六位 / the region code has six digits", _REGION),
            _between("warn", "observation_count", "至少一个观测 / at least one observation", 1),
            _between("warn", "explained_share", "八成以上的数字有解释 / most numbers are explained", 0.8, 1),
        ],
    )


def observations_suite() -> ExpectationSuite:
    """What is expected of the rows of ``frames.observations_frame``."""
    return ExpectationSuite(
        name="observations", expectations=[*_integrity(), *_vocabulary(), *_evidence(), *_plausibility()]
    )


def _integrity() -> list[Expectation]:
    return [
        _not_null("fail", "report_id", "观测属于某份报告 / it belongs to a report"),
        _not_null("hold", "observation_id", "观测有标识 / it has an id"),
        _unique("hold", "observation_id", "观测标识不重复 / observation ids differ"),
        _not_null("hold", "value", "有数值 / there is a value"),
        _true("hold", "value_fits", "数值存得下 / the value can be stored"),
        _not_null("hold", "unit", "单位不为空值 / the unit is not NULL"),
        _true("hold", "base_consistent", "换算值与基本单位同有同无 / value and unit of the base go together"),
        _not_null("hold", "scope", "范围不为空值 / the scope is not NULL"),
        _matches("hold", "region_code", "区划代码为六位 / the region code has six digits", _REGION),
        _not_null("hold", "section", "标题不为空值 / the heading is not NULL"),
        _not_null("hold", "indicator", "有指标名称 / there is an indicator"),
        _longer("hold", "indicator", "指标名称不为空串 / the indicator is not empty", 1),
    ]


def _vocabulary() -> list[Expectation]:
    return [
        _in_set("hold", "measure", "度量在目录中 / the measure is known", get_args(Measure)),
        _in_set("hold", "status", "状态在目录中 / the status is known", get_args(Status)),
        _in_set("hold", "bound", "界在目录中 / the bound is known", get_args(Bound)),
        _in_set("hold", "period_basis", "时期依据在目录中 / the basis is known", get_args(PeriodBasis)),
        _not_null("hold", "period", "有时期 / there is a period"),
        _matches("hold", "period", "时期写法正确 / the period is well formed", _PERIOD),
        _not_less(
            "hold", "period_end", "period_start", "时期不倒置 / the period does not end before it starts"
        ),
    ]


def _evidence() -> list[Expectation]:
    return [
        _between("hold", "char_start", "起点不为负 / the span starts in the text", 0),
        _not_less("hold", "char_end", "char_start", "起点在终点之前 / the span is not empty", strictly=True),
        _true("hold", "digits_match", "偏移指向数字 / the span points at digits"),
        _not_null("hold", "quote", "有原句 / there is a quote"),
        _not_less("hold", "quote_end", "quote_start", "原句不为空 / the quote is not empty", strictly=True),
        _true(
            "warn",
            "quote_matches",
            "原句与原文一致并含该数字 / the quote is in the text and holds the number",
        ),
        _expect(
            ExpectCompoundColumnsToBeUnique,
            "report_id_span_unique",
            "warn",
            "一处数字只读一次 / one number is read once",
            column_list=["report_id", "span"],
        ),
    ]


def _plausibility() -> list[Expectation]:
    return [
        _between("warn", "percent", "百分数在合理范围 / percentages are plausible", -100, 1000, mostly=0.995),
        _between("warn", "rank", "位次在合理范围 / ranks are plausible", 1, 3000),
        _longer("warn", "indicator", "指标名称不过长 / the indicator is not too long", 0, _LONGEST_INDICATOR),
    ]


def _expect(kind: type[Any], name: str, severity: Severity, title: str, **arguments: Any) -> Expectation:
    meta = {"name": name, "severity": severity, "title": title}
    expectation: Expectation = kind(
        meta=meta, notes=f"{title} ({severity})", severity=_NATIVE[severity], **arguments
    )
    return expectation


def _not_null(severity: Severity, column: str, title: str) -> Expectation:
    return _expect(ExpectColumnValuesToNotBeNull, f"{column}_present", severity, title, column=column)


def _unique(severity: Severity, column: str, title: str) -> Expectation:
    return _expect(ExpectColumnValuesToBeUnique, f"{column}_unique", severity, title, column=column)


def _true(severity: Severity, column: str, title: str) -> Expectation:
    return _expect(ExpectColumnValuesToBeInSet, column, severity, title, column=column, value_set=[True])


def _in_set(severity: Severity, column: str, title: str, values: tuple[str, ...]) -> Expectation:
    name = f"{column}_in_set"
    return _expect(ExpectColumnValuesToBeInSet, name, severity, title, column=column, value_set=list(values))


def _matches(severity: Severity, column: str, title: str, regex: str) -> Expectation:
    name = f"{column}_well_formed"
    return _expect(ExpectColumnValuesToMatchRegex, name, severity, title, column=column, regex=regex)


def _between(
    severity: Severity,
    column: str,
    title: str,
    low: float,
    high: float | None = None,
    mostly: float = 1,
) -> Expectation:
    return _expect(
        ExpectColumnValuesToBeBetween,
        f"{column}_in_range",
        severity,
        title,
        column=column,
        min_value=low,
        max_value=high,
        mostly=mostly,
    )


def _longer(severity: Severity, column: str, title: str, low: int, high: int | None = None) -> Expectation:
    name = f"{column}_not_empty" if high is None else f"{column}_not_too_long"
    return _expect(
        ExpectColumnValueLengthsToBeBetween,
        name,
        severity,
        title,
        column=column,
        min_value=low,
        max_value=high,
    )


def _not_less(
    severity: Severity, larger: str, smaller: str, title: str, *, strictly: bool = False
) -> Expectation:
    return _expect(
        ExpectColumnPairValuesAToBeGreaterThanB,
        f"{smaller}_before_{larger}" if strictly else f"{smaller}_not_above_{larger}",
        severity,
        title,
        column_A=larger,
        column_B=smaller,
        or_equal=not strictly,
    )
