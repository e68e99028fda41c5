"""Nights of many reports: seconds, memory, growth and accuracy of the program itself, on reports made of the samples.

    python tests/bench_scale.py [--reports 100 1000 10000] [--new N] [--known N] [--json FILE] [--program ZHENGBAO]

It is a yardstick, not a test: nothing fails here but a run that fails. Each number of reports is loaded into an empty
data directory by ``zhengbao run``, quality checks, pages and Parquet included; the reports are written before, which
is not counted. Then what the warehouse says is compared with what the reports are known to say. Into the largest one
comes a night with a few new reports, and one with nothing new; then one with nothing new among ``--known`` small files
(0: left out; they have to be loaded first, which takes a while). Part of ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_truth import compare
from bench_watch import Watched, watch
from generated import small_text, write_reports, write_small
from runs import clean_environment

CORES = os.cpu_count() or 1
_STARTS = 3


@dataclass(frozen=True)
class Bench:
    """A folder to work in and the program to run."""

    folder: Path
    program: Path

    def run(self, landing: Path, data: Path) -> Watched:
        """One run of the program."""
        command = [self.program.absolute(), "run", landing, "--data", data]
        return watch(command, clean_environment(HOME=str(self.folder), DO_NOT_TRACK="1"), self.folder)

    def load(self, count: int) -> tuple[Path, Path, int]:
        """Landing folder and data directory for so many reports, and their characters; written, not loaded."""
        landing = self.folder / f"landing-{count}"
        return landing, self.folder / f"data-{count}", write_reports(landing, range(count))


def main() -> None:
    """Measure, print, write the figures if asked."""
    parser = argparse.ArgumentParser(description="nights of many reports")
    parser.add_argument("--reports", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--new", type=int, default=10)
    parser.add_argument("--known", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--program", type=Path, default=Path(sys.executable).with_name("zhengbao"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder:
        bench = Bench(Path(folder), given.program)
        told = measure(bench, sorted(given.reports), given.new, given.known)
    if given.json:
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def measure(bench: Bench, sizes: Sequence[int], new: int, known: int) -> dict[str, Any]:
    """Everything, printed as it is known."""
    print(f"\n生成的报告,{CORES} 核 / generated reports, {CORES} cores", flush=True)
    start = _start_up(bench)
    nights = []
    for count in sizes:
        landing, data, characters = bench.load(count)
        night = _describe(count, characters, bench.run(landing, data), data)
        _print_night(night)
        night["accuracy"] = compare(data / "warehouse.duckdb", range(count))
        _print_accuracy(night["accuracy"])
        nights.append(night)
        if count != sizes[-1]:
            shutil.rmtree(landing)
            shutil.rmtree(data)
    told = {"cores": CORES, **start, "nights": nights, "growth": _growth(nights, start["start_up_seconds"])}
    told["later"] = _later_nights(bench, sizes[-1], new, start["nothing_seconds"])
    shutil.rmtree(landing)
    shutil.rmtree(data)
    if known:
        told["known"] = _known_files(bench, known, start["nothing_seconds"])
    return told


def _start_up(bench: Bench) -> dict[str, float]:
    """Seconds of a run over an empty folder, and of one over a single report of three sentences, the least of some.

    They are taken away from other times, and what else the machine does only adds to them.
    """
    empty, one = bench.folder / "empty", bench.folder / "one"
    for folder in (empty, one):
        folder.mkdir()
    (one / "one.txt").write_text(small_text(0), encoding="utf-8")
    nothing = min(bench.run(empty, bench.folder / "data-empty").seconds for _ in range(_STARTS))
    single = min(bench.run(one, bench.folder / f"data-one-{at}").seconds for at in range(_STARTS))
    print(
        f"空文件夹 / empty folder: {nothing:.1f} s; 一份短报告 / one short report: {single:.1f} s", flush=True
    )
    return {"nothing_seconds": nothing, "start_up_seconds": single}


def _describe(count: int, characters: int, run: Watched, data: Path) -> dict[str, Any]:
    return {
        "reports": count,
        "characters": characters,
        **run.as_dict(),
        "reports_a_second": count / run.seconds,
        "characters_a_second_and_core": characters / run.seconds / CORES,
        "characters_a_processor_second": characters / run.processor,
        "megabytes_on_disk": {
            name: _megabytes(data / name) for name in ("warehouse.duckdb", "parquet", "quality", "raw")
        },
    }


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return round(sum(file.stat().st_size for file in files) / 2**20, 1)


def _growth(nights: Sequence[dict[str, Any]], start_up: float) -> dict[str, float]:
    """Exponents of the growth of time with reports, by least squares: of the whole, and of what exceeds start-up."""
    sizes = [night["reports"] for night in nights]
    whole = [night["seconds"] for night in nights]
    found = {
        name: exponent
        for name, times in (("whole", whole), ("above_start_up", [each - start_up for each in whole]))
        if len(sizes) > 1 and min(times) > 0 and (exponent := fit_exponent(sizes, times)) is not None
    }
    for name, label in (("whole", "整夜 / whole nights"), ("above_start_up", "除去启动 / above start-up")):
        if name in found:
            print(f"增长指数 / growth exponent, {label}: {found[name]:.3f}", flush=True)
    return found


def fit_exponent(sizes: Sequence[float], times: Sequence[float]) -> float | None:
    """Slope of log time over log size, None where all sizes are the same."""
    x, y = [math.log(each) for each in sizes], [math.log(each) for each in times]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((each - middle_x) ** 2 for each in x)
    return (
        sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / spread if spread else None
    )


def _later_nights(bench: Bench, loaded: int, new: int, nothing: float) -> dict[str, Any]:
    """A night with a few new reports among those loaded, and one with nothing new."""
    landing, data = bench.folder / f"landing-{loaded}", bench.folder / f"data-{loaded}"
    write_reports(landing, range(loaded, loaded + new))
    fresh = bench.run(landing, data)
    still = bench.run(landing, data)
    accuracy = compare(data / "warehouse.duckdb", range(loaded, loaded + new))
    print(
        f"{loaded} 份中新来 {new} 份 / {new} new among {loaded}: {fresh.seconds:.1f} s, {fresh.megabytes} MB; "
        f"无新 / nothing new: {still.seconds:.1f} s ({still.seconds - nothing:.1f} s + start-up)"
    )
    _print_accuracy(accuracy)
    return {
        "loaded": loaded,
        "new": new,
        "night": fresh.as_dict(),
        "nothing_new": still.as_dict(),
        "nothing_new_above_start_up": still.seconds - nothing,
        "accuracy": accuracy,
    }


def _known_files(bench: Bench, count: int, nothing: float) -> dict[str, Any]:
    """Load so many small files, then a night with nothing new among them."""
    landing, data = bench.folder / "landing-known", bench.folder / "data-known"
    write_small(landing, count)
    first = bench.run(landing, data)
    still = bench.run(landing, data)
    print(
        f"已知 {count} 个小文件,无新 / nothing new among {count} known small files: {still.seconds:.1f} s "
        f"({still.seconds - nothing:.1f} s + start-up), {still.megabytes} MB; "
        f"首次入库 / loading them took {first.seconds:.1f} s, {first.megabytes} MB",
        flush=True,
    )
    return {
        "files": count,
        "load": first.as_dict(),
        "nothing_new": still.as_dict(),
        "above_start_up": still.seconds - nothing,
    }


def _print_night(night: dict[str, Any]) -> None:
    print(
        f"{night['reports']} 份 / reports, {night['characters'] / 1e6:.2f} 百万字 / million characters: "
        f"{night['seconds']:.1f} s, {night['reports_a_second']:.1f} 份每秒 / reports a second, "
        f"{night['characters_a_second_and_core'] / 1e6:.3f} 百万字每秒每核 / million characters a second and core, "
        f"峰值 / peak {night['megabytes']} MB, {night['processes']} processes"
    )
    print("    " + ", ".join(f"{name} {taken:.1f}" for name, taken in night["stages"].items()))
    print(
        "    MB: " + ", ".join(f"{name} {size}" for name, size in night["megabytes_on_disk"].items()),
        flush=True,
    )


def _print_accuracy(found: dict[str, Any]) -> None:
    annotated = found["annotated"]
    print(
        f"    与已知读数逐项相同 / as known in every field: {found['exact']:.4%} of {found['compared']} numbers "
        f"(missing {found['missing']}, extra {found['extra']}, {found['fields']})\n"
        f"    与人工标注 / against the annotation: {annotated['generated']:.4%}, "
        f"样本 / the samples themselves {annotated['samples']:.4%}"
    )
    for line in found["first"]:
        print(f"      {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
