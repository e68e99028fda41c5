"""Files below a URL, by fsspec: listed with size, time and etag, and read within the limits. The only code that
fetches over a network.

In: a ``Url``. Out: ``RemoteSource`` and bytes. fsspec and the library behind a protocol are imported late: whoever has
only folders never waits for them. Every fault of theirs ends as one of ours, without anything that could be secret.
"""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import fsspec

from flows.places import BUCKETS, WEB, RemoteSource, Url, still_changing
from transforms.errors import LoadFailed, Transient, UnreadableReport, UsageError
from transforms.names import visible_name

_EXTRAS = {"s3": "s3", "s3a": "s3", "http": "http", "https": "http"}
# pages that list each other would be followed for ever
_DEEPEST = 16
_ETAGS = ("ETag", "etag", "Content-MD5", "Digest", "md5Hash", "content_md5")
_TIMES = (
    "LastModified",
    "last_modified",
    "mtime",
    "modify",
    "modified",
    "updated",
    "Last-Modified",
    "created",
)
# faults of libraries that are no OSError; one that was not imported has raised nothing
_FAULTS = (("botocore.exceptions", "BotoCoreError"), ("aiohttp", "ClientError"))
_PASSING = (
    ("botocore.exceptions", "HTTPClientError"),
    ("botocore.exceptions", "ConnectionError"),
    ("botocore.exceptions", "IncompleteReadError"),
    ("aiohttp", "ClientConnectionError"),
    ("aiohttp", "ClientPayloadError"),
)
_EXPIRED = (("s3fs.utils", "FileExpired"),)
# how s3fs tells of a server in trouble: slow down, internal error, timed out
_PASSING_NAMES = "EAGAIN EBUSY EIO EREMOTEIO ETIMEDOUT ENETDOWN ENETUNREACH EHOSTDOWN EHOSTUNREACH"
_PASSING_ERRNOS = {getattr(errno, name) for name in _PASSING_NAMES.split() if hasattr(errno, name)}


def list_remote(place: Url) -> list[RemoteSource]:
    """All files below a URL, or the one that it names; hidden names are left out.

    Raises UsageError for a place that does not exist or may not be listed, and where the library for its protocol
    is missing; Transient for one that cannot be reached now.
    """
    with _listing(place):
        files = _filesystem(place)
        files.invalidate_cache()
        root = files._strip_protocol(str(place))
        if not _is_folder(files, place, root):
            return [_source(place, files.info(root), root.rstrip("/").rpartition("/")[2])]
        prefix = root.rstrip("/") + "/"
        return [
            _source(place, info, path.removeprefix(prefix))
            for path, info in sorted(_walk(files, place, root))
            if _is_shown(path, prefix, place)
        ]


def read_remote(source: RemoteSource, most: int) -> bytes:
    """The bytes of a file, but no more than ``most``.

    Raises Transient, and UnreadableReport: with the reason ``CHANGING`` for a file that became another while it was
    read, or is gone.
    """
    with _reading(source):
        files = _filesystem(source.place)
        before = source.version or _version(files.info(source.path))
        payload = _read(files, source.path, most)
        files.invalidate_cache()
        info = files.info(source.path)
    size = info.get("size")
    if _version(info) != before or (size is not None and len(payload) != min(size, most)):
        raise still_changing(source.name)
    return payload


def write_remote(folder: Url, files: Mapping[str, bytes]) -> None:
    """Writes files below a URL, each whole or not at all; what is there already is replaced. Raises Transient, and
    LoadFailed where it may not."""
    with _exchanging(folder):
        files_there = _filesystem(folder)
        root = files_there._strip_protocol(str(folder))
        files_there.makedirs(root, exist_ok=True)
        for name, payload in files.items():
            files_there.pipe_file(f"{root}/{name}", payload)


def read_remote_folder(folder: Url) -> dict[str, bytes]:
    """What ``write_remote`` wrote, by name. Raises Transient, and LoadFailed."""
    with _exchanging(folder):
        files = _filesystem(folder)
        files.invalidate_cache()
        root = files._strip_protocol(str(folder))
        return {path.rpartition("/")[2]: files.cat_file(path) for path in files.find(root)}


def remove_remote(folder: Url) -> None:
    """Removes a folder and what is below it, if it is there: what cannot be removed only takes room."""
    with suppress(*_faults()):
        files = _filesystem(folder)
        files.invalidate_cache()
        files.rm(files._strip_protocol(str(folder)), recursive=True)


def _filesystem(place: Url) -> Any:
    """The file system behind a URL; fsspec keeps one for each kind and host, and its connections."""
    try:
        return fsspec.core.url_to_fs(str(place))[0]
    except ImportError as error:
        extra = _EXTRAS.get(place.protocol)
        what = f"pip install 'zhengbao[{extra}]'" if extra else str(error)
        raise UsageError(f"读取 {place.protocol}:// 需要安装 / {place.protocol}:// needs: {what}") from error


