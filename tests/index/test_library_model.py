"""Any sequence of changes leaves the library as a dictionary of sources and texts says."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index.embedding import HashingEmbedder
from index.library import Library
from index.loading import make_document
from index.schema import LANGUAGES
from index.terms import terms

SOURCES = st.sampled_from(["/a", "/b", "/c", "-"])
TEXTS = st.sampled_from(["一只猫。", "二条狗。", "Three birds.", "四 cats 与 dogs.", "五" * 400])
CHANGES = st.lists(st.tuples(SOURCES, TEXTS), min_size=1, max_size=5)


class LibraryAgainstDictionary(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.library = Library(Path(self._folder.name) / "library", HashingEmbedder())
        self.files: dict[str, str] = {}  # the text that each file holds
        self.typed: set[str] = set()  # the texts from standard input

    def teardown(self) -> None:
        self._folder.cleanup()

    @property
    def texts(self) -> set[str]:
        return {*self.files.values(), *self.typed}

    @rule(changes=CHANGES)
    def add(self, changes: list[tuple[str, str]]) -> None:
        documents = [make_document(text, name="name", source=source) for source, text in changes]
        assert [one.document for one in self.library.add(documents)] == documents
        for source, text in changes:
            if source == "-":
                self.typed.add(text)
            else:
                self.files[source] = text

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        text = data.draw(st.sampled_from(sorted(self.texts)))
        self.library.remove(make_document(text, name="name", source="-").id)
        self.files = {source: held for source, held in self.files.items() if held != text}
        self.typed.discard(text)

    @precondition(lambda self: self.library.exists())
    @rule()
    def rebuild(self) -> None:
        self.library.rebuild()

    @precondition(lambda self: self.library.exists())
    @rule()
    def open_again(self) -> None:
        self.library = Library(self.library.folder, HashingEmbedder())

    @invariant()
    def holds_the_texts_and_finds_them(self) -> None:
        if not self.library.exists():
            return
        with self.library.snapshot() as snapshot:
            stored = {snapshot.document(summary.id).text for summary in snapshot.documents()}
            by_vector: set[str] = set()
            for language in snapshot.languages:
                everything = snapshot.search_vectors(self.library.embedder.embed_question("猫"), language, 1000)
                assert len(everything) == snapshot.chunk_count(language)
                by_vector.update(snapshot.chunk(number)[0].document_id for number, _ in everything)
            by_terms = {
                snapshot.chunk(number)[0].document_id
                for text in stored
                for language in LANGUAGES
                for number, _ in snapshot.search_terms(terms(text), language, 1000)
            }
            assert stored == self.texts
            assert by_vector == by_terms == {summary.id for summary in snapshot.documents()}

    @invariant()
    def is_sound(self) -> None:
        if self.library.exists():
            assert self.library.verify() == []


TestLibraryAgainstDictionary = LibraryAgainstDictionary.TestCase
TestLibraryAgainstDictionary.settings = settings(max_examples=12, stateful_step_count=8, deadline=None)
