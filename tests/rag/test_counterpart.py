"""What the library holds in the other language for a cited sentence: the right one, or none."""

from datetime import UTC, datetime

import pytest

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from index.schema import Document, Place, sha256_text
from rag.answer import Citation
from rag.counterpart import counterpart, same_figures

ENGLISH = "The contract that OpenAI gave Microsoft amounts to US$250 billion, which makes Amazon's share look small."
CHINESE = "OpenAI 交给微软的合同则高达 2500 亿美元，亚马逊的那一份相形之下小得多。"
REST = {
    "en": "Staff may take twenty days of leave a year. The canteen opens at noon.",
    "zh": "员工每年有二十天假期。食堂中午开门。",
}


@pytest.fixture(scope="module")
def embedder():
    return open_embedder()


@pytest.fixture(scope="module")
def library_of(embedder, tmp_path_factory):
    def make(documents):
        library = Library(tmp_path_factory.mktemp("counterpart") / "library", embedder)
        list(library.add(documents))
        return library

    return make


@pytest.fixture(scope="module")
def sample(library_of):
    return library_of(load_samples())


def document(text, language, **changes):
    return Document(sha256_text(text)[:16], "T", text, language, text, datetime.now(UTC), **changes)


def citation(quote, language):
    return Citation(1, "", "", 0, len(quote), quote, sha256_text(quote), 1.0, language, (), "", "")


def found(library, quote, language, embedder):
    with library.snapshot() as snapshot:
        return counterpart(snapshot, citation(quote, language), embedder)


@pytest.mark.parametrize(
    ("quote", "language", "other"), [(ENGLISH, "en", CHINESE), (CHINESE, "zh", ENGLISH)], ids=["en", "zh"]
)
def test_the_sentence_of_the_other_language_is_found(sample, embedder, quote, language, other):
    result = found(sample, quote, language, embedder)
    assert (result.quote, result.language) == (other, "zh" if language == "en" else "en")
    with sample.snapshot() as snapshot:
        text = snapshot.document(result.document_id).text
    assert text[result.start : result.end] == result.quote
    assert result.before + result.quote + result.after in text
    assert result.sha256 == sha256_text(other)
    headings = {"zh": "OpenAI 与 Anthropic：慢一步的交易", "en": "OpenAI and Anthropic: one step late"}
    assert result.section[-1] == headings[result.language]


@pytest.mark.parametrize(("quote", "language"), [(ENGLISH, "en"), (CHINESE, "zh")], ids=["en", "zh"])
def test_of_two_languages_that_say_different_things_nothing_is_found(library_of, embedder, quote, language):
    other = "zh" if language == "en" else "en"
    library = library_of([document(f"{quote} {REST[language]}", language), document(REST[other], other)])
    assert found(library, quote, language, embedder) is None


@pytest.mark.parametrize(
    ("quote", "language", "changed"),
    [(ENGLISH, "en", CHINESE.replace("2500", "2600")), (CHINESE, "zh", ENGLISH.replace("250", "260"))],
    ids=["en", "zh"],
)
def test_a_sentence_with_another_figure_is_no_counterpart(library_of, embedder, quote, language, changed):
    other = "zh" if language == "en" else "en"
    library = library_of([document(quote, language), document(changed, other)])
    assert found(library, quote, language, embedder) is None


def test_a_sentence_whose_translation_is_nearer_to_another_is_no_counterpart(library_of, embedder):
    quote = "AWS has sales of almost US$130 billion in the world."
    nearer = "AWS is still the largest provider of cloud services in the world, with sales of almost US$130 billion."
    chinese = "AWS 至今仍是全球规模最大的云服务商，销售额接近 1300 亿美元。"
    library = library_of([document(f"{quote} {nearer}", "en"), document(chinese, "zh")])
    assert found(library, quote, "en", embedder) is None
    assert found(library, nearer, "en", embedder).quote == chinese


@pytest.mark.parametrize("language", ["zh", "en", "mixed"])
def test_a_library_of_one_language_has_none(library_of, embedder, language):
    quote = {"zh": CHINESE, "en": ENGLISH, "mixed": f"{CHINESE} {ENGLISH}"}[language]
    assert found(library_of([document(quote, language)]), quote, language, embedder) is None


def test_the_bounds_are_not_used_for_another_embedder(tmp_path):
    embedder = open_embedder("hashing")
    library = Library(tmp_path / "library", embedder)
    list(library.add(load_samples()))
    assert found(library, CHINESE, "zh", embedder) is None


def test_the_place_is_that_of_the_sentence(library_of, embedder):
    text = f"{REST['zh']}{CHINESE}"
    places = (Place("page", "1", 0), Place("page", "2", len(REST["zh"])))
    library = library_of([document(ENGLISH, "en"), document(text, "zh", places=places)])
    assert found(library, ENGLISH, "en", embedder).place == places[1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("US$250 billion", "2500 亿美元", True),
        ("US$250 billion", "2600 亿美元", False),
        ("It grew by 60%.", "它增长了。", False),
        ("三家公司的开支接近 4000 亿美元。", "Microsoft, Google and Oracle spend close to US$400 billion.", True),
        ("三种芯片", "two kinds of chips", False),
        ("在 2025 年", "in 2024", False),
    ],
)
def test_both_sentences_hold_the_same_figures(one, other, same):
    assert same_figures(one, other) is same_figures(other, one) is same
