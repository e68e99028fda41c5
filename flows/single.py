"""``zhengbao extract``: the readings of one file, without a warehouse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.fetch import Found, list_sources, open_source
from seeds.load import load_seeds
from transforms.errors import UsageError
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.types import Observation, RawDocument

_FIELDS = (
    "char_start", "value", "unit", "indicator", "indicator_code", "measure", "status", "bound", "period",
    "scope",
)  # fmt: skip
_MORE = ("char_end", "unit_base", "period_basis", "region_code", "section", "quote")


def print_readings(path: Path, *, explain: bool, as_json: bool) -> None:
    """Read each report in a file and print its observations. UsageError, UnreadableReport for a bad file."""
    lexicon = build_lexicon(load_seeds())
    for source in list_sources([path]):
        for item in open_source(source):
            if not isinstance(item, Found):
                raise UsageError(item.message)
            report = read_report(RawDocument(item.report_id, item.source_name, item.payload), lexicon)
            if as_json:
                _print_json(report.observations, explain)
            else:
                _print_table(report.observations, explain)


def _print_json(observations: tuple[Observation, ...], explain: bool) -> None:
    from flows.output import print_line

    for observation in observations:
        print_line(json.dumps(_as_row(observation, explain), ensure_ascii=False))


def _print_table(observations: tuple[Observation, ...], explain: bool) -> None:
    from flows.output import print_line, print_rows

    rows = [_as_row(observation, explain) for observation in observations]
    if not explain:
        headings = {name: name.removeprefix("indicator_") for name in _FIELDS}
        print_rows(headings, rows, fold=("indicator", "scope", "indicator_code"), wide=True)
        return
    for row in rows:
        print_line(" ".join(row["quote"].split()))
        print_line(
            "    " + "  ".join(f"{name}={row[name]}" for name in _FIELDS if row[name] not in ("", None))
        )
        print_line("    rules: " + ", ".join(row["rule_ids"]))


def _as_row(observation: Observation, explain: bool) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(observation, name) for name in _FIELDS}
    row["value"] = float(observation.value)
    if explain:
        row |= {name: getattr(observation, name) for name in _MORE}
        row["value_base"] = None if observation.value_base is None else float(observation.value_base)
        row["rule_ids"] = list(observation.rule_ids)
    return row
