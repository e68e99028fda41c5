"""A headline indicator's page: everything stated of it, as data for the chart and the table that the page draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from expectations.page_types import Headline, Point
from expectations.rendering import fingerprint, render, wording
from expectations.shelf import Shelf, digest

TEMPLATE = "indicator.html"
_COUNTRY = "100000"
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
    data = htmlsafe_json_dumps(_chart_data(headline, paths), separators=(",", ":"))
    about = (headline.code, headline.name_zh, headline.name_en, *headline.aliases)
    key = digest(fingerprint(TEMPLATE, __file__), data, *about)
    if not shelf.keep(path, key):
        page = render(TEMPLATE, root="../", here="indicators", headline=headline, data=data)
        shelf.write(path, page, key)


def _chart_data(headline: Headline, paths: Mapping[str, str]) -> dict[str, Any]:
    """What indicator.js reads: names once, points as rows of numbers and texts; biggest group first."""
    points = [point for point in headline.points if point.report_id in paths]
    groups = [pair for pair, _ in Counter((p.measure, p.unit_base) for p in points).most_common()]
    groups.sort(key=lambda pair: (pair[0] not in ("level", "growth"), pair[0] == "growth"))
    regions = list(dict.fromkeys(point.region for point in points))
    reports = list(dict.fromkeys(paths[point.report_id] for point in points))
    places: dict[str, dict[Any, int]] = {
        "region": {name: at for at, name in enumerate(regions)},
        "report": {path: at for at, path in enumerate(reports)},
        "group": {pair: at for at, pair in enumerate(groups)},
    }
    return {
        "regions": regions,
        "reports": reports,
        "groups": [
            {"unit": unit, "label": f"{wording(measure)}({unit})", "share": unit == "%"}
            for measure, unit in groups
        ],
        "country": next((regions.index(p.region) for p in points if p.region_code == _COUNTRY), None),
        "words": {code: wording(code) for code in _CODES},
        "points": [_row(point, places, paths) for point in points],
    }


def line_of(headline: Headline) -> IndicatorLine:
    """The indicator's line in the list."""
    years = sorted({point.period[:4] for point in headline.points})
    counts = Counter(point.status == "target" for point in headline.points)
    return IndicatorLine(
        headline.code,
        headline.name_zh,
        headline.name_en,
        len({point.region_code for point in headline.points}),
        "–".join(dict.fromkeys((years[0], years[-1]))) if years else "—",
        counts[False],
        counts[True],
        headline.aliases,
        frozenset(point.report_id for point in headline.points),
    )


def render_list(lines: Iterable[IndicatorLine]) -> str:
    """The list of all indicators, those without any value last."""
    items = sorted(lines, key=lambda line: line.actual + line.target == 0)
    return render("indicators.html", root="", here="indicators", items=items)


def _row(point: Point, places: Mapping[str, Mapping[Any, int]], paths: Mapping[str, str]) -> list[Any]:
    return [
        places["region"][point.region],
        places["group"][point.measure, point.unit_base],
        point.period,
        point.grain,
        point.year,
        point.value,
        point.high,
        point.written,
        point.status,
        point.bound,
        places["report"][paths[point.report_id]],
        point.observation_id,
    ]
