"""Nights by the clock: every minute here; what came while nobody served; and what Prefect's own pages show of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import duckdb
import pytest
from runs import GOOD, ROOT
from serving import Serving, serving

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OUTPUT = Path(os.environ.get("ZHENGBAO_TEST_OUTPUT", ROOT / "test-output")) / "pages"


def loaded_names(data: Path) -> list[str]:
    if not (data / "warehouse.duckdb").exists():
        return []
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return [
            row[0] for row in connection.execute("SELECT source_name FROM reports ORDER BY ALL").fetchall()
        ]


def stop(served: Serving) -> None:
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0, served.said
    assert "Traceback" not in served.said


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium fonts-noto-cjk")
def test_nights_by_the_clock(tmp_path: Path) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    command = (str(landing), "--cron", "* * * * *")
    (landing / "first.txt").write_text(GOOD, encoding="utf-8")
    with serving(data, *command) as served:
        served.wait_for("the first load", lambda: loaded_names(data))
        (landing / "second.txt").write_text(GOOD.replace("西湖区", "余杭区"), encoding="utf-8")
        served.wait_for("the second load", lambda: len(loaded_names(data)) == 2)
        assert_shown(served, "nightly-load")
        stop(served)
    (landing / "third.txt").write_text(GOOD.replace("西湖区", "拱墅区"), encoding="utf-8")
    with serving(data, *command) as served:
        served.wait_for("the third load", lambda: len(loaded_names(data)) == 3)
        stop(served)
    assert loaded_names(data) == ["first.txt", "second.txt", "third.txt"]
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM loads").fetchall() == [(3,)]


def assert_shown(served: Serving, artifact: str) -> None:
    """Prefect's pages in a browser: the run, how it ended, and the artifact with what was loaded."""
    with playwright_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        prefect = served.address("Prefect")
        page.goto(f"{prefect}/runs")
        run = page.get_by_role("link", name="nightly 20").first
        run.wait_for(timeout=60_000)
        assert page.get_by_text("Completed").count()
        page.goto(f"{prefect}/artifacts/key/{artifact}")
        page.get_by_role("link", name=re.compile("^[0-9a-f]{8}$")).first.click()
        page.get_by_text("余杭区").first.wait_for(timeout=60_000)
        OUTPUT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=OUTPUT / "prefect-artifact.png")  # to be looked at
        browser.close()
