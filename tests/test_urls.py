"""Landing places elsewhere: a bucket of a real S3 server, a real web server, and what goes wrong with them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import duckdb
import pytest
from buckets import BUCKET, Bucket, free_port, process_on, s3_environment, s3_server
from packing import zip_bytes
from runs import GOOD, ROOT, SAMPLES, Outcome, clean_environment, wait_until, zhengbao
from s3fs import S3FileSystem

from flows.days import Days, keep_days, parse_days
from flows.fetch import Found, Unfit, Unsettled, discover, list_sources, open_source
from flows.places import RemoteSource, Url
from flows.remembered import Met, Remembered
from flows.steps import fetch_batch
from flows.timetable import Plan
from flows.watching import snapshot
from transforms.errors import Transient, UsageError
from transforms.limits import Limits

PLACE = f"s3://{BUCKET}/landing"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_server() as server:
        yield server


@pytest.fixture
def here(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket, for this process too."""
    for name, value in s3_environment(bucket.port).items():
        monkeypatch.setenv(name, value)
    return bucket


def names(place: str) -> list[str]:
    return [source.name for source in list_sources([Url(place)])]


def loaded_names(data: Path) -> list[str]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT source_name FROM reports ORDER BY source_name").fetchall()
    return [row[0] for row in rows]


def assert_one_line(done: Outcome, code: int, *told: str) -> None:
    assert done.code == code, done.err
    lines = [line for line in done.err.splitlines() if line.startswith("错误")]
    assert len(lines) == 1, done.err
    assert "Traceback" not in done.err
    for word in told:
        assert word in lines[0]
    assert "sesame" not in done.out + done.err


def test_a_bucket_is_loaded_like_a_folder(bucket: Bucket, served: dict[str, str], tmp_path: Path) -> None:
    data, place = tmp_path / "data", f"s3://{BUCKET}/nightly"
    env = {**served, **s3_environment(bucket.port)}
    first, second = (path.read_bytes() for path in SAMPLES[:2])
    bucket.put({"nightly/2022/一.txt": first, "nightly/包.zip": zip_bytes({"里/二.txt": second})})
    bucket.put({"nightly/": b"", "nightly/.hidden.txt": GOOD.encode(), "elsewhere/三.txt": GOOD.encode()})
    done = zhengbao("run", place, "--data", data, env=env)
    assert done.code == 0, done.err
    assert loaded_names(data) == ["2022/一.txt", "包.zip/里/二.txt"]
    again = zhengbao("run", place, "--data", data, env=env)
    assert again.code == 0
    assert "没有新文件" in again.out
    bucket.put({"nightly/新.txt": GOOD.encode()})
    # by the settings this time
    more = zhengbao("run", "--data", data, env={**env, "ZHENGBAO_LANDING": place})
    assert more.code == 0, more.err
    assert loaded_names(data) == ["2022/一.txt", "包.zip/里/二.txt", "新.txt"]
    assert "opensesame" not in done.out + done.err + more.out + more.err


def test_what_is_in_a_bucket(here: Bucket) -> None:
    objects = {"a b%20?c#.txt": b"1", "b\u202e.txt": b"2", "区/.git/x": b"3", "区/": b"", "区/空.txt": b""}
    here.put({f"landing/{key}": payload for key, payload in objects.items()})
    assert names(PLACE) == names(PLACE + "/") == ["a b%20?c#.txt", "b�.txt", "区/空.txt"]
    assert names(f"{PLACE}/区/空.txt") == ["空.txt"]
    sources = list_sources([Url(PLACE)])
    found = [item for source in sources for item in open_source(source)]
    assert [item.payload for item in found if isinstance(item, Found)] == [b"1", b"2", b""]


def test_a_huge_object_is_held_back_without_being_fetched(here: Bucket) -> None:
    here.put({"huge/huge.txt": bytes(1001)})
    (source,) = list_sources([Url(f"s3://{BUCKET}/huge")])
    here.remove("huge/huge.txt")
    (item,) = open_source(source, Limits(file_bytes=1000))
    assert isinstance(item, Unfit)
    assert item.reason == "too_large"


