"""Files of other formats made for the tests: DOCX by python-docx, PDF by ReportLab."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT, SIZE, LEADING = "STSong-Light", 12, 20
WIDTH, HEIGHT = A4


def make_docx(fill: Callable[[docx.document.Document], None]) -> bytes:
    document = docx.Document()
    fill(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def change_docx(payload: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The DOCX with parts replaced, added, or (None) left out."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(payload)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def body_of(payload: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return archive.read("word/document.xml").decode()


def make_pdf(draw: Callable[[Canvas], None], **options: object) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    canvas.setFont(FONT, SIZE)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def wrap(text: str, characters: int) -> list[str]:
    """A paragraph in lines with room for so many Chinese characters; marks may hang over the margin."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    lines = [""]
    for char in text:
        full = pdfmetrics.stringWidth(lines[-1] + char, FONT, SIZE) > characters * SIZE
        if full and char not in ",。;、%":
            lines.append("")
        lines[-1] += char
    return lines


def draw_lines(canvas: Canvas, lines: list[str], x: float, y: float, leading: float = LEADING) -> float:
    """Lines from the top down; gives where the next one would stand."""
    for line in lines:
        canvas.drawString(x, y, line)
        y -= leading
    return y
