"""The commands. Each is a few lines over functions that stand elsewhere; errors become one line and a code.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something was held back and --strict was given. Heavy imports
stand inside the commands: ``zhengbao sql`` must answer at once.
"""

# ruff: noqa: E402 - see refuse_stale

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from flows.compiled import refuse_stale

refuse_stale()  # before the first import from transforms/, which would already be that of a stale module

from flows.datadir import find_data_dir
from flows.faults import tell
from flows.interrupts import heed, is_told
from flows.options import DAY, PlaceType, as_typed, common_options
from flows.places import Place, absolute
from transforms.errors import UsageError, ZhengbaoError

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.layout import Layout

HELD_BACK = 3
_INTERRUPTED = (
    "已中断,没有发布任何内容,下次重来 / interrupted; nothing was published, next time it is done again"
)


class Program(click.Group):
    """The command group: our errors as one line on stderr, output in UTF-8 whatever the locale says."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line; see ``click.Command.main``."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.excepthook = _tell_unexpected
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command and turn our errors into exit codes."""
        try:
            return super().invoke(ctx)
        except ZhengbaoError as error:
            if ctx.meta.get("debug"):
                raise
            _fail(error.message, 2 if isinstance(error, UsageError) else 1)
        except KeyboardInterrupt:
            _fail(_INTERRUPTED, 1)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"错误 / error: {message}", err=True)
    sys.exit(code)


