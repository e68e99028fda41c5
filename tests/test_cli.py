"""The commands as a user meets them: help, output, exit codes, how little they import."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from runs import GOOD, ROOT, SAMPLES, Outcome, clean_environment, zhengbao

import flows.datadir
from flows.cli import main
from flows.datadir import find_data_dir
from flows.settings import load_settings
from transforms.errors import UsageError

COUNT = "SELECT count(*) AS n, min(source_name) AS first FROM observations"


def call(*arguments: object, **env: str) -> Outcome:
    return zhengbao(*arguments, env=clean_environment(**env))


@pytest.mark.parametrize("name", main.commands)
def test_every_command_has_help(name: str) -> None:
    done = call(name, "--help")
    assert done.code == 0
    assert f" {name} " in done.out.splitlines()[0]


def test_commands() -> None:
    done = call("--help")
    assert done.code == 0
    for name in ("run", "status", "sql", "explain", "extract", "check-seeds"):
        assert f"  {name} " in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "nowhere.txt"),
        ("run", "--unknown"),
        ("extract", "nowhere.txt"),
        ("sql",),
        ("sql", "SELECT 1"),
        ("status",),
        ("explain", "0"),
        ("nonsense",),
        ("check-seeds", "nowhere"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = call(*arguments, ZHENGBAO_DATA=str(tmp_path))
    assert done.code == 2
    assert "Traceback" not in done.err
    assert done.err.strip()


def test_errors_are_one_line(tmp_path: Path) -> None:
    done = call("status", "--data", tmp_path)
    assert done.err.startswith("错误 / error: ")
    assert len(done.err.splitlines()) == 1
    assert "Traceback" in call("status", "--data", tmp_path, "--debug").err


def test_sql_formats(loaded: Path, tmp_path: Path) -> None:
    as_json = json.loads(call("sql", COUNT, "--data", loaded, "--format", "json").out)
    assert as_json[0]["n"] > 500
    assert as_json[0]["first"] == SAMPLES[0].name
    as_csv = list(csv.DictReader(io.StringIO(call("sql", COUNT, "--data", loaded, "--format", "csv").out)))
    assert as_csv == [{"n": str(as_json[0]["n"]), "first": SAMPLES[0].name}]
    table = call("sql", COUNT, "--data", loaded).out
    assert SAMPLES[0].name in table
    assert "1 行 / rows" in table
    target = tmp_path / "out.parquet"
    assert call("sql", COUNT, "--data", loaded, "-o", target).code == 0
    assert pyarrow.parquet.read_table(target).to_pylist() == as_json
    assert call("sql", COUNT, "--data", loaded, "-o", tmp_path / "out.csv").out == ""
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == "n,first"


@pytest.mark.parametrize(
    "query", ["DELETE FROM reports", "CREATE TABLE t (a INT)", "SELEC 1", "SELECT 1; SELECT 2"]
)
def test_sql_only_reads(query: str, loaded: Path) -> None:
    done = call("sql", query, "--data", loaded)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("place", ["warehouse.duckdb", "parquet/observations.parquet", "new.csv"])
def test_sql_never_writes_over_what_was_published(place: str, loaded: Path) -> None:
    target = loaded / place
    before = target.read_bytes() if target.is_file() else None
    done = call("sql", COUNT, "--data", loaded, "--format", "csv", "-o", target)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert (target.read_bytes() if target.is_file() else None) == before


def test_sql_rows_are_not_folded(loaded: Path) -> None:
    done = call("sql", "SELECT * FROM observations LIMIT 3", "--data", loaded)
    assert len([line for line in done.out.splitlines() if line.strip()]) == 1 + 1 + 3 + 1


IMPORTS = """
import sys
from flows.cli import main
main(sys.argv[1:], standalone_mode=False)
heavy = {"prefect", "great_expectations", "pandas", "pydantic", "pyarrow", "rich", "transforms.pipeline"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(("kind", "heavy"), [("csv", "[]"), ("json", "[]"), ("table", "['rich']")])
def test_sql_imports_little(kind: str, heavy: str, loaded: Path) -> None:
    command = [sys.executable, "-c", IMPORTS, "sql", COUNT, "--format", kind, "--data", str(loaded)]
    done = subprocess.run(
        command, env=clean_environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == heavy


def test_a_reader_that_goes_away(loaded: Path) -> None:
    query = "SELECT quote FROM observations, range(500)"
    command = [sys.executable, "-m", "flows.cli", "sql", query, "--data", str(loaded), "--format", "csv"]
    run = subprocess.Popen(
        command, env=clean_environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout
    assert run.stderr
    run.stdout.read(100)
    run.stdout.close()
    assert run.stderr.read() == b""
    run.wait(60)


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_output_is_utf8(locale: str, loaded: Path) -> None:
    env = {"LC_ALL": locale, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = call("sql", "SELECT '政报' AS 名称", "--data", loaded, **env)
    assert "政报" in done.out
    assert "政报" in call("--help", **env).out


def test_status_shows_the_last_load(loaded: Path) -> None:
    done = call("status", "--data", loaded)
    assert done.code == 0
    load = json.loads(call("sql", "SELECT load_id FROM loads", "--data", loaded, "--format", "json").out)
    assert load[0]["load_id"] in done.out
    assert str(loaded / "quality" / "index.html") in done.out


@pytest.mark.parametrize(("options", "count"), [((), 20), (("3",), 3)])
def test_status_lists_indicators_without_a_code(options: tuple[str, ...], count: int, loaded: Path) -> None:
    done = call("status", "--unmapped", *options, "--data", loaded)
    assert done.code == 0
    query = (
        "SELECT indicator, count(*) AS n, count(DISTINCT report_id) AS reports FROM observations "
        f"WHERE indicator_code IS NULL GROUP BY ALL ORDER BY n DESC, reports DESC, indicator LIMIT {count}"
    )
    expected = json.loads(call("sql", query, "--data", loaded, "--format", "json").out)
    lines = [line for line in done.out.splitlines() if line.strip()][3:]
    assert [line.split()[0] for line in lines] == [row["indicator"].split()[0] for row in expected]
    assert all(f" {row['n']} " in line for row, line in zip(expected, lines, strict=True))
    assert expected[0]["indicator"] in lines[0].split(maxsplit=3)[3]


def test_unmapped_takes_a_positive_number(loaded: Path) -> None:
    assert call("status", "--unmapped", "0", "--data", loaded).code == 2


def test_explain_shows_sentence_and_rules(loaded: Path) -> None:
    query = "SELECT * FROM observations WHERE indicator_code IS NOT NULL ORDER BY observation_id LIMIT 1"
    row = json.loads(call("sql", query, "--data", loaded, "--format", "json").out)[0]
    done = call("explain", row["observation_id"], "--data", loaded)
    assert done.code == 0
    for expected in (row["indicator"], row["indicator_code"], row["period"], *row["rule_ids"], "【"):
        assert expected in done.out
    marked = done.out.split("【")[1].split("】")[0]
    text = (ROOT / "seeds" / "reports" / row["source_name"]).read_bytes().decode()
    assert marked == text[row["char_start"] : row["char_end"]]
    assert "定名 / named by: " in done.out
    assert "otherwise" not in done.out
    assert call("explain", "no-such-id", "--data", loaded).code == 2


def test_explain_without_the_stored_file(loaded: Path, tmp_path: Path) -> None:
    shutil.copy(loaded / "warehouse.duckdb", tmp_path)
    query = "SELECT observation_id, indicator FROM observations LIMIT 1"
    row = json.loads(call("sql", query, "--data", tmp_path, "--format", "json").out)[0]
    done = call("explain", row["observation_id"], "--data", tmp_path)
    assert done.code == 0
    assert row["indicator"] in done.out
    assert "the stored file is gone" in done.out.splitlines()[-1]
    assert "named by" not in done.out


def test_extract_reads_without_loading(tmp_path: Path) -> None:
    report = tmp_path / "报告.txt"
    report.write_text(GOOD, encoding="utf-8")
    done = zhengbao("extract", report, "--format", "json", env=clean_environment(), cwd=tmp_path)
    rows = [json.loads(line) for line in done.out.splitlines()]
    gdp = next(row for row in rows if row["value"] == 1647.1)
    assert (gdp["unit"], gdp["measure"], gdp["status"], gdp["period"]) == ("亿元", "level", "actual", "2020")
    assert GOOD[gdp["char_start"] :].startswith("1647.1")
    assert os.listdir(tmp_path) == ["报告.txt"]
    table = call("extract", report).out
    assert "1647.1" in table
    explained = call("extract", report, "--explain").out
    for told in ("全区实现地区生产总值【1647.1】亿元", "rules: ", "定名 / named by: noun_before"):
        assert told in explained


def test_extract_in_a_pipe_folds_nothing(tmp_path: Path) -> None:
    report = tmp_path / "报告.txt"
    report.write_text(GOOD, encoding="utf-8")
    lines = [line for line in call("extract", report).out.splitlines() if line.strip()]
    assert lines[0].split() == [
        "char_start", "value", "unit", "indicator", "code", "measure", "status", "bound", "period", "scope",
    ]  # fmt: skip
    assert len(lines) == 2 + 8
    assert any("城镇居民人均可支配收入" in line for line in lines)


def test_extract_explains_what_it_did_not_read(tmp_path: Path) -> None:
    report = tmp_path / "报告.txt"
    report.write_text(GOOD + "15分钟生活圈日益完善。经过比选,方案为37。\n", encoding="utf-8")
    out = call("extract", report, "--explain").out
    assert "〔15〕 name" in out
    assert "未读 / unread: no_unit" in out
    rows = [
        json.loads(line) for line in call("extract", report, "--explain", "--format", "json").out.splitlines()
    ]
    assert all(row["trace"]["rule"] in row["rule_ids"] for row in rows)


def test_extract_tells_why_it_cannot_read(tmp_path: Path) -> None:
    picture = tmp_path / "picture.txt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    done = call("extract", picture)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1


def test_check_seeds(tmp_path: Path) -> None:
    assert call("check-seeds").code == 0
    folder = tmp_path / "seeds"
    folder.mkdir()
    for path in (ROOT / "seeds").glob("*.csv"):
        shutil.copy(path, folder)
    assert call("check-seeds", folder).code == 0
    with (folder / "units.csv").open("a", encoding="utf-8") as stream:
        stream.write("坏单位,坏,length,坏,不是数\n")
    done = call("check-seeds", folder)
    assert done.code == 1
    assert "units.csv" in done.out
    assert len(done.err.splitlines()) == 1


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without configuration, and no variable of ours set."""
    for name in [name for name in os.environ if name.startswith("ZHENGBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_data_directory_flag_before_variable_before_file(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_data_dir() == nowhere / "data"
    (nowhere / "zhengbao.toml").write_text('data = "from-file"\nlanding = ["in"]\nretries = 7\n')
    assert find_data_dir() == nowhere / "from-file"
    settings = load_settings()
    assert settings.data == nowhere / "from-file"
    assert settings.landing == (nowhere / "in",)
    assert settings.retries == 7
    monkeypatch.setenv("ZHENGBAO_DATA", "from-variable")
    monkeypatch.setenv("ZHENGBAO_RETRIES", "1")
    monkeypatch.setenv("ZHENGBAO_LANDING", f"a{os.pathsep}b")
    assert load_settings().data == nowhere / "from-variable"
    assert load_settings().retries == 1
    assert load_settings().landing == (Path("a"), Path("b"))
    assert load_settings(Path("flag")).data == nowhere / "flag"


@pytest.mark.parametrize(
    "text", ["retries = 'many'", "retires = 1", "data = 3", "not toml", "lock_timeout = -1"]
)
def test_wrong_settings_are_told(text: str, nowhere: Path) -> None:
    (nowhere / "zhengbao.toml").write_text(text)
    with pytest.raises(UsageError):
        load_settings()


def test_the_settings_file_of_the_project_is_valid(nowhere: Path) -> None:
    assert flows.datadir.find_config() == ROOT / "zhengbao.toml"
    assert load_settings().lock_timeout == 600


def test_every_setting_is_described() -> None:
    from flows.settings import Settings

    text = (ROOT / "zhengbao.toml").read_text(encoding="utf-8")
    # addresses of messages hold secrets: they are told as what the environment alone may say
    told = [
        name for name in Settings.model_fields if f"{name} = " in text or f"ZHENGBAO_{name.upper()}" in text
    ]
    assert told == list(Settings.model_fields)
