"""The quality pages in a real Chromium, opened from the disk: what people see, hear and press.

Screenshots of the kinds of page at the width of a desk and of a phone go to ``test-output/pages`` (or to the folder
named by ZHENGBAO_TEST_OUTPUT), to be looked at.
"""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from factories import make_held_back, memory_warehouse
from paging import HOSTILE, Loads, hostile, sample
from runs import ROOT

from transforms.types import Report

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: apt-get install chromium fonts-noto-cjk"
)

OUTPUT = Path(os.environ.get("ZHENGBAO_TEST_OUTPUT", ROOT / "test-output")) / "pages"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# preload would have axe fetch the style sheet, which a page opened from the disk may not
AXE_RULES = {
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def report_path(report: Report) -> str:
    report_id = report.document.source.report_id
    return f"reports/{report_id[:2]}/{report_id[:16]}.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The pages after three loads: samples, one held-back file, and a hostile report."""
    with memory_warehouse() as connection:
        loads = Loads(tmp_path_factory.mktemp("site"), connection)
        loads.add([sample(0), sample(1)])
        loads.add([sample(2), sample(3)], [make_held_back()])
        yield loads.add([sample(4), hostile()])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as play:
        # inside a container root cannot have Chromium's sandbox
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Callable[..., Any]]:
    """Opens a page of the site; at the end nothing may have left it and nothing may have been complained of."""
    with watched(browser, site) as opened:
        yield opened


