"""Damaged files of every format: each is read or refused with a reason, nothing else ever happens.

Bytes are changed, cut, doubled and swapped; of DOCX files also inside their parts, where a checksum would otherwise
end it before the XML is looked at.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import body_of, change_docx, draw_lines, make_docx, make_pdf, wrap

from seeds.load import load_seeds
from transforms.errors import UnreadableReport
from transforms.lexicon import Lexicon, build_lexicon
from transforms.limits import Limits
from transforms.pipeline import read_report
from transforms.readers import read_document
from transforms.types import RawDocument, Report

REPORT = (
    "2021年西湖区政府工作报告\n(2021年2月1日在杭州市西湖区第十五届人民代表大会第五次会议上)\n各位代表:\n"
    "2020年,全区实现地区生产总值1647.1亿元,增长4.5%;财政总收入294.1亿元,增长5.2%。\n"
)
LIMITS = Limits(characters=100_000, pages=50, unpacked_bytes=2**22, file_bytes=2**22)
REASONS = {
    "empty", "too_large", "too_many_pages", "too_deep", "binary", "undecodable", "damaged", "encrypted", "scanned",
    "legacy_format", "unsupported_format", "not_a_report",
}  # fmt: skip


@cache
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


@cache
def whole(kind: str) -> bytes:
    lines = REPORT.split("\n")
    rows = "".join(f"<tr><td>指标{n}<td>{n}.5<td>{n * 2}" for n in range(3))
    if kind == "html":
        body = "".join(f"<p class='x'>{line}</p>" for line in lines)
        table = f"<table border=1><tr><td>指标<td>2021年<td>2022年{rows}</table>"
        return f"<html><head><meta charset='gb2312'></head><body>{body}{table}</body></html>".encode(
            "gb18030"
        )
    if kind == "docx":
        return make_docx(lambda document: [document.add_paragraph(line) for line in lines] and None)
    if kind == "pdf":
        return make_pdf(
            lambda canvas: (
                draw_lines(canvas, wrap(REPORT.replace("\n", ""), 30), 80, 700),
                canvas.grid([80, 200, 300], [400, 450, 500]),
            ),
            pageCompression=0,
        )
    return REPORT.encode("gb18030")


def mutate(payload: bytes, data: st.DataObject) -> bytes:
    """The bytes with a few changes of the kinds that transfers, editors and attackers make."""
    found = bytearray(payload)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(found) - 1)))
        end = min(len(found), at + data.draw(st.integers(1, 64)))
        match data.draw(st.sampled_from(["set", "cut", "double", "swap", "digits", "junk"])):
            case "set":
                found[at:end] = data.draw(st.binary(min_size=1, max_size=8))
            case "cut":
                del found[at:end]
            case "double":
                found[at:at] = found[at:end] * data.draw(st.integers(1, 50))
            case "swap":
                found[at:end] = found[at:end][::-1]
            case "digits":
                found[at:end] = b"9" * (end - at)
            case _:
                found = found[:at] if data.draw(st.booleans()) else found[at:]
    return bytes(found)


def attempt(payload: bytes) -> Report | UnreadableReport:
    raw = RawDocument("0" * 64, "报告", payload)
    try:
        return read_report(raw, lexicon(), lambda raw: read_document(raw, LIMITS))
    except UnreadableReport as error:
        return error


def check(payload: bytes) -> str:
    """What became of it: read, or the reason it was held back for."""
    found = attempt(payload)
    if isinstance(found, UnreadableReport):
        assert found.reason in REASONS
        assert " / " in found.message
        return found.reason
    text = found.document.source.text
    text.encode("utf-8")  # holds no half of a character
    assert all(text[o.quote_start : o.quote_end] == o.quote for o in found.observations)
    return "read"


@pytest.mark.parametrize("kind", ["html", "docx", "pdf", "txt"])
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    check(mutate(whole(kind), data))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_parts_of_a_docx_are_read_or_refused(data: st.DataObject) -> None:
    part = mutate(body_of(whole("docx")).encode(), data)
    check(change_docx(whole("docx"), {"word/document.xml": part}))


def test_the_undamaged_files_are_read() -> None:
    for kind in ("html", "docx", "pdf", "txt"):
        report = read_report(RawDocument("0" * 64, kind, whole(kind)), lexicon())
        assert {o.indicator_code for o in report.observations} >= {"gdp"}, kind
