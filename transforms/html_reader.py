"""The report on a web page: what a person reads there, without what leads to other pages.

Parsed by the rules that browsers follow, so that markup never closed, or closed twice, gives what a browser shows.
Nothing is guessed to be the article: all text comes out but scripts, forms' controls, navigation and lists of links.
What is hidden comes out too if it tells something, since sites hide the later pages of an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from transforms.decoding import decode_markup
from transforms.errors import UnreadableReport
from transforms.limits import Limits, refuse_over
from transforms.paragraphs import Paragraphs
from transforms.tables import indicator_lines

_UNSEEN_TAGS = (
    "head script style noscript template iframe frame object embed applet svg math canvas audio video map "
    "select option button input textarea datalist nav footer menu title link meta base -comment"
)
_BLOCK_TAGS = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre section summary ul"
)
_CELLS = frozenset({"td", "th", "caption", "table"})
_LIST_TAGS = "ul ol dl div table section header aside td tr tbody p span center"
_UNSEEN, _BLOCKS, _LISTS = (frozenset(tags.split()) for tags in (_UNSEEN_TAGS, _BLOCK_TAGS, _LIST_TAGS))
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—、。《》"
_BROKEN = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{_WIDE}])")
_SENTENCE = re.compile("[。;；]")
_FEWEST_LINKS, _LINK_SHARE, _LONGEST_LINK = 3, 0.6, 40
_TOLD = 100  # characters of a hidden part that make it a page of the article
_LOST = "\ufffd"
_MOST_LOST = 0.001
# names of the Chinese standard for government sites, GB/T 34958's companion guideline of 2017
_TITLE, _DATE = "ArticleTitle", "PubDate"
_DATED = re.compile(
    r"(?:日期|时间)\s*[:：]?\s*(?:19|20)\d\d|(?:19|20)\d\d\s*[-/年.]\s*\d{1,2}\s*[-/月.]\s*\d{1,2}"
)
_OPENING = 3000


@dataclass(slots=True)
class _Weight:
    """What lies below an element: characters, characters in links, links, sentences."""

    text: int = 0
    linked: int = 0
    links: int = 0
    sentences: int = 0

    def is_list_of_links(self) -> bool:
        """Titles of other pages, one link each, and nothing told."""
        return (
            self.links >= _FEWEST_LINKS
            and self.linked >= _LINK_SHARE * self.text
            and self.linked <= _LONGEST_LINK * self.links
            and 2 * self.sentences <= self.links
        )


def read_html(payload: bytes, limits: Limits) -> tuple[str, str]:
    """Text and encoding of a web page, or of several in one file.

    Raises UnreadableReport: ``undecodable``, ``too_deep``, ``damaged``.
    """
    markup, encoding = decode_markup(payload)
    try:
        page = LexborHTMLParser(markup)
    except SelectolaxError as error:
        raise UnreadableReport("damaged", "网页无法解析 / the page cannot be parsed") from error
    root = page.root
    if root is None:
        return "", encoding
    steps = list(_walk(root, limits.nesting))
    text = _say(steps, _find_unread(steps))
    if text.count(_LOST) > max(_MOST_LOST * len(text), 0):
        raise UnreadableReport(
            "undecodable", f"网页中有不是 {encoding} 的字节 / the page holds bytes that are not {encoding}"
        )
    return _announce(page, text) + text, encoding


def _walk(root: LexborNode, nesting: int) -> Iterator[tuple[bool, LexborNode]]:
    """Every node in order, entered (True) and left (False); without recursion, however deep it is."""
    open_nodes: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None:
        yield True, node
        child = None if node.tag in _UNSEEN else node.first_child
        if child is not None:
            open_nodes.append(node)
            refuse_over("too_deep", ("网页元素嵌套层数", "nesting of elements:"), len(open_nodes), nesting)
            node = child
            continue
        yield False, node
        while node.next is None and open_nodes:
            node = open_nodes.pop()
            yield False, node
        node = node.next if open_nodes else None


def _find_unread(steps: list[tuple[bool, LexborNode]]) -> set[int]:
    """Elements that nobody came to read: lists of links, and hidden parts that tell nothing."""
    unread: set[int] = set()
    weights = [_Weight()]
    for entered, node in steps:
        if entered:
            weights.append(_weigh(node))
            continue
        weight = weights.pop()
        tag = node.tag
        if tag == "a" and "href" in node.attributes:
            weight.linked, weight.links = weight.text, weight.links + 1
        hidden = node.is_element_node and _is_hidden(node)
        if (tag in _LISTS and weight.is_list_of_links()) or (
            hidden and (weight.text < _TOLD or not weight.sentences)
        ):
            unread.add(node.mem_id)
            continue
        above = weights[-1]
        above.text += weight.text
        above.linked += weight.linked
        above.links += weight.links
        above.sentences += weight.sentences
    return unread


def _weigh(node: LexborNode) -> _Weight:
    if not node.is_text_node:
        return _Weight()
    text = node.text_content or ""
    return _Weight(len(_SPACE.sub("", text)), 0, 0, len(_SENTENCE.findall(text)))


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None


def _say(steps: list[tuple[bool, LexborNode]], unread: set[int]) -> str:
    """What the elements say, those unread left out, tables of figures as sentences."""
    told = Paragraphs()
    skipped: int | None = None
    preformatted = 0
    for entered, node in steps:
        if skipped is not None:
            if not entered and node.mem_id == skipped:
                skipped = None
            continue
        tag = node.tag or ""
        if entered and (tag in _UNSEEN or node.mem_id in unread):
            skipped = node.mem_id
        elif entered and node.is_text_node:
            told.add(_inline(node.text_content or "", preformatted > 0))
        elif entered and tag == "table" and (lines := _read_figures(node)):
            told.part()
            for line in lines:
                told.add(line)
                told.part()
            skipped = node.mem_id
        elif tag == "br":
            if entered:
                told.add("\n")
        elif tag in _CELLS:
            told.part()
        elif tag in _BLOCKS:
            told.end_line()
            preformatted += (1 if entered else -1) if tag == "pre" else 0
    return told.text()


def _inline(text: str, preformatted: bool) -> str:
    return text if preformatted else _SPACE.sub(" ", _BROKEN.sub("", text))


def _read_figures(table: LexborNode) -> list[str] | None:
    """The lines of a table of figures; None for any other table, and one that holds tables."""
    if table.css_first("table table") is not None:
        return None
    rows = []
    for row in table.css("tr"):
        cells = []
        for cell in row.css("td, th"):
            span = cell.attributes.get("colspan") or "1"
            text = _SPACE.sub(" ", _BROKEN.sub("", cell.text())).strip()
            cells += [text] * (min(int(span), 50) if span.isdecimal() else 1)
        rows.append(cells)
    return indicator_lines(rows)


def _announce(page: LexborHTMLParser, text: str) -> str:
    """Title and date that the page declares and its opening does not say."""
    declared = {
        (meta.attributes.get("name") or "").lower(): (meta.attributes.get("content") or "").strip()
        for meta in page.css("meta[name]")
    }
    title, date = (_SPACE.sub(" ", declared.get(name.lower(), "")) for name in (_TITLE, _DATE))
    opening = text[:_OPENING]
    said = []
    if title and _squeeze(title) not in _squeeze(opening):
        said.append(title)
    if date and not _DATED.search(opening):
        said.append(f"发布日期:{date}")
    return "".join(f"{line}\n\n" for line in said)


def _squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)
