"""Which line ends are none: hard-wrapped paragraphs, names cut out onto lines of their own, broken numbers.

Reads folded text (half-width ``, ; : ( )``). Conservative: where both readings are possible the line end
stays, since a sentence cut in two costs less than two cells or a heading and its paragraph run together.
"""

from __future__ import annotations

import itertools
import re
from typing import Final, NamedTuple

Span = tuple[int, int]

_ENDERS: Final = "。!?;:…."
_HEADING: Final = re.compile(
    r"\(?[一二三四五六七八九十百]{1,3}\)|[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]+[章节篇部]"
    r"|\(?[0-9]{1,2}\)|[0-9]{1,2}[、.](?![0-9])|[①-⑳●◆■▲※·\[【]|—|各位代表|附件|附表|附:|来源|时间|分享"
)
_OPENERS: Final = "《“‘([【〈,、"
_CLOSERS: Final = ",。、;》”’)〉"
_OPEN_WORDS: Final = re.compile(r"(?:的|和|与|及|在|对|将|把|为|同|是|了|按照|根据|关于)\Z")
_CLOSE_WORDS: Final = re.compile(r"的|是|等|为|和|与|以及|并|并且")
_SESSION_END: Final = re.compile(r"第[一二三四五六七八九十0-9]+届\Z")
_NUMBER_END: Final = re.compile(r"[\u3400-\u9fff~～—-][0-9]+(?:\.[0-9]*)?\Z")
_AWAITS_NUMBER: Final = re.compile(r"(?:增长|下降|增加|减少|提高|达到|达|突破|超过|实现|完成|约|近)\Z")
_NUMBER_START: Final = re.compile(r"\.?[0-9]+(?:\.[0-9]+)?(?:[%‰]|[^\W\d_])")
_YEAR_START: Final = re.compile(r"[0-9]{4}年")
_UNIT_START: Final = re.compile(r"[%‰亿万元个家户人名条项件次台套吨斤亩米公里平方倍]")
_LONG_PROSE: Final = 40
_FEWEST_WRAPPED, _MANY_WRAPPED = 4, 8  # of fewer than many, all must end alike


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    indented: bool
    after_blank: bool


def find_line_joins(text: str) -> list[Span]:
    """Spans of line ends (and blanks around them) whose removal puts a broken sentence together again."""
    if "\n" not in text:
        return []
    lines = _split(text)
    full_width = _wrap_width(lines)
    spans: list[Span] = []
    gathered = 0  # length of the paragraph gathered so far; a heading never gathers
    for at in range(len(lines) - 1):
        line, following = lines[at], lines[at + 1]
        gathered = gathered + len(line.text) if spans and spans[-1][1] == line.start else len(line.text)
        after = lines[at + 2] if at + 2 < len(lines) else None
        if _belongs(line, following, after, gathered, full_width):
            spans.append((line.end, following.start))
    return spans


def _split(text: str) -> list[_Line]:
    lines = []
    start = 0
    blank = False
    for raw in text.split("\n"):
        stripped = raw.strip(" \t")
        if stripped:
            lead = len(raw) - len(raw.lstrip(" \t"))
            lines.append(_Line(start + lead, start + lead + len(stripped), stripped, lead > 0, blank))
            blank = False
        else:
            blank = True
        start += len(raw) + 1
    return lines


def _wrap_width(lines: list[_Line]) -> int | None:
    """The width at which this text was wrapped, or None: most unfinished lines must end close to it."""
    unfinished = [
        _display_width(line.text)
        for line, following in itertools.pairwise(lines)
        if line.text[-1] not in _ENDERS and not following.after_blank
    ]
    if len(unfinished) < _FEWEST_WRAPPED or 4 * len(unfinished) < len(lines):
        return None
    unfinished.sort()
    width = unfinished[(9 * len(unfinished)) // 10]
    near = sum(width - 6 <= found <= width + 4 for found in unfinished)
    needed = 2 * len(unfinished) if len(unfinished) >= _MANY_WRAPPED else 3 * len(unfinished)
    return width if width >= 24 and 3 * near >= needed else None


def _display_width(text: str) -> int:
    return (len(text.encode("utf-8", "surrogatepass")) + len(text)) // 2


def _belongs(
    line: _Line, following: _Line, after: _Line | None, gathered: int, full_width: int | None
) -> bool:
    last = line.text[-1]
    if last in _ENDERS and last != ".":
        # 「著作权法⏎。」 is the only continuation an ended sentence can have: none
        return False
    if following.text[0] in _CLOSERS:
        return gathered > 1 and not (last == "." or last == "】")
    if following.after_blank:
        return False
    if _is_broken_number(line.text, following.text):
        return True
    if last == ".":
        return False
    if (last in _OPENERS or _is_quote_open(line.text)) and not _HEADING.match(following.text):
        return True
    if (
        following.indented
        or _HEADING.match(following.text)
        or (_ascii_word(last) and _ascii_word(following.text[0]))
    ):
        return False
    if full_width is not None and _display_width(line.text) >= full_width - 6:
        return True
    if following.text.startswith("人民代表大会") and _SESSION_END.search(line.text):
        return True
    if _HEADING.match(line.text) and gathered < _LONG_PROSE:
        return False
    return _is_cut_sentence(line.text, following.text, after, gathered)


def _is_quote_open(line: str) -> bool:
    return line.count("“") > line.count("”") or line.count("《") > line.count("》")


def _ascii_word(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_broken_number(line: str, following: str) -> bool:
    """「增长1⏎2.5%」, 「3.⏎5%」, 「达到12⏎亿元」; not 「附件1⏎2026年…」, not a list number."""
    if len(line) < 5 or line.startswith("附") or _HEADING.match(following) or _YEAR_START.match(following):
        return False
    if _AWAITS_NUMBER.search(line) and any(mark in line for mark in ",。"):
        return bool(_NUMBER_START.match(following))
    if not _NUMBER_END.search(line):
        return False
    return bool(_NUMBER_START.match(following)) or (line[-1] != "." and bool(_UNIT_START.match(following)))


def _is_cut_sentence(line: str, following: str, after: _Line | None, gathered: int) -> bool:
    if _OPEN_WORDS.search(line) or _CLOSE_WORDS.match(following):
        return True
    prose = gathered > len(line) or any(mark in line for mark in ",。;")
    if gathered >= _LONG_PROSE and prose and not line.endswith("摄"):
        return True
    if len(following) == 1 and len(line) >= 4:
        return "\u3400" <= following <= "\u9fff" and "\u3400" <= line[-1] <= "\u9fff"
    # 「在听了刘少奇同志⏎关于宪法草案的报告⏎并进行了讨论」: the middle piece goes on, so the first one does
    return (
        after is not None
        and not after.after_blank
        and "," in line
        and not any(mark in following for mark in ",。;:")
        and (after.text[0] in _CLOSERS or _CLOSE_WORDS.match(after.text) is not None)
    )
