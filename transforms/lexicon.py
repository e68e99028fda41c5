"""Seed rows compiled for reading: unit pattern, suffix table, catalogue look-up.

Word lists are data (``seeds/*.csv``); this module only turns them into patterns, longest word first, every
word escaped, so that a reviewer of the CSV need not think of regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from transforms.regions import RegionIndex
from transforms.types import Indicator, Seeds, Unit
from transforms.units import SCALES, resolve_unit

_ALTERNATION_OF_SCALES: Final = "|".join(SCALES)

# Cue kinds whose words may stand between a subject and its number, in either order.
SUFFIX_KINDS: Final = (
    "at_least_before", "at_most_before", "approx_before", "link", "level_link",
    "growth_up", "growth_down", "diff_higher", "diff_lower", "adverb",
)  # fmt: skip

_WITHOUT: Final = re.compile(r"\((?:剔除|扣除)[^)]*\)")
_IGNORED: Final = re.compile(r"[\s的“”\"'()《》·、,]")
# what comes out as it went in: all but 新 (U+65B0), 的 (U+7684) and 规 (U+89C4), which may be changed
_AS_COMPARED: Final = re.compile("[\u3400-\u535f\u5361-\u65af\u65b1-\u7683\u7685-\u89c3\u89c5-\u9fff0-9A-Z]*")
_OF_OWN_GDP: Final = re.compile("占(?:全[区市省县]|我[区市省县])?(?:地区)?(?:生产总值|GDP)")
_INTENSITY: Final = re.compile("R&D经费投入强度(?=占)")
_OWN_REGION: Final = re.compile(
    r"^(?:全[区市省县州国疆川鲁粤苏浙皖闽赣湘鄂桂琼渝蜀黔滇藏陕秦甘陇青宁蒙晋冀津京沪辽吉黑豫]|我区|我市|我省|我国|地区(?!生产总值)|街道|全社会|本市|年末|全年|累计|其中|规模以上|规上(?=工业增加值))"
)
_TAILS: Final = re.compile(
    r"[、和与及]?(?:增长率|增速|增幅|涨幅|降幅|总?规模|总量|增量|增长|增加额|达到|\(剔除[^)]*\)|\(扣除[^)]*\)|扣除(?:价格|物价)(?:上涨)?因素|剔除[^)]*因素)$"
)
# whatever _TAILS matches ends so
_TAIL_ENDS: Final = ("率", "速", "幅", "模", "量", "长", "额", "到", ")", "素")

# Phrases whose code is kept at hand; reports repeat the same few thousand.
_MOST_REMEMBERED: Final = 50_000


# What opens a phrase without naming anything, as far as it is no list of words.
_LEAD_SHAPES: Final = (
    r"[\s、,;:。)—-]+|(?:[一二三四五六七八九十]+、)?(?:工作)?(?:进展|完成|落实|推进|执行)情况:|(?:目标任务|工作目标|年度目标|工作进展|进展):"
    r"|[一二三四五六七八九十]年来?(?=累计|共|新增|年均)|\d{1,2}[.、)]|(?:今后|未来)[一二三四五六七八九十]年|[一二三四五]年内"
    r"|在[^,、]{1,12}(?:内|中|上|下|前|后|基础上)|连续[一二两三四五六七八九十]年"
    r"|“?(?:十[一二三四五]|[九十])五”?(?:时期|期间|以来)|“(?:十[一二三四五]|[九十])五”"
    r"|前(?:\d{1,2}|[一二两三四五六七八九十]{1,2})个月|\d{1,2}[-—~至]\d{1,2}月份?"
    r"|(?:到|截至|截止|至)?(?:19|20)\d\d年(?:末|底|的)?|(?:截至)?\d{1,2}月(?:\d{1,2}日|份)?(?:底|末|以来)?"
    r"|全[区市省县州国疆川鲁粤苏浙皖闽赣湘鄂桂琼渝蜀黔滇藏陕秦甘陇青宁蒙晋冀津京沪辽吉黑豫](?!性|域|首|第|一(?!般公共)|[级范])"
)


Cues = dict[str, tuple[str, ...]]


class Suffix(NamedTuple):
    """What a word before a number means: its cue kind and the word itself."""

    kind: str
    word: str


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Everything the rules look words up in; built once per run by ``build_lexicon``.

    Compared by identity, so that what was read with it can be remembered.
    """

    seeds: Seeds
    regions: RegionIndex
    units: dict[str, Unit]
    unit_pattern: re.Pattern[str]
    suffixes: dict[str, Suffix]
    suffix_lengths: dict[str, tuple[int, ...]]
    after: re.Pattern[str]
    after_bounds: dict[str, str]
    verbs: re.Pattern[str]
    strong_verbs: re.Pattern[str]
    keep_verbs: frozenset[str]
    whole_verbs: frozenset[str]
    predicate: re.Pattern[str]
    attributes: frozenset[str]
    state: re.Pattern[str]
    head_noun: re.Pattern[str]
    bare_number_noun: re.Pattern[str]
    place: re.Pattern[str]
    general_nouns: frozenset[str]
    prepositions: frozenset[str]
    needs_owner: frozenset[str]
    place_common: frozenset[str]
    place_alone: frozenset[str]
    place_opens: tuple[str, ...]
    names_opening: re.Pattern[str]
    place_verbs: frozenset[str]
    lead: re.Pattern[str]
    not_place: re.Pattern[str]
    no_object: re.Pattern[str]
    modifier: re.Pattern[str]
    agent_never: frozenset[str]
    nominal_verbs: tuple[str, ...]
    two_in_one: tuple[tuple[str, str, str], ...]
    lent_nouns: tuple[str, ...]
    tails: frozenset[str]
    codes: dict[str, str]
    indicators: dict[str, Indicator] = field(repr=False)
    # spellings are bounded by the unit pattern, so this needs no limit
    _resolved: dict[str, Unit | None] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def scaled(self, value: Decimal, unit: str) -> tuple[Decimal, str] | None:
        """``307.85 亿元`` → ``(30785000000, 元)``; None where the unit is not in the catalogue."""
        resolved = self._resolve(unit)
        return None if resolved is None else (value * resolved.factor, resolved.base)

    def counts_things(self, unit: str) -> bool:
        """Whether a unit counts what can be there (个, 万户, 位), not what happens (次) or is measured (亩)."""
        resolved = self._resolve(unit)
        return resolved is not None and resolved.dimension in ("count", "people")

    def can_be_in(self, code: str, unit: str) -> bool:
        """Whether a level of an indicator can be told in a unit: a share is no count of things, nor a sum of money
        a percentage."""
        resolved = self._resolve(unit)
        if resolved is None or resolved.dimension not in ("ratio", "count", "people"):
            return True
        dimension = self.indicators[code].dimension
        if dimension == "ratio":
            return resolved.dimension == "ratio"
        return resolved.dimension != "ratio" or dimension in ("other", "index")

    def _resolve(self, unit: str) -> Unit | None:
        if unit not in self._resolved:
            self._resolved[unit] = resolve_unit(unit, self.units)
        return self._resolved[unit]

    def code_of(self, phrase: str) -> str | None:
        """Catalogue code of an indicator phrase, or None: exact after trimming what does not name it."""
        found = self._found
        if phrase not in found:
            if len(found) > _MOST_REMEMBERED:
                found.clear()
            found[phrase] = _look_up(phrase, self.codes)
        return found[phrase]


