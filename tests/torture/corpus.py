"""Documents in Chinese, English and both, each with a word of its own, and what a library answers about them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.embedding import HashingEmbedder
from index.errors import LibraryMissing
from index.library import Library
from index.loading import make_document
from index.schema import Document
from index.terms import terms

_WORDS = {
    "zh": [
        "资本",
        "支出",
        "股价",
        "下跌",
        "预算",
        "增长",
        "公司",
        "今年",
        "数据",
        "云端",
        "员工",
        "市场",
        "季度",
        "芯片",
    ],
    "en": ["capital", "spending", "shares", "budget", "growth", "company", "data", "cloud", "staff", "market", "plan"],
}
Answers = list[tuple[str, int, str, float]]  # kind of search, rank, passage, score


def documents(count: int, seed: int = 8, name: str = "doc") -> list[Document]:
    """`count` documents, by turns in Chinese, in English and in both; the same for the same seed and name."""
    return [_document(number, random.Random(f"{seed} {name} {number}"), name) for number in range(count)]


def marker(name: str, number: int) -> str:
    """A word that stands in the document of that number and in no other."""
    return f"{name}{number:05d}q"


def _document(number: int, random_words: random.Random, name: str) -> Document:
    word = marker(name, number)
    chinese, english = ([*random_words.choices(_WORDS[language], k=12)] for language in ("zh", "en"))
    texts = {
        0: f"# 第 {number} 号 {word}\n\n{'，'.join(chinese)}。{word} 的数目是 {number * 7}。",
        1: f"# Number {number} {word}\n\nThe {' '.join(english)}. The figure of {word} is {number * 7}.",
        2: f"# {word} 号 report\n\n{'，'.join(chinese[:6])}。The {' '.join(english[:6])} of {word} 是 {number * 7}。",
    }
    return make_document(texts[number % 3], name=word, source=f"/{name}/{number}.md", kind="markdown")


def open_library(folder: Path, lock_wait_seconds: float = 30.0) -> Library:
    """The library as a process that has just started opens it."""
    return Library(folder, HashingEmbedder(), lock_wait_seconds=lock_wait_seconds)


def answers(library: Library, questions: Iterable[Document], k: int = 10) -> Answers:
    """What the dense and the lexical search find, best first, for the first words of each of some documents."""
    found: Answers = []
    with library.snapshot() as snapshot:
        for document in questions:
            text = document.text[:40]
            vector = library.embedder.embed_question(text)
            for language in snapshot.languages:
                dense = snapshot.search_vectors(vector, language, k)
                lexical = snapshot.search_terms(terms(text), language, k)
                for kind, hits in (("dense", dense), ("lexical", lexical)):
                    for rank, (number, score) in enumerate(hits):
                        found.append((f"{kind} {language}", rank, snapshot.chunk(number)[0].text, round(score, 6)))
    return found


def best_answers(library: Library, questions: Iterable[Document]) -> list[str]:
    """The ids of the documents that each search finds first for the word that each of some documents alone has."""
    found = []
    with library.snapshot() as snapshot:
        for document in questions:
            for number, _ in snapshot.search_terms(terms(document.title.split()[-1]), document.language, 1):
                found.append(snapshot.chunk(number)[0].document_id)
            vector = library.embedder.embed_question(document.text)
            for number, _ in snapshot.search_vectors(vector, document.language, 1):
                found.append(snapshot.chunk(number)[0].document_id)
    return found


def stored_texts(library: Library) -> dict[str, str]:
    """The text of every document by id, each read whole and checked; nothing where there is no library yet."""
    try:
        with library.snapshot() as snapshot:
            return {one.id: snapshot.document(one.id).text for one in snapshot.documents()}
    except LibraryMissing:
        return {}


def texts(some: Sequence[Document]) -> dict[str, str]:
    return {document.id: document.text for document in some}
