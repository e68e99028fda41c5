"""Faults planted at each of the three gates: the expectation meant for it finds it, and what follows is right."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from factories import batch_of
from runs import SAMPLES, Forker, relations

from expectations.types import QualityResult
from flows.fetch import Found, load_raw, store_raw
from flows.gate import WarehouseGate
from flows.output import PlainNarrator
from flows.quality import check_reports
from flows.rebuild import rebuild
from flows.settings import load_settings
from seeds.load import load_seeds
from transforms.errors import LoadFailed
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.types import Report, Seeds
from warehouse.publish import prepare, publish_load
from warehouse.staging import stage_in_memory
from warehouse.types import LoadBatch, LoadReceipt

DISTRICTS = ("西湖区", "萧山区", "余杭区", "拱墅区", "滨江区", "富阳区")
# numbers of which nobody can say what they count
UNREADABLE = "共3.7,另有5.2和9.81,再加4.44与7.3;其余12.6、15.8、19.4、22.3、31.9。"


@lru_cache(maxsize=1)
def seeds() -> Seeds:
    return load_seeds()


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return build_lexicon(seeds())


def work_report(district: str, year: int, review: str = "") -> str:
    """A work report held early in a year, about the year before."""
    review = review or (
        f"全区实现地区生产总值{1500 + year % 100}.1亿元,增长4.5%;财政总收入294.1亿元,增长5.2%。"
        "三次产业结构调整为2.6:38.9:58.5。城镇居民人均可支配收入达到70216元,增长4.1%。"
    )
    return (
        f"{year}年{district}政府工作报告\n({year}年2月1日在杭州市{district}第十五届人民代表大会上)\n\n各位代表:\n"
        f"现在,我代表{district}人民政府向大会报告工作。\n一、{year - 1}年工作回顾\n{review}\n"
        f"二、{year}年工作安排\n今年主要预期目标是:地区生产总值增长7%以上。\n"
    )


def read(data: Path, name: str, text: str) -> Report:
    """A report as a run reads it, its bytes kept."""
    payload = text.encode()
    stored = store_raw(data, Found(hashlib.sha256(payload).hexdigest(), name, payload))
    return read_report(load_raw(data, stored), lexicon())


def years(data: Path, year: int, review: str = "") -> list[Report]:
    """One report of each district."""
    return [read(data, f"{d}{year}.txt", work_report(d, year, review)) for d in DISTRICTS]


def bring(
    data: Path, reports: Iterable[Report], rules_version: str = "r1"
) -> tuple[LoadReceipt, WarehouseGate]:
    """What a run does with reports it has read: all three gates, then publication."""
    prepare(data)
    given = tuple(reports)
    checked, validation = check_reports(data, given, seeds())
    gate = WarehouseGate(data, seeds().checks, checked, validation)
    batch = LoadBatch(
        datetime(2026, 1, 2, tzinfo=UTC),
        rules_version,
        checked.reports,
        held_back=checked.held_back,
        quality=checked.quality,
        rows=stage_in_memory(given),
    )
    return publish_load(data, seeds(), batch, judge=gate.judge), gate


def ask(data: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query, values).fetchall()


def failed(gate: WarehouseGate) -> dict[str, QualityResult]:
    return {result.expectation: result for result in gate.validation.results if not result.success}


def stored_failures(data: Path, load_id: str) -> dict[str, tuple[str, str, int]]:
    query = "SELECT expectation, suite, severity, unexpected FROM quality_results WHERE NOT success AND load_id = ?"
    return {row[0]: row[1:] for row in ask(data, query, load_id)}


def source_names(data: Path) -> set[str]:
    return {name for (name,) in ask(data, "SELECT DISTINCT source_name FROM observations")}


def plant(report: Report, number: int, **changes: Any) -> Report:
    """The report with one of its observations changed."""
    items = list(report.observations)
    items[number] = items[number]._replace(**changes)
    return replace(report, observations=tuple(items))


def described(report: Report, **meta: Any) -> Report:
    return replace(report, document=replace(report.document, meta=replace(report.document.meta, **meta)))


# First gate: reports


def test_a_report_of_a_region_that_does_not_exist_is_held_back(tmp_path: Path) -> None:
    good, bad, *_ = years(tmp_path, 2021)
    receipt, _ = bring(tmp_path, [good, described(bad, region_code="999999")])
    assert (receipt.reports, receipt.held_back) == (1, 1)
    assert source_names(tmp_path) == {"西湖区2021.txt"}
    assert stored_failures(tmp_path, receipt.load_id)["region_known"] == ("reports", "hold", 1)


def test_a_report_without_a_title_only_warns(tmp_path: Path) -> None:
    receipt, _ = bring(tmp_path, [described(years(tmp_path, 2021)[0], title=None)])
    assert receipt.reports == 1
    assert stored_failures(tmp_path, receipt.load_id) == {"title_present": ("reports", "warn", 1)}


def test_a_report_that_comes_twice_in_one_load_fails_it(tmp_path: Path) -> None:
    first, second, *_ = years(tmp_path, 2021)
    bring(tmp_path, [first])
    before = (tmp_path / "warehouse.duckdb").read_bytes()
    with pytest.raises(LoadFailed, match="report_id_unique"):
        bring(tmp_path, [second, second])
    assert (tmp_path / "warehouse.duckdb").read_bytes() == before


# Second gate: observations


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (1, 1, "digits_match"),
        (1, 0, "digits_match"),
        (-1, 0, "digits_match"),
        (0, -1, "digits_match"),
        (0, 1, "digits_match"),
    ],
    ids=[
        "a digit too late",
        "a digit short in front",
        "a character too early",
        "a digit too short",
        "a character too long",
    ],
)
def test_a_span_off_by_one_holds_its_report_back(tmp_path: Path, start: int, end: int, found: str) -> None:
    good, other, *_ = years(tmp_path, 2021)
    first = other.observations[0]
    bad = plant(other, 0, char_start=first.char_start + start, char_end=first.char_end + end)
    receipt, gate = bring(tmp_path, [good, bad])
    assert found in failed(gate)
    assert (receipt.reports, receipt.held_back) == (1, 1)
    assert source_names(tmp_path) == {"西湖区2021.txt"}


def test_a_value_other_than_the_one_written_holds_its_report_back(tmp_path: Path) -> None:
    good, other, *_ = years(tmp_path, 2021)
    receipt, gate = bring(tmp_path, [good, plant(other, 0, value=Decimal("1251.1"))])
    assert set(failed(gate)) == {"value_as_written"}
    assert source_names(tmp_path) == {"西湖区2021.txt"}
    assert receipt.held_back == 1


def test_two_rows_on_one_span_only_warn(tmp_path: Path) -> None:
    report = years(tmp_path, 2021)[0]
    twice = report.observations[0]._replace(observation_id="another", indicator="别的", indicator_code=None)
    receipt, _ = bring(tmp_path, [replace(report, observations=(*report.observations, twice))])
    assert receipt.reports == 1
    assert stored_failures(tmp_path, receipt.load_id)["report_id_span_unique"] == ("observations", "warn", 2)


def test_an_observation_of_no_report_fails_the_load(tmp_path: Path) -> None:
    report = years(tmp_path, 2021)[0]
    source = replace(report.document.source, report_id=None)
    lost = replace(report, document=replace(report.document, source=source))
    with pytest.raises(LoadFailed, match="report_id_present"):
        bring(tmp_path, [lost])
    assert not (tmp_path / "warehouse.duckdb").exists()


# Third gate: the loaded warehouse


def test_a_slip_of_ten_thousand_holds_its_report_back(tmp_path: Path) -> None:
    bring(tmp_path, years(tmp_path, 2020))
    slip = work_report("西湖区", 2021).replace("亿元,增长4.5%", "万元,增长4.5%")
    receipt, gate = bring(
        tmp_path, [read(tmp_path, "滑.txt", slip), read(tmp_path, "好.txt", work_report("萧山区", 2021))]
    )
    assert (receipt.reports, receipt.held_back) == (1, 1)
    assert "滑.txt" not in source_names(tmp_path)
    assert "好.txt" in source_names(tmp_path)
    found = stored_failures(tmp_path, receipt.load_id)
    assert found.pop("jump_in_range") == ("warehouse", "hold", 1)
    assert {severity for _, severity, _ in found.values()} == {"warn"}
    (row,) = failed(gate)["jump_in_range"].sample
    assert "1521.1 万元 ← 2019 1520.1 亿元" in str(row["about"])
    ((reason, message),) = ask(tmp_path, "SELECT kind, reason FROM issues WHERE held_back")
    assert (reason, "jump_in_range" in message) == ("failed_expectations", True)
    assert [report.source_name for report in gate.checked.blocked] == ["滑.txt"]


def test_a_slip_that_came_first_does_not_keep_the_truth_out(tmp_path: Path) -> None:
    """15 million yuan is no district's GDP, so the right value of a year later is not accused."""
    slip = work_report("西湖区", 2020).replace("亿元,增长4.5%", "万元,增长4.5%")
    first, gate = bring(tmp_path, [read(tmp_path, "滑.txt", slip)])
    assert set(failed(gate)) == {"value_plausible"}
    assert first.reports == 1
    receipt, gate = bring(tmp_path, years(tmp_path, 2021))
    assert (receipt.held_back, receipt.reports) == (0, 6)
    assert {result.severity for result in failed(gate).values()} == {"warn"}


