"""What stands on a command line besides words: places, days, the options all commands share, and text in whatever the
locale made of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.places import is_url, to_place

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(formats=["%Y-%m-%d"])


def as_typed(text: str) -> str:
    """An argument as the text that was typed, also where the locale knows nothing but ASCII."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text).decode("utf-8", errors="replace")
    return text


class PlaceType(click.Path):
    """A path of this machine, or a URL: as a path it would lose one of its slashes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The place that was typed. Raises UsageError for a URL with a secret in it."""
        if isinstance(value, str) and is_url(value):
            return to_place(as_typed(value))
        return super().convert(value, param, ctx)


def _show_traces(ctx: click.Context, option: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().meta["debug"] = True
        sys.excepthook = sys.__excepthook__


def common_options(command: Command) -> Command:
    """--data and --debug, the same for every command that has them."""
    debug = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_show_traces,
        help="出错时显示调用栈 / show a traceback on errors.",
    )
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="数据目录,默认 $ZHENGBAO_DATA 或 ./data / data directory.",
    )
    return data(debug(command))