def test_an_object_that_changes_is_left_for_the_next_run(here: Bucket, tmp_path: Path) -> None:
    place = Url(f"s3://{BUCKET}/changing")
    here.put({"changing/a.txt": b"one", "changing/b.txt": b"two", "changing/c.txt": b"three"})
    sources = list_sources([place])
    here.put({"changing/a.txt": b"eno"})
    here.remove("changing/b.txt")
    fetched = fetch_batch(tmp_path, sources, ())
    assert [item.source_name for item in fetched.stored] == ["c.txt"]
    assert fetched.unfit == ()
    assert [told.rpartition(" ")[2] for told in fetched.unsettled] == ["a.txt", "b.txt"]
    assert isinstance(next(open_source(sources[0])), Unsettled)
    again = fetch_batch(tmp_path, list_sources([place]), ())
    assert [item.source_name for item in again.stored] == ["a.txt", "c.txt"]
    assert again.unsettled == ()


def test_what_is_known_is_not_fetched_again(here: Bucket, tmp_path: Path) -> None:
    here.put({"kept/a.txt": b"one", "kept/b.zip": zip_bytes({"1.txt": b"two", "2.txt": b"three"})})
    sources = list_sources([Url(f"s3://{BUCKET}/kept")])
    memory = Remembered(tmp_path)
    known = {item.report_id for item in discover(sources, (), remembered=memory) if isinstance(item, Found)}
    assert len(known) == 3
    memory.save()
    # what is gone from the bucket can only be known from memory
    here.remove("kept/a.txt")
    here.remove("kept/b.zip")
    seen: list[Met] = []
    assert list(discover(sources, known, seen, remembered=Remembered(tmp_path))) == []
    assert [name for name, _ in seen] == ["a.txt", "b.zip/1.txt", "b.zip/2.txt"]
    assert {report_id for _, report_id in seen} == known
    # and without one of its inputs in the warehouse, a file is fetched
    items = list(discover(sources, sorted(known)[1:], remembered=Remembered(tmp_path)))
    assert [type(item) for item in items] == [Unsettled]
    (tmp_path / ".seen.json").write_text("[damaged")
    assert len(list(discover(sources, known, remembered=Remembered(tmp_path)))) == 2


def test_watching_sees_what_came_and_what_changed(here: Bucket, tmp_path: Path) -> None:
    plan = Plan(cron="0 2 * * *", landing=(Url(f"s3://{BUCKET}/watched"),), data=tmp_path)
    here.put({"watched/a.txt": b"one"})
    seen = [snapshot(plan), snapshot(plan)]
    here.put({"watched/a.txt": b"two"})
    seen.append(snapshot(plan))
    here.put({"watched/b.txt": b"one"})
    seen.append(snapshot(plan))
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert [len(shown or ()) for shown in seen] == [1, 1, 1, 2]


def test_days_of_a_bucket(here: Bucket) -> None:
    here.put({"days/a.txt": b"one"})
    (source,) = sources = list_sources([Url(f"s3://{BUCKET}/days")])
    assert isinstance(source, RemoteSource)
    assert source.changed
    assert keep_days(sources, Days(since=date(2000, 1, 1))) == sources
    assert keep_days(sources, Days(until=date(2000, 1, 1))) == []


def test_a_missing_bucket_is_one_line(bucket: Bucket, tmp_path: Path) -> None:
    env = clean_environment(**s3_environment(bucket.port))
    for place in ("s3://no-such-bucket", "s3://no-such-bucket/landing", f"s3://{BUCKET}/no-such-folder"):
        assert_one_line(zhengbao("run", place, "--data", tmp_path / "data", env=env), 2, place)


def test_no_credentials_are_one_line(bucket: Bucket, tmp_path: Path) -> None:
    env = clean_environment(**s3_environment(bucket.port))
    del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    done = zhengbao("run", PLACE, "--data", tmp_path / "data", env=env)
    assert_one_line(done, 2, PLACE, "credentials")


