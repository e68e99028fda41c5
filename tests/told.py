"""Everything that is read out of the sample reports and the corpus, a line each: ``test_compiled.py`` compares two.

    python tests/told.py FILE

prints which transforms/ it read with.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from reading import REPORTS
from test_corpus import CORPUS, document_of

import transforms.extract
from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.trace import trace_document
from transforms.types import RawDocument


def main() -> None:
    """Read and write."""
    lexicon = build_lexicon(load_seeds())
    lines = [*_of_reports(lexicon), *_of_corpus(lexicon)]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(transforms.extract.__file__)


def _of_reports(lexicon: Lexicon) -> Iterator[str]:
    for path in sorted(REPORTS.glob("*.txt")):
        payload = path.read_bytes()
        report = read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon)
        document = report.document
        yield from map(repr, (*report.observations, *report.issues))
        yield from map(repr, (document.meta, *document.sections, *document.tasks, report.signature))
        yield repr((report.numbers_total, report.numbers_explained))
        yield from map(repr, trace_document(document, lexicon))


def _of_corpus(lexicon: Lexicon) -> Iterator[str]:
    for path in sorted(CORPUS.glob("[pn]*tive_*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                document, _, _ = document_of(row)
                report = transforms.extract.extract(document, lexicon)
                yield repr((row["text"], report, list(trace_document(document, lexicon))))


if __name__ == "__main__":
    main()
