"""Million characters a second and core, beside plain searches for numbers, another program's search for money and
OpenCC's conversion to simplified characters; then the seconds the ten worked questions take (``bench_questions.py``).

    python tests/bench.py [FOLDER…] [--json FILE] [--peer PYTHON] [--observations N]

Run with ``make bench``, ``make bench TEXTS=folder``. It is a yardstick, not a test: nothing fails here. Measured are
the simplified samples, each folder given, and the sample in traditional characters littered with pinyin. ``first``
is the figure for texts never met before: what was remembered of phrases and lines is forgotten before each round.
``again`` keeps it. Three floors stand beside it, ``re.finditer`` over the text and nothing more: ``digits`` finds
Arabic numbers; ``numerals`` all that has to be looked at here, Chinese numerals, dates and ranks too, by the reader's
own pattern; ``quantities`` Arabic, full-width and Chinese numbers with their unit, the least a script has to find.
Whether the reader measured was compiled (``make compile``) is said too. ``PYTHON`` is an
interpreter that has JioNLP; without one its column stays empty. ``N`` generated observations are asked the questions
too, none with 0; they take some gigabytes in the temporary folder for a while.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import opencc
from bench_questions import bench_questions
from timing import best_seconds

import transforms
from flows.collector import paused_collector
from seeds.load import load_seeds
from transforms.document import understand
from transforms.errors import UnreadableReport
from transforms.extract import extract
from transforms.lexicon import Lexicon, build_lexicon
from transforms.mentions import NUMBER as NUMERALS
from transforms.normalise import normalise
from transforms.readers import read_document
from transforms.types import Document, RawDocument, Seeds

DIGITS = re.compile(r"\d+(?:\.\d+)?")
SAMPLES = Path(__file__).parent.parent / "seeds" / "reports"
FLOORS = ("digits", "numerals", "quantities", "money", "opencc")
COLUMNS = (*FLOORS, "normalise", "understand", "extract", "first", "again")
READERS = {"compiled": "量的是编译的读取", "pure Python": "量的是纯 Python 的读取"}
# a cache of so few entries holds tables, not texts
SMALL_CACHE = 8
# seconds for the columns that count: other work on the machine only adds time, and more rounds meet a quiet moment
LONG_BUDGET = 5.0


@dataclass(frozen=True)
class Body:
    """Texts that are measured together."""

    name: str
    documents: list[Document]

    @property
    def texts(self) -> list[str]:
        """Their decoded texts."""
        return [document.source.text for document in self.documents]

    @property
    def characters(self) -> int:
        """Of all texts."""
        return sum(map(len, self.texts))


def main() -> None:
    """Measure, print a table, write the figures if asked."""
    parser = argparse.ArgumentParser(description="characters a second, seconds a question")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--observations", type=int, default=5_000_000)
    arguments = parser.parse_args()
    bodies = _bodies(arguments.folders)
    version, money = _money(arguments.peer, bodies)
    results: dict[str, Any] = {}
    reader = _reader()
    print(f"{READERS[reader]} / the reader is {reader}")
    _print_row("texts", "reports", "characters", *COLUMNS)
    for body in bodies:
        rates = {
            name: body.characters / seconds / 1e6
            for name, seconds in _seconds(body, money).items()
            if seconds
        }
        results[body.name] = {"reports": len(body.documents), "characters": body.characters, "rates": rates}
        figures = [f"{rates[name]:.3f}" if name in rates else "-" for name in COLUMNS]
        _print_row(body.name, len(body.documents), body.characters, *figures)
    print("百万字每秒每核 / million characters a second and core")
    print(
        f"digits: {DIGITS.pattern}; numerals: the reader's own pattern for numbers; quantities: numbers with units; "
        f"money: JioNLP {version or '-'} extract_money; opencc: t2s; first, again: normalise + extract"
    )
    _print_ratios(results)
    paths = [path for folder in (SAMPLES, *arguments.folders) for path in _files(folder)]
    questions = bench_questions(paths, arguments.observations)
    if arguments.json:
        told = {
            "unit": "million characters a second and core",
            "reader": reader,
            "jionlp": version,
            "texts": results,
            "questions": questions,
        }
        arguments.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _reader() -> str:
    """Which of the two is measured: Python has taken one of them."""
    return "pure Python" if str(sys.modules["transforms.extract"].__file__).endswith(".py") else "compiled"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bodies(folders: list[Path]) -> list[Body]:
    lexicon = build_lexicon(load_seeds())
    parts = [("samples 000-003", sorted(SAMPLES.glob("00[0-3]_*.txt")))]
    parts += [(folder.name, sorted(folder.rglob("*.txt"))) for folder in folders]
    parts.append(("sample 004", sorted(SAMPLES.glob("004_*.txt"))))
    bodies = [Body(name, [doc for path in paths if (doc := _read(path, lexicon))]) for name, paths in parts]
    return [body for body in bodies if body.documents]


def _read(path: Path, lexicon: Lexicon) -> Document | None:
    payload = path.read_bytes()
    try:
        source = read_document(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload))
        return understand(source, normalise(source.text), lexicon.regions)
    except UnreadableReport as error:
        print(f"{path.name}: {error.message}")
        return None


def _seconds(body: Body, money: dict[str, float]) -> dict[str, float]:
    """Seconds of one round of each column."""
    seeds = load_seeds()
    lexicon = build_lexicon(seeds)
    texts, documents = body.texts, body.documents
    quantities = _quantities(seeds)
    simplify = opencc.OpenCC("t2s").convert

    def forget() -> None:
        nonlocal lexicon
        lexicon = build_lexicon(seeds)
        for module in _modules():
            for value in vars(module).values():
                parameters = getattr(value, "cache_parameters", dict)()
                if parameters and (parameters["maxsize"] or sys.maxsize) > SMALL_CACHE:
                    value.cache_clear()

    def normalise_all() -> None:
        with paused_collector():
            for text in texts:
                normalise(text)

    def extract_all() -> None:
        with paused_collector():
            for document in documents:
                extract(document, lexicon)

    def both() -> None:
        normalise_all()
        extract_all()

    return {
        "digits": best_seconds(lambda: [sum(1 for _ in DIGITS.finditer(text)) for text in texts]),
        "numerals": best_seconds(lambda: [sum(1 for _ in NUMERALS.finditer(text)) for text in texts]),
        "quantities": best_seconds(lambda: [sum(1 for _ in quantities.finditer(text)) for text in texts]),
        "money": money.get(body.name, 0.0),
        "opencc": best_seconds(lambda: [simplify(text) for text in texts]),
        "normalise": best_seconds(normalise_all, forget),
        "understand": best_seconds(
            lambda: [understand(doc.source, doc.normal, lexicon.regions) for doc in documents], forget
        ),
        "extract": best_seconds(extract_all, forget),
        "first": best_seconds(both, forget, LONG_BUDGET),
        "again": best_seconds(both, budget=LONG_BUDGET),
    }


def _quantities(seeds: Seeds) -> re.Pattern[str]:
    """Numbers and the units of the catalogue behind them; without a unit only those in digits."""
    spellings = sorted({unit.spelling for unit in seeds.units}, key=len, reverse=True)
    units = "|".join(map(re.escape, spellings))
    return re.compile(
        rf"[0-9０-９]+(?:[.．][0-9０-９]+)?(?:[十百千万亿]*(?:{units})|[十百千万亿]+)?"
        rf"|[零〇一二两三四五六七八九十百千万亿点]+(?:{units})"
    )


def _modules() -> list[object]:
    return [import_module(f"transforms.{info.name}") for info in pkgutil.iter_modules(transforms.__path__)]


def _money(peer: Path | None, bodies: list[Body]) -> tuple[str | None, dict[str, float]]:
    """JioNLP's version and seconds by body, measured now in a process of its own; (None, {}) without it."""
    if peer is None or not peer.exists():
        print("没有 JioNLP,不比 / JioNLP is not installed: measured without it")
        return None, {}
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps({body.name: body.texts for body in bodies}), encoding="utf-8")
        command = [peer.absolute(), Path(__file__).with_name("bench_money.py"), texts]
        one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HOME": folder}
        done = subprocess.run(command, env=one_core, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [""])[-1]
        print(f"JioNLP 用不了,不比 / JioNLP cannot be used: measured without it: {reason}")
        return None, {}
    told = json.loads(done.stdout.splitlines()[-1])
    return told["version"], told["seconds"]


def _print_ratios(results: dict[str, Any]) -> None:
    """``first`` as many times as fast as each of what stands beside it."""
    print("\nfirst 是其几倍 / first, as many times as fast as")
    _print_row("texts", "", "", *FLOORS)
    for name, result in results.items():
        rates = result["rates"]
        ratios = [f"{rates['first'] / rates[floor]:.3f}" if floor in rates else "-" for floor in FLOORS]
        _print_row(name, "", "", *ratios)


def _print_row(name: str, *cells: object) -> None:
    print(f"{name:<18}" + "".join(f"{cell:>{11}}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
