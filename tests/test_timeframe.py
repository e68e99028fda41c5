"""Which years a report speaks of, by its title, its dates and its lines; and goals told in turn with their progress."""

from __future__ import annotations

from datetime import date

import pytest
from reading import check_cover, read, section_of

from seeds.load import load_seeds
from transforms.extract import extract
from transforms.lexicon import Lexicon, build_lexicon

BODY = "\n一、经济运行\n全区实现地区生产总值550.5亿元,同比增长6%。区政府新开工项目42个。\n"


@pytest.mark.parametrize(
    ("title", "review", "plan"),
    [
        ("2023年萧山区政府工作报告目标任务半年完成情况", "2023H1", None),
        ("萧山区2022年政府工作报告重点任务完成情况", "2022", None),
        ("萧山区2022年《政府工作报告》主要任务落实情况", "2022", None),
        ("关于萧山区2022年重点工作1-6月进展情况的通报", "2022H1", None),
        ("萧山区2023年民生实事项目1-9月进展情况", "2023-01/2023-09", None),
        ("萧山区2025年9月份民生实事进展情况", "2025-09", None),
        ("2023年萧山区政府工作报告", "2022", "2023"),
        # what it plans is said where its text plans something
        ("萧山区国民经济和社会发展第十四个五年规划纲要", "2020", None),
    ],
)
def test_a_title_says_which_time_a_report_is_about(title: str, review: str, plan: str | None) -> None:
    document = read(title + BODY)
    assert document.meta.period == review
    assert section_of(document, "550.5").period == review
    assert document.meta.plan_period == plan


def test_an_outline_of_five_years_plans_them() -> None:
    goals = "二、主要目标\n到2025年,全区生产总值突破2000亿元。区政府新增学位1200个。\n"
    document = read("萧山区国民经济和社会发展第十四个五年规划纲要" + BODY + goals)
    assert (document.meta.period, document.meta.plan_period) == ("2020", "2021/2025")
    assert section_of(document, "1200").period == "2021/2025"


@pytest.mark.parametrize(
    ("head", "delivered"),
    [
        ("江西省政府工作报告\n(2006年2月8日 黄智权)\n各位代表:\n", date(2006, 2, 8)),
        ("江西省政府工作报告\n发布日期:2006-02-09\n各位代表:\n", None),
    ],
)
def test_a_report_given_early_in_a_year_reviews_the_one_before(head: str, delivered: date | None) -> None:
    text = "全省生产总值由2000年的2003亿元增加到2005年的4070亿元。\n今年主要预期目标是:生产总值增长11%。\n"
    document = read(head + "现在,我代表省人民政府,向大会作政府工作报告。\n" + text)
    assert (document.meta.period, document.meta.plan_period) == ("2005", "2006")
    assert document.meta.delivered_on == delivered


def test_a_report_put_up_again_long_after_keeps_its_year() -> None:
    head = "江西省政府工作报告\n发布日期:2015-03-09\n各位代表:\n"
    document = read(head + "我代表省人民政府报告工作。2005年全省生产总值4070亿元,2005年财政收入426亿元。\n")
    assert document.meta.period == "2005"


def test_without_any_year_no_number_is_dated(lexicon: Lexicon) -> None:
    document = read("柳林县上半年经济运行情况\n上半年,全县实现农林牧渔业增加值18100万元,增长11.6%。\n")
    check_cover(document)
    assert document.meta.period is None
    report = extract(document, lexicon)
    assert report.observations == ()
    assert [issue.kind for issue in report.issues] == ["no_period", "no_period"]


@pytest.mark.parametrize(
    ("name", "title", "review"),
    [
        ("柳林县2024.txt", "柳林县上半年经济运行情况", "2024H1"),
        ("2024_liulin.txt", "柳林县经济运行情况", "2024"),
        ("柳林县2024.txt", "柳林县政府工作报告", "2023"),
        ("liulin_120241.txt", "柳林县经济运行情况", None),
        ("003_2024c9d4f6052a3d.txt", "柳林县经济运行情况", None),
    ],
)
def test_the_name_of_the_file_dates_a_text_that_does_not(name: str, title: str, review: str | None) -> None:
    half = "上半年," if "上半年" in title else ""
    document = read(
        f"{title}\n{half}全县实现农林牧渔业增加值18100万元,县政府新增学位1200个,增长11.6%。\n", name
    )
    assert document.meta.period == review


def test_headings_of_how_things_went_plan_nothing() -> None:
    document = read(
        "关于萧山区2022年重点工作进展情况的通报\n一、主要经济指标方面\n全区生产总值380亿元。\n"
        "二、重点工作和民生实事方面\n区政府新增学位1200个。\n三、下一步工作打算\n完成投资30亿元。\n"
    )
    assert section_of(document, "1200").role == "review"
    assert section_of(document, "30亿元").role == "plan"


def test_a_line_that_announces_targets_rules_those_below() -> None:
    document = read(
        "长沙市2021年政府工作报告摘要\n2020年长沙\n地区生产总值增长4%。\n2021年长沙\n主要预期目标:\n"
        "地区生产总值增长8%\n规模以上工业增加值增长7%\n"
    )
    assert (section_of(document, "4%").role, section_of(document, "4%").period) == ("review", "2020")
    assert (section_of(document, "8%").role, section_of(document, "8%").period) == ("plan", "2021")
    assert (section_of(document, "7%").role, section_of(document, "7%").period) == ("plan", "2021")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


def test_goals_and_how_they_went_are_told_apart_by_their_labels(lexicon: Lexicon) -> None:
    document = read(
        "萧山区2023年政府工作报告主要任务1-9月进展情况\n1.规上工业增加值增长8%,新增规上工业企业25家以上。\n"
        "进展情况:1-9月规上工业增加值增长6.5%,新增规上工业企业18家。\n"
        "2.全区新增普惠性托位540个。进展情况:新增托位560个。\n其中公办托位310个。\n3.建设绿道20公里。\n"
    )
    check_cover(document)
    read_as = [
        (str(item.value), item.indicator, item.status, item.period)
        for item in extract(document, lexicon).observations
    ]
    first_months = "2023-01/2023-09"
    assert read_as == [
        ("8", "规上工业增加值", "target", "2023"),
        ("25", "新增规上工业企业", "target", "2023"),
        ("6.5", "规上工业增加值", "actual", first_months),
        ("18", "新增规上工业企业", "actual", first_months),
        ("540", "新增普惠性托位", "target", "2023"),
        ("560", "新增托位", "actual", first_months),
        ("310", "公办托位", "actual", first_months),
        ("20", "建设绿道", "target", "2023"),
    ]


def test_one_label_alone_is_but_a_word() -> None:
    document = read("2022年萧山区政府绩效情况\n1.全区新增托位540个。完成情况:区政府新增学位1200个。\n")
    assert section_of(document, "540").role == "review"
