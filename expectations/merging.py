"""Results of one suite over parts of the data as the result over all of it.

Every expectation here judges row by row, or within one report; a part holds whole reports. So counts add up, and
whether enough rows passed is asked again of the sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import ExpectationValidationResult

_LISTS = ("unexpected_list", "unexpected_index_list")
# what Data Docs show is the beginning of a list
_PARTIAL = {
    "partial_unexpected_list": "unexpected_list",
    "partial_unexpected_index_list": "unexpected_index_list",
}
_SHOWN = 20
# Great Expectations copies every failing row it is given a dozen times until it stands in a page
_LISTED = 200


def merge_outcomes(
    outcomes: Sequence[ExpectationSuiteValidationResult],
) -> ExpectationSuiteValidationResult:
    """One result for each expectation; ``outcomes`` are of the same suite, one at least."""
    first, *others = outcomes
    if not others:
        return first
    merged = deepcopy(first)
    by_name = [{_name(item): item for item in outcome.results} for outcome in others]
    for item in merged.results:
        for known in by_name:
            _add(item, known[_name(item)])
        _conclude(item)
    passed = sum(bool(item.success) for item in merged.results)
    count = len(merged.results)
    merged.success = passed == count
    merged.statistics = {
        "evaluated_expectations": count,
        "successful_expectations": passed,
        "unsuccessful_expectations": count - passed,
        "success_percent": 100 * passed / count if count else None,
    }
    return merged


def shortened(outcome: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """The same result for Data Docs: of expectations that many rows fail, without the lists of all of them."""
    short = copy(outcome)
    short.results = [copy(item) for item in outcome.results]
    for item in short.results:
        if max(len(item.result.get(key) or ()) for key in _LISTS) > _LISTED:
            left_out = (*_LISTS, "unexpected_index_query")
            item.result = {key: value for key, value in item.result.items() if key not in left_out}
    return short


def _name(item: ExpectationValidationResult) -> str:
    config = item.expectation_config
    return "?" if config is None else str(config.meta["name"])


def _add(item: ExpectationValidationResult, other: ExpectationValidationResult) -> None:
    """Counts and failing rows of a further part."""
    if (other.exception_info or {}).get("raised_exception", True):
        item.exception_info = other.exception_info
    for key in ("element_count", "missing_count", "unexpected_count"):
        if key in item.result or key in other.result:
            item.result[key] = (item.result.get(key) or 0) + (other.result.get(key) or 0)
    for key in _LISTS:
        item.result[key] = [*(item.result.get(key) or ()), *(other.result.get(key) or ())]


def _conclude(item: ExpectationValidationResult) -> None:
    """What follows from the sums, as Great Expectations defines it: of the rows that are not missing, the share that
    failed must leave ``mostly``."""
    found: dict[str, Any] = item.result
    present = found["element_count"] - found.get("missing_count", 0)
    failed = found["unexpected_count"]
    share = 100 * failed / present if present else None
    found["unexpected_percent"] = share
    if "missing_count" in found:
        found["unexpected_percent_nonmissing"] = share
        for key, count in (("missing_percent", found["missing_count"]), ("unexpected_percent_total", failed)):
            found[key] = 100 * count / found["element_count"] if found["element_count"] else None
    for key, whole in _PARTIAL.items():
        found[key] = found.get(whole, [])[:_SHOWN]
    # made of the places in one part: nobody could look them up
    for key in ("unexpected_index_query", "partial_unexpected_counts"):
        found.pop(key, None)
    mostly = item.expectation_config.kwargs.get("mostly", 1) if item.expectation_config else 1
    item.success = not present or (present - failed) / present >= mostly
