"""Reading in a process of its own: what hangs, grows or crashes there costs one file and no more."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from papers import draw_lines, make_docx, make_pdf, wrap

from flows import isolation
from flows.isolation import IsolatedReader
from flows.settings import load_settings
from transforms.errors import UnreadableReport, UsageError
from transforms.limits import Limits
from transforms.types import RawDocument

PROSE = "2022年,全区实现地区生产总值1970.1亿元,增长5.2%。"
PAGE = f"<html><meta charset=utf-8><p>{PROSE}</html>".encode()


def raw(payload: bytes) -> RawDocument:
    return RawDocument("0" * 64, "报告", payload)


def test_the_same_text_comes_back() -> None:
    pdf = make_pdf(lambda canvas: draw_lines(canvas, wrap(PROSE, 60), 60, 700))
    word = make_docx(lambda document: document.add_paragraph(PROSE))
    with IsolatedReader(Limits()) as decode:
        for payload, kind in (
            (PAGE, "html"),
            (pdf, "pdf"),
            (word, "wordprocessingml.document"),
            (PROSE.encode(), "plain"),
        ):
            document = decode(raw(payload))
            assert document.text.strip() == PROSE
            assert document.media_type.endswith(kind)
            assert document.source_name == "报告"
        with pytest.raises(UnreadableReport) as caught:
            decode(raw(pdf[:300]))
    assert caught.value.reason == "damaged"


def test_a_text_file_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation.subprocess, "Popen", None)
    with IsolatedReader(Limits()) as decode:
        assert decode(raw(PROSE.encode())).text == PROSE


def test_a_text_file_imports_no_library_of_the_other_formats() -> None:
    code = (
        "import sys\nfrom transforms.readers import read_document\nfrom transforms.types import RawDocument\n"
        f"read_document(RawDocument('', '', {PROSE.encode()!r}))\n"
        "print([name for name in ('lxml', 'selectolax', 'pypdfium2', 'zipfile') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_what_takes_too_long_is_ended_and_the_next_file_is_read() -> None:
    """Formatting never closed is taken up again in each paragraph: the work grows with the square of it."""
    slow = b"<html><meta charset=utf-8>" + b"".join(b"<b id=%d>" % n for n in range(60_000)) + b"<p>" * 60_000
    start = time.monotonic()
    with IsolatedReader(Limits(seconds=1, nesting=10**9)) as decode:
        with pytest.raises(UnreadableReport) as caught:
            decode(raw(slow))
        assert time.monotonic() - start < 8
        assert decode(raw(PAGE)).text.strip() == PROSE
    assert caught.value.reason == "too_slow"
    assert "1 seconds" in caught.value.message


def packed_pdf(operator: bytes, times: int) -> bytes:
    """A PDF whose one page is drawn by so many operators, packed a thousandfold."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(operator * 1_000) for _ in range(times // 1_000)) + packer.flush()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>"
    content = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        content,
    ]
    whole = b"%PDF-1.4\n"
    for number, item in enumerate(objects, 1):
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    return whole + b"trailer << /Size 5 /Root 1 0 R >>\n%%EOF"


def test_a_pdf_that_unpacks_to_hundreds_of_megabytes() -> None:
    bomb = packed_pdf(b"0 0 m 9 9 l S\n", 20_000_000)
    assert len(bomb) < 2**20
    start = time.monotonic()
    with IsolatedReader(Limits(seconds=2)) as decode, pytest.raises(UnreadableReport) as caught:
        decode(raw(bomb))
    assert caught.value.reason in ("too_slow", "too_much_memory", "damaged")
    assert time.monotonic() - start < 10


def test_what_takes_too_much_memory_is_held_back() -> None:
    large = b"<html><meta charset=utf-8>" + b"<p>a</p>" * 2_000_000
    with IsolatedReader(Limits(memory_bytes=300 * 2**20)) as decode:
        with pytest.raises(UnreadableReport) as caught:
            decode(raw(large))
        assert decode(raw(PAGE)).text.strip() == PROSE
    assert caught.value.reason in ("too_much_memory", "damaged")


def test_the_child_ends_with_its_reader() -> None:
    decode = IsolatedReader(Limits())
    with decode:
        decode(raw(PAGE))
        child = decode._child
        assert child is not None
        assert child.poll() is None
    assert child.returncode == 0


def test_limits_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(tmp_path).limits == Limits()
    monkeypatch.setenv("ZHENGBAO_MAX_FILE_MB", "0.5")
    monkeypatch.setenv("ZHENGBAO_MAX_PAGES", "7")
    limits = load_settings(tmp_path).limits
    assert (limits.file_bytes, limits.pages) == (2**19, 7)
    monkeypatch.setenv("ZHENGBAO_MAX_PAGES", "0")
    with pytest.raises(UsageError, match="max_pages"):
        load_settings(tmp_path)