def test_findings_judged_in_pieces_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for at_once in (100_000, 3):
        monkeypatch.setattr("expectations.gate._FINDINGS_A_CHECK", at_once)
        data = tmp_path / str(at_once)
        bring(data, years(data, 2020))
        slip = work_report("西湖区", 2021).replace("亿元,增长4.5%", "万元,增长4.5%")
        receipt, gate = bring(data, [read(data, "滑.txt", slip), *years(data, 2021)[1:]])
        said.append((receipt, ask(data, "FROM quality_results ORDER BY ALL"), failed(gate)))
    assert said[0] == said[1]
    assert "jump_in_range" in said[0][-1]


def test_shares_that_sum_to_103_only_warn(tmp_path: Path) -> None:
    text = work_report("西湖区", 2021).replace("58.5", "61.5")
    receipt, gate = bring(tmp_path, [read(tmp_path, "构成.txt", text), *years(tmp_path, 2021)[1:]])
    assert (receipt.reports, receipt.held_back) == (6, 0)
    assert stored_failures(tmp_path, receipt.load_id) == {"share_gap_in_range": ("warehouse", "warn", 1)}
    (row,) = failed(gate)["share_gap_in_range"].sample
    assert "= 103" in str(row["about"])


@pytest.mark.parametrize(
    ("review", "found"),
    [
        ("全区实现地区生产总值1500亿元,其中服务业增加值1700亿元。", "part_of_whole_in_range"),
        ("全区实现地区生产总值2520.1亿元,增长4.5%。", "growth_gap_in_range"),
    ],
    ids=["a part above its whole", "growth against levels"],
)
def test_what_else_does_not_add_up_only_warns(tmp_path: Path, review: str, found: str) -> None:
    bring(tmp_path, years(tmp_path, 2020))
    receipt, _ = bring(tmp_path, [read(tmp_path, "x.txt", work_report("西湖区", 2021, review))])
    assert receipt.reports == 1
    assert stored_failures(tmp_path, receipt.load_id) == {found: ("warehouse", "warn", 1)}


