"""Programs that people make files with: LibreOffice and Chromium, asked to convert and to print."""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from reading import sample
from runs import SAMPLES

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

AS_TEXT = "Text (encoded):UTF8,LF,,,"
AS_PAGE = "HTML (StarWriter)"
_STYLE = (
    "body{font-family:'Noto Serif CJK SC';font-size:16px;line-height:1.8;text-align:justify}p{margin:.4em 0}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #000;padding:4px}"
    "td:first-child[rowspan]{width:15%}"
)


def convert(paths: Sequence[Path], to: str, folder: Path, reading_as: str | None = None) -> list[Path]:
    """The files as LibreOffice saves them in another format, with a profile of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", to, "--outdir", str(folder)]
    command += [f"--infilter={reading_as}"] if reading_as else []
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=180)
    suffix = to.partition(":")[0]
    made = [folder / f"{path.stem}.{suffix}" for path in paths]
    assert all(path.is_file() for path in made), made
    return made


def print_page(page: Path) -> Path:
    """The PDF that Chromium prints of a page, with its headers, footers and page numbers."""
    target = page.with_suffix(".pdf")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={target}"]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=120)
    assert target.is_file()
    return target


def write_page(text: str, target: Path, encoding: str = "utf-8") -> Path:
    """A text as a web page with a paragraph for each line."""
    lines = [f"<p>{html.escape(line) if line.strip() else '&nbsp;'}</p>" for line in text.split("\n")]
    return _write("\n".join(lines), target, encoding)


def write_table_page(target: Path) -> Path:
    """The task table of the sample 002 as the table that it was: categories over rows, cells with paragraphs."""
    source = next(path for path in SAMPLES if path.name.startswith("002"))
    head = source.read_text(encoding="utf-8").partition("项目名称")[0]
    rows = sample("002").tasks
    cells = []
    for at, row in enumerate(rows):
        first = at == 0 or rows[at - 1].category != row.category
        span = next(
            (n for n in range(1, len(rows) - at) if rows[at + n].category != row.category), len(rows) - at
        )
        category = f'<td rowspan="{span}">{html.escape(row.category)}</td>' if first else ""
        progress = "".join(f"<p>{html.escape(line)}</p>" for line in (row.progress or "").split("\n"))
        cells.append(f"<tr>{category}<td><p>{html.escape(row.content)}</p></td><td>{progress}</td></tr>")
    body = "".join(f"<p>{html.escape(line)}</p>" for line in head.split("\n") if line.strip())
    body += '<table border="1" cellspacing="0"><thead><tr><th>项目名称</th><th>项目内容</th>'
    body += "<th>进展情况</th></tr></thead>"
    return _write(body + "".join(cells) + "</table><p>扫一扫在手机打开当前页</p>", target, "gb18030")


def _write(body: str, target: Path, encoding: str) -> Path:
    charset = "gb2312" if encoding == "gb18030" else encoding
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"><style>{_STYLE}</style>'
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    target.write_bytes(page.encode(encoding))
    return target
