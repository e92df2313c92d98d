"""Measure how often the counterpart of a sentence in the other language is found, and how often it is the right one.

    python -m evals.counterparts [--data FOLDER]

Of parallel texts some sentences are taken out in one language at random, so that they have no counterpart, and each
that is left is looked up. `development` are the development documents, one library of all; with `--data`, the training
text, `documentation` are stretches that no model was trained on (`index.training.data`), one library of all, which is
harder: its sentences resemble each other. `sample` are the sample articles, on which nothing was chosen.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evals.development_set import development_pairs
from index.embedding import CachingEmbedder, open_embedder
from index.library import Library
from index.loading import load_samples
from index.schema import Document, Language, sha256_text
from index.sentences import sentence_spans
from rag.answer import Citation
from rag.counterpart import counterpart

_SEED = 11
_LEAST = {"zh": 10, "en": 30}  # characters of a sentence that is looked up; shorter ones are titles and labels
_TIMED = 50  # calls that find no vector remembered, as the first one of a reader does


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages, sentence by sentence."""

    name: str
    pairs: Sequence[tuple[str, str]]  # English, Chinese


def documents_as_pairs(name: str, documents: Sequence[Document]) -> Text | None:
    """A pair of documents, where they have as many sentences: ours then say the same one by one."""
    sentences = {
        document.language: [document.text[start:end] for start, end in sentence_spans(document.text)]
        for document in documents
    }
    if len(sentences["en"]) != len(sentences["zh"]):
        return None
    return Text(name, list(zip(sentences["en"], sentences["zh"], strict=True)))


def development() -> Iterator[Text]:
    return (text for name, pair in development_pairs().items() if (text := documents_as_pairs(name, pair)))


def sample() -> Iterator[Text]:
    return (text for text in [documents_as_pairs("sample", list(load_samples()))] if text)


def documentation(data: Path) -> Iterator[Text]:
    from index.training.data import split_data

    for number, run in enumerate(split_data(data)[1].runs):
        yield Text(f"stretch {number}", [(pair.english.strip(), pair.chinese.strip()) for pair in run])


def measure(name: str, texts: Sequence[Text], share_taken_out: float) -> None:
    chance = random.Random(_SEED)
    right: dict[str, set[str]] = defaultdict(set)  # the sentences that say the same, where both are there
    documents, asked = [], []
    for text in texts:
        kept: dict[Language, list[str]] = {"en": [], "zh": []}
        for english, chinese in text.pairs:
            missing = chance.choice(("en", "zh")) if chance.random() < share_taken_out else None
            said: dict[Language, str] = {"en": english, "zh": chinese}
            for language in kept:
                if language != missing:
                    kept[language].append(said[language])
                    asked += [(language, said[language], missing is None)] if _is_asked(english, chinese) else []
            if missing is None:
                right[english].add(chinese)
                right[chinese].add(english)
        documents += [_document(text.name, language, "\n\n".join(lines)) for language, lines in kept.items()]
    embedder = CachingEmbedder(open_embedder())
    spent, found, held, correct = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library", embedder)
        list(library.add(documents))
        for number, (language, sentence, has_one) in enumerate(asked):
            if number < _TIMED:
                embedder.clear()
            started = time.perf_counter()
            with library.snapshot() as snapshot:
                result = counterpart(snapshot, _citation(language, sentence), embedder)
            spent.append((time.perf_counter() - started) * 1000)
            held += has_one
            found += result is not None
            correct += result is not None and result.quote in right[sentence]
    median = statistics.median(spent[:_TIMED])
    print(
        f"{name}: {len(asked)} sentences, {held} with a counterpart; found {found}, right {correct}: "
        f"precision {correct / found:.3f}, recall {correct / held:.3f}; median {median:.0f} ms"
    )


def _is_asked(english: str, chinese: str) -> bool:
    """Whether both are one whole sentence, long enough to be cited."""
    return (
        len(english) >= _LEAST["en"]
        and len(chinese) >= _LEAST["zh"]
        and not english.startswith("#")
        and english[-1] in '.!?"'
        and chinese[-1] in "。！？”"
        and len(sentence_spans(english)) == len(sentence_spans(chinese)) == 1
    )


def _document(name: str, language: Language, text: str) -> Document:
    metadata = {"format": "markdown"}
    return Document(sha256_text(text)[:16], name, f"{name}.{language}", language, text, datetime.now(UTC), metadata)


def _citation(language: Language, quote: str) -> Citation:
    return Citation(1, "", "", 0, len(quote), quote, sha256_text(quote), 1.0, language, (), "", "")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.counterparts", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the training text")
    options = parser.parse_args(argv)
    measure("development", list(development()), 0.5)
    if options.data:
        measure("documentation", list(documentation(options.data)), 0.5)
    measure("sample", list(sample()), 0.0)
    measure("sample, half of it taken out", list(sample()), 0.5)


if __name__ == "__main__":
    main()
