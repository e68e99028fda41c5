"""The text of a DOCX file, in the order it is read: paragraphs, tables cell by cell, text boxes, notes at the end.

Revisions are read as accepted, as Word prints them: what is inserted counts, what is deleted does not. Numbers that
Word makes itself (automatic lists) are no text of the file and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from transforms.limits import Limits
from transforms.package import Package, damaged
from transforms.paragraphs import Paragraphs
from transforms.tables import indicator_lines

# fields' code, what was deleted or moved away, and the second version of a drawing for older programs
_UNSEEN_NAMES = (
    "instrText delText delInstrText del moveFrom rPr pPr tblPr trPr tcPr sectPr sdtPr Fallback rubyPr rt"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def read_docx(payload: bytes, limits: Limits) -> tuple[str, str]:
    """Text and encoding of a DOCX file.

    Raises UnreadableReport: ``damaged``, ``encrypted``, ``too_large``, ``too_deep``.
    """
    package = Package(payload, limits)
    main = next((name for name in package.names() if name.startswith("word/document")), "word/document.xml")
    document = package.parse(main)
    if document is None:
        raise damaged("没有 word/document.xml / no word/document.xml")
    told = Paragraphs()
    _tell(document, told)
    for name in _NOTES:
        notes = package.parse(name)
        if notes is not None:
            told.part()
            _tell(notes, told)
    return told.text(), (document.getroottree().docinfo.encoding or "utf-8").lower()


def _tell(root: etree._Element, told: Paragraphs) -> None:
    """Say what an element holds; libxml2 has bounded how deep it is, so each level may be a call."""
    for element in root:
        name = _name(element)
        if name in _UNSEEN:
            continue
        if name == "t":
            told.add(element.text or "")
        elif name in _SIGNS:
            told.add(_SIGNS[name])
        elif name == "sym":
            told.add(_symbol(element))
        elif name == "p":
            _tell_paragraph(element, told)
        elif name == "tbl":
            _tell_table(element, told)
        elif name == "txbxContent":
            told.end_line()
            _tell(element, told)
            told.end_line()
        else:
            _tell(element, told)


def _tell_paragraph(paragraph: etree._Element, told: Paragraphs) -> None:
    told.end_line()
    if any(True for _ in paragraph.iter("{*}t", "{*}sym")):
        _tell(paragraph, told)
        told.end_line()
    else:
        told.part()


def _tell_table(table: etree._Element, told: Paragraphs) -> None:
    told.part()
    lines = None
    if next(table.iterdescendants("{*}tbl"), None) is None:
        lines = indicator_lines([[_plain(cell) for cell in _cells(row)] for row in table.iter("{*}tr")])
    if lines is not None:
        for line in lines:
            told.add(line)
            told.part()
        return
    for cell in _children(table, "tc"):
        _tell(cell, told)
        told.part()


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    """Cells of a row, one that spans columns once for each of them."""
    for cell in row.iter("{*}tc"):
        span = next((int(s) for e in cell.iter("{*}gridSpan") if (s := _value(e)).isdecimal()), 1)
        yield from [cell] * min(max(span, 1), 50)


def _children(table: etree._Element, name: str) -> Iterator[etree._Element]:
    """Cells of this table, not of those in it."""
    for element in table.iterdescendants("{*}" + name):
        if next(element.iterancestors("{*}tbl")) is table:
            yield element


def _plain(cell: etree._Element) -> str:
    told = Paragraphs()
    _tell(cell, told)
    return " ".join(told.text().split())


def _symbol(element: etree._Element) -> str:
    """A character of a symbol font: private use, but for the few that are ordinary ones."""
    code = next((value for key, value in element.attrib.items() if str(key).endswith("}char")), "")
    try:
        return chr(int(str(code), 16))
    except (ValueError, OverflowError):
        return ""


def _value(element: etree._Element) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}val")), "")


def _name(element: etree._Element) -> str:
    """Local name of an element; '' for processing instructions and entities left as they are."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
