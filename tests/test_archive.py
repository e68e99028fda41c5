"""Archives: every kind, whatever is in them, and what is made to harm who opens them."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import tar_bytes, zip_bytes

from flows.archive import ArchiveRefused, Member, is_archive, read_members
from flows.fetch import Found, Unfit, discover, list_sources
from transforms.limits import Limits

TEXT = "2021年,全区实现地区生产总值2502亿元,增长6.2%。".encode()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
}


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def read(payload: bytes, limits: Limits | None = None) -> list[Member]:
    return list(read_members(payload, limits or Limits()))


def payloads(members: list[Member]) -> dict[str, bytes]:
    return {member.name: member.payload for member in members if member.payload is not None}


@pytest.mark.parametrize("kind", PACKERS)
def test_tar_archives_are_read_whatever_they_are_called(tmp_path: Path, kind: str) -> None:
    (tmp_path / "报告.dat").write_bytes(PACKERS[kind](tar_bytes({"2021/西湖区.txt": TEXT, ".hidden": b"x"})))
    (item,) = discover(list_sources([tmp_path]), ())
    assert item == Found(hashlib.sha256(TEXT).hexdigest(), "报告.dat/2021/西湖区.txt", TEXT)


def test_what_is_called_an_archive_and_is_none_is_held_back(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(TEXT)
    (item,) = discover(list_sources([tmp_path]), ())
    assert isinstance(item, Unfit)
    assert item.reason == "bad_archive"


def test_links_and_devices_are_told_and_not_followed() -> None:
    payload = tar_bytes(
        {"a.txt": TEXT},
        link("passwd", "/etc/passwd"),
        link("hard", "/etc/passwd", tarfile.LNKTYPE),
        link("null", "", tarfile.CHRTYPE),
    )
    members = read(payload)
    assert payloads(members) == {"a.txt": TEXT}
    assert [member.name for member in members if "link" in member.why] == ["passwd", "hard", "null"]


def test_a_member_without_a_name_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        member = zipfile.ZipInfo("a")
        member.filename = ""
        target.writestr(member, TEXT)
    assert list(payloads(read(buffer.getvalue())).values()) == [TEXT]


def test_a_link_in_a_zip_archive_is_told() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        info = zipfile.ZipInfo("passwd")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        target.writestr(info, "/etc/passwd")
    (member,) = read(buffer.getvalue())
    assert member.payload is None
    assert "link" in member.why


@pytest.mark.parametrize("pack", [tar_bytes, zip_bytes])
def test_names_are_only_names(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    names = [
        "../../a.txt",
        "/etc/b.txt",
        "C:\\c.txt",
        "q\"uo'te.txt",
        "new\nline.txt",
        "\x1b[2Jx.txt",
        "a\u202etxt.exe",
    ]
    found = read(pack({name: name.encode() for name in names}))
    assert {member.name for member in found} == {
        "../../a.txt", "etc/b.txt", "C:/c.txt", 'q"uo\'te.txt', "new\ufffdline.txt", "\ufffd[2Jx.txt", "a\ufffdtxt.exe",
    }  # fmt: skip


def test_names_in_gbk_in_a_tar_archive() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", encoding="gb18030", format=tarfile.GNU_FORMAT) as target:
        info = tarfile.TarInfo("西湖区.txt")
        info.size = len(TEXT)
        target.addfile(info, io.BytesIO(TEXT))
    assert payloads(read(buffer.getvalue())) == {"西湖区.txt": TEXT}


def test_archives_in_archives_are_opened_to_a_depth() -> None:
    payload = zip_bytes({"in.tar.gz": gzip.compress(tar_bytes({"deep.zip": zip_bytes({"a.txt": TEXT})}))})
    assert payloads(read(payload, Limits(archive_depth=3))) == {"in.tar.gz/deep.zip/a.txt": TEXT}
    (member,) = read(payload, Limits(archive_depth=2))
    assert member.name == "in.tar.gz/deep.zip"
    assert "nested too deep" in member.why


def test_an_archive_that_holds_itself_comes_to_an_end() -> None:
    """Each layer makes ten of one: whatever the depth, members and bytes are counted over all layers."""
    payload = zip_bytes({"a.txt": TEXT})
    for _ in range(6):
        payload = zip_bytes({f"{number}.zip": payload for number in range(10)})
    start = time.monotonic()
    members = read(payload, Limits(archive_depth=9, members=500))
    assert len(payloads(members)) <= 500
    assert any("too many members" in member.why for member in members)
    assert time.monotonic() - start < 20


BOMBS = {
    "zip": zip_bytes({"a.txt": bytes(20 * 2**20)}),
    "gzip": gzip.compress(tar_bytes({"a.txt": bytes(20 * 2**20)})),
    "bzip2": bz2.compress(tar_bytes({"a.txt": bytes(20 * 2**20)})),
    "xz": lzma.compress(tar_bytes({"a.txt": bytes(20 * 2**20)})),
    "gzip in zip": zip_bytes(
        {"a.tgz": gzip.compress(gzip.compress(tar_bytes({"a.txt": bytes(20 * 2**20)})))}
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_not_unpacked(kind: str) -> None:
    try:
        members = read(BOMBS[kind])
    except ArchiveRefused:
        return
    assert payloads(members) == {}
    assert all(member.why for member in members)


def test_a_header_that_claims_much_is_not_believed() -> None:
    """The extended header of a tar member is read at once into memory, as much as it says it has."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 30 * 2**20
    block = header.tobuf(tarfile.PAX_FORMAT)
    random = b"".join(hashlib.sha256(struct.pack("I", at)).digest() for at in range(10**6))
    with pytest.raises(ArchiveRefused):
        read(block + random, Limits(file_bytes=2**20))


def test_bounds_count_over_all_members() -> None:
    texts = {f"{number}.txt": TEXT for number in range(5)}
    for payload in (zip_bytes(texts), tar_bytes(texts)):
        with pytest.raises(ArchiveRefused, match="too many members"):
            read(payload, Limits(members=4))
        with pytest.raises(ArchiveRefused, match="too large"):
            read(payload, Limits(unpacked_bytes=4 * len(TEXT)))
        assert all("larger than" in member.why for member in read(payload, Limits(file_bytes=10)))


@pytest.mark.parametrize("kind", [*PACKERS, "zip"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_archives_never_break_the_reader(kind: str, data: st.DataObject) -> None:
    texts = {"a.txt": TEXT * 3, "区/b.txt": TEXT}
    whole = zip_bytes(texts) if kind == "zip" else PACKERS[kind](tar_bytes(texts))
    payload = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    for damaged in (bytes(payload), bytes(payload[:cut])):
        if is_archive("a", damaged):
            try:
                members = read(damaged)
            except ArchiveRefused:
                continue
            assert all(member.payload is not None or member.why for member in members)
