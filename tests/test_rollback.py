"""A load that is taken back leaves no trace but the memory of what it brought."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import TEXT, make_batch, make_held_back, make_report, make_seeds, report_id
from publishing import FIRST, SECOND, ask, publish, state

from transforms.errors import UsageError
from warehouse.loader import known_report_ids
from warehouse.publish import prepare, publish_load, roll_back

KILLED_ROLLBACK = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from publishing import SECOND
from warehouse.publish import roll_back

original, calls = os.replace, 0

def counted(*arguments, **options):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)

os.replace = counted
roll_back(Path(sys.argv[2]), SECOND.load_id, lambda report_id: None)
"""


def published(data_dir: Path) -> dict[str, Any]:
    """All public relations, and every published file by its checksum."""
    return {name: value for name, value in state(data_dir).items() if name != "files"}


def take_back(data_dir: Path, load_id: str) -> str | None:
    prepare(data_dir)
    return roll_back(data_dir, load_id, lambda report_id: b"x")


def test_everything_published_is_what_it_was(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = published(tmp_path)
    publish(tmp_path, SECOND)
    assert published(tmp_path) != before
    assert take_back(tmp_path, SECOND.load_id) == FIRST.load_id
    assert published(tmp_path) == before
    prepare(tmp_path)
    assert published(tmp_path) == before


def test_several_loads_go_one_after_another_down_to_nothing(tmp_path: Path) -> None:
    third = make_batch(make_report("c.txt", region=("330110", "余杭区")))
    states = []
    for batch in (FIRST, SECOND, third):
        publish(tmp_path, batch)
        states.append(published(tmp_path))
    assert take_back(tmp_path, third.load_id) == SECOND.load_id
    assert published(tmp_path) == states[1]
    assert take_back(tmp_path, SECOND.load_id) == FIRST.load_id
    assert published(tmp_path) == states[0]
    assert take_back(tmp_path, FIRST.load_id) is None
    assert ask(tmp_path, "SELECT count(*) FROM observations") == [(0,)]
    assert not (tmp_path / "parquet").exists()
    assert not (tmp_path / "quality").exists()
    publish(tmp_path, replace(FIRST, held_back=()))
    assert ask(tmp_path, "SELECT count(*) FROM observations") == [(4,)]


def test_readings_of_other_rules_come_back(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = published(tmp_path)
    reread = make_batch(replace(make_report(), observations=()), rules_version="r2")
    publish(tmp_path, reread)
    take_back(tmp_path, reread.load_id)
    assert published(tmp_path) == before
    assert report_id(make_report()) in known_report_ids(tmp_path, "r2")
    assert report_id(make_report()) not in known_report_ids(tmp_path, "r3")


def test_what_was_taken_back_comes_again_only_when_asked_for(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    publish(tmp_path, SECOND)
    after = published(tmp_path)
    take_back(tmp_path, SECOND.load_id)
    ids = {report.report_id for report in SECOND.reports}
    assert ids <= known_report_ids(tmp_path, "r1")
    assert ids <= known_report_ids(tmp_path, "r2")  # other rules do not bring it back either
    assert not ids & known_report_ids(tmp_path, "r1", again=True)
    publish(tmp_path, SECOND)
    assert published(tmp_path) == after
    assert ask(tmp_path, "SELECT count(*) FROM taken_back") == [(0,)]


def test_the_quarantine_goes_back_too(tmp_path: Path) -> None:
    report = make_report("好.txt", text=TEXT + "新。", region=("330106", "西湖区"))
    held = replace(make_held_back("好.txt"), report_id=report_id(report))
    publish(tmp_path, make_batch(make_report(), held_back=(held,)))
    before = published(tmp_path)
    batch = make_batch(report, rules_version="r2")
    publish(tmp_path, batch)
    take_back(tmp_path, batch.load_id)
    assert published(tmp_path) == before
    (folder,) = (tmp_path / "quarantine").iterdir()
    assert (folder / "好.txt").read_bytes() == b"x"
    assert "not_a_report" in (folder / "reason.json").read_text()


@pytest.mark.parametrize("load_id", ["L000000000000", FIRST.load_id])
def test_only_the_latest_load_can_go(tmp_path: Path, load_id: str) -> None:
    publish(tmp_path, FIRST)
    publish(tmp_path, SECOND)
    before = state(tmp_path)
    with pytest.raises(UsageError, match=r"no such load|only the latest"):
        take_back(tmp_path, load_id)
    assert state(tmp_path) == before


def test_states_further_back_are_not_kept(tmp_path: Path) -> None:
    batches = [make_batch(make_report(text=TEXT + "。" * n)) for n in range(5)]
    for batch in batches:
        publish_load(tmp_path, make_seeds(), batch)
    assert len(list((tmp_path / ".history").iterdir())) == 3
    for batch in batches[:1:-1]:
        take_back(tmp_path, batch.load_id)
    with pytest.raises(UsageError, match="no longer kept"):
        take_back(tmp_path, batches[1].load_id)


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_killed_rollback_is_done_or_undone_by_the_next_run(tmp_path: Path, moment: int) -> None:
    publish(tmp_path, FIRST)
    before = published(tmp_path)
    publish(tmp_path, SECOND)
    after = published(tmp_path)
    command = [sys.executable, "-c", KILLED_ROLLBACK, str(Path(__file__).parent), str(tmp_path), str(moment)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    prepare(tmp_path)
    assert published(tmp_path) == (after if moment == 1 else before)
