"""The text of a PDF that has one: characters with their places, put together as they stand on the page.

PDFium tells the characters and the lines drawn; which of them make rows, columns, cells and paragraphs follows from
where they stand (``pdf_grid``, ``pdf_rows``, ``pdf_paragraphs``). A scan has no characters and is refused as such.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from transforms.errors import UnreadableReport
from transforms.limits import Limits, refuse_over
from transforms.package import damaged
from transforms.pdf_paragraphs import tell_pages
from transforms.pdf_types import Glyph, Page, Ruling

_FEWEST_A_PAGE = 15  # characters; a scan may bear a stamp or a page number
_MOST_UNREADABLE = 0.2
_MOST_RULINGS = 20_000
_THIN = 3.0  # points
_SHORTEST = 6.0


def read_pdf(payload: bytes, limits: Limits) -> tuple[str, str]:
    """Text of a PDF; what stands for its encoding is ``unicode``.

    Raises UnreadableReport: ``damaged``, ``encrypted``, ``too_many_pages``, ``too_large``, ``scanned``,
    ``undecodable``.
    """
    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableReport("encrypted", "文件有密码 / the file is protected by a password") from error
        raise damaged(str(error)) from error
    try:
        refuse_over("too_many_pages", ("页数", "pages:"), len(document), limits.pages)
        pages = list(_read_pages(document, limits.characters))
    except pypdfium2.PdfiumError as error:
        raise damaged(str(error)) from error
    finally:
        document.close()
    _refuse_scans(pages)
    return tell_pages(pages), "unicode"


def _read_pages(document: pypdfium2.PdfDocument, most: int) -> Iterator[Page]:
    characters = 0
    for number in range(len(document)):
        page = document[number]
        left, bottom, right, top = page.get_mediabox()
        text = page.get_textpage()
        count = text.count_chars()
        characters += max(count, 0)
        refuse_over("too_large", ("提取的字数", "characters of text:"), characters, most)
        glyphs, turn = _upright(list(_glyphs(text.raw, count)))
        rulings = [] if turn else list(_rulings(page))
        pictures = any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
        yield Page(tuple(glyphs), tuple(rulings), abs(width) or 1.0, abs(height) or 1.0, pictures)
        text.close()
        page.close()


def _glyphs(text: raw.FPDF_TEXTPAGE, count: int) -> Iterator[tuple[Glyph, int]]:
    """Characters that stand on the page, with the quarter turns each is turned by."""
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    x, y = ctypes.c_double(), ctypes.c_double()
    high = 0
    for at in range(count):
        code = raw.FPDFText_GetUnicode(text, at)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if raw.FPDFText_IsGenerated(text, at) == 1 or code in (0, 0xA, 0xD, 0xFFFE, 0xAD):
            continue
        if not raw.FPDFText_GetLooseCharBox(text, at, pointer):
            continue
        raw.FPDFText_GetCharOrigin(text, at, ctypes.byref(x), ctypes.byref(y))
        angle = raw.FPDFText_GetCharAngle(text, at)
        turn = round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0
        if abs(angle - round(angle / (math.pi / 2)) * (math.pi / 2)) > 0.1:
            continue  # a watermark across the page
        char = chr(code) if code < 0x110000 else "\ufffd"
        low, high_edge = sorted((box.bottom, box.top))
        yield _turn(Glyph(char, box.left, low, box.right, high_edge, x.value, y.value), turn), turn


def _upright(found: list[tuple[Glyph, int]]) -> tuple[list[Glyph], int]:
    """The glyphs that stand the way most of the page does, turned upright, and by how many quarters."""
    if not found:
        return [], 0
    turn = Counter(t for _, t in found).most_common(1)[0][0]
    return [glyph for glyph, its in found if its == turn], turn


def _turn(glyph: Glyph, turn: int) -> Glyph:
    """A glyph as it stands once the page is turned upright."""
    char, x0, y0, x1, y1, x, y = glyph
    if turn == 3:  # PDFium counts clockwise
        return Glyph(char, y0, -x1, y1, -x0, y, -x)
    if turn == 2:
        return Glyph(char, -x1, -y1, -x0, -y0, -x, -y)
    if turn == 1:
        return Glyph(char, -y1, x0, -y0, x1, -y, x)
    return glyph


def _rulings(page: pypdfium2.PdfPage) -> Iterator[Ruling]:
    """Straight lines along the page that are drawn, also as the edges of thin or hollow boxes."""
    found = 0
    for item in page.get_objects([raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        matrix = item.get_matrix()
        segments = raw.FPDFPath_CountSegments(item.raw)
        found += max(segments, 0)
        if found > _MOST_RULINGS:  # a map or a chart, not a table
            return
        x, y = ctypes.c_float(), ctypes.c_float()
        start = last = (0.0, 0.0)
        for at in range(segments):
            segment = raw.FPDFPath_GetPathSegment(item.raw, at)
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            point = matrix.on_point(x.value, y.value)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO:
                yield from _ruling(last, point)
            last = point
            if raw.FPDFPathSegment_GetClose(segment):
                yield from _ruling(last, start)


def _ruling(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Ruling]:
    across, along = abs(end[0] - start[0]), abs(end[1] - start[1])
    if not all(map(math.isfinite, (*start, *end))):
        return
    if along <= 1.0 and across >= _SHORTEST:
        yield Ruling(False, start[1], *sorted((start[0], end[0])))
    elif across <= 1.0 and along >= _SHORTEST:
        yield Ruling(True, start[0], *sorted((start[1], end[1])))


def _refuse_scans(pages: list[Page]) -> None:
    visible = [glyph.char for page in pages for glyph in page.glyphs if not glyph.char.isspace()]
    if len(visible) < _FEWEST_A_PAGE * max(1, len(pages)) and any(page.has_pictures for page in pages):
        raise UnreadableReport(
            "scanned",
            f"扫描件,{len(pages)} 页中没有文字层,请先做文字识别 / "
            f"a scan: {len(pages)} page(s) without a text layer, recognise the characters first",
        )
    lost = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " " for char in visible)
    if lost > _MOST_UNREADABLE * len(visible):
        raise UnreadableReport(
            "undecodable",
            "PDF 的字体没有说明是哪些字 / the fonts of the PDF do not say which characters they show",
        )
