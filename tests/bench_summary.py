"""One table of what ``make bench`` measured, beside what is aimed at, and one JSON file of all figures.

    python tests/bench_summary.py FOLDER [--json FILE]

``FOLDER`` holds a JSON file for each part: reading, scale, loading, gates, pages; what was left out is left out here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PARTS = ("reading", "scale", "loading", "gates", "pages")
SIMPLIFIED, TRADITIONAL = "samples 000-003", "sample 004"
_FLOORS = {
    "digits": "与找阿拉伯数字的正则相比 / against the number-regex floor: Arabic digits",
    "numerals": "与本程序自己的数字正则相比 / against the number-regex floor: the reader's own pattern",
    "quantities": "与找数字和单位的正则相比 / against the number-regex floor: numbers with units",
}


class Row(NamedTuple):
    """A figure as it is shown, and what is aimed at: ``holds`` is None where nothing is."""

    what: str
    figure: str
    aim: str = ""
    holds: bool | None = None

    @property
    def mark(self) -> str:
        """Whether the aim is reached."""
        return {True: "是 yes", False: "否 no", None: ""}[self.holds]


def main() -> None:
    """Print the table, write the figures if asked."""
    parser = argparse.ArgumentParser(description="one table of a benchmark")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures: dict[str, Any] = {"python": platform.python_version(), "cores": os.cpu_count()}
    for part in PARTS:
        path = given.folder / f"{part}.json"
        if path.exists():
            figures[part] = json.loads(path.read_text(encoding="utf-8"))
    print("\n汇总 / summary")
    for row in summarise(figures):
        print(f"  {row.what}: {row.figure}" + (f"  (目标 / aim {row.aim}: {row.mark})" if row.aim else ""))
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def summarise(figures: dict[str, Any]) -> Iterator[Row]:
    """Rows of the table, part by part."""
    if "reading" in figures:
        yield from _reading(figures["reading"]["texts"])
    if "scale" in figures:
        yield from _nights(figures["scale"])
        yield from _later(figures["scale"])
    if "loading" in figures:
        yield from _loading(figures["loading"])


def _reading(texts: dict[str, Any]) -> Iterator[Row]:
    rates = texts[SIMPLIFIED]["rates"]
    first = rates["first"]
    unit = "百万字每秒每核 / M characters a second and core"
    yield Row(
        "归一与抽取,简体 / normalise + extract, simplified", f"{first:.2f} {unit}", "≥ 1.5", first >= 1.5
    )
    for name, label in _FLOORS.items():
        ratio = first / rates[name]
        yield Row(label, f"{ratio:.3f} ×", "≥ 0.25", ratio >= 0.25)
    if "money" in rates:
        ratio = first / rates["money"]
        yield Row("对 JioNLP extract_money / against JioNLP's money only", f"{ratio:.2f} ×", "> 1", ratio > 1)
    if TRADITIONAL in texts:
        rates = texts[TRADITIONAL]["rates"]
        yield Row(
            "繁体夹拼音 / traditional, with pinyin litter",
            f"{rates['first']:.2f} {unit}; {rates['first'] / rates['opencc']:.2f} × OpenCC t2s",
        )


def _nights(scale: dict[str, Any]) -> Iterator[Row]:
    for night in scale["nights"]:
        whole = night["reports"] == 10_000
        peak, seconds = night["megabytes"], night["seconds"]
        yield Row(
            f"{night['reports']:,} 份报告 / reports, {night['characters'] / 1e6:.1f} M 字 / characters",
            f"{seconds:.1f} s, 峰值 / peak {peak:,} MB, {night['reports_a_second']:.1f} 份每秒 / reports a second, "
            f"{night['characters_a_second_and_core'] / 1e6:.3f} M 字每秒每核 / characters a second and core",
            "< 60 s, < 1,500 MB" if whole else "",
            seconds < 60 and peak < 1500 if whole else None,
        )
    growth = scale["growth"]
    if "whole" in growth:
        exponent, aimed = growth["whole"], scale["nights"][-1]["reports"] == 10_000
        above = (
            f"; 除去启动 / above start-up {growth['above_start_up']:.2f}"
            if "above_start_up" in growth
            else ""
        )
        sizes = "–".join(f"{scale['nights'][at]['reports']:,}" for at in (0, -1))
        yield Row(
            f"增长指数 / growth exponent, {sizes}",
            f"{exponent:.2f}{above}",
            "≤ 1.05" if aimed else "",
            max(growth.values()) <= 1.05 if aimed else None,
        )
    found = scale["nights"][-1]["accuracy"]
    yield Row(
        f"与已知读数逐项相同 / read as known in every field, {found['compared']:,} 数 / numbers",
        f"{found['exact']:.3%}",
        "100 %",
        found["equal"] == found["compared"],
    )
    annotated = found["annotated"]
    yield Row(
        "与人工标注全对 / right in every field by the annotation",
        f"{annotated['generated']:.2%}; 样本本身 / the samples themselves {annotated['samples']:.2%}",
        "不变 / unchanged",
        annotated["generated"] >= annotated["samples"],
    )


def _later(scale: dict[str, Any]) -> Iterator[Row]:
    later = scale["later"]
    taken = later["night"]["seconds"]
    aimed = (later["loaded"], later["new"]) == (10_000, 10)
    yield Row(
        f"已有 {later['loaded']:,} 份,新来 {later['new']} 份 / {later['new']} new among those loaded",
        f"{taken:.1f} s",
        "< 15 s" if aimed else "",
        taken < 15 if aimed else None,
    )
    yield Row(
        f"已有 {later['loaded']:,} 份,无新 / nothing new among them",
        f"{later['nothing_new']['seconds']:.1f} s",
    )
    if "known" in scale:
        known = scale["known"]
        above, aimed = known["above_start_up"], known["files"] == 100_000
        yield Row(
            f"已知 {known['files']:,} 个文件,无新 / nothing new among known files",
            f"{known['nothing_new']['seconds']:.1f} s, 除去启动 / above start-up {above:.1f} s",
            "< 5 s" if aimed else "",
            above < 5 if aimed else None,
        )
    yield Row(
        "启动 / start-up",
        f"空文件夹 / empty folder {scale['nothing_seconds']:.1f} s, "
        f"一份短报告 / one short report {scale['start_up_seconds']:.1f} s",
    )


def _loading(loading: dict[str, Any]) -> Iterator[Row]:
    seconds = loading["seconds"]
    yield Row(
        f"入库 {loading['observations']:,} 条观测 / loading observations",
        f"{seconds['whole']:.2f} s, 自暂存文件 / from staged files {seconds['staged']:.2f} s, "
        f"只是各表的行 / rows of the tables alone {seconds['rows']:.2f} s",
    )
    if loading["dlt"] is None:
        return
    for kind, label, aim in (("rows", "Python 行 / rows", 10), ("arrow", "Arrow", 1)):
        ratios = {name: loading["dlt_seconds"][kind] / taken for name, taken in seconds.items()}
        yield Row(
            f"是 dlt 的几倍快 / times as fast as dlt, {label}",
            f"{ratios['whole']:.2f} ×, 自暂存文件 / from staged files {ratios['staged']:.2f} ×, "
            f"只是各表的行 / rows alone {ratios['rows']:.2f} ×",
            f"≥ {aim}",
            ratios["whole"] >= aim,
        )


if __name__ == "__main__":
    main()
