"""Reports made of the samples: none twice, the same everywhere, and read as what they are known to say."""

from __future__ import annotations

import hashlib
from itertools import zip_longest

import pytest
from generated import Truth, generate, sample_of, samples, small_text, truths, write_reports

from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report

NUMBERS = (*range(9), 13)  # some of every sample, the thirteenth in traditional characters


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


def _read(name: str, text: str, lexicon: Lexicon) -> Report:
    payload = text.encode()
    return read_report(RawDocument(hashlib.sha256(payload).hexdigest(), name, payload), lexicon)


def test_every_sample_is_used() -> None:
    assert {sample_of(number)[0] for number in NUMBERS} == set(range(len(samples())))


def test_no_text_and_no_region_and_period_twice() -> None:
    reports = [generate(number) for number in range(2000)]
    assert len({report.text for report in reports}) == len(reports)
    told = {(report.sample, report.place.district.code, report.shift) for report in reports}
    assert len(told) == len(reports)


def test_a_number_is_a_report() -> None:
    """A changed generator makes other reports: then figures of before and after cannot be compared."""
    texts = "".join(generate(number).text for number in NUMBERS)
    assert hashlib.sha256(texts.encode()).hexdigest().startswith("863da07b17e08037")


def test_most_numbers_are_changed() -> None:
    changed = total = 0
    for number in NUMBERS:
        report = generate(number)
        for told, truth in zip(samples()[report.sample].report.observations, truths(report), strict=True):
            changed += truth.value != float(told.value)
            total += 1
    assert changed > 0.8 * total


@pytest.mark.parametrize("number", NUMBERS)
def test_reading_is_the_truth(number: int, lexicon: Lexicon) -> None:
    report = generate(number)
    read = _read(report.source_name, report.text, lexicon)
    told = [
        Truth(
            report.source_name,
            each.char_start,
            each.char_end,
            float(each.value),
            *(getattr(each, name) for name in Truth._fields[4:]),
        )
        for each in read.observations
    ]
    differing = [pair for pair in zip_longest(told, truths(report)) if pair[0] != pair[1]]
    assert differing[:3] == []
    sample = samples()[report.sample].report
    assert len(report.text) == len(sample.document.source.text)
    assert read.document.meta.report_type == sample.document.meta.report_type
    assert read.document.meta.region_code == report.place.district.code


def test_files_are_the_texts(tmp_path) -> None:
    characters = write_reports(tmp_path, (3, 4))
    assert [path.read_bytes().decode() for path in sorted(tmp_path.iterdir())] == [
        generate(3).text,
        generate(4).text,
    ]
    assert characters == sum(len(generate(number).text) for number in (3, 4))


@pytest.mark.parametrize("number", [0, 70_001])
def test_small_reports_are_reports(number: int, lexicon: Lexicon) -> None:
    read = _read("small.txt", small_text(number), lexicon)
    assert read.document.meta.region_code
    assert len(read.observations) == 4


def test_there_is_an_end() -> None:
    with pytest.raises(ValueError, match="left"):
        generate(1_000_000)
