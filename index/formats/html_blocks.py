"""A tree of HTML into blocks (headings, paragraphs, list items, tables, code), and blocks into Markdown.

Text is kept as it stands but for white space, which is collapsed as a browser does. There is no emphasis, a link is
its text, and a row of a table is a sentence that carries its header. A line that Markdown would take for a heading gets
a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from index.formats.markup import escape_markup
from index.formats.tables import row_sentences
from index.language import HAN

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Kind = Literal["heading", "paragraph", "item", "table", "code", "quote"]

_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i input ins kbd label mark nobr output q rb rp "
    "rt rtc ruby s samp small span strike strong sub sup time tt u var wbr img picture svg math text tspan path g "
    "mi mn mo mrow msup msub mfrac msqrt mtext semantics mstyle mover munder title"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_BOILERPLATE = frozenset({"nav", "aside", "footer", "select", "menu"})
_BOILERPLATE_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WIDE = rf"[{HAN}\u3000-\u303f\uff00-\uff60]"
_BREAK_IN_CHINESE = re.compile(
    rf"(?<={_WIDE})[ \t]*[\n\r]+[ \t]*(?={_WIDE})"
)  # CSS Text 3: a line of source ends there
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_MOST_COLUMNS = 200
_LONGEST_CELL = 600  # characters; a table with more in a cell lays out a page


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page that stands on lines of its own."""

    kind: Kind
    text: str
    level: int = 0  # of a heading, 1 to 6; of an item, how deep its list is nested, from 0
    marker: str = ""  # of an item: "-" or "3."; empty on its second paragraph
    linked: int = 0  # how many characters of it are links
    is_boilerplate: bool = False  # in a part that the page itself marks as navigation, aside or footer


def read_blocks(root: HtmlElement) -> list[Block]:
    """The blocks of a page in the order in which they stand. `root` is not deeper than `html_tree.TREE_DEPTH`."""
    writer = _Writer()
    writer.write(root)
    writer.end_block()
    return writer.blocks


