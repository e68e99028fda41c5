"""Seconds JioNLP's extract_money takes for each list of texts of a JSON file; run by ``bench.py`` elsewhere.

The interpreter that runs it has JioNLP, not this project: nothing of ours is imported but the clock.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from timing import best_seconds


def main() -> None:
    """Write ``{"version": …, "seconds": {name: seconds}}`` as the last line of stdout."""
    with contextlib.redirect_stdout(sys.stderr):  # it greets whoever imports it
        import jionlp

        bodies = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        extract_money = jionlp.ner.extract_money
        seconds = {
            name: best_seconds(lambda texts=texts: [extract_money(text) for text in texts])
            for name, texts in bodies.items()
        }
    print(json.dumps({"version": jionlp.__version__, "seconds": seconds}))


if __name__ == "__main__":
    main()
