"""The gate before publication: the loaded warehouse is judged, and what it fails is carried back to the load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from expectations.gate import findings_frames
from expectations.types import QualityResult, ValidationReport
from expectations.validate import validate_load
from flows import quality
from flows.steps import Checked
from transforms.errors import LoadFailed
from transforms.types import Checks
from warehouse.types import LoadBatch, Verdict

_TOLD = 3


@dataclass
class WarehouseGate:
    """Judges a loaded warehouse, see ``warehouse.types.Judge``, and keeps what it found for the quality pages.

    ``checked`` and ``validation`` are what the earlier gates gave; after the load they include this one. Where
    ``recorded`` is set, what would fail the load is only written down: a rebuild makes again what was published.
    """

    data_dir: Path
    checks: Checks
    checked: Checked
    validation: ValidationReport
    recorded: bool = False

    def __post_init__(self) -> None:
        """Keeps what was found before the load."""
        self._before = self.validation
        self._found: dict[str, QualityResult] = {}
        self._blocked: dict[str, tuple[str, ...]] = {}

    def judge(self, findings: Any, batch: LoadBatch) -> Verdict:
        """Holds back the reports that fail, LoadFailed if the load does.

        Called again for what is left; a result that failed once stays, for it is why something is missing now.
        """
        found = validate_load(findings_frames(findings, self.checks), self.checks)
        for result in found.results:
            before = self._found.get(result.expectation)
            if before is None or before.success:
                self._found[result.expectation] = result
        if found.fatal and not self.recorded:
            raise LoadFailed(_refusal([r for r in found.results if r.expectation in found.fatal]))
        mine = [r for r in batch.reports if r.report_id in found.blocked]
        held = tuple(quality.hold(self.data_dir, report, found.blocked[report.report_id]) for report in mine)
        self._remember(found, mine, held)
        return Verdict(held, tuple(map(quality.as_row, self._found.values())))

    def _remember(self, found: ValidationReport, mine: list[Any], held: tuple[Any, ...]) -> None:
        ids = {item.report_id for item in held}
        self._blocked |= {report_id: found.blocked[report_id] for report_id in ids}
        results = (*self._before.results, *self._found.values())
        self.validation = replace(
            self._before,
            results=results,
            blocked=_merged(self._before.blocked, self._blocked),
            # of several rounds the last: what Data Docs show is the load as it is published
            evidence=(*self._before.evidence, *found.evidence),
        )
        left = tuple(r for r in self.checked.reports if r.report_id not in ids)
        self.checked = Checked(
            reports=left,
            blocked=(*self.checked.blocked, *mine),
            held_back=(*self.checked.held_back, *held),
            quality=tuple(map(quality.as_row, results)),
        )


def _merged(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return dict(sorted({**one, **other}.items()))


def _refusal(failed: list[QualityResult]) -> str:
    """One line that says what failed and with which figures."""
    told = "; ".join(
        f"{result.title} ({result.expectation}): "
        + ", ".join(str(row.get("about")) for row in result.sample[:_TOLD])
        for result in failed
    )
    return f"入库后检验不合格,什么也没有发布 / checks of the loaded warehouse failed, nothing was published: {told}"