def _tell_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What no part of the program explains, in one line all the same; Python then exits with 1."""
    if is_told():  # what a library made of the interrupt
        click.echo(f"错误 / error: {_INTERRUPTED}", err=True)
        return
    click.echo(f"错误 / error: {tell(error)} (--debug 显示详情 / shows more)", err=True)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="zhengbao", prog_name="zhengbao")
def main() -> None:
    """政报:把政府报告变成数据仓库,每个数字都有出处。

    Zhengbao turns Chinese government reports into a warehouse, with the evidence for every number.
    """


@main.command(short_help="读入新文件并发布仓库 / ingest what is new")
@click.argument("paths", nargs=-1, type=PlaceType(path_type=Path), metavar="[PATH…]")
@click.option(
    "--since",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="只读入此日起修改过的文件,北京时间 / only files changed on this day or later, Chinese time.",
)
@click.option(
    "--until",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="只读入此日及以前修改过的文件 / only files changed on this day or earlier.",
)
@click.option(
    "--strict", is_flag=True, help="有报告被扣留时退出码为 3 / exit with 3 if a report was held back."
)
@click.option("--again", is_flag=True, help="撤回过的文件也读入 / also what was rolled back before.")
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    help="在本机读,或在 Dask 集群上读 / read on this machine or on a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask 调度器的地址 / address of the Dask scheduler.")
@common_options
def run(
    paths: tuple[Place, ...],
    since: datetime | None,
    until: datetime | None,
    strict: bool,
    again: bool,
    engine: str | None,
    scheduler: str | None,
    data: Path | None,
) -> None:
    """读入文件、文件夹、压缩包或网址(如 s3://桶/文件夹),发布数据仓库。不给路径时读入收件文件夹。

    Ingest files, folders, archives or URLs such as s3://bucket/folder (default: the landing folder) and publish the
    warehouse.
    """
    heed()
    from flows.days import Days
    from flows.output import narrator, print_line, print_summary
    from flows.runner import default_landing, run_and_tell
    from flows.settings import load_settings

    chosen = engine or ("dask" if scheduler else None)
    settings = load_settings(data, engine=chosen, scheduler=scheduler)
    days = Days(since and since.date(), until and until.date())
    with narrator() as voice:
        summary = run_and_tell(settings, paths or default_landing(settings), voice, again, days)
    if summary is None:
        print_line("没有新文件 / nothing new")
        _print_totals(settings.layout())
        return
    print_summary(summary)
    if strict and summary.held_back:
        sys.exit(HELD_BACK)


@main.command(short_help="每晚自动入库 / keep the nightly schedule")
@click.argument("paths", nargs=-1, type=PlaceType(path_type=Path), metavar="[PATH…]")
@click.option("--cron", metavar="EXPR", help="何时入库,北京时间,默认每天两点 / when to load, Chinese time.")
@click.option(
    "--watch", is_flag=True, help="文件到齐一分钟内即入库 / also load files soon after they arrived."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Prefect 的端口,默认任一空闲 / port of Prefect.")
@click.option(
    "--pages-port", type=click.IntRange(1, 65535), help="质量报告的端口 / port of the quality pages."
)
@common_options
def serve(
    paths: tuple[Place, ...],
    cron: str | None,
    watch: bool,
    port: int | None,
    pages_port: int | None,
    data: Path | None,
) -> None:
    """按时入库,直到停止:自带 Prefect 服务和网页,只在本机可见。错过的一晚补做一次。

    Keep the nightly schedule until stopped, Prefect's server and the quality pages included, all on loopback.
    A missed night is made up for, once.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    from flows.output import PlainNarrator
    from flows.runner import default_landing
    from flows.serve import keep_nights
    from flows.settings import load_settings
    from flows.timetable import Plan, check_cron

    settings = load_settings(data)
    expression = cron or settings.cron
    check_cron(expression)
    landing = tuple(absolute(place) for place in paths or default_landing(settings))
    plan = Plan(cron=expression, landing=landing, data=settings.data, watch=watch)
    keep_nights(plan, PlainNarrator(sys.stderr), stopping, port or 0, pages_port or 0)


def _print_totals(layout: Layout) -> None:
    from flows.inquiry import totals
    from flows.output import print_line
    from warehouse.files import is_published

    if not is_published(layout):
        return
    row = totals(layout)
    print_line(
        f"仓库现有 / in the warehouse: 报告 / reports {row['reports']}, "
        f"观测 / observations {row['observations']}, 任务 / tasks {row['tasks']}"
    )
    print_line(f"最近入库 / last load: {row['last_load']}, 扣留 / held back: {row['held_back']}")


@main.command(short_help="最近几批的情况 / the last loads")
@click.option(
    "-n", "--last", default=10, show_default=True, type=click.IntRange(1), help="几批 / how many loads."
)
@click.option(
    "--unmapped",
    is_flag=False,
    flag_value=20,
    type=click.IntRange(1),
    metavar="[N]",
    help="改为列出最常见的 N 个(默认 20)没有代码的指标 / instead, the N most frequent indicators without a code.",
)
@common_options
def status(last: int, unmapped: int | None, data: Path | None) -> None:
    """最近几批:何时、来了什么、扣留了什么、质量如何。

    The last loads: when, what came in, what was held back, quality results.
    """
    from flows.inquiry import print_status, print_unmapped
    from flows.lakes import find_layout

    if unmapped is not None:
        print_unmapped(find_layout(data), unmapped)
        return
    print_status(find_layout(data), last)


@main.command(short_help="撤回最近一批 / take the latest load back")
@click.argument("load_id")
@common_options
def rollback(load_id: str, data: Path | None) -> None:
    """撤回最近一批:仓库、Parquet 和质量报告恢复到此批之前。撤回的文件不再读入,除非 run --again。

    Take the latest load back: everything published becomes what it was before. Its files do not come again,
    except by `run --again` or in a new version.
    """
    from flows.output import narrator, print_line
    from flows.settings import load_settings
    from flows.takeback import take_back

    with narrator() as voice:
        previous = take_back(load_settings(find_data_dir(data)), as_typed(load_id), voice)
    print_line(f"已撤回 / rolled back: {load_id};现为 / the latest load is now: {previous or '(无 / none)'}")


@main.command(short_help="由原始字节重建仓库 / the same warehouse from raw/")
@common_options
def rebuild(data: Path | None) -> None:
    """由 raw/ 中的原始字节重建同样的仓库;文件名与先后取自现有仓库。仓库丢失时以 SHA-256 的前几位命名。

    The same warehouse once more from the bytes in raw/; names and order are those the warehouse remembers. If
    it is lost, everything becomes one load and files are named by the first digits of their SHA-256.
    """
    from flows.output import narrator, print_line
    from flows.rebuild import rebuild as make_again
    from flows.settings import load_settings

    settings = load_settings(find_data_dir(data))
    with narrator() as voice:
        latest = make_again(settings, voice)
    print_line(f"已重建 / rebuilt; 最近一批 / latest load: {latest}")
    _print_totals(settings.layout())


@main.command(short_help="写完报告的页面 / the pages of reports that are to come")
@common_options
def pages(data: Path | None) -> None:
    """写出入库时留待以后的报告页面。 Write the pages of reports that loads have left for later."""
    heed()
    from flows.output import narrator, print_line
    from flows.pages import complete_pages
    from flows.settings import load_settings
    from flows.steps import data_lock
    from seeds.load import load_seeds
    from warehouse.publish import prepare

    settings = load_settings(data)
    with narrator() as voice, data_lock(settings.data, settings.lock_timeout, voice):
        where = settings.layout()
        prepare(where)
        print_line(f"写出 / pages written: {complete_pages(where, load_seeds())}")


@main.command(short_help="对仓库作只读查询 / read-only SQL")
@click.argument("query")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="默认 table;有 -o 时看后缀 / default: table, or what the suffix of -o says.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写入文件 / to a file.",
)
@click.option("--at", metavar="LOAD|VERSION", help="湖仓从前的状态 / an earlier state of a lake.")
@common_options
def sql(query: str, kind: str | None, output: Path | None, at: str | None, data: Path | None) -> None:
    """对已发布的仓库作只读查询。

    Read-only SQL on the published warehouse; with --at, on the state that a load left (of a lake only).
    """
    from flows.inquiry import print_query
    from flows.lakes import find_layout

    print_query(find_layout(data), as_typed(query), kind, output, at)


