"""What several tests need: a real Prefect server, a process to fork runs from, a loaded data directory."""

# ruff: noqa: E402 - see refuse_stale

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.compiled import refuse_stale

refuse_stale()  # a test of yesterday's rules says nothing about today's

from factories import memory_warehouse
from lakes import lake_at
from postgres import Postgres, postgres_server
from runs import SAMPLES, Forker, clean_environment

from flows.orchestrator import TemporaryServer
from warehouse.layout import Layout


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What programs keep from run to run is kept for these tests, and nothing of the user's is found or changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with memory_warehouse() as connection:
        yield connection


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of a user who has a Prefect server of their own, one for each test process."""
    home = tmp_path_factory.mktemp("prefect")
    server = TemporaryServer(home)
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    os.environ.update(quiet)
    server.start()
    try:
        server.wait()
        yield clean_environment(**quiet, **server.client_environment(os.environ))
    finally:
        server.stop()


@pytest.fixture(scope="session")
def forker(served: dict[str, str]) -> Iterator[Forker]:
    """See ``Forker``."""
    process = Forker(served)
    yield process
    process.close()


@pytest.fixture(scope="session")
def loaded(served: dict[str, str], forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory into which the sample reports were loaded; tests only read it."""
    data = tmp_path_factory.mktemp("loaded") / "data"
    log = data.parent / "log"
    assert forker.run(log, "run", "--data", data, *SAMPLES) == 0, log.read_text()
    return data


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one for each test process; skips where the machine has none."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def lake(postgres: Postgres, tmp_path: Path) -> Layout:
    """A data directory with a lake of its own, in which nothing is yet."""
    return lake_at(tmp_path / "data", postgres.make_database(), tmp_path / "lake")
