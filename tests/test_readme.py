"""The READMEs tell the truth: their queries give the results printed there, and both tell the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from runs import clean_environment, zhengbao

ROOT = Path(__file__).parent.parent
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
QUERY = re.compile(r"```sql\n(?:--[^\n]*\n)(?P<sql>.+?)```\n\n```\n(?P<shown>.+?)```", re.S)


def _queries(path: Path) -> list[tuple[str, str]]:
    return [(m["sql"], m["shown"]) for m in QUERY.finditer(path.read_text(encoding="utf-8"))]


def _lines(table: str) -> list[str]:
    return [" ".join(line.split()) for line in table.splitlines() if line.strip(" ─")]


@pytest.mark.parametrize("path", [README, CHINESE], ids=lambda path: path.name)
def test_queries_give_what_is_shown(path: Path, loaded: Path) -> None:
    queries = _queries(path)
    assert len(queries) == 3
    for sql, shown in queries:
        done = zhengbao("sql", "--data", loaded, sql, env=clean_environment())
        assert done.code == 0, done.err
        assert _lines(done.out) == _lines(shown), sql


def test_both_readmes_show_the_same() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in (README, CHINESE))
    assert re.findall(r"^#+ ", english, re.M) == re.findall(r"^#+ ", chinese, re.M)
    assert _queries(README) == _queries(CHINESE)
    commands = [re.findall(r"^\| `(zhengbao [a-z-]+)", text, re.M) for text in (english, chinese)]
    assert commands[0] == commands[1] != []
