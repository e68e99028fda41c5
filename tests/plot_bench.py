"""docs/benchmarks.svg and the table of docs/benchmarks.md, made from the figures of ``make bench JSON=file``.

    python tests/plot_bench.py FILE [--docs FOLDER]

``make benchmarks JSON=file`` runs it.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bench_summary import SIMPLIFIED, summarise

DOCS = Path(__file__).parent.parent / "docs"
BEGIN, END = "<!-- figures: make benchmarks -->", "<!-- end of figures -->"
WIDTH, HEIGHT, LEFT = 960, 430, 190
_INK, _GREY, _OURS, _OTHER = "#1f2933", "#9aa5b1", "#b3261e", "#7b8794"
_RATES = {
    "digits": "数字正则 regex: digits",
    "numerals": "本程序数字正则 own pattern",
    "quantities": "数字加单位正则 with units",
    "normalise": "归一 normalise",
    "first": "归一+抽取 normalise + extract",
    "money": "JioNLP 金额 money",
    "opencc": "OpenCC 繁转简 t2s",
}
_OWN = ("normalise", "first")


def main() -> None:
    """Write both."""
    parser = argparse.ArgumentParser(description="plot and table of a benchmark")
    parser.add_argument("figures", type=Path)
    parser.add_argument("--docs", type=Path, default=DOCS)
    given = parser.parse_args()
    figures = json.loads(given.figures.read_text(encoding="utf-8"))
    (given.docs / "benchmarks.svg").write_text(draw(figures), encoding="utf-8")
    page = given.docs / "benchmarks.md"
    page.write_text(put_table(page.read_text(encoding="utf-8"), figures), encoding="utf-8")


def put_table(page: str, figures: dict[str, Any]) -> str:
    """The page with the table of these figures between its markers."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    lines = [
        f"{figures['cores']} 核 / cores, Python {figures['python']}, "
        f"读取 / the reader: {figures['reading']['reader']}",
        "",
        "| 所量 / measured | 结果 / result | 目标 / aim | 达到 / reached |",
        "|---|---|---|---|",
        *(f"| {row.what} | {row.figure} | {row.aim} | {row.mark} |" for row in summarise(figures)),
        "",
        *_stages(figures["scale"]["nights"]),
    ]
    return f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}"


def _stages(nights: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for night in nights for name in night["stages"]))
    yield (
        "| 各阶段秒数 / seconds of stages | "
        + " | ".join(f"{night['reports']:,} 份 / reports" for night in nights)
        + " |"
    )
    yield "|---|" + "---:|" * len(nights)
    for name in names:
        yield f"| {name} | " + " | ".join(f"{night['stages'].get(name, 0):.1f}" for night in nights) + " |"
    yield "| 全部 / whole | " + " | ".join(f"{night['seconds']:.1f}" for night in nights) + " |"
    yield "| 处理器秒 / processor seconds | " + " | ".join(f"{n['processor']:.1f}" for n in nights) + " |"


def draw(figures: dict[str, Any]) -> str:
    """Seconds over reports, and characters a second beside what others take, as one SVG picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        "font-family=\"'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\" font-size=\"13\">",
        "<title>政报的速度 / how fast Zhengbao is</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_draw_growth(figures["scale"]),
        *_draw_rates(figures["reading"]["texts"][SIMPLIFIED]["rates"]),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, words: str, anchor: str = "start", fill: str = _INK, size: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">'
        f"{escape(words)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#e4e7eb") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _draw_growth(scale: dict[str, Any]) -> Iterator[str]:
    """Seconds over reports, both in powers of ten."""
    points = [(night["reports"], night["seconds"]) for night in scale["nights"]]
    x0, x1, y0, y1 = 60, 420, 350, 70
    low_x, high_x = _decades([size for size, _ in points])
    low_y, high_y = _decades([taken for _, taken in points])
    high_x, high_y = max(high_x, low_x + 1), max(high_y, low_y + 1)

    def place(size: float, taken: float) -> tuple[float, float]:
        across = (math.log10(size) - low_x) / (high_x - low_x)
        up = (math.log10(taken) - low_y) / (high_y - low_y)
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)

    yield _text(x0, 26, "整夜用时 / seconds of a whole night", size=15)
    labels = {"whole": "增长指数 / growth exponent", "above_start_up": "除去启动 / above start-up"}
    told = [
        f"{label} {scale['growth'][name]:.2f}" for name, label in labels.items() if name in scale["growth"]
    ]
    yield _text(x0, 46, "; ".join(told), fill=_OTHER)
    for power in range(low_x, high_x + 1):
        x, _ = place(10**power, 10**low_y)
        yield from (_line(x, y0, x, y1), _text(x, y0 + 18, f"{10**power:,}", "middle", _OTHER))
    for power in range(low_y, high_y + 1):
        _, y = place(10**low_x, 10**power)
        yield from (_line(x0, y, x1, y), _text(x0 - 8, y + 4, f"{10.0**power:g} s", "end", _OTHER))
    yield _text((x0 + x1) / 2, y0 + 42, "报告份数 / reports", "middle")
    placed = [place(*point) for point in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    yield f'<polyline points="{path}" fill="none" stroke="{_OURS}" stroke-width="2"/>'
    for (x, y), (_, taken) in zip(placed, points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_OURS}"/>'
        yield _text(x, y - 10, f"{taken:.1f} s", "middle", _OURS)


def _draw_rates(rates: dict[str, float]) -> Iterator[str]:
    """Million characters a second, in powers of ten: points, as a bar would need a zero to begin at."""
    shown = [(name, label, rates[name]) for name, label in _RATES.items() if name in rates]
    x0, x1, top, step = 480 + LEFT, WIDTH - 60, 76, 40
    low, high = _decades([rate for _, _, rate in shown])
    yield _text(480, 26, "百万字每秒每核,简体 / million characters a second and core", size=15)
    yield _text(480, 46, "对数刻度 / logarithmic", fill=_OTHER)
    bottom = top + step * len(shown)
    for power in range(low, high + 1):
        x = x0 + (power - low) / (high - low) * (x1 - x0)
        yield from (
            _line(x, top - 8, x, bottom),
            _text(x, bottom + 18, f"{10.0**power:g}", "middle", _OTHER),
        )
    for at, (name, label, rate) in enumerate(shown):
        y = top + at * step
        long = (math.log10(rate) - low) / (high - low) * (x1 - x0)
        colour = _OURS if name in _OWN else _GREY
        yield _text(x0 - 8, y + 16, label, "end", size=12)
        yield _line(x0, y + 11, x0 + long, y + 11, colour)
        yield f'<circle cx="{x0 + long:.1f}" cy="{y + 11}" r="6" fill="{colour}"/>'
        yield _text(x0 + long + 12, y + 16, f"{rate:.2f}", fill=_INK)


if __name__ == "__main__":
    main()
