"""What stands on a command line besides words: places, days, and text in whatever the locale made of it."""

from __future__ import annotations

import os
from typing import Any

import click

from flows.places import is_url, to_place

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
