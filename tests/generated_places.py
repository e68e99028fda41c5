"""Which districts stand in for those of the samples, and which divisions the small reports are of."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

import opencc

from seeds.load import load_seeds
from transforms.normalise import normalise
from transforms.types import Region

FIRST_YEAR, LAST_YEAR = 2006, 2024


class Place(NamedTuple):
    """A district with its city and province, of which names have two characters and one that says what it is."""

    district: Region
    city: Region
    province: Region

    @property
    def names(self) -> tuple[str, str, str]:
        """Without the last character."""
        return self.district.short_name, self.city.short_name, self.province.short_name

    def is_in_force(self, year: int) -> bool:
        """In that year and in those beside it, which a report names too."""
        return all((part.valid_from or 0) < year and year + 1 < (part.valid_to or 9999) for part in self)


@lru_cache(maxsize=1)
def all_places() -> list[Place]:
    """Every district of a city of a province with names of that form, a span of years each."""
    spans: dict[str | None, list[Region]] = defaultdict(list)
    for region in load_seeds().regions:
        spans[region.code].append(region)

    def fits(region: Region, last: str) -> bool:
        return len(region.name) == 3 and region.name == region.short_name + last

    return [
        Place(district, city, province)
        for district in load_seeds().regions
        if district.level == "county" and fits(district, "区")
        for city in spans[district.parent_code]
        if fits(city, "市")
        for province in spans[city.parent_code]
        if fits(province, "省")
    ]


@lru_cache
def plain_places(told: str) -> list[Place]:
    """Those whose names cannot be taken for anything else: borne by no other, and nowhere in the text ``told``.

    Nor may the text be taken to speak of another district of the province: where it speaks of the 运河, 河北 is left
    out, which has a 运河区, and always 白银市, which has a 白银区. They come in no order of their own, so that a few
    are already of many provinces.
    """
    names, shorts = _codes_by("name"), _codes_by("short_name")
    spoken_of = {
        region.code[:2]
        for region in load_seeds().regions
        if region.name == region.short_name + "区"
        and (region.valid_to or LAST_YEAR) >= FIRST_YEAR
        and told.count(region.short_name) > 1
    }
    plain = [
        place
        for place in all_places()
        if len(names[place.district.name]) == len(shorts[place.district.short_name]) == 1
        and place.district.short_name not in told
        and place.city.short_name not in told
        and place.city.short_name + "区" not in names
        and place.district.code[:2] not in spoken_of
    ]
    return sorted(plain, key=lambda place: hashlib.sha256(place.district.code.encode()).digest())


@lru_cache
def _codes_by(field: str) -> dict[str, set[str]]:
    codes: dict[str, set[str]] = defaultdict(set)
    for region in load_seeds().regions:
        codes[getattr(region, field)].add(region.code)
    return codes


@lru_cache(maxsize=1)
def traditional() -> dict[str, str]:
    """Names of all places in traditional characters, those left out that would not be read as what they were."""
    names = sorted({name for place in all_places() for name in place.names})
    written = opencc.OpenCC("s2t").convert("\n".join(names)).split("\n")
    pairs = zip(names, written, strict=True)
    return {name: form for name, form in pairs if len(form) == 2 and normalise(form).text == name}


@lru_cache(maxsize=1)
def divisions() -> tuple[str, ...]:
    """Districts and counties in force in all the years, behind the name of what they belong to."""
    regions = {region.code: region for region in load_seeds().regions if region.valid_to is None}
    return tuple(
        regions[region.parent_code or ""].name + region.name
        for region in regions.values()
        if region.level == "county" and (region.valid_from or 0) < FIRST_YEAR
    )
