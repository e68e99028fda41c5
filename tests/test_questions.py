"""The worked questions of docs/questions, asked of the five sample reports."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import batch_of
from runs import ROOT, SAMPLES, clean_environment, zhengbao

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import RULES_VERSION, read_report
from transforms.types import RawDocument
from warehouse.layout import Where
from warehouse.publish import publish_load
from warehouse.query import connect, run_query

FOLDER = ROOT / "docs" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.sql"))
# the fourth asks for disagreements, and the samples have none
EMPTY = {"04_which_reports_disagree"}


def _publish(folder: Where, payloads: dict[str, bytes]) -> Where:
    seeds = load_seeds()
    lexicon = build_lexicon(seeds)
    reports = tuple(
        read_report(RawDocument(hashlib.sha256(payload).hexdigest(), name, payload), lexicon)
        for name, payload in payloads.items()
    )
    publish_load(folder, seeds, batch_of(datetime(2024, 1, 1, tzinfo=UTC), RULES_VERSION, reports))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples in a warehouse."""
    return _publish(tmp_path_factory.mktemp("data"), {path.name: path.read_bytes() for path in SAMPLES})


def answer(data: Path, name: str) -> list[dict[str, Any]]:
    """The answer to the question whose file begins like this, under the lock-down of ``zhengbao sql``."""
    (path,) = FOLDER.glob(f"{name}*.sql")
    with connect(data) as connection:
        result = run_query(connection, path.read_text(encoding="utf-8"))
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows()]


