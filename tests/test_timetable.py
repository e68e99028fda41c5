"""When a night is due, and when one was missed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.timetable import Plan, check_cron, is_missed, last_due
from transforms.errors import UsageError

# 2:30 in the morning of 5 March in China
NOW = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)


def _plan(data: Path, cron: str = "0 2 * * *") -> Plan:
    return Plan(cron=cron, landing=(data / "landing",), data=data)


@pytest.mark.parametrize("expression", ["0 2 * * *", "*/15 * * * *", "30 22 * * 1-5", "0 2 1 1 *"])
def test_a_cron_expression_is_taken(expression: str) -> None:
    check_cron(expression)


@pytest.mark.parametrize(
    "expression", ["", "2", "0 2 * *", "0 2 * * * *", "61 2 * * *", "at two", "0 0 30 2 *"]
)
def test_anything_else_is_named(expression: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_cron(expression)
    assert repr(expression) in caught.value.message


def test_cron_speaks_of_chinese_time() -> None:
    assert last_due("0 2 * * *", NOW) == datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
    assert last_due("0 3 * * *", NOW) == datetime(2026, 3, 3, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last_start", "missed"),
    [
        (datetime(2026, 3, 4, 18, 0, 5, tzinfo=UTC), False),
        (datetime(2026, 3, 4, 17, 59, tzinfo=UTC), True),
        (datetime(2026, 2, 1, tzinfo=UTC), True),
    ],
)
def test_a_night_is_missed_when_none_ran_since_it_was_due(
    last_start: datetime, missed: bool, tmp_path: Path
) -> None:
    assert is_missed(_plan(tmp_path), last_start, NOW) is missed


def test_who_never_served_missed_nothing_but_the_first_warehouse(tmp_path: Path) -> None:
    assert is_missed(_plan(tmp_path), None, NOW)
    (tmp_path / "warehouse.duckdb").touch()
    assert not is_missed(_plan(tmp_path), None, NOW)
