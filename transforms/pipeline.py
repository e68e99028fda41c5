"""One report from bytes to readings: read → normalise → understand → extract."""

from __future__ import annotations

from transforms.document import understand
from transforms.extract import extract
from transforms.lexicon import Lexicon
from transforms.normalise import normalise
from transforms.readers import read_document
from transforms.types import RawDocument, Report

# Raised whenever a rule or seed change may change a figure: reports read under another version are read anew.
RULES_VERSION = "2026.11.1"


def read_report(raw: RawDocument, lexicon: Lexicon) -> Report:
    """Everything stated in one report; raises UnreadableReport for what is none."""
    source = read_document(raw)
    document = understand(source, normalise(source.text), lexicon.regions)
    return extract(document, lexicon)
