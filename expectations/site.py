"""The whole quality report: which pages there are, which are taken over from the last load, which are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from expectations import indicator_page, report_page
from expectations.indicator_page import IndicatorLine
from expectations.overview import render_index, render_reports, search_index
from expectations.page_types import Fetch, ReportFacts, SiteContent
from expectations.rendering import TEMPLATES, render
from expectations.shelf import Shelf
from transforms.errors import LoadFailed

_Pages = dict[ReportFacts, tuple[ReportFacts | None, str]]

DATA_DOCS = "data_docs"
_ASSETS = ("pages.css", "report.js", "charts.js", "history.js", "indicator.js", "search.js")


def build_site(
    target: Path, content: SiteContent, previous: Path | None = None, most: int | None = None
) -> Shelf:
    """Fills ``target``, an existing folder that may hold Data Docs already, and says how many pages were written.

    ``previous`` is the folder published before, from which pages of the same content are taken over; it is only
    read. With ``most``, so many further pages of reports are written, those with something to look at first, and of
    reports of earlier loads only those that had one; a note stands where the others will be (``complete_site``).
    OSError if a page cannot be written.
    """
    shelf = Shelf(target, previous)
    _put_reports(shelf, content, content.codes, most)
    known = (*content.reports, *(held.facts for held in content.held))
    paths = {facts.report_id: facts.path for facts in known}
    lines = _put_indicators(shelf, content, paths)
    shelf.write("reports.html", render_reports(content.reports))
    shelf.write("indicators.html", indicator_page.render_list(lines))
    shelf.write("search.html", render("search.html", root="", here="search"))
    shelf.write("search-index.js", search_index(lines, content.reports))
    _put_assets(shelf)
    has_docs = (target / DATA_DOCS / "index.html").is_file()
    shelf.write("index.html", render_index(content.site, paths, has_docs))
    shelf.close()
    return shelf


def complete_site(
    target: Path, previous: Path, reports: Sequence[ReportFacts], codes: Sequence[str], fetch: Fetch
) -> Shelf:
    """Fills ``target`` with what ``previous`` holds and the pages of reports that are to come there.

    ``codes`` are those of the headlines. OSError if a page cannot be written.
    """
    shelf = Shelf(target, previous)
    shelf.keep_all()
    pages = _pages_to_write(reports, codes, shelf.has)
    _write(shelf, pages, list(pages), codes, fetch)
    shelf.close()
    return shelf


def _put_indicators(shelf: Shelf, content: SiteContent, paths: Mapping[str, str]) -> list[IndicatorLine]:
    """Their pages one after the other; gives what the lists of them say, in their order."""
    lines = {}
    for headline in content.headlines:
        indicator_page.put_indicator(shelf, headline, paths)
        lines[headline.code] = indicator_page.line_of(headline)
    return [lines[code] for code in content.codes]


def _put_reports(shelf: Shelf, content: SiteContent, codes: Sequence[str], most: int | None) -> None:
    pages = _pages_to_write(content.reports, codes, shelf.keep)
    wanted = sorted(pages, key=_urgency(content))
    now = wanted
    if most is not None:
        now = [f for f in wanted if f.load_id == content.site.load_id or shelf.had(f.path)][:most]
    _write(shelf, pages, now, codes, content.fetch)
    later = pages.keys() - set(now)
    if later:
        note = render("report_later.html", root="../../", here="reports")
        shelf.stand_in(sorted(facts.path for facts in later), note)
    for held in content.held:
        shelf.write(held.facts.path, report_page.render_report(held, None, codes))


def _pages_to_write(
    reports: Sequence[ReportFacts], codes: Sequence[str], is_there: Callable[[str, str], bool]
) -> _Pages:
    """Reports whose page is not there, asked by path and key, with the edition that superseded each and the key."""
    by_id, of_all = {facts.report_id: facts for facts in reports}, report_page.pages_key(codes)
    pages: _Pages = {}
    for facts in reports:
        newer = by_id.get(facts.superseded_by or "")
        key = report_page.page_key(facts, newer, of_all)
        if not is_there(facts.path, key):
            pages[facts] = newer, key
    return pages


def _write(
    shelf: Shelf, pages: _Pages, wanted: Sequence[ReportFacts], codes: Sequence[str], fetch: Fetch
) -> None:
    for found in fetch(wanted) if wanted else ():
        newer, key = pages[found.facts]
        shelf.write(found.facts.path, report_page.render_report(found, newer, codes), key)


def _urgency(content: SiteContent) -> Callable[[ReportFacts], tuple[bool, bool, str]]:
    """As the page of the latest load lists them: what has warnings, then the rest of this load, by name."""
    site = content.site
    warned = {
        report_id
        for result in site.validation.results
        if not result.success
        for report_id in result.report_ids
    }
    return lambda facts: (facts.report_id not in warned, facts.load_id != site.load_id, facts.source_name)


def _put_assets(shelf: Shelf) -> None:
    for name in _ASSETS:
        shelf.copy(f"assets/{name}", TEMPLATES / name)
    # found without importing plotly, of which nothing but this file is wanted
    plotly = find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise LoadFailed("缺少 plotly,请重新安装 / plotly is missing, install again")
    shelf.copy("assets/plotly.min.js", Path(plotly.origin).parent / "package_data" / "plotly.min.js")
