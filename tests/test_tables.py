"""Tables of figures said as sentences, and the tables that are none."""

from __future__ import annotations

import html

import pytest

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.tables import indicator_lines
from transforms.types import RawDocument

BY_INDICATOR = [
    ["指标", "单位", "2021年", "2022年", "同比增长(%)"],
    ["地区生产总值", "亿元", "1900.1", "1970.1", "5.2"],
    ["一般公共预算收入", "亿元", "220.2", "233.5", "-2.8"],
    ["城镇居民人均可支配收入", "元", "78,100", "82700", "—"],
]


def test_a_figure_is_said_with_its_row_and_column() -> None:
    assert indicator_lines(BY_INDICATOR) == [
        "2021年地区生产总值1900.1亿元。",
        "2022年地区生产总值1970.1亿元。",
        "2022年地区生产总值增长5.2%。",
        "2021年一般公共预算收入220.2亿元。",
        "2022年一般公共预算收入233.5亿元。",
        "2022年一般公共预算收入下降2.8%。",
        "2021年城镇居民人均可支配收入78,100元。",
        "2022年城镇居民人均可支配收入82700元。",
    ]


def test_headings_over_two_rows_units_in_brackets_and_numbered_rows() -> None:
    table = [
        ["序号", "指标", "2022年", "2022年"],
        ["序号", "指标", "绝对量", "增长(%)"],
        ["1", "一、地区生产总值(亿元)", "1970.1", "5.2"],
        ["2", "#进出口总额(亿元)", "711.2", "-1.3"],
    ]
    assert indicator_lines(table) == [
        "2022年地区生产总值1970.1亿元。",
        "2022年地区生产总值增长5.2%。",
        "2022年进出口总额711.2亿元。",
        "2022年进出口总额下降1.3%。",
    ]


def test_years_in_rows() -> None:
    table = [
        ["年份", "地区生产总值(亿元)", "增速(%)"],
        ["2020", "1700.5", "3.9"],
        ["2021年", "1900.1", "8.5"],
    ]
    assert indicator_lines(table) == [
        "2020年地区生产总值1700.5亿元。",
        "2020年地区生产总值增长3.9%。",
        "2021年地区生产总值1900.1亿元。",
        "2021年地区生产总值增长8.5%。",
    ]


def test_a_column_of_targets() -> None:
    table = [
        ["指标", "2022年", "2023年目标"],
        ["地区生产总值(亿元)", "1970.1", "2080"],
        ["新增就业(万人)", "1.9", "2"],
    ]
    assert "2023年,力争地区生产总值达到2080亿元。" in (indicator_lines(table) or [])


@pytest.mark.parametrize(
    "table",
    [
        [],
        [["2022年"]],
        [
            ["项目名称", "项目内容", "进展情况"],
            ["甲", "完成3个", "已完成2个"],
            ["乙", "完成5个", "已完成1个"],
        ],
        [["序号", "项目", "投资额(亿元)"], ["1", "地铁", "5"], ["2", "公路", "7"]],  # of no period
        [["指标", "2022年"], ["地区生产总值", "1970.1"]],  # one row may be anything
        [["指标", "2022年"], ["甲", "较好"], ["乙", "5"], ["丙", "一般"]],
        [["指标", "2021年", "2022年"], ["甲", "1"], ["乙", "5", "6"]],
    ],
)
def test_other_tables_are_left_as_they_are(table: list[list[str]]) -> None:
    assert indicator_lines(table) is None


def test_what_a_table_says_is_read() -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in BY_INDICATOR
    )
    page = (
        '<html><meta charset="utf-8"><h1>西湖区2022年国民经济和社会发展统计公报</h1><p>发布日期:2023-03-02</p>'
        f"<p>2022年,全区经济社会平稳发展,主要指标如下。</p><table>{rows}</table></html>"
    )
    report = read_report(RawDocument("0" * 64, "公报.html", page.encode()), build_lexicon(load_seeds()))
    found = {(o.indicator_code, o.measure, o.period, float(o.value), o.status) for o in report.observations}
    assert ("gdp", "level", "2021", 1900.1, "actual") in found
    assert ("budget_revenue", "growth", "2022", -2.8, "actual") in found
    assert len(found) == 8
