"""The fused order of passages: as brute force has it, and with neither language crowding the other out."""

import math
from collections import Counter

import pytest

from index.chunking import chunk_document
from index.lexicon import bundled_lexicon
from index.terms import terms
from rag import retriever
from rag.matching import own_wording, translated_wording
from rag.question import understand
from rag.retriever import retrieve

K1, B = 1.2, 0.75


def find(library, question, k=10):
    with library.snapshot() as snapshot:
        return retrieve(snapshot, library.embedder, understand(question), k).hits


def chunks_of(library):
    with library.snapshot() as snapshot:
        return [chunk for each in snapshot.documents() for chunk in chunk_document(snapshot.document(each.id))]


def brute_force(library, question):
    """Score of each chunk's text, from the definitions: BM25 over all chunks, cosines over those of a language."""
    question = understand(question)
    chunks = chunks_of(library)
    texts = ["\n".join((*chunk.section, chunk.text)) for chunk in chunks]
    bags = [terms(text) for text in texts]
    average = sum(len(bag) + 1 for bag in bags) / len(bags)  # one more: the language is indexed as a term
    holding = {term: sum(term in bag for bag in bags) for term in question.terms}

    def bm25(bag):
        length = 1 - B + B * (len(bag) + 1) / average
        inverse = {t: max(math.log((len(bags) - n + 0.5) / (n + 0.5)), 1e-6) for t, n in holding.items()}
        return sum(inverse[t] * bag.count(t) * (K1 + 1) / (bag.count(t) + K1 * length) for t in question.terms)

    with library.snapshot() as snapshot:
        ceiling = (K1 + 1) * own_wording(question.terms, snapshot, bundled_lexicon()).weight
        translated = translated_wording(question.terms, snapshot, bundled_lexicon())
    cosines = library.embedder.embed_passages(texts) @ library.embedder.embed_question(question.text)
    scores = {}
    for language in {chunk.language for chunk in chunks}:
        mine = [number for number, chunk in enumerate(chunks) if chunk.language == language]
        share = len(mine) / (len(mine) + retriever._PRIOR_CHUNKS)
        mean = share * cosines[mine].mean() + (1 - share) * retriever._PRIOR_MEAN
        variance = share * cosines[mine].var() + (1 - share) * retriever._PRIOR_DEVIATION**2
        same = language in (question.language, "mixed")
        weights = retriever.SAME_LANGUAGE if same else retriever.ACROSS_LANGUAGES
        lengths = [len(bags[number]) for number in mine if set(translated.words) & set(bags[number])]
        mean_length = sum(lengths) / max(1, len(lengths))
        for number in mine:
            standard = (cosines[number] - mean) / math.sqrt(variance)
            share = bm25(bags[number]) / ceiling if same else translated.share_of(Counter(bags[number]), mean_length)
            scores[chunks[number].id] = weights.dense * standard + weights.lexical * share
    return scores


TEXTS = (
    "# 电池\n\n海源电池在宁波建厂，投资 35 亿元。\n\n## 市场\n\n海源的市场份额为 18%，北辰为 22%。",
    "# Batteries\n\nHaiyuan builds a plant in Ningbo.\n\n## Market\n\nHaiyuan holds 18% of the market, Beichen 22%.",
    "# 茶叶\n\n今年的春茶提前上市，价格上涨 18%。",
    "# Tea\n\nSpring tea came early this year. Prices rose by 18% in Hangzhou.",
    "# Haiyuan 海源\n\nHaiyuan 海源 and Beichen 北辰 compete in Ningbo 宁波 and sell packs 电池 abroad.",
)


@pytest.mark.parametrize(
    "question",
    ["海源的市场份额是多少？", "What share of the market does Haiyuan hold?", "Haiyuan 在宁波投资多少？", "tea 18%"],
)
def test_ranks_and_scores_as_brute_force_does(library_of, question):
    library = library_of(*TEXTS)
    expected = brute_force(library, question)
    found = find(library, question, k=100)
    assert [hit.chunk.id for hit in found] == sorted(expected, key=lambda identity: -expected[identity])
    assert [hit.score for hit in found] == pytest.approx([expected[hit.chunk.id] for hit in found], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("documents", "question"),
    [("zh", "How much does Haiyuan invest?"), ("en", "海源投资了多少？"), ("zh", "Ningbo plant"), ("en", "宁波工厂")],
)
def test_a_question_in_the_other_language_finds_passages(library_of, batteries, documents, question):
    assert {hit.chunk.language for hit in find(library_of(batteries[documents]), question)} == {documents}


@pytest.mark.parametrize(
    ("language", "question"),
    [("zh", "AWS 2025 年在宁波的电池投资是多少？"), ("en", "How much did AWS invest in Ningbo batteries in 2025?")],
)
def test_many_documents_of_one_language_do_not_crowd_out_the_other(library_of, language, question):
    right = {
        "zh": "2025 年，AWS 在宁波的电池项目上投资了 35 亿元。",
        "en": "In 2025 AWS invested 3.5 billion yuan in a battery project in Ningbo.",
    }
    others = {
        "zh": "AWS 在 2025 年召开了第 {} 次会议，讨论客户、价格和其他问题。",
        "en": "In 2025 AWS held meeting number {} about its customers, its prices and other matters.",
    }
    crowd = "en" if language == "zh" else "zh"
    few = [others[language].format(number) for number in range(5)]
    library = library_of(right[language], *few, *(others[crowd].format(number) for number in range(300)))
    assert find(library, question)[0].chunk.text == right[language]


def test_equal_passages_keep_the_order_in_which_they_were_added(library_of):
    library = library_of(*("同样的一句话。" + "\n" * number for number in range(4)))
    added = [summary.id for summary in library.documents()]
    found = find(library, "同样的话")
    assert len({hit.score for hit in found}) == 1
    assert [hit.chunk.document_id for hit in found] == added
    assert found == find(library, "同样的话")


def test_a_hit_says_how_it_was_found(library_of):
    library = library_of(*TEXTS)
    best, *_ = find(library, "海源的市场份额是多少？")
    assert best.chunk.text == "海源的市场份额为 18%，北辰为 22%。"
    assert (best.title, best.chunk.section) == ("电池", ("电池", "市场"))
    assert (best.dense_rank, best.lexical_rank) == (1, 1)
    assert 0 < best.lexical_score <= 1
    assert -1 <= best.dense_score <= 1.0001


def test_a_passage_without_a_word_of_the_question_has_no_lexical_rank(library_of):
    (hit,) = find(library_of("春茶上市。"), "battery")
    assert (hit.lexical_rank, hit.lexical_score) == (None, 0.0)


def test_k_is_the_most_that_is_returned(library_of):
    library = library_of(*TEXTS)
    assert find(library, "海源", k=2) == find(library, "海源", k=100)[:2]


def test_a_chunk_is_the_stretch_of_its_document(library_of):
    library = library_of(*TEXTS)
    with library.snapshot() as snapshot:
        for hit in find(library, "Haiyuan 海源", k=100):
            assert snapshot.document(hit.chunk.document_id).text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