def to_markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown; items of a list stand on successive lines, all else is parted by an empty line."""
    pieces: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            pieces.append("\n" if previous.kind == block.kind == "item" and block.marker else "\n\n")
        pieces.append("".join(_lines(block)))
        previous = block
    return "".join(pieces)


def _lines(block: Block) -> Iterator[str]:
    if block.kind == "heading":
        yield "#" * block.level + " " + block.text.replace("\n", " ")
    elif block.kind == "code":
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`+", block.text))])
        yield f"{fence}\n{block.text}\n{fence}"
    else:
        text = escape_markup(block.text)
        if block.kind == "item":
            indent = "  " * block.level
            yield indent + (f"{block.marker} " if block.marker else "  ") + text.replace("\n", f"\n{indent}  ")
        else:
            yield "> " + text.replace("\n", "\n> ") if block.kind == "quote" else text


@dataclass(slots=True)
class _Writer:
    """Walks a tree and gathers the text between two borders of blocks."""

    blocks: list[Block] = field(default_factory=list)
    _run: list[str] = field(default_factory=list)
    _linked: int = 0
    _links: int = 0
    _kind: Kind = "paragraph"
    _heading: int = 0
    _lists: list[int | None] = field(default_factory=list)  # the next number of each open list, None: not numbered
    _marker: str = ""
    _boilerplate: int = 0
    _quotes: int = 0

    def write(self, node: HtmlElement) -> None:
        """The text of a node and of what is in it, without its tail."""
        tag = node.tag
        if not isinstance(tag, str) or tag == "head":
            return
        if tag == "br":
            self._run.append("\n")
        elif tag in ("sup", "sub"):
            self._write_shifted(node, _RAISED if tag == "sup" else _LOWERED)
        elif tag in _INLINE:
            self._links += tag == "a"
            self._write_inside(node)
            self._links -= tag == "a"
        elif tag == "table" and (text := _data_table(node)) is not None:
            self.end_block()
            self._add("table", text, linked=sum(len(_flat(link)) for link in node.iter("a")))
        elif tag == "pre":
            self.end_block()
            text = "".join(_raw_text(node)).replace("\r\n", "\n").strip("\n").rstrip()
            if text.strip():
                self._add("code", text)
        else:
            self._write_block(node, tag)

    def _write_inside(self, node: HtmlElement) -> None:
        self._text(node.text)
        for child in node:
            self.write(child)
            self._text(child.tail)

    def _text(self, text: str | None) -> None:
        if text:
            collapsed = _SPACES.sub(" ", _BREAK_IN_CHINESE.sub("", text))
            self._run.append(collapsed)
            if self._links:
                self._linked += len(collapsed.strip())

    def _write_shifted(self, node: HtmlElement, table: dict[int, int]) -> None:
        """Digits above or below the line as such: 10<sup>6</sup> is not 106."""
        text = _flat(node)
        if text and all(ord(character) in table for character in text):
            self._text(text.translate(table))
        else:
            self._write_inside(node)

    def _write_block(self, node: HtmlElement, tag: str) -> None:
        self.end_block()
        boilerplate = tag in _BOILERPLATE or node.get("role", "").lower() in _BOILERPLATE_ROLES
        heading = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else 0
        self._boilerplate += boilerplate
        self._quotes += tag == "blockquote"
        outer_heading, self._heading = self._heading, heading or self._heading
        if tag in ("ul", "ol", "menu", "dir"):
            start = node.get("start", "1")
            number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
            self._lists.append(number if tag == "ol" else None)
        elif tag == "li" and self._lists:
            number_or_none = self._lists[-1]
            self._marker = "-" if number_or_none is None else f"{number_or_none}."
            if number_or_none is not None:
                self._lists[-1] = number_or_none + 1
        self._write_inside(node)
        self.end_block()
        if tag in ("ul", "ol", "menu", "dir"):
            self._lists.pop()
        self._marker = "" if tag == "li" else self._marker
        self._heading = outer_heading
        self._quotes -= tag == "blockquote"
        self._boilerplate -= boilerplate

    def end_block(self) -> None:
        """Make a block of the text gathered so far; several where empty lines part it."""
        text = "".join(self._run)
        linked = self._linked
        self._run.clear()
        self._linked = 0
        for part in re.split(r"\n\s*\n", text):
            lines = (re.sub(r" {2,}", " ", line.strip()) for line in part.split("\n"))
            joined = "\n".join(line for line in lines if line)
            if joined:
                self._add_text(joined, min(linked, len(joined)))

    def _add_text(self, text: str, linked: int) -> None:
        if self._heading:
            self._add("heading", text, level=self._heading, linked=linked)
        elif self._lists:
            self._add("item", text, level=min(len(self._lists), 6) - 1, marker=self._marker, linked=linked)
            self._marker = ""
        else:
            self._add("quote" if self._quotes else "paragraph", text, linked=linked)

    def _add(self, kind: Kind, text: str, level: int = 0, marker: str = "", linked: int = 0) -> None:
        self.blocks.append(Block(kind, text, level, marker, linked, self._boilerplate > 0))


def _raw_text(node: HtmlElement) -> Iterator[str]:
    if node.text:
        yield node.text
    for child in node:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str):
            yield from _raw_text(child)
        if child.tail:
            yield child.tail


def _flat(node: HtmlElement) -> str:
    """The text of a node on one line."""
    return " ".join("".join(_raw_text(node)).split())


def _data_table(table: HtmlElement) -> str | None:
    """A line for each row, a cell over several rows repeated in each; None where it only lays out a page."""
    if any(node is not table for node in table.iter("table")) or any(True for _ in table.iter("h1", "h2", "pre")):
        return None
    rows: list[list[str]] = []
    spans: dict[int, tuple[int, str]] = {}  # column to how many more rows it fills, and with what
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _fill(cells, spans)
            text = _cell_text(cell)
            if len(text) > _LONGEST_CELL or len(cells) >= _MOST_COLUMNS:
                return None
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(width):
                if height > 1:
                    spans[len(cells)] = (height - 1, "" if offset else text)
                cells.append("" if offset else text)
        _fill(cells, spans)
        if any(cells):
            rows.append(cells[:_MOST_COLUMNS])
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width < 2:
        return None
    body = "\n".join(row_sentences(rows))
    caption = next((_flat(node) for node in table.iter("caption")), "")
    return f"{caption}\n\n{body}" if caption else body


def _fill(cells: list[str], spans: dict[int, tuple[int, str]]) -> None:
    """Put cells that reach down from the rows above at the end of `cells`."""
    while len(cells) in spans and len(cells) < _MOST_COLUMNS:
        left, text = spans[len(cells)]
        if left > 1:
            spans[len(cells)] = (left - 1, text)
        else:
            del spans[len(cells)]
        cells.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), 50)) if re.fullmatch(r"\d{1,5}", value) else 1


def _cell_text(cell: HtmlElement) -> str:
    """The text of a cell on one line, its own blocks parted by spaces."""
    return " ".join(block.text.replace("\n", " ") for block in read_blocks(cell))
