"""Proper names in Chinese and English text, and whether a text holds a name in either language.

Names come from the glossary and from their shape (`naming.latin_names`, `naming.chinese_names`). No names are months,
weekdays, nationalities and titles. Not handled: one name in two languages where neither the glossary nor a learned
pair has it, and a Chinese name inside a longer word (京东 in 京东方) that the glossary does not list with "!".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.language import HAN
from rag.naming.chinese_names import chinese_names
from rag.naming.folding import LATIN, fold, lower, name_key
from rag.naming.glossary import Entry, Glossary
from rag.naming.latin_names import latin_names

_LATIN_CHARACTER = re.compile(f"[{LATIN}0-9]")
_LATIN_WORD = re.compile(f"[{LATIN}0-9]+")
_LATIN_START = re.compile(f"(?<![{LATIN}0-9])[{LATIN}0-9]")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_CONTINUED = re.compile(f"[{LATIN}0-9$]")  # US$ is no country
_LINE = re.compile(r"(?<!\d)(\d{1,3}|[一二三四五六七八九十]{1,3}) ?号线|\bLine (\d{1,3})(?!\d)")
_LATIN_PREFIX, _HAN_PREFIX = 4, 2  # characters by which forms are looked up
_LAST_WESTERN = "\u2fff"  # ideographs come after it
_EXACT_UP_TO = 4  # letters: IT is no "it", and WHO no "Who"


@dataclass(frozen=True, slots=True)
class Name:
    """A name at `text[start:end]`."""

    text: str
    start: int
    end: int
    keys: frozenset[str]  # what it may mean: ids of entries, or the folded name where no entry has it


class _Form(NamedTuple):
    text: str  # folded
    low: str
    role: Literal["name", "adjective", "other word"]


class Names:
    """Finds and compares names. Immutable, and so safe to share between threads."""

    def __init__(self, glossary: Glossary) -> None:
        self._keys: dict[str, frozenset[str]] = {}  # by the key of a form or a last name: the ids that it may mean
        self._forms: dict[str, tuple[_Form, ...]] = {}  # by prefix, longest first
        self._forms_of: dict[str, tuple[_Form, ...]] = {}  # by id
        for entry in glossary.entries:
            self._add(entry, frozenset({entry.id}))
        for entry in glossary.own:
            self._add(entry, self._linked(entry))

    def with_pairs(self, pairs: Iterable[tuple[str, str]]) -> Names:
        """These names, and that the two of each pair (`naming.aliases.pairs_in`) mean the same.

        Texts are not trusted: a pair that contradicts the glossary is left out.
        """
        names = Names.__new__(Names)
        names._keys, names._forms, names._forms_of = dict(self._keys), dict(self._forms), dict(self._forms_of)
        for first, second in pairs:
            if names._contradicts(first, second) or names._contradicts(second, first):
                continue
            kind = "person" if "·" in fold(first + second) else "name"
            entry = Entry(f"pair:{name_key(fold(first))}", kind, (first, second))
            names._add(entry, names._linked(entry))
        return names

    def find(self, text: str) -> list[Name]:
        """The proper names of `text` in reading order; spans do not overlap, the longer of two is taken."""
        folded = fold(text)
        known = [(start, end) for start, end, form in self._scan(folded, lower(folded)) if form.role == "name"]
        covered = bytearray(len(folded))
        for start, end in known:
            covered[start:end] = b"\1" * (end - start)
        spans = [*known, *self._latin(folded, known, covered), *chinese_names(folded)]
        spans += [match.span() for match in _LINE.finditer(folded)]
        spans.sort(key=lambda span: span[0] - span[1])
        taken = bytearray(len(folded))
        chosen = []
        for start, end in spans:
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                chosen.append((start, end))
        return [Name(text[start:end], start, end, self._meanings(folded[start:end])) for start, end in sorted(chosen)]

    def standing_in(self, name: Name, text: str) -> str | None:
        """How `text` writes the same name, in either language, in full, short or abbreviated; None where it does not.

        A last name stands for the person where the glossary or a pair knows the person; any name stands for itself.
        Where only all parts of the name stand there, and not side by side, it is given as `name` has it.
        """
        folded = fold(text)
        low = lower(folded)
        written = fold(name.text)
        known = [form for key in sorted(name.keys) for form in self._forms_of.get(key, ())]
        for form in (_form(written), *known, *_short(written)):
            if span := self._occurrence(form, folded, low):
                return text[slice(*span)]
        for other in self.find(text):
            if other.keys & name.keys:
                return other.text
        return name.text if self._stands_in_parts(written, folded, low) else None

    def _stands_in_parts(self, written: str, folded: str, low: str) -> bool:
        """Amazon Basics by 亚马逊 Basics: the glossary knows a part of the name, and all parts stand in the text."""
        scanned = [(start, end) for start, end, form in self._scan(written, lower(written)) if form.role == "name"]
        if not scanned or _HAN_CHARACTER.search(written):
            return False
        rest = list(written)
        for start, end in scanned:
            forms = [form for key in self._meanings(written[start:end]) for form in self._forms_of.get(key, ())]
            if not any(self._occurrence(form, folded, low) for form in forms):
                return False
            rest[start:end] = " " * (end - start)
        words = [word for word in _LATIN_WORD.findall("".join(rest)) if not word.islower()]
        return bool(words) and all(self._occurrence(_form(word), folded, low) for word in words)

    def _add(self, entry: Entry, keys: frozenset[str]) -> None:
        forms = [_form(fold(form)) for form in entry.forms]
        if entry.kind == "person":
            for form in forms.copy():
                family = form.text.rpartition("·")[2]
                if family != form.text and len(family) > 1:
                    forms.append(_form(family))
                elif not _HAN_CHARACTER.search(form.text) and " " in form.text:  # no form: "Cook" begins sentences
                    self._know(name_key(form.text.rpartition(" ")[2]), keys)
        for form in forms:
            self._know(name_key(form.text), keys)
        adjectives = [_Form(*_form(fold(form))[:2], "adjective") for form in entry.adjectives]
        for key in keys:
            self._forms_of[key] = (*self._forms_of.get(key, ()), *forms, *adjectives)
        for form in (*forms, *(_Form(*_form(fold(word))[:2], "other word") for word in entry.other_words)):
            prefix = _prefix(form.low)
            others = [other for other in self._forms.get(prefix, ()) if other != form]
            self._forms[prefix] = tuple(sorted((*others, form), key=_precedence))

    def _know(self, key: str, keys: frozenset[str]) -> None:
        self._keys[key] = self._keys.get(key, frozenset()) | keys

    def _linked(self, entry: Entry) -> frozenset[str]:
        """The entry's id and all that its forms mean already."""
        meanings = (self._keys.get(name_key(fold(form)), frozenset()) for form in entry.forms)
        return frozenset({entry.id}).union(*meanings)

    def _contradicts(self, first: str, second: str) -> bool:
        """Whether the glossary has other names for `first` in the script of `second`; abbreviations are let through."""
        known, claimed = self._keys.get(name_key(fold(first))), self._keys.get(name_key(fold(second)))
        if not known:
            return False
        if claimed:
            return not known & claimed
        script = bool(_HAN_CHARACTER.search(second))
        same = (bool(_HAN_CHARACTER.search(form.text)) == script for key in known for form in self._forms_of[key])
        return not (second.isascii() and second.isupper()) and any(same)

    def _meanings(self, folded: str) -> frozenset[str]:
        if line := _LINE.fullmatch(folded):
            return frozenset({f"line {line[1] or line[2]}"})
        key = name_key(folded)
        return self._keys.get(key) or frozenset({key})

    def _scan(self, folded: str, low: str) -> Iterator[tuple[int, int, _Form]]:
        """The forms that stand in a text, from the left, the longest first, without overlap."""
        starts = [match.start() for match in _LATIN_START.finditer(low)]
        starts += [
            at for at in range(len(low) - 1) if low[at] > _LAST_WESTERN and low[at : at + _HAN_PREFIX] in self._forms
        ]
        end = 0
        for position in sorted(starts):
            if position >= end and (form := self._form_at(position, folded, low)):
                end = position + len(form.low)
                yield position, end, form

    def _form_at(self, position: int, folded: str, low: str) -> _Form | None:
        latin = low[position].isascii() or bool(_LATIN_CHARACTER.match(low[position]))
        widths = range(_LATIN_PREFIX, 1, -1) if latin else (_HAN_PREFIX,)
        for width in widths:
            for form in self._forms.get(low[position : position + width], ()):
                if low.startswith(form.low, position) and _fits(form, folded, position):
                    return form
        return None

    def _occurrence(self, form: _Form, folded: str, low: str) -> tuple[int, int] | None:
        start = low.find(form.low)
        while start >= 0:
            if _fits(form, folded, start) and not self._is_other_word(form, start, folded, low):
                return start, start + len(form.low)
            start = low.find(form.low, start + 1)
        return None

    def _is_other_word(self, form: _Form, start: int, folded: str, low: str) -> bool:
        """Whether the form stands inside a word that means something else: 百度 in 一百度."""
        if not _HAN_CHARACTER.match(form.low):
            return False
        for earlier in range(max(0, start - 3), start + 1):
            for other in self._forms.get(low[earlier : earlier + _HAN_PREFIX], ()):
                end = earlier + len(other.low)
                if other.role == "other word" and end >= start + len(form.low) and low.startswith(other.low, earlier):
                    return True
        return False

    def _latin(self, folded: str, known: list[tuple[int, int]], covered: bytearray) -> Iterator[tuple[int, int]]:
        """Names by shape that say more than the known names within them, which they then hold whole."""
        for start, end in latin_names(folded, covered):
            if all(covered[at] or not folded[at].isalnum() for at in range(start, end)):
                continue
            first = bisect_left(known, (start, 0)) - 1
            if first >= 0 and known[first][1] > start:
                start = known[first][0]
            last = bisect_left(known, (end, 0)) - 1
            if last >= 0 and known[last][1] > end:
                end = known[last][1]
            yield start, end


