"""How much one input may ask for before it is refused: every figure here can be set in zhengbao.toml."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.errors import UnreadableReport

_MB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one input. A year's work report has about 100 KB, 40 pages and 20,000 characters.

    ``file_bytes``: of one file. ``members``, ``unpacked_bytes``, ``archive_depth``: of an archive with all archives
    in it; a DOCX counts as one too. ``pages`` of a PDF, ``characters`` of the text that comes out, ``nesting`` of
    elements, ``seconds`` and ``memory_bytes`` for taking the text out of one file.
    """

    file_bytes: int = 64 * _MB
    members: int = 20_000
    unpacked_bytes: int = 1024 * _MB
    archive_depth: int = 2
    pages: int = 1_000
    characters: int = 20_000_000
    nesting: int = 1_000
    seconds: float = 60.0
    memory_bytes: int = 2048 * _MB


def refuse_over(reason: str, what: tuple[str, str], found: int, limit: int) -> None:
    """Raise UnreadableReport with ``reason`` if ``found`` is over the limit; ``what`` is Chinese and English."""
    if found > limit:
        chinese, english = what
        raise UnreadableReport(
            reason, f"{chinese} {found},超过上限 {limit} / {english} {found}, more than the limit of {limit}"
        )
