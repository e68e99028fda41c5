"""Zip archives, read in memory: nothing is unpacked to disk, so a member's name can point nowhere.

What would fill memory or cannot be a set of reports is refused before it is unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_MEMBERS = 20_000
MAX_TOTAL_BYTES = 2 * 2**30
# Chinese text shrinks to a third, tables of blanks to a fiftieth; a hundredfold is made to be unpacked.
MAX_RATIO = 100
_RATIO_FREE_BYTES = 10 * 2**20


class ArchiveRefused(Exception):
    """The archive as a whole is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; ``payload`` is None when it is damaged, encrypted, too large or an archive."""

    name: str
    payload: bytes | None


def read_members(payload: bytes, max_file_bytes: int) -> Iterator[Member]:
    """Files of a zip archive by name; folders and hidden files are left out. Raises ArchiveRefused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(payload))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ArchiveRefused(f"不是完整的 zip / not a whole zip archive ({error})") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        _check_limits(infos, len(payload))
        named = sorted(((_member_name(info), info) for info in infos), key=lambda pair: pair[0])
        for name, info in named:
            if not any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/")):
                yield Member(name, _read_member(archive, info, max_file_bytes))


def _check_limits(infos: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS:
        raise ArchiveRefused(f"文件过多 / too many members: {len(infos)}")
    if unpacked > MAX_TOTAL_BYTES:
        raise ArchiveRefused(f"解压后过大 / too large when unpacked: {unpacked} bytes")
    if unpacked > _RATIO_FREE_BYTES and unpacked > MAX_RATIO * packed:
        raise ArchiveRefused(f"压缩比异常 / suspicious compression ratio: {unpacked // packed}")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes | None:
    """Bytes of a member, never more than it declares; None when it cannot be read."""
    if info.flag_bits & 0x1 or info.file_size > limit or info.filename.lower().endswith(".zip"):
        return None
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        # the ways a damaged member, a wrong header or a rare method shows itself; all mean: not readable
        return None


def _member_name(info: zipfile.ZipInfo) -> str:
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
    return name.replace("\\", "/").lstrip("/")
