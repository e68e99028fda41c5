"""Finding, naming and keeping inputs: files, folders, archives, and everything that is none of these."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packing import zip_bytes

from flows import fetch
from flows.fetch import (
    Found,
    Source,
    Stored,
    Unfit,
    Unsettled,
    discover,
    list_sources,
    load_raw,
    open_source,
    raw_path,
    store_raw,
)
from transforms.errors import Transient, UsageError
from transforms.limits import Limits

TEXT = "2021年,全区实现地区生产总值2502亿元,增长6.2%。".encode()


def names(sources: list[Source]) -> list[str]:
    return [source.name for source in sources]


def inputs(*paths: Path, known: tuple[str, ...] = ()) -> list[Found | Unfit]:
    return list(discover(list_sources(paths), known))


def write(path: Path, payload: bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(payload)
    return path


def test_folder_is_walked_in_order_and_hidden_names_are_skipped(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "区/2021.txt", ".DS_Store", ".git/config", "区/.hidden.txt"):
        write(tmp_path / name, name.encode())
    assert names(list_sources([tmp_path])) == ["a.txt", "b.txt", "区/2021.txt"]


def test_a_given_file_is_named_by_its_file_name(tmp_path: Path) -> None:
    path = write(tmp_path / "deep" / "报告.txt")
    assert names(list_sources([path])) == ["报告.txt"]


def test_the_data_directory_is_not_an_input(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "data" / "raw" / "ab" / "abcd")
    assert names(list_sources([tmp_path], exclude=tmp_path / "data")) == ["a.txt"]


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "a.txt")
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "loop").symlink_to(landing)
    assert names(list_sources([landing])) == ["link/a.txt"]


def test_pipes_are_no_inputs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "pipe.txt")
    assert list_sources([tmp_path]) == []
    with pytest.raises(UsageError):
        list_sources([tmp_path / "pipe.txt"])


def test_a_name_that_is_not_utf8_is_read_as_gbk(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), "西湖区.txt".encode("gbk"))
    try:
        with open(path, "wb") as stream:
            stream.write(TEXT)
    except OSError:
        pytest.skip("this file system keeps names as UTF-8")
    assert names(list_sources([tmp_path])) == ["西湖区.txt"]


def test_a_missing_path_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        list_sources([tmp_path / "nowhere"])


def test_bytes_are_named_by_sha256_and_met_once(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt")
    digest = hashlib.sha256(TEXT).hexdigest()
    assert inputs(tmp_path) == [Found(digest, "a.txt", TEXT)]
    assert inputs(tmp_path, known=(digest,)) == []


def test_a_link_to_nothing_is_held_back(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (item,) = inputs(tmp_path)
    assert isinstance(item, Unfit)
    assert item.reason == "unreadable_file"
    assert inputs(tmp_path, known=(item.report_id,)) == []


def test_a_file_without_permission_is_held_back(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("the administrator reads everything")
    (item,) = inputs(tmp_path)
    assert isinstance(item, Unfit)
    assert item.reason == "unreadable_file"


def test_a_huge_file_is_held_back(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as stream:
        stream.truncate(Limits().file_bytes + 1)
    (item,) = inputs(tmp_path)
    assert isinstance(item, Unfit)
    assert item.reason == "too_large"


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EAGAIN, errno.ETIMEDOUT])
def test_passing_faults_are_transient(number: int) -> None:
    with pytest.raises(Transient), fetch._reading("a.txt"):
        raise OSError(number, os.strerror(number))


def test_archive_members_are_inputs(tmp_path: Path) -> None:
    members = {
        "2021/西湖区.txt": TEXT,
        "2021/": b"",
        "__MACOSX/2021/._西湖区.txt": b"x",
        "2021/.DS_Store": b"x",
    }
    write(tmp_path / "下城" / "报告.zip", zip_bytes(members))
    (item,) = inputs(tmp_path)
    assert item == Found(hashlib.sha256(TEXT).hexdigest(), "下城/报告.zip/2021/西湖区.txt", TEXT)


def test_archive_names_in_gbk(tmp_path: Path) -> None:
    # zipfile writes UTF-8; the name is replaced byte for byte, as Chinese Windows would write it
    placeholder = b"abcdef.txt"
    gbk = "西湖区.txt".encode("gbk")
    assert len(gbk) == len(placeholder)
    write(tmp_path / "a.zip", zip_bytes({placeholder.decode(): TEXT}).replace(placeholder, gbk))
    (item,) = inputs(tmp_path)
    assert item.source_name == "a.zip/西湖区.txt"


def test_a_member_cannot_leave_the_archive(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.zip", zip_bytes({"../../evil.txt": TEXT, "/etc/evil.txt": TEXT + b"2"}))
    found = inputs(tmp_path / "in")
    assert all(isinstance(item, Found) for item in found)
    for item in found:
        assert isinstance(item, Found)
        store_raw(tmp_path / "data", item)
    assert not list(tmp_path.rglob("evil.txt"))


def damaged_zip() -> bytes:
    payload = bytearray(zip_bytes({"a.txt": TEXT}, zipfile.ZIP_STORED))
    at = payload.index(TEXT)
    payload[at] ^= 0xFF
    return bytes(payload)


def encrypted_zip() -> bytes:
    payload = bytearray(zip_bytes({"a.txt": TEXT}))
    payload[6] |= 1
    payload[payload.index(b"PK\x01\x02") + 8] |= 1
    return bytes(payload)


BAD_ARCHIVES = {
    "empty": b"",
    "text": TEXT,
    "cut": zip_bytes({"a.txt": TEXT})[:-10],
    "damaged": damaged_zip(),
    "encrypted": encrypted_zip(),
    "nested": zip_bytes({"b.zip": zip_bytes({"c.zip": zip_bytes({"a.txt": TEXT})})}),
    "without files": zip_bytes({".DS_Store": b"x"}),
    "bomb": zip_bytes({"a.txt": bytes(20 * 2**20)}),
}


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_bad_archives_are_held_back(tmp_path: Path, kind: str) -> None:
    payload = BAD_ARCHIVES[kind]
    write(tmp_path / "a.zip", payload)
    (item,) = inputs(tmp_path)
    assert isinstance(item, Unfit)
    assert item.reason == "bad_archive"
    assert item.report_id == hashlib.sha256(payload).hexdigest()


def test_good_members_of_a_damaged_archive_are_kept(tmp_path: Path) -> None:
    other = "另一份报告".encode()
    payload = zip_bytes({"a.txt": TEXT, "b.txt": other}, zipfile.ZIP_STORED).replace(other, other[::-1])
    write(tmp_path / "a.zip", payload)
    good, bad = inputs(tmp_path)
    assert good.source_name == "a.zip/a.txt"
    assert isinstance(bad, Unfit)
    assert "b.txt" in bad.message


def test_bytes_are_stored_and_loaded(tmp_path: Path) -> None:
    found = Found(hashlib.sha256(TEXT).hexdigest(), "a.txt", TEXT)
    stored = store_raw(tmp_path, found)
    assert stored == Stored(found.report_id, "a.txt", len(TEXT))
    path = raw_path(tmp_path, found.report_id)
    assert path == tmp_path / "raw" / found.report_id[:2] / found.report_id
    assert load_raw(tmp_path, stored).payload == TEXT
    assert [item.name for item in path.parent.iterdir()] == [found.report_id]


def test_stored_bytes_that_rotted_are_written_again(tmp_path: Path) -> None:
    found = Found(hashlib.sha256(TEXT).hexdigest(), "a.txt", TEXT)
    store_raw(tmp_path, found)
    path = raw_path(tmp_path, found.report_id)
    path.write_bytes(b"half")
    store_raw(tmp_path, found)
    assert path.read_bytes() == TEXT


WRITER = """
import sys
with open(sys.argv[1], "ab", buffering=0) as stream:
    print("ready", flush=True)
    while True:
        stream.write(b"7")
"""


def test_a_file_that_is_written_while_it_is_read_is_left_for_the_next_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", bytes(8 * 2**20))
    (source,) = list_sources([tmp_path])
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        writer.stdout.readline()
        try:
            # a read that falls between two writes sees a file at rest
            assert any(isinstance(next(open_source(source)), Unsettled) for _ in range(1000))
        finally:
            writer.kill()
    assert isinstance(next(open_source(source)), Found)
