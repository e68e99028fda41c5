"""Lakes for tests, and how they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.lake import Lake, LakeAddress
from warehouse.layout import Layout
from warehouse.query import connect, run_query


def lake_at(data: Path, catalogue: str, files: Path | str) -> Layout:
    """A data directory that loads into this lake."""
    return Layout(data, Lake(LakeAddress(catalogue, str(files))))


def ask(where: Path | Layout, sql: str, at: str | None = None) -> list[tuple[Any, ...]]:
    """Rows of a query, under the lock-down of ``zhengbao sql``."""
    with connect(where, at) as connection:
        return list(run_query(connection, sql).rows())
