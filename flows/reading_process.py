"""The child of ``flows.isolation``: reads files given on its input until there are no more, each within its bounds.

The system ends it where a file takes too long, whatever library it hangs in, and also if its parent is gone.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from transforms.errors import UnreadableReport
from transforms.limits import Limits
from transforms.readers import read_document
from transforms.types import RawDocument


def main() -> None:
    """Answer each request, a line of JSON and the bytes of a file, with one line of JSON."""
    given, told = sys.stdin.buffer, sys.stdout.buffer
    while line := given.readline():
        request = json.loads(line)
        payload = given.read(request.pop("bytes"))
        told.write(json.dumps(_answer(payload, Limits(**request))).encode("ascii") + b"\n")
        told.flush()


def _answer(payload: bytes, limits: Limits) -> dict[str, Any]:
    _bound_memory(limits.memory_bytes)
    _bound_time(limits.seconds)
    try:
        found = read_document(RawDocument("", "", payload), limits)
    except UnreadableReport as error:
        return {"reason": error.reason, "message": error.message}
    except MemoryError:
        megabytes = limits.memory_bytes // 2**20
        return {
            "reason": "too_much_memory",
            "message": f"内存用到 {megabytes} MB 仍读不完 / could not be read within {megabytes} MB of memory",
        }
    finally:
        _bound_time(0)
    return {"text": found.text, "encoding": found.encoding, "media_type": found.media_type}


def _bound_time(seconds: float) -> None:
    """An alarm nobody handles ends the process; 0 takes it back. Windows has none."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()
