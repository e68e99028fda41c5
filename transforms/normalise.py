"""Source text in, text that rules can read out, with a map from every character back to its source offset.

Folding is one character to one character by our own table: Unicode NFKC is too greedy (①5.2% would become
15.2%, ㎡ two characters). Everything else only ever removes characters: pinyin litter 「產(chǎn)業」,
thousands separators, stray spaces and the line ends of hard-wrapped paragraphs. Nothing is added and nothing
moves, so the map stays monotone. Each step first looks whether the text needs it; clean text pays for the
looking alone.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import lru_cache
from typing import Final

from transforms.lines import Span, find_line_joins
from transforms.simplify import simplify_characters
from transforms.types import NormalText

# Present in almost every text; str.replace is several times faster than str.translate for these few.
_COMMON_FOLDS: Final = (
    ("，", ","),
    ("；", ";"),
    ("：", ":"),
    ("（", "("),
    ("）", ")"),
    ("！", "!"),
    ("？", "?"),
    ("％", "%"),
)


def _rare_folds() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(char): " " for char in "\u3000\u00a0\u2002\u2003\u2007\u2009\u202f"}
    table |= {ord(char): "\n" for char in "\x0b\x0c\x85\u2028\u2029"}
    table |= dict(zip(map(ord, "﹪∶﹒｡﹣−‐‑‧•･・「」『』"), "%:.。----····“”‘’", strict=True))
    # Radicals and compatibility ideographs, the litter of text copied out of PDF files: ⼀ is 一, 年 is 年
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    return table


_RARE_FOLDS = _rare_folds()
# up to so many different ones str.replace is faster; no fold yields a character that is folded itself
_FEW_RARE: Final = 40
_NEEDS_RARE_FOLD: Final = re.compile("[" + "".join(map(re.escape, map(chr, sorted(_RARE_FOLDS)))) + "]")

_ZERO_WIDTH: Final = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
# A line of nothing but zero-width marks cuts a sentence in two: 「交出一份人⏎<ZWSP>⏎民满意」
_HAS_INVISIBLE: Final = re.compile(f"[{_ZERO_WIDTH}\r]")
_INVISIBLE: Final = re.compile(rf"(?<=[^\n。!?])\n[{_ZERO_WIDTH}]+\n(?=[^\n])|[{_ZERO_WIDTH}]+|\r")

_TONED: Final = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿĀÁǍÀŌÓǑÒĒÉĚÈ\u0300\u0301\u0304\u0308\u030c"
_HAS_TONE: Final = re.compile(f"[{_TONED}]")
_LITTER: Final = re.compile(rf"(?<=[\u3400-\u9fff]) ?\( ?([a-zA-Z{_TONED}]{{1,9}}) ?\)")
_SYLLABLE: Final = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|"
    r"ia|ie|in|iu|ou|ua|ue|ui|un|uo|a|e|i|o|u)|ng|m|n"
)
# Characters read without a tone; only after these is (men) or (de) taken for litter
_TONELESS: Final = frozenset("们們么麼个個着著的了吗嗎呢吧里裏裡过過")

# 270·4亿元, 11·2:45·7:43·1: older texts write the decimal point so; 5·12 without a unit is a day
_DOT: Final = re.compile(
    # begins with the character itself: the engine skips to the next of them
    r"·(?=[0-9])(?:(?<=[0-9]·)(?=[0-9]{1,2}(?:[%‰:]|个百分点|[万亿元倍吨]))|(?<=:[0-9]·)|(?<=:[0-9]{2}·))"
)
_CHINESE_ZERO: Final = re.compile("(?<=[〇一二三四五六七八九])[○◯Oo0]+(?=[〇一二三四五六七八九年])")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CENTURY: Final = "(?:一[八九]|二[〇零])[〇零一二三四五六七八九]{2}"
# A year read digit by digit, one character for one; 二百五十年 and 一千九百年 are numbers
_CHINESE_YEAR: Final = re.compile(
    f"(?<![〇零一二三四五六七八九十百千万亿点]){_CENTURY}(?=年|[至到—~-]{{1,2}}{_CENTURY}年)"
)
_HAS_ROUND_ZERO: Final = re.compile("[〇一二三四五六七八九][○◯Oo0]")

_SPACES: Final = re.compile(r"[ \t]+")
_SEPARATOR: Final = re.compile(r",(?<=[0-9],)(?=[0-9]{3})")
_GROUPED: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?!,[0-9])")
_HAS_SPACE_GROUP: Final = re.compile(r" (?<=[0-9] )(?=[0-9]{3})")
_SPACE_GROUPED: Final = re.compile(
    r"(?<=[\u3400-\u9fff])[0-9]{1,3}(?: [0-9]{3})+(?=\.[0-9]|[%\u3400-\u9fff])"
)
_CUT_DECIMAL: Final = re.compile(r"[\u3400-\u9fff][0-9]{1,6}\.\Z")
_UNIT_START: Final = frozenset("年月日号亿万千百元个家户人名条项件次台套吨斤亩米公里平方倍位岁天小时分%‰")


def normalise(text: str) -> NormalText:
    """Decoded source text to ``NormalText``; any text is accepted, the empty one included."""
    folded = _fold(text)
    offsets = array("I", _identity(_bucket(len(text)))[: len(text) + 1])
    folded, offsets = _cut(folded, offsets, _find_invisible(folded))
    folded, offsets = _cut(folded, offsets, _find_litter(folded))
    folded = simplify_characters(folded)
    folded, offsets = _cut(folded, offsets, _find_spaces(folded))
    folded, offsets = _cut(folded, offsets, find_line_joins(folded))
    folded, offsets = _cut(folded, offsets, _find_separators(folded, offsets, text))
    return NormalText(folded, offsets)


def _bucket(size: int) -> int:
    return 1 << max(16, size.bit_length())


@lru_cache(maxsize=4)
def _identity(size: int) -> array[int]:
    return array("I", range(size + 1))


def _cut(text: str, offsets: array[int], spans: list[Span]) -> tuple[str, array[int]]:
    """Remove the spans (in order, not overlapping) from the text and from its offsets alike."""
    if not spans:
        return text, offsets
    pieces: list[str] = []
    kept = array("I")
    position = 0
    for start, end in spans:
        pieces.append(text[position:start])
        kept.extend(offsets[position:start])
        position = end
    pieces.append(text[position:])
    kept.extend(offsets[position:])
    return "".join(pieces), kept


def _fold(text: str) -> str:
    for wide, narrow in _COMMON_FOLDS:
        text = text.replace(wide, narrow)
    if rare := set(_NEEDS_RARE_FOLD.findall(text)):
        text = _fold_rare(text, rare)
    if "\r" in text:
        text = re.sub(r"\r(?!\n)", "\n", text)
    if _HAS_ROUND_ZERO.search(text):
        # 二○二二年, 二O二二年: the circle and the letter are both written for 〇
        text = _CHINESE_ZERO.sub(lambda match: "〇" * len(match.group()), text)
    if "·" in text:
        text = _DOT.sub(".", text)
    if any(century in text for century in ("一八", "一九", "二〇", "二零")):
        text = _CHINESE_YEAR.sub(lambda match: match.group().translate(_CHINESE_DIGITS), text)
    return text


def _fold_rare(text: str, found: set[str]) -> str:
    if len(found) > _FEW_RARE:
        return text.translate(_RARE_FOLDS)
    for char in found:
        text = text.replace(char, _RARE_FOLDS[ord(char)])
    return text


def _find_invisible(text: str) -> list[Span]:
    if not _HAS_INVISIBLE.search(text):
        return []
    return [match.span() for match in _INVISIBLE.finditer(text)]


def _find_litter(text: str) -> list[Span]:
    """Pinyin in brackets behind its character, as text converted for learners leaves it: 區(qū), 質(zhì)."""
    if not _HAS_TONE.search(text):
        return []
    toned: list[Span] = []
    toneless: list[Span] = []
    for match in _LITTER.finditer(text):
        syllable = match.group(1)
        tone = _tone_of(syllable)
        if tone is None:
            continue
        if tone:
            toned.append(match.span())
        elif text[match.start() - 1] in _TONELESS:
            toneless.append(match.span())
    return sorted(toned + toneless) if toned else []


@lru_cache(maxsize=2048)
def _tone_of(syllable: str) -> bool | None:
    """Whether a syllable of pinyin carries a tone; None for what is no syllable."""
    return _HAS_TONE.search(syllable) is not None if _SYLLABLE.fullmatch(_plain(syllable)) else None


def _plain(syllable: str) -> str:
    decomposed = unicodedata.normalize("NFD", syllable.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _find_spaces(text: str) -> list[Span]:
    """Spaces that mean nothing: at the ends of a line, inside a number, between a number and Chinese text."""
    spans: list[Span] = []
    if " " not in text and "\t" not in text:
        return spans
    grouped = _find_grouping_spaces(text)
    last = len(text)
    for match in _SPACES.finditer(text):
        start, end = match.span()
        before = text[start - 1] if start else "\n"
        after = text[end] if end < last else "\n"
        if (
            before == "\n"
            or after == "\n"
            or start in grouped
            or _is_idle_space(text, start, end, before, after)
        ):
            spans.append((start, end))
    return spans


def _find_grouping_spaces(text: str) -> frozenset[int]:
    """Positions of the spaces of 「增加1 234.5亿元」; a row of table cells has no Chinese right before it."""
    if not _HAS_SPACE_GROUP.search(text):
        return frozenset()
    matches = _SPACE_GROUPED.finditer(text)
    return frozenset(
        match.start() + at for match in matches for at, char in enumerate(match.group()) if char == " "
    )


def _is_idle_space(text: str, start: int, end: int, before: str, after: str) -> bool:
    if end - start > 2:
        return False  # a column gap, not a slip
    if "0" <= before <= "9":
        if after == ".":
            return text[end + 1 : end + 2].isdigit()
        if after in "%‰":
            return True
        return _is_chinese(after) and (after in _UNIT_START or not _starts_line(text, start))
    if "0" <= after <= "9":
        if before == ".":
            return _CUT_DECIMAL.search(text, max(0, start - 9), start) is not None
        return _is_chinese(before)
    return after in "%‰" and before in ")."


def _is_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _starts_line(text: str, end: int) -> bool:
    """Whether the digits that end here begin their line: a list number 「1 完成」 keeps its space."""
    at = end
    while at > 0 and end - at < 8 and "0" <= text[at - 1] <= "9":
        at -= 1
    return at == 0 or text[at - 1] == "\n"


def _find_separators(text: str, offsets: array[int], source: str) -> list[Span]:
    """Commas between groups of exactly three digits: 27,203,319,000. 「3,4,10号线」 has none of them."""
    spans: list[Span] = []
    if not _SEPARATOR.search(text):
        return spans
    for match in _GROUPED.finditer(text):
        start = match.start()
        commas = [start + at for at, char in enumerate(match.group()) if char == ","]
        # 「1２」-wide text groups by wide commas; between ordinary digits a wide comma is prose: 100，200亿元
        wide_digits = source[offsets[start]] > "9"
        if all(wide_digits or source[offsets[at]] == "," for at in commas):
            spans.extend((at, at + 1) for at in commas)
    return spans
