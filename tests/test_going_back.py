"""A publisher goes back to an earlier edition: the file holds bytes again that were there before."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from runs import GOOD, Forker, relations

from flows.inquiry import print_explanation
from flows.output import PlainNarrator
from flows.rebuild import rebuild
from flows.settings import load_settings
from flows.takeback import take_back
from warehouse.query import connect, run_query

SLIP = GOOD.replace("1647.1亿元", "1674.1亿元")


class Office:
    """A landing folder, a data directory, and nights."""

    def __init__(self, home: Path, forker: Forker) -> None:
        self.data, self.landing = home / "data", home / "landing"
        self._log, self._forker = home / "log", forker

    def put(self, text: str, name: str = "西湖.txt") -> None:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *arguments: object) -> str:
        """A night; what it said."""
        self._log.unlink(missing_ok=True)
        told = self._forker.run(self._log, "run", "--data", self.data, *(arguments or (self.landing,)))
        assert told == 0, self._log.read_text()
        return self._log.read_text()

    def gdp(self) -> list[float]:
        with connect(self.data) as connection:
            query = "SELECT value FROM observations WHERE indicator_code = 'gdp' AND measure = 'level'"
            return [row[0] for row in run_query(connection, query).rows()]

    def loads(self) -> int:
        return len(relations(self.data)["loads"])


@pytest.fixture
def office(tmp_path: Path, forker: Forker) -> Office:
    return Office(tmp_path, forker)


def test_a_file_goes_back_and_forth(office: Office) -> None:
    for number, (text, value) in enumerate([(GOOD, 1647.1), (SLIP, 1674.1)] * 2, 1):
        office.put(text)
        office.run()
        assert office.gdp() == [value]
        assert office.loads() == number
        assert "nothing new" in office.run()
    before = relations(office.data)
    assert len(before["reports"]) == 2
    assert sorted(row[1] for row in before["loads"]) == [1, 2, 3, 4]
    rebuild(load_settings(office.data), PlainNarrator(io.StringIO()))
    assert relations(office.data) == before


def test_a_number_written_down_can_still_be_explained(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.put(GOOD)
    office.run()
    with connect(office.data) as connection:
        ((noted,),) = run_query(
            connection, "SELECT observation_id FROM observations WHERE value = 1647.1"
        ).rows()
    office.put(SLIP, "勘误.txt")
    office.run()
    assert office.gdp() == [1674.1]
    print_explanation(office.data, noted)
    told = capsys.readouterr().out
    assert "【1647.1】" in told
    assert "superseded by: 勘误.txt" in told
    with connect(office.data) as connection:
        ((current,),) = run_query(
            connection, "SELECT observation_id FROM observations WHERE value = 1674.1"
        ).rows()
    print_explanation(office.data, current)
    assert "superseded" not in capsys.readouterr().out


def test_what_was_taken_back_stays_away(office: Office) -> None:
    for text in (GOOD, SLIP):
        office.put(text)
        office.run()
    before = relations(office.data)
    office.put(GOOD)
    office.run()
    after = relations(office.data)
    (latest,) = (row[0] for row in after["loads"] if row[1] == 3)
    take_back(load_settings(office.data), latest, PlainNarrator(io.StringIO()))
    assert relations(office.data) == before
    assert "nothing new" in office.run()
    office.run("--again", office.landing)
    assert relations(office.data) == after


def test_two_sites_do_not_take_turns(office: Office) -> None:
    """Two files hold two editions, night after night: under two names, and under the same name in two folders."""
    office.put(GOOD)
    office.run()
    office.put(SLIP, "镜像.txt")
    office.run()
    assert office.gdp() == [1674.1]
    assert "nothing new" in office.run()
    folders = office.landing / "一", office.landing / "二"
    for folder, year in zip(folders, ("3.1", "3.2"), strict=True):
        office.put(GOOD.replace("西湖区", "萧山区").replace("4.5%", f"{year}%"), f"{folder.name}/萧山.txt")
    office.run(*folders)
    loads = office.loads()
    assert "nothing new" in office.run(*folders[::-1])
    assert office.loads() == loads
