"""A text understood as a report: the five samples as a reader would file them, and small ones."""

from __future__ import annotations

from datetime import date

import pytest
from reading import check_cover, index, read, sample, section_of

from transforms.errors import UnreadableReport
from transforms.types import ReportMeta

EXPECTED = {
    "000": ReportMeta(
        "2022年上半年萧山区政府绩效执行情况",
        "performance_report", "330109", "萧山区", "2022H1", None,
        date(2022, 12, 9), None, "区政府办", "H001/2022-66513", None,
    ),
    "001": ReportMeta(
        None,
        "performance_report", "330105", "拱墅区", "2017", None,
        date(2018, 1, 23), None, "区电子政务办", None, None,
    ),
    "002": ReportMeta(
        "杭州市萧山区人民政府2020年《政府工作报告》上半年度重点任务执行情况",
        "task_progress", "330109", "萧山区", "2020H1", "2020",
        date(2020, 8, 13), None, "区政府办", "H001/2020-27544", None,
    ),
    "003": ReportMeta(
        "杭州市西湖区2023年政府工作报告摘要",
        "work_report_summary", "330106", "西湖区", "2022", "2023",
        date(2023, 2, 8), date(2023, 2, 1), "西湖区人民政府", None, None,
    ),
    "004": ReportMeta(
        None,
        "work_report", "330110", "余杭区", "2021", "2022",
        None, date(2022, 2, 13), "杭州市余杭区人民政府", None, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("stem", EXPECTED)
def test_samples_are_filed_as_a_reader_would(stem: str) -> None:
    assert sample(stem).meta == EXPECTED[stem]


@pytest.mark.parametrize("stem", EXPECTED)
def test_sections_cover_the_text_in_order(stem: str) -> None:
    document = sample(stem)
    check_cover(document)


@pytest.mark.parametrize(
    ("stem", "words", "role", "period", "heading"),
    [
        ("000", "索 引 号", "front", "", ""),
        ("000", "GDP同比增长1.8%", "review", "2022H1", ""),
        ("000", "减负降本98.76亿元", "review", "2022H1", "(二)奋力攻坚经济稳进提质"),
        ("000", "33个体育场地", "review", "2022H1", "(七)以人为本增进民生福祉"),
        ("000", "扫一扫", "furniture", "", ""),
        ("001", "09:15:28", "front", "", ""),
        ("001", "地区生产总值预计增长8%", "review", "2017", ""),
        ("001", "亿元以上项目65个", "review", "2017", "一年来,我们立足提质增效促进转型升级,经济发展动能持续积聚"),
        ("002", "项目名称", "front", "", ""),
        ("002", "力争上市挂牌5家", "task_target", "2020", "支持民营企业健康发展"),
        ("002", "后备企业18家", "task_progress", "2020H1", "支持民营企业健康发展"),
        ("002", "扫一扫", "furniture", "", ""),
        ("003", "21:54:58", "front", "", ""),
        ("003", "地区生产总值1970.1亿元", "review", "2022", "2022年工作回顾"),
        ("003", "高层次人才3000人", "plan", "2023", "(二)坚持创新第一动力,全力打造科创高地"),
        ("003", "浙江在线\"或电头", "furniture", "", ""),
        ("004", "请予审议", "front", "", ""),
        ("004", "职业技能培训17992人次", "review", "2021", "(六)社会事业全面进步,顺应了共建共享的新期盼"),
        ("004", "地区生产总值增长7%", "plan", "2022", "2022年目标任务和重点工作"),
        ("004", "本文有删减", "furniture", "", ""),
    ],
)  # fmt: skip
def test_numbers_of_samples_stand_in_the_right_part(
    stem: str, words: str, role: str, period: str, heading: str
) -> None:
    section = section_of(sample(stem), words)
    assert (section.role, section.period, section.heading) == (role, period, heading)


PROVINCE = """下载
打印
【字号：
加大
减小
】
2026年浙江省政府工作报告
——2026年1月14日在浙江省第十四届人民代表大会第四次会议上
来源：浙江日报
时间：2026-01-22
浙江省省长 刘某
各位代表：
现在，我代表省人民政府向大会作政府工作报告，请予审议。
一、2025年主要工作和“十四五”发展成就
2025年是极不平凡的一年，面对错综复杂的外部环境，全省生产总值增长5.5%，一般公共预算收入增长1.8%。
各位代表！2025年各项目标任务的圆满完成，标志着“十四五”胜利收官。五年来，我们应对冲击，全省生产总值跨越7万亿元台阶。
——发展质效不断提高。规上工业增加值年均增长6.5%，研发投入强度提高到3.3%，高技术制造业增加值占比提高到20%。
二、“十五五”时期的主要目标任务
“十五五”发展的主要目标是：高质量发展取得决定性进展，全省生产总值年均增长5%左右，人均可支配收入达到10万元。
三、2026年重点工作
综合考虑各方面因素，今年经济社会发展主要预期目标为：全省生产总值增长5%—5.5%，城镇调查失业率5%以内。
（一）着力提振市场信心
放大经济政策实施效应。全力争取中央预算内投资，安排省级产业基金200亿元。
附件
2026年省民生实事
1.新增城镇就业100万人。
2.新建改建农村公路2000公里。
3.新增托位1.5万个。
相关报道：
某市新增图书馆12家
"""


def test_province_report_reviews_five_years_and_plans_five() -> None:
    document = read(PROVINCE)
    check_cover(document)
    meta = document.meta
    assert (meta.title, meta.report_type, meta.region_code) == (
        "2026年浙江省政府工作报告",
        "work_report",
        "330000",
    )
    assert (meta.period, meta.plan_period) == ("2025", "2026")
    assert (meta.published_on, meta.delivered_on) == (date(2026, 1, 22), date(2026, 1, 14))
    assert meta.issuer == "浙江省人民政府"
    for words, role, period in (
        ("5.5%,一般", "review", "2025"),
        ("7万亿元", "review", "2021/2025"),
        ("6.5%", "review", "2021/2025"),
        ("10万元", "plan", "2026/2030"),
        ("5%—5.5%", "plan", "2026"),
        ("200亿元", "plan", "2026"),
        ("1.5万个", "plan", "2026"),
        ("12家", "furniture", ""),
    ):
        section = section_of(document, words)
        assert (section.role, section.period) == (role, period), words
    assert [(row.content, row.progress) for row in document.tasks] == [
        ("新增城镇就业100万人。", None),
        ("新建改建农村公路2000公里。", None),
        ("新增托位1.5万个。", None),
    ]


STATE_COUNCIL = """各位代表，现在，我代表国务院，作政府工作报告，请予审议，并请全国政协各位委员提出意见。


一、去年工作回顾

2005年，我国社会主义现代化事业取得显著成就。全年国内生产总值达到18.23万亿元，比上年增长9.9%。

二、今年主要任务

2006年是实施“十一五”规划的第一年。今年国内生产总值增长8%左右，城镇登记失业率控制在4.6%。

各位代表！一年来，我们高举和平、发展、合作的旗帜，对外援助增长3%，新建使领馆5个，同各国交流不断扩大。

新的一年，我们将继续坚定不移地走和平发展道路，办好博览会20场，推动合作取得更大进展。

三、关于《
国民经济和社会发展第十一个五年规划纲要（草案）
》的说明

（二）“十五”期间国民经济和社会发展主要情况

过去五年，国内生产总值年均增长9.5%，是改革开放以来我国综合国力提高最快的时期之一，人民生活明显改善。

（三）“十一五”时期经济社会发展的主要目标

“十一五”时期国内生产总值年均增长7.5%，单位国内生产总值能源消耗降低20%左右，城镇新增就业4500万人。

本作品是中华人民共和国的法律、法规，不适用于著作权法第5条，属于公有领域。
Public domain
"""


def test_state_council_report_without_title() -> None:
    document = read(STATE_COUNCIL)
    meta = document.meta
    assert (meta.title, meta.report_type) == (None, "work_report")
    assert (meta.region_code, meta.region_name, meta.issuer) == ("100000", "全国", "国务院")
    assert (meta.period, meta.plan_period) == ("2005", "2006")
    for words, role, period in (
        ("9.9%", "review", "2005"),
        ("8%左右", "plan", "2006"),
        ("3%", "review", "2005"),
        ("20场", "plan", "2006"),
        ("9.5%", "review", "2001/2005"),
        ("7.5%", "plan", "2006/2010"),
        ("第5条", "furniture", ""),
    ):
        section = section_of(document, words)
        assert (section.role, section.period) == (role, period), words


def test_half_year_summary_plans_the_second_half() -> None:
    document = read(
        "萧山区2023年上半年经济运行情况\n\n今年以来,全区上下攻坚克难,经济回升向好,上半年地区生产总值增长5.1%,固定资产投资增长8%。\n\n"
        "一、上半年工作成效\n\n规上工业增加值增长6.2%,财政收入200亿元,城镇居民人均可支配收入4.5万元,企业利润稳步回升。\n\n"
        "二、下半年工作打算\n\n力争全年规上工业增加值增长7%,新增就业2万人,完成投资300亿元,推进重点项目建设,改善民生。\n"
    )
    assert (document.meta.period, document.meta.plan_period) == ("2023H1", "2023H2")
    assert section_of(document, "6.2%").role == "review"
    plan = section_of(document, "增长7%")
    assert (plan.role, plan.period) == ("plan", "2023H2")


def test_new_term_report_reviews_and_plans_five_years_of_its_own() -> None:
    document = read(
        "杭州市2017年政府工作报告\n2017年2月10日在杭州市第十三届人代会第一次会议上\n市长 徐某\n各位代表:\n"
        "一、过去五年的工作回顾\n五年来,全市生产总值年均增长9%,财政收入突破2000亿元。\n"
        "二、今后五年的主要目标\n今后五年,全市生产总值年均增长7.5%以上。\n"
        "三、2017年的主要任务\n新增就业20万人,城镇居民收入增长7%。\n"
    )
    assert (document.meta.region_code, document.meta.issuer) == ("330100", "杭州市人民政府")
    for words, role, period in (
        ("9%", "review", "2012/2016"),
        ("7.5%", "plan", "2017/2021"),
        ("20万人", "plan", "2017"),
    ):
        section = section_of(document, words)
        assert (section.role, section.period) == (role, period), words


def test_summary_and_outlook_in_one_title() -> None:
    document = read(
        "桐庐县2022年工作总结和2023年工作思路\n今年以来,在县委领导下,全县财政收入45亿元,增长5%。\n"
        "一、2022年主要工作\n固定资产投资80亿元。\n二、2023年工作思路\n财政收入增长6%。\n"
    )
    assert document.meta.title == "桐庐县2022年工作总结和2023年工作思路"
    assert (document.meta.period, document.meta.plan_period) == ("2022", "2023")
    assert section_of(document, "80亿元").role == "review"
    assert section_of(document, "增长6%").role == "plan"


def test_hard_wrapped_text_without_title_is_read_from_its_first_line() -> None:
    document = read(
        "    2023年上半年，全区经济运行稳中向好。\n初步核算，全区实现地区生产总值985.3亿元，同比增长\n"
        "5.6%。其中，第一产业增加值12.5亿元，增长3.2%；第二\n产业增加值301.2亿元，增长4.8%；第三产业增加值671\n"
        ".6亿元，增长6.1%。规模以上工业增加值110.3亿元，增\n长5.1%。固定资产投资同比增长8.2%，零售总额增长7%。\n"
    )
    assert [section.role for section in document.sections] == ["review"]
    assert document.sections[0].period == "2023H1"
    for piece in ("同比增长5.6%", "第二产业增加值301.2亿元", "671.6亿元", "增长5.1%"):
        assert piece in document.normal.text


@pytest.mark.parametrize(
    ("city", "code"), [("南京市", "320106"), ("福州市", "350102"), ("徐州市", "320302"), ("开封市", "410204")]
)
def test_shared_district_names_are_settled_by_the_city(city: str, code: str) -> None:
    text = f"鼓楼区2022年政府工作报告\n\n全区落实{city}委部署,地区生产总值1000亿元,增长5%,财政收入90亿元。\n"
    assert read(text).meta.region_code == code


def test_shared_district_name_without_a_city_stays_open() -> None:
    text = "鼓楼区2022年政府工作报告\n\n全区团结奋斗,地区生产总值1000亿元,增长5%,财政收入90亿元,民生改善。\n"
    meta = read(text).meta
    assert (meta.region_code, meta.region_name) == (None, None)


def test_words_that_name_counties_far_away_are_no_region() -> None:
    text = "2020年上半年经济运行情况\n上半年,全县新建幼儿园67所,全县新建公园12个,公共资源交易36亿元。\n"
    assert (
        read(text + "县委、县政府完成固定资产投资36亿元,增速比全国高0.5个百分点。\n").meta.region_code is None
    )
    assert read(text + "新建县县委、县政府完成固定资产投资36亿元。\n").meta.region_name == "新建县"


def test_a_title_set_with_spaces_is_one() -> None:
    document = read(
        "政 府 工 作 报 告\n——2020年1月8日在萧山区第十六届人民代表大会第四次会议上\n各位代表:\n全区生产总值增长6%。\n"
    )
    assert document.meta.title == "政府工作报告"


def test_region_is_the_one_in_force_that_year() -> None:
    text = (
        "杭州市下城区{}年政府工作报告\n\n全区实现地区生产总值1000亿元,增长5%,财政收入90亿元,居民收入增长。\n"
    )
    assert read(text.format(2019)).meta.region_code == "330103"
    regions = index()
    assert regions.find("临平区", 2022) == regions.get("330113")
    assert regions.find("萧山市", 1998) == regions.get("330181")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "购物清单\n鸡蛋 10个\n牛奶 2箱\n苹果 3斤\n大米 10公斤,全部买齐回家,周末请客人来家里吃饭,都要新鲜",
            "用语",
        ),
        ("The quick brown fox jumps over the lazy dog. " * 20, "中文"),
        ("从前有座山,山里有座庙,庙里有个老和尚在给小和尚讲故事。" * 20, "用语"),
        (
            "第十四届全国人民代表大会第三次会议听取和审议了国务院总理所作的政府工作报告。会议充分肯定国务院过去一年的工作,"
            "同意报告提出的2025年经济社会发展的总体要求、政策取向和工作任务,决定批准这个报告。",
            "数字",
        ),
        (
            "第十四届全国人民代表大会第三次会议听取和审议了政府工作报告。会议充分肯定国务院过去一年的工作,同意报告提出的"
            "经济社会发展目标:国内生产总值增长5%,城镇新增就业1200万人,决定批准这个报告。",
            "决议",
        ),
    ],
)
def test_other_texts_are_refused(text: str, why: str) -> None:
    with pytest.raises(UnreadableReport) as caught:
        read(text)
    assert caught.value.reason == "not_a_report"
    assert why in caught.value.message
    assert " / " in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "2022年,杭州市西湖区实现地区生产总值1970.1亿元,财政总收入463.4亿元,城镇居民人均可支配收入8.27万元。",
        "2022年全区实现地区生产总值1970.1亿元,增长5%。",
        "杭州市2022年地区生产总值18753亿元,财政收入4533亿元,分别增长1.5%、2.1%。",
        "上半年,我区规模以上工业增加值同比增长百分之五点二,固定资产投资二百亿元,新增企业三十家,城镇居民收入稳步提高。",
    ],
)
def test_short_statements_of_a_government_pass(text: str) -> None:
    document = read(text)
    check_cover(document)
    assert document.sections[-1].role == "review"


@pytest.mark.parametrize(
    "unit", ["5", "亿", "(", "一、政府\n", "进展情况\n", "分享\n", "1.民生实事亿元\n", "今年,五年来,。"]
)
def test_long_runs_are_no_trap(unit: str) -> None:
    lead = "全区政府财政企业就业民生项目增长5%。\n项目内容\n进展情况\n"
    document = read(lead + "区政府工作" * 60_000 + unit * (60_000 // len(unit)))
    check_cover(document)
