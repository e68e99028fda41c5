"""The suites of the three gates: what is expected of reports, observations and the loaded warehouse.

Each expectation has a name, a title and a severity in its meta. ``hold`` keeps the report out of the
warehouse, ``fail`` fails the whole load, ``warn`` only says so. Whatever the schema of the warehouse would
refuse is ``hold`` here, so that one bad report cannot fail the load of the others. Where a limit or a
consequence is a matter of judgement, it stands in seeds/expectations.csv.
"""

from __future__ import annotations

from typing import get_args

from great_expectations.core import ExpectationSuite
from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
    ExpectCompoundColumnsToBeUnique,
)
from great_expectations.expectations.expectation import Expectation

from expectations.builders import Limits, expect, in_set, longer, matches, not_less, not_null, true, unique
from expectations.builders import between as lies_between
from expectations.custom import ExpectValuesWithinOwnBounds
from transforms.types import Bound, Checks, Measure, PeriodBasis, ReportType, Status

_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|H[12]|Q[1-4])?"
_PERIOD = rf"^{_DAY}(?:/{_DAY})?\Z"
_REGION = r"^\d{6}\Z"


def reports_suite(checks: Checks) -> ExpectationSuite:
    """What is expected of the rows of ``frames.reports_frame``."""
    limits = Limits("reports", checks)
    return ExpectationSuite(
        name="reports",
        expectations=[
            not_null("fail", "report_id", "报告有标识 / the report has an id"),
            unique("fail", "report_id", "报告标识不重复 / report ids differ"),
            limits.between("characters", "正文有足够的字 / the text is long enough"),
            limits.between("chinese_share", "正文以中文为主 / the text is mostly Chinese"),
            limits.between("unreadable_share", "几乎没有乱码 / hardly any garbled characters"),
            in_set("hold", "report_type", "报告类型在目录中 / the type is known", get_args(ReportType)),
            lies_between("hold", "facts", "读出了观测或任务 / something was read", 1),
            lies_between("hold", "numbers_explained", "已解释的数字不为负 / the count is sane", 0),
            not_less(
                "hold", "numbers_total", "numbers_explained", "已解释的不多于全部 / explained ≤ all numbers"
            ),
            not_null("warn", "title", "有标题 / there is a title"),
            not_null("hold", "period", "报告所述时期已知 / the period is known"),
            matches("hold", "period", "时期写法正确 / the period is well formed", _PERIOD),
            not_null("warn", "region_code", "报告所属地区已知 / the region is known"),
            matches("hold", "region_code", "区划代码为六位 / the region code has six digits", _REGION),
            true("hold", "region_known", "区划代码在目录中 / the region exists"),
            limits.between("observation_count", "至少一个观测 / at least one observation"),
            limits.between("explained_share", "八成以上的数字有解释 / most numbers are explained"),
        ],
    )


def observations_suite(checks: Checks) -> ExpectationSuite:
    """What is expected of the rows of ``frames.observations_frame``."""
    limits = Limits("observations", checks)
    return ExpectationSuite(
        name="observations",
        expectations=[*_integrity(), *_vocabulary(), *_evidence(limits), *_plausibility(limits)],
    )


def warehouse_suite(checks: Checks) -> ExpectationSuite:
    """What is expected of the rows of ``gate.findings_frames``: each expectation looks at a column of its own."""
    limits = Limits("warehouse", checks)
    return ExpectationSuite(
        name="warehouse",
        expectations=[
            true("fail", "reference_whole", "引用完整 / every reference leads somewhere"),
            limits.between("jump", "与上期相比没有万倍之差 / no jump against the last value"),
            limits.between("jump_within_load", "本批之内没有万倍之差 / no jump within the load"),
            limits.between("growth_gap", "增速与水平相符 / growth agrees with the levels"),
            limits.between("part_of_whole", "部分不大于整体 / no part above its whole"),
            limits.between("share_gap", "构成合计为 100 / shares sum to 100"),
            limits.between("conflict", "与更早批次不矛盾 / no conflict with earlier loads"),
            limits.between("coverage", "读出的观测不少于往常 / as much is read as usual"),
            limits.between("density", "每份、每字的观测不少于往常 / as many observations as usual"),
            limits.between("reread_coverage", "重读不少于从前 / a second reading finds as much as the first"),
            limits.between("failed_share", "大多数报告通过检验 / most reports pass the checks"),
        ],
    )