def _look_up(phrase: str, codes: dict[str, str]) -> str | None:
    key = comparable(phrase)
    for _ in range(4):
        if code := codes.get(key):
            return code
        shorter = _TAILS.sub("", key, count=1) if key.endswith(_TAIL_ENDS) else key
        if shorter == key and (own := _OWN_REGION.match(key)):
            shorter = key[own.end() :]
        if shorter == key or not shorter:
            return None
        key = shorter
    return codes.get(key)


def comparable(phrase: str) -> str:
    """A phrase as the catalogue compares it: no quotes, 的 or spaces, 规模以上 as 规上, 新培育 as 新增."""
    if _AS_COMPARED.fullmatch(phrase):
        return phrase
    if "(" in phrase:
        phrase = _WITHOUT.sub("", phrase)
    if "&" in phrase:
        phrase = _INTENSITY.sub("", phrase)
    if "占" in phrase:
        phrase = _OF_OWN_GDP.sub("占地区生产总值", phrase)
    phrase = _IGNORED.sub("", phrase)
    phrase = phrase.replace("规模以上", "规上").replace("新培育", "新增").replace("新认定", "新增")
    return phrase.replace("PM_2.5", "PM2.5").upper()


def _lengths_by_end(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the words are that end in a character, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[-1], set()).add(len(word))
    return {end: tuple(sorted(found, reverse=True)) for end, found in lengths.items()}


