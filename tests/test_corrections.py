"""A person's word on a reading: applied on every load, refused aloud where it does not fit, felt by the next run."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from runs import GOOD, ROOT, Forker, relations, zhengbao

from flows.fetch import Found, raw_path, store_raw
from flows.output import PlainNarrator
from flows.steps import Fetched, can_be_read_again, fetch_again
from seeds.load import check_seeds, load_seeds
from transforms.errors import CorrectionFailed
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import effective_rules_version, read_report
from transforms.types import Correction, Observation, RawDocument, Report, Seeds, Unit
from warehouse.types import Outdated

HEADER = "report_id,char_start,char_end,field,expected,corrected,action,reason,author,date"
ID = hashlib.sha256(GOOD.encode()).hexdigest()
STAGES = ("启动", "查找 / ", "读取 / ", "检查 / ", "入库 / ", "发布 / ")
GDP = (GOOD.index("1647.1"), GOOD.index("1647.1") + 6)


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds()


@pytest.fixture(scope="module")
def lexicon(seeds: Seeds) -> Lexicon:
    return build_lexicon(seeds)


def correction(field: Any, corrected: str = "", expected: str = "", **changes: Any) -> Correction:
    """A correction of the GDP figure of GOOD."""
    action = "drop" if field == "*" else "override"
    day = date(2026, 1, 31)
    base = Correction(2, ID, *GDP, field, expected, corrected, action, "印刷错误", "王", day)  # type: ignore[arg-type]
    return replace(base, **changes)


def read(lexicon: Lexicon, *rows: Correction, text: str = GOOD) -> Report:
    raw = RawDocument(hashlib.sha256(text.encode()).hexdigest(), "好.txt", text.encode())
    return read_report(raw, replace(lexicon, seeds=replace(lexicon.seeds, corrections=rows)))


def at(report: Report, span: tuple[int, int] = GDP) -> Observation:
    (found,) = (o for o in report.observations if (o.char_start, o.char_end) == span)
    return found


def shown(value: object) -> str | None:
    return None if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("value", "1674.1", "1647.10")], {"value": "1674.1", "value_base": "167410000000"}),
        ([("unit", "万元", "亿元")], {"unit": "万元", "value_base": "16471000", "unit_base": "元"}),
        (
            [("value", "3"), ("unit", "个")],
            {"value": "3", "unit": "个", "value_base": "3", "unit_base": "个"},
        ),
        ([("value", "-7"), ("unit", "")], {"value": "-7", "unit": "", "value_base": "-7", "unit_base": ""}),
        ([("indicator", "财政总收入")], {"indicator": "财政总收入", "indicator_code": "fiscal_revenue"}),
        ([("indicator", "怪事")], {"indicator": "怪事", "indicator_code": None}),
        ([("indicator", "怪事"), ("indicator_code", "gdp")], {"indicator": "怪事"}),
        ([("indicator_code", "", "gdp")], {"indicator_code": None}),
        ([("measure", "growth", "level")], {"measure": "growth"}),
        ([("status", "estimate", "actual")], {"status": "estimate"}),
        ([("bound", "approx", "exact")], {"bound": "approx"}),
        ([("scope", "古荡街道")], {"scope": "古荡街道"}),
        (
            [("period", "2019H1/2019-11")],
            {"period": "2019H1/2019-11", "period_start": "2019-01-01", "period_end": "2019-11-30"},
        ),
    ],
)
def test_a_field_is_corrected_and_what_follows_from_it_follows(
    lexicon: Lexicon, rows: list[tuple[str, ...]], expected: dict[str, str | None]
) -> None:
    plain = read(lexicon)
    report = read(lexicon, *(correction(*row) for row in rows))
    before, after = at(plain), at(report)
    changed = {name: getattr(after, name) for name in expected}
    assert {name: shown(value) for name, value in changed.items()} == expected
    follows = {"period_basis": "written"} if "period" in expected else {}
    assert after == before._replace(**changed, **follows, rule_ids=(*before.rule_ids, "correction"))
    assert [o for o in report.observations if o != after] == [o for o in plain.observations if o != before]
    assert replace(report, observations=()) == replace(plain, observations=())


def test_an_implied_period_becomes_a_written_one(lexicon: Lexicon) -> None:
    target = next(o for o in read(lexicon).observations if o.period_basis == "implied")
    row = correction("period", "2022", target.period, char_start=target.char_start, char_end=target.char_end)
    corrected = at(read(lexicon, row), (target.char_start, target.char_end))
    assert (corrected.period_basis, corrected.period_end) == ("written", date(2022, 12, 31))


def test_a_drop_takes_the_reading_away_and_leaves_the_number_explained(lexicon: Lexicon) -> None:
    plain = read(lexicon)
    for guard in ("", "1647.1"):
        report = read(lexicon, correction("*", "", guard))
        assert report == replace(plain, observations=tuple(o for o in plain.observations if o != at(plain)))


def test_guards_look_at_what_is_read_whatever_the_order(lexicon: Lexicon) -> None:
    rows = [correction("value", "3", "1647.1"), correction("unit", "个", "亿元"), correction("scope", "全市")]
    reports = [read(lexicon, *order) for order in permutations(rows)]
    assert all(report == reports[0] for report in reports)


def test_a_value_of_an_unknown_unit_stays_without_a_base(lexicon: Lexicon) -> None:
    poorer = replace(lexicon, units={}, _resolved={})
    corrected = at(read(poorer, correction("value", "3")))
    assert (corrected.value, corrected.value_base, corrected.unit_base) == (Decimal(3), None, None)


def test_corrections_of_other_reports_are_left_alone(lexicon: Lexicon) -> None:
    assert read(lexicon, correction("value", "3", "4", report_id="0" * 64)) == read(lexicon)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (correction("value", "3", "1647.2"), "value is read as 1647.1, not 1647.2"),
        (correction("*", "", "2"), "value is read as 1647.1, not 2"),
        (correction("scope", "全市", "全国"), "scope is read as '', not 全国"),
        (correction("unit", "亿园"), "unit 亿园 is not in units.csv"),
        (
            correction("value", "3", char_start=GDP[0] + 1),
            f"the reading there is {GDP[0]}-{GDP[1]} 1647.1亿元",
        ),
        (correction("value", "3", char_start=0, char_end=4), "nothing is read there, the text is '2021'"),
        (correction("*", char_start=9000, char_end=9004), "nothing is read there, the text is ''"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(lexicon: Lexicon, row: Correction, told: str) -> None:
    with pytest.raises(CorrectionFailed) as caught:
        read(lexicon, correction("bound", "approx"), replace(row, line=7))
    error = caught.value
    assert (error.report_id, error.span) == (ID, (row.char_start, row.char_end))
    assert error.reason.endswith(told)
    assert "corrections.csv:7: 好.txt" in error.message
    assert error.message.endswith(error.reason)
    assert "\n" not in error.message


def test_the_rules_version_follows_the_seeds_that_move_figures(seeds: Seeds) -> None:
    row = correction("value", "3")
    with_row = replace(seeds, corrections=(row,))
    changed = [
        seeds,
        with_row,
        replace(seeds, corrections=(replace(row, corrected="4"),)),
        replace(seeds, corrections=(replace(row, expected="1647.1"),)),
        replace(seeds, regions=seeds.regions[:-1]),
        replace(seeds, units=(*seeds.units, Unit("怪", "怪", "count", Decimal(1)))),
        replace(seeds, indicators=seeds.indicators[1:]),
        replace(seeds, indicators=(replace(seeds.indicators[0], aliases=()), *seeds.indicators[1:])),
        replace(seeds, cues={kind: words[::-1] for kind, words in seeds.cues.items()}),
    ]
    assert len({effective_rules_version(item) for item in changed}) == len(changed)
    same = replace(row, line=9, reason="别的", author="李", date=date(2027, 1, 1))
    assert effective_rules_version(replace(seeds, corrections=(same,))) == effective_rules_version(with_row)
    assert effective_rules_version(load_seeds()) == effective_rules_version(seeds)


# --- the CSV


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (ROOT / "seeds").glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def write(folder: Path, *rows: str) -> None:
    (folder / "corrections.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


def test_rows_arrive_typed(folder: Path) -> None:
    write(folder, f"{ID},{GDP[0]},{GDP[1]},value,1647.1,1674.1,override,印刷错误,王,2026-01-31")
    assert load_seeds(folder).corrections == (correction("value", "1674.1", "1647.1"),)
    write(
        folder, f"{ID},1,2,unit,个,,override,没有单位,王,2026-01-31", f"{ID},3,4,*,,,drop,序号,王,2026-01-31"
    )
    assert [row.action for row in load_seeds(folder).corrections] == ["override", "drop"]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (f"{ID[:-1]},1,2,value,,3,override,r,a,2026-01-31", "report_id"),
        (f"{ID.upper()},1,2,value,,3,override,r,a,2026-01-31", "report_id"),
        (f"{ID},-1,2,value,,3,override,r,a,2026-01-31", "char_start"),
        (f"{ID},2,2,value,,3,override,r,a,2026-01-31", "char_end"),
        (f"{ID},1,2,quote,,3,override,r,a,2026-01-31", "field"),
        (f"{ID},1,2,value,,三,override,r,a,2026-01-31", "value"),
        (f"{ID},1,2,value,,1_0,override,r,a,2026-01-31", "value"),
        (f"{ID},1,2,value,x,3,override,r,a,2026-01-31", "expected"),
        (f"{ID},1,2,value,,,override,r,a,2026-01-31", "empty"),
        (f"{ID},1,2,value,3,3,override,r,a,2026-01-31", "nothing is corrected"),
        (f"{ID},1,2,indicator_code,,no_such,override,r,a,2026-01-31", "indicator_code"),
        (f"{ID},1,2,measure,,size,override,r,a,2026-01-31", "measure"),
        (f"{ID},1,2,status,,planned,override,r,a,2026-01-31", "status"),
        (f"{ID},1,2,bound,,about,override,r,a,2026-01-31", "bound"),
        (f"{ID},1,2,period,,2022-13,override,r,a,2026-01-31", "period"),
        (f"{ID},1,2,period,,2022-02-30,override,r,a,2026-01-31", "period"),
        (f"{ID},1,2,period,,2022/2021,override,r,a,2026-01-31", "period"),
        (f"{ID},1,2,period,,２０２２,override,r,a,2026-01-31", "period"),
        (f"{ID},1,2,*,,,override,r,a,2026-01-31", "drop"),
        (f"{ID},1,2,value,,3,drop,r,a,2026-01-31", "drop"),
        (f"{ID},1,2,*,,3,drop,r,a,2026-01-31", "corrected"),
        (f"{ID},1,2,value,,3,change,r,a,2026-01-31", "action"),
        (f"{ID},1,2,value,,3,override,,a,2026-01-31", "reason"),
        (f"{ID},1,2,value,,3,override,r,,2026-01-31", "author"),
        (f"{ID},1,2,value,,3,override,r,a,2026-02-30", "date"),
        (f"{ID},1,2,value,,3,override,r,a,20260131", "date"),
        (f"{ID},5,6,value,,4,override,again,a,2026-01-31", "line 2"),
        (f"{ID},5,6,*,,,drop,both,a,2026-01-31", "dropped"),
    ],
)
def test_faulty_rows_are_named_by_line(folder: Path, row: str, named: str) -> None:
    write(folder, f"{ID},5,6,value,,3,override,r,a,2026-01-31", row)
    problems = check_seeds(folder)
    assert len(problems) == 1, problems
    assert problems[0].startswith("corrections.csv:3: ")
    assert named in problems[0]


# --- what was kept of reports that are gone


def test_only_whole_bytes_are_read_again(tmp_path: Path) -> None:
    payloads = {name: name.encode() for name in ("kept.txt", "here.txt", "gone.txt", "rotten.txt")}
    ids = {name: hashlib.sha256(payload).hexdigest() for name, payload in payloads.items()}
    stored = {name: store_raw(tmp_path, Found(ids[name], name, payloads[name])) for name in payloads}
    raw_path(tmp_path, ids["gone.txt"]).unlink()
    raw_path(tmp_path, ids["rotten.txt"]).write_bytes(b"rotten")
    outdated = [Outdated(ids[name], name, loaded=True) for name in payloads]
    outdated.append(Outdated("f" * 64, "broken.zip", loaded=False))
    told = io.StringIO()
    fetched = fetch_again(tmp_path, outdated, Fetched((stored["here.txt"],), (), 1), PlainNarrator(told))
    assert fetched == Fetched((stored["here.txt"], stored["kept.txt"]), (), 2)
    assert [line.rpartition(": ")[2] for line in told.getvalue().splitlines()] == ["gone.txt", "rotten.txt"]
    assert can_be_read_again(tmp_path, outdated)
    assert not can_be_read_again(tmp_path, outdated[2:])


# --- nights


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with reference tables of its own, so that a test can edit them as a statistician does."""
    folder = tmp_path_factory.mktemp("project")
    for package in ("flows", "warehouse", "expectations", "transforms"):
        (folder / package).symlink_to(ROOT / package)
    (folder / "seeds").mkdir()
    for path in (ROOT / "seeds").iterdir():
        if path.suffix in (".py", ".csv"):
            shutil.copy(path, folder / "seeds")
    return folder


