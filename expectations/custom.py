"""Expectations of our own, for what Great Expectations does not bring along."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)

_WITHIN = "multicolumn_values.within_own_bounds"


class WithinOwnBounds(MulticolumnMapMetricProvider):
    """Of three columns (a number, its lower and its upper bound): whether the number keeps to the bounds."""

    condition_metric_name = _WITHIN
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_list",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series[bool]:
        value, low, high = (column_list.iloc[:, at] for at in range(3))
        return (value >= low) & (value <= high)


class ExpectValuesWithinOwnBounds(MulticolumnMapExpectation):
    """Expects the first of three columns to lie between the other two, row by row.

    Unlike ``ExpectColumnValuesToBeBetween``, each row brings bounds of its own: those of its indicator. Rows that
    lack any of the three are left out.
    """

    map_metric: ClassVar[str] = _WITHIN
    args_keys: ClassVar[tuple[str, ...]] = ("column_list",)
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "any_value_is_missing"