def alternation(words: list[str] | tuple[str, ...] | set[str]) -> str:
    """A regex alternation of literal words, longest first."""
    return _by_first_character(
        (word, re.escape(word[1:])) for word in sorted(words, key=lambda w: (-len(w), w))
    )


def _by_first_character(words: Iterable[tuple[str, str]]) -> str:
    """An alternation of words, each with the pattern of what follows its first character, in their order among
    those that begin alike: the engine tries as many branches as there are first characters, not words."""
    rests: dict[str, list[str]] = {}
    for word, rest in words:
        rests.setdefault(word[0], []).append(rest)
    return "|".join(
        re.escape(first) + (found[0] if len(found) == 1 else f"(?:{'|'.join(found)})")
        for first, found in rests.items()
    )


def _conditional(words: tuple[str, ...]) -> str:
    """An alternation of words that may depend on what follows: ``就!业/医`` is 就 but not in 就业 and 就医,
    ``房?开/竣`` is 房 only in 房开… and 房竣…."""
    patterns = []
    for word in sorted(words, key=lambda w: (-len(re.split("[!?]", w)[0]), w)):
        bare, *conditions = re.split("([!?])", word, maxsplit=1)
        rest = re.escape(bare[1:])
        if conditions:
            sign = "=" if conditions[0] == "?" else "!"
            rest += f"(?{sign}{alternation(conditions[1].split('/'))})"
        patterns.append((bare, rest))
    return _by_first_character(patterns)


def build_lexicon(seeds: Seeds) -> Lexicon:
    """Compile validated seeds."""
    units = {unit.spelling: unit for unit in seeds.units}
    cues = seeds.cues
    suffixes = _suffixes(cues)
    keep = frozenset(cues.get("verb_keep", ()))
    after_bounds = _after_bounds(cues)
    return Lexicon(
        seeds=seeds,
        regions=RegionIndex(seeds.regions),
        units=units,
        unit_pattern=_unit_pattern(units),
        suffixes=suffixes,
        suffix_lengths=_lengths_by_end(suffixes),
        after=re.compile(alternation(list(after_bounds))),
        after_bounds=after_bounds,
        verbs=re.compile(alternation([*keep, *cues.get("verb_strong", ()), *cues.get("verb_drop", ())])),
        strong_verbs=re.compile(alternation([*cues.get("verb_strong", ()), *cues.get("verb_drop", ())])),
        keep_verbs=keep | frozenset(cues.get("verb_strong", ())),
        whole_verbs=frozenset(cues.get("verb_alone", ())),
        # 开工率 and 达标率 are nouns
        # 志愿者线上线下接力: no 上线
        predicate=re.compile(rf"(?!上线下)(?:{alternation(cues['predicate'])})(?![率量额数])"),
        attributes=frozenset(cues.get("attribute", ())),
        state=re.compile(alternation(cues["state"])),
        head_noun=re.compile(rf"(?:{alternation(cues['head_noun'])})$"),
        bare_number_noun=re.compile(rf"(?:{alternation(cues['bare_number_noun'])})$", re.IGNORECASE),
        place=_place_pattern(cues),
        general_nouns=frozenset(cues["counted_in_general"]),
        prepositions=frozenset(cues["preposition"]),
        needs_owner=frozenset(cues["needs_owner"]),
        place_common=frozenset(cues["place_common"]),
        place_alone=frozenset(cues["place_alone"]),
        place_opens=cues["place_opens"],
        names_opening=re.compile(alternation(cues["place_opens"])),
        place_verbs=frozenset(cues["place_verb"]),
        lead=re.compile(f"(?:{_LEAD_SHAPES}|{_conditional(cues['lead'])})+"),
        not_place=re.compile(rf"[一二三四五六七八九十]+个|{_conditional(cues['not_place'])}"),
        # 完成率, 投资额: a suffix makes the verb a noun
        no_object=re.compile(
            rf"[率额量数度值面者于性比力园区站](?:$|[达为等、和])|{_conditional(cues['no_object'])}"
        ),
        modifier=re.compile(rf"(?:{alternation(cues['modifier'])}|[省市区县国乡镇村]{{1,3}})级?$"),
        agent_never=frozenset(cues["agent_never"]),
        nominal_verbs=cues["verb_nominal"],
        two_in_one=tuple(_two_in_one(word) for word in cues["two_in_one"]),
        lent_nouns=cues["lent_noun"],
        tails=_tails(seeds.indicators),
        codes=_codes(seeds.indicators),
        indicators={indicator.code: indicator for indicator in seeds.indicators},
    )


