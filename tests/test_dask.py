"""A night read on a Dask cluster: a real scheduler and workers, a real S3 server, and a worker that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from buckets import BUCKET, Bucket, free_port, is_listening, s3_environment, s3_server
from runs import GOOD, SAMPLES, Outcome, clean_environment, relations, wait_until, zhengbao

DISTRICTS = [
    "上城区",
    "拱墅区",
    "西湖区",
    "滨江区",
    "萧山区",
    "余杭区",
    "富阳区",
    "临安区",
    "临平区",
    "钱塘区",
]
PLACE = f"s3://{BUCKET}/landing"


def landing() -> dict[str, bytes]:
    """The samples, thirty reports more, what is no report, and an archive's worth of names with folders."""
    files = {path.name: path.read_bytes() for path in SAMPLES}
    for district in DISTRICTS:
        for year in (2019, 2020, 2021):
            text = GOOD.replace("西湖", district.removesuffix("区")).replace("2021", str(year))
            files[f"{year}/{district}.txt"] = text.replace("2020年", f"{year - 1}年").encode()
    return {**files, "图.png": b"\x89PNG\r\n\x1a\n" + bytes(100), "空.txt": b""}


class Workers:
    """A scheduler and its workers, each a process of its own; nothing listens beyond loopback."""

    def __init__(self, env: dict[str, str], scratch: Path) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._env = env
        self._scratch = scratch
        self.processes: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._start("scheduler", "--port", str(self.port), "--host", "127.0.0.1")
        assert wait_until(lambda: is_listening(self.port)), "the scheduler did not start"

    def add(self) -> None:
        """One more worker: one process, one thread, nobody who starts it again."""
        alone = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
        folder = ("--local-directory", str(self._scratch))
        self.processes.append(self._start("worker", self.address, *alone, *folder))

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        module = f"distributed.cli.dask_{kind}"
        return subprocess.Popen(
            [sys.executable, "-m", module, "--no-dashboard", *arguments],
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in (*self.processes, self._scheduler):
            process.kill()
            process.wait(30)


@contextmanager
def workers(env: dict[str, str], scratch: Path, count: int) -> Iterator[Workers]:
    cluster = Workers(env, scratch)
    try:
        for _ in range(count):
            cluster.add()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_server() as server:
        yield server


def run(data: Path, place: object, env: dict[str, str], *more: str) -> Outcome:
    return zhengbao("run", place, "--data", data, *more, env={**env, "ZHENGBAO_BATCH_CHARACTERS": "4000"})


def test_two_workers_and_a_bucket_give_what_one_machine_gives(
    bucket: Bucket, served: dict[str, str], tmp_path: Path
) -> None:
    """One of the workers is killed as soon as it has left something; the other has to do its work again."""
    bucket.put({f"landing/{name}": payload for name, payload in landing().items()})
    env = {**served, **s3_environment(bucket.port)}
    alone = run(tmp_path / "alone", PLACE, env)
    assert alone.code == 0, alone.err
    with workers(env, tmp_path, 2) as cluster:
        killer = threading.Thread(target=kill_at_work, args=(bucket, cluster))
        killer.start()
        many = run(tmp_path / "many", PLACE, env, "--engine", "dask", "--scheduler", cluster.address)
        killer.join(60)
        ended = [process.poll() for process in cluster.processes]
    assert many.code == 0, many.err
    assert sorted(ended, key=str) == [-signal.SIGKILL, None], "one worker was killed, the other lived"
    found, expected = relations(tmp_path / "many"), relations(tmp_path / "alone")
    assert len(expected["reports"]) == 35
    assert found == expected
    for path in sorted((tmp_path / "alone" / "parquet").resolve().rglob("*.parquet")):
        if path.parent.name != "loads":  # which says when
            other = (tmp_path / "many" / "parquet").resolve() / path.relative_to(
                (tmp_path / "alone" / "parquet").resolve()
            )
            assert path.read_bytes() == other.read_bytes(), path.name
    assert bucket.keys("landing/.staged") == [], "what the workers left there is gone"
    again = run(tmp_path / "many", PLACE, env, "--scheduler", cluster.address)
    assert (again.code, "没有新文件" in again.out) == (0, True)


def kill_at_work(bucket: Bucket, cluster: Workers) -> None:
    if wait_until(lambda: len(bucket.keys("landing/.staged")) > 0, seconds=120):
        cluster.processes[0].send_signal(signal.SIGKILL)


def test_reports_of_this_machine_go_along_with_the_work(served: dict[str, str], tmp_path: Path) -> None:
    """Without a scheduler: a cluster for the time of the run."""
    folder = tmp_path / "landing"
    folder.mkdir()
    for path in SAMPLES[:3]:
        (folder / path.name).write_bytes(path.read_bytes())
    assert run(tmp_path / "alone", folder, served).code == 0
    many = run(tmp_path / "many", folder, served, "--engine", "dask")
    assert many.code == 0, many.err
    assert relations(tmp_path / "many") == relations(tmp_path / "alone")


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(served: dict[str, str], tmp_path: Path) -> None:
    env = {**served, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    done = run(tmp_path / "data", SAMPLES[0], env, "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    assert done.code == 1
    lines = [line for line in done.err.splitlines() if line.startswith("错误")]
    assert len(lines) == 1, done.err
    assert "Dask" in lines[0]
    assert "Traceback" not in done.err
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def test_wrong_settings_of_a_cluster(tmp_path: Path) -> None:
    env = clean_environment(ZHENGBAO_STAGING="s3://key:hunter2@bucket/x")
    done = run(tmp_path / "data", SAMPLES[0], env)
    assert done.code == 2
    assert "hunter2" not in done.err
