"""Bytes in, decoded text out; what cannot be text is refused with a reason.

Offsets of the project count code points of the text returned here: newlines are untouched and a byte order
mark is dropped, so they agree with ``open(path, encoding=document.encoding, newline="")``.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from transforms.errors import UnreadableReport
from transforms.types import DocumentText, RawDocument

MAX_BYTES = 64 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX/XLSX"),
    (b"\xd0\xcf\x11\xe0", "DOC/XLS"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
)
_CANDIDATES = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.005
_CHINESE = re.compile("[\u3400-\u9fff]")
_SAMPLE = 1 << 20  # bytes shown to the detector; the whole is decoded strictly afterwards


def read_document(raw: RawDocument) -> DocumentText:
    """Decode the bytes of a text report: UTF-8, GB18030 and its subsets, Big5, UTF-16, marked or not.

    Raises ``UnreadableReport`` with reason ``empty``, ``too_large``, ``binary`` or ``undecodable``.
    """
    payload = raw.payload
    if len(payload) > MAX_BYTES:
        raise UnreadableReport(
            "too_large",
            f"文件有 {len(payload)} 字节,超过上限 {MAX_BYTES} / "
            f"the file has {len(payload)} bytes, more than the limit of {MAX_BYTES}",
        )
    if not payload.strip(b" \t\r\n\x0b\x0c\x00"):
        raise _empty()
    for magic, kind in _MAGIC:
        if payload.startswith(magic):
            raise UnreadableReport("binary", f"这是 {kind} 文件,不是文本 / this is a {kind} file, not text")
    text, encoding = _decode(payload)
    _refuse_controls(text)
    if not text.strip("\ufeff\u200b \t\r\n\u3000"):
        raise _empty()
    return DocumentText(raw.report_id, raw.source_name, text, encoding, raw.media_type)


def _empty() -> UnreadableReport:
    return UnreadableReport("empty", "文件是空的 / the file is empty")


def _decode(payload: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return _decode_strictly(payload, encoding), encoding
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(payload, error):
            raise _undecodable("utf-8", error) from error
    else:
        # UTF-16 of plain ASCII is valid UTF-8 full of NULs
        if "\x00" not in text:
            return text, "utf-8"
    encoding = _detect(payload)
    return _decode_strictly(payload, encoding), encoding


def _decode_strictly(payload: bytes, encoding: str) -> str:
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding, error) from error


def _is_broken_utf8(payload: bytes, error: UnicodeDecodeError) -> bool:
    """Whether this is UTF-8 with a fault (cut off, damaged) rather than another encoding.

    Text of another encoding hardly ever holds valid multi-byte sequences; damaged UTF-8 almost only those.
    """
    readable = payload.decode("utf-8", errors="ignore")
    kept = len(readable.encode("utf-8"))
    lost = len(payload) - kept
    chinese = len(_CHINESE.findall(readable))
    return chinese > 0 and (lost <= 3 or lost * 20 < chinese * 3) and error.start < len(payload)


def _detect(payload: bytes) -> str:
    # The end may be cut inside a character: shorter samples let the detector still name the encoding
    for trimmed in range(4):
        best = from_bytes(payload[: min(_SAMPLE, len(payload)) - trimmed], cp_isolation=_CANDIDATES).best()
        if best is not None:
            return str(best.encoding).replace("_", "-")
    if b"\x00" in payload:
        raise _binary()
    raise UnreadableReport(
        "undecodable",
        "不是 UTF-8、GB18030、Big5 或 UTF-16 编码的文本 / not text in UTF-8, GB18030, Big5 or UTF-16",
    )


def _undecodable(encoding: str, error: UnicodeDecodeError) -> UnreadableReport:
    cut = error.end >= len(error.object)
    chinese = "结尾不完整,可能被截断" if cut else "有无效字节"
    english = "the end is incomplete, the file may be cut off" if cut else "invalid bytes"
    return UnreadableReport(
        "undecodable",
        f"{encoding} 文本第 {error.start} 字节处{chinese} / {encoding} text at byte {error.start}: {english}",
    )


def _binary() -> UnreadableReport:
    return UnreadableReport("binary", "含有二进制内容,不是文本 / holds binary content, not text")


def _refuse_controls(text: str) -> None:
    controls = len(_CONTROLS.findall(text))
    if "\x00" in text or controls > max(3, _MAX_CONTROL_SHARE * len(text)):
        raise _binary()
