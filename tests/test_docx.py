"""DOCX files: everything that is read in them, in the order it is read, and those made to harm."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest
from papers import body_of, change_docx, make_docx

from transforms.errors import UnreadableReport
from transforms.limits import Limits
from transforms.readers import read_document
from transforms.types import RawDocument

PROSE = "2022年,全区实现地区生产总值1970.1亿元,增长5.2%。"
MAIN = "word/document.xml"


def text_of(payload: bytes, limits: Limits | None = None) -> str:
    document = read_document(RawDocument("0" * 64, "报告", payload), limits or Limits())
    assert document.media_type.endswith("wordprocessingml.document")
    return document.text


def refused(payload: bytes, limits: Limits | None = None) -> UnreadableReport:
    with pytest.raises(UnreadableReport) as caught:
        text_of(payload, limits)
    assert " / " in caught.value.message
    return caught.value


def with_body(xml: str) -> bytes:
    """A file whose body is these paragraphs."""
    whole = make_docx(lambda document: None)
    head, _, rest = body_of(whole).partition("<w:body>")
    return change_docx(whole, {MAIN: f"{head}<w:body>{xml}{rest}".encode()})


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_paragraphs_and_tables_in_order() -> None:
    def fill(document: docx.document.Document) -> None:
        document.add_heading("2022年政府工作报告")
        document.add_paragraph(PROSE).add_run("\t继续\n换行")
        document.add_paragraph()
        table = document.add_table(rows=3, cols=3)
        for row, cells in enumerate(
            (("项目名称", "项目内容", "进展情况"), ("甲", "乙", "丁"), ("", "戊", "己"))
        ):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text
        table.cell(1, 1).add_paragraph("丙")
        table.cell(1, 0).merge(table.cell(2, 0))
        inner = table.cell(2, 2).add_table(rows=1, cols=1)
        inner.cell(0, 0).text = "表中表"
        document.add_paragraph("表后")

    assert text_of(make_docx(fill)) == (
        f"2022年政府工作报告\n{PROSE}\t继续\n换行\n\n"
        "项目名称\n\n项目内容\n\n进展情况\n\n甲\n\n乙\n丙\n\n丁\n\n戊\n\n己\n\n表中表\n\n表后\n"
    )


def test_a_table_of_figures_is_said() -> None:
    def fill(document: docx.document.Document) -> None:
        table = document.add_table(rows=3, cols=3)
        rows = (
            ("指标", "2021年", "2022年"),
            ("地区生产总值(亿元)", "1900.1", "1970.1"),
            ("新增就业(万人)", "2", "1.9"),
        )
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text

    assert "2022年地区生产总值1970.1亿元。" in text_of(make_docx(fill)).split("\n")


def test_what_is_not_shown_is_not_read() -> None:
    body = (
        f"<w:p>{run('增长5')}<w:del w:id='1'><w:r><w:delText>9</w:delText></w:r></w:del>"
        f"<w:ins w:id='2'>{run('.2%')}</w:ins><w:r><w:instrText>PAGE 7</w:instrText></w:r>"
        f"<w:smartTag><w:sdt><w:sdtContent>{run('，稳中有进')}</w:sdtContent></w:sdt></w:smartTag></w:p>"
    )
    assert text_of(with_body(body)) == "增长5.2%，稳中有进\n"


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent><w:p>{run('框中文字')}</w:p></w:txbxContent>"
    body = (
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert text_of(with_body(body)).split() == ["正文", "框中文字"]


def test_an_entity_bomb_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "增长">{entities}]><x>&e11;</x>'
    start = time.monotonic()
    assert refused(change_docx(make_docx(lambda d: None), {MAIN: bomb.encode()})).reason == "damaged"
    assert time.monotonic() - start < 5


def test_external_entities_are_not_fetched() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    assert refused(change_docx(make_docx(lambda d: None), {MAIN: bomb.encode()})).reason == "damaged"


def test_bounds() -> None:
    whole = with_body(f"<w:p>{run(PROSE)}</w:p>")
    large = change_docx(whole, {MAIN: body_of(whole).replace(PROSE, PROSE * 100_000).encode()})
    assert refused(large, Limits(unpacked_bytes=2**20)).reason == "too_large"
    assert refused(large, Limits(characters=10_000)).reason == "too_large"
    deep = with_body("<w:sdt><w:sdtContent>" * 2_000 + "</w:sdtContent></w:sdt>" * 2_000)
    assert refused(deep).reason == "too_deep"
    assert "parts" in refused(change_docx(whole, {f"x{n}": b"" for n in range(6_000)})).message


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = change_docx(make_docx(lambda d: None), {MAIN: b"<x>" + bytes(200 * 2**20)})
    start = time.monotonic()
    assert refused(bomb, Limits(unpacked_bytes=100 * 2**20)).reason == "too_large"
    assert time.monotonic() - start < 2


def test_broken_files() -> None:
    whole = make_docx(lambda document: document.add_paragraph(PROSE))
    assert refused(whole[: len(whole) // 2]).reason == "damaged"
    assert refused(change_docx(whole, {MAIN: b"<w:document"})).reason == "damaged"
    assert refused(change_docx(whole, {MAIN: None, "word/document1.txt": b""})).reason == "damaged"


def test_other_office_files_are_named() -> None:
    for part, named in (("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PowerPoint")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(part, "<x/>")
        with pytest.raises(UnreadableReport) as caught:
            read_document(RawDocument("", "", buffer.getvalue()))
        assert caught.value.reason == "unsupported_format"
        assert named in caught.value.message
