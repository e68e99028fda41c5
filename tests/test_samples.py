"""The five sample reports through reading, checking, loading and publication."""

from __future__ import annotations

import gc
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from factories import batch_of

from expectations.validate import validate
from flows.collector import paused_collector
from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import RULES_VERSION, read_report
from transforms.types import RawDocument, Report, Seeds
from warehouse.publish import publish_load

SAMPLES = Path(__file__).parent.parent / "seeds" / "reports"


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds()


@pytest.fixture(scope="module")
def reports(seeds: Seeds) -> list[Report]:
    lexicon = build_lexicon(seeds)
    found = []
    for path in sorted(SAMPLES.glob("*.txt")):
        payload = path.read_bytes()
        found.append(
            read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon)
        )
    return found


def test_all_samples_are_fit_to_be_loaded(reports: list[Report], seeds: Seeds) -> None:
    validation = validate(reports, seeds)
    assert len(reports) == 5
    assert validation.blocked == {}
    assert validation.fatal == ()


def test_the_samples_in_the_warehouse(reports: list[Report], seeds: Seeds, tmp_path: Path) -> None:
    batch = batch_of(datetime(2024, 1, 1, tzinfo=UTC), RULES_VERSION, tuple(reports))
    receipt = publish_load(tmp_path, seeds, batch)
    assert receipt.observations == sum(len(report.observations) for report in reports)
    texts = {report.document.source.report_id: report.document.source.text for report in reports}
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT report_id, char_start, char_end, quote, quote_start, quote_end FROM observations"
        ).fetchall()
        assert len(rows) == receipt.observations
        for report_id, start, end, quote, quote_start, quote_end in rows:
            assert texts[report_id][quote_start:quote_end] == quote
            assert quote_start <= start < end <= quote_end
        regions = connection.execute(
            "SELECT count(DISTINCT region_code) FROM observations WHERE region_name IS NOT NULL"
        ).fetchone()
        assert regions is not None
        assert regions[0] >= 4


def test_reading_leaves_no_cycles(seeds: Seeds) -> None:
    """The pipeline pauses the garbage collector while it reads; what is read must be freed without it."""
    lexicon = build_lexicon(seeds)
    gc.collect()
    with paused_collector():
        for path in sorted(SAMPLES.glob("*.txt")):
            read_report(RawDocument("0" * 64, path.name, path.read_bytes()), lexicon)
        assert gc.collect() == 0
    assert gc.isenabled()
