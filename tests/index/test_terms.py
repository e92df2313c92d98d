"""The terms of lexical search, and that a search by them finds what stands in the text."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from index.embedding import HashingEmbedder
from index.language import HAN
from index.library import Library
from index.loading import load_samples, make_document
from index.schema import LANGUAGES, Document
from index.terms import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("资本", ["资", "本", "资本"]),
        ("資本支出", ["资", "本", "支", "出", "资本", "本支", "支出"]),
        ("Chips", ["chip"]),
        ("companies' spending", ["compani", "spend"]),
        ("ＡＷＳ　２０２６", ["aw", "2026"]),
        ("US$200,000.50", ["us", "200000.50"]),
        ("1,000,000", ["1000000"]),
        ("3,5", ["3.5"]),
        ("3.5亿美元", ["3.5", "亿", "美", "元", "亿美", "美元"]),
        ("Andy说AI", ["andi", "说", "ai"]),
        ("café naïve", ["café", "naïve"]),
        ("snake_case", ["snake", "case"]),
        ("，。！?  \n", []),
        ("\ud800", []),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_no_term_is_empty_or_holds_white_space_or_a_quote(text: str) -> None:
    for term in terms(text):
        assert term
        assert not re.search(r'[\s"]', term)


@given(st.text(st.sampled_from("ABcxyz0189 .,%亚马逊资本支出")))
def test_full_width_text_has_the_same_terms(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)
    assert terms(wide) == terms(text)


@pytest.mark.parametrize(
    "simplified", ["亚马逊的资本支出", "云计算与人工智能", "股价下跌了", "头发和发展", "Amazon 宣布 2000 亿美元"]
)
def test_traditional_and_simplified_have_the_same_terms(simplified: str) -> None:
    assert terms(OpenCC("s2t").convert(simplified)) == terms(simplified)


def numbers_found(library: Library, word: str) -> set[int]:
    with library.snapshot() as snapshot:
        return {number for language in LANGUAGES for number, _ in snapshot.search_terms(terms(word), language, 1000)}


def numbers_holding(library: Library, word: str) -> set[int]:
    found = set()
    with library.snapshot() as snapshot:
        for language in snapshot.languages:
            for number, _ in snapshot.search_vectors(library.embedder.embed_question(word), language, 1000):
                chunk, _ = snapshot.chunk(number)
                if word in chunk.text:
                    found.add(number)
    return found


def test_every_two_character_word_of_the_chinese_sample_is_found(library: Library) -> None:
    list(library.add(load_samples()))
    text = next(iter(load_samples())).text
    with library.snapshot() as snapshot:
        words = {run[i : i + 2] for run in re.findall(f"[{HAN}]+", text) for i in range(len(run) - 1)}
        missing = [word for word in sorted(words) if not snapshot.search_terms([word], "zh", 1)]
    assert len(words) > 500
    assert missing == []


@pytest.mark.parametrize("word", ["股价", "资本支出", "Amazon", "shares", "Jassy"])
def test_search_finds_every_passage_that_holds_a_word(library: Library, three: list[Document], word: str) -> None:
    list(library.add(three))
    holding = numbers_holding(library, word)
    assert holding
    assert holding <= numbers_found(library, word)


@pytest.mark.parametrize("word", ["資本支出", "ａｍａｚｏｎ", "share", "ＪＡＳＳＹ"])
def test_search_finds_other_forms_of_a_word(library: Library, three: list[Document], word: str) -> None:
    list(library.add(three))
    assert numbers_found(library, word)


def test_search_keeps_to_one_language(library: Library, three: list[Document]) -> None:
    list(library.add(three))
    with library.snapshot() as snapshot:
        for language in LANGUAGES:
            for number, _ in snapshot.search_terms(["2000", "200", "dollar", "亿"], language, 10):
                assert snapshot.chunk(number)[0].language == language


@pytest.mark.parametrize("word", ["or", "and", "not", "near", "terms", "language"])
def test_words_are_never_taken_for_the_search_syntax(library: Library, three: list[Document], word: str) -> None:
    list(library.add(three))
    with library.snapshot() as snapshot:
        assert snapshot.search_terms([word], "en", 10) == []


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(terms))
@settings(max_examples=15)
def test_whatever_term_a_text_has_finds_it(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), HashingEmbedder())
        (added,) = library.add([make_document(text, name="a", source="-")])
        with library.snapshot() as snapshot:
            for term in terms(text):
                assert snapshot.search_terms([term], added.document.language, 1)


def test_counts_the_chunks_that_hold_a_word(library: Library, three: list[Document]) -> None:
    list(library.add(three))
    with library.snapshot() as snapshot:
        counts = snapshot.holding_counts(["2000", "股价", "absent"])
    assert counts == {"2000": 2, "股价": 1, "absent": 0}


def test_no_words_find_nothing(library: Library, three: list[Document]) -> None:
    list(library.add(three))
    with library.snapshot() as snapshot:
        assert snapshot.search_terms([], "zh", 10) == []


def test_terms_do_not_depend_on_another_stemmer_that_is_installed():
    """`snowballstemmer.stemmer` gives PyStemmer's where that is there; its stems of these words are others."""
    assert terms("added evening international university") == ["add", "evening", "internat", "universiti"]
