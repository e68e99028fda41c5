"""Bytes of text in, decoded text out; what cannot be text is refused with a reason.

Offsets of the project count code points of the text returned here: newlines are untouched and a byte order
mark is dropped, so they agree with ``open(path, encoding=document.encoding, newline="")``.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from transforms.errors import UnreadableReport

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# the names government sites give; GB18030 holds all characters of its subsets, as in browsers
_WEB_NAMES = dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "chinese"), "gb18030") | {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "big5": "big5",
    "big5-hkscs": "big5hkscs",
}
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE
)
_DECLARATION = 8192
_CANDIDATES = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.005
_CHINESE = re.compile("[\u3400-\u9fff]")
_SAMPLE = 1 << 20  # bytes shown to the detector; the whole is decoded strictly afterwards


def decode_text(payload: bytes) -> tuple[str, str]:
    """Text and encoding of the bytes of a text file: UTF-8, GB18030 and its subsets, Big5, UTF-16, marked or not.

    Raises ``UnreadableReport`` with reason ``empty``, ``binary`` or ``undecodable``.
    """
    if not payload.strip(b" \t\r\n\x0b\x0c\x00"):
        raise empty()
    text, encoding = _decode(payload)
    _refuse_controls(text)
    if not text.strip("\ufeff\u200b \t\r\n\u3000"):
        raise empty()
    return text, encoding


def decode_markup(payload: bytes) -> tuple[str, str]:
    """The same for a web page: by its mark, as UTF-8, by what it declares, or by what it looks like.

    Bytes that are no character become U+FFFD, as in a browser: pages cut descriptions inside a character, where
    nobody sees it. Raises ``UnreadableReport`` with reason ``undecodable``.
    """
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return payload.decode(encoding, errors="replace"), encoding
    declared = _DECLARED.search(payload[:_DECLARATION])
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        text = payload.decode("utf-8")  # a page that is valid UTF-8 is UTF-8, whatever it declares
        if "\x00" not in text:
            return text, "utf-8"
    except UnicodeDecodeError:
        pass
    encoding = _WEB_NAMES.get(name) or _detect(payload)
    return payload.decode(encoding, errors="replace"), encoding


def empty() -> UnreadableReport:
    """The refusal of a file without a text."""
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
