"""Whether transforms/ holds modules compiled by ``make compile``, and whether they are those of its sources.

Python takes a compiled module for its source whatever their age: an edited rule would go unread and nobody would
know. So this is asked at each start, before anything of transforms/ is imported: it lists one folder and opens nothing.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUP = "native"
# what another Python made ends otherwise: this one does not import it, so it does no harm
SUFFIX = EXTENSION_SUFFIXES[0]
# the time of these goes into libraries that are C already: readers of documents, limits, the data package
_READERS = {"decoding", "docx_reader", "html_reader", "kinds", "limits", "package", "readers"}
_READERS |= {"pdf_grid", "pdf_paragraphs", "pdf_reader", "pdf_rows", "pdf_tables", "pdf_types"}
# their patterns hold lone surrogates, which are no UTF-8: mypyc cannot write them into C
_SURROGATES = {"names", "paragraphs"}
INTERPRETED = frozenset({"__init__", *_READERS, *_SURROGATES})


def compiled_modules(folder: Path) -> set[str]:
    """Names of the modules in a folder of sources that are to be compiled."""
    return {name.removesuffix(".py") for name in os.listdir(folder) if name.endswith(".py")} - INTERPRETED


def compiled_files(folder: Path) -> set[str]:
    """Names of the files that compiling a folder of sources adds to it: one a module, and the code of them all."""
    return {name + SUFFIX for name in (*compiled_modules(folder), f"{GROUP}__mypyc")}


def trouble(root: Path = ROOT) -> str | None:
    """Why the compiled modules under a root may not be used, in both languages; None if they may or there are none.

    Only a checkout is asked: an installed package has no setup.py, and nobody edits its sources.
    """
    folder = root / "transforms"
    with os.scandir(folder) as entries:
        ages = {entry.name: entry.stat().st_mtime_ns for entry in entries if entry.is_file()}
    built = {name: age for name, age in ages.items() if name.endswith(SUFFIX)}
    if not built or not (root / "setup.py").is_file():
        return None
    # all files of one making are of one age
    if set(built) != compiled_files(folder) or len(set(built.values())) > 1:
        return "编译的模块不全 / transforms/ holds half a set of compiled modules"
    sources = [age for name, age in ages.items() if name.endswith(".py")]
    rules = [path.stat().st_mtime_ns for path in (root / "setup.py", root / "flows" / "compiled.py")]
    if max(*sources, *rules) > min(built.values()):
        return "编译的模块比源码旧 / the compiled modules in transforms/ are older than its sources"
    return None


def refuse_stale(root: Path = ROOT) -> None:
    """Ends the program with one line, exit code 1, if there is ``trouble``."""
    if found := trouble(root):
        help_ = "make compile,或 / or rm transforms/*.so"
        sys.exit(f"错误 / error: {found}: {help_}")


def remove_stale(root: Path = ROOT) -> None:
    """Removes the compiled modules if there is ``trouble``: Python then reads the sources again."""
    if found := trouble(root):
        for path in (root / "transforms").glob(f"*{SUFFIX}"):
            path.unlink(missing_ok=True)
        print(f"{found}: 已删除 / removed", file=sys.stderr)  # noqa: T201 - what make run shows


if __name__ == "__main__":
    remove_stale()
