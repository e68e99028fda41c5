"""Normal text: what is folded, what is removed, what must stay, and that every character knows its source."""

from __future__ import annotations

import itertools
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from transforms.normalise import normalise
from transforms.simplify import _simplify
from transforms.types import NormalText

CONVERTER = OpenCC("t2s")

REPORTS = Path(__file__).parents[1] / "seeds" / "reports"


def sample(stem: str) -> str:
    return next(REPORTS.glob(f"{stem}*.txt")).read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # folding: one character for one, and no more than our table
        ("增长５．２％，其中：（一）工业；ＧＤＰ＆Ｒ＋Ｄ", "增长5.2%,其中:(一)工业;GDP&R+D"),
        ("①5.2%、㎡、℃、…—·“”‘’《》【】。", "①5.2%、㎡、℃、…—·“”‘’《》【】。"),
        ("「发展」『改革』", "“发展”‘改革’"),
        ("二○二二年、二O二一年、一九五〇年", "2022年、2021年、1950年"),
        ("⼀、⼯业增⻓", "一、工业增⻓"),
        ("一九四九至一九五二年,一百二十年、增长百分之二十", "1949至1952年,一百二十年、增长百分之二十"),
        # pinyin litter
        ("余杭區(qū)產(chǎn)業(yè)", "余杭区产业"),
        ("余杭区（qū）产（chǎn）业", "余杭区产业"),
        (
            "使用(5G)网(wǎng)络、(GDP)、科研(R&D)、学校(school)",
            "使用(5G)网络、(GDP)、科研(R&D)、学校(school)",
        ),
        ("我们(men)在餐厅(cafe)喝咖啡(café)", "我们(men)在餐厅(cafe)喝咖啡(café)"),
        ("我們(men)向群眾(zhòng)報(bào)告經濟發展", "我们向群众报告经济发展"),
        # thousands separators
        ("收入27,203,319,000元", "收入27203319000元"),
        ("收入２７，２０３，３１９，０００元", "收入27203319000元"),
        ("3,4,10号线、82.89%,48.34%", "3,4,10号线、82.89%,48.34%"),
        ("1,2345、1234,567、12,34,567、1,234,56", "1,2345、1234,567、12,34,567、1,234,56"),
        ("2021,2022年,完成100，200亿元", "2021,2022年,完成100,200亿元"),
        ("完成1,234.5亿元,增长5%", "完成1234.5亿元,增长5%"),
        # stray spaces
        ("增加1 234.5亿元,增长12 .5%和3. 5%", "增加1234.5亿元,增长12.5%和3.5%"),
        ("完成 320 个,增长 5.2 %", "完成320个,增长5.2%"),
        ("2022 年工作", "2022年工作"),
        ("1 完成安置房建设", "1 完成安置房建设"),
        ("合计 120 130 140", "合计120 130 140"),
        ("　　增长5%。  ", "增长5%。"),
        ("省长 刘小涛", "省长 刘小涛"),
        # invisible marks and line ends
        ("交出一份人\n\u200b\n民满意的答卷", "交出一份人民满意的答卷"),
        ("\ufeff增长\u200b5%\r\n下降3%\r完", "增长5%\n下降3%\n完"),
    ],
)
def test_text_is_normalised(source: str, expected: str) -> None:
    assert normalise(source).text == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("全年地区生产总值增长1\n2.5%,好于预期", "全年地区生产总值增长12.5%,好于预期"),
        ("全年地区生产总值增长3.\n5%,好于预期", "全年地区生产总值增长3.5%,好于预期"),
        ("一般公共预算收入达到12\n亿元", "一般公共预算收入达到12亿元"),
        (
            "首次会议,在听了某同志\n关于草案的报告\n并进行了讨论",
            "首次会议,在听了某同志关于草案的报告并进行了讨论",
        ),
        ("认真执行《\n公司法\n》的规定", "认真执行《公司法》的规定"),
        ("今年经济社会发展的\n主要预期目标\n是:增长5%", "今年经济社会发展的主要预期目标是:增长5%"),
        ("国务院通过了宪法\n\n,接着又通过了法律", "国务院通过了宪法,接着又通过了法律"),
        (
            "——2026年1月26日在广东省第十四届\n人民代表大会第五次会议上",
            "——2026年1月26日在广东省第十四届人民代表大会第五次会议上",
        ),
        ("政府工作报\n告", "政府工作报告"),
        ("“双向\n揭榜挂帅”:找市场", "“双向揭榜挂帅”:找市场"),
    ],
)
def test_broken_sentences_are_joined(source: str, expected: str) -> None:
    assert normalise(source).text == expected


@pytest.mark.parametrize(
    "source",
    [
        "工作有序推进:\n1.6个老旧小区全部开工;\n2.完成94.02万平方米",
        "附件1\n2026年民生实事",
        "一、2025年工作回顾\n2025年是收官之年,全省上下团结奋斗。",
        "(一)稳增长,提振信心\n全面落实各项政策,推动经济回升。",
        "项目名称\n项目内容\n进展情况\n支持企业发展\n提升兑现时效,用好平台。",
        "省长 刘小涛\n各位代表:",
        "全年增长5%。\n下降3%。",
        "第一段末尾没有句号\n\n第二段从这里开始,增长5%",
        "来源:日报\n时间:2026-02-09\n上海市市长",
    ],
)
def test_real_line_ends_stay(source: str) -> None:
    assert normalise(source).text == source