def test_wrong_credentials_are_one_line(tmp_path: Path) -> None:
    # two requests are free: to make the bucket and to fill it
    with s3_server(INITIAL_NO_AUTH_ACTION_COUNT="2") as strict:
        strict.put({"landing/a.txt": b"one"})
        env = clean_environment(**s3_environment(strict.port))
        for place in (PLACE, f"s3://{BUCKET}"):
            assert_one_line(zhengbao("run", place, "--data", tmp_path / "data", env=env), 2, place)


def test_a_secret_in_a_url_is_told_nowhere(tmp_path: Path) -> None:
    place = f"s3://key:opensesame@{BUCKET}/landing"
    for command in ("run", "serve"):
        done = zhengbao(command, place, "--data", tmp_path / "data", env=clean_environment())
        assert_one_line(done, 2, "AWS_")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("library", "place", "extra"),
    [("s3fs", PLACE, "zhengbao[s3]"), ("aiohttp", "https://example.org/", "zhengbao[http]")],
)
def test_a_missing_library_is_named(library: str, place: str, extra: str, tmp_path: Path) -> None:
    without = f"import sys; sys.modules['{library}'] = None; from flows.cli import main; main()"
    command = [sys.executable, "-c", without, "run", place, "--data", str(tmp_path / "data")]
    done = subprocess.run(
        command, env=clean_environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert_one_line(Outcome(done.returncode, done.stdout, done.stderr), 2, extra)


def test_an_unknown_protocol_is_one_line(tmp_path: Path) -> None:
    done = zhengbao("run", "nonsense://x/y", "--data", tmp_path / "data", env=clean_environment())
    assert_one_line(done, 2, "nonsense")


def test_a_server_that_does_not_answer_is_a_passing_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    S3FileSystem.clear_instance_cache()  # a connection made by other tests goes elsewhere
    for name, value in s3_environment(
        0, AWS_ENDPOINT_URL=f"http://user:opensesame@127.0.0.1:{free_port()}"
    ).items():
        monkeypatch.setenv(name, value)
    for place in (PLACE, f"http://127.0.0.1:{free_port()}/reports/"):
        with pytest.raises(Transient) as told:
            list_sources([Url(place)])
        assert place in told.value.message
        assert "sesame" not in told.value.message
    S3FileSystem.clear_instance_cache()


class Gate:
    """A way to a server that ends every connection until it is opened."""

    def __init__(self, port: int) -> None:
        self.opened = threading.Event()
        self.refused = 0
        self._target = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._socket.accept()
                if not self.opened.is_set():
                    self.refused += 1
                    came.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._target))
                for pair in ((came, there), (there, came)):
                    threading.Thread(target=_pour, args=pair, daemon=True).start()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_a_bucket_that_comes_back_is_loaded(bucket: Bucket, served: dict[str, str], tmp_path: Path) -> None:
    bucket.put({"back/a.txt": GOOD.encode()})
    gate = Gate(bucket.port)
    env = {**served, **s3_environment(gate.port), "ZHENGBAO_RETRIES": "20", "ZHENGBAO_RETRY_SECONDS": "1"}
    log = tmp_path / "log"
    try:
        with log.open("wb") as stream:
            command = [sys.executable, "-m", "flows.cli", "run", f"s3://{BUCKET}/back", "--data"]
            run = subprocess.Popen(
                [*command, str(tmp_path / "data")], env=env, cwd=ROOT, stdout=stream, stderr=stream
            )
        assert wait_until(lambda: "启动" in log.read_text(encoding="utf-8")), log.read_text()
        told = gate.refused
        # the flow has begun and was refused too
        assert wait_until(lambda: gate.refused > told or run.poll() is not None)
        gate.opened.set()
        assert run.wait(120) == 0, log.read_text()
    finally:
        gate.close()
    assert loaded_names(tmp_path / "data") == ["a.txt"]


