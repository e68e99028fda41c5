"""A text understood as a report: the five samples as a reader would file them, and small reports of every kind."""

from __future__ import annotations

import itertools
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from seeds.load import load_seeds
from transforms.document import understand
from transforms.errors import UnreadableReport
from transforms.normalise import normalise
from transforms.regions import RegionIndex
from transforms.types import Document, DocumentText, ReportMeta, Section

REPORTS = Path(__file__).parents[1] / "seeds" / "reports"


@lru_cache(maxsize=1)
def index() -> RegionIndex:
    return RegionIndex(load_seeds().regions)


def read(text: str) -> Document:
    return understand(DocumentText("0" * 64, "report.txt", text, "utf-8"), normalise(text), index())


@lru_cache
def sample(stem: str) -> Document:
    return read(next(REPORTS.glob(f"{stem}*.txt")).read_bytes().decode("utf-8"))


def section_of(document: Document, words: str) -> Section:
    at = document.normal.text.index(words)
    return next(section for section in document.sections if section.start <= at < section.end)


EXPECTED = {
    "000": ReportMeta(
        "2022年上半年萧山区政府绩效执行情况",
        "performance_report", "330109", "萧山区", "2022H1", None,
        date(2022, 12, 9), None, "区政府办", "H001/2022-66513", None,
    ),
    "001": ReportMeta(
        None, "performance_report", "330105", "拱墅区", "2017", None, date(2018, 1, 23), None, "区电子政务办", None, None
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
        None, "work_report", "330110", "余杭区", "2021", "2022", None, date(2022, 2, 13), "杭州市余杭区人民政府", None, None
    ),
}  # fmt: skip


@pytest.mark.parametrize("stem", EXPECTED)
def test_samples_are_filed_as_a_reader_would(stem: str) -> None:
    assert sample(stem).meta == EXPECTED[stem]


@pytest.mark.parametrize("stem", EXPECTED)
def test_sections_cover_the_text_in_order(stem: str) -> None:
    document = sample(stem)
    check_cover(document)


def check_cover(document: Document) -> None:
    assert document.sections[0].start == 0
    assert document.sections[-1].end == len(document.normal.text)
    assert all(first.end == second.start for first, second in itertools.pairwise(document.sections))
    assert all(section.start < section.end for section in document.sections)
    assert all(section.period for section in document.sections if section.role not in ("front", "furniture"))


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
        ("001", "救助金5909.5万元", "review", "2017", "一年来,我们立足民生福祉发展社会事业,群众生活品质持续提升"),
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
def test_numbers_of_samples_stand_in_the_right_part(stem: str, words: str, role: str, period: str, heading: str) -> None:
    section = section_of(sample(stem), words)
    assert (section.role, section.period, section.heading) == (role, period, heading)


def test_task_table_is_read_row_by_row() -> None:
    tasks = sample("002").tasks
    assert len(tasks) == 82
    assert [row.ordinal for row in tasks] == list(range(1, 83))
    first = tasks[0]
    assert first.category == "支持民营企业健康发展"
    assert first.content.startswith("提升政策兑现时效")
    assert (first.progress or "").startswith("已上线15条政策")
    assert all(row.progress for row in tasks)
    categories = [category for category, _ in itertools.groupby(row.category for row in tasks)]
    assert len(categories) == 18
    assert categories[-1] == "全面加强政府自身建设"


@pytest.mark.parametrize(
    ("content", "paragraphs", "end"),
    [
        ("推进5G网络等新基建发展", 2, "正式完成签约16家企业。"),
        ("大力实施扬尘污染防控行动", 3, "34家。"),
        ("加大城乡低保", 2, "入户康复指导128人次。"),
        ("推进老年教育向基层延伸", 2, "三年提升行动的实施方案》。"),
        ("发展住房租赁业", 2, "78.16%。。"),
    ],
)
def test_progress_of_several_paragraphs_belongs_to_one_row(content: str, paragraphs: int, end: str) -> None:
    row = next(row for row in sample("002").tasks if row.content.startswith(content))
    assert row.progress is not None
    assert row.progress.count("\n") == paragraphs - 1
    assert row.progress.endswith(end)
    text = sample("002").normal.text[row.start : row.end]
    assert text.startswith(content)
    assert text.endswith(end)


def test_livelihood_list_of_a_review_is_its_own_progress() -> None:
    tasks = sample("000").tasks
    assert [row.ordinal for row in tasks] == list(range(1, 11))
    assert tasks[0].content.startswith("6个老旧小区综合改造工程全部开工")
    assert tasks[9].content == "完成33个体育场地建设,完成8个城市书房定点签约。"
    assert all(row.progress == row.content and row.category == "民生实事" for row in tasks)


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
    assert (meta.title, meta.report_type, meta.region_code) == ("2026年浙江省政府工作报告", "work_report", "330000")
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


@pytest.mark.parametrize(
    ("city", "code"), [("南京市", "320106"), ("福州市", "350102"), ("徐州市", "320302"), ("开封市", "410204")]
)
def test_shared_district_names_are_settled_by_the_city(city: str, code: str) -> None:
    text = f"鼓楼区2022年政府工作报告\n\n全区上下认真落实{city}委、市政府部署,实现地区生产总值1000亿元,增长5%,财政收入90亿元。\n"
    assert read(text).meta.region_code == code


def test_shared_district_name_without_a_city_stays_open() -> None:
    text = "鼓楼区2022年政府工作报告\n\n全区上下团结奋斗,实现地区生产总值1000亿元,增长5%,一般公共预算收入90亿元,民生持续改善。\n"
    meta = read(text).meta
    assert (meta.region_code, meta.region_name) == (None, None)


def test_region_is_the_one_in_force_that_year() -> None:
    text = "杭州市下城区{}年政府工作报告\n\n全区实现地区生产总值1000亿元,增长5%,一般公共预算收入90亿元,城镇居民收入稳步增长。\n"
    assert read(text.format(2019)).meta.region_code == "330103"
    regions = index()
    assert regions.find("临平区", 2022) == regions.get("330113")
    assert regions.find("萧山市", 1998) == regions.get("330181")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("购物清单\n鸡蛋 10个\n牛奶 2箱\n苹果 3斤\n大米 10公斤,全部买齐回家,周末请客人来家里吃饭用的东西都要新鲜", "用语"),
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
        "上半年,我区规模以上工业增加值同比增长百分之五点二,固定资产投资二百亿元,新增企业三十家,城镇居民收入稳步提高。",
    ],
)
def test_short_statements_of_a_government_pass(text: str) -> None:
    document = read(text)
    check_cover(document)
    assert document.sections[-1].role == "review"


@pytest.mark.parametrize("unit", ["5", "亿", "(", "一、政府\n", "进展情况\n", "分享\n", "1.民生实事亿元\n", "今年,五年来,。"])
def test_long_runs_are_no_trap(unit: str) -> None:
    lead = "全区政府财政企业就业民生项目增长5%。\n项目内容\n进展情况\n"
    document = read(lead + "区政府工作" * 60_000 + unit * (60_000 // len(unit)))
    check_cover(document)
