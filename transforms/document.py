"""A text understood as a government report: its own account, its parts, its promises."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import Final

from transforms import metadata, timeframe
from transforms.errors import UnreadableReport
from transforms.layout import Line, find_body, find_tail, heading_level, heading_text, split_lines
from transforms.regions import RegionIndex
from transforms.sections import build_sections
from transforms.tasktable import Table, find_list, find_table, find_table_start
from transforms.timeframe import TimeFrame
from transforms.types import Document, DocumentText, NormalText, ReportMeta, Section

# all first bytes of two but those of U+3400 to U+9FFF
_NOT_CHINESE: Final = bytes([*range(0x34), *range(0xA0, 0x100)])
_VOCABULARY: Final = (
    "政府", "人大", "政协", "国务院", "财政", "预算", "生产总值", "GDP", "经济",
    "社会发展", "同比", "增长", "下降", "固定资产投资", "工业", "农业", "服务业", "进出口",
    "城镇", "居民", "可支配收入", "就业", "改革", "民生", "项目", "全区", "全市",
    "全省", "全县", "我区", "我市", "我省", "我国", "全国", "区委", "市委",
    "省委", "县委", "规上", "规模以上", "亿元", "人民代表大会", "各位代表", "建设", "推进",
    "完成", "新增", "企业", "国民经济", "农村", "街道", "乡镇", "社区", "产业",
    "教育", "卫生", "扶贫", "治理",
)  # fmt: skip
_PLACE: Final = re.compile(
    "政府|国务院|人大|区委|市委|省委|县委|全[区市省县州国]|我[区市省县国]|[省市区县州]的?(?:经济|生产总值)|街道|乡镇"
)
_STATED: Final = re.compile(
    r"\d+(?:\.\d+)?\s*(?:%|‰|个?百分点|[万亿千百]*(?:美?元|平方米|公里|吨|斤|千瓦|人|户|家|个|亩|公顷|件|所|套|张|次|米|台|项|条|处|位|名))"
    r"|百分之[零〇一二三四五六七八九十百点]+|[一二三四五六七八九十百千万亿]{2,}(?:元|吨|斤|人|亩|公里)"
)
_RESOLUTION: Final = re.compile(
    r"(?:听取和?审议|听取)了[^。]{0,60}报告。?[^。]{0,10}会议|决定批准(?:这个|该)报告|关于[^。]{0,30}报告的决议"
)
_MIN_WORDS, _MIN_WORDS_OF_LONG = 3, 8
_SHORT: Final = 600
_MIN_CHINESE: Final = 12
_MIN_CHINESE_SHARE: Final = 0.35


def understand(source: DocumentText, normal: NormalText, regions: RegionIndex) -> Document:
    """Metadata, sections and task rows of a report.

    Raises ``UnreadableReport`` (``not_a_report``) when the text does not look like a government report.
    """
    text = normal.text
    _refuse_other_texts(text, regions)
    lines = split_lines(text)
    body = find_body(lines)
    table_at = find_table_start(lines)
    if table_at is not None:
        body = min(body, table_at)
    hung = find_tail(lines, body)
    table = find_table(lines, hung)
    head = [line.text for line in lines[: min(body, table.first) if table else body]]
    told = text[lines[body].start :] if body < len(lines) else text
    front = metadata.read_front(head, told, regions)
    parts = _parts(lines, body, hung)
    known = timeframe.infer(
        front.title or "", parts, told, front.delivered_on, front.published_on, source.source_name
    )
    frame = known or timeframe.UNDATED
    sections = build_sections(text, lines, body, hung, table, frame)
    meta = _meta(front, head, told, sections, table, frame)
    if known is None:
        sections = tuple(replace(section, period="") for section in sections)
        meta = replace(meta, period=None, plan_period=None)
    tasks = table.rows if table else tuple(find_list(lines, _planned(lines, sections), hung))
    return Document(source, normal, meta, sections, tasks)


def _refuse_other_texts(text: str, regions: RegionIndex) -> None:
    """Raise ``not_a_report`` unless the text speaks like a government of a place and states numbers."""
    chinese = _count_chinese(text)
    visible = len(text) - text.count(" ") - text.count("\n")
    if chinese < _MIN_CHINESE or chinese < _MIN_CHINESE_SHARE * visible:
        raise _not_a_report("中文太少", "too little Chinese text")
    needed = _MIN_WORDS if chinese < _SHORT else _MIN_WORDS_OF_LONG
    words = islice((word for word in _VOCABULARY if word in text), needed)
    if len(tuple(words)) < needed or not (_PLACE.search(text) or regions.full_names_in(text[:_SHORT])):
        raise _not_a_report(
            "看不出政府或地区,缺少政府报告用语", "no government or place, none of the usual words"
        )
    if not _STATED.search(text):
        raise _not_a_report("没有带单位的数字", "no number with a unit")
    if _RESOLUTION.search(text[:1500]) and len(_STATED.findall(text)) < 5:
        raise _not_a_report("这是决议,不是报告", "this is a resolution")


def _count_chinese(text: str) -> int:
    return len(text.encode("utf-16-be", "surrogatepass")[::2].translate(None, _NOT_CHINESE))


def _not_a_report(chinese: str, english: str) -> UnreadableReport:
    return UnreadableReport("not_a_report", f"不像政府报告:{chinese} / not a government report: {english}")


def _parts(lines: list[Line], body: int, hung: set[int]) -> list[tuple[str, str]]:
    told = [line for at, line in enumerate(lines) if at >= body and at not in hung]
    below = [*(line.text for line in told[1:]), ""]
    return [
        (heading_text(line.text), text)
        for line, text in zip(told, below, strict=False)
        if heading_level(line.text, None) == 1
    ]


def _meta(
    front: metadata.Front,
    head: list[str],
    told: str,
    sections: tuple[Section, ...],
    table: Table | None,
    frame: TimeFrame,
) -> ReportMeta:
    planned = any(section.role == "plan" for section in sections)
    kind = metadata.classify(
        front.title, "\n".join(head), told, has_table=table is not None, has_plan=planned
    )
    if planned:
        plan: str | None = frame.next_period
    else:
        plan = frame.plan if table is not None or kind.startswith("work_report") else None
    return ReportMeta(
        title=front.title,
        report_type=kind,
        region_code=front.region.code if front.region else None,
        region_name=front.region.name if front.region else None,
        period=frame.review,
        plan_period=plan,
        published_on=front.published_on,
        delivered_on=front.delivered_on,
        issuer=front.issuer,
        index_number=front.index_number,
        source_url=front.source_url,
    )


def _planned(lines: list[Line], sections: tuple[Section, ...]) -> set[int]:
    planned: set[int] = set()
    at = 0
    for section in sections:
        while at < len(lines) and lines[at].start < section.end:
            if section.role == "plan":
                planned.add(at)
            at += 1
    return planned
