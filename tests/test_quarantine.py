"""The quarantine: original bytes and reasons, whatever the file is called."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from factories import TEXT, make_batch, make_held_back, make_report, make_seeds, report_id
from publishing import ask, publish

from warehouse.publish import prepare, publish_load, write_quarantine
from warehouse.quarantine import safe_name
from warehouse.types import HeldBack


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


def hold(data_dir: Path, *items: HeldBack, rules_version: str = "r1") -> None:
    prepare(data_dir)
    for item in items:
        write_quarantine(data_dir, item)
    publish_load(data_dir, make_seeds(), make_batch(held_back=items, rules_version=rules_version))


def held(data_dir: Path) -> tuple[set[str], set[str]]:
    """Names of what is held back, as the folders and as the warehouse have it."""
    reasons = (data_dir / "quarantine").glob("*/reason.json")
    return (
        {json.loads(path.read_bytes())["source_name"] for path in reasons},
        {name for (name,) in ask(data_dir, "SELECT source_name FROM issues WHERE held_back")},
    )


def test_what_loads_later_leaves_the_quarantine(tmp_path: Path) -> None:
    report, other = make_report(), make_report("b.txt", region=("330106", "西湖区"))
    closed = hashlib.sha256(b"unreadable_file:b.txt").hexdigest()
    hold(
        tmp_path,
        replace(make_held_back("a.txt"), report_id=report_id(report)),
        replace(make_held_back("b.txt", None), report_id=closed, reason="unreadable_file"),
        make_held_back("坏.txt"),
    )
    (tmp_path / "quarantine" / "notes").mkdir()
    assert held(tmp_path) == ({"a.txt", "b.txt", "坏.txt"}, {"a.txt", "b.txt", "坏.txt"})
    publish(tmp_path, make_batch(report, other, rules_version="r2"))
    assert held(tmp_path) == ({"坏.txt"}, {"坏.txt"})
    assert (tmp_path / "quarantine" / "notes").is_dir()
    assert ask(tmp_path, "SELECT reports_held_back FROM loads ORDER BY load_number") == [(3,), (0,)]


def test_a_run_killed_after_publication_is_tidied_by_the_next(tmp_path: Path) -> None:
    report = make_report()
    publish(tmp_path, make_batch(report))
    write_quarantine(tmp_path, replace(make_held_back("a.txt"), report_id=report_id(report)))
    prepare(tmp_path)
    assert list((tmp_path / "quarantine").iterdir()) == []


def test_a_loaded_report_that_new_rules_hold_back_stays_in_the_quarantine(tmp_path: Path) -> None:
    report = make_report()
    publish(tmp_path, make_batch(report))
    hold(tmp_path, replace(make_held_back("a.txt"), report_id=report_id(report)), rules_version="r2")
    prepare(tmp_path)
    assert held(tmp_path) == ({"a.txt"}, {"a.txt"})
    # another version of the same file does not excuse the one held back
    publish(tmp_path, make_batch(make_report(text=TEXT + "又。"), rules_version="r2"))
    assert held(tmp_path) == ({"a.txt"}, {"a.txt"})
