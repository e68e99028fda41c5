"""What a report says of itself before it begins: title, dates, issuer, index number, and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from transforms.regions import RegionIndex, is_valid
from transforms.types import Region, ReportType

_DATE = r"((?:19|20)\d\d)\s*[-年./]\s*(1[0-2]|0?[1-9])\s*[-月./]\s*(3[01]|[12]\d|0?[1-9])"
_LABELLED_DATES = tuple(
    re.compile(rf"(?:{label})\s*[:\s]\s*{_DATE}")
    for label in (
        "发布日期|发布时间|发文日期|公开日期|发布于",
        "日期|时间|更新时间",
        "成文日期|印发日期|生成日期",
    )
)
_LINE_DATE: Final = re.compile(rf"^{_DATE}(?=日?(?:\s|\d\d:|\d\d时|$))", re.M)
_DELIVERED: Final = re.compile(rf"{_DATE}日?[,\s]*在[^。;]{{2,60}}?(?:会议|大会|全会)(?:全体会议)?上")
# (2006年2月8日 黄智权): when, and who spoke
_SPOKEN: Final = re.compile(rf"^\({_DATE}日?[\s,、]+[\u3400-\u9fff·\s]{{2,8}}\)$", re.M)
_INDEX: Final = re.compile(r"索\s*引\s*号\s*[:\s]\s*([A-Za-z0-9][A-Za-z0-9_/.-]*)")
_LABEL = r"(?:\s*[:\s]\s*)"
_ISSUER: Final = re.compile(
    rf"(?:发布机构|发布单位|发文机关|发文单位|公开主体){_LABEL}([\u3400-\u9fff]{{1,30}})"
)
_SOURCE: Final = re.compile(rf"(?:信息来源|来源){_LABEL}([\u3400-\u9fff]{{1,30}})")
_PRESS: Final = re.compile(r"报|网|在线|社|电视|客户端|发布|新闻|传媒|融媒")
_HEAD_OF: Final = re.compile(r"([\u3400-\u9fff]{0,12}?人民政府)\s*代?(?:区|市|县|州|省|旗)?\s*(?:长|主席)")
_ON_BEHALF: Final = re.compile(r"代表([\u3400-\u9fff]{0,14}?人民政府|(?:中华人民共和国)?国务院|中央人民政府)")
_STATE: Final = re.compile(
    r"代表(?:中华人民共和国)?国务院|国务院总理|代表中央人民政府|第[一二三四五六七八九十]+届全国人民代表大会"
)
_CHIEF: Final = re.compile(r"(?:^|[省市区县州旗\s])代?(?:省长|市长|区长|县长|州长|旗长|主席)\s", re.M)
_URL: Final = re.compile(r"(?:原文|链接|网址|来源|URL|url)[^\n]{0,8}?(https?://[\w./?=&%#:~+-]+)")

_OPENING: Final = 100
_TITLE_END: Final = re.compile(
    r"(?:报告|情况|公报|摘要|总结|说明|回顾|通报|汇报|要点|进展|清单|思路|计划|打算|安排|草案|规划纲要|目标纲要|工作目标)(?:\([^()]{1,20}\))?$"
)
# 政 府 工 作 报 告
_SPACED_OUT: Final = re.compile(r"[\u3400-\u9fff\d](?: {1,3}[\u3400-\u9fff\d]){3,}")
_TITLE_PREFIX: Final = re.compile(r"^(?:【[^】]*】|\[[^\]]*\])\s*")
_NO_TITLE: Final = re.compile(
    r"作.{0,6}政府工作报告|[。;!?]|^(?:来源|时间|发布|——|索|标签|分享|当前位置|您)|本报记者|>"
)


@dataclass(frozen=True, slots=True)
class Front:
    """Facts of the lines before the report begins."""

    title: str | None
    published_on: date | None
    delivered_on: date | None
    issuer: str | None
    index_number: str | None
    source_url: str | None
    region: Region | None


def read_front(lines: list[str], body: str, regions: RegionIndex) -> Front:
    """Facts stated in the lines before the body; the body serves where they are silent (region, issuer)."""
    head = "\n".join(lines)
    title = find_title(lines, regions)
    delivered = (
        _find_date(_DELIVERED, head) or _find_date(_DELIVERED, body[:400]) or _find_date(_SPOKEN, head)
    )
    published = _find_published(_DELIVERED.sub("", head))
    year = next((found.year for found in (published, delivered) if found), None)
    region = find_region(title, head, body, year, regions)
    return Front(
        title,
        published,
        delivered,
        _find_issuer(head, body, region, regions),
        _group(_INDEX, head),
        _group(_URL, head),
        region,
    )


def _group(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None


def _find_date(pattern: re.Pattern[str], text: str) -> date | None:
    for match in pattern.finditer(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:  # 2月30日
            continue
    return None


def _find_published(head: str) -> date | None:
    first, second, written = _LABELLED_DATES
    return (
        _find_date(first, head)
        or _find_date(second, head)
        or _find_date(_LINE_DATE, head)
        or _find_date(written, head)
    )


def find_title(lines: list[str], regions: RegionIndex) -> str | None:
    """The line that names the report, marks like 【区级】 removed; the first of the best, or None."""
    best: tuple[int, str] | None = None
    for line in lines:
        title = _TITLE_PREFIX.sub("", line).strip()
        if _SPACED_OUT.fullmatch(title):
            title = title.replace(" ", "")
        if not 6 <= len(title) <= 60 or _NO_TITLE.search(title) or not _TITLE_END.search(title):
            continue
        score = (
            2 * bool(re.search(r"\d{4}年", title))
            + 2 * bool(regions.full_names_in(title))
            + ("报告" in title)
        )
        if best is None or score > best[0]:
            best = (score, title)
    return best[1] if best else None


def classify(title: str | None, head: str, body: str, *, has_table: bool, has_plan: bool) -> ReportType:
    """Kind of report, from its title where it has one, else from how it opens and what it holds."""
    name = title or ""
    if has_table or re.search("任务.{0,8}(?:情况|进展)|实事.{0,8}(?:情况|进展)", name):
        return "task_progress"
    if "政府工作报告" in name:
        return "work_report_summary" if re.search("摘要|摘编|要点|解读", name) else "work_report"
    if re.search("绩效|执行情况|工作总结|完成情况|运行情况|公报|工作情况", name):
        return "performance_report"
    opening = f"{head}\n{body[:600]}"
    if re.search("作.{0,8}工作报告|报告(?:政府)?工作,请|向大会报告", opening):
        return "work_report"
    if has_plan:
        return (
            "work_report"
            if re.search("各位代表", opening) and not re.search("预算|决算", opening)
            else "other"
        )
    return (
        "performance_report"
        if re.search("一年来|今年以来|上半年|去年|全年|年来|同比|季度", body)
        else "other"
    )


def find_region(
    title: str | None, head: str, body: str, year: int | None, regions: RegionIndex
) -> Region | None:
    """The place a report is about: named in title, session or office, else the one it keeps naming."""
    opening = f"{head}\n{body[:600]}"
    session = _DELIVERED.search(opening)
    office = _HEAD_OF.search(head)
    behalf = _ON_BEHALF.search(opening)
    evidence = [title, session and session[0], office and office[0], behalf and behalf[0]]
    local = [regions.find_lowest(piece, year, f"{head}\n{body}") for piece in evidence if piece]
    for region in local:
        if region is not None:
            return region
    if _STATE.search(opening):
        return regions.get("100000")
    for match in (_SOURCE.search(head), _ISSUER.search(head)):
        if match and (
            region := regions.find(match[1], year, body) or regions.find_lowest(match[1], year, body)
        ):
            return region
    if own := _most_mentioned(f"{head}\n{body}", year, regions):
        return own
    first = regions.find_lowest(body[:_OPENING], year, body)
    # 增速比全国高0.5个百分点 compares: what the State Council reports says so
    return None if first is None or first.level == "country" else first


_OWN_LEVEL: Final = (
    ("county", ("区",), re.compile("全区(?!域)|我区|区委|区政府|区人大")),
    ("county", ("县", "旗"), re.compile("全县|我县|县委|县政府|全旗")),
    ("city", ("市", "州", "盟", "区"), re.compile("全市|我市|市委|市政府|全州|州委")),
    ("province", ("省", "市", "区"), re.compile("全省|我省|省委|省政府|自治区党委")),
)


def _most_mentioned(text: str, year: int | None, regions: RegionIndex) -> Region | None:
    """The division of the text's own level (全区, 区委 …) that it names most, if parents are named too."""
    plain = text.replace("自治区", "")
    weights = [(len(cue.findall(plain)), level, suffixes) for level, suffixes, cue in _OWN_LEVEL]
    most = max(weight for weight, _, _ in weights)
    if most == 0:
        return None
    # A district's report names 市委市政府 as often as its own; the lowest level that has half as many counts
    _, level, suffixes = next(entry for entry in weights if 2 * entry[0] >= most)
    scored: list[tuple[int, int, Region]] = []
    for code, number in regions.count_mentions(text, suffixes, year).items():
        region = regions.get(code, year)
        if region is None or region.level != level or (year and not _in_force(region, year)):
            continue
        placed = any(parent.short_name in text for parent in regions.ancestors(region))
        if not placed and regions.is_word(region) and region.name not in text:
            # 新建幼儿园, 公共资源, 平安建设: words that are short names of counties far away
            continue
        scored.append((number if placed else 0, number, region))
    scored.sort(key=lambda entry: entry[:2], reverse=True)
    if not scored or scored[0][1] < 2 or (len(scored) > 1 and scored[0][:2] == scored[1][:2]):
        return None
    return scored[0][2]


def _in_force(region: Region, year: int) -> bool:
    """In that year or in the one before, which the report of a division just abolished looks back on."""
    return is_valid(region, year) or is_valid(region, year - 1)


def _find_issuer(head: str, body: str, region: Region | None, regions: RegionIndex) -> str | None:
    if issuer := _group(_ISSUER, head):
        return issuer
    if region is not None and region.code == "100000":
        return "国务院"
    opening = f"{head}\n{body[:600]}"
    for match in (_HEAD_OF.search(head), _ON_BEHALF.search(opening)):
        if match:
            return _full_office(match[1], region)
    if region is not None and _CHIEF.search(head):
        return f"{region.name}人民政府"
    source = _group(_SOURCE, head)
    if source and not _PRESS.search(source):
        return source
    return None


def _full_office(office: str, region: Region | None) -> str:
    """「省人民政府」 said in a province's own report → 浙江省人民政府."""
    if region is not None and re.fullmatch("[省市区县州]?人民政府|自治区人民政府", office):
        return f"{region.name}人民政府"
    return office
