"""The styles a page gives its elements: style attributes and the rules of `<style>` elements.

Read are selectors of tags, classes, ids and attributes, with descendants and children, and the properties that can
hide text. Not read are external sheets, pseudo-classes, siblings, variables and media other than the screen; a rule
that cannot be read hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index.errors import FileTooLarge

Declarations = Mapping[str, tuple[str, bool]]  # property to value and whether it is important

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_HIDING_NAMES = (
    "display visibility opacity font font-size color background background-color background-image position left top "
    "right bottom width height max-width max-height overflow overflow-x overflow-y clip clip-path text-indent "
    "transform margin-left margin-top content-visibility"
)
_HIDING = frozenset(_HIDING_NAMES.split())
_DISPLAYS = re.compile(r"none|block|inline|inline-.*|flex|grid|table.*|list-item|contents|flow.*|run-in|-\w+-.*|ruby.*")
_MOST_RULES = 5_000
_MOST_COMPARISONS = 1_000_000  # of rules with elements; a page of 10,000 elements takes some 100,000
_MOST_ANCESTORS = 64  # how far up a descendant selector is looked for

SPECIFICITY_BROWSER, SPECIFICITY_HINT, SPECIFICITY_INLINE = -2, -1, 1_000_000


@dataclass(frozen=True, slots=True)
class Element:
    """What a selector can ask of an element."""

    tag: str
    attributes: Mapping[str, str]
    id: str
    classes: frozenset[str]

    @classmethod
    def of(cls, tag: str, attributes: Mapping[str, str]) -> Element:
        return cls(tag, attributes, attributes.get("id", ""), frozenset(attributes.get("class", "").split()))


@dataclass(frozen=True, slots=True)
class _Compound:
    """A selector of one element: `div#main.wide[lang=en]`."""

    tag: str
    id: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str | None], ...]
    is_child: bool  # joined to the one before by ">"

    def matches(self, element: Element) -> bool:
        return (
            self.tag in ("", "*", element.tag)
            and self.id in ("", element.id)
            and self.classes <= element.classes
            and all(
                name in element.attributes and value in (None, element.attributes[name])
                for name, value in self.attributes
            )
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    compounds: tuple[_Compound, ...]  # outermost first
    declarations: Declarations
    specificity: int

    def matches(self, element: Element, ancestors: Sequence[Element]) -> bool:
        if not self.compounds[-1].matches(element):
            return False
        above = iter(ancestors[-1 : -_MOST_ANCESTORS - 1 : -1])
        for inner, outer in zip(self.compounds[:0:-1], self.compounds[-2::-1], strict=True):
            candidates = [next(above, None)] if inner.is_child else above
            if not any(candidate is not None and outer.matches(candidate) for candidate in candidates):
                return False
        return True


@dataclass(slots=True)
class StyleSheet:
    """The rules of a page that can hide or show text, found by what their last part names."""

    _rules: dict[str, list[tuple[int, _Rule]]] = field(default_factory=dict)
    _count: int = 0
    _comparisons: int = 0

    def add(self, css: str) -> None:
        """Read the rules of one `<style>` element; those after the 5,000th of a page are not read."""
        for selectors, body in _blocks(_COMMENT.sub(" ", css)):
            declarations = parse_declarations(body)
            if not declarations:
                continue
            for selector in selectors.split(","):
                compounds = _parse_selector(selector)
                if compounds and self._count < _MOST_RULES:
                    last = compounds[-1]
                    key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag or "*"
                    rule = _Rule(compounds, declarations, _specificity(compounds))
                    self._rules.setdefault(key, []).append((self._count, rule))
                    self._count += 1

    def matching(self, element: Element, ancestors: Sequence[Element]) -> list[tuple[int, Declarations]]:
        """(specificity, declarations) of the rules for an element, in the order in which they stand.

        Raises `FileTooLarge` where the rules of a page are made to take long.
        """
        if not self._rules:
            return []
        keys = [f"#{element.id}", *(f".{name}" for name in element.classes), element.tag, "*"]
        candidates = [pair for key in keys for pair in self._rules.get(key, ())]
        self._comparisons += len(candidates)
        if self._comparisons > _MOST_COMPARISONS:
            raise FileTooLarge("has styles that take too long to apply; save its text and add that")
        found = [pair for pair in candidates if pair[1].matches(element, ancestors)]
        return [(rule.specificity, rule.declarations) for _, rule in sorted(found, key=lambda pair: pair[0])]


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of each rule, those for the screen included, other at-rules left out."""
    position = 0
    while (opening := css.find("{", position)) >= 0:
        head = css[position:opening].rpartition(";")[2].strip()
        if head.startswith("@"):
            if re.fullmatch(r"@media\s+(?:only\s+)?(?:screen|all)", head, re.I) or head.lower().startswith("@layer"):
                position = opening + 1  # its rules are read as if they stood outside
                continue
            position = _end_of_block(css, opening)
            continue
        closing = css.find("}", opening)
        closing = len(css) if closing < 0 else closing
        yield head.strip("} \t\r\n\f"), css[opening + 1 : closing]
        position = closing + 1


