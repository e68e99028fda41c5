"""What is told of an error, whichever it is: one line."""

from __future__ import annotations

from transforms.errors import LoadFailed, ZhengbaoError


def as_failure(error: OSError) -> LoadFailed:
    """A disk that is full, a folder that cannot be written: what the system says, and of which file."""
    what = f" {error.filename}" if error.filename is not None else ""
    return LoadFailed(f"无法读写 / cannot read or write{what}: {error.strerror or error}")


def tell(error: BaseException) -> str:
    """Our own words for what we know, the error's first line for what no part of the program explains."""
    if isinstance(error, ZhengbaoError):
        return error.message
    if isinstance(error, OSError) and error.strerror:
        return as_failure(error).message
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"
