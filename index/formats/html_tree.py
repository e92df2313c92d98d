"""HTML into a tree of what a reader sees: hidden parts are dropped while it is built, and counted.

The tree is built by ourselves from the parser's events, so that its depth and size have limits whatever the page
does. Handled are what libxml2 makes of a page (which differs from a browser in how broken tables and forms are
mended) and what `index.formats.html_css` reads of its styles; scripts are not run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from index.errors import EmptyText, FileTooLarge, LoadError
from index.formats.html_css import (
    SPECIFICITY_BROWSER,
    SPECIFICITY_HINT,
    SPECIFICITY_INLINE,
    Declarations,
    Element,
    StyleSheet,
    cascade,
    parse_declarations,
)
from index.formats.html_look import Look, hides_element, inherit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 500_000
MAX_NESTING = 110_000  # tags that are open at a time; beyond it the parser's time grows with its square
TREE_DEPTH = 128  # what is nested deeper becomes a neighbour of what is at this depth

_FEED_BYTES = 1 << 20
_DROPPED = {
    "script": "script", "style": "style", "template": "template", "noscript": "noscript", "iframe": "frame",
    "object": "embedded object", "embed": "embedded object", "applet": "embedded object", "canvas": "embedded object",
    "audio": "embedded object", "video": "embedded object", "noframes": "frame", "noembed": "embedded object",
    "datalist": "form list", "annotation": "annotation", "annotation-xml": "annotation", "desc": "annotation",
    "defs": "annotation", "metadata": "annotation", "param": "embedded object",
}  # fmt: skip
_SELF_CLOSED = re.compile(
    r"<(?:div|span|p|section|article|aside|main|header|footer|nav|b|i|em|strong|font|small|u|s|a|li|ul|ol|dl|dt|dd"
    r"|table|tbody|thead|tr|td|th|center|blockquote|pre|code|form|label|h[1-6]|details|summary|figure|template"
    r"|noscript|object|button|mark|dialog|fieldset)\b[^<>]*/>",
    re.I,
)
_EMPTY_RAW = re.compile(r"<(title|script|style|textarea|iframe|noscript|template|object)\b([^<>]*)/>", re.I)
_XHTML = re.compile(r"\A\s*(?:<\?xml\b|<!DOCTYPE[^>]*XHTML)|<html\b[^>]*xmlns=", re.I)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_KEPT_ATTRIBUTES_NAMES = (
    "id class role itemprop itemtype itemscope property name content href rel datetime lang colspan rowspan start "
    "value type http-equiv title"
)
_KEPT_ATTRIBUTES = frozenset(_KEPT_ATTRIBUTES_NAMES.split())
_BROWSER_STYLES: Mapping[str, Declarations] = {
    tag: parse_declarations(style)
    for tag, style in {
        "a": "color:#00e",
        "button": "color:#000; background:#efefef",
        "input": "color:#000; background:#fff",
        "textarea": "color:#000; background:#fff",
        "select": "color:#000; background:#fff",
        "mark": "color:#000; background:#ff0",
    }.items()
}
_HIDDEN = parse_declarations("display:none")


@dataclass(frozen=True, slots=True)
class VisibleTree:
    """The visible part of a page, its title, and how many hidden parts of each kind were dropped."""

    root: HtmlElement  # <html> with <head> (its title and meta elements) and <body>
    title: str
    hidden: Mapping[str, int]


def parse_visible(html: str) -> VisibleTree:
    """The tree of what can be seen of `html`; hidden parts are counted by what hides them.

    Raises `EmptyText` where there is no element, `FileTooLarge` over a limit.
    """
    html = _CONTROLS.sub("", html)
    is_xhtml = _XHTML.search(html[:2_000]) is not None
    if is_xhtml:
        html = _EMPTY_RAW.sub(r"<\1\2></\1>", _XML_DECLARATION.sub("", html))
    else:  # "<div hidden/>" opens an element in a browser, and closes it at once in libxml2
        html = _SELF_CLOSED.sub(lambda match: match[0][:-2] + ">", html)
    sheet = StyleSheet()
    if re.search(r"<style\b", html, re.I):
        for css in _feed(html, _StyleCollector()):
            sheet.add(css)
    tree: VisibleTree = _feed(html, _VisibleBuilder(sheet))
    return tree


def _feed(html: str, target: Any) -> Any:
    from lxml import etree

    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True, no_network=True)
    content = html.encode("utf-8", "replace")
    try:
        for start in range(0, len(content), _FEED_BYTES):
            parser.feed(content[start : start + _FEED_BYTES])
        return parser.close()
    except etree.LxmlError as error:
        if not content.strip():
            raise EmptyText("is empty; nothing to add") from error
        raise LoadError(f"cannot be read as HTML ({error}); save it again from a browser") from error


class _StyleCollector:
    """Gathers the text of the `<style>` elements that are in force on a screen."""

    def __init__(self) -> None:
        self._sheets: list[str] = []
        self._text: list[str] | None = None
        self._inert = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("noscript", "template"):
            self._inert += 1
        media = attributes.get("media", "all").lower()
        if tag == "style" and not self._inert and re.search(r"\ball\b|\bscreen\b|^\s*$", media):
            self._text = []

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag in ("noscript", "template"):
            self._inert -= 1
        if tag == "style" and self._text is not None:
            self._sheets.append("".join(self._text))
            self._text = None

    def close(self) -> list[str]:
        return self._sheets


@dataclass(slots=True)
class _Frame:
    """An element that is open."""

    element: Element
    look: Look
    hidden: bool  # with all that is in it


@dataclass(slots=True)
class _VisibleBuilder:
    """Builds the tree from the parser's events (`start`, `data`, `comment`, `end`, `close` are lxml's names)."""

    sheet: StyleSheet
    hidden: Counter[str] = field(default_factory=Counter)
    _frames: list[_Frame] = field(default_factory=list)
    _ancestors: list[Element] = field(default_factory=list)
    _nodes: list[Any] = field(default_factory=list)  # of the frames that are not hidden, to TREE_DEPTH
    _depth: int = 0  # of the frames that are not hidden
    _text: list[str] = field(default_factory=list)
    _title: list[str] = field(default_factory=list)
    _elements: int = 0
    _root: Any = None
    _into: Any = None  # the node to whose end text and elements are added

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._frames) > MAX_NESTING:
            what = f"{MAX_ELEMENTS:,} elements" if self._elements > MAX_ELEMENTS else f"{MAX_NESTING:,} nested elements"
            raise FileTooLarge(f"has more than {what}; save its text, or split it, and add that")
        tag = tag.lower()
        element = Element.of(tag, attributes)
        parent = self._frames[-1] if self._frames else None
        if parent is not None and parent.hidden:
            self._push(_Frame(element, parent.look, hidden=True))
            return
        look = parent.look if parent else Look()
        style = self._style(element)
        reason = _DROPPED.get(tag)
        if reason is None and tag not in ("html", "body", "head"):
            reason = hides_element(style)
            if tag == "title" and parent is not None and parent.element.tag not in ("html", "head", "body"):
                reason = "annotation"  # the name of a drawing
        if reason is not None:
            self.hidden[reason] += 1
            self._push(_Frame(element, look, hidden=True))
            return
        self._push(_Frame(element, inherit(look, style), hidden=False))
        self._add_node(tag, attributes)

    def _push(self, frame: _Frame) -> None:
        self._frames.append(frame)
        self._ancestors.append(frame.element)

    def _style(self, element: Element) -> Mapping[str, str]:
        attributes = element.attributes
        sources: list[tuple[int, Declarations]] = []
        if element.tag in _BROWSER_STYLES:
            sources.append((SPECIFICITY_BROWSER, _BROWSER_STYLES[element.tag]))
        if "hidden" in attributes or (element.tag == "dialog" and "open" not in attributes):
            sources.append((SPECIFICITY_BROWSER, _HIDDEN))
        for attribute, name in (("bgcolor", "background-color"), ("text", "color"), ("color", "color")):
            if attribute in attributes and element.tag in ("body", "table", "tr", "td", "th", "font"):
                sources.append((SPECIFICITY_HINT, {name: (attributes[attribute].strip().lower(), False)}))
        sources += self.sheet.matching(element, self._ancestors)
        if "style" in attributes:
            sources.append((SPECIFICITY_INLINE, parse_declarations(attributes["style"])))
        return cascade(sources) if sources else {}

    def _add_node(self, tag: str, attributes: Mapping[str, str]) -> None:
        from lxml import etree, html

        self._flush()
        name = tag if _NAME.fullmatch(tag) else "span"
        if self._root is None:
            node = self._root = html.html_parser.makeelement("html")
            name = "html"
        else:
            node = etree.SubElement(self._nodes[-1] if self._nodes else self._root, name)
        for key, value in attributes.items():
            if key in _KEPT_ATTRIBUTES:
                node.set(key, _CONTROLS.sub("", value or ""))
        self._depth += 1
        if len(self._nodes) < TREE_DEPTH:
            self._nodes.append(node)
        self._into = node

    def data(self, text: str) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.hidden:
            return
        if frame.element.tag == "title":
            self._title.append(text)
            self._text.append(text)
        elif not text.isspace() and (reason := frame.look.hides_text()):
            self.hidden[reason] += 1
        else:
            self._text.append(text)

    def _flush(self) -> None:
        """Add the gathered text to the end of the node that is open."""
        text = _CONTROLS.sub("", "".join(self._text))
        self._text.clear()
        if not text or self._into is None:
            return
        last = next(self._into.iterchildren(reversed=True), None)  # to ask for their number would count them each time
        if last is not None:
            last.tail = (last.tail or "") + text
        else:
            self._into.text = (self._into.text or "") + text

    def comment(self, text: str) -> None:
        self.hidden["comment"] += 1

    def end(self, tag: str) -> None:
        frame = self._frames.pop()
        self._ancestors.pop()
        if frame.hidden:
            return
        self._flush()
        self._depth -= 1
        if self._depth < len(self._nodes):
            self._nodes.pop()
        self._into = self._nodes[-1] if self._nodes else self._root

    def close(self) -> VisibleTree:
        self._flush()
        if self._root is None:
            raise EmptyText("is empty; nothing to add")
        return VisibleTree(self._root, " ".join("".join(self._title).split()), dict(self.hidden))
