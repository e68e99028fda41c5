"""From paths to stored bytes: finds inputs, names them by SHA-256 and keeps them before anything reads them.

In: files, folders (recursive, hidden names skipped), zip and tar archives, URLs of any of these. Out: ``Found``
inputs, stored under ``raw/<first two hex digits>/<sha256>``, and ``Unfit`` ones with a reason. Nothing here looks at
what a text says; its first bytes only tell archives from the rest.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.archive import ArchiveRefused, is_archive, read_members
from flows.faults import as_failure
from flows.places import CHANGING, Place, RemoteSource, Url, still_changing
from flows.remembered import Met, Remembered
from transforms.errors import Transient, UnreadableReport, UsageError
from transforms.limits import Limits
from transforms.names import visible_name
from transforms.types import RawDocument

_LIMITS = Limits()

_TRANSIENT_NAMES = (
    "EAGAIN EINTR EBUSY EIO ESTALE ETIMEDOUT ENETDOWN ENETUNREACH EHOSTDOWN EHOSTUNREACH "
    "ECONNRESET ECONNABORTED EMFILE ENFILE ENOLCK EDEADLK"
)
_TRANSIENT_ERRNOS = {getattr(errno, name) for name in _TRANSIENT_NAMES.split() if hasattr(errno, name)}


@dataclass(frozen=True, slots=True)
class Source:
    """A file to look into, not opened yet. ``name`` is what it will be called everywhere.

    ``path`` is text: of a hundred thousand files, objects would take longer to make than their folder to list.
    """

    path: str
    name: str


AnySource = Source | RemoteSource


@dataclass(frozen=True, slots=True)
class Found:
    """The bytes of one input. ``report_id`` is their SHA-256 in hex, ``origin`` the file elsewhere that is just it."""

    report_id: str
    source_name: str
    payload: bytes
    origin: RemoteSource | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An input whose bytes are in raw/. ``size`` counts bytes; ``origin`` as of ``Found``."""

    report_id: str
    source_name: str
    size: int
    origin: RemoteSource | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """An input that never became a document.

    ``report_id`` is the SHA-256 of its bytes; where they cannot be had, that of its reason and name, so that
    the same closed file is not told again every night.
    """

    report_id: str
    source_name: str
    reason: str
    message: str
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A file that changed while it was read: the next run looks at it again."""

    source_name: str
    message: str


def list_sources(paths: Iterable[Place], exclude: Path | None = None) -> list[AnySource]:
    """All files below ``paths``, by name whatever the order of paths; ``exclude`` (the data directory) is left out.

    Raises UsageError for a place that does not exist or cannot be listed, Transient for a passing fault.
    """
    sources: list[AnySource] = []
    skip = os.path.realpath(exclude) if exclude is not None else None
    for path in paths:
        if isinstance(path, Url):
            from flows.remote import list_remote  # with what it needs, only where there is a URL

            sources += list_remote(path)
            continue
        with _explaining(path):
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                sources += (Source(item, _clean(name)) for item, name in _walk(str(path), skip))
            elif stat.S_ISREG(mode):
                sources.append(Source(str(path), _clean(path.name)))
            else:
                raise UsageError(f"不是文件也不是文件夹 / neither a file nor a folder: {path}")
    # Of two files with the same bytes the first gives the name: the order of the paths must not decide which
    return sorted(sources, key=lambda source: source.name)


def open_source(source: AnySource, limits: Limits = _LIMITS) -> Iterator[Found | Unfit | Unsettled]:
    """The inputs in one file: itself, or the members of an archive. Raises Transient only."""
    try:
        payload = _read_source(source, limits.file_bytes)
    except UnreadableReport as error:
        if error.reason == CHANGING:
            yield Unsettled(source.name, error.message)
        else:
            yield _unfit_by_name(source.name, error.reason, error.message)
        return
    origin = source if isinstance(source, RemoteSource) else None
    found = Found(hashlib.sha256(payload).hexdigest(), source.name, payload, origin)
    if is_archive(source.name, payload):
        yield from _open_archive(found, limits)
    else:
        yield found


def discover(
    sources: Iterable[AnySource],
    known: Collection[str],
    seen: list[Met] | None = None,
    limits: Limits = _LIMITS,
    remembered: Remembered | None = None,
) -> Iterator[Found | Unfit | Unsettled]:
    """Inputs that are new: bytes in ``known`` and bytes met before in this pass are left out.

    ``seen`` gets every input that was looked at. Files that are ``remembered`` to hold nothing new are not read; of
    those read, what they hold is remembered.
    """
    met: set[str] = set()
    for source in sources:
        held = remembered.recall(source) if remembered else []
        if held and all(report_id in known or report_id in met for _, report_id in held):
            met.update(report_id for _, report_id in held)
            if seen is not None:
                seen += held
            continue
        held, whole = [], True
        for item in open_source(source, limits):
            whole = whole and isinstance(item, Found)
            if isinstance(item, Unsettled):
                yield item
                continue
            held.append((item.source_name, item.report_id))
            if item.report_id not in known and item.report_id not in met:
                yield item
            met.add(item.report_id)
        if seen is not None:
            seen += held
        if remembered and whole:  # what other limits would read is looked at every time
            remembered.keep(source, held)


def raw_path(data_dir: Path, report_id: str) -> Path:
    """Where the bytes of a report are kept."""
    return data_dir / "raw" / report_id[:2] / report_id


def store_raw(data_dir: Path, found: Found) -> Stored:
    """Keep the bytes, whole or not at all. Bytes that are already there are left, unless they have rotted."""
    target = raw_path(data_dir, found.report_id)
    stored = Stored(found.report_id, found.source_name, len(found.payload), found.origin)
    with _writing(target):
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == found.report_id:
            return stored
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")  # one run at a time: the name cannot clash
        with partial.open("wb") as stream:
            stream.write(found.payload)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
        _sync_folder(target.parent)
    return stored


def load_raw(data_dir: Path, stored: Stored) -> RawDocument:
    """The stored bytes as a document to read. Raises Transient for a passing fault of the file system."""
    path = raw_path(data_dir, stored.report_id)
    with _writing(path):
        return RawDocument(stored.report_id, stored.source_name, path.read_bytes())


def find_stored(data_dir: Path, report_id: str, source_name: str) -> Stored | None:
    """An input whose bytes were kept by an earlier run; None if they are gone or have rotted."""
    path = raw_path(data_dir, report_id)
    with _writing(path):
        if not path.is_file():
            return None
        payload = path.read_bytes()
    if hashlib.sha256(payload).hexdigest() != report_id:
        return None
    return Stored(report_id, source_name, len(payload))


def _read_source(source: AnySource, most: int) -> bytes:
    """The bytes of a file. Raises UnreadableReport for one of more than ``most`` and one that cannot be read."""
    told = source.size if isinstance(source, RemoteSource) else None
    if told is None or told <= most:
        if isinstance(source, RemoteSource):
            from flows.remote import read_remote

            payload = read_remote(source, most + 1)
        else:
            payload = _read_local(source, most + 1)
        if len(payload) <= most:
            return payload
    limit = f"{most / 2**20:g}"
    message = f"文件超过 {limit} MB,不像报告 / larger than {limit} MB, hardly a report: {source.name}"
    raise UnreadableReport("too_large", message)


def _read_local(source: Source, most: int) -> bytes:
    """No more than ``most`` bytes. Raises UnreadableReport with the reason ``CHANGING`` for a file that is written
    to meanwhile: half a report must not become one."""
    with _reading(source.name), open(source.path, "rb") as stream:
        before = os.fstat(stream.fileno())
        payload = stream.read(most)
        after = os.fstat(stream.fileno())
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same or len(payload) != min(after.st_size, most):
        raise still_changing(source.name)
    return payload


def _open_archive(archive: Found, limits: Limits) -> Iterator[Found | Unfit]:
    """Members of an archive, then the archive itself as unfit if any of it could not be read."""
    broken: list[str] = []
    seen = False
    try:
        for member in read_members(archive.payload, limits):
            seen = True
            if member.payload is None:
                broken.append(f"{member.name}: {member.why}")
            else:
                digest = hashlib.sha256(member.payload).hexdigest()
                yield Found(digest, f"{archive.source_name}/{member.name}", member.payload)
    except ArchiveRefused as refused:
        broken.append(str(refused))
    if not seen and not broken:
        broken.append("没有文件 / no files in it")
    if broken:
        what = "、".join(broken[:5]) + (f" … ({len(broken)})" if len(broken) > 5 else "")
        message = f"压缩包中有内容读不了 / the archive cannot be read: {what}"
        yield Unfit(archive.report_id, archive.source_name, "bad_archive", message, archive.payload)


def _walk(
    folder: str, skip: str | None, above: str = "", seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Regular files below a folder, with their names from where it began, ``above`` being that of the folder.

    Linked folders are followed; ``seen`` stops at a link to a parent. A link to nothing and a folder that may not be
    listed are given as they are: opening them will say why.
    """
    real = os.path.realpath(folder)
    if real == skip or real in seen:
        return
    try:
        with os.scandir(folder) as listed:
            entries = sorted((entry.name, _is_folder(entry), _is_shown(entry)) for entry in listed)
    except PermissionError:
        if not seen:
            raise
        entries = []
        yield folder, above.removesuffix("/")
    for name, is_folder, is_shown in entries:
        if name.startswith("."):
            continue
        if is_folder:
            yield from _walk(os.path.join(folder, name), skip, f"{above}{name}/", seen | {real})
        elif is_shown:
            yield os.path.join(folder, name), f"{above}{name}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_shown(entry: os.DirEntry[str]) -> bool:
    """A regular file, or a link to nothing: neither a pipe nor a device."""
    try:
        return entry.is_file() or not os.path.exists(entry.path)
    except OSError:
        return True


