"""New data directories begin with a database that Prefect's server built before; without it nothing changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows.blank_history import DATABASE_NAME, begin_blank, cached_database, is_blank, keep_blank
from flows.orchestrator import TemporaryServer, quieten


def read_database(path: Path) -> tuple[list[str], int]:
    """Alembic's revision and how many flow runs there are."""
    with closing(sqlite3.connect(path)) as connection:
        revisions = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
        return revisions, connection.execute("SELECT count(*) FROM flow_run").fetchone()[0]


def answers_in(home: Path) -> None:
    """Starts a server there and ends it once it answers."""
    quieten()
    server = TemporaryServer(home)
    try:
        server.start()
        server.wait()
    finally:
        server.stop()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the database of this test alone would be kept; nothing is there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    path = cached_database()
    assert path is not None
    return path


def test_a_new_home_begins_with_what_is_kept(served: dict[str, str], tmp_path: Path) -> None:
    kept = cached_database()
    assert kept is not None
    home = tmp_path / "home"
    quieten()
    server = TemporaryServer(home)
    try:
        server.start()
        assert (home / DATABASE_NAME).stat().st_size >= kept.stat().st_size
        server.wait()
    finally:
        server.stop()
    assert read_database(home / DATABASE_NAME) == read_database(kept)
    assert read_database(kept)[1] == 0


def test_what_is_damaged_is_given_up_for_a_new_one(cache: Path, tmp_path: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"no database" * 1000)
    answers_in(tmp_path / "home")
    revisions, runs = read_database(cache)
    assert len(revisions) == 1
    assert runs == 0


def test_what_stands_in_a_home_is_not_overwritten(cache: Path, tmp_path: Path) -> None:
    assert is_blank(tmp_path)
    (tmp_path / f"{DATABASE_NAME}-wal").write_bytes(b"log")
    assert not is_blank(tmp_path)


def test_nothing_is_kept_of_a_server_with_another_database(cache: Path, tmp_path: Path) -> None:
    keep_blank(tmp_path)
    assert not cache.exists()
    assert is_blank(tmp_path)
    assert not begin_blank(tmp_path)


def test_a_place_that_cannot_be_written_to_keeps_nothing(cache: Path, tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).touch()
    cache.parent.parent.write_text("a file where a folder belongs")
    keep_blank(tmp_path)
    assert not begin_blank(tmp_path / "home")


def test_a_user_without_a_home_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert cached_database() is None
