"""One report from bytes to readings: read → normalise → understand → extract, and sign."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from transforms.corrections import apply_corrections
from transforms.document import understand
from transforms.editions import sign
from transforms.extract import extract
from transforms.lexicon import Lexicon
from transforms.normalise import normalise
from transforms.readers import read_document
from transforms.types import Document, DocumentText, RawDocument, Report, ReportEntry, Seeds

Decoder = Callable[[RawDocument], DocumentText]

# Raised whenever a change of a rule may change a figure; what changes in seeds/ counts by itself.
RULES_VERSION: Final = "2026.11.5"


def read_report(raw: RawDocument, lexicon: Lexicon, decode: Decoder = read_document) -> Report:
    """Everything stated in one report, corrected where a person corrected it, and its signature.

    ``decode`` takes the text out of the bytes: ``read_document``, or the same under a guard.

    Raises UnreadableReport for what is none, CorrectionFailed for a correction that does not fit.
    """
    report = read_numbers(raw, lexicon, decode)
    return replace(report, signature=sign(report.document))


def read_numbers(raw: RawDocument, lexicon: Lexicon, decode: Decoder = read_document) -> Report:
    """The same without the signature, for a report that is not to be loaded."""
    document = read_text(decode(raw), lexicon)
    return apply_corrections(extract(document, lexicon), lexicon.seeds.corrections, lexicon)


def read_text(source: DocumentText, lexicon: Lexicon) -> Document:
    """A report understood, before its numbers are extracted. Raises UnreadableReport for what is none."""
    return understand(source, normalise(source.text), lexicon.regions)


def entry_of(report: Report) -> ReportEntry:
    """What stays in memory of a report once its rows are written."""
    source = report.document.source
    return ReportEntry(
        report_id=source.report_id,
        source_name=source.source_name,
        meta=report.document.meta,
        characters=len(source.text),
        observations=len(report.observations),
        tasks=len(report.document.tasks),
        issues=len(report.issues),
        numbers_total=report.numbers_total,
        numbers_explained=report.numbers_explained,
    )


def effective_rules_version(seeds: Seeds) -> str:
    """``2026.11.2+ab12cd34``: the rules and, as a digest, the seeds they read with.

    Reports read under another effective version are read anew. What a note or a correction's reason, author or
    date says does not count, since it moves no figure.
    """
    corrections = [
        (c.report_id, c.char_start, c.char_end, c.field, c.expected, c.corrected, c.action)
        for c in seeds.corrections
    ]
    content = repr((seeds.regions, seeds.units, seeds.indicators, seeds.cues, corrections, seeds.editions))
    return f"{RULES_VERSION}+{hashlib.sha256(content.encode()).hexdigest()[:8]}"
