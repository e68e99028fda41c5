"""Reports made of the samples, as many as asked for, each of another district and year; what they say is known.

    python tests/generated.py FOLDER COUNT [--first N] [--small]

A generated report keeps the length of its sample, so every number stays where it was. Changed are

- the digits of the numbers that state something: as many as before, the first one kept (a decimal part or a magnitude
  that no report has would test nothing), a single one becomes any from 1 to 9. Ranks, ratios, ends of ranges, 100 %
  and numbers in Chinese numerals stay: another value would be another reading;
- the names of the district, its city and its province (浙江制造 stays: it is the name of a standard);
- the years, all by as many, and a five-year plan with them; years beyond the planned one (2035年远景目标) are names
  and stay; the number in the index number.

Nothing is drawn: the digits are a hash of the report's number, so the same number is the same report everywhere. The
truth of a report is what its sample says, changed in the same way (``truths``).
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from generated_places import FIRST_YEAR, LAST_YEAR, Place, all_places, divisions, plain_places, traditional

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.types import Observation, RawDocument, Report

SAMPLES = sorted((Path(__file__).parent.parent / "seeds" / "reports").glob("*.txt"))
# of 25 reports so many are made of each sample: 6,100 characters on average, a seventh of them traditional
MIX = (7, 7, 2, 8, 1)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_INDEX = re.compile(r"(?<=H001/\d{4}-)\d{5}")
_PLAN = re.compile("十[一二三四五]五(?=”)")
_NOT_NAMED = "(?!制造)"
_ANY = bytes(ord("0") + value % 10 for value in range(256))
_NOT_ZERO = bytes(ord("1") + value % 9 for value in range(256))
_PARTS = ("上半年", "前三季度", "第一季度", "全年")


class Truth(NamedTuple):
    """What a report says by one number."""

    source_name: str
    char_start: int
    char_end: int
    value: float
    unit: str
    indicator: str
    indicator_code: str | None
    measure: str
    status: str
    bound: str
    period: str
    scope: str
    region_code: str | None


class Generated(NamedTuple):
    """A report, the sample it was made of, and what was changed in it."""

    number: int
    source_name: str
    text: str
    sample: int
    place: Place
    shift: int


@dataclass(frozen=True)
class Sample:
    """A sample as a form to fill in: ``parts`` joined are its text, those that ``slots`` number are replaced.

    A slot is the number of a part, its kind, and what the kind needs to know.
    """

    report: Report
    place: Place
    traditional: bool
    parts: tuple[str, ...]
    slots: tuple[tuple[int, str, int], ...]
    digits: int

    @property
    def year(self) -> int:
        """The year it looks back on."""
        return int((self.report.document.meta.period or "")[:4])


def sample_of(number: int) -> tuple[int, int]:
    """The sample a report is made of, and how many before it were made of the same."""
    rounds, rest = divmod(number, sum(MIX))
    order = _order()
    return order[rest], rounds * MIX[order[rest]] + order[:rest].count(order[rest])


@lru_cache(maxsize=1)
def _order() -> tuple[int, ...]:
    """Which sample each report of a round is made of: each spread evenly over the round."""
    places = [((at + 0.5) / count, sample) for sample, count in enumerate(MIX) for at in range(count)]
    return tuple(sample for _, sample in sorted(places))


def generate(number: int) -> Generated:
    """The report of that number. ValueError where there are not as many districts and years."""
    at, before = sample_of(number)
    sample, fillings = samples()[at], _fillings(at)
    if before >= len(fillings):
        raise ValueError(f"no district and year left for report {number}")
    place, shift = fillings[before]
    text = _fill(sample, number, place, shift)
    return Generated(number, f"{number:06}.txt", text, at, place, shift)


def truths(report: Generated) -> list[Truth]:
    """What the report says, number by number in the order of the text."""
    sample = samples()[report.sample]
    codes = {old.code: new.code for old, new in zip(sample.place, report.place, strict=True)}
    return [_truth(told, report, sample, codes) for told in sample.report.observations]


def _truth(told: Observation, report: Generated, sample: Sample, codes: dict[str, str]) -> Truth:
    written = report.text[told.char_start : told.char_end]
    value = float(Decimal(written).copy_sign(told.value)) if _PLAIN.fullmatch(written) else float(told.value)
    return Truth(
        report.source_name,
        told.char_start,
        told.char_end,
        value,
        told.unit,
        _change_phrase(told.indicator, sample, report),
        told.indicator_code,
        told.measure,
        told.status,
        told.bound,
        re.sub(r"\d{4}", lambda year: str(int(year[0]) + report.shift), told.period),
        _change_phrase(told.scope, sample, report),
        codes.get(told.region_code or "", told.region_code),
    )


def _change_phrase(phrase: str, sample: Sample, report: Generated) -> str:
    """A phrase of the sample as the report has it."""
    if match := _YEAR.search(phrase):
        phrase = phrase.replace(match[0], str(int(match[0]) + report.shift))
    for old, new in zip(sample.place.names, report.place.names, strict=True):
        phrase = re.sub(old + _NOT_NAMED, new, phrase)
    return phrase


def truth_tables(numbers: Iterable[int]) -> Iterator[pa.Table]:
    """What the reports of these numbers say, as tables with the columns of ``Truth``."""
    kept: list[Truth] = []
    for number in numbers:
        kept += truths(generate(number))
        if len(kept) > 100_000:
            yield _table(kept)
            kept = []
    if kept:
        yield _table(kept)


def _table(rows: Sequence[Truth]) -> pa.Table:
    kinds = {"char_start": pa.int64(), "char_end": pa.int64(), "value": pa.float64()}
    columns = zip(Truth._fields, zip(*rows, strict=True), strict=True)
    return pa.table({name: pa.array(column, kinds.get(name, pa.string())) for name, column in columns})


def write_reports(folder: Path, numbers: Iterable[int]) -> int:
    """Write the reports of these numbers as files; gives their characters."""
    folder.mkdir(parents=True, exist_ok=True)
    characters = 0
    for number in numbers:
        report = generate(number)
        (folder / report.source_name).write_bytes(report.text.encode())
        characters += len(report.text)
    return characters


def write_small(folder: Path, count: int) -> int:
    """Write as many reports of three sentences, each of another division or period; gives their characters."""
    characters = 0
    for number in range(count):
        part = folder / f"{number // 1000:03}"
        if number % 1000 == 0:
            part.mkdir(parents=True, exist_ok=True)
        text = small_text(number)
        (part / f"{number:06}.txt").write_bytes(text.encode())
        characters += len(text)
    return characters


def small_text(number: int) -> str:
    """A report of three sentences: of so many years, each period of each in turn, all divisions."""
    past, at = divmod(number, len(divisions()))
    year, part = LAST_YEAR - past // len(_PARTS), _PARTS[past % len(_PARTS)]
    if year < FIRST_YEAR:
        raise ValueError(f"no division and period left for report {number}")
    name = divisions()[at]
    digits = hashlib.shake_256(f"small {number}".encode()).digest(8).translate(_NOT_ZERO).decode()
    return (
        f"{year}年{part}{name}政府绩效执行情况\n\n"
        f"{year}年{part},{name}实现财政总收入{digits[:2]}.{digits[2]}亿元,同比增长{digits[3]}.{digits[4]}%。"
        f"固定资产投资增长{digits[5]}.{digits[6]}%。新增国家级高新技术企业{digits[7]}家。\n"
    )


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """The samples as forms, in the order of ``MIX``."""
    lexicon = build_lexicon(load_seeds())
    found = []
    for path in SAMPLES:
        payload = path.read_bytes()
        raw = RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload)
        found.append(_form(read_report(raw, lexicon)))
    return tuple(found)


def _form(report: Report) -> Sample:
    meta, text = report.document.meta, report.document.source.text
    year = int((meta.period or "")[:4])
    place = next(place for place in all_places() if place.district.code == meta.region_code)
    digits = 0
    cuts: list[tuple[int, int, str, int]] = []
    for told in report.observations:
        for start, end, kind in _free_digits(told, text):
            cuts.append((start, end, kind, digits))
            digits += end - start
    stated = {at for told in report.observations for at in range(told.char_start, told.char_end)}
    cuts += [
        (*match.span(), "year", int(match[0]))
        for match in _YEAR.finditer(text)
        if match.start() not in stated and int(match[0]) <= year + 1
    ]
    for match in _INDEX.finditer(text):
        cuts.append((*match.span(), "digits", digits))
        digits += 5
    cuts += [
        (*match.span(), "plan", 10 + "一二三四五".index(match[0][1]) + 1) for match in _PLAN.finditer(text)
    ]
    for at, name in enumerate(place.names):
        cuts += [(*match.span(), "name", at) for match in re.finditer(name + _NOT_NAMED, text)]
    parts, slots = _cut(text, sorted(set(cuts)))
    return Sample(report, place, "區" in text, parts, slots, digits)


def _cut(
    text: str, cuts: list[tuple[int, int, str, int]]
) -> tuple[tuple[str, ...], tuple[tuple[int, str, int], ...]]:
    parts, slots, at = [], [], 0
    for start, end, kind, needed in cuts:
        if start < at:
            raise ValueError(f"two changes of {text[start:end]}")
        parts += [text[at:start], text[start:end]]
        slots.append((len(parts) - 1, kind, needed))
        at = end
    return (*parts, text[at:]), tuple(slots)


def _free_digits(told: Observation, text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of a number's digits that may be any (``digits``), or any but 0 (``digit``)."""
    start, end = told.char_start, told.char_end
    written = text[start:end]
    fixed = told.measure == "rank" or told.unit == "" or told.range_id is not None or written == "100"
    if fixed or not _PLAIN.fullmatch(written):
        return
    if len(written) == 1:
        if written != "0":
            yield start, end, "digit"
        return
    whole, _, decimals = written.partition(".")
    if decimals:
        if len(whole) > 1:
            yield start + 1, start + len(whole), "digits"
        if len(decimals) > 1:
            yield end - len(decimals), end - 1, "digits"
    elif len(whole) > 2:
        yield start + 1, end - 1, "digits"
    yield end - 1, end, "digit"


