"""Loads into a lake: one after another, several at once, refused, and taken back; last night's state."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import TEXT, make_batch, make_held_back, make_report, make_seeds
from lakes import FIRST, FIRST_REPORT, SECOND, SECOND_REPORT, ask, beside, lake_at, publish
from postgres import Postgres
from runs import clean_environment

from transforms.errors import LoadFailed, UsageError
from warehouse.layout import Layout
from warehouse.loader import known_report_ids
from warehouse.publish import load_apart, prepare, publish_load, publish_loaded, roll_back
from warehouse.store import Overtaken
from warehouse.types import LoadBatch, Verdict

# Loads


def test_loads_come_one_after_another(lake: Layout) -> None:
    publish(lake, FIRST)
    corrected = make_batch(make_report("甲.txt", text=TEXT + "勘误。"), held_back=(make_held_back(),))
    publish(lake, corrected)
    assert ask(lake, "SELECT load_number, reports_superseded, reports_held_back FROM loads ORDER BY 1") == [
        (1, 0, 0),
        (2, 1, 1),
    ]
    assert ask(lake, "SELECT count(*), count(DISTINCT report_id) FROM observations") == [(4, 1)]
    assert not publish_load(lake, make_seeds(), FIRST).published
    assert known_report_ids(lake, "r1") >= {FIRST.reports[0].report_id, corrected.reports[0].report_id}
    assert (lake.data_dir / "quality" / "index.html").read_text() == "4"
    # killed after the commit, before the folders were put in place
    for link in (lake.data_dir / "parquet", lake.data_dir / "quality"):
        link.unlink()
    healed = prepare(lake)
    assert (healed.parquet, healed.quality) == (True, True)
    assert (lake.data_dir / "quality" / "index.html").read_text() == "4"


def test_a_report_read_by_other_rules_is_replaced(lake: Layout) -> None:
    publish(lake, FIRST)
    report = FIRST_REPORT
    publish(lake, make_batch(replace(report, observations=report.observations[:1]), rules_version="r2"))
    assert ask(lake, "SELECT count(*) FROM fact_observation") == [(1,)]
    assert ask(lake, "SELECT rules_version, observation_count FROM reports") == [("r2", 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"measure": "size"},
        {"unit_base": None},
        {"indicator_code": "not_in_catalogue"},
        {"observation_id": None},
        {"observation_id": "O-twice"},
    ],
    ids=str,
)
def test_what_the_embedded_schema_refuses_is_refused(
    changes: dict[str, Any], postgres: Postgres, one_lake: Layout
) -> None:
    report = make_report("丙.txt", region=("330110", "余杭区"))
    broken = replace(report, observations=tuple(o._replace(**changes) for o in report.observations[:2]))
    with pytest.raises(LoadFailed) as caught:
        publish_load(one_lake, make_seeds(), make_batch(broken))
    assert "\n" not in caught.value.message
    assert ask(one_lake, "SELECT count(*) FROM loads") == [(1,)]
    assert ask(one_lake, "SELECT count(*) FROM ducklake_snapshots('warehouse')") == [(3,)]


@pytest.fixture(scope="module")
def one_lake(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A lake with one load, which tests leave as it is."""
    folder = tmp_path_factory.mktemp("one")
    where = lake_at(folder / "data", postgres.make_database(), folder / "lake")
    publish(where, FIRST)
    return where


def test_a_judge_that_refuses_leaves_nothing(one_lake: Layout) -> None:
    def refuse(findings: Any, batch: LoadBatch) -> Verdict:
        raise LoadFailed("no")

    with pytest.raises(LoadFailed, match="no"):
        publish_load(one_lake, make_seeds(), SECOND, judge=refuse)
    assert ask(one_lake, "SELECT count(*) FROM ducklake_snapshots('warehouse')") == [(3,)]


# Several at once


def test_of_two_loads_at_once_the_second_begins_anew(lake: Layout) -> None:
    other = beside(lake, "other")
    prepare(lake)
    publish(lake, make_batch())
    first = load_apart(lake, make_seeds(), FIRST)
    second = load_apart(other, make_seeds(), SECOND)
    # nobody sees either
    assert ask(lake, "SELECT count(*) FROM observations") == [(0,)]
    publish_loaded(lake, first.load_id)
    with pytest.raises(Overtaken):
        publish_loaded(other, second.load_id)
    assert ask(other, "SELECT count(*) FROM observations") == [(4,)]
    publish(other, SECOND)
    assert ask(lake, "SELECT load_number FROM loads ORDER BY 1") == [(1,), (2,), (3,)]
    assert ask(lake, "SELECT count(*) FROM observations") == [(8,)]


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from factories import TEXT, make_batch, make_report, make_seeds
from lakes import lake_at
from warehouse.publish import prepare, publish_load
side, data, catalogue, files = sys.argv[2:6]
where = lake_at(Path(data), catalogue, files)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[6])):
    prepare(where)
    # both bring editions of one report
    reports = [make_report(f"{side}{number}.txt"), make_report("同.txt", text=TEXT + f"{side}{number}。")]
    assert publish_load(where, make_seeds(), make_batch(*reports)).published
