"""The SQL of this package, read from the .sql files that stand beside it."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def read_script(name: str) -> str:
    """Text of ``<name>.sql``: statements to be run one after the other."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


@cache
def read_named(name: str) -> dict[str, str]:
    """Statements of ``<name>.sql`` by the names given in its lines ``-- name: …``, in file order."""
    parts = _NAME.split(read_script(name))[1:]
    return {title: text.strip().rstrip(";") for title, text in zip(parts[::2], parts[1::2], strict=True)}


def digest(*names: str) -> str:
    """Fingerprint of some scripts: tells a warehouse made by this version from one made by another."""
    text = "".join(map(read_script, names))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