def _end_of_block(css: str, opening: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(css, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(css)


_SIMPLE = re.compile(
    r"(?P<tag>\*|[a-z][\w-]*)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r"|\[\s*(?P<name>[\w-]+)\s*(?:=\s*[\"']?(?P<value>[^\"'\]]*)[\"']?\s*)?\]|(?P<root>:root)",
    re.I,
)


def _parse_selector(selector: str) -> tuple[_Compound, ...]:
    """The parts of a selector, outermost first; nothing where one of them cannot be read."""
    compounds = []
    is_child = False
    for part in re.findall(r">|[^\s>]+", _unescape(selector)):
        if part == ">":
            is_child = True
            continue
        tag, identifier, classes, attributes, position = "", "", set(), [], 0
        while position < len(part) and (match := _SIMPLE.match(part, position)):
            if match["tag"] or match["root"]:
                tag = "html" if match["root"] else match["tag"].lower()
            elif match["id"]:
                identifier = match["id"]
            elif match["class"]:
                classes.add(match["class"])
            else:
                attributes.append((match["name"].lower(), match["value"]))
            position = match.end()
        if position < len(part):
            return ()
        compounds.append(_Compound(tag, identifier, frozenset(classes), tuple(attributes), is_child))
        is_child = False
    return tuple(compounds)


def _specificity(compounds: Sequence[_Compound]) -> int:
    return sum(
        10_000 * bool(each.id) + 100 * (len(each.classes) + len(each.attributes)) + (each.tag not in ("", "*"))
        for each in compounds
    )


# Declarations


def _unescape(css: str) -> str:
    return _ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0xFFFF)) if match[1] else match[2], css)


def parse_declarations(style: str) -> Declarations:
    """The declarations that can hide or show text, as a browser reads them: comments out, escapes in, the last wins."""
    declarations: dict[str, tuple[str, bool]] = {}
    for declaration in _COMMENT.sub("", style).split(";"):
        name, colon, value = _unescape(declaration).partition(":")
        name, value = name.strip().lower(), " ".join(value.lower().split())
        if not colon or name not in _HIDING:
            continue
        important = re.search(r"!\s*important$", value) is not None
        value = re.sub(r"\s*!\s*important$", "", value)
        if name == "display" and not _DISPLAYS.fullmatch(value):
            continue
        if name in declarations and declarations[name][1] and not important:
            continue
        declarations[name] = (value, important)
    return declarations


def cascade(sources: Sequence[tuple[int, Declarations]]) -> Mapping[str, str]:
    """The value of each property from (specificity, declarations): important, then specific, then later ones win."""
    winners: dict[str, tuple[bool, int]] = {}
    values: dict[str, str] = {}
    for specificity, declarations in sources:
        for name, (value, important) in declarations.items():
            rank = (important, specificity)
            if name not in winners or rank >= winners[name]:
                winners[name] = rank
                values[name] = value
    return values
