"""The templates of the pages, with everything they are given escaped, and the words they share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from expectations.shelf import digest

TEMPLATES = Path(__file__).parent / "templates"
_SHANGHAI = ZoneInfo("Asia/Shanghai")

# code, Chinese, English
MEASURES = (
    ("level", "水平", "level"),
    ("growth", "增长", "growth"),
    ("difference", "差额", "difference"),
    ("rank", "位次", "rank"),
)
STATUSES = (("actual", "实际", "actual"), ("estimate", "预计", "estimate"), ("target", "目标", "target"))
_WORDS = {
    **{code: (zh, en) for code, zh, en in (*MEASURES, *STATUSES)},
    "exact": ("恰为", "exactly"),
    "at_least": ("至少", "at least"),
    "at_most": ("至多", "at most"),
    "approx": ("约", "about"),
    "range": ("区间", "range"),
    "written": ("写明", "written"),
    "implied": ("推定", "implied"),
    "work_report": ("政府工作报告", "work report"),
    "work_report_summary": ("政府工作报告摘要", "summary of a work report"),
    "performance_report": ("绩效报告", "performance report"),
    "task_progress": ("任务进展", "progress of tasks"),
    "other": ("其他", "other"),
}


def render(template: str, **values: Any) -> str:
    """A page. Whatever comes from a report or a file name arrives as text, never as markup."""
    return _environment().get_template(template).render(**values)


@cache
def fingerprint(template: str, *modules: str) -> str:
    """Changes when pages of this template would look different: the template, its base, or the code behind them."""
    files = [TEMPLATES / template, TEMPLATES / "base.html", *map(Path, modules)]
    return digest(*(file.read_bytes() for file in (*files, Path(__file__))))


def in_utc(moment: datetime) -> datetime:
    """The warehouse keeps moments in UTC without saying so."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def china_time(moment: datetime) -> str:
    """A time as the clock in China shows it."""
    return f"{in_utc(moment).astimezone(_SHANGHAI):%Y-%m-%d %H:%M:%S}"


@cache
def en(text: str) -> Markup:
    """English beside Chinese."""
    return Markup(' <span class="en" lang="en">{}</span>').format(text)


@lru_cache(maxsize=256)
def both(code: str) -> Markup:
    """A code in Chinese and English; what is not known stays as it is."""
    zh, english = _WORDS.get(code, (code, ""))
    return Markup("{}{}").format(zh, en(english) if english else "")


def wording(code: str) -> str:
    """The same as plain text."""
    return " ".join(filter(None, _WORDS.get(code, (code, ""))))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "moment": china_time,
        "cells": _cells,
        "percent": _percent,
    }
    environment.globals |= {"en": en, "both": both}
    return environment


def _percent(share: float | None) -> str:
    """Rounded down, so that 100 % means all."""
    return "—" if share is None else f"{math.floor(share * 1000) / 10:g}%"


def _cells(row: Mapping[str, Any]) -> str:
    """A failing row as one line, without the report's id, which stands beside it."""
    return "，".join(f"{key} = {value}" for key, value in row.items() if key != "report_id")
