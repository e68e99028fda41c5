"""The compiled reader reads what the source reads, and is not used once the source has moved on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from flows.compiled import compiled_files, remove_stale, trouble

ROOT = Path(__file__).parent.parent
TESTS = ("told.py", "reading.py", "test_corpus.py")
OLD, NEW = 1_000_000_000, 1_000_000_100


def _has_compiler() -> bool:
    name = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "").split()[:1]
    return bool(name and shutil.which(name[0])) and Path(sysconfig.get_path("include"), "Python.h").is_file()


def _copy(folder: Path) -> Path:
    """What reading and compiling need, without anything that was compiled before."""
    unwanted = shutil.ignore_patterns("*.so", "__pycache__")
    for package in ("transforms", "seeds", "flows"):
        shutil.copytree(ROOT / package, folder / package, ignore=unwanted)
    shutil.copytree(ROOT / "tests" / "corpus", folder / "tests" / "corpus")
    for name in ("setup.py", "pyproject.toml", "README.md", *(f"tests/{name}" for name in TESTS)):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def _run(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def _told(folder: Path, suffix: str) -> list[str]:
    done = _run(folder, "tests/told.py", "told.txt")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout).parent == folder / "transforms"
    assert done.stdout.endswith(suffix)
    return (folder / "told.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(not _has_compiler(), reason="no C compiler, or no Python.h")
def test_compiled_reads_the_same(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    source = _told(folder, ".py")
    compiler = {"ZHENGBAO_COMPILE": "1", "ZHENGBAO_COMPILE_LEVEL": "0"}
    done = _run(folder, "setup.py", "--quiet", "build_ext", "-j2", "--build-lib", ".", **compiler)
    assert done.returncode == 0, done.stdout + done.stderr
    files = compiled_files(folder / "transforms")
    assert {path.name for path in (folder / "transforms").glob("*.so")} == files
    compiled = _told(folder, ".so")
    assert len(source) > 2000
    assert [pair for pair in zip(source, compiled, strict=True) if pair[0] != pair[1]] == []


def test_without_the_variable_nothing_is_compiled(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    done = _run(folder, "setup.py", "--quiet", "build_ext", "--build-lib", ".", ZHENGBAO_COMPILE="")
    assert done.returncode == 0, done.stderr
    assert trouble(folder) is None
    assert not list(folder.rglob("*.so"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with compiled modules, newer than every source; they are empty, and cannot be imported."""
    folder = _copy(tmp_path)
    for name in compiled_files(folder / "transforms"):
        (folder / "transforms" / name).touch()
    for path in folder.rglob("*"):
        os.utime(path, (OLD, NEW if path.suffix == ".so" else OLD))
    return folder


def _modules(folder: Path) -> list[Path]:
    return sorted((folder / "transforms").glob("*.so"))


def test_newer_than_all_sources_is_used(checkout: Path) -> None:
    assert trouble(checkout) is None
    remove_stale(checkout)
    assert _modules(checkout)


@pytest.mark.parametrize(
    "name", ["transforms/heads.py", "transforms/kinds.py", "setup.py", "flows/compiled.py"]
)
def test_a_newer_source_is_noticed(checkout: Path, name: str) -> None:
    os.utime(checkout / name, (OLD, NEW + 1))
    assert "older" in str(trouble(checkout))
    remove_stale(checkout)
    assert not _modules(checkout)
    assert trouble(checkout) is None


def test_half_a_set_is_noticed(checkout: Path) -> None:
    first, *_ = _modules(checkout)
    os.utime(first, (OLD, NEW + 50))
    assert "half" in str(trouble(checkout))
    first.unlink()
    assert "half" in str(trouble(checkout))


def test_a_module_without_its_source_is_noticed(checkout: Path) -> None:
    (checkout / "transforms" / "heads.py").unlink()
    assert "half" in str(trouble(checkout))


def test_modules_of_another_python_are_not_ours(checkout: Path) -> None:
    for path in _modules(checkout):
        path.rename(path.with_name(f"{path.name.split('.')[0]}.cpython-399-any.so"))
    os.utime(checkout / "transforms" / "heads.py", (OLD, NEW + 1))
    assert trouble(checkout) is None
    assert _run(checkout, "-c", "import transforms.heads").returncode == 0


def test_an_installed_package_is_not_asked(checkout: Path) -> None:
    (checkout / "setup.py").unlink()
    _modules(checkout)[0].unlink()
    assert trouble(checkout) is None


def test_the_program_refuses_stale_modules(checkout: Path) -> None:
    os.utime(checkout / "transforms" / "heads.py", (OLD, NEW + 1))
    done = _run(checkout, "-c", "from flows.cli import main; main(['--help'])")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "旧" in done.stderr
    assert "make compile" in done.stderr


def test_pytest_refuses_stale_modules(checkout: Path) -> None:
    shutil.copy2(ROOT / "tests" / "conftest.py", checkout / "tests")
    os.utime(checkout / "transforms" / "heads.py", (OLD, NEW + 1))
    done = _run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_corpus.py")
    assert done.returncode == 1
    assert "make compile" in done.stderr
    assert "passed" not in done.stdout