def _clean(name: str) -> str:
    """A name that can be shown: bytes the system could not decode are read as GB 18030."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", errors="replace")
    return visible_name(name)


def _unfit_by_name(name: str, reason: str, message: str) -> Unfit:
    return Unfit(hashlib.sha256(f"{reason}:{name}".encode()).hexdigest(), name, reason, message)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut; not every system can open a folder, and then it needs no sync."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """A given path that cannot be listed is a wrong command."""
    try:
        yield
    except OSError as error:
        _raise_if_transient(error, str(path))
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"找不到 / not found: {error.filename or path}") from error
        raise UsageError(f"打不开 / cannot open: {error.filename or path}: {error.strerror}") from error


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """One file that cannot be opened is held back; the night goes on."""
    try:
        yield
    except OSError as error:
        _raise_if_transient(error, name)
        message = f"文件打不开 / the file cannot be opened: {name}: {error.strerror}"
        raise UnreadableReport("unreadable_file", message) from error


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Our own store: a passing fault is worth another try, any other fails the load."""
    try:
        yield
    except OSError as error:
        _raise_if_transient(error, str(path))
        error.filename = error.filename or str(path)  # a write does not say to which file
        raise as_failure(error) from error


def _raise_if_transient(error: OSError, what: str) -> None:
    if error.errno in _TRANSIENT_ERRNOS:
        raise Transient(f"暂时读写不了 / temporary fault: {what}: {error.strerror}") from error
