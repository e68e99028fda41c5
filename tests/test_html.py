"""Web pages as government sites publish them: what a person came to read, and nothing that leads elsewhere."""

from __future__ import annotations

import time

import pytest

from transforms.errors import UnreadableReport
from transforms.limits import Limits
from transforms.readers import read_document
from transforms.types import DocumentText, RawDocument

PROSE = "2022年,全区实现地区生产总值1970.1亿元,增长5.2%;财政总收入463.4亿元。"


def read(markup: str | bytes, limits: Limits | None = None) -> DocumentText:
    payload = markup if isinstance(markup, bytes) else markup.encode()
    return read_document(RawDocument("0" * 64, "page", payload), limits or Limits())


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def test_a_page_of_a_government_site() -> None:
    links = "".join(f'<li><a href="/{n}">关于印发第{n}号文件的通知</a></li>' for n in range(8))
    markup = page(
        f"""<script>var a = "全区实现地区生产总值1亿元。";</script><style>p {{}}</style>
        <!-- 增长1% --><nav>首页 要闻</nav>
        <div class="menu"><ul>{links}</ul></div>
        <form><table width="100%"><tr><td><table><tr><td>
          <h1>西湖区2022年国民经济
              运行情况</h1>
          <p>&nbsp;&nbsp;&nbsp;&nbsp;{PROSE}</p><p>第二段<br/>换行&nbsp;&lt;完&gt;</p><p>没有结束的段落
        </td></tr></table></td></tr></table></form>
        <div class="related">相关阅读:{links}</div><footer>主办单位:某某</footer>""",
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>政府网</title>',
    )
    document = read(markup.encode("gb18030"))
    assert (document.encoding, document.media_type) == ("gb18030", "text/html")
    lines = [line.strip("\xa0") for line in document.text.split("\n") if line.strip()]
    assert lines == ["西湖区2022年国民经济运行情况", PROSE, "第二段", "换行\xa0<完>", "没有结束的段落"]


@pytest.mark.parametrize(
    ("codec", "charset", "encoding"),
    [
        ("gb18030", "gb2312", "gb18030"),
        ("gb18030", "GBK", "gb18030"),
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "gb2312", "utf-8"),  # as many pages claim that were converted later
        ("big5", "big5", "big5"),
        ("utf-8-sig", "utf-8", "utf-8-sig"),
        ("utf-16", "utf-8", "utf-16"),
    ],
)
def test_encodings(codec: str, charset: str, encoding: str) -> None:
    prose = "全區實現地區生產總值1970.1億元。" if codec == "big5" else PROSE
    document = read(page(f"<p>{prose}</p>", f'<meta charset="{charset}">').encode(codec))
    assert document.text.strip() == prose
    assert document.encoding == encoding


def test_a_character_cut_where_nobody_sees_it_does_not_matter() -> None:
    cut = b'<meta name="description" content="' + "区".encode("gb18030")[:1] + b'">'
    markup = b'<html><head><meta charset="gb2312">' + cut + f"</head><p>{PROSE}</p></html>".encode("gb18030")
    assert read(markup).text.strip() == PROSE


def test_a_page_of_broken_characters_is_refused() -> None:
    with pytest.raises(UnreadableReport) as caught:
        read(b'<html><head><meta charset="utf-8"></head><p>' + PROSE.encode("gb18030") + b"</p></html>")
    assert caught.value.reason == "undecodable"


def test_pages_hidden_until_they_are_asked_for_are_read() -> None:
    second = PROSE * 4
    markup = page(f'<div id="p1">{PROSE}</div><div id="p2" style="display: none">{second}</div>')
    assert read(markup).text == f"{PROSE}\n{second}\n"
    assert read(page(f'<p>{PROSE}</p><p style="display:none">分享到微信</p>')).text == f"{PROSE}\n"


def test_several_pages_in_one_file() -> None:
    markup = page(f"<p>{PROSE}</p>", "<title>一</title>") + page("<p>第二页增长6%。</p>", "<title>二</title>")
    assert read(markup).text == f"{PROSE}\n第二页增长6%。\n"


def test_what_the_page_declares_is_told_where_the_text_does_not() -> None:
    head = '<meta name="ArticleTitle" content="西湖区2022年统计公报"><meta name="PubDate" content="2023-03-02 10:00">'
    assert (
        read(page(f"<p>{PROSE}</p>", head)).text
        == f"西湖区2022年统计公报\n\n发布日期:2023-03-02 10:00\n\n{PROSE}\n"
    )
    said = page(f"<h1>西湖区2022年 统计公报</h1><p>时间:2023-03-02</p><p>{PROSE}</p>", head)
    assert read(said).text.startswith("西湖区2022年 统计公报\n时间:2023-03-02\n")


def test_links_within_the_report_stay() -> None:
    linked = "".join(f'<p>{PROSE}<a href="/{n}">专栏{n}</a></p>' for n in range(5))
    assert read(page(linked)).text.count("1970.1") == 5


def test_cells_stand_apart_and_row_after_row() -> None:
    table = "<table><tr><th>项目名称<th>项目内容<th>进展情况<tr><td rowspan=2>甲<td>乙<p>丙</p>"
    table += "<td>丁<tr><td>戊<td>己</table>"
    assert read(page(table)).text.split("\n\n") == [
        "项目名称", "项目内容", "进展情况", "甲", "乙\n丙", "丁", "戊", "己\n",
    ]  # fmt: skip


def test_nesting_is_bounded_and_takes_no_stack() -> None:
    with pytest.raises(UnreadableReport) as caught:
        read(page("<div>" * 20_000 + PROSE))
    assert caught.value.reason == "too_deep"
    assert read(page("<div>" * 5_000 + PROSE), Limits(nesting=6_000)).text == f"{PROSE}\n"


def test_markup_without_a_text_is_empty() -> None:
    for markup in ("<html></html>", page("<script>1</script><nav>首页</nav>"), "<html><body>&nbsp;</body>"):
        with pytest.raises(UnreadableReport) as caught:
            read(markup)
        assert caught.value.reason == "empty"


def test_more_text_than_a_report_can_have() -> None:
    with pytest.raises(UnreadableReport) as caught:
        read(page(f"<p>{PROSE * 10}</p>"), Limits(characters=100))
    assert caught.value.reason == "too_large"


def test_a_large_page_is_read_in_time() -> None:
    rows = "".join(f"<tr><td>{n}<td>{PROSE}" for n in range(20_000))
    start = time.monotonic()
    assert read(page(f"<table>{rows}</table>")).text.count("1970.1") == 20_000
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("text", ["<2022年上半年工作总结>\n" + PROSE, PROSE + "\n<p>", "3<5,5>3\n" + PROSE])
def test_a_text_with_brackets_is_no_page(text: str) -> None:
    assert read(text).text == text
