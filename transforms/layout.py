"""Lines of a report and what kind each is: front, headings, prose, what the page hung on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from transforms import timeframe

_SALUTATION: Final = re.compile(
    r"^(?:各位代表|各位委员|同志们|主任)[,:!。、]?|我代表.{2,40}(?:报告|审议)|^现在.{0,6}我.{0,4}代表"
)
_LONGEST_SALUTATION: Final = 140
_TAIL: Final = re.compile(
    r"^[(\[【]?(?:相关报道|扫一扫|版权|免责|声明|标签:|分享|责任编辑|责编|编辑:|打印|关闭窗口|相关链接|相关附件|相关阅读|相关新闻|"
    r"上一篇|下一篇|附件下载|名词解释|注释|注:|字库未存|本作品|Public domain|推荐阅读|热点新闻|友情链接|"
    r"主办单位|网站地图|返回顶部|更多资讯|融媒产品|网站标识码|备案|ICP)"
)
_FURNITURE: Final = re.compile(
    r"^(?:下载|打印.{0,4}|全屏|收藏|【?字[号体].{0,20}|加大|还原|减小|[大中小】>\[\]|]|分享到?:?.{0,10}|首页|关闭.{0,4}|扫一扫.*"
    r"|相关(?:报道|附件|链接|阅读|新闻).*|上一篇.*|下一篇.*|责任编辑.*|访问次数.*|浏览次数.*|您当前的位置.*|当前位置.*|正文"
    r"|[0-9a-f]{24,}:?|Public domain|false|true|第\s*\d+\s*页.*|-\s*\d+\s*-|—\s*\d+\s*—)$"
)
# a caption, by its end; with .* before it among the forms above, it would be tried at each place of every line
_PHOTOGRAPHER: Final = re.compile("记者.{0,14}摄$")
_ANNEX: Final = re.compile(r"^附件\s*[一二三四五六七八九十\d]*[:：]?$|民生实事(?:项目)?$|实事项目$")

_FIRST_LEVEL: Final = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+(?:部分|章|篇)[\s、:]?)"
)
_SECOND_LEVEL: Final = re.compile(r"^\([一二三四五六七八九十]{1,3}\)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:[%‰]|[万亿千百]*[元个家户人吨亩件]|个百分点)")
_LONGEST_HEADING: Final = 48
_LONGEST_SENTENCE: Final = 36  # longer ones begin a paragraph rather than name it
_LONGEST_OPENING: Final = 64
_OPENING: Final = re.compile(r"^(?:一年来|五年来|这一年|这五年|这是|过去一年|过去五年|——)")
_PROSE: Final = 40
_LABEL: Final = re.compile(
    r"^[^,。]{0,8}(?:来源|日期|时间|索引|文号|机构|主题|分类|次数|记者|编辑|网站|位置)|会议上|记者|\d{2}:\d{2}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank; offsets are those of the normal text."""

    start: int
    end: int
    text: str


def split_lines(text: str) -> list[Line]:
    """Lines that hold something, in order."""
    lines = []
    start = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            at = start + raw.index(stripped)
            lines.append(Line(at, at + len(stripped), stripped))
        start += len(raw) + 1
    return lines


def is_prose(line: str) -> bool:
    """Whether the line tells something: a sentence of some length, no caption and no address."""
    if is_salutation(line) or is_furniture(line):
        return False
    return len(line) >= _PROSE and ("。" in line or "," in line) and not line.startswith(("(", "—", "凡注"))


def is_salutation(line: str) -> bool:
    """「各位代表」 and 「我代表…请予审议」: the report begins behind it."""
    return len(line) <= _LONGEST_SALUTATION and _SALUTATION.search(line) is not None


def is_furniture(line: str) -> bool:
    """Whether the whole line belongs to the page: buttons, sharing, captions, hashes."""
    if line.endswith("摄") and _PHOTOGRAPHER.search(line):
        return True
    return _FURNITURE.match(line) is not None


def heading_level(line: str, following: str | None, *, adjacent: bool = True) -> int:
    """1 for a part, 2 for a chapter, 3 for a line that only names what follows, 0 for text.

    A whole sentence is a heading only right above its paragraph: ``adjacent`` says no blank line parts them.
    """
    if _FIRST_LEVEL.match(line):
        return 1 if len(heading_text(line)) <= 60 else 0
    if _SECOND_LEVEL.match(line):
        return 2
    bare = line.removesuffix("。")
    longest = _LONGEST_HEADING if bare == line else _LONGEST_SENTENCE
    if len(line) > (_LONGEST_OPENING if _OPENING.match(line) else longest) or is_salutation(line):
        return 0
    if _NUMBER.search(line) or any(mark in bare for mark in "。!?;:") or bare.endswith((",", "、")):
        return 0
    if bare == line and names_period(line):
        return 1
    if following is None or len(following) < len(line):
        return 0
    if bare != line and (not adjacent or bare.endswith("工作")):
        return 0
    return 3 if len(bare) >= 5 and not bare[0].isdigit() and not bare[-1].isdigit() else 0


def names_period(line: str) -> bool:
    """Whether an unnumbered line is the heading of a part: a period and what it was or will be."""
    if line.endswith(("报告", "摘要")):
        return False
    named = timeframe.YEAR.search(line) or re.search(
        rf"“{timeframe.PLAN_NAME}”|^今年|^去年|^过去|^下一步|^下半年|^今后", line
    )
    return bool(named) and (timeframe.is_review_heading(line) or timeframe.is_plan_heading(line))


def heading_text(line: str) -> str:
    """The heading itself, up to its first full stop."""
    return line.partition("。")[0][:80].rstrip(":;,")


def find_body(lines: list[Line]) -> int:
    """Index of the first line of the report proper; its headings included, its address to the house not."""
    salutations = [at for at, line in enumerate(lines[:60]) if is_salutation(line.text)]
    if salutations:
        first = salutations[0] + 1
        while first < len(lines) and (is_salutation(lines[first].text) or is_furniture(lines[first].text)):
            first += 1
        if first < len(lines):
            return first
    first = next((at for at, line in enumerate(lines) if _is_statement(line.text)), 0)
    while first > 0 and _is_body_heading(lines[first - 1].text, lines[first].text):
        if first == 1 and not _FIRST_LEVEL.match(lines[0].text):
            break  # the first line of all is the title: 「…2022年工作总结和2023年工作思路」
        first -= 1
    return first


def _is_statement(line: str) -> bool:
    """Whether a line tells something, however short: a sentence, or a number with its unit."""
    if is_prose(line):
        return True
    if is_salutation(line) or is_furniture(line) or _LABEL.search(line):
        return False
    return "。" in line or _NUMBER.search(line) is not None


def _is_body_heading(line: str, following: str) -> bool:
    if is_salutation(line) or is_furniture(line):
        return False
    return heading_level(line, following) in (1, 2)


def find_tail(lines: list[Line], body: int) -> set[int]:
    """Indices of the lines that the page hung on the report: glossary, copyright, links, captions."""
    hung = {at for at in range(body, len(lines)) if is_furniture(lines[at].text)}
    half = lines[body].start + (lines[-1].end - lines[body].start) // 2 if body < len(lines) else 0
    inside = False
    for at in range(body, len(lines)):
        line = lines[at]
        if not inside and _TAIL.match(line.text):
            inside = line.start >= half or at >= len(lines) - 3
            hung.add(at)
        elif inside and _ANNEX.search(line.text) and len(line.text) < 30:
            inside = False
        if inside:
            hung.add(at)
    return hung
