"""Makes single expectations: name, title and severity go into meta, limits come from seeds/expectations.csv."""

from __future__ import annotations

from typing import Any

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
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from transforms.errors import SeedError
from transforms.types import Checks, Limit, Severity

# Great Expectations has severities of its own, which colour its Data Docs.
_NATIVE = {
    "fail": FailureSeverity.CRITICAL,
    "hold": FailureSeverity.WARNING,
    "warn": FailureSeverity.INFO,
}


def expect(kind: type[Any], name: str, severity: Severity, title: str, **arguments: Any) -> Expectation:
    """Any expectation, with what this house says of each."""
    meta = {"name": name, "severity": severity, "title": title}
    expectation: Expectation = kind(
        meta=meta, notes=f"{title} ({severity})", severity=_NATIVE[severity], **arguments
    )
    return expectation


def not_null(severity: Severity, column: str, title: str) -> Expectation:
    """Every row has a value."""
    return expect(ExpectColumnValuesToNotBeNull, f"{column}_present", severity, title, column=column)


def unique(severity: Severity, column: str, title: str) -> Expectation:
    """No value comes twice."""
    return expect(ExpectColumnValuesToBeUnique, f"{column}_unique", severity, title, column=column)


def true(severity: Severity, column: str, title: str, mostly: float = 1) -> Expectation:
    """A column of a comparison that was made before; the expectation bears its name."""
    return expect(
        ExpectColumnValuesToBeInSet,
        column,
        severity,
        title,
        column=column,
        value_set=[True],
        mostly=mostly,
    )


def in_set(severity: Severity, column: str, title: str, values: tuple[str, ...]) -> Expectation:
    """Only values of a vocabulary."""
    name = f"{column}_in_set"
    return expect(ExpectColumnValuesToBeInSet, name, severity, title, column=column, value_set=list(values))


def matches(severity: Severity, column: str, title: str, regex: str) -> Expectation:
    """Every value is written like this."""
    name = f"{column}_well_formed"
    return expect(ExpectColumnValuesToMatchRegex, name, severity, title, column=column, regex=regex)


def between(
    severity: Severity,
    column: str,
    title: str,
    low: float | None,
    high: float | None = None,
    mostly: float = 1,
) -> Expectation:
    """Every number lies between the two, ends included."""
    return expect(
        ExpectColumnValuesToBeBetween,
        f"{column}_in_range",
        severity,
        title,
        column=column,
        min_value=low,
        max_value=high,
        mostly=mostly,
    )


def longer(severity: Severity, column: str, title: str, low: int, high: int | None = None) -> Expectation:
    """Every text is so long."""
    name = f"{column}_not_empty" if high is None else f"{column}_not_too_long"
    return expect(
        ExpectColumnValueLengthsToBeBetween,
        name,
        severity,
        title,
        column=column,
        min_value=low,
        max_value=high,
    )


def not_less(
    severity: Severity, larger: str, smaller: str, title: str, *, strictly: bool = False
) -> Expectation:
    """In every row one column is not less than another."""
    return expect(
        ExpectColumnPairValuesAToBeGreaterThanB,
        f"{smaller}_before_{larger}" if strictly else f"{smaller}_not_above_{larger}",
        severity,
        title,
        column_A=larger,
        column_B=smaller,
        or_equal=not strictly,
    )


class Limits:
    """The limits of one suite, by expectation."""

    def __init__(self, suite: str, checks: Checks) -> None:
        self._suite = suite
        self._checks = checks

    def __getitem__(self, expectation: str) -> Limit:
        """SeedError if no row of expectations.csv speaks of it."""
        found = self._checks.limits.get((self._suite, expectation))
        if found is None:
            raise SeedError([f"expectations.csv:1: 缺少 {expectation} 的一行 / no row for {expectation}"])
        return found

    def between(self, column: str, title: str) -> Expectation:
        """Every number of the column within the limits that are set for it."""
        limit = self[f"{column}_in_range"]
        return between(limit.severity, column, title, limit.minimum, limit.maximum, limit.mostly)

    def true(self, column: str, title: str) -> Expectation:
        """Most comparisons of the column true."""
        return true(self[column].severity, column, title, self[column].mostly)
