"""Bytes to text: every encoding a government site still serves, and every way a file can fail to be text."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from transforms.errors import UnreadableReport
from transforms.limits import Limits
from transforms.readers import read_document
from transforms.types import DocumentText, RawDocument

REPORTS = Path(__file__).parents[1] / "seeds" / "reports"
SIMPLIFIED = (
    "上半年,全区实现地区生产总值1970.1亿元,增长5.2%;财政总收入307.85亿元。\r\n政府工作报告指出……\r\n" * 8
)
TRADITIONAL = (
    "上半年，全區實現地區生產總值1970.1億元，增長5.2%；財政總收入307.85億元。\n政府工作報告指出\n" * 8
)


def read(payload: bytes) -> DocumentText:
    return read_document(RawDocument(hashlib.sha256(payload).hexdigest(), "report.txt", payload))


def refused(payload: bytes) -> UnreadableReport:
    with pytest.raises(UnreadableReport) as caught:
        read(payload)
    assert " / " in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("codec", "text", "encoding"),
    [
        ("utf-8", SIMPLIFIED, "utf-8"),
        ("utf-8-sig", SIMPLIFIED, "utf-8-sig"),
        ("gb18030", SIMPLIFIED, "gb18030"),
        ("gbk", SIMPLIFIED, "gb18030"),
        ("gb2312", SIMPLIFIED, "gb18030"),
        ("gb18030", TRADITIONAL, "gb18030"),
        ("big5", TRADITIONAL, "big5"),
        ("utf-16", SIMPLIFIED, "utf-16"),
        ("utf-32", SIMPLIFIED, "utf-32"),
        ("utf-16-le", SIMPLIFIED, "utf-16-le"),
        ("utf-16-be", SIMPLIFIED, "utf-16-be"),
    ],
)
def test_encodings_are_recognised_and_newlines_untouched(codec: str, text: str, encoding: str) -> None:
    document = read(text.encode(codec))
    assert document.text == text
    assert document.encoding == encoding


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.txt")), ids=lambda path: path.stem)
def test_sample_offsets_are_those_of_the_opened_file(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        expected = stream.read()
    assert read(path.read_bytes()).text == expected


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.txt")), ids=lambda path: path.stem)
def test_samples_survive_another_encoding(path: Path, codec: str) -> None:
    text = path.read_bytes().decode("utf-8")
    assert read(text.encode(codec)).text == text


def test_short_reports_in_gb18030_are_read() -> None:
    text = "2022年全区生产总值增长5%,城镇新增就业1.9万人。"
    assert read(text.encode("gb18030")).text == text


@pytest.mark.parametrize(
    "payload", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", "\u3000\n\ufeff".encode(), b"\xff\xfe"]
)
def test_nothing_in_it_is_empty(payload: bytes) -> None:
    assert refused(payload).reason == "empty"


@pytest.mark.parametrize("cut", [1, 2])
def test_half_a_character_at_the_end_is_undecodable(cut: int) -> None:
    payload = (SIMPLIFIED + "区").encode()[:-cut]
    error = refused(payload)
    assert error.reason == "undecodable"
    assert "截断" in error.message


def test_damaged_utf8_is_not_taken_for_another_encoding() -> None:
    payload = SIMPLIFIED.encode()
    damaged = payload[:100] + b"\xff\xfe\x80" + payload[103:]
    assert refused(damaged).reason == "undecodable"


def test_one_damaged_character_in_a_short_text_is_undecodable() -> None:
    assert refused("增长".encode() + b"\xe5").reason == "undecodable"


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-16"])
def test_text_cut_inside_a_character_is_undecodable_in_any_encoding(codec: str) -> None:
    assert refused((SIMPLIFIED + "区").encode(codec)[:-1]).reason == "undecodable"


@pytest.mark.parametrize(
    ("payload", "reason", "named"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unsupported_format", "PNG"),
        (b"{\\rtf1\\ansi 2022}", "unsupported_format", "RTF"),
        (b"Rar!\x1a\x07\x00", "unsupported_format", "RAR"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "damaged", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "unsupported_format", "zip"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "unsupported_format", "archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported_format", "Office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"),
            "legacy_format",
            ".wps",
        ),
        (
            b"PK\x03\x04" + bytes(22) + b"\x08\x00\x00\x00mimetypeapplication/vnd.oasis",
            "unsupported_format",
            "DOCX",
        ),
        (
            b"From: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; x=y\r\n",
            "unsupported_format",
            "MHTML",
        ),
        (SIMPLIFIED.encode() + b"\x00\x01\x02" * 40, "binary", "binary"),
        (bytes(range(1, 32)) * 30, "binary", "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_name(payload: bytes, reason: str, named: str) -> None:
    error = refused(payload)
    assert error.reason == reason
    assert named in error.message


def test_random_bytes_are_refused() -> None:
    payload = b"".join(hashlib.sha256(bytes([seed])).digest() for seed in range(90))
    assert refused(payload).reason in {"binary", "undecodable"}


def test_too_large_is_refused_before_decoding() -> None:
    assert refused(b"a" * (Limits().file_bytes + 1)).reason == "too_large"
