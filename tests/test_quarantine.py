"""The quarantine: original bytes and reasons, whatever the file is called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from factories import make_held_back

from warehouse.publish import write_quarantine
from warehouse.quarantine import safe_name


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "reason.json",
        "Reason.TXT",
        "a\x00b\n\t.txt",
        "CON.txt",
        "C:\\evil\\x.doc",
        "政府工作报告" * 60 + ".txt",
        ".hidden",
        "x\udcff.txt",
        "\u202egpj.exe",
        "~root",
        "*?<>|.txt",
        "zip/inner/报告.txt",
    ],
    ids=ascii,
)
def test_hostile_names_stay_inside_the_quarantine(tmp_path: Path, name: str) -> None:
    item = make_held_back(name, b"original bytes")
    folder = write_quarantine(tmp_path / "data", item)
    assert folder.parent == tmp_path / "data" / "quarantine"
    assert folder.name.startswith(item.report_id[:12])
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    reason = json.loads(files.pop("reason.json"))
    assert (reason["source_name"], reason["reason"]) == (name, "not_a_report")
    assert "不是政府报告" in files.pop("reason.txt").decode()
    assert list(files.values()) == [b"original bytes"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_quarantine_twice_is_the_same(tmp_path: Path) -> None:
    item = make_held_back()
    for _ in range(2):
        folder = write_quarantine(tmp_path, item)
        assert {path.name for path in folder.iterdir()} == {"坏.txt", "reason.json", "reason.txt"}
    assert len(list((tmp_path / "quarantine").iterdir())) == 1
    assert list((tmp_path / ".work").iterdir()) == []


def test_a_new_reason_replaces_the_old_one_and_keeps_the_bytes(tmp_path: Path) -> None:
    item = make_held_back()
    write_quarantine(tmp_path, item)
    again = type(item)(item.report_id, item.source_name, "failed_expectations", "新的 / new", None)
    folder = write_quarantine(tmp_path, again)
    assert json.loads((folder / "reason.json").read_bytes())["reason"] == "failed_expectations"
    assert (folder / "坏.txt").read_bytes() == b"x"


def test_safe_names_keep_what_is_harmless() -> None:
    assert safe_name("2022年 政府工作报告（摘要）.txt") == "2022年_政府工作报告（摘要）.txt"
    assert len(safe_name("报" * 300 + ".txt").encode()) <= 120
    assert safe_name("报" * 300 + ".txt").endswith("报.txt")
    assert os.sep not in safe_name("a/b")
