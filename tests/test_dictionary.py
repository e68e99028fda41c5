"""The data dictionary in docs says what the schema says, and the schema says something of everything."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from warehouse.dictionary import write_dictionary
from warehouse.schema import create_tables, create_views

# what the schema kept holds is explained with the views that show it
EXPLAINED = (
    "FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main' AND table_name NOT LIKE 'schema%'"
)
COMMITTED = Path(__file__).parent.parent / "docs" / "data-dictionary.md"


def test_the_committed_dictionary_is_the_generated_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == write_dictionary(), "run `make dictionary`"


def test_every_relation_and_column_is_explained_in_both_languages() -> None:
    with duckdb.connect(":memory:") as connection:
        create_tables(connection)
        create_views(connection)
        names = connection.execute(f"SELECT DISTINCT table_name {EXPLAINED}").fetchall()
        count = connection.execute(f"SELECT count(*) {EXPLAINED}").fetchone()
    text = write_dictionary()
    sections = dict(re.findall(r"^### ([\w(), ]+)\n\n(.+\n.+)$", text, re.M))
    assert {name for (name,) in names} <= set(sections)
    for comment in sections.values():
        chinese, english = comment.split("\n")
        assert re.search("[一-鿿]", chinese)
        assert re.search("[a-z]{3}", english)
    rows = re.findall(r"^\| `\w+` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", text.replace("\\|", "/"), re.M)
    assert count == (len(rows),)
    for chinese, english in rows:
        assert re.search("[一-鿿]|: ", chinese), chinese
        assert re.search("[A-Za-z]", english), english