def _suffixes(cues: Cues) -> dict[str, Suffix]:
    """A word of two kinds (超过, 提高) keeps the first: bounds before links before measures."""
    suffixes: dict[str, Suffix] = {}
    for kind in SUFFIX_KINDS:
        for word in cues.get(kind, ()):
            suffixes.setdefault(word, Suffix(kind, word))
    return suffixes


def _after_bounds(cues: Cues) -> dict[str, str]:
    """Bounds written behind a number; 余 and 多 are read with its unit."""
    return {
        word: kind.removesuffix("_after")
        for kind in ("at_least_after", "at_most_after", "approx_after")
        for word in cues.get(kind, ())
        if word not in ("余", "多")
    }


def _codes(indicators: Iterable[Indicator]) -> dict[str, str]:
    """Code of each name as the catalogue compares them; of two indicators of one name the first keeps it."""
    codes: dict[str, str] = {}
    for indicator in indicators:
        for name in (indicator.name_zh, *indicator.aliases):
            codes.setdefault(comparable(name), indicator.code)
    return codes


def _tails(indicators: Iterable[Indicator]) -> frozenset[str]:
    """How names of the catalogue end, two characters at least standing before: 种植面积 of 粮食种植面积."""
    names = {name for indicator in indicators for name in (indicator.name_zh, *indicator.aliases)}
    return frozenset(name[cut:] for name in names for cut in range(2, len(name) - 1))


def _unit_pattern(units: dict[str, Unit]) -> re.Pattern[str]:
    """What may follow the digits: 余/多, a scale, 余/多, a unit, and what it is per (1400万吨/年)."""
    # the 人 of 人民 and 人才 counts nothing, nor does the 台 of 台阶
    spellings = alternation([unit for unit in units if unit not in ("人", "台")]) + "|人(?![民才])|台(?!阶)"
    return re.compile(
        rf"(?P<few>[余多])?(?P<scale>{_ALTERNATION_OF_SCALES})?(?P<some>[余多])?(?P<unit>{spellings})?"
        r"(?P<per>/(?:年|日|天|月|小时|人|亩|吨|千克|公斤|立方米|平方公里|千人|万人|公里|百亿元|亿元|万元))?"
    )


def _place_pattern(cues: Cues) -> re.Pattern[str]:
    """A part or other place at the front of a phrase, by how such names end."""
    return re.compile(
        r"(?P<place>[一二三四五六七八九十]+大(?:攻坚)?(?:兵团|产业平台|平台|园区|国有集团|集团|开发区|组团)"
        rf"|(?:[\u4e00-\u9fff]{{2,8}}\([\u4e00-\u9fff]{{2,4}}\))?[\u4e00-\u9fff]{{2,10}}?(?:{alternation(cues['place_end'])})"
        rf"|[\u4e00-\u9fff]{{2,10}}(?:{alternation(cues['place_end_short'])})(?<!下乡)(?![级化居村街域区长政口澳币元股生])"
        rf"|(?:{alternation(cues['place_name'])}))"
    )


def _two_in_one(word: str) -> tuple[str, str, str]:
    """``城乡=城镇/农村`` → (城乡, 城镇, 农村)."""
    joint, _, parts = word.partition("=")
    first, _, second = parts.partition("/")
    return joint, first, second
