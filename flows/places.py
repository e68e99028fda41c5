"""Landing places as they are written: paths of this machine, or URLs that fsspec opens (``s3://bucket/landing``).

Only the standard library: every command line passes through here. What a URL leads to is the business of
``flows.remote``, which is imported when there is one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from transforms.errors import UnreadableReport, UsageError

# reason of an UnreadableReport that is none tomorrow: the file is looked at again by the next run
CHANGING = "changing"

# two letters at least: C:// is a drive
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.S)
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:]*)(:\d+)?")
_HERE = ("file", "local")
BUCKETS = ("s3", "s3a")
WEB = ("http", "https")
# in a list that colons separate, those of a protocol, a port and a password (to be refused) separate nothing
_BETWEEN_COLONS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://(?:[^/@]*@)?[^:/]*(?::\d+(?=[/:]|$))?[^:]*|[^:]+")


@dataclass(frozen=True, slots=True)
class Url:
    """A place elsewhere. It holds no secret: it is shown, logged and handed from process to process."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def protocol(self) -> str:
        """What stands before ``://``, in small letters."""
        return self.text.partition("://")[0].lower()


Place = Path | Url


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """A file below a URL, not opened yet. ``path`` is what fsspec calls it, ``name`` what it is called everywhere.

    ``size``, ``changed`` and ``version`` (an etag, or size and time) are what the listing told, where it told any.
    """

    place: Url
    path: str
    name: str
    size: int | None = None
    changed: datetime | None = None
    version: str = ""


def still_changing(name: str) -> UnreadableReport:
    """What is raised for a file that became another while it was read."""
    return UnreadableReport(
        CHANGING, f"读取时有变,下次再读 / changed while it was read, left for the next run: {name}"
    )


def is_url(text: str) -> bool:
    """Whether this is written as a URL."""
    return _URL.fullmatch(text) is not None


def to_place(text: str) -> Place:
    """A place as it was written; ``file:///…`` is a path. UsageError for a URL that carries a secret.

    Places are shown in process lists and in Prefect's pages, so that what opens them has to come by the environment.
    """
    match = _URL.fullmatch(text)
    if match is None:
        return Path(text)
    protocol, rest = match[1].lower(), match[2]
    if protocol in _HERE:
        return _local_path(text)
    if "?" in rest or not _is_open(protocol, rest.partition("/")[0]):
        raise UsageError(
            f"网址里不能有密码或「?」参数,请放在环境变量(AWS_…、FSSPEC_…) / no password and no query in a URL: "
            f"secrets belong into the environment (AWS_…, FSSPEC_…): {protocol}://…"
        )
    return Url(f"{protocol}://{rest}")


def _is_open(protocol: str, host: str) -> bool:
    """Whether a host may be shown: a name, with the port or the user that is needed to get there."""
    if protocol in BUCKETS:
        return ":" not in host or host.startswith("arn:")
    user, _, server = host.rpartition("@")
    if ":" in user or (user and protocol in WEB):  # a web server's only user may be a token
        return False
    return _SERVER.fullmatch(server) is not None


def below(folder: Path, text: str) -> Place:
    """A place as a file in ``folder`` writes it: its paths are relative to the folder. Raises UsageError."""
    return to_place(text) if is_url(text) else folder / Path(text).expanduser()


def absolute(place: Place) -> Place:
    """The same place, wherever a process stands."""
    return place if isinstance(place, Url) else place.absolute()


def split_places(text: str, separator: str = os.pathsep) -> list[str]:
    """The places of a list as an environment variable writes it, with the separator of PATH."""
    if separator == ":":
        return _BETWEEN_COLONS.findall(text)
    return [part for part in text.split(separator) if part]


def _local_path(text: str) -> Path:
    parts = urlsplit(text, allow_fragments=False)
    if parts.netloc not in ("", "localhost"):
        raise UsageError(f"file:// 只指本机 / file:// means this machine: {text}")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Path(url2pathname(path))
