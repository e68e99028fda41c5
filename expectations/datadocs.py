"""Great Expectations' own pages, made to open without a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

from expectations.context import quiet_context
from expectations.rendering import in_utc, render

_SITE = "quality"
# Scripts, style sheets and pictures of these pages come from elsewhere. What is data in them was escaped before, so
# every tag found is one of Great Expectations' templates.
_FROM_ELSEWHERE = re.compile(
    r"<script\b.*?</script\s*>|<link\b[^>]*>|<img\b[^>]*>", re.DOTALL | re.IGNORECASE
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'self' file: 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="{root}assets/pages.css">'
)


def build_data_docs(
    folder: Path, evidence: Sequence[ExpectationSuiteValidationResult], load_id: str, started_at: datetime
) -> None:
    """Fills the folder with pages of one validation's results and an index of them. OSError if it cannot."""
    run = RunIdentifier(run_name=load_id, run_time=in_utc(started_at))
    with quiet_context() as context:
        for outcome in map(_escaped, evidence):
            checks = [item.expectation_config for item in outcome.results if item.expectation_config]
            context.suites.add(ExpectationSuite(name=outcome.suite_name, expectations=checks))
            key = ValidationResultIdentifier(
                expectation_suite_identifier=ExpectationSuiteIdentifier(outcome.suite_name),
                run_id=run,
                batch_identifier=outcome.suite_name,
            )
            context.validation_results_store.set(key, outcome)
        context.add_data_docs_site(_SITE, _site_config(folder))
        context.build_data_docs(site_names=[_SITE])
    _stand_alone(folder)


def _stand_alone(folder: Path) -> None:
    """Takes away what needs a network; the index, which is a script and nothing else, becomes a plain list."""
    pages = []
    for path in sorted(folder.rglob("*.html")):
        place = path.relative_to(folder)
        text = _FROM_ELSEWHERE.sub("", path.read_text(encoding="utf-8"))
        policy = _POLICY.format(root="../" * len(place.parts))
        text = _HEAD.sub(lambda found, policy=policy: found[0] + policy, text, count=1)  # type: ignore[misc]
        path.write_bytes(text.encode("utf-8", "replace"))
        if len(place.parts) > 1:
            kind = "检验结果 / validation results" if place.parts[0] == "validations" else "期望集 / suite"
            pages.append((place.as_posix(), f"{kind}: {place.parts[1].removesuffix('.html')}"))
    pages.sort(key=lambda page: not page[0].startswith("validations"))
    index = render("data_docs.html", root="../", here="", pages=pages)
    (folder / "index.html").write_text(index, encoding="utf-8")
    shutil.rmtree(folder / "static", ignore_errors=True)  # fonts and pictures that nothing shows any more


def _escaped(outcome: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """The same results with markup in the data made harmless: Data Docs print failing values as they are."""
    copy = deepcopy(outcome)
    for item in copy.results:
        item.result = _escape(item.result)
    return copy


def _escape(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        return {key: _escape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escape(item) for item in value]
    return value


def _site_config(folder: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.absolute()),
        },
    }