def test_there_are_ten() -> None:
    assert [path.name[:2] for path in QUESTIONS] == [f"{number:02}" for number in range(1, 11)]
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d\d_\w+\.sql)\)", readme) == [path.name for path in QUESTIONS]


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_each_says_what_it_answers_and_answers_it(path: Path, data: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = re.match(r"/\*\n(.+?)\n\*/\n", text, re.S)
    assert comment
    assert re.search("[一-鿿]{4}.*[?？]", comment[1])
    assert re.search(r"[A-Z][a-z]+[^?]+\?", comment[1])
    rows = answer(data, path.stem)
    assert bool(rows) == (path.stem not in EMPTY)
    assert rows == answer(data, path.stem), "the order is not total"


def test_gdp(data: Path) -> None:
    rows = {(row["region_name"], row["period"]): row for row in answer(data, "01")}
    assert len(rows) == 4
    assert rows["余杭区", "2021"]["gdp_yi_yuan"] == pytest.approx(2502.2)
    assert rows["余杭区", "2021"]["growth_percent"] == 7.5
    assert rows["西湖区", "2022"]["gdp_yi_yuan"] == pytest.approx(1970.1)
    assert "1970.1" in rows["西湖区", "2022"]["level_quote"]
    assert rows["萧山区", "2022H1"]["growth_percent"] == 1.8
    assert rows["萧山区", "2022H1"]["gdp_yi_yuan"] is None


def test_promises(data: Path) -> None:
    rows = answer(data, "02")
    assert {row["region_name"] for row in rows} == {"余杭区"}
    assert {row["outcome"] for row in rows} == {"open"}
    gdp = next(row for row in rows if row["indicator"] == "地区生产总值")
    assert (gdp["measure"], gdp["target_low"], gdp["unit_base"]) == ("growth", 7.0, "%")
    assert next(row for row in rows if row["indicator"] == "PM2.5浓度")["target_bound"] == "at_most"


def test_promises_and_what_half_a_year_reached(tmp_path: Path) -> None:
    plan = (
        "2022年萧山区政府工作报告\n(2022年2月1日在萧山区第十七届人民代表大会第一次会议上)\n各位代表:\n"
        "一、2021年工作回顾\n2021年,全区地区生产总值增长8.7%。\n"
        "二、2022年工作安排\n2022年主要预期目标是:地区生产总值增长7%以上。\n"
    )
    half = SAMPLES[0]
    data = _publish(tmp_path, {"plan.txt": plan.encode(), half.name: half.read_bytes()})
    (row,) = (row for row in answer(data, "02") if row["measure"] == "growth")
    assert (row["target_low"], row["outcome"]) == (7.0, "open")
    assert (row["actual"], row["actual_period"]) == (1.8, "2022H1")


def ask(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with connect(data) as connection:
        return list(run_query(connection, sql).rows())


def test_promises_of_a_task_table_stand_beside_their_progress(data: Path) -> None:
    columns = "indicator, target_low::INTEGER, actual::INTEGER, outcome"
    table = "FROM target_vs_actual WHERE region_name = '萧山区' AND period = '2020'"
    assert ask(
        data, f"SELECT {columns} {table} AND actual_period = '2020H1' ORDER BY target_low, indicator"
    ) == [
        ("培育“鸿雁计划”企业", 30, 125, "on_track"),
        ("规上工业企业数字化覆盖率", 80, 85, "on_track"),
        ("新增并网工业企业", 100, 52, "on_track"),
        ("智安小区建设", 160, 110, "on_track"),
        ("完成数字化改造项目", 300, 200, "on_track"),
        ("筹集蓝领公寓", 500, 692, "on_track"),
        ("建设放心消费单位", 800, 4583, "on_track"),
        ("新增企业上云", 2800, 1300, "open"),
    ]
    # whatever has no figure to match has the words of its row
    assert ask(data, f"SELECT count(*), count(task_progress), count(actual) {table}") == [(41, 41, 8)]
    assert ask(data, f"SELECT DISTINCT outcome {table} ORDER BY 1") == [("on_track",), ("open",)]


def test_what_was_promised_for_2022_stands_open(data: Path) -> None:
    table = "FROM target_vs_actual WHERE region_name = '余杭区' AND period = '2022'"
    assert ask(data, f"SELECT outcome, count(*), count(actual) {table} GROUP BY ALL") == [("open", 118, 0)]


def test_what_is_scaled_is_scaled_by_the_factor_of_its_unit(data: Path) -> None:
    """Composed units (亿元) included; a place in a ranking has no unit to scale."""
    wrong = """
        SELECT o.value, o.unit, o.value_base, u.factor FROM fact_observation AS o JOIN dim_unit AS u ON u.unit = o.unit
        WHERE o.measure <> 'rank' AND (
            o.unit_base IS DISTINCT FROM u.unit_base
            OR abs(o.value_base - o.value::DOUBLE * u.factor::DOUBLE) > 1e-9 * abs(o.value_base)
        )
    """
    assert ask(data, wrong) == []
    assert ask(data, "SELECT count(*) > 50 FROM fact_observation WHERE unit = '亿元'") == [(True,)]


def test_every_key_points_at_something(data: Path) -> None:
    keys = ask(
        data,
        "SELECT table_name, constraint_column_names[1], referenced_table, referenced_column_names[1] "
        "FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY' "
        "UNION ALL FROM schema_key WHERE referenced_table IS NOT NULL",
    )
    assert len(keys) >= 12
    for table, column, target, key in keys:
        missing = f"SELECT count(*) FROM {table} AS t ANTI JOIN {target} AS k ON k.{key} = t.{column} "
        assert ask(data, missing + f"WHERE t.{column} IS NOT NULL") == [(0,)], (table, column)


def test_first_places(data: Path) -> None:
    rows = answer(data, "03")
    assert {row["region_name"] for row in rows} == {"西湖区", "萧山区", "余杭区"}
    assert any("共富村" in row["indicator"] and "第一" in row["quote"] for row in rows)


def test_disagreement(tmp_path: Path) -> None:
    west = next(path for path in SAMPLES if "地区生产总值1970.1亿元" in path.read_text(encoding="utf-8"))
    other = (
        "2022年杭州市西湖区经济运行情况\n\n2022年,西湖区经济运行总体平稳。全区实现地区生产总值1975.3亿元;"
        "新设市场主体2.6万户,专利授权量11250件。\n"
    )
    data = _publish(tmp_path, {west.name: west.read_bytes(), "运行情况.txt": other.encode()})
    (row,) = answer(data, "04")
    assert {row["value_a"], row["value_b"]} == {1970.1e8, 1975.3e8}
    assert abs(row["difference"]) == pytest.approx(5.2e8)
    assert {row["source_name_a"], row["source_name_b"]} == {west.name, "运行情况.txt"}
    assert row["quote_a"] != row["quote_b"]


def test_growth_of_revenue(data: Path) -> None:
    found = {
        (row["region_name"], row["period"], row["indicator_name"]): row["growth_percent"]
        for row in answer(data, "05")
    }
    assert found["萧山区", "2022H1", "财政总收入"] == -4.4
    assert found["余杭区", "2021", "财政总收入"] == 15.23
    assert found["拱墅区", "2017", "一般公共预算收入"] == 7.3


def test_shares_add_up(data: Path) -> None:
    rows = answer(data, "06")
    assert sum(row["share_percent"] for row in rows) == pytest.approx(100, abs=0.1)
    with connect(data) as connection:
        (total,) = run_query(connection, "SELECT count(*) FROM observations").rows()
    assert (sum(row["observations"] for row in rows),) == total


def test_tasks_with_percentages(data: Path) -> None:
    rows = {row["ordinal"]: row for row in answer(data, "07")}
    assert len(rows) >= 15
    assert (rows[7]["promised"], rows[7]["reached"]) == ("80.0", "85.0")
    assert rows[44]["promised"] is None
    assert rows[44]["reached"] == "98.0"
    assert "98%" in rows[44]["progress"]


def test_headlines(data: Path) -> None:
    rows = answer(data, "08")
    assert rows[0]["indicator_name"] == "地区生产总值"
    revenue = next(row for row in rows if row["indicator_name"] == "财政总收入")
    assert revenue["level"] == 745.31e8
    assert (revenue["level_unit"], revenue["growth_percent"]) == ("元", 15.23)


def test_implied_level(data: Path) -> None:
    rows = {(row["region_name"], row["period"], row["indicator_name"]): row for row in answer(data, "09")}
    revenue = rows["萧山区", "2022H1", "财政总收入"]
    assert revenue["implied_last_year"] == pytest.approx(307.85e8 / 0.956, abs=0.01)
    assert revenue["stated"] is None


def test_implied_level_beside_the_stated_one(tmp_path: Path) -> None:
    year = (
        "{}年杭州市西湖区政府工作报告\n各位代表:\n现在,我代表西湖区人民政府向大会报告工作。\n"
        "一、{}年工作回顾\n{}年,全区实现财政总收入{}亿元,增长{}%。\n"
    )
    data = _publish(
        tmp_path,
        {
            f"{report}.txt": year.format(report, about, about, level, growth).encode()
            for report, about, level, growth in ((2021, 2020, 200, 4), (2022, 2021, 231, 10))
        },
    )
    (row,) = (row for row in answer(data, "09") if row["period"] == "2021")
    assert (row["implied_last_year"], row["stated"]) == (210e8, 200e8)
    assert row["gap_percent"] == -4.76


def test_unread_numbers(data: Path) -> None:
    rows = answer(data, "10")
    assert len(rows) == 5
    for row in rows:
        assert row["left_unread"] == row["numbers_total"] - row["numbers_explained"] >= 0
        assert row["left_unread"] <= len(row["unread"] or ())


def test_the_command_takes_a_question_as_it_is(data: Path) -> None:
    text = QUESTIONS[0].read_text(encoding="utf-8")
    done = zhengbao("sql", "--data", data, text, "--format", "csv", env=clean_environment())
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) == 5
