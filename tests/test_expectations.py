"""Expectations: what holds a report back, what only warns, and the pages that say so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from factories import NO_VALUE_OF_ITS_FIELD, TEXT, make_batch, make_report, make_seeds

from expectations.datadocs import build_data_docs
from expectations.suites import observations_suite, reports_suite, warehouse_suite
from expectations.types import QualityResult, ValidationReport
from expectations.validate import validate
from transforms.errors import LoadFailed
from transforms.types import Report
from warehouse.loader import load
from warehouse.schema import create_tables, create_views

EVIL = "<img src=x onerror=alert(1)>\"'&"


def changed(report: Report, **changes: Any) -> Report:
    """The report with its first observation changed."""
    first, *others = report.observations
    return replace(report, observations=(first._replace(**changes), *others))


def described(report: Report, **changes: Any) -> Report:
    """The report with its description changed."""
    return replace(report, document=replace(report.document, meta=replace(report.document.meta, **changes)))


def check(reports: Sequence[Report]) -> ValidationReport:
    return validate(reports, make_seeds())


def failed(*reports: Report) -> dict[str, QualityResult]:
    return {result.expectation: result for result in check(reports).results if not result.success}


def test_a_good_report_passes_everything() -> None:
    validation = check([make_report()])
    wrong = [result.expectation for result in validation.results if not result.success]
    # three numbers of the hand-made report are not explained
    assert wrong in ([], ["explained_share_in_range"])
    assert validation.blocked == {}
    assert validation.fatal == ()
    assert {result.suite for result in validation.results} == {"reports", "observations"}
    assert max(r.evaluated for r in validation.results if r.suite == "observations") == 4


@pytest.mark.parametrize(
    "reports", [[], [make_report(observations=())]], ids=["no reports", "no observations"]
)
def test_nothing_to_check_is_fine(reports: list[Report]) -> None:
    validation = check(reports)
    assert validation.blocked == {}
    assert len(validation.results) == len(check([make_report()]).results)


HOLDS: list[tuple[dict[str, Any], str]] = [
    ({"measure": "size"}, "measure_in_set"),
    ({"status": "maybe"}, "status_in_set"),
    ({"bound": "about"}, "bound_in_set"),
    ({"period_basis": "guessed"}, "period_basis_in_set"),
    ({"period": "去年"}, "period_well_formed"),
    ({"period": "2022-13"}, "period_well_formed"),
    ({"period": "2022\n"}, "period_well_formed"),
    ({"period_start": date(2023, 1, 1)}, "period_start_not_above_period_end"),
    ({"char_start": 13, "char_end": 13}, "char_start_before_char_end"),
    ({"char_start": -1}, "char_start_in_range"),
    ({"char_start": 0, "char_end": 5}, "digits_match"),
    ({"char_start": 5, "char_end": 9}, "digits_match"),
    ({"char_start": 10_000, "char_end": 10_004}, "digits_match"),
    ({"value": Decimal("1e26")}, "value_fits"),
    ({"value": Decimal("NaN")}, "value_fits"),
    ({"value_base": Decimal("1e29")}, "value_fits"),
    ({"value_base": None}, "base_consistent"),
    ({"unit_base": None}, "base_consistent"),
    ({"indicator": ""}, "indicator_not_empty"),
    ({"quote_start": 5, "quote_end": 5}, "quote_start_before_quote_end"),
    ({"unit": None}, "unit_present"),
    ({"scope": None}, "scope_present"),
    ({"region_code": "33"}, "region_code_well_formed"),
]


@pytest.fixture(scope="module")
def held() -> tuple[list[Report], ValidationReport]:
    """A report for each of HOLDS, and what is found when they are checked together with a good one."""
    bad = [changed(make_report(f"{n}.txt"), **changes) for n, (changes, _) in enumerate(HOLDS)]
    return bad, check([make_report("好.txt"), *bad])


@pytest.mark.parametrize("number", range(len(HOLDS)), ids=lambda number: str(HOLDS[number][0]))
def test_what_holds_a_report_back(held: tuple[list[Report], ValidationReport], number: int) -> None:
    reports, validation = held
    report_id, expectation = reports[number].document.source.report_id, HOLDS[number][1]
    assert expectation in validation.blocked[report_id]
    (result,) = (r for r in validation.results if r.expectation == expectation and r.suite == "observations")
    assert result.severity == "hold"
    assert report_id in result.report_ids


def test_a_good_report_among_bad_ones_is_not_held_back(held: tuple[list[Report], ValidationReport]) -> None:
    reports, validation = held
    assert set(validation.blocked) == {report.document.source.report_id for report in reports}


REFUSED: list[dict[str, Any]] = [
    *NO_VALUE_OF_ITS_FIELD,
    {"quote_start": 9, "quote_end": 9},
    {"value": Decimal("1e30")},
    {"value": Decimal("NaN")},
    {"value_base": Decimal("1e30")},
    {"section": None},
    {"quote": None},
]


def test_whatever_the_warehouse_refuses_is_held_back_before() -> None:
    reports = [changed(make_report(f"{n}.txt"), **changes) for n, changes in enumerate(REFUSED)]
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        for report in reports:
            with pytest.raises(LoadFailed):
                load(connection, make_seeds(), make_batch(report))
    assert set(check(reports).blocked) == {report.document.source.report_id for report in reports}


UNFIT: list[tuple[Report, str]] = [
    (make_report("1", text="短文，地区生产总值307.85亿元。1.8。745.31。5%以上。"), "characters_in_range"),
    (make_report("2", text="GDP was 307.85, " * 20, observations=()), "chinese_share_in_range"),
    (make_report("3", text=TEXT + "\ufffd" * 9), "unreadable_share_in_range"),
    (make_report("4", text=TEXT.replace("新建公园", "建了公园"), observations=()), "facts_in_range"),
    (make_report("5", report_type="letter"), "report_type_in_set"),
    (make_report("6", period="二〇二二年"), "period_well_formed"),
    (make_report("7", region_code="3301"), "region_code_well_formed"),
    (make_report("9", period=None), "period_present"),
    (replace(make_report("8"), numbers_explained=99), "numbers_explained_not_above_numbers_total"),
]
ODD: list[tuple[Report, str]] = [
    (make_report("1", title=None), "title_present"),
    (make_report("2", region_code=None), "region_code_present"),
    (make_report("4", observations=()), "observation_count_in_range"),
    (replace(make_report("5"), numbers_total=100), "explained_share_in_range"),
    (changed(make_report("6"), unit="%", value=Decimal(4000), rule_ids=("correction",)), "percent_in_range"),
    (changed(make_report("7"), measure="rank", value=Decimal(0), rule_ids=("correction",)), "rank_in_range"),
    (changed(make_report("8"), indicator="长" * 41), "indicator_not_too_long"),
    (changed(make_report("9"), quote="别的句子"), "quote_matches"),
]


def test_what_holds_a_whole_report_back() -> None:
    blocked = check([report for report, _ in UNFIT]).blocked
    assert [expectation in blocked[report.document.source.report_id] for report, expectation in UNFIT] == [
        True
    ] * len(UNFIT)


def test_what_only_warns() -> None:
    validation = check([report for report, _ in ODD])
    results = {result.expectation: result for result in validation.results if not result.success}
    for report, expectation in ODD:
        assert results[expectation].severity == "warn"
        assert report.document.source.report_id in results[expectation].report_ids
    assert validation.blocked == {}


def test_one_number_is_read_once_except_for_ranges() -> None:
    report = make_report()
    first = report.observations[0]
    twice = first._replace(observation_id="Oother", indicator="别的")
    assert "report_id_span_unique" in failed(replace(report, observations=(first, twice)))
    ends = (
        first._replace(range_id="R", bound="at_least"),
        first._replace(range_id="R", bound="at_most", observation_id="Oupper"),
    )
    assert "report_id_span_unique" not in failed(replace(report, observations=ends))


def test_repeated_ids_of_observations_hold_all_who_share_them() -> None:
    first = make_report("a.txt")
    second = replace(make_report("b.txt"), observations=first.observations)
    assert set(check([first, second]).blocked) == {
        first.document.source.report_id,
        second.document.source.report_id,
    }


def test_a_report_twice_fails_the_load() -> None:
    assert check([make_report(), make_report()]).fatal == ("report_id_unique",)


def test_spans_of_all_scripts_point_at_digits() -> None:
    reports = []
    for text, span in (
        ("全区完成百分之八点五的目标", "百分之八点五"),
        ("增速居全市第一，", "第一"),
        ("完成１２．５亿元", "１２．５"),
        ("完成1,234家", "1,234"),
        ("新增两个", "两"),
    ):
        whole = TEXT + text
        at = whole.index(span)
        reports.append(changed(make_report(span, text=whole), char_start=at, char_end=at + len(span)))
    assert "digits_match" not in failed(*reports)


def test_names_of_expectations_are_unique_and_explained() -> None:
    checks = make_seeds().checks
    for suite in (reports_suite(checks), observations_suite(checks), warehouse_suite(checks)):
        metas = [expectation.meta for expectation in suite.expectations]
        names = [meta["name"] for meta in metas]
        assert len(names) == len(set(names))
        assert all(meta["severity"] in ("hold", "fail", "warn") for meta in metas)
        assert all(" / " in meta["title"] for meta in metas)


def test_an_expectation_that_cannot_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations import frames

    columns = {name: kind for name, kind in frames.OBSERVATION_COLUMNS.items() if name != "period_basis"}
    monkeypatch.setattr(frames, "OBSERVATION_COLUMNS", columns)
    with pytest.raises(LoadFailed, match=r"observations\.period_basis_in_set"):
        check([make_report()])


def test_samples_are_small_and_plain() -> None:
    reports = [changed(make_report(f"{n}.txt"), indicator="长" * 500) for n in range(9)]
    result = failed(*reports)["indicator_not_too_long"]
    assert (result.unexpected, len(result.sample), len(result.report_ids)) == (9, 5, 9)
    assert all(len(str(row["indicator"])) <= 120 for row in result.sample)
    assert list(result.report_ids) == sorted(result.report_ids)


def test_what_many_rows_fail_is_counted_in_full_and_shown_in_part(tmp_path: Path) -> None:
    report = make_report()
    first = report.observations[0]
    many = tuple(first._replace(observation_id=f"O{n:03}", indicator="长" * 500) for n in range(300))
    validation = check(
        [replace(report, observations=many), changed(make_report("b.txt"), indicator="长" * 500)]
    )
    (result,) = (found for found in validation.results if found.expectation == "indicator_not_too_long")
    assert (result.unexpected, len(result.report_ids)) == (301, 2)
    build_data_docs(tmp_path, validation.evidence, "L1", datetime(2026, 11, 1, tzinfo=UTC))
    (page,) = tmp_path.glob("validations/observations/**/*.html")
    text = page.read_text(encoding="utf-8")
    assert "301 unexpected values found" in text
    assert "长长长" in text
    assert "O299" not in text
    kept = (
        len(item.result.get("unexpected_index_list", ())) for o in validation.evidence for item in o.results
    )
    assert max(kept) < 301  # each is copied a dozen times on its way into the page


def test_validation_says_nothing_and_reaches_for_no_network() -> None:
    code = """
import socket, sys
def refuse(*args, **kwargs):
    raise SystemExit("network")
socket.socket.connect = refuse
sys.path.insert(0, sys.argv[1])
from factories import make_report, make_seeds
from expectations.validate import validate
validate([make_report()], make_seeds())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