def _form(folded: str) -> _Form:
    return _Form(folded, lower(folded), "name")


def _precedence(form: _Form) -> tuple[int, bool]:
    return -len(form.low), form.role != "name"


def _prefix(low: str) -> str:
    return low[:_LATIN_PREFIX] if _LATIN_CHARACTER.match(low) else low[:_HAN_PREFIX]


def _short(written: str) -> Iterator[_Form]:
    """海源电池 for 海源电池公司, and Haiyuan for Haiyuan Inc."""
    key = name_key(written)
    if _HAN_CHARACTER.search(key) and key != lower(written):
        yield _form(key)
    elif not _HAN_CHARACTER.search(key) and len(key) > 1:
        start = lower(written).find(key)
        if start >= 0 and len(key) < len(written):
            yield _form(written[start : start + len(key)])


def _fits(form: _Form, folded: str, start: int) -> bool:
    """Whether the form, whose letters stand at `start`, stands there as a word of its own and in its capitals."""
    end = start + len(form.low)
    if _LATIN_CHARACTER.match(form.low[-1]) and _CONTINUED.match(folded, end):
        return False
    if _LATIN_CHARACTER.match(form.low[0]) and start and _LATIN_CHARACTER.match(folded[start - 1]):
        return False
    there = folded[start:end]
    if there == form.text:
        return True
    if len(there) <= _EXACT_UP_TO:
        return False
    return not there.islower() or (" " not in form.text and any(each.isupper() for each in form.text[1:]))
