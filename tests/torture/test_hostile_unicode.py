"""Whatever Unicode has to trip over: no exception, every quote the source's text, and the same passages found."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from evals.development_set import development_cases, development_documents, development_pairs
from index.chunking import chunk_document
from index.embedding import HashingEmbedder
from index.errors import EmptyText, LoadError, QuestionError, UndecodableText
from index.library import Library
from index.loading import make_document
from index.schema import Document
from index.sentences import sentence_spans
from rag.assistant import Assistant
from rag.passages import harmless
from tests.torture.hostile_unicode import WAYS, hostile_text
from tests.torture_report import report
from ui.rendering.escaping import escape, printable

BATCH = 400  # documents in one library
BANNED = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080))))


@pytest.fixture
def draw() -> random.Random:
    return random.Random(22)


def test_hostile_texts_short(tmp_path: Path, draw: random.Random) -> None:
    kinds = run_hostile_texts(tmp_path, draw, 200)
    assert len(kinds) > 15


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_hostile_texts(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    kinds = run_hostile_texts(tmp_path, random.Random(seed), 20_000)
    report("T22", n=20_000, failures=0, seed=seed, what="an exception or a quote that is not the source's", kinds=kinds)


def run_hostile_texts(folder: Path, draw: random.Random, count: int) -> Counter[str]:
    """Load, add, search, ask and show texts, a library for each batch; which kinds there were."""
    kinds: Counter[str] = Counter()
    for number, batch in enumerate(batches(draw, count)):
        library = Library(folder / f"library-{number}", HashingEmbedder())
        documents = list(load(batch, kinds))
        added = list(library.add(documents))
        assert len(added) == len(documents)
        assert library.verify() == []
        check_stored(library, documents)
        check_answers(library, draw, [text for text, _ in batch])
    return kinds


def batches(draw: random.Random, count: int) -> Iterator[list[tuple[str, str]]]:
    for start in range(0, count, BATCH):
        yield [hostile_text(draw) for _ in range(min(BATCH, count - start))]


def load(batch: Sequence[tuple[str, str]], kinds: Counter[str]) -> Iterator[Document]:
    """The documents of those texts that can be stored; the others are refused by a `LoadError`."""
    for number, (text, kind) in enumerate(batch):
        kinds[kind] += 1
        try:
            document = make_document(text, name=text[:20], source=f"/hostile/{number}.md", kind="markdown")
        except UndecodableText:
            assert any("\ud800" <= character <= "\udfff" for character in text)
        except EmptyText:
            assert not any(character.isalnum() for character in text)
        else:
            assert len(document.text) == len(text)  # repairs keep every offset
            yield document


def check_stored(library: Library, documents: Sequence[Document]) -> None:
    with library.snapshot() as snapshot:
        for document in documents:
            stored = snapshot.document(document.id)
            assert stored.text == document.text
            for chunk in chunk_document(stored):
                assert chunk.text == stored.text[chunk.start : chunk.end]
            spans = sentence_spans(stored.text)
            assert all(before[1] <= after[0] for before, after in pairwise(spans))


def check_answers(library: Library, draw: random.Random, texts: Sequence[str]) -> None:
    """Each text is asked as a question: every quote is the document's, and what is shown drives nothing."""
    assistant = Assistant(library)
    for text in texts:
        question = text[: draw.randrange(5, 60)]
        try:
            answer = assistant.ask(question)
        except QuestionError:
            assert not any(character.isalnum() for character in question)
            continue
        with library.snapshot() as snapshot:
            for citation in answer.citations:
                source = snapshot.document(citation.document_id).text
                assert citation.quote == source[citation.start : citation.end]
        prompt = harmless(text)
        shown = printable(answer.text)
        assert BANNED.isdisjoint(prompt)
        assert BANNED.isdisjoint(shown)
        (answer.text + escape(text) + prompt + shown).encode()


def test_ten_thousand_combining_marks(tmp_path: Path) -> None:
    text = "预算" + "\u0301" * 10_000 + "增加了。The budget e" + "\u0489" * 10_000 + " grew."
    library = Library(tmp_path / "library", HashingEmbedder())
    list(library.add([make_document(text, name="marks", source="/marks.txt")]))
    answer = Assistant(library).ask("预算" + "\u0301" * 3_000 + "增加了吗？")
    with library.snapshot() as snapshot:
        for citation in answer.citations:
            assert citation.quote == snapshot.document(citation.document_id).text[citation.start : citation.end]


@pytest.mark.parametrize("kept", ["葛\U000e0100飾", "👨‍👩‍👧", "\ue000", "\U000f0000", "1️⃣", "नमस्‍ते"])
def test_what_names_and_emoji_need_is_kept(kept: str) -> None:
    assert printable(kept) == kept
    assert harmless(kept) == kept
    assert make_document(kept + "a", name="a", source="a").text == kept + "a"


@pytest.mark.parametrize("hidden", ["\U000e0041\U000e0042\U000e007f", "\u202e", "\u2066", "\u2069"])
def test_what_hides_or_turns_text_is_not_shown(hidden: str) -> None:
    assert harmless(f"a{hidden}b") == "ab"
    assert BANNED.isdisjoint(printable(f"a{hidden}b"))
    assert make_document(f"a{hidden}b", name="a", source="a").text == f"a{hidden}b"


# The same passages, however the question or the document is written


@pytest.fixture(scope="module")
def development_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("development") / "library", HashingEmbedder())
    list(library.add(development_documents()))
    return library


@cache
def questions() -> list[tuple[str, frozenset[str]]]:
    """The answerable development questions, and the documents that hold the answer."""
    pairs = development_pairs()
    return [
        (case.question, frozenset(document.id for document in pairs[name]))
        for name, case in development_cases()
        if name is not None and case.answerable
    ]


def hits_at_5(library: Library, write: Callable[[str], str], step: int) -> int:
    """How many of every `step`-th question find a passage of their documents among the first five."""
    assistant = Assistant(library)
    return sum(
        any(hit.chunk.document_id in wanted for hit in assistant.search(write(question), 5))
        for question, wanted in questions()[::step]
    )


@pytest.mark.parametrize("step", [36, pytest.param(1, marks=[pytest.mark.torture, pytest.mark.timeout(1800)])])
def test_a_question_finds_the_same_however_it_is_written(development_library: Library, step: int) -> None:
    normal = hits_at_5(development_library, str, step)
    found = {way: hits_at_5(development_library, write, step) for way, write in WAYS.items()}
    n = len(questions()[::step]) * len(WAYS)
    lost = sum(max(0, normal - hits) for hits in found.values())
    report("T22", n=n, failures=lost, what="hit@5 lost to the way a question is written", usual=normal, found=found)
    assert all(hits >= 0.98 * normal for hits in found.values()), (normal, found)


def test_hostile_file_names(tmp_path: Path) -> None:
    for name in ("a\u202egpj.md", "\U000e0041", "\ud800", "a\nb", "\0", "e" + "\u0301" * 5_000):
        try:
            document = make_document("正文 text", name=name, source="/x.md")
        except LoadError as error:
            pytest.fail(f"{name!r}: {error}")
        document.title.encode()
        assert "\n" not in document.title