def _is_folder(files: Any, place: Url, root: str) -> bool:
    """A web server does not tell; there, as in every browser, the slash at the end does."""
    if place.protocol in WEB:
        return str(place).endswith("/")
    return bool(files.info(root)["type"] == "directory")


def _walk(files: Any, place: Url, root: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and facts of every file. A bucket lists all that is below at once, without a request for each folder."""
    if place.protocol in BUCKETS:
        yield from files.find(root, detail=True).items()
        return
    # a folder that cannot be listed must not pass for an empty one
    for _, _, found in files.walk(root, maxdepth=_DEEPEST, detail=True, on_error="raise"):
        yield from ((info["name"], info) for info in found.values())


def _is_shown(path: str, prefix: str, place: Url) -> bool:
    """Neither hidden, nor what marks an empty folder, nor a link that sorts a web server's list."""
    if not path.startswith(prefix) or path.endswith("/") or (place.protocol in WEB and "?" in path):
        return False
    return not any(part.startswith(".") for part in path.removeprefix(prefix).split("/"))


def _source(place: Url, info: dict[str, Any], name: str) -> RemoteSource:
    shown = unquote(name, errors="replace") if place.protocol in WEB else name
    told = _version(info)
    return RemoteSource(
        place, info["name"], visible_name(shown.lstrip("/")), info.get("size"), _changed_at(info), told
    )


def _version(info: dict[str, Any]) -> str:
    """What tells the content from another: the etag, else size and time; '' where nothing is told."""
    for key in _ETAGS:
        if etag := info.get(key):
            return str(etag).removeprefix("W/").strip('"')
    told = (info.get("size"), _changed_at(info))
    return "" if told == (None, None) else f"{told[0]} {told[1]}"


def _changed_at(info: dict[str, Any]) -> datetime | None:
    """When a file was changed last, as the many libraries tell it; a time without a zone is in UTC."""
    told = next((info[key] for key in _TIMES if info.get(key)), None)
    try:
        if isinstance(told, int | float):
            return datetime.fromtimestamp(told, UTC)
        if isinstance(told, str):
            told = datetime.fromisoformat(told) if told[:1].isdigit() else parsedate_to_datetime(told)
    except ValueError:
        return None
    if not isinstance(told, datetime):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _read(files: Any, path: str, most: int) -> bytes:
    """A web server's answer comes piece by piece; a read-ahead would only fetch what was fetched."""
    pieces: list[bytes] = []
    with files.open(path, "rb", cache_type="none") as stream:
        while most > 0 and (piece := stream.read(most)):
            pieces.append(piece)
            most -= len(piece)
    return b"".join(pieces)


@contextmanager
def _listing(place: Url) -> Iterator[None]:
    """A given place that cannot be listed is a wrong command."""
    try:
        yield
    except _faults() as error:
        _raise_if_passing(error, str(place))
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"找不到 / not found: {place}") from error
        raise UsageError(f"打不开 / cannot open: {place}{_because(error)}") from error


@contextmanager
def _reading(source: RemoteSource) -> Iterator[None]:
    """One file that cannot be read is held back; the night goes on."""
    try:
        yield
    except _faults() as error:
        if isinstance(error, _classes(_EXPIRED)):
            raise still_changing(source.name) from error
        _raise_if_passing(error, f"{source.place}: {source.name}")
        if isinstance(error, FileNotFoundError):
            raise still_changing(source.name) from error
        message = f"文件打不开 / the file cannot be opened: {source.name}{_because(error)}"
        raise UnreadableReport("unreadable_file", message) from error


@contextmanager
def _exchanging(folder: Url) -> Iterator[None]:
    """What passes between machines: a passing fault is worth another try, any other fails the load."""
    try:
        yield
    except _faults() as error:
        _raise_if_passing(error, str(folder))
        raise LoadFailed(f"读写不了 / cannot be read or written: {folder}{_because(error)}") from error


def _raise_if_passing(error: BaseException, what: str) -> None:
    """Libraries wrap a lost connection in errors that say something else; what caused them says it."""
    cause: BaseException | None = error
    while cause is not None:
        if (
            isinstance(cause, (ConnectionError, TimeoutError, *_classes(_PASSING)))
            or (isinstance(cause, OSError) and cause.errno in _PASSING_ERRNOS)
            or getattr(cause, "status", 0) in (429, 500, 502, 503, 504)
        ):
            raise Transient(f"暂时连不上 / cannot be reached now: {what}{_because(cause)}") from error
        cause = cause.__cause__


def _because(error: BaseException) -> str:
    """The library's own words: one line, no name or password of an address, nothing behind its question mark."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = " ".join(visible_name(" ".join(words.split())).split())[:300]
    line = re.sub(r"://[^/@\s]*@", "://", line)
    line = re.sub(r"(://[^\s?\"']*)\?[^\s\"']*", r"\1", line)
    return f": {line}" if line else ""


def _faults() -> tuple[type[Exception], ...]:
    return (OSError, ValueError, *_classes(_FAULTS))


def _classes(names: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    return tuple(getattr(sys.modules[module], name) for module, name in names if sys.modules.get(module))
