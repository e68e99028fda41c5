"""Bytes in, the text of a report out; what has none is refused with a reason.

The kind of file is told by its bytes (``kinds``). Offsets of the project count code points of the text returned
here. Of a text file it is what was decoded: newlines are untouched and a byte order mark is dropped, so offsets
agree with ``open(path, encoding=document.encoding, newline="")``. Of any other file it is made by one of the
readers, the same bytes giving the same text, and stored with the report.
"""

from __future__ import annotations

from collections.abc import Callable

from transforms.decoding import decode_text, empty
from transforms.errors import UnreadableReport
from transforms.kinds import DOCX, HTML, PDF, Kind, describe, kind_of
from transforms.limits import Limits, refuse_over
from transforms.types import DocumentText, RawDocument

Extracted = tuple[str, str]  # text and encoding

DEFAULT_LIMITS = Limits()
_MEDIA_TYPES: dict[Kind, str] = {"html": HTML, "pdf": PDF, "docx": DOCX}
_FEWEST_CHARACTERS = 2


def read_document(raw: RawDocument, limits: Limits = DEFAULT_LIMITS) -> DocumentText:
    """The text of a report in a text file, web page, PDF or DOCX.

    Raises ``UnreadableReport``; its reason is one of ``empty``, ``too_large``, ``too_many_pages``, ``too_deep``,
    ``binary``, ``undecodable``, ``damaged``, ``encrypted``, ``scanned``, ``legacy_format``, ``unsupported_format``.
    """
    payload = raw.payload
    refuse_over("too_large", ("文件字节数", "bytes of the file:"), len(payload), limits.file_bytes)
    kind = kind_of(payload)
    if kind == "text":
        text, encoding = decode_text(payload)
        return DocumentText(raw.report_id, raw.source_name, text, encoding, raw.media_type)
    text, encoding = _reader_of(kind, payload)(payload, limits)
    refuse_over("too_large", ("提取的字数", "characters of text:"), len(text), limits.characters)
    if len(text.strip()) < _FEWEST_CHARACTERS:
        raise empty()
    return DocumentText(raw.report_id, raw.source_name, text, encoding, _MEDIA_TYPES[kind])


def needs_care(payload: bytes) -> bool:
    """Whether reading these bytes is work for a process of its own: a format that can be made to take for ever."""
    return kind_of(payload) in _MEDIA_TYPES


def _reader_of(kind: Kind, payload: bytes) -> Callable[[bytes, Limits], Extracted]:
    """The function that reads a kind; imported only where a file of it arrives, since its libraries are large."""
    if kind == "html":
        from transforms.html_reader import read_html

        return read_html
    if kind == "pdf":
        from transforms.pdf_reader import read_pdf

        return read_pdf
    if kind == "docx":
        from transforms.docx_reader import read_docx

        return read_docx
    raise _refusal(kind, payload)


def _refusal(kind: Kind, payload: bytes) -> UnreadableReport:
    if kind == "legacy":
        return UnreadableReport(
            "legacy_format",
            "旧版 Word(.doc)或 WPS(.wps)文件,请另存为 DOCX、PDF 或文本 / "
            "a legacy Word (.doc) or WPS (.wps) file: save it as DOCX, PDF or text",
        )
    chinese, english = describe(payload) or ("未知格式", "an unknown format")
    return UnreadableReport(
        "unsupported_format", f"这是{chinese},不是报告的文本 / this is {english}, not the text of a report"
    )
