"""Million characters a second and core, beside plain searches for numbers, another program's search for money and
OpenCC's conversion to simplified characters; then the seconds the ten worked questions take (``bench_questions.py``).

    python tests/bench.py [FOLDER…] [--json FILE] [--peer PYTHON] [--observations N]

Run with ``make bench``, ``make bench TEXTS=folder``. It is a yardstick, not a test: nothing fails here. Measured are
the simplified samples, each folder given, and the sample in traditional characters littered with pinyin. ``first``
is the figure for texts never met before: what was remembered of phrases and lines is forgotten before each round.
``again`` keeps it. All columns have a round each in turn. Three floors stand beside it, ``re.finditer`` over the text
and nothing more: ``digits`` finds Arabic numbers; ``numerals`` all that has to be looked at here, Chinese numerals,
dates and ranks too, by the reader's own pattern; ``quantities`` Arabic, full-width and Chinese numbers with their unit,
the least a script has to find. Whether the reader measured was compiled (``make compile``) is said too. ``PYTHON`` is
an interpreter that has JioNLP; without one its column stays empty. ``N`` generated observations are asked the questions
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import opencc
from bench_questions import bench_questions
from timing import best_in_turn, seconds_of

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
# seconds of all columns of a body: other work on the machine only adds time, and more rounds meet a quiet moment
BUDGET = 15.0


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
    results: dict[str, Any] = {}
    reader = _reader()
    print(f"{READERS[reader]} / the reader is {reader}")
    _print_row("texts", "reports", "characters", *COLUMNS)
    with _money(arguments.peer, bodies) as money:
        for body in bodies:
            rates = {name: body.characters / seconds / 1e6 for name, seconds in _seconds(body, money).items()}
            results[body.name] = {
                "reports": len(body.documents),
                "characters": body.characters,
                "rates": rates,
            }
            figures = [f"{rates[name]:.3f}" if name in rates else "-" for name in COLUMNS]
            _print_row(body.name, len(body.documents), body.characters, *figures)
    print("百万字每秒每核 / million characters a second and core")
    print(
        f"digits: {DIGITS.pattern}; numerals: the reader's own pattern for numbers; quantities: numbers with units; "
        f"money: JioNLP {money.version if money else '-'} extract_money; opencc: t2s; first, again: normalise + extract"
    )
    _print_ratios(results)
    paths = [path for folder in (SAMPLES, *arguments.folders) for path in _files(folder)]
    questions = bench_questions(paths, arguments.observations)
    if arguments.json:
        told = {
            "unit": "million characters a second and core",
            "reader": reader,
            "jionlp": money.version if money else None,
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


def _seconds(body: Body, money: Money | None) -> dict[str, float]:
    """Seconds of one round of each column."""
    seeds = load_seeds()
    lexicon = build_lexicon(seeds)
    texts, documents = body.texts, body.documents

    def forget() -> None:
        nonlocal lexicon
        lexicon = build_lexicon(seeds)
        for module in _modules():
            for value in vars(module).values():
                parameters = getattr(value, "cache_parameters", dict)()
                if parameters and (parameters["maxsize"] or sys.maxsize) > SMALL_CACHE:
                    value.cache_clear()

    def normalise_all() -> None:
        for text in texts:
            normalise(text)

    def understand_all() -> None:
        for document in documents:
            understand(document.source, document.normal, lexicon.regions)

    def extract_all() -> None:
        for document in documents:
            extract(document, lexicon)

    def both() -> None:
        normalise_all()
        extract_all()

    def ours(work: Callable[[], None], prepare: Callable[[], None] = forget) -> Callable[[], float]:
        def take() -> float:
            prepare()
            with paused_collector():
                return seconds_of(work)

        return take

    rounds = _floors(texts, seeds) | {
        "normalise": ours(normalise_all),
        "understand": ours(understand_all),
        "extract": ours(extract_all),
        "first": ours(both),
        "again": ours(both, both),
    }
    if money is not None:
        rounds["money"] = lambda: money.seconds(body.name)
    return best_in_turn(rounds, BUDGET)


def _floors(texts: list[str], seeds: Seeds) -> dict[str, Callable[[], float]]:
    """A round of each of the searches that stand beside the reader, and of the conversion."""

    def floor(pattern: re.Pattern[str]) -> Callable[[], float]:
        return lambda: seconds_of(lambda: [sum(1 for _ in pattern.finditer(text)) for text in texts])

    simplify = opencc.OpenCC("t2s").convert
    return {
        "digits": floor(DIGITS),
        "numerals": floor(NUMERALS),
        "quantities": floor(_quantities(seeds)),
        "opencc": lambda: seconds_of(lambda: [simplify(text) for text in texts]),
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


class Money:
    """JioNLP in a process of its own, which has a round whenever asked."""

    def __init__(self, process: subprocess.Popen[str], version: str) -> None:
        self._process = process
        self.version = version

    def seconds(self, body: str) -> float:
        """Of one round over the texts of a body."""
        print(body, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline()) if self._process.stdout else 0.0


@contextmanager
def _money(peer: Path | None, bodies: list[Body]) -> Iterator[Money | None]:
    """JioNLP with the texts; None without it."""
    if peer is None or not peer.exists():
        print("没有 JioNLP,不比 / JioNLP is not installed: measured without it")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps({body.name: body.texts for body in bodies}), encoding="utf-8")
        command = [peer.absolute(), Path(__file__).with_name("bench_money.py"), texts]
        one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HOME": folder}
        errors = Path(folder) / "errors"
        with (
            errors.open("w") as told,
            subprocess.Popen(
                command, env=one_core, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told, text=True
            ) as process,
        ):
            version = process.stdout.readline().strip() if process.stdout else ""
            if not version:
                reason = (errors.read_text(encoding="utf-8").strip().splitlines() or [""])[-1]
                print(f"JioNLP 用不了,不比 / JioNLP cannot be used: measured without it: {reason}")
            yield Money(process, version) if version else None


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