@main.command(short_help="读出一个文件,不入库 / readings of one file")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="连同句子与规则 / with the sentence and the rules.")
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", show_default=True)
@common_options
def extract(file: Path, explain: bool, kind: str, data: Path | None) -> None:
    """只读出一个文件里的数字,不入库。

    Readings of one file, without loading it.
    """
    from flows.single import print_readings

    print_readings(file, explain=explain, as_json=kind == "json")


@main.command(short_help="一个数字的出处 / where a number comes from")
@click.argument("observation_id")
@common_options
def explain(observation_id: str, data: Path | None) -> None:
    """一个观测的出处:句子、读法、所用规则。

    The sentence behind an observation, how it was read, and the rules that made it.
    """
    from flows.inquiry import print_explanation
    from flows.lakes import find_layout

    print_explanation(find_layout(data), as_typed(observation_id))


@main.command("export", short_help="交付文件:Excel 或 CSV / hand-over files")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx|DIR",
    help="Excel 工作簿,或放 CSV 的文件夹 / a workbook, or a folder for CSV files.",
)
@common_options
def export_files(target: Path, data: Path | None) -> None:
    """把仓库写成 Excel 工作簿或 CSV 文件夹,供人取用。

    Write the warehouse as an Excel workbook (typed cells, sources, explained columns) or as a folder of CSV.
    """
    from flows.export import export
    from flows.lakes import find_layout
    from flows.output import print_line

    for line in export(find_layout(data), target):
        print_line(line)


@main.command("check-seeds", short_help="检查参考数据 / validate the reference CSVs")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@common_options
def check_seeds(folder: Path | None, data: Path | None) -> None:
    """检查参考数据(CSV),逐条列出问题。

    Validate the reference CSVs and list every problem.
    """
    from importlib.resources import files

    import seeds.load

    problems = seeds.load.check_seeds(folder or Path(str(files("seeds"))))
    for problem in problems:
        click.echo(problem)
    if problems:
        _fail(f"参考数据有 {len(problems)} 处问题 / the reference data has {len(problems)} problems", 1)
    click.echo("参考数据无误 / the reference data is valid")


if __name__ == "__main__":
    main()
