"""What kind of file some bytes are, told by the bytes alone: a name can say anything, and raw/ keeps no names."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["text", "html", "pdf", "docx", "zip", "tar", "legacy", "other"]

HTML, PDF = "text/html", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_OTHERS = (
    (b"\x89PNG", "PNG 图片", "a PNG picture"),
    (b"\xff\xd8\xff", "JPEG 图片", "a JPEG picture"),
    (b"GIF8", "GIF 图片", "a GIF picture"),
    (b"II*\x00", "TIFF 图片", "a TIFF picture"),
    (b"MM\x00*", "TIFF 图片", "a TIFF picture"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (b"\x7fELF", "ELF 程序", "an ELF program"),
    (b"MZ\x90\x00", "Windows 程序", "a Windows program"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_STREAM = "WordDocument".encode("utf-16-le")  # both Word and WPS Writer keep the text there
_OFFICE_FIRST = re.compile(rb"\[Content_Types\]\.xml|_rels/|docProps/|word/document\.xml|customXml/|xl/|ppt/")
_COMPRESSED_TAR = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_LOOK = 4096
_MARKUP = re.compile(
    rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|base|link|script|style|div|span|p|h[1-6]|table|center|font|article"
    rb"|section|main)\b[^<>]*>"
    rb"|<html[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_WEB_ARCHIVE = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)


def kind_of(payload: bytes) -> Kind:
    """The kind of file. ``legacy`` is Word's and WPS's old format, ``other`` what ``describe`` names."""
    if payload.startswith(b"PK\x03\x04"):
        return _kind_of_package(payload)
    if payload[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return "pdf"
    if payload.startswith(_OLE):
        return "legacy" if _WORD_STREAM in payload else "other"
    if payload.startswith(b"PK\x05\x06"):
        return "zip"
    if payload.startswith(_COMPRESSED_TAR) or payload[257:262] == b"ustar":
        return "tar"
    if describe(payload) is not None:
        return "other"
    head = payload[:_LOOK]
    if b"<" not in head:
        return "text"
    # UTF-16 is ASCII with NULs between, as far as markup goes
    return "html" if _MARKUP.search(head.replace(b"\x00", b"")) else "text"


def describe(payload: bytes) -> tuple[str, str] | None:
    """A format that is known and not read, in Chinese and English; None for any other."""
    for magic, chinese, english in _OTHERS:
        if payload.startswith(magic):
            return chinese, english
    if payload.startswith(_OLE):
        return "旧版 Office 文件(表格或演示)", "an old Office file (sheets or slides)"
    if payload.startswith(b"PK\x03\x04"):
        return _describe_package(payload)
    if payload.startswith(b"PK\x05\x06"):
        return "空的 zip 压缩包", "an empty zip archive"
    if payload.startswith(_COMPRESSED_TAR) or payload[257:262] == b"ustar":
        return "压缩包", "an archive"
    if b"ultipart/" in payload[:_LOOK] and _WEB_ARCHIVE.search(payload[:_LOOK]):
        return "网页存档 MHTML,请另存为 HTML", "a web archive (MHTML): save it as HTML"
    return None


def _kind_of_package(payload: bytes) -> Kind:
    """Office documents and OFD are zip files; what else is one is an archive."""
    if _first_member(payload).startswith(b"mimetype") or _is_ofd(payload):
        return "other"
    if _OFFICE_FIRST.match(_first_member(payload)) and b"[Content_Types].xml" in payload:
        return "docx" if b"word/document" in payload else "other"
    return "zip"


def _describe_package(payload: bytes) -> tuple[str, str]:
    first = _first_member(payload)
    if first.startswith(b"mimetype"):
        return "OpenDocument 文件,请另存为 DOCX 或 PDF", "an OpenDocument file: save it as DOCX or PDF"
    if _is_ofd(payload):
        return "OFD 版式文件,请转为 PDF", "an OFD file: convert it to PDF"
    if b"xl/workbook" in payload:
        return "Excel 表格", "an Excel workbook"
    if b"ppt/presentation" in payload:
        return "PowerPoint 演示", "PowerPoint slides"
    return "zip 压缩包", "a zip archive"


def _is_ofd(payload: bytes) -> bool:
    return b"OFD.xml" in payload and b"Doc_0/" in payload


def _first_member(payload: bytes) -> bytes:
    """Name of the first member, from the header every zip file begins with."""
    return payload[30 : 30 + int.from_bytes(payload[26:28], "little")]