def test_a_bucket_that_stays_away_fails_the_run(served: dict[str, str], tmp_path: Path) -> None:
    env = {**served, **s3_environment(free_port()), "ZHENGBAO_RETRIES": "1", "ZHENGBAO_RETRY_SECONDS": "0"}
    done = zhengbao("run", PLACE, "--data", tmp_path / "data", env=env)
    assert_one_line(done, 1, PLACE)
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def test_a_web_server_that_lists_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    (folder / "区").mkdir(parents=True)
    (folder / "区" / "西湖 1.txt").write_text(GOOD, encoding="utf-8")
    (folder / "包.zip").write_bytes(zip_bytes({"里.txt": b"x"}))
    port = free_port()
    with process_on(
        port, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path)
    ):
        place = f"http://127.0.0.1:{port}/reports/"
        sources = list_sources([Url(place)])
        assert [source.name for source in sources] == ["包.zip", "区/西湖 1.txt"]
        items = [item for source in sources for item in open_source(source)]
        assert [item.source_name for item in items] == ["包.zip/里.txt", "区/西湖 1.txt"]
        assert isinstance(items[1], Found)
        assert items[1].payload.decode() == GOOD
        (huge,) = open_source(sources[1], Limits(file_bytes=100))
        assert isinstance(huge, Unfit)
        assert huge.reason == "too_large"
        assert names(f"{place}包.zip") == ["包.zip"]
        for missing in ("nowhere/", "nowhere.txt"):
            with pytest.raises(UsageError, match="not found"):
                list_sources([Url(place + missing)])
        with pytest.raises(UsageError, match="since"):
            keep_days(sources, Days(since=date(2020, 1, 1)))


def test_folders_never_wait_for_fsspec(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from flows.fetch import discover, list_sources; import flows.cli;"
        "print(len(list(discover(list_sources([Path(sys.argv[1])]), ()))), 'fsspec' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "False"]


def three_days(landing: Path) -> None:
    """Chinese days: the first file is of one second before midnight there, the second of midnight."""
    landing.mkdir()
    for name, region, moment in (
        ("a.txt", "西湖区", 1_772_380_799),
        ("b.txt", "余杭区", 1_772_380_800),
        ("c.txt", "拱墅区", 1_772_467_200),
    ):
        (landing / name).write_text(GOOD.replace("西湖区", region), encoding="utf-8")
        os.utime(landing / name, (moment, moment))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (Days(), ["a.txt", "b.txt", "c.txt"]),
        (Days(since=date(2026, 3, 2)), ["b.txt", "c.txt"]),
        (Days(until=date(2026, 3, 2)), ["a.txt", "b.txt"]),
        (Days(date(2026, 3, 4)), []),
    ],
)
def test_days_of_a_folder(days: Days, expected: list[str], tmp_path: Path) -> None:
    three_days(tmp_path / "landing")
    assert [source.name for source in keep_days(list_sources([tmp_path / "landing"]), days)] == expected


def test_days_as_parameters_of_a_flow() -> None:
    assert parse_days("2026-03-02", None) == Days(since=date(2026, 3, 2))
    assert parse_days(None, None) == Days()
    with pytest.raises(UsageError, match="2026-03-01"):
        parse_days("yesterday", None)


def test_backfill_by_day(served: dict[str, str], tmp_path: Path) -> None:
    landing, data = tmp_path / "landing", tmp_path / "data"
    three_days(landing)
    days = ("--since", "2026-03-02", "--until", "2026-03-02")
    done = zhengbao("run", *days, landing, "--data", data, env=served)
    assert done.code == 0, done.err
    assert loaded_names(data) == ["b.txt"]
    assert "没有新文件" in zhengbao("run", *days, landing, "--data", data, env=served).out


@pytest.mark.parametrize(
    "options", [("--since", "2026-13-01"), ("--since", "2026-03-02", "--until", "2026-03-01")]
)
def test_wrong_days_are_wrong_usage(options: tuple[str, ...], tmp_path: Path) -> None:
    done = zhengbao("run", *options, tmp_path, "--data", tmp_path / "data", env=clean_environment())
    assert done.code == 2
    assert re.search("--since|止日", done.err)
    assert "Traceback" not in done.err
