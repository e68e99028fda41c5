"""Figures of the latest run for Prometheus, as a text file that its node exporter picks up: ``metrics.prom``.

The file is replaced in one step. A run that fails changes what is told of runs and leaves what is told of loads.
"""

from __future__ import annotations

import time
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from flows.inquiry import figures
from transforms.errors import Transient, UsageError
from warehouse.layout import Where, layout_of

_FILE = "metrics.prom"


def write_metrics(where: Where, succeeded: bool) -> Path:
    """Write the file after a run; gives its path."""
    registry = CollectorRegistry()
    _gauge(registry, "last_run_timestamp_seconds", "when a run ended", time.time())
    _gauge(registry, "last_run_success", "whether it ended well: 1 or 0", float(succeeded))
    for name, value in _of_warehouse(where).items():
        _gauge(registry, name, _MEANINGS[name], value)
    path = layout_of(where).data_dir / _FILE
    write_to_textfile(str(path), registry)
    return path


_MEANINGS = {
    "last_load_timestamp_seconds": "when the latest load started",
    "last_load_files": "files it saw",
    "last_load_reports": "reports it brought",
    "last_load_observations": "observations it brought",
    "last_load_held_back": "inputs it held back",
    "last_load_expectations_failed": "expectations that failed in it",
    "last_load_numbers": "numbers in its reports",
    "last_load_numbers_explained": "of these, read or known to state nothing",
    "reports": "reports in force",
    "observations": "observations in force",
}


def _of_warehouse(where: Where) -> dict[str, float]:
    """{} without a warehouse that can be read."""
    try:
        return figures(where)
    except (UsageError, Transient):
        return {}


def _gauge(registry: CollectorRegistry, name: str, meaning: str, value: float) -> None:
    Gauge(f"zhengbao_{name}", meaning, registry=registry).set(value)
