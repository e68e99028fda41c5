"""Imports the whole program once, then forks a run for every request on its input; see ``runs.Forker``."""

from __future__ import annotations

import json
import os
import sys


def start(arguments: list[str], log: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    sys.stdin.close()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from flows.cli import main

    code = 70
    try:
        main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - as Python ends a program: told by the hook, then 1
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    from flows.orchestrator import quieten

    quieten()  # before Prefect is imported, as every command does
    import flows.nightly
    import flows.runner  # noqa: F401 - both are imported for the time it takes

    for line in sys.stdin:
        question = json.loads(line)
        match question["do"]:
            case "start":
                answer = start(question["arguments"], question["log"])
            case "wait":
                answer = os.waitstatus_to_exitcode(os.waitpid(question["pid"], 0)[1])
            case _:
                answer = 0
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
