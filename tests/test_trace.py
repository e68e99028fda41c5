"""Traces: the same reading as the extraction, with every step kept."""

from __future__ import annotations

from functools import lru_cache

import pytest
from reading import read, sample

from flows.output import fold_line
from flows.tracing import sentence_lines
from seeds.load import load_seeds
from transforms.elements import Head, Subject
from transforms.extract import extract
from transforms.lexicon import Lexicon, build_lexicon
from transforms.namers import NAMERS
from transforms.trace import HEAD_FLAGS, SUBJECT_FLAGS, NumberTrace, Trace, trace_document, trace_sentence
from transforms.types import Document

REPORT = (
    "2021年西湖区政府工作报告\n(2021年2月1日在杭州市西湖区第十五届人民代表大会第五次会议上)\n\n各位代表:\n"
    "现在,我代表西湖区人民政府向大会报告工作。\n一、2020年工作回顾\n"
    "2020年,全区实现地区生产总值1647.1亿元,增长4.5%;财政总收入294.1亿元,增长5.2%。"
    "“十三五”期间,15分钟生活圈、5G网络日益完善。"
    "GDP和财政总收入分别增长5%和6%。总量居全市第3位。经过多轮比选方案为37。\n"
    "二、2021年工作安排\n今年主要预期目标是:地区生产总值增长7%以上,一般公共预算收入增长6%左右。\n"
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


def trace_of(document: Document, words: str) -> Trace:
    at = document.source.text.index(words)
    trace = trace_sentence(document, lexicon(), at, at + len(words))
    assert trace is not None
    return trace


def number_of(trace: Trace, text: str) -> NumberTrace:
    return next(number for number in trace.numbers if number.text == text)


@pytest.mark.parametrize("stem", ["000", "003", "004"])
def test_traces_are_the_extraction(stem: str) -> None:
    document = sample(stem)
    report = extract(document, lexicon())
    numbers = [number for trace in trace_document(document, lexicon()) for number in trace.numbers]
    assert tuple(number.observation for number in numbers if number.observation) == report.observations
    assert tuple(number.issue for number in numbers if number.issue) == report.issues
    assert len(numbers) == report.numbers_total


@pytest.mark.parametrize("stem", ["000", "001", "002", "003", "004"])
def test_a_trace_names_the_rules_of_the_observation(stem: str) -> None:
    document = sample(stem)
    namers = {namer.__name__ for namer in NAMERS}
    for trace in trace_document(document, lexicon()):
        for number in trace.numbers:
            assert document.source.text[number.char_start : number.char_end] == number.text
            if (observation := number.observation) is None:
                continue
            assert number.step is not None
            assert {number.rule, number.step.rule, *number.resolved_by} <= set(observation.rule_ids)
            assert len(number.resolved_by) == 2
            assert bool(number.code_of) == bool(observation.indicator_code)
            assert number.step.rule not in number.step.asked
            assert set(number.step.asked) <= namers


def test_each_step_is_told() -> None:
    trace = trace_of(read(REPORT), "1647.1")
    assert (trace.role, trace.period, trace.section) == ("review", "2020", "一、2020年工作回顾")
    gdp, growth = number_of(trace, "1647.1"), number_of(trace, "4.5")
    assert gdp.step is not None
    assert growth.step is not None
    assert (gdp.kind, gdp.unit, gdp.step.left, gdp.step.noun) == (
        "quantity",
        "亿元",
        "全区实现地区生产总值",
        "地区生产总值",
    )
    assert (gdp.step.rule, gdp.code_of) == ("noun_before", "地区生产总值")
    assert gdp.step.asked[0] == "noun_after"
    assert (growth.step.peeled, growth.step.change, growth.step.rule) == ("增长", "up 增长", "ellipsis")
    assert growth.step.asked[-1] == "clause_between"
    rank = number_of(trace_of(read(REPORT), "第3位"), "3")
    assert (rank.kind, rank.is_noise) == ("rank", False)


def test_paired_numbers_ask_no_namer() -> None:
    five = number_of(trace_of(read(REPORT), "分别增长5%"), "5")
    assert five.step is not None
    assert (five.step.rule, five.step.asked, five.step.row) == ("pair_subjects", (), ("5%", "6%"))


def test_numbers_are_marked() -> None:
    trace = trace_of(read(REPORT), "294.1")
    assert "〔2020年〕,全区实现地区生产总值【1647.1】亿元,增长【4.5】%" in trace.marked()
    assert (
        trace.marked().replace("【", "").replace("】", "").replace("〔", "").replace("〕", "")
        == trace.sentence
    )
    one = trace.marked(number_of(trace, "294.1"))
    assert one.count("【") == 1
    assert "财政总收入【294.1】亿元" in one


def test_litter_stays_in_the_sentence() -> None:
    document = sample("004")
    trace = next(
        trace
        for trace in trace_document(document, lexicon())
        if trace.role and "(" in trace.sentence and any(number.observation for number in trace.numbers)
    )
    assert document.source.text[trace.char_start : trace.char_end] == trace.sentence


def test_only_noise() -> None:
    trace = trace_of(read(REPORT), "15分钟生活圈")
    assert {number.kind for number in trace.numbers} >= {"name"}
    assert all(number.is_noise and number.step is None for number in trace.numbers)
    lines = list(sentence_lines(trace, {}))
    assert any("〔15〕 name: 不是观测 / no observation" in line for line in lines)


def test_an_unread_number_says_why() -> None:
    number = number_of(trace_of(read(REPORT), "方案为37"), "37")
    assert number.issue is not None
    assert number.issue.kind == "no_unit"
    lines = "\n".join(sentence_lines(trace_of(read(REPORT), "方案为37"), {}))
    assert "未读 / unread: no_unit: " in lines


def test_outside_the_report_nothing_is_read() -> None:
    trace = trace_of(read(REPORT), "2021年2月1日")
    assert trace.role == ""
    assert all(number.observation is None for number in trace.numbers)


def test_no_number_no_trace() -> None:
    document = read(REPORT)
    at = document.source.text.index("人民政府向大会")
    assert trace_sentence(document, lexicon(), at, at + 4) is None


def test_corrected_readings_are_told() -> None:
    trace = trace_of(read(REPORT), "1647.1")
    kept = {n.observation.observation_id: n.observation for n in trace.numbers if n.observation}
    assert not any("更正" in line for line in sentence_lines(trace, kept))
    dropped = "\n".join(sentence_lines(trace, {}))
    assert dropped.count("更正 / corrected: 不是观测 / no observation") == len(kept)


@pytest.mark.parametrize("width", [10, 40, 100])
def test_long_lines_fold(width: int) -> None:
    line = "    定名 / named by: noun_before → 「地区生产总值」 asked before: noun_after, share_of_whole" * 3
    pieces = list(fold_line(line, width))
    assert all(sum(1 + (ord(ch) > 0x2E7F) for ch in piece) <= width for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(line.split())
    assert list(fold_line("short", width)) == ["short"]


def test_every_flag_of_head_and_subject_is_told() -> None:
    for part, flags in ((Head(""), HEAD_FLAGS), (Subject("", "", "", ""), SUBJECT_FLAGS)):
        assert {name for name in dir(part) if isinstance(getattr(part, name), bool)} == set(flags)
