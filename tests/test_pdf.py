"""PDF files with a text layer, put together from where their characters stand, and those that have none."""

from __future__ import annotations

import io

import pytest
from papers import FONT, HEIGHT, LEADING, SIZE, WIDTH, draw_lines, make_pdf, wrap
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from transforms.errors import UnreadableReport
from transforms.limits import Limits
from transforms.readers import read_document
from transforms.types import RawDocument

PROSE = "2022年,全区实现地区生产总值1970.1亿元,增长5.2%;财政总收入463.4亿元,一般公共预算收入233.5亿元。"
FIRST = "一年来,我们坚持稳中求进工作总基调,统筹推进各项工作,主要经济指标保持在合理区间,人民生活水平不断提高"
SECOND = (
    "今年要突出抓好八个方面的工作,推动高质量发展取得新成效,全力以赴完成全年目标任务,以优异成绩向全区人民交卷"
)


def text_of(payload: bytes, limits: Limits | None = None) -> str:
    document = read_document(RawDocument("0" * 64, "报告", payload), limits or Limits())
    assert document.media_type == "application/pdf"
    return document.text


def refused(payload: bytes, limits: Limits | None = None) -> UnreadableReport:
    with pytest.raises(UnreadableReport) as caught:
        text_of(payload, limits)
    assert " / " in caught.value.message
    return caught.value


def test_broken_lines_come_together_and_paragraphs_stay_apart() -> None:
    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, ["2022年工作回顾"], 240, 780)
        for paragraph in (FIRST + "。", PROSE, SECOND + "。"):
            y = draw_lines(canvas, wrap("　　" + paragraph, 36), 80, y)

    lines = [line.strip("　") for line in text_of(make_pdf(draw)).split("\n") if line]
    assert lines == ["2022年工作回顾", FIRST + "。", PROSE, SECOND + "。"]


def test_headers_footers_and_page_numbers_are_left_out() -> None:
    text = (FIRST + ",") * 6 + (SECOND + ",") * 6 + PROSE * 3
    lines = wrap(text, 36)

    def draw(canvas: Canvas) -> None:
        for number in range(1, 4):
            canvas.setFont(FONT, SIZE)
            canvas.drawString(80, HEIGHT - 30, "西湖区人民政府公报 2023年第1期")
            canvas.drawString(WIDTH / 2, 30, f"— {number} —")
            draw_lines(canvas, lines[7 * (number - 1) : 7 * number if number < 3 else None], 80, 760)
            canvas.showPage()

    assert text_of(make_pdf(draw)) == text + "\n"


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = FIRST * 3 + "。", SECOND * 3 + "。"

    def draw(canvas: Canvas) -> None:
        canvas.drawString(200, 800, "关于2022年工作情况的报告")
        draw_lines(canvas, wrap(left, 17), 60, 760)
        draw_lines(canvas, wrap(right, 17), 320, 760)

    assert text_of(make_pdf(draw)).split("\n") == ["关于2022年工作情况的报告", "", left, right, ""]


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    rows = [
        ("项目名称", "项目内容", "进展情况"),
        ("甲", "新建公园3个", "已建成公园2个,其余1个正在抓紧施工"),
        ("乙", "新增学位500个", "已新增学位480个"),
    ]
    edges = [80, 180, 340, 500]

    def draw(canvas: Canvas) -> None:
        canvas.drawString(80, 790, "重点任务执行情况表")
        for at, row in enumerate(rows):
            for x, text in zip(edges, row, strict=False):
                draw_lines(canvas, wrap(text, 12), x + 4, 740 - 60 * at)
        canvas.grid(edges, [760 - 60 * at for at in range(4)])
        canvas.drawString(80, 500, "表下文字")

    cells = [cell for row in rows for cell in row]
    assert text_of(make_pdf(draw)).split("\n\n") == ["重点任务执行情况表", *cells, "表下文字\n"]


def test_a_merged_cell_is_one_cell() -> None:
    def draw(canvas: Canvas) -> None:
        for line in ((80, 700, 80, 580), (200, 700, 200, 580), (400, 700, 400, 580)):
            canvas.line(*line)
        for y, x in ((700, 80), (640, 200), (580, 80)):
            canvas.line(x, y, 400, y)
        for x, y, text in ((90, 635, "并格"), (210, 665, "上格"), (210, 605, "下格")):
            canvas.drawString(x, y, text)

    assert text_of(make_pdf(draw)) == "并格\n\n上格\n\n下格\n"


def test_a_table_of_figures_is_said() -> None:
    rows = [
        ("指标", "单位", "2021年", "2022年"),
        ("地区生产总值", "亿元", "1900.1", "1970.1"),
        ("财政收入", "亿元", "450.2", "463.4"),
    ]
    edges = [80, 200, 280, 360, 440]

    def draw(canvas: Canvas) -> None:
        canvas.drawString(80, 790, "主要经济指标完成情况一览表")
        for at, row in enumerate(rows):
            for x, text in zip(edges, row, strict=False):
                canvas.drawString(x + 4, 735 - 30 * at, text)
        canvas.grid(edges, [755 - 30 * at for at in range(4)])

    assert "2022年地区生产总值1970.1亿元。" in text_of(make_pdf(draw)).split("\n")


def test_a_page_on_its_side_and_a_watermark() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(300, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()
        canvas.rotate(90)
        draw_lines(canvas, wrap(PROSE * 3, 36), 80, -100)

    assert text_of(make_pdf(draw)) == PROSE * 3 + "\n"


def test_text_drawn_twice_is_read_once() -> None:
    def draw(canvas: Canvas) -> None:
        for shift in (0, 0.3):
            canvas.drawString(80 + shift, 700, PROSE[:30])

    assert text_of(make_pdf(draw)) == PROSE[:30] + "\n"


def picture() -> ImageReader:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (400, 600), 200).save(buffer, "PNG")
    buffer.seek(0)
    return ImageReader(buffer)


def test_a_scan_is_held_back_as_one() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(3):
            canvas.drawImage(picture(), 0, 0, WIDTH, HEIGHT)
            canvas.setFont(FONT, SIZE)
            canvas.drawString(280, 20, f"{number + 1}")
            canvas.showPage()

    error = refused(make_pdf(draw))
    assert error.reason == "scanned"
    assert "3 page(s)" in error.message


def test_a_report_with_pictures_is_no_scan() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(), 0, 0, 200, 200)
        draw_lines(canvas, wrap(PROSE, 36), 80, 700, LEADING)

    assert text_of(make_pdf(draw)) == PROSE + "\n"


def test_what_cannot_be_read_is_refused_with_its_reason() -> None:
    whole = make_pdf(lambda canvas: canvas.drawString(80, 700, PROSE))
    assert refused(whole[:400]).reason == "damaged"
    assert refused(b"%PDF-1.7\n" + bytes(2000)).reason == "damaged"
    locked = make_pdf(lambda canvas: canvas.drawString(80, 700, PROSE), encrypt=StandardEncryption("秘密x"))
    assert refused(locked).reason == "encrypted"
    many = make_pdf(lambda canvas: [canvas.showPage() for _ in range(12)])
    assert refused(many, Limits(pages=10)).reason == "too_many_pages"
    assert refused(many).reason == "empty"
    assert refused(whole, Limits(characters=10)).reason == "too_large"
