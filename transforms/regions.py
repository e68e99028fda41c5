"""Divisions of GB/T 2260 by name: which one a text means, given the year and the other places it mentions.

Many names are shared (鼓楼区, 朝阳区, 西湖区): one is only answered when the mention of a parent settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from transforms.types import Region

_LAST_CHARACTERS: Final = frozenset("省市区县州旗盟国")
_LONGEST: Final = 15
# Short names that are words of every report: a text full of them is not about 资源县 or 新建区
_WORD: Final = re.compile(
    "万全|上高|东区|东方|东至|乐业|乐安|互助|保康|光明|公安|共和|兴业|凤凰|前进|动力|"
    "北区|南区|南部|友好|友谊|同心|向阳|和安|和平|和政|城东|城中|城北|城南|城西|复兴|"
    "大关|大城|大新|太平|安宁|安定|富民|富裕|工农|市中|平原|平和|平安|广宁|延长|惠民|"
    "成安|振兴|政和|新兴|新区|新华|新和|新建|方正|民丰|民和|永和|永安|永福|海港|港口|"
    "红旗|西区|解放|资源|运河|通城|通道|郊区|长乐|长安|长寿|青山"
)
# Names that are also common nouns: 主城区, 老城区, 矿区; taken only right behind the city's own name
_COMMON_NOUNS: Final = frozenset({"城区", "郊区", "矿区", "新城区", "城中区", "市区"})
_LEVELS: Final = {"country": 0, "province": 1, "city": 2, "county": 3}


class RegionIndex:
    """Look-ups over a fixed set of regions; built once and shared.

    A code that was renamed or divided anew has a region for each span of years.
    """

    def __init__(self, regions: Sequence[Region]) -> None:
        self._spans: dict[str, list[Region]] = {}
        for region in sorted(regions, key=lambda region: region.valid_from or 0):
            self._spans.setdefault(region.code, []).append(region)
        self._by_code = {code: spans[-1] for code, spans in self._spans.items()}
        self._by_name: dict[str, list[Region]] = {}
        self._by_short: dict[str, list[Region]] = {}
        self._below: dict[str, list[Region]] = {}
        self._parts: dict[str | None, frozenset[str]] = {}
        self._named_by: dict[
            tuple[tuple[str, ...], int | None], tuple[re.Pattern[str], dict[str, list[tuple[int, str, str]]]]
        ] = {}
        for region in regions:
            self._by_name.setdefault(region.name, []).append(region)
            self._below.setdefault(region.parent_code or "", []).append(region)
            if region.short_name != region.name:
                self._by_short.setdefault(region.short_name, []).append(region)

    def name_of(self, code: str) -> str | None:
        """Latest name of a code, None if the code is unknown."""
        region = self._by_code.get(code)
        return region.name if region else None

    def get(self, code: str, year: int | None = None) -> Region | None:
        """The region that bore a code in that year; the latest that did if none or no year is given."""
        spans = self._spans.get(code, [])
        valid = [region for region in spans if year is not None and is_valid(region, year)]
        return (valid or spans)[-1] if spans else None

    def is_name(self, text: str) -> bool:
        """Whether a text is the full name of a region: 浙江省, 萧山区."""
        return text in self._by_name

    def is_city(self, short_name: str) -> bool:
        """Whether a city is called that: 青岛, 镇江."""
        return any(region.level == "city" for region in self._by_short.get(short_name, ()))

    def ancestors(self, region: Region) -> list[Region]:
        """Parents from the nearest up, the country left out."""
        found = []
        parent = self._by_code.get(region.parent_code or "")
        while parent is not None and parent.level != "country":
            found.append(parent)
            parent = self._by_code.get(parent.parent_code or "")
        return found

    def parts_of(self, code: str | None) -> frozenset[str]:
        """Short names of the regions within a region, at any depth; none for the country or an unknown one."""
        if code not in self._parts:
            below = self._below.get(code or "", []) if code != "100000" else []
            divided = [region.code for region in below if region.code in self._below]
            further = [name for part in divided for name in self.parts_of(part)]
            self._parts[code] = frozenset([*(region.short_name for region in below), *further])
        return self._parts[code]

    def candidates(self, name: str, year: int | None = None) -> list[Region]:
        """Every region of that full or short name; only those in force that year if there are any.

        Of one place that bore the name through several spans or codes, the span of that year or nearest to it.
        """
        found = self._by_name.get(name) or self._by_short.get(name) or []
        valid = [region for region in found if is_valid(region, year)]
        kept: list[Region] = []
        for region in sorted(valid or found, key=lambda region: _distance(region, year)):
            if not any(_is_same_place(region, other) for other in kept):
                kept.append(region)
        return kept

    def find(self, name: str, year: int | None = None, context: str = "") -> Region | None:
        """The one region of that name; a shared one is settled by the parents ``context`` names, or None."""
        return self._settle(self.candidates(name, year), context)

    def find_lowest(self, text: str, year: int | None = None, context: str = "") -> Region | None:
        """The most particular region a short text names in full: 杭州市萧山区人民政府 → 萧山区.

        ``context`` helps with shared names; the text itself comes first.
        """
        best: Region | None = None
        for name in self.full_names_in(text):
            found = self.candidates(name, year)
            region = self._settle(found, text) or self._settle(found, context)
            if region and (best is None or _LEVELS[region.level] > _LEVELS[best.level]):
                best = region
        return best

    def full_names_in(self, text: str) -> list[str]:
        """Full names of regions in reading order, the longest at each place: 内蒙古自治区 and no 治区."""
        names = []
        start = 0
        for end in range(1, len(text) + 1):
            if text[end - 1] not in _LAST_CHARACTERS:
                continue
            for at in range(max(start, end - _LONGEST), end - 1):
                name = text[at:end]
                if name in self._by_name and (name not in _COMMON_NOUNS or text[at - 1 : at] == "市"):
                    names.append(name)
                    start = end
                    break
        return names

    def is_word(self, region: Region) -> bool:
        """Whether the short name of a region is a common word too: 新建, 资源, 平安."""
        return _WORD.fullmatch(region.short_name) is not None

    def count_mentions(
        self,
        text: str,
        suffixes: Iterable[str] = ("省", "市", "区", "县", "州", "旗"),
        year: int | None = None,
    ) -> dict[str, int]:
        """Mentions of each region by the name of that year, full or short; only names that end in a suffix.

        Keyed by code. A short name counts wherever it stands, so 「健康拱墅」 counts for 拱墅区 (330105). 城区 does
        not: some are called that, and every report speaks of its own.
        """
        opening, named = self._named(tuple(suffixes), year)
        starts = [match.start() for match in opening.finditer(text)]
        pairs = {text[at : at + 2] for at in starts}
        counts: dict[str, int] = {}
        for _, short_name, code in sorted(found for pair in pairs & named.keys() for found in named[pair]):
            number = text.count(short_name)
            if number:
                counts[code] = number
        return counts

    def _named(
        self, endings: tuple[str, ...], year: int | None
    ) -> tuple[re.Pattern[str], dict[str, list[tuple[int, str, str]]]]:
        """What finds where a short name of a region of that year whose name ends so may begin, and by its first two
        characters: place in the catalogue, short name and code of each. Texts are many and years are few."""
        known = self._named_by.get((endings, year))
        if known is None:
            named: dict[str, list[tuple[int, str, str]]] = {}
            for place, code in enumerate(self._spans):
                region = self.get(code, year)
                if region and region.name.endswith(endings) and region.name not in _COMMON_NOUNS:
                    entry = place, region.short_name, region.code
                    named.setdefault(region.short_name[:2], []).append(entry)
            known = self._named_by[endings, year] = _opening_of(named), named
        return known

    def _settle(self, found: list[Region], context: str) -> Region | None:
        if len(found) <= 1:
            return found[0] if found else None
        highest = min(_LEVELS[region.level] for region in found)
        if sum(_LEVELS[region.level] == highest for region in found) == 1 and highest < _LEVELS["county"]:
            # 吉林 the province before 吉林 the city, when nothing is said
            return next(region for region in found if _LEVELS[region.level] == highest)
        scores = [
            sum(context.count(parent.short_name) for parent in self.ancestors(region)) for region in found
        ]
        best = max(scores)
        return found[scores.index(best)] if best and scores.count(best) == 1 else None


def _opening_of(pairs: Iterable[str]) -> re.Pattern[str]:
    """Finds a first character of some pair before a second one of some pair: a sieve, as names overlap (萧山东)."""
    firsts, seconds = (
        re.escape("".join(sorted({pair[at] for pair in pairs if len(pair) == 2}))) or "\0" for at in (0, 1)
    )
    return re.compile(f"[{firsts}](?=[{seconds}])")


def _distance(region: Region, year: int | None) -> tuple[int, int]:
    """How far from a year a region was in force; of two that were, the later span comes first."""
    first, last = region.valid_from or 0, region.valid_to or 9999
    at = 9999 if year is None else year
    return max(first - at, at - last, 0), -first


def _is_same_place(region: Region, other: Region) -> bool:
    """Whether one is the other under an earlier or later span: same name and province, never both at a time."""
    if region.name != other.name or region.code[:2] != other.code[:2]:
        return False
    spans = [(each.valid_from or 0, each.valid_to or 9999) for each in (region, other)]
    return spans[0][1] <= spans[1][0] or spans[1][1] <= spans[0][0]


def is_valid(region: Region, year: int | None) -> bool:
    """Whether the region existed in that year (its first and last years included); any year if None."""
    if year is None:
        return region.valid_to is None
    return (region.valid_from or 0) <= year <= (region.valid_to or 9999)
