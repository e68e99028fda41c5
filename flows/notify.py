"""Tell someone: what was held back, which expectation failed, or why a load failed, and where to look.

Messages go through apprise to the addresses of ``ZHENGBAO_NOTIFY``: WeCom, DingTalk, Feishu, Slack, e-mail, a
webhook and many more, each a URL that holds its secret. They are plain text and never stop a load.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.inquiry import failed_expectations
from warehouse.layout import Where
from warehouse.types import HeldBack

if TYPE_CHECKING:
    from flows.steps import Narrator

_MOST_TOLD = 20
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Message:
    """A title and the lines below it."""

    title: str
    lines: tuple[str, ...]

    @property
    def body(self) -> str:
        """The lines as they are sent: without what could break or hide a line."""
        return "\n".join(map(_printable, self.lines))


def about_load(where: Where, load_id: str, held_back: Sequence[HeldBack], page: Path) -> Message | None:
    """What there is to tell of a published load; None when all is well."""
    failed = failed_expectations(where, load_id)
    if not (held_back or failed):
        return None
    lines = [
        *_some([f"扣留 / held back: {item.source_name}: {item.message}" for item in held_back]),
        *_some(
            [
                f"期望未满足 / failed expectation: {name} ({severity}): {rows}"
                for name, severity, rows in failed
            ]
        ),
        f"质量报告 / quality report: {page}",
    ]
    title = (
        f"政报 {load_id}: 扣留 / held back {len(held_back)}, 期望未满足 / expectations failed {len(failed)}"
    )
    return Message(title, tuple(lines))


def about_failure(data_dir: Path, told: str) -> Message:
    """Why a load failed; the warehouse stays as it was."""
    return Message(
        "政报:入库失败 / Zhengbao: the load failed",
        (told, f"未发布任何内容 / nothing was published: {data_dir}"),
    )


def send(message: Message, addresses: Iterable[str], narrator: Narrator) -> None:
    """Send to each address; one that cannot be reached is told to the log, without its secret."""
    from apprise import Apprise, NotifyFormat

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    for number, address in enumerate(addresses, 1):
        recipient = Apprise()
        known = recipient.add(address)
        plugin: Any = recipient[0] if known else None
        shown = plugin.url(privacy=True).partition("?")[0] if known else f"no. {number}"
        if not (known and recipient.notify(message.body, title=message.title, body_format=NotifyFormat.TEXT)):
            narrator.say(f"消息未送达 / a message could not be sent: {shown}")


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_TOLD
    return lines[:_MOST_TOLD] + ([f"… {more}"] if more > 0 else [])


def _printable(line: str) -> str:
    shown = "".join(character if character.isprintable() else "�" for character in line)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"
