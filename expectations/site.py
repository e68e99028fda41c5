"""The whole quality report: which pages there are, which are taken over from the last load, which are written."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from expectations import indicator_page, report_page
from expectations.overview import render_index, render_reports, search_index
from expectations.page_types import SiteContent
from expectations.rendering import TEMPLATES, render
from expectations.shelf import Shelf
from transforms.errors import LoadFailed

DATA_DOCS = "data_docs"
_ASSETS = ("pages.css", "report.js", "charts.js", "history.js", "indicator.js", "search.js")


def build_site(target: Path, content: SiteContent, previous: Path | None = None) -> Shelf:
    """Fills ``target``, an existing folder that may hold Data Docs already, and says how many pages were written.

    ``previous`` is the folder published before, from which pages of the same content are taken over; it is only
    read. OSError if a page cannot be written.
    """
    shelf = Shelf(target, previous)
    codes = [headline.code for headline in content.headlines]
    _put_reports(shelf, content, codes)
    known = (*content.reports, *(held.facts for held in content.held))
    paths = {facts.report_id: facts.path for facts in known}
    for headline in content.headlines:
        indicator_page.put_indicator(shelf, headline, paths)
    shelf.write("reports.html", render_reports(content.reports))
    shelf.write("indicators.html", indicator_page.render_list(content.headlines))
    shelf.write("search.html", render("search.html", root="", here="search"))
    shelf.write("search-index.js", search_index(content.headlines, content.reports))
    _put_assets(shelf)
    has_docs = (target / DATA_DOCS / "index.html").is_file()
    shelf.write("index.html", render_index(content.site, paths, has_docs))
    shelf.close()
    return shelf


def _put_reports(shelf: Shelf, content: SiteContent, codes: Sequence[str]) -> None:
    by_id = {facts.report_id: facts for facts in content.reports}
    missing = {}
    for facts in content.reports:
        newer = by_id.get(facts.superseded_by or "")
        key = report_page.page_key(facts, newer, codes)
        if not shelf.keep(facts.path, key):
            missing[facts.report_id] = newer, key
    wanted = [by_id[report_id] for report_id in missing]
    for found in content.fetch(wanted) if wanted else ():
        newer, key = missing[found.facts.report_id]
        shelf.write(found.facts.path, report_page.render_report(found, newer, codes), key)
    for held in content.held:
        shelf.write(held.facts.path, report_page.render_report(held, None, codes))


def _put_assets(shelf: Shelf) -> None:
    for name in _ASSETS:
        shelf.copy(f"assets/{name}", TEMPLATES / name)
    # found without importing plotly, of which nothing but this file is wanted
    plotly = find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise LoadFailed("缺少 plotly,请重新安装 / plotly is missing, install again")
    shelf.copy("assets/plotly.min.js", Path(plotly.origin).parent / "package_data" / "plotly.min.js")
