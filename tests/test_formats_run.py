"""A night of files in every format: into the warehouse with their text, or held back; and from raw/ once more."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest
from packing import tar_bytes
from papers import WIDTH, draw_lines, make_docx, make_pdf, wrap
from runs import GOOD, Forker, relations

from flows.inquiry import ask
from flows.output import PlainNarrator
from flows.rebuild import rebuild
from flows.settings import load_settings

DISTRICTS = ("西湖区", "萧山区", "余杭区", "拱墅区", "滨江区")


def good(district: str) -> str:
    return GOOD.replace("西湖区", district)


def as_page(text: str) -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return f'<html><head><meta charset="gb2312"><script>1</script></head>{lines}</html>'.encode("gb18030")


def as_docx(text: str) -> bytes:
    return make_docx(lambda document: [document.add_paragraph(line) for line in text.split("\n")] and None)


def as_pdf(text: str) -> bytes:
    lines = [piece for line in text.split("\n") if line for piece in wrap(line, 36)]
    return make_pdf(lambda canvas: draw_lines(canvas, lines, 80, 780))


def scan() -> bytes:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (200, 300), 180))
    return make_pdf(lambda canvas: canvas.drawImage(picture, 0, 0, WIDTH, 800))


REFUSED = {
    "scan.pdf": ("scanned", scan()),
    "old.doc": (
        "legacy_format",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "WordDocument".encode("utf-16-le"),
    ),
    "old.wps": (
        "legacy_format",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + "WordDocument".encode("utf-16-le"),
    ),
    "half.pdf": ("damaged", as_pdf(good("西湖区"))[:500]),
    "deep.html": ("too_deep", b"<html><body>" + b"<div>" * 5_000),
    "bomb.zip": ("bad_archive", b""),
}


@pytest.fixture(scope="module")
def night(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("formats")
    landing = home / "landing"
    landing.mkdir()
    for name, (_, payload) in REFUSED.items():
        (landing / name).write_bytes(payload)
    with zipfile.ZipFile(landing / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(30 * 2**20))
    (landing / "page.htm").write_bytes(as_page(good("西湖区")))
    (landing / "word.docx").write_bytes(as_docx(good("萧山区")))
    (landing / "print").write_bytes(as_pdf(good("余杭区")))
    with zipfile.ZipFile(landing / "packed.zip", "w") as archive:
        archive.writestr("2021/拱墅区.docx", as_docx(good("拱墅区")))
    packed = tar_bytes(
        {"bin\u202ejiang\n.pdf": as_pdf(good("滨江区")), "../../x.doc": REFUSED["old.doc"][1] + b"x"}
    )
    (landing / "packed.tgz").write_bytes(gzip.compress(packed))
    log = home / "log"
    assert forker.run(log, "run", landing, "--data", home / "data") == 0, log.read_text()
    return home


def test_all_formats_are_in_the_warehouse_and_state_the_same(night: Path) -> None:
    with duckdb.connect(str(night / "data" / "warehouse.duckdb"), read_only=True) as connection:
        reports = connection.execute(
            "SELECT source_name, media_type, region_name, observation_count FROM reports"
        ).fetchall()
        stated = connection.execute(
            "SELECT region_name, list((indicator, value, unit, period, status) ORDER BY char_start) "
            "FROM observations GROUP BY 1"
        ).fetchall()
        texts = connection.execute(
            "SELECT r.text, o.quote, o.quote_start FROM fact_observation AS o JOIN dim_report AS r USING (report_id)"
        ).fetchall()
    assert {
        (name, kind.rpartition("/")[2].rpartition(".")[2], region) for name, kind, region, _ in reports
    } == {
        ("page.htm", "html", "西湖区"),
        ("word.docx", "document", "萧山区"),
        ("print", "pdf", "余杭区"),
        ("packed.zip/2021/拱墅区.docx", "document", "拱墅区"),
        ("packed.tgz/bin\ufffdjiang\ufffd.pdf", "pdf", "滨江区"),
    }
    assert len({repr(numbers) for _, numbers in stated}) == 1
    assert len(stated) == len(DISTRICTS)
    assert all(text[start : start + len(quote)] == quote for text, quote, start in texts)


def test_the_rest_is_held_back_with_its_reason(night: Path) -> None:
    items = [json.loads(path.read_text()) for path in (night / "data" / "quarantine").glob("*/reason.json")]
    reasons = {item["source_name"]: item["reason"] for item in items}
    expected = {name: reason for name, (reason, _) in REFUSED.items()}
    assert reasons == expected | {"packed.tgz/../../x.doc": "legacy_format"}
    assert not list(night.rglob("x.doc"))
    assert "\u202e" not in (night / "log").read_text()


def test_the_page_of_a_report_shows_the_text_that_was_taken_out(night: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in (night / "data" / "quality").rglob("*.html")]
    for district in DISTRICTS:
        assert any(f"我代表{district}人民政府向大会报告工作" in page for page in pages), district


def test_a_number_is_explained_without_reading_the_file_again(night: Path, tmp_path: Path) -> None:
    from flows.tracing import stored_lines

    shutil.copytree(night / "data", tmp_path / "data", symlinks=True)
    (found,) = relations(tmp_path / "data")["loads"]
    assert found
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True) as connection:
        ids = connection.execute("SELECT min(observation_id) FROM observations GROUP BY report_id").fetchall()
    shutil.rmtree(tmp_path / "data" / "raw")
    for (observation_id,) in ids:
        (row,) = ask(tmp_path / "data", "observation", observation_id=observation_id)
        lines = list(stored_lines(tmp_path / "data", row))
        assert lines[0].startswith("读的步骤")
        assert not any("仓库里的读法不同" in line for line in lines)


def test_from_raw_alone_everything_is_read_again(night: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(night / "data" / "raw", data / "raw")
    rebuild(load_settings(data), PlainNarrator(io.StringIO()))
    before, after = relations(night / "data"), relations(data)
    assert {row[0] for row in before["observations"]} == {row[0] for row in after["observations"]}
    assert len(after["reports"]) == len(DISTRICTS)
