"""A lake: the warehouse in DuckLake, its catalogue in PostgreSQL, its rows in Parquet files on a folder or a bucket.

Imports nothing heavier than DuckDB: ``zhengbao sql`` comes through here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb

from transforms.errors import LoadFailed, Transient, UsageError
from warehouse.sql import read_named

# the catalogue is attached under the name that DuckDB gives to warehouse.duckdb
NAME = "warehouse"
PREFIX = "ducklake:"
_CATALOGUE = re.compile(r"ducklake:postgres:\s*\S.*", re.S)
_SECRET = re.compile(r"password\s*=|//[^/@\s]*:[^/@\s]*@", re.IGNORECASE)
_BUCKETS = ("s3://", "s3a://")
_EXTENSIONS = ("postgres_scanner", "ducklake")
_CLOSED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
# creating the catalogue at the same moment as somebody else: the second time it is there
_TRIES_TO_CREATE = 3


@dataclass(frozen=True, slots=True)
class LakeAddress:
    """Where a lake is. ``catalogue`` is what DuckLake's ATTACH takes (``ducklake:postgres:…``), without a password.

    ``files`` is the folder or bucket in which a lake that is made anew keeps its rows; one that exists knows its own.
    ``access`` opens a bucket: the names of ``lake.sql``, ``access``. A catalogue that does not answer is tried again
    ``retries`` times, with pauses of ``retry_seconds``.
    """

    catalogue: str
    files: str
    access: Mapping[str, str] = field(default_factory=dict, repr=False)
    retries: int = 0
    retry_seconds: float = 0.0


@dataclass(slots=True)
class Lake:
    """A lake and the load that waits in it, loaded and judged, to be committed: an open transaction."""

    address: LakeAddress
    pending: duckdb.DuckDBPyConnection | None = None

    @property
    def shown(self) -> str:
        """What people are told; it holds no secret."""
        return self.address.catalogue

    def exists(self) -> bool:
        """Whether there is a catalogue with a warehouse in it. Transient if it does not answer."""
        try:
            with self.reading():
                return True
        except NoLake:
            return False

    @contextmanager
    def reading(self, version: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to the lake as it is now, or was in a version; one state throughout.

        NoLake where there is none yet, Transient if the catalogue does not answer, LoadFailed if it cannot be used.
        """
        with self.open(read_only=True, version=version) as connection:
            connection.begin()
            yield connection

    def open(self, read_only: bool, version: int | None = None) -> duckdb.DuckDBPyConnection:
        """A connection with the lake as its database. Errors as in ``reading``."""
        for left in range(self.address.retries, -1, -1):
            try:
                return self._open(read_only, version)
            except Transient:
                if not left:
                    raise
                time.sleep(self.address.retry_seconds)
        raise AssertionError("unreachable")

    def asking(self, locked: Mapping[str, str], at: str | None = None) -> duckdb.DuckDBPyConnection:
        """A read-only connection that reaches nothing but the lake's own files, its settings locked.

        ``at`` is a load or a version of the lake. UsageError where there is none, and errors as in ``reading``.
        """
        version = None if at is None else self._version(at)
        connection = self.open(read_only=True, version=version)
        try:
            (files,) = connection.execute(read_named("lake")["settings"]).fetchone() or ("",)
            connection.execute(f"SET allowed_directories = [{_quoted(str(files))}]")
            for name, value in locked.items():
                connection.execute(f"SET {name} = {value}")
        except duckdb.Error as error:
            connection.close()
            raise self._explain(error) from error
        return connection

    def _version(self, at: str) -> int:
        if at.isdecimal():
            return int(at)
        with self.reading() as connection:
            row = connection.execute(read_named("lake")["version_of"], {"load_id": at}).fetchone()
        if row is None or row[0] is None:
            raise UsageError(
                f"没有这一批,或其状态已不保留 / no such load, or its state is no longer kept: {at}"
            )
        return int(row[0])

    def create(self) -> duckdb.DuckDBPyConnection:
        """A connection that may write, to a catalogue made anew where there is none. Errors as in ``reading``."""
        if "://" not in self.address.files:
            Path(self.address.files).mkdir(parents=True, exist_ok=True)
        for left in range(_TRIES_TO_CREATE, 0, -1):
            with suppress(NoLake):
                return self.open(read_only=False)
            try:
                return self._open(read_only=False, version=None, files=self.address.files)
            except LoadFailed:
                if left == 1:
                    raise
        raise AssertionError("unreachable")

    def attach_before(self, connection: duckdb.DuckDBPyConnection, version: int) -> None:
        """Attach an earlier version of the lake beside it, as ``before``. Raises duckdb.Error."""
        connection.execute(_attach(self.address.catalogue, read_only=True, version=version, name="before"))

    def forget_pending(self) -> None:
        """Drop what waits to be committed, if anything does."""
        if self.pending is not None:
            self.pending.close()
            self.pending = None

    def _open(
        self, read_only: bool, version: int | None, files: str | None = None
    ) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:", config={**_CLOSED, **_trust()})
        try:
            for name in _EXTENSIONS:
                _load_extension(connection, name)
            if files is not None and files.startswith(_BUCKETS):
                self._open_bucket(connection)
            attach = _attach(self.address.catalogue, read_only, version, files)
            try:
                connection.execute(attach)
            except duckdb.Error as error:  # the catalogue knows its bucket, and only now do we
                if "requires the extension httpfs" not in str(error):
                    raise
                self._open_bucket(connection)
                connection.execute(attach)
            connection.execute(f"USE {NAME}")
        except duckdb.Error as error:
            connection.close()
            raise self._explain(error) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_bucket(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Values go in as variables, which are taken away again: a statement with a key in it could be shown."""
        _load_extension(connection, "httpfs")
        defaults = {
            "key_id": "", "secret": "", "session_token": "", "region": "us-east-1",
            "endpoint": "s3.amazonaws.com", "url_style": "vhost", "use_ssl": "true",
        }  # fmt: skip
        for name, value in {**defaults, **self.address.access}.items():
            connection.execute(f"SET VARIABLE {name} = ?", [value])
        connection.execute(read_named("lake")["access"])
        for name in defaults:
            connection.execute(f"RESET VARIABLE {name}")

    def _explain(self, error: duckdb.Error) -> LoadFailed | Transient | NoLake:
        text = " ".join(str(error).split())
        if "creating a new DuckLake is explicitly disabled" in text or "data_path is not set" in text:
            return NoLake(
                f"没有仓库,请先运行 zhengbao run / no warehouse in {self.shown}: run `zhengbao run` first"
            )
        if "No snapshot found at version" in text:
            return NoLake(f"没有这个版本 / no such version: {text.rpartition(' ')[2]}")
        if "Unable to connect to Postgres" in text:
            reason = text.rpartition('": ')[2].removesuffix(" Is the server running locally and accepting "
                                                            "connections on that socket?")  # fmt: skip
            return Transient(f"湖仓目录连不上 / the catalogue does not answer: {self.shown}: {reason}")
        return LoadFailed(f"湖仓打不开 / cannot open {self.shown}: {text}")


class NoLake(UsageError):
    """A catalogue in which no warehouse has been made yet."""


def check_catalogue(text: str) -> str:
    """The setting ``warehouse`` as it is to be used. UsageError for what is no lake, or carries a password."""
    if not _CATALOGUE.fullmatch(text):
        raise UsageError(
            "warehouse 应为空或 ducklake:postgres:… / warehouse is either empty or ducklake:postgres:dbname=… host=…"
        )
    if _SECRET.search(text):
        raise UsageError(
            "湖仓地址里不能有密码,请放在 PGPASSWORD 或 ~/.pgpass / no password in the address of the warehouse: "
            "it belongs into PGPASSWORD or ~/.pgpass"
        )
    return text


def is_conflict(error: duckdb.Error) -> bool:
    """Whether a transaction failed because another was committed since it began."""
    text = str(error).casefold()
    return "transaction conflict" in text or "retry count" in text or "could not serialize" in text


def _attach(
    catalogue: str, read_only: bool, version: int | None, files: str | None = None, name: str = NAME
) -> str:
    """The statement: ATTACH takes no parameters, so the two texts of the settings are quoted."""
    options = ["READ_ONLY"] if read_only else []
    options += [] if version is None else [f"SNAPSHOT_VERSION {version:d}"]
    options += ["CREATE_IF_NOT_EXISTS false"] if files is None else [f"DATA_PATH {_quoted(files)}"]
    # all rows in Parquet files, also the few of a small load: the catalogue knows where they are and holds none
    options += [] if read_only else ["DATA_INLINING_ROW_LIMIT 0"]
    return f"ATTACH {_quoted(catalogue)} AS {name} ({', '.join(options)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def _find_extension(name: str) -> Path | None:
    """The file in the wheel that carries an extension for this version of DuckDB."""
    module = find_spec(f"duckdb_extension_{name}")
    folders = list(module.submodule_search_locations or ()) if module else []
    file = f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
    return next((path for folder in folders if (path := Path(folder, file)).is_file()), None)


def _trust() -> dict[str, str]:
    """To check signatures takes half a second for each connection. Wheels were checked when they were installed, as
    DuckDB itself was; what comes from elsewhere is checked."""
    ours = all(_find_extension(name) for name in (*_EXTENSIONS, "httpfs"))
    return {"allow_unsigned_extensions": "true"} if ours else {}


def _load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """From the wheel that carries it, else one that was installed in DuckDB. UsageError where there is neither."""
    found = _find_extension(name)
    try:
        connection.execute(f"LOAD {_quoted(str(found))}" if found else f"LOAD {name}")
    except duckdb.Error as error:
        raise UsageError(
            f"缺少 DuckDB 扩展,请安装 zhengbao[lake] / DuckDB's extension {name} is missing: install zhengbao[lake]"
        ) from error
