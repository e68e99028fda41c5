"""What the warehouse says of a load before it is published, as the data frame its suite looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from expectations.builders import Limits
from transforms.types import Checks

# The type of each column, which an empty one does not show. A row speaks of one kind of thing: the rest is missing.
_COLUMNS: dict[str, Any] = {
    "report_id": "str",
    "observation_id": "str",
    "about": "str",
    "reference_whole": object,
    "jump": "float64",
    "jump_within_load": "float64",
    "growth_gap": "float64",
    "part_of_whole": "float64",
    "share_gap": "float64",
    "conflict": "float64",
    "coverage": "float64",
    "density": "float64",
    "reread_coverage": "float64",
    "failed_share": "float64",
}
# what Great Expectations is given at once: half a second goes by for each time it is asked at all
_FINDINGS_A_CHECK = 100_000
# Figures that are judged only where a column beside them allows it: values not too far apart, reports enough.
_AT_MOST = {"jump": "years_apart", "jump_within_load": "years_apart"}
_AT_LEAST = {
    "coverage": "reports",
    "density": "reports",
    "reread_coverage": "reports",
    "failed_share": "reports",
}


def findings_frames(findings: Any, checks: Checks) -> Iterator[pd.DataFrame]:
    """One row per figure that can be judged, from the Arrow table that warehouse/gate.sql gives; in pieces, one at
    least, since a frame takes ten times the memory of its rows.

    A figure whose condition (``Limit.parameter``) is not met is left out.
    """
    limits = Limits("warehouse", checks)
    for at in range(0, findings.num_rows or 1, _FINDINGS_A_CHECK):
        yield _frame(findings.slice(at, _FINDINGS_A_CHECK).to_pandas(), limits)


def _frame(given: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    frame = pd.DataFrame({name: given[name].astype(kind) for name, kind in _COLUMNS.items()})
    for column, beside in _AT_MOST.items():
        frame[column] = frame[column].where(given[beside] <= limits[f"{column}_in_range"].parameter)
    for column, beside in _AT_LEAST.items():
        frame[column] = frame[column].where(given[beside] >= limits[f"{column}_in_range"].parameter)
    return frame
