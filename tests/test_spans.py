"""Every reading of every sample points at its digits in the source text, the traditional one included."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.numerals import parse_chinese
from transforms.pipeline import read_report
from transforms.types import RawDocument

SAMPLES = sorted((Path(__file__).parent.parent / "seeds" / "reports").glob("*.txt"))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


def _number(written: str) -> Decimal | None:
    """What the characters of a span say by themselves."""
    plain = unicodedata.normalize("NFKC", written)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", plain):
        return Decimal(plain.replace(",", ""))
    return parse_chinese(plain.removeprefix("百分之").removeprefix("千分之").removeprefix("第"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_spans_hold_the_digits_of_the_value(path: Path, lexicon: Lexicon) -> None:
    report = read_report(RawDocument("0" * 64, path.name, path.read_bytes()), lexicon)
    text = path.read_bytes().decode("utf-8")
    assert report.observations
    for reading in report.observations:
        written = text[reading.char_start : reading.char_end]
        assert _number(written) == abs(reading.value), (reading.char_start, written, str(reading.value))
        assert text[reading.quote_start : reading.quote_end] == reading.quote
        assert reading.quote_start <= reading.char_start < reading.char_end <= reading.quote_end