@pytest.fixture(scope="module")
def own_forker(served: dict[str, str], project: Path) -> Iterator[Forker]:
    process = Forker({**served, "PYTHONPATH": str(project)})
    yield process
    process.close()


def csv_rows(rows: list[tuple[object, ...]]) -> list[str]:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().splitlines()


def test_nights_with_corrections(
    own_forker: Forker, served: dict[str, str], project: Path, lexicon: Lexicon, tmp_path: Path
) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    landing.mkdir()
    other = GOOD.replace("西湖区", "萧山区")
    other_id = hashlib.sha256(other.encode()).hexdigest()
    (landing / "a.txt").write_bytes(GOOD.encode())
    (landing / "b.txt").write_bytes(other.encode())
    nights = 0

    def night(*rows: tuple[object, ...], strict: bool = False) -> tuple[int, str]:
        nonlocal nights
        nights += 1
        write(project / "seeds", *csv_rows([(*row, "理由", "王", "2026-01-31") for row in rows]))
        log = tmp_path / f"{nights}.log"
        options = ("--strict",) if strict else ()
        return own_forker.run(log, "run", landing, "--data", data, *options), log.read_text()

    # a report of which nothing is left is held back; a slip in report_id is told
    drops = [
        (other_id, o.char_start, o.char_end, "*", "", "", "drop")
        for o in read(lexicon, text=other).observations
    ]
    code, log = night(("0" * 64, 1, 2, "value", "", "3", "override"), *drops, strict=True)
    assert code == 3, log
    assert "corrections.csv:2\n" in log
    first = relations(data)
    assert [row[1] for row in first["reports"]] == ["a.txt"]
    assert len(os.listdir(data / "quarantine")) == 1

    # other seeds: both are read again from what was kept, though the landing folder is empty by now
    (landing / "a.txt").unlink()
    (landing / "b.txt").unlink()
    good = (ID, *GDP, "value", "1647.1", "1674.1", "override")
    code, log = night(good)
    assert code == 0, log
    second = relations(data)
    assert [row[1] for row in sorted(second["reports"], key=lambda row: row[1])] == ["a.txt", "b.txt"]
    assert os.listdir(data / "quarantine") == []
    assert [row for row in second["issues"] if True in row] == []
    (figure,) = (row for row in second["observations"] if (row[2], row[3], row[4]) == (ID, *GDP))
    assert figure[5] == 1674.1
    assert figure[7] == Decimal("167410000000")
    assert len(second["loads"]) == 2
    versions = {row[-1] for row in second["reports"]}
    assert versions == {effective_rules_version(load_seeds(project / "seeds"))}

    # the same again is nothing new
    code, log = night(good)
    assert (code, "没有新文件 / nothing new" in log) == (0, True), log
    assert relations(data) == second

    # one that does not fit stops the run, and stops a single reading alike
    write(project / "seeds", f"{ID},{GDP[0]},{GDP[1]},value,1647.2,1674.1,override,理由,王,2026-01-31")
    failed = zhengbao("run", landing, "--data", data, env=served, cwd=project)
    assert failed.code == 1
    (told,) = (line for line in failed.err.splitlines() if not line.startswith(STAGES))
    assert told.startswith("错误 / error: ")
    assert "corrections.csv:2: a.txt" in told
    assert relations(data) == second
    (tmp_path / "c.txt").write_bytes(GOOD.encode())
    single = zhengbao("extract", tmp_path / "c.txt", env=served, cwd=project)
    assert (single.code, single.out) == (1, "")
    assert "corrections.csv:2: c.txt" in single.err