"""


def test_two_processes_load_at_once_and_readers_see_whole_loads(lake: Layout) -> None:
    publish(lake, make_batch())
    assert lake.lake
    address, each = lake.lake.address, 2
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(Path(__file__).parent), side, str(lake.data_dir.parent / side),
             address.catalogue, address.files, str(each)],
            env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for side in "甲乙"
    ]  # fmt: skip
    seen: list[tuple[Any, ...]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.extend(
                ask(
                    lake,
                    "SELECT (SELECT count(*) FROM loads), (SELECT max(load_number) FROM loads), "
                    "(SELECT count(*) FROM reports), (SELECT count(*) FROM fact_observation)",
                )
            )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
        ends = [writer.stdin for writer in writers]
        for end in ends:
            assert end
            end.write("go\n")
            end.flush()
        assert [writer.wait(240) for writer in writers] == [0, 0]
    finally:
        done.set()
        reader.join()
        for writer in writers:
            writer.kill()
            writer.wait()
    assert seen
    for loads, number, reports, observations in seen:
        assert (number, reports, observations) == (loads, 2 * (loads - 1), 8 * (loads - 1))
    total = 1 + 2 * each
    assert ask(lake, "SELECT list(load_number ORDER BY load_number) FROM loads") == [
        (list(range(1, total + 1)),)
    ]
    assert ask(lake, "SELECT count(*), count(DISTINCT observation_id) FROM fact_observation") == [
        (16 * each, 16 * each)
    ]
    # of the report that all of them bring, the edition of the last load is in force
    assert ask(
        lake,
        "SELECT r.load_id = (SELECT load_id FROM loads ORDER BY load_number DESC LIMIT 1) "
        "FROM reports AS r WHERE r.source_name = '同.txt' AND r.superseded_by IS NULL",
    ) == [(True,)]


# Time travel


def test_last_night_can_be_asked(lake: Layout) -> None:
    night = publish(lake, FIRST)
    today = publish(lake, SECOND)
    versions = dict(
        ask(
            lake,
            "SELECT commit_extra_info, snapshot_id FROM ducklake_snapshots('warehouse') "
            "WHERE commit_extra_info IS NOT NULL",
        )
    )
    assert list(versions) == [night, today]
    for relation, before, now in (("observations", 4, 8), ("fact_observation", 4, 8), ("loads", 1, 2)):
        count = f"SELECT count(*) FROM {relation}"
        assert ask(lake, count) == [(now,)]
        assert ask(lake, f"{count} AT (VERSION => {versions[night]})") == [(before,)]
        assert ask(lake, count, at=night) == ask(lake, count, at=str(versions[night])) == [(before,)]
    assert ask(lake, "SELECT DISTINCT region_name FROM indicator_series", at=night) == [("萧山区",)]
    for nowhere in ("L000000000000", "999"):
        with pytest.raises(UsageError, match=r"no such"):
            ask(lake, "FROM loads", at=nowhere)


def test_an_embedded_warehouse_has_no_earlier_state_to_ask(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="only a lake"):
        ask(tmp_path, "FROM loads", at="1")


def test_the_latest_load_is_rolled_back(lake: Layout) -> None:
    publish(lake, make_batch(FIRST_REPORT, held_back=(make_held_back(),)))
    tables = ("loads", "reports", "observations", "issues", "indicator_series", "dim_period", "dim_unit")
    before = {name: ask(lake, f"FROM {name} ORDER BY ALL") for name in tables}
    taken = publish(
        lake, make_batch(make_report("甲.txt", text=TEXT + "勘误。"), SECOND_REPORT, rules_version="r2")
    )
    other = beside(lake, "other")
    prepare(other)
    latest = roll_back(other, taken, lambda report_id: None)
    assert {name: ask(lake, f"FROM {name} ORDER BY ALL") for name in tables} == before
    assert ask(lake, "SELECT load_id FROM loads") == [(latest,)]
    assert SECOND.reports[0].report_id in known_report_ids(lake, "r2")
    # the state that was taken back can still be asked
    assert ask(lake, "SELECT count(*) FROM loads", at=taken) == [(2,)]
    with pytest.raises(UsageError, match="no such load"):
        roll_back(lake, taken, lambda report_id: None)
    prepare(lake)
    assert (lake.data_dir / "quality" / "index.html").read_text() == "4"
