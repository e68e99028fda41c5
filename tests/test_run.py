"""Whole runs of the real program with a real Prefect server: good files, bad ones, two at once, no news."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from runs import GOOD, ROOT, SAMPLES, Forker, clean_environment, relations, zhengbao

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import entry_of, read_report

STAGES = (
    "启动,约需十几秒 / starting, takes some seconds",
    "查找 / looking",
    "读取 / reading",
    "检查 / validating",
    "入库 / loading",
    "发布 / publishing",
)


def good(region: str, year: int = 2021) -> str:
    """A small report of another region and year: a second one of the same would supersede the first."""
    text = GOOD.replace("西湖区", region)
    return text.replace("2020年", "去年").replace("2021年", f"{year}年").replace("去年", f"{year - 1}年")


def test_sample_reports_with_the_temporary_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = clean_environment(ZHENGBAO_DATA=str(data))
    first = zhengbao("run", env=env, cwd=tmp_path)
    assert (first.code, first.err) == (0, first.err)
    lines = first.err.splitlines()
    assert [line for line in lines if not line.startswith(STAGES)] == []
    assert len(lines) == len(STAGES)
    for expected in ("萧山区", "2022H1", "(无标题) 拱墅区 2017", "通过 pass", str(data / "warehouse.duckdb")):
        assert expected in first.out
    assert str(data / "quality" / "index.html") in first.out
    assert max(map(len, first.out.splitlines())) <= max(100, len(str(data)) + 60)
    tables = relations(data)
    assert len(tables["reports"]) == len(SAMPLES)
    assert len(tables["observations"]) > 500
    assert len(tables["loads"]) == 1
    assert {path.name for path in data.glob("raw/*/*")} == {row[0] for row in tables["reports"]}
    assert list((data / ".prefect").glob("*/prefect.db"))

    second = zhengbao("run", env=env, cwd=tmp_path)
    assert (second.code, second.err) == (0, "")
    assert "没有新文件 / nothing new" in second.out
    assert f"reports {len(SAMPLES)}" in second.out
    assert relations(data) == tables


def test_a_run_without_news_imports_no_orchestration(loaded: Path) -> None:
    code = (
        "import sys; from flows.cli import main\n"
        "main(['run', '--data', *sys.argv[1:]], standalone_mode=False)\n"
        "print(sorted({'prefect', 'great_expectations'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(loaded), *map(str, SAMPLES)]
    done = subprocess.run(
        command, env=clean_environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "nothing new" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_copy_under_another_name_is_no_news_and_leaves_no_server_behind(
    loaded: Path, tmp_path: Path
) -> None:
    """A file never looked into makes the server start before it is known that it holds nothing new."""
    data = tmp_path / "data"
    shutil.copytree(loaded, data, symlinks=True)
    shutil.copy(SAMPLES[0], tmp_path / "另名.txt")
    code = (
        "import os, sys; from flows.cli import main\n"
        "main(['run', '--data', *sys.argv[1:]], standalone_mode=False)\n"
        "try:\n    os.waitpid(-1, os.WNOHANG)\nexcept ChildProcessError:\n    print('no child')\n"
    )
    command = [sys.executable, "-c", code, str(data), str(tmp_path / "另名.txt"), *map(str, SAMPLES)]
    done = subprocess.run(
        command, env=clean_environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "nothing new" in done.stdout
    assert done.stdout.splitlines()[-1] == "no child"
    assert list(data.glob(".prefect/*/server.log"))


BAD = {
    "empty.txt": b"",
    "picture.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100),
    "half.txt": "2021年".encode()[:-1],
    "shopping.txt": "牛奶两盒,鸡蛋十个,面包一袋。\n".encode(),
    "broken.zip": b"PK\x03\x04 not a zip archive",
}


def fill_landing(folder: Path) -> Path:
    folder.mkdir()
    for name, payload in BAD.items():
        (folder / name).write_bytes(payload)
    (folder / "utf8.txt").write_text(good("西湖区"), encoding="utf-8")
    (folder / "gbk.txt").write_bytes(good("萧山区").encode("gbk"))
    (folder / "utf16.txt").write_bytes(good("余杭区").encode("utf-16"))
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        archive.writestr("2021/拱墅区.txt", good("拱墅区"))
    return folder


def test_bad_files_are_held_back_and_good_ones_load(forker: Forker, tmp_path: Path) -> None:
    landing, data, log = fill_landing(tmp_path / "landing"), tmp_path / "data", tmp_path / "log"
    assert forker.run(log, "run", landing, "--data", data) == 0, log.read_text()
    tables = relations(data)
    names = {row[1] for row in tables["reports"]}
    assert names == {"utf8.txt", "gbk.txt", "utf16.txt", "packed.zip/2021/拱墅区.txt"}
    reasons = {}
    for path in (data / "quarantine").glob("*/reason.json"):
        item = json.loads(path.read_text())
        reasons[item["source_name"]] = item["reason"]
        assert (path.parent / item["source_name"]).read_bytes() == BAD[item["source_name"]]
    assert reasons.keys() == BAD.keys()
    assert reasons["empty.txt"] == "empty"
    assert reasons["picture.txt"] == "unsupported_format"
    assert reasons["shopping.txt"] == "not_a_report"
    assert reasons["broken.zip"] == "bad_archive"
    for name, reason in reasons.items():
        assert name in log.read_text()
        assert reason in log.read_text()

    assert forker.run(log, "run", landing, "--data", data, "--strict") == 0, "nothing new is held back"
    (landing / "another.txt").write_text("另一张购物单:苹果五斤。", encoding="utf-8")
    assert forker.run(log, "run", landing, "--data", data, "--strict") == 3
    after = relations(data)
    assert after["observations"] == tables["observations"]
    assert len(after["loads"]) == 2


def test_a_night_with_nothing_but_bad_files_is_recorded(forker: Forker, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    data, log = tmp_path / "data", tmp_path / "log"
    assert forker.run(log, "run", tmp_path / "empty.txt", "--data", data) == 0, log.read_text()
    tables = relations(data)
    assert len(tables["loads"]) == 1
    assert tables["reports"] == []
    assert "empty" in log.read_text()


def test_two_runs_at_once(forker: Forker, tmp_path: Path) -> None:
    data = tmp_path / "data"
    runs = []
    for number, region in enumerate(("西湖区", "萧山区")):
        report, log = tmp_path / f"{number}.txt", tmp_path / f"{number}.log"
        report.write_text(good(region), encoding="utf-8")
        runs.append((forker.start(log, "run", report, "--data", data), log))
    for pid, log in runs:
        assert forker.wait(pid) == 0, log.read_text()
    logs = [log.read_text() for _, log in runs]
    assert sum("另一次运行正在进行" in log for log in logs) == 1
    tables = relations(data)
    assert {row[1] for row in tables["reports"]} == {"0.txt", "1.txt"}
    assert len(tables["loads"]) == 2


def test_waiting_for_another_run_ends(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with FileLock(data / ".lock"):
        env = clean_environment(ZHENGBAO_LOCK_TIMEOUT="0.2")
        done = zhengbao("run", "--data", data, SAMPLES[0], env=env)
    assert done.code == 1
    waiting, failed = done.err.splitlines()
    assert "另一次运行正在进行" in waiting
    assert failed.startswith("错误 / error: 另一次运行")


def test_an_unreachable_server_of_the_users_own_is_one_line(tmp_path: Path) -> None:
    env = clean_environment(PREFECT_API_URL="http://127.0.0.1:9/api", PREFECT_HOME=str(tmp_path / "home"))
    done = zhengbao("run", "--data", tmp_path / "data", SAMPLES[0], env=env)
    assert done.code == 1
    assert [line for line in done.err.splitlines() if not line.startswith(STAGES)] == [
        line for line in done.err.splitlines() if line.startswith("错误 / error: ")
    ]
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def ask_prefect(env: dict[str, str], path: str, question: dict[str, object]) -> list[dict[str, object]]:
    request = urllib.request.Request(
        f"{env['PREFECT_API_URL']}/{path}",
        json.dumps(question).encode(),
        {"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


def test_prefect_knows_what_was_done(loaded: Path, served: dict[str, str]) -> None:
    load_id = relations(loaded)["loads"][0][0]
    # latest first: a server that has been used for long gives the 200 first of each only
    asked = {"artifacts": {"key": {"any_": ["nightly-load"]}}, "sort": "CREATED_DESC"}
    artifacts = ask_prefect(served, "artifacts/filter", asked)
    page = next(str(item["data"]) for item in artifacts if item["description"] == load_id)
    assert "2022年上半年萧山区政府绩效执行情况" in page
    assert all(line.count("|") == 7 for line in page.splitlines() if line.startswith("| "))
    runs = ask_prefect(served, "task_runs/filter", {"sort": "EXPECTED_START_TIME_DESC"})
    assert f"publish {load_id}" in {run["name"] for run in runs}
    assert "read 1 of 1" in {run["name"] for run in runs}
    flows = ask_prefect(served, "flow_runs/filter", {})
    assert any(str(run["name"]).startswith("nightly 20") for run in flows)


def test_a_report_that_breaks_an_expectation_is_held_back(tmp_path: Path) -> None:
    from flows.fetch import Found, load_raw, store_raw
    from flows.quality import check_reports

    lexicon = build_lexicon(load_seeds())
    reports = []
    for region in ("西湖区", "萧山区"):
        payload = good(region).encode()
        found = Found(hashlib.sha256(payload).hexdigest(), f"{region}.txt", payload)
        reports.append(read_report(load_raw(tmp_path, store_raw(tmp_path, found)), lexicon))
    sound, other = reports
    moved = other.observations[0]._replace(char_start=1, char_end=0)
    broken = replace(other, observations=(moved, *other.observations[1:]))
    checked, _ = check_reports(tmp_path, [sound, broken], load_seeds())
    assert checked.reports == (entry_of(sound),)
    assert checked.blocked == (entry_of(broken),)
    (item,) = checked.held_back
    assert (item.source_name, item.reason) == ("萧山区.txt", "failed_expectations")
    assert item.payload == good("萧山区").encode()


RETRYING = """
from prefect import flow
from flows.tasks import task_of_night, with_retries
from flows.settings import load_settings
from transforms.errors import LoadFailed, Transient

tried = []

@task_of_night("shaky", "shaky {name}")
def shaky(name, error):
    tried.append(name)
    if tried.count(name) == 1:
        raise error(name)
    return name

@flow
def night():
    step = with_retries(load_settings(), shaky)
    assert step("busy", Transient) == "busy"
    try:
        step("broken", LoadFailed)
    except LoadFailed:
        tried.append("told")

night()
print(tried)
"""


def test_only_passing_faults_are_tried_again(served: dict[str, str]) -> None:
    env = {**served, "ZHENGBAO_RETRY_SECONDS": "0", "PREFECT_LOGGING_LEVEL": "CRITICAL"}
    done = subprocess.run(
        [sys.executable, "-c", RETRYING], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["['busy', 'busy', 'broken', 'told']"], done.stderr


@pytest.mark.parametrize("text", ["a|b", "a\nb", "a\\|b", "<script>"])
def test_names_cannot_break_the_artifact(text: str) -> None:
    from flows.steps import _cell

    cell = _cell(text)
    assert "\n" not in cell
    assert "<" not in cell
    assert "|" not in cell.replace("\\\\", "").replace("\\|", "")