def _fill(sample: Sample, number: int, place: Place, shift: int) -> str:
    parts = list(sample.parts)
    stream = hashlib.shake_256(f"report {number}".encode()).digest(sample.digits)
    any_digit, not_zero = stream.translate(_ANY).decode(), stream.translate(_NOT_ZERO).decode()
    names = [traditional()[name] for name in place.names] if sample.traditional else place.names
    later = (sample.year + shift - 1) // 5 - (sample.year - 1) // 5
    for at, kind, needed in sample.slots:
        if kind == "digits":
            parts[at] = any_digit[needed : needed + len(parts[at])]
        elif kind == "digit":
            parts[at] = not_zero[needed]
        elif kind == "name":
            parts[at] = names[needed]
        elif kind == "year":
            parts[at] = str(needed + shift)
        else:
            parts[at] = f"十{'一二三四五'[needed + later - 11]}五"
    return "".join(parts)


@lru_cache(maxsize=len(MIX))
def _fillings(at: int) -> list[tuple[Place, int]]:
    """The districts and shifts of years for a sample: the latest year first, all districts of the time in each."""
    sample = samples()[at]
    places = plain_places(sample.report.document.normal.text)
    if sample.traditional:
        places = [place for place in places if all(name in traditional() for name in place.names)]
    return [
        (place, year - sample.year)
        for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)
        for place in places
        if place.is_in_force(year)
    ]


def main() -> None:
    """Write reports into a folder."""
    parser = argparse.ArgumentParser(description="reports made of the samples")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if given.small:
        write_small(given.folder, given.count)
    else:
        write_reports(given.folder, range(given.first, given.first + given.count))


if __name__ == "__main__":
    main()
