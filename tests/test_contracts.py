"""Rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flows.compiled import compiled_files

ROOT = Path(__file__).parent.parent
PACKAGES = ("flows", "warehouse", "expectations", "seeds", "transforms")
ALLOWED = {
    "flows": {"flows", "warehouse", "expectations", "seeds", "transforms"},
    "warehouse": {"warehouse", "transforms"},
    "expectations": {"expectations", "transforms"},
    "seeds": {"seeds", "transforms"},
    "transforms": {"transforms"},
}
# bytes and tables in, dataclasses out: no clock, environment, file or network
IMPURE = {
    "os", "sys", "io", "time", "pathlib", "shutil", "socket", "subprocess", "tempfile", "urllib", "http",
    "random", "glob", "importlib", "logging", "sqlite3", "prefect", "duckdb", "great_expectations", "httpx",
    "pandas", "pyarrow", "requests",
}  # fmt: skip
PURE_PARTS = {"io.BytesIO"}  # bytes in memory, as zip files are read from
CODE_SUFFIXES = {".py", ".sql"}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources(package)
        for name in imported(path)
        if name.split(".")[0] in (*PACKAGES, "tests") and name.split(".")[0] not in ALLOWED[package]
    ]
    assert wrong == []


def test_transforms_are_pure() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources("transforms")
        for name in imported(path)
        if name.split(".")[0] in IMPURE and name not in PURE_PARTS
    ]
    assert wrong == []


def test_transforms_do_not_look_at_the_clock_or_open_files() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in sources("transforms")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"open|print|input|.*\.(today|now|utcnow)", ast.unparse(node.func))
    ]
    assert wrong == []


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for package in (*PACKAGES, "tests")
        for path in (ROOT / package).rglob("*")
        if path.suffix in CODE_SUFFIXES
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_what_is_no_code_is_packed_too() -> None:
    """A wheel leaves out what pyproject.toml does not name; what make compile left in the checkout stays out of it."""
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert set(packed["packages"]) == set(PACKAGES)
    forgotten = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
        if not (package == "transforms" and path.name in compiled_files(ROOT / package))
        if not any(path in (ROOT / package).glob(p) for p in packed["package-data"].get(package, ()))
    ]
    assert forgotten == []


def commands() -> dict[str, click.Command]:
    from flows.cli import main

    return dict(main.commands)


def test_every_command_is_in_the_manual() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if not readme.strip():
        pytest.skip("the manual is not written yet")
    assert [name for name in commands() if f"zhengbao {name}" not in readme] == []


def test_every_command_helps_in_both_languages() -> None:
    for name, command in commands().items():
        text = command.help or ""
        assert re.search("[一-鿿]", text), name
        assert re.search("[a-z]{3}", text), name


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-bench.lock"])
def test_the_locks_name_no_index_and_pin_by_hash(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    pins = [line for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)