def test_hard_wrapped_paragraphs_are_joined() -> None:
    words = "全区实现地区生产总值稳步增长规上工业增加值同比提高城镇居民人均可支配收入持续增加零售总额回升"
    prose = (
        "".join(words[at % 40 : at % 40 + 7] + ("," if at % 3 else "、") for at in range(60)) + "增长5.2%。"
    )
    wrapped = "\n".join(prose[at : at + 26] for at in range(0, len(prose), 26))
    second = wrapped.replace("5.2", "7.5")
    assert normalise(f"{wrapped}\n　　{second}").text == f"{prose}\n{prose.replace('5.2', '7.5')}"


def test_offsets_lead_from_normal_to_source_text() -> None:
    source = "實現(xiàn)財政總收入27,203.5億元,\n增長１２．５％。經濟發展"
    normal = normalise(source)
    assert normal.text == "实现财政总收入27203.5亿元,增长12.5%。经济发展"
    for digits, original in (("27203.5", "27,203.5"), ("12.5", "１２．５"), ("实现", "實現")):
        start = normal.text.index(digits)
        first, last = normal.source_span(start, start + len(digits))
        assert source[first:last] == original


def test_quotation_in_traditional_characters_leaves_simplified_text_alone() -> None:
    assert normalise("题写“國學”二字,增长5%。乾隆年间" * 3).text == "题写“國學”二字,增长5%。乾隆年间" * 3


def test_traditional_sample_becomes_simplified_and_free_of_litter() -> None:
    normal = normalise(sample("004"))
    assert "在杭州市余杭区第十六届人民代表大会第二次会议上" in normal.text
    assert "(qū)" not in normal.text
    assert "ǎ" not in normal.text


@pytest.mark.parametrize("stem", ["000", "001", "002", "003", "004"])
def test_digits_of_samples_are_all_kept(stem: str) -> None:
    source = sample(stem)
    normal = normalise(source)
    check_map(source, normal)
    digits = [char for char in normal.text if char.isdigit()]
    assert digits == [char for char in source if char.isdigit()]


def check_map(source: str, normal: NormalText) -> None:
    offsets = list(normal.offsets)
    assert len(offsets) == len(normal.text) + 1
    assert offsets[-1] == len(source)
    assert all(first < second for first, second in itertools.pairwise(offsets))
    for char, offset in zip(normal.text, normal.offsets, strict=False):
        if char.isdigit() and char.isascii():
            assert unicodedata.numeric(source[offset]) == int(char)


PIECES = st.sampled_from(
    [
        *"0123456789０１２５９.,，．%％ \n\t\r　\u200b（）()《》“”:;。、亿元个區產國經濟發展增长年",
        "(qū)",
        "（chǎn）",
        "１，２３４",
        "1,234",
        "\r\n",
        "二○",
        "一九五四年",
        "①",
        "一、",
        "\n\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
@example("1,234\n,567")
@example("國(qū)1 234.5\n6")
@example("")
def test_every_digit_maps_to_the_same_digit(source: str) -> None:
    check_map(source, normalise(source))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_accepted(source: str) -> None:
    check_map(source, normalise(source))


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_normalising_twice_changes_no_digit(source: str) -> None:
    once = normalise(source).text
    twice = normalise(once).text
    assert [c for c in twice if c.isdigit()] == [c for c in once if c.isdigit()]


@pytest.mark.parametrize(
    "unit", ["5", "亿", "億", "(", "區(qū)", " ", "\n", "1,", "1 ", "5\n", "，\n", "\u200b", "《\n"]
)
def test_long_runs_are_no_trap(unit: str) -> None:
    source = unit * (200_000 // len(unit))
    normal = normalise(source)
    assert len(normal.offsets) == len(normal.text) + 1


def test_phrases_become_simplified_as_the_dictionaries_have_them() -> None:
    # 乾 is 干 but in 乾隆, 瞭 is 了 but in 瞭望; what stands beside a phrase is converted all the same
    body = "國務院總理說,經濟發展與財政收入實現較快增長,區內產業結構進一步優化。" * 3
    text = normalise(f"{body}乾隆年間的瞭望臺,不瞭解乾淨能源項目。").text
    assert text.endswith("乾隆年间的瞭望台,不了解干净能源项目。")


@given(st.text(alphabet="國務院總理經濟發展乾隆淨瞭望解麼麽徵藉著覆,。、 12ab\n", max_size=60))
def test_conversion_is_that_of_the_dictionaries(text: str) -> None:
    expected = CONVERTER.convert(text)
    if len(expected) == len(text):
        assert "".join(map(_simplify, text.splitlines(keepends=True))) == expected
