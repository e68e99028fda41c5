"""``zhengbao extract``: the readings of one file, without a warehouse; ``--explain`` shows how each came about."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.fetch import Found, list_sources, open_source
from flows.isolation import IsolatedReader
from flows.settings import load_settings
from seeds.load import load_seeds
from transforms.errors import UsageError
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_numbers
from transforms.trace import trace_document
from transforms.types import Observation, RawDocument, Report

_FIELDS = (
    "char_start", "value", "unit", "indicator", "indicator_code", "measure", "status", "bound", "period",
    "scope",
)  # fmt: skip
_MORE = ("char_end", "unit_base", "period_basis", "region_code", "section", "quote")


def print_readings(path: Path, *, explain: bool, as_json: bool) -> None:
    """Read each report in a file and print its observations. UsageError, UnreadableReport for a bad file."""
    lexicon = build_lexicon(load_seeds())
    limits = load_settings().limits
    with IsolatedReader(limits) as decode:
        for source in list_sources([path]):
            for item in open_source(source, limits):
                if not isinstance(item, Found):
                    raise UsageError(item.message)
                raw = RawDocument(item.report_id, item.source_name, item.payload)
                report = read_numbers(raw, lexicon, decode)
                if as_json:
                    _print_json(report, lexicon, explain)
                elif explain:
                    _print_traces(report, lexicon)
                else:
                    _print_table(report.observations)


def _print_json(report: Report, lexicon: Lexicon, explain: bool) -> None:
    from flows.output import print_line

    steps = _steps(report, lexicon) if explain else {}
    for observation in report.observations:
        row = _as_row(observation, explain)
        if explain:
            row["trace"] = steps.get(observation.observation_id)
        print_line(json.dumps(row, ensure_ascii=False))


def _steps(report: Report, lexicon: Lexicon) -> dict[str, dict[str, Any]]:
    """From slot to name, by the observation that came of it."""
    numbers = [number for trace in trace_document(report.document, lexicon) for number in trace.numbers]
    return {
        number.observation.observation_id: asdict(number.step)
        for number in numbers
        if number.observation and number.step
    }


def _print_table(observations: tuple[Observation, ...]) -> None:
    from flows.output import print_rows

    headings = {name: name.removeprefix("indicator_") for name in _FIELDS}
    rows = [_as_row(observation, explain=False) for observation in observations]
    print_rows(headings, rows, fold=("indicator", "scope", "indicator_code"), wide=True)


def _print_traces(report: Report, lexicon: Lexicon) -> None:
    from flows.output import print_folded, print_line
    from flows.tracing import sentence_lines

    kept = {observation.observation_id: observation for observation in report.observations}
    for trace in trace_document(report.document, lexicon):
        if trace.role:
            for line in sentence_lines(trace, kept):
                print_folded(line)
            print_line("")
    print_line(
        f"数字 / numbers {report.numbers_total}, 观测 / observations {len(report.observations)}, "
        f"未读 / unread {len(report.issues)}"
    )


def _as_row(observation: Observation, explain: bool) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(observation, name) for name in _FIELDS}
    row["value"] = float(observation.value)
    if explain:
        row |= {name: getattr(observation, name) for name in _MORE}
        row["value_base"] = None if observation.value_base is None else float(observation.value_base)
        row["rule_ids"] = list(observation.rule_ids)
    return row
