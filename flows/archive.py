"""Zip and tar archives, read in memory: nothing is unpacked to disk, so a member's name or link can point nowhere.

What would fill memory, or take a night, is refused before or while it is unpacked. Archives in an archive count
against the same bounds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from transforms.kinds import kind_of
from transforms.limits import Limits
from transforms.names import visible_name

# Chinese text shrinks to a third, tables of blanks to a fiftieth; a hundredfold is made to be unpacked.
MAX_RATIO = 100
_RATIO_FREE_BYTES = 10 * 2**20
_LONGEST_NAME = 1_000
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
_SUFFIXES = (".zip", *_TAR_SUFFIXES)
# the ways a damaged member, a wrong header or a rare method shows itself; all mean: not readable
_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


class ArchiveRefused(Exception):
    """The archive as a whole is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; ``payload`` is None when it is not read, and ``why`` says why not."""

    name: str
    payload: bytes | None
    why: str = ""


@dataclass(slots=True)
class _Room:
    """What is left of the bounds for an archive and all archives in it."""

    limits: Limits
    members: int = 0
    bytes: int = 0

    def take(self, size: int) -> None:
        self.members += 1
        self.bytes += size
        if self.members > self.limits.members:
            raise ArchiveRefused(f"文件过多 / too many members: more than {self.limits.members}")
        if self.bytes > self.limits.unpacked_bytes:
            raise ArchiveRefused(
                f"解压后过大 / too large when unpacked: more than {self.limits.unpacked_bytes} bytes"
            )


def is_archive(name: str, payload: bytes) -> bool:
    """Whether these bytes, or else this name, are those of a zip or tar archive; office documents are none."""
    kind = kind_of(payload)
    return kind in ("zip", "tar") or (kind in ("text", "other") and name.lower().endswith(_SUFFIXES))


def read_members(payload: bytes, limits: Limits) -> Iterator[Member]:
    """Files of an archive, those of archives in it after them; folders and hidden files are left out.

    Raises ArchiveRefused, after what was read until then.
    """
    yield from _read(payload, _Room(limits), "", 1)


def _read(payload: bytes, room: _Room, prefix: str, depth: int) -> Iterator[Member]:
    members = _tar_members if kind_of(payload) == "tar" else _zip_members
    inner: list[Member] = []
    for member in members(payload, room):
        named = Member(prefix + member.name, member.payload, member.why)
        if _is_hidden(member.name):
            continue
        if named.payload is not None and is_archive(named.name, named.payload):
            inner.append(named)
        else:
            yield named
    for member in inner:
        if depth >= room.limits.archive_depth:
            yield Member(member.name, None, "压缩包层数过多 / archives nested too deep")
            continue
        try:
            yield from _read(member.payload or b"", room, f"{member.name}/", depth + 1)
        except ArchiveRefused as refused:
            yield Member(member.name, None, str(refused))


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/"))


def _zip_members(payload: bytes, room: _Room) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(payload))
        infos = [
            info for info in archive.infolist() if not info.filename.endswith("/")
        ]  # a name may be empty
    except _BROKEN as error:
        raise ArchiveRefused(f"不是完整的 zip / not a whole zip archive ({error})") from error
    with archive:
        declared = sum(info.file_size for info in infos)
        if declared > _RATIO_FREE_BYTES and declared > MAX_RATIO * len(payload):
            raise ArchiveRefused(f"压缩比异常 / suspicious compression ratio: {declared // len(payload)}")
        for name, info in sorted(((_zip_name(info), info) for info in infos), key=lambda pair: pair[0]):
            room.take(info.file_size)
            yield _read_zip_member(archive, info, name, room.limits.file_bytes)


def _read_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, limit: int) -> Member:
    if info.flag_bits & 0x1:
        return Member(name, None, "有密码 / protected by a password")
    if info.file_size > limit:
        return Member(name, None, f"超过 {limit} 字节 / larger than {limit} bytes")
    if (info.external_attr >> 28) == 0xA:
        return Member(name, None, "是链接 / a link")
    try:
        return Member(name, archive.read(info))  # never more than it declares
    except _BROKEN as error:
        return Member(name, None, f"已损坏 / damaged ({type(error).__name__})")


def _tar_members(payload: bytes, room: _Room) -> Iterator[Member]:
    """Members in the order they come: a stream cannot be sorted without being kept."""
    stream = _Bounded(_decompressor(payload), len(payload), room.limits.unpacked_bytes)
    stream.expect(room.limits.file_bytes)
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
            for info in archive:
                room.take(info.size)
                if info.isdir():
                    continue
                stream.expect(info.size + room.limits.file_bytes)
                yield _read_tar_member(archive, info, room.limits.file_bytes)
    except _BROKEN as error:
        raise ArchiveRefused(f"不是完整的 tar / not a whole tar archive ({error})") from error


def _read_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, limit: int) -> Member:
    name = _clean(info.name)
    if not info.isfile():
        return Member(name, None, "是链接或设备 / a link or a device")
    if info.size > limit:
        return Member(name, None, f"超过 {limit} 字节 / larger than {limit} bytes")
    content = archive.extractfile(info)
    payload = content.read() if content else b""
    if len(payload) != info.size:
        raise EOFError(f"{name}: unexpected end")
    return Member(name, payload)


def _decompressor(payload: bytes) -> io.BufferedIOBase:
    raw = io.BytesIO(payload)
    if payload.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw)
    if payload.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if payload.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(raw)
    return raw


class _Bounded(io.RawIOBase):
    """A stream that stops giving more than an archive may hold, or than so few bytes can honestly become."""

    def __init__(self, stream: io.BufferedIOBase, packed: int, most: int) -> None:
        self._stream = stream
        self._most = most
        self._ratio_most = max(_RATIO_FREE_BYTES, MAX_RATIO * packed)
        self._given = 0
        self._expected = most

    def expect(self, size: int) -> None:
        """No more than this is to come before the next call: a header that claims more would fill memory."""
        self._expected = self._given + size + tarfile.RECORDSIZE

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        most = min(self._most, self._ratio_most, self._expected) - self._given
        piece = self._stream.read(min(size, most + 1) if size >= 0 else most + 1)
        self._given += len(piece)
        if self._given > self._ratio_most:
            raise ArchiveRefused(f"压缩比异常 / suspicious compression ratio: more than {MAX_RATIO}")
        if self._given > self._most:
            raise ArchiveRefused(f"解压后过大 / too large when unpacked: more than {self._most} bytes")
        if self._given > self._expected:
            raise ArchiveRefused("文件头过大 / a header is too large")
        return piece


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name with forward slashes. Without the UTF-8 flag, Chinese systems write GBK posing as cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return _clean(name)


def _clean(name: str) -> str:
    """A name that can only name: no drive, no root, valid Unicode (tar keeps GBK bytes as surrogates)."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("gb18030", errors="replace")
    parts = PurePosixPath(name.replace("\\", "/").lstrip("/")).parts
    return visible_name("/".join(parts)[:_LONGEST_NAME]) or "_"
