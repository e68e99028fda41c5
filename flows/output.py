"""What a person sees: progress and log lines on stderr, tables on stdout. Nothing here decides anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # a table of a query needs none of what these stand in
    from flows.steps import Narrator, NightSummary, ReportLine
    from warehouse.types import HeldBack

# wide enough for a title, narrow enough for a mail; used where there is no terminal to ask
PLAIN_WIDTH = 100
MAX_ROWS = 200

_QUALITY = {"pass": "通过 pass", "warn": "警告 warn", "held": "扣留 held"}
_STYLES = {"pass": "green", "warn": "yellow", "held": "red"}


class PlainNarrator:
    """Plain lines for logs: one when a stage begins."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def say(self, line: str) -> None:
        """Write the line."""
        print(_one_line(line), file=self._stream, flush=True)

    def begin(self, title: str, total: int) -> None:
        """Write the stage and its size."""
        self.say(f"{title}: {total}" if total else title)

    def advance(self, count: int) -> None:
        """Nothing: a log has no use for it."""


class _Count(MofNCompleteColumn):
    """How many of how many, and nothing where that is not known."""

    def render(self, task: Task) -> Text:
        return Text("") if task.total is None else super().render(task)


class BarNarrator:
    """A progress bar that is gone when the night is over."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage: TaskID | None = None

    def say(self, line: str) -> None:
        """Write the line above the bar."""
        self._progress.console.print(Text(_one_line(line)))

    def begin(self, title: str, total: int) -> None:
        """Replace the bar by that of the new stage."""
        if self._stage is not None:
            self._progress.remove_task(self._stage)
        self._stage = self._progress.add_task(title, total=total or None)

    def advance(self, count: int) -> None:
        """Move the bar."""
        if self._stage is not None:
            self._progress.advance(self._stage, count)


@contextmanager
def narrator() -> Iterator[Narrator]:
    """A bar where stderr is a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield PlainNarrator(sys.stderr)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), _Count())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield BarNarrator(progress)


def print_summary(summary: NightSummary) -> None:
    """The closing table of a run, where its results are, and what was held back."""
    console = _console()
    if summary.lines:
        console.print(_report_table(summary.lines))
    if summary.held_back:
        console.print(_held_table(summary.held_back))
    receipt = summary.receipt
    print_line(
        f"批次 / load {receipt.load_id}: 报告 / reports {receipt.reports}, "
        f"观测 / observations {receipt.observations}, 任务 / tasks {receipt.tasks}, "
        f"扣留 / held back {receipt.held_back}"
    )
    print_line(f"数据仓库 / warehouse:      {summary.warehouse}")
    print_line(f"质量报告 / quality report: {summary.quality}")


def print_line(line: str) -> None:
    """One line on stdout, never folded, so that a path in it can be copied."""
    print(line)  # noqa: T201 - this is the place that prints


def print_folded(line: str) -> None:
    """One line on stdout. On a terminal it is folded, at most at ``PLAIN_WIDTH``, the rest of it indented."""
    printable = "".join(ch if ch.isprintable() else " " for ch in line)
    if not sys.stdout.isatty():
        print_line(printable)
        return
    for piece in fold_line(printable, min(_console().width, PLAIN_WIDTH)):
        print_line(piece)


def fold_line(line: str, width: int) -> Iterator[str]:
    """Pieces of a line that fit into ``width`` cells, cut at a blank where one is near; a character of Chinese
    takes two."""
    indent = " " * min(len(line) - len(line.lstrip()) + 4, width // 2)
    while cell_len(line) > width:
        cut = len(chop_cells(line, width)[0])
        blank = line.rfind(" ", len(indent) + 1, cut + 1)
        cut = blank if blank > cut * 2 // 3 else cut
        yield line[:cut].rstrip()
        line = indent + line[cut:].lstrip()
    yield line


def print_rows(
    headings: Mapping[str, str],
    rows: Iterable[Mapping[str, object]],
    fold: Sequence[str] = (),
    wide: bool = False,
) -> None:
    """Rows as a table under ``headings``; ``fold`` names the columns that give way when the line is short.

    ``wide``: outside a terminal no line is short, and each row is one line.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name, heading in headings.items():
        gives_way = name in fold
        table.add_column(Text(heading), overflow="fold", no_wrap=not gives_way, min_width=6 * gives_way)
    for row in rows:
        table.add_row(*(Text(_one_line(_shown(row[name]))) for name in headings))
    (_wide(sys.stdout) if wide and not sys.stdout.isatty() else _console()).print(table)


def print_result(columns: Sequence[str], rows: Iterable[Sequence[object]], output: Path | None) -> None:
    """The result of a query as a table; outside a terminal as wide as it needs to be, one line a row."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    count = 0
    for row in rows:
        count += 1
        table.add_row(*(Text(_one_line(_shown(value))) for value in row))
    if output is not None:
        with output.open("w", encoding="utf-8") as stream:
            _wide(stream).print(table)
        return
    (_console() if sys.stdout.isatty() else _wide(sys.stdout)).print(table)
    print_line(f"{count} 行 / rows")


def _wide(stream: IO[str]) -> Console:
    return Console(file=stream, width=100_000, markup=False, highlight=False, emoji=False)


def _report_table(lines: Sequence[ReportLine]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("报告\nreport", overflow="fold", ratio=1)
    table.add_column("地区\nregion", overflow="fold", max_width=12)
    table.add_column("时期\nperiod", overflow="fold", max_width=10)
    table.add_column("观测\nobs.", justify="right", no_wrap=True)
    table.add_column("任务\ntasks", justify="right", no_wrap=True)
    table.add_column("质量\nquality", no_wrap=True)
    for line in lines[:MAX_ROWS]:
        table.add_row(
            Text(_one_line(line.title)),
            Text(line.region),
            Text(line.period),
            str(line.observations),
            str(line.tasks),
            Text(_QUALITY[line.quality], style=_STYLES[line.quality]),
        )
    if len(lines) > MAX_ROWS:
        table.caption = f"另有 {len(lines) - MAX_ROWS} 份 / and {len(lines) - MAX_ROWS} more"
    return table


def _held_table(held_back: Sequence[HeldBack]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("扣留 / held back", overflow="fold", max_width=36)
    table.add_column("原因 / reason", no_wrap=True)
    table.add_column("说明 / explanation", overflow="fold", ratio=1)
    for item in held_back[:MAX_ROWS]:
        table.add_row(Text(_one_line(item.source_name)), Text(item.reason), Text(_one_line(item.message)))
    if len(held_back) > MAX_ROWS:
        table.caption = f"另有 {len(held_back) - MAX_ROWS} 份 / and {len(held_back) - MAX_ROWS} more"
    return table


def _console() -> Console:
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _one_line(text: str) -> str:
    """Text that stays on its line and cannot steer a terminal: names of files are not ours."""
    return "".join(ch if ch.isprintable() else " " for ch in " ".join(text.split()))
