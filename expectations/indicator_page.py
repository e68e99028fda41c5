"""A headline indicator's page: everything stated of it, as data for the chart and the table that the page draws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from expectations.page_types import Headline
from expectations.rendering import fingerprint, render, wording
from expectations.shelf import Shelf, digest

TEMPLATE = "indicator.html"
_CODES = ("actual", "estimate", "target", "exact", "at_least", "at_most", "approx", "range")


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator in the lists of all; ``reports`` are those that state it."""

    code: str
    name_zh: str
    name_en: str
    regions: int
    years: str
    actual: int
    target: int
    aliases: tuple[str, ...] = ()
    reports: frozenset[str] = frozenset()


def put_indicator(shelf: Shelf, headline: Headline, paths: Mapping[str, str]) -> None:
    """The page, taken over or written; ``paths`` gives the page of each report."""
    path = f"indicators/{headline.code}.html"
    # what the page draws is most of what it is made from, so it is made ready once, for the key and for the page
    names = json.dumps(_names(headline, paths), separators=(",", ":"))
    data = htmlsafe_json_dumps(None, dumps=lambda _: f'{names[:-1]},"points":[{headline.points}]}}')
    about = (headline.code, headline.name_zh, headline.name_en, *headline.aliases)
    key = digest(fingerprint(TEMPLATE, __file__), data, *about)
    if not shelf.keep(path, key):
        page = render(TEMPLATE, root="../", here="indicators", headline=headline, data=data)
        shelf.write(path, page, key)


def _names(headline: Headline, paths: Mapping[str, str]) -> dict[str, Any]:
    """What indicator.js reads besides the points: the lists that these refer to, and words."""
    return {
        "regions": headline.regions,
        "reports": [paths[report_id] for report_id in headline.reports],
        "groups": [
            {"unit": unit, "label": f"{wording(measure)}({unit})", "share": unit == "%"}
            for measure, unit in headline.groups
        ],
        "country": headline.country,
        "words": {code: wording(code) for code in _CODES},
    }


def line_of(headline: Headline) -> IndicatorLine:
    """The indicator's line in the list."""
    return IndicatorLine(
        headline.code,
        headline.name_zh,
        headline.name_en,
        headline.region_count,
        "–".join(dict.fromkeys((headline.first_year, headline.last_year))) or "—",
        headline.actual,
        headline.target,
        headline.aliases,
        frozenset(headline.reports),
    )


def render_list(lines: Iterable[IndicatorLine]) -> str:
    """The list of all indicators, those without any value last."""
    items = sorted(lines, key=lambda line: line.actual + line.target == 0)
    return render("indicators.html", root="", here="indicators", items=items)