def test_a_conflict_with_an_earlier_load_only_warns(tmp_path: Path) -> None:
    bring(tmp_path, years(tmp_path, 2020))
    text = work_report("西湖区", 2020, "2019年,全区地区生产总值1502亿元。").replace(
        "工作报告", "工作报告(摘要)"
    )
    receipt, gate = bring(tmp_path, [described(read(tmp_path, "摘要.txt", text), report_type="other")])
    assert receipt.reports == 1
    assert {name: r.severity for name, r in failed(gate).items() if r.suite == "warehouse"} == {
        "conflict_in_range": "warn"
    }


def test_half_the_usual_observations_fail_the_load(tmp_path: Path) -> None:
    bring(tmp_path, years(tmp_path, 2020))
    before = (tmp_path / "warehouse.duckdb").read_bytes()
    thin = [replace(r, observations=r.observations[:4]) for r in years(tmp_path, 2021)]
    with pytest.raises(LoadFailed, match="coverage_in_range") as caught:
        bring(tmp_path, thin)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "warehouse.duckdb").read_bytes() == before
    receipt, _ = bring(tmp_path, years(tmp_path, 2021))
    assert receipt.reports == 6


def test_a_second_reading_that_finds_half_fails_the_load(tmp_path: Path) -> None:
    reports = years(tmp_path, 2020)
    bring(tmp_path, reports)
    thin = [replace(report, observations=report.observations[:4]) for report in reports]
    with pytest.raises(LoadFailed, match="reread_coverage_in_range"):
        bring(tmp_path, thin, rules_version="r2")
    assert ask(tmp_path, "SELECT DISTINCT rules_version FROM reports") == [("r1",)]


def test_reports_that_say_less_only_warn(tmp_path: Path) -> None:
    """What is there to read is read: the text holds few numbers."""
    bring(tmp_path, years(tmp_path, 2020))
    receipt, gate = bring(
        tmp_path,
        years(tmp_path, 2021, f"{'改革不断深化。' * 60}地区生产总值1600亿元,增长4.5%,财政总收入300亿元。"),
    )
    assert receipt.reports == 6
    assert {name: result.severity for name, result in failed(gate).items()} == {"density_in_range": "warn"}


