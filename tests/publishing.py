"""Two loads to publish, and all that a reader can see of what was published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from factories import TEXT, make_batch, make_held_back, make_report, make_seeds

from warehouse.publish import prepare, publish_load
from warehouse.types import LoadBatch

FIRST = make_batch(make_report(), held_back=(make_held_back(),), files_seen=2)
SECOND = make_batch(
    make_report(text=TEXT + "又。"),
    make_report("b.txt", region=("330106", "西湖区")),
    files_seen=4,
    files_known=2,
)


def pages(text: str) -> Callable[..., None]:
    """A builder of a quality report."""

    def build(folder: Path, _: object = None) -> None:
        (folder / "data_docs").mkdir()
        (folder / "data_docs" / "index.html").write_text(text, encoding="utf-8")
        (folder / "index.html").write_text(text, encoding="utf-8")

    return build


def publish(data_dir: Path, batch: LoadBatch) -> None:
    """What a run does."""
    prepare(data_dir)
    publish_load(data_dir, make_seeds(), batch, pages(batch.load_id))


def ask(data_dir: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def state(data_dir: Path) -> dict[str, Any]:
    """Everything a reader can see, and every file there is."""
    views = ask(data_dir, "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1")
    found: dict[str, Any] = {name: ask(data_dir, f"FROM {name} ORDER BY ALL") for (name,) in views}
    for folder in ("parquet", "quality"):
        for path in sorted((data_dir / folder).rglob("*")):
            if path.is_file():
                name = str(path.relative_to(data_dir))
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    found["files"] = sorted(str(path.relative_to(data_dir)) for path in data_dir.rglob("*"))
    return found
