"""Seconds of a round of JioNLP's extract_money over a list of texts, as often as asked; run by ``bench.py`` elsewhere.

    python tests/bench_money.py TEXTS

TEXTS is a JSON file of lists by name. The first line out is JioNLP's version; then a name on standard input gives a
line with the seconds of a round. The interpreter that runs it has JioNLP, not this project: nothing of ours is imported
but the clock.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from timing import seconds_of


def main() -> None:
    """Answer until standard input ends."""
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # it greets whoever imports it
        import jionlp

        bodies = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        extract_money = jionlp.ner.extract_money
        extract_money("1亿元")  # it reads its dictionaries with the first question
        print(jionlp.__version__, file=answers, flush=True)
        for name in map(str.strip, sys.stdin):
            taken = seconds_of(lambda name=name: [extract_money(text) for text in bodies[name]])
            print(taken, file=answers, flush=True)


if __name__ == "__main__":
    main()