@contextmanager
def watched(browser: Any, site: Path) -> Iterator[Callable[..., Any]]:
    contexts: list[Any] = []
    complaints: list[str] = []

    def note(page: Any) -> None:
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("request", check)

    def check(request: Any) -> None:
        inside = request.url.startswith((site.as_uri() + "/", "data:"))
        if not inside:
            complaints.append(f"request: {request.url}")

    def opened(path: str, size: str = "desktop", **options: Any) -> Any:
        context = browser.new_context(viewport=SIZES[size], **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        note(page)
        file, _, anchor = path.partition("#")
        page.goto((site / file).as_uri() + (f"#{anchor}" if anchor else ""))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


KINDS = {
    "latest-load": "index.html",
    "report": report_path(sample(4)) if CHROMIUM else "",
    "indicator": "indicators/budget_revenue.html",
    "search": "search.html",
    "reports": "reports.html",
    "indicators": "indicators.html",
    "data-docs": "data_docs/index.html",
}


def ready(page: Any, kind: str) -> None:
    """Bring a page to what is worth a picture."""
    if kind in ("latest-load", "indicator"):
        page.wait_for_selector(".chart .main-svg")
    if kind == "report":
        page.locator("#text button").nth(9).focus()
    if kind == "search":
        page.fill("#query", "「一般公共预算收入」")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_is_accessible_and_leaves_a_picture(
    visit: Callable[..., Any], kind: str, size: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(KINDS[kind], size, color_scheme=scheme)
    ready(page, kind)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{kind}-{size}-{scheme}.png", full_page=kind != "report")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    found = axe.run(page, options=AXE_RULES).response["violations"]
    serious = [
        (item["id"], item["help"], [node["target"] for node in item["nodes"]][:3])
        for item in found
        if item["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_tables_are_not_squeezed_on_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("index.html", "phone")
    widths = page.locator(".scroll td:visible").evaluate_all("all => all.map(one => one.clientWidth)")
    assert min(widths) >= 64
    samples = page.locator("table.long td:last-child").evaluate_all("all => all.map(one => one.clientWidth)")
    assert min(samples) >= 200
    page.locator(".scroll").first.focus()
    page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("chart", ["reports", "held_back", "observations", "explained", "failed"])
def test_history_is_drawn(visit: Callable[..., Any], chart: str) -> None:
    page = visit("index.html")
    shapes = page.locator(f"#chart-{chart} .barlayer .point path, #chart-{chart} path.point")
    shapes.first.wait_for(state="attached")
    assert shapes.count() == 3
    areas = shapes.evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert max(areas) > 3


def colours(page: Any, selector: str) -> int:
    """How many different colours are seen in an element: a chart that is only a container has one."""
    png = page.locator(selector).screenshot()
    script = """async (bytes) => {
        const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
        const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
        canvas.drawImage(image, 0, 0);
        const data = new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer);
        return new Set(data).size;
    }"""
    return int(page.evaluate(script, list(png)))


def test_an_indicator_is_drawn_with_targets_beside_actuals(visit: Callable[..., Any]) -> None:
    page = visit("indicators/budget_revenue.html")
    page.select_option("#group", label="增长 growth(%)")
    page.wait_for_selector("#chart .main-svg")
    statuses = page.locator("#rows td:nth-child(4)").all_text_contents()
    assert {"实际 actual", "目标 target"} <= set(statuses)
    drawn = page.locator("#chart .scatterlayer path.point")
    assert drawn.count() == len(statuses)
    assert colours(page, "#chart") > 20
    # the table beside it says where each number stands
    page.locator("#rows a").first.click()
    page.wait_for_selector("#panel dl")
    assert "%" in page.inner_text("#panel")


def test_regions_can_be_taken_out_and_found(visit: Callable[..., Any]) -> None:
    page = visit("indicators/gdp.html")
    page.select_option("#group", label="增长 growth(%)")
    regions = page.locator("#regions label")
    before, rows = regions.count(), page.locator("#rows tr").count()
    assert before >= 3
    page.get_by_label("西湖区", exact=True).uncheck()
    assert page.locator("#rows tr").count() < rows
    page.fill("#find", "西湖")
    assert regions.filter(visible=True).count() == 1


def test_pointing_at_a_number_shows_its_reading(visit: Callable[..., Any]) -> None:
    page = visit(report_path(sample(3)))
    mark = page.locator("#text button", has_text="1970.1").first
    assert "No number selected" in page.inner_text("#panel")
    mark.hover()
    panel = page.inner_text("#panel")
    for shown in ("1970.1 亿元", "地区生产总值", "水平", "实际", "2022", "西湖区"):
        assert shown in panel, shown


def test_the_keyboard_goes_from_number_to_number(visit: Callable[..., Any]) -> None:
    page = visit(report_path(sample(3)))
    marks = page.locator("#text button")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#text button') !== null"):
            break
    first = page.inner_text("#panel")
    assert marks.nth(0).inner_text() in first
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == marks.nth(1).get_attribute("id")
    assert page.inner_text("#panel") != first
    page.keyboard.press("End")
    last = marks.last
    assert page.evaluate("document.activeElement.id") == last.get_attribute("id")
    page.keyboard.press("Tab")  # and out again, with one key
    assert page.evaluate("document.activeElement.closest('#text button')") is None


def test_filters_take_the_marks_of_a_measure_and_a_status_away(visit: Callable[..., Any]) -> None:
    page = visit(report_path(sample(4)))
    enabled = page.locator("#text button:enabled")
    everything = enabled.count()
    counts = {
        name: page.locator(f"#text button.{name}").count() for name in ("level", "growth", "target", "unread")
    }
    assert min(counts["level"], counts["growth"], counts["target"]) > 0
    page.uncheck("input[value=growth]")
    assert enabled.count() == everything - counts["growth"]
    page.uncheck("input[value=target]")
    assert page.locator("#text button:enabled.target").count() == 0
    plain = page.locator("#text button:disabled").first
    assert plain.evaluate("one => getComputedStyle(one).backgroundColor") == "rgba(0, 0, 0, 0)"
    page.check("input[value=growth]")
    page.check("input[value=target]")
    assert enabled.count() == everything


def test_unread_numbers_are_marked_apart_with_the_reason(visit: Callable[..., Any]) -> None:
    page = visit(report_path(hostile()))
    mark = page.locator("#text button.unread").first
    mark.hover()
    assert "no_" in page.inner_text("#panel")


def test_a_link_leads_to_the_number_in_its_sentence(visit: Callable[..., Any]) -> None:
    item = sample(3).observations[-1]
    page = visit(f"{report_path(sample(3))}#{item.observation_id}")
    mark = page.locator(f'[id="{item.observation_id}"]')
    assert mark.evaluate("one => one === document.activeElement")
    box = mark.bounding_box()
    assert 0 <= box["y"] < SIZES["desktop"]["height"]
    assert item.observation_id in page.inner_text("#panel")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("「一般公共预算收入」", "一般公共预算收入"),
        ("一般公共预算收入", "一般公共预算收入"),
        ("gdp", "地区生产总值"),
        ("budget revenue", "一般公共预算收入"),
        ("西湖 2022", "杭州市西湖区2023年政府工作报告摘要"),
    ],
)
def test_search_finds(visit: Callable[..., Any], query: str, first: str) -> None:
    page = visit("search.html")
    page.get_by_label("报告、地区").fill(query)
    result = page.locator("#results a").first
    assert result.inner_text() == first
    result.click()
    page.wait_for_url("**/*.html*")
    assert first in page.inner_text("h1")


def test_search_says_when_there_is_nothing_and_keeps_the_query(visit: Callable[..., Any]) -> None:
    page = visit("search.html")
    page.fill("#query", "没有这样的东西")
    assert page.inner_text("#count").startswith("0")
    page.reload()
    assert page.input_value("#query") == "没有这样的东西"


def test_hostile_text_is_only_text(visit: Callable[..., Any]) -> None:
    page = visit(report_path(hostile()))
    shown = page.inner_text("#text")
    for markup in HOSTILE:
        assert markup in shown, markup
    assert page.title().startswith("2021年西湖区政府工作报告")
    assert page.locator("body").evaluate("one => getComputedStyle(one).display") == "block"
    for mark in page.locator("#text button").all():
        mark.hover()
    assert page.locator("img").count() == 0
    assert page.locator("body script").count() == 1
    page = visit("search.html")
    page.fill("#query", "onerror")
    assert "<img src=x" in page.inner_text("#results")
    page = visit("index.html")
    assert "<img src=x" in page.inner_text("main")


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody who waits on loopback for whatever a page would send."""
    heard: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # Chromium opens connections it may want before it knows that it may not; it says nothing on them
            if said := self.request.recv(1000):
                heard.append(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()


def test_what_got_in_could_not_run_or_reach_out(browser: Any, site: Path) -> None:
    """The policy of the pages is a second wall: even markup that is really there is dead."""
    page_path = site / report_path(hostile())
    with listening() as (address, heard):
        evil = (
            f'<script>document.title = "owned"</script><img src="{address}/x.png" onerror="document.title = 1">'
            f'<style>body {{ display: none }}</style><script src="{address}/x.js"></script>'
            f'<link rel="stylesheet" href="{address}/x.css"><iframe src="{address}"></iframe>'
            f'<form action="{address}"><button id="go">go</button></form>'
        )
        copy = page_path.with_name("evil.html")
        text = page_path.read_text(encoding="utf-8").replace("</h1>", "</h1>" + evil)
        copy.write_text(text, encoding="utf-8")
        try:
            page = browser.new_page()
            page.goto(copy.as_uri())
            assert page.title().startswith("2021年西湖区政府工作报告")
            assert page.locator("body").evaluate("one => getComputedStyle(one).display") == "block"
            page.locator("#go").evaluate("one => one.click()")
            page.wait_for_timeout(300)
            page.close()
        finally:
            copy.unlink()
    assert heard == []
