"""The two suites: what is expected of every report and of every observation, and what follows if it fails.

Each expectation has a name and a severity in its meta. ``hold`` keeps the report out of the warehouse, ``fail``
fails the whole load, ``warn`` only says so. Whatever the schema of the warehouse refuses is ``hold`` here, so that
one bad report cannot fail the load of the others.
"""

from __future__ import annotations

from typing import Any, get_args

import great_expectations.expectations as gxe
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.types import Severity
from transforms.types import Bound, Measure, PeriodBasis, ReportType, Status

MINIMUM_CHARACTERS = 50
_DAY = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|H[12]|Q[1-4])?"
PERIOD = rf"^{_DAY}(/{_DAY})?$"
# Great Expectations has severities of its own; they colour its Data Docs.
_NATIVE = {
    "hold": FailureSeverity.WARNING,
    "fail": FailureSeverity.CRITICAL,
    "warn": FailureSeverity.INFO,
}


def reports_suite() -> ExpectationSuite:
    """What is expected of reports (the frame of ``reports_frame``)."""
    return ExpectationSuite(
        name="reports",
        expectations=[
            _expect(gxe.ExpectColumnValuesToNotBeNull, "report_id_present", "fail", "有报告标识 / has an id", column="report_id"),
            _expect(gxe.ExpectColumnValuesToBeUnique, "report_id_unique", "fail", "报告标识不重复 / ids differ", column="report_id"),
        ],
    )
