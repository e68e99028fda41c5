"""The data dictionary, from the comments of the schema: ``python -m warehouse.dictionary`` writes it to stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import duckdb

from warehouse.schema import create_tables, create_views
from warehouse.sql import read_named

_TITLE = """# 数据字典 / Data dictionary

由仓库中各表、各视图、各列的注释生成,请勿手改:`make dictionary`。
查询公共关系即可;事实表与维度表是它们的底层。

Generated from the comments in the warehouse; do not edit by hand: `make dictionary`. Ask the public relations; the
facts and dimensions are what they are made of. What each field of an observation means in full: [fields.md](fields.md).
"""
_GROUPS = {
    "public": "公共关系 / Public relations",
    "fact": "事实 / Facts",
    "dimension": "维度 / Dimensions",
}


def write_dictionary() -> str:
    """The dictionary of the schema of this package as Markdown; the same schema gives the same text."""
    with duckdb.connect(":memory:") as connection:
        create_tables(connection)
        create_views(connection)
        return "\n".join(_lines(connection))


def _lines(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    queries = read_named("dictionary")
    relations = connection.execute(queries["relations"]).fetchall()
    macros = connection.execute(queries["macros"]).fetchall()
    yield _TITLE
    for group, title in _GROUPS.items():
        members = [row for row in relations if row[1] == group]
        links = " · ".join(f"[{name}](#{name})" for name, _, _ in members)
        yield f"**{title}**: {links}\n"
    for group, title in _GROUPS.items():
        yield f"## {title}\n"
        for name, _, comment in (row for row in relations if row[1] == group):
            yield from _relation(connection, name, comment)
        if group == "public":
            for name, parameters, comment in macros:
                yield f"### {name}({parameters})\n"
                yield f"{_two_lines(comment)}\n"


def _relation(connection: duckdb.DuckDBPyConnection, name: str, comment: str) -> Iterator[str]:
    columns = connection.execute(read_named("dictionary")["columns"], {"relation": name}).fetchall()
    yield f"### {name}\n"
    yield f"{_two_lines(comment)}\n"
    yield "| 列 column | 类型 type | 含义 | meaning |"
    yield "|---|---|---|---|"
    for column, data_type, key, explanation in columns:
        chinese, _, english = _cell(explanation).partition(" / ")
        marks = f" {key}" if key else ""
        yield f"| `{column}` | {data_type}{marks} | {chinese} | {english} |"
    yield ""


def _two_lines(comment: str) -> str:
    chinese, _, english = comment.partition(" / ")
    return f"{chinese}  \n{english}".strip()


def _cell(text: str) -> str:
    """Text as it may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(write_dictionary())