def _integrity() -> list[Expectation]:
    return [
        not_null("fail", "report_id", "观测属于某份报告 / it belongs to a report"),
        not_null("hold", "observation_id", "观测有标识 / it has an id"),
        unique("hold", "observation_id", "观测标识不重复 / observation ids differ"),
        not_null("hold", "value", "有数值 / there is a value"),
        true("hold", "value_fits", "数值存得下 / the value can be stored"),
        not_null("hold", "unit", "单位不为空值 / the unit is not NULL"),
        true("hold", "base_consistent", "换算值与基本单位同有同无 / value and unit of the base go together"),
        not_null("hold", "scope", "范围不为空值 / the scope is not NULL"),
        matches("hold", "region_code", "区划代码为六位 / the region code has six digits", _REGION),
        true("hold", "region_known", "区划代码在目录中 / the region exists"),
        not_null("hold", "section", "标题不为空值 / the heading is not NULL"),
        not_null("hold", "indicator", "有指标名称 / there is an indicator"),
        longer("hold", "indicator", "指标名称不为空串 / the indicator is not empty", 1),
    ]


def _vocabulary() -> list[Expectation]:
    return [
        in_set("hold", "measure", "度量在目录中 / the measure is known", get_args(Measure)),
        in_set("hold", "status", "状态在目录中 / the status is known", get_args(Status)),
        in_set("hold", "bound", "界在目录中 / the bound is known", get_args(Bound)),
        in_set("hold", "period_basis", "时期依据在目录中 / the basis is known", get_args(PeriodBasis)),
        not_null("hold", "period", "有时期 / there is a period"),
        matches("hold", "period", "时期写法正确 / the period is well formed", _PERIOD),
        not_less(
            "hold", "period_end", "period_start", "时期不倒置 / the period does not end before it starts"
        ),
    ]


def _evidence(limits: Limits) -> list[Expectation]:
    return [
        lies_between("hold", "char_start", "起点不为负 / the span starts in the text", 0),
        not_less("hold", "char_end", "char_start", "起点在终点之前 / the span is not empty", strictly=True),
        true("hold", "digits_match", "偏移指向数字 / the span points at digits"),
        limits.true("value_as_written", "数值即所写的数字 / the value is the number that is written"),
        not_null("hold", "quote", "有原句 / there is a quote"),
        not_less("hold", "quote_end", "quote_start", "原句不为空 / the quote is not empty", strictly=True),
        true(
            "warn",
            "quote_matches",
            "原句与原文一致并含该数字 / the quote is in the text and holds the number",
        ),
        expect(
            ExpectCompoundColumnsToBeUnique,
            "report_id_span_unique",
            "warn",
            "一处数字只读一次 / one number is read once",
            column_list=["report_id", "span"],
        ),
    ]


def _plausibility(limits: Limits) -> list[Expectation]:
    too_long, plausible = limits["indicator_not_too_long"], limits["value_plausible"]
    return [
        limits.between("percent", "百分数在合理范围 / percentages are plausible"),
        limits.between("rank", "位次在合理范围 / ranks are plausible"),
        longer(
            too_long.severity,
            "indicator",
            "指标名称不过长 / the indicator is not too long",
            int(too_long.minimum or 0),
            int(too_long.maximum or 0),
        ),
        expect(
            ExpectValuesWithinOwnBounds,
            "value_plausible",
            plausible.severity,
            "水平在指标的合理范围 / levels are plausible for their indicator",
            column_list=["level", "plausible_minimum", "plausible_maximum"],
            mostly=plausible.mostly,
        ),
        limits.true("unit_known", "单位在目录中 / the unit is known"),
        limits.true("unit_suits", "单位与指标同一量纲 / the unit suits the indicator"),
    ]