def test_a_broken_reference_fails_the_load(tmp_path: Path) -> None:
    """Past the first gate, which would have held the report back."""
    bring(tmp_path, years(tmp_path, 2020))
    report = described(years(tmp_path, 2021)[0], region_code="999999")
    checked, validation = check_reports(tmp_path, (), seeds())
    gate = WarehouseGate(tmp_path, seeds().checks, checked, validation)
    batch = batch_of(datetime(2026, 1, 2, tzinfo=UTC), "r1", (report,))
    with pytest.raises(LoadFailed, match="reference_whole"):
        publish_load(tmp_path, seeds(), batch, judge=gate.judge)
    assert len(source_names(tmp_path)) == 6


def test_when_most_reports_fail_so_does_the_load(tmp_path: Path) -> None:
    reports = [r for year in (2018, 2019, 2020, 2021) for r in years(tmp_path, year)]
    with pytest.raises(LoadFailed, match="failed_share_in_range"):
        bring(tmp_path, [*reports[:10], *(plant(r, 0, measure="size") for r in reports[10:])])
    assert not (tmp_path / "warehouse.duckdb").exists()


# What remains of it


def test_trends_tell_how_an_expectation_fared(tmp_path: Path) -> None:
    bring(tmp_path, years(tmp_path, 2020))
    bring(tmp_path, [described(r, title=None) for r in years(tmp_path, 2021)[:3]])
    query = """
        SELECT load_number, unexpected_share, change, times_failed
        FROM quality_trends WHERE expectation = 'title_present' ORDER BY load_number
    """
    assert ask(tmp_path, query) == [(1, 0.0, None, 0), (2, 1.0, 1.0, 1)]


def test_samples_raise_no_alarm_above_a_warning_in_any_order(tmp_path: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in SAMPLES}
    for name, order in (("together", [list(texts)]), ("one by one", [[n] for n in reversed(texts)])):
        data = tmp_path / name
        for names in order:
            receipt, gate = bring(data, [read(data, n, texts[n]) for n in names])
            assert receipt.held_back == 0
            assert {r.severity for r in failed(gate).values()} <= {"warn"}


def test_the_program_holds_a_slip_back_and_refuses_a_thin_load(forker: Forker, tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    for folder, year in (("first", 2020), ("second", 2021), ("third", 2022)):
        (tmp_path / folder).mkdir()
        for district in DISTRICTS:
            (tmp_path / folder / f"{district}{year}.txt").write_text(work_report(district, year), "utf-8")
    slip = tmp_path / "second" / "西湖区2021.txt"
    slip.write_text(slip.read_text("utf-8").replace("亿元,增长4.5%", "万元,增长4.5%"), "utf-8")
    assert forker.run(log, "run", "--data", data, tmp_path / "first") == 0, log.read_text()
    assert forker.run(log, "run", "--data", data, "--strict", tmp_path / "second") == 3, log.read_text()
    assert "jump_in_range" in log.read_text("utf-8")
    assert slip.name not in source_names(data)
    assert [path.name for path in (data / "quarantine").rglob("西湖区2021.txt")]
    index = (data / "quality" / "index.html").read_text("utf-8")
    leads = re.search(r'href="(held/\w+\.html)#(\w+)".*1521\.1 万元', index)
    assert leads
    held = (data / "quality" / leads[1]).read_text("utf-8")
    assert "jump_in_range" in held
    assert f'id="{leads[2]}"' in held
    assert len(list((data / "quality" / "data_docs" / "validations").rglob("*.html"))) == 3
    before = relations(data)
    rebuild(load_settings(data), PlainNarrator(io.StringIO()))
    assert relations(data) == before


def test_the_program_publishes_nothing_of_a_load_that_fails(forker: Forker, tmp_path: Path) -> None:
    """There are as many numbers as ever, but hardly any is read, as when a rule broke."""
    data, log, night = tmp_path / "data", tmp_path / "log", tmp_path / "night"
    night.mkdir()
    for district in DISTRICTS:
        (night / f"{district}.txt").write_text(work_report(district, 2020), "utf-8")
    assert forker.run(log, "run", "--data", data, night) == 0, log.read_text()
    before = (data / "warehouse.duckdb").read_bytes()
    for district in DISTRICTS:
        (night / f"{district}.txt").write_text(work_report(district, 2021, UNREADABLE), "utf-8")
    assert forker.run(log, "run", "--data", data, night) == 1, log.read_text()
    assert "coverage_in_range" in log.read_text("utf-8")
    assert (data / "warehouse.duckdb").read_bytes() == before
    assert not list((data / ".work").glob("warehouse.duckdb*"))
