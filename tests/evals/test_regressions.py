"""Faults that are put into the program or its documents: the gate stops each, and says why.

What is planted stands beside the cause that it has to get. The same run again, without a fault, passes.
"""

from dataclasses import replace

from evals.gate import check_gate
from index import ingest
from index.errors import QuestionError
from index.loading import make_document
from rag import evidence, retriever, writing
from rag import question as question_module
from rag.answerer import DraftEnd, DraftSentence
from rag.assistant import Assistant
from rag.refusal import refusal_model


def altered(suite, name, change):
    """The suite with the text of one document changed."""
    (document,) = suite.files[name]
    changed = make_document(change(document.text), name=name, source=document.source)
    return replace(suite, files={**suite.files, name: (changed,)})


def exchanged(text, one, other):
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def failed(run, baseline, **gates):
    """The reasons for which the run fails beside the baseline; and the cause of each case that it has lost."""
    reasons = check_gate(run, gates, baseline)
    assert reasons, "the gate let it pass"
    before = {record.case.id: record.cause for record in baseline.records}
    assert all(reason.ids or reason.figure is None for reason in reasons)
    return {r.case.id: r.cause for r in run.records if r.cause and not before[r.case.id]}, reasons


def grown(reasons):
    return {cause for reason in reasons for cause in reason.causes or ()}


def test_an_unchanged_run_has_the_same_scores_and_passes(small, run_small, baseline):
    run = run_small(small)
    scores = [(record.case.id, record.scores, record.cause, record.retrieved) for record in run.records]
    assert scores == [(one.case.id, one.scores, one.cause, one.retrieved) for one in baseline.records]
    assert check_gate(run, small.gates, baseline) == []


def test_a_broken_splitter(small, run_small, baseline, monkeypatch):
    """Sentences end after six characters: what is quoted holds half an answer."""

    def broken(text):
        return [(start, min(start + 6, len(text))) for start in range(0, len(text), 6)]

    monkeypatch.setattr(evidence, "sentence_spans", broken)
    lost, reasons = failed(run_small(small), baseline)
    assert len(lost) >= 8
    assert "wrong_answer" in grown(reasons)
    assert set(lost.values()) <= {"wrong_answer", "wrong_citation", "wrongly_refused"}
    assert any(reason.significant for reason in reasons)


def test_a_dropped_chunk(small, run_small, baseline, monkeypatch):
    chunked = ingest.chunk_document

    def without(document):
        return [chunk for chunk in chunked(document) if "35%" not in chunk.text]

    monkeypatch.setattr(ingest, "chunk_document", without)
    lost, reasons = failed(run_small(small), baseline)
    assert lost == {"solar.zh": "not_retrieved", "solar.en": "not_retrieved"}
    assert grown(reasons) == {"not_retrieved"}
    assert {case_id for reason in reasons for case_id in reason.ids} == set(lost)


def test_two_figures_that_are_swapped_in_a_document(small, run_small, baseline):
    suite = altered(small, "harbour.zh.md", lambda text: exchanged(text, "46 亿元", "280 万只"))
    lost, reasons = failed(run_small(suite), baseline)
    assert {lost.get("cost.zh"), lost.get("cost.en-zh")} == {"wrong_answer"}
    assert "wrong_answer" in grown(reasons)
    assert set(lost.values()) <= {"wrong_answer", "wrongly_refused"}


def test_two_documents_that_are_swapped(small, run_small, baseline):
    """Each is there under the other's name, and the cases over the Chinese documents get English ones."""
    names = ("harbour.zh.md", "museum.en.md")
    one, other = (small.files[name][0] for name in names)
    swapped = (replace(other, language=one.language),), (replace(one, language=other.language),)
    suite = replace(small, files={**small.files, names[0]: swapped[0], names[1]: swapped[1]})
    lost, reasons = failed(run_small(suite), baseline)
    assert {lost["cost.en-zh"], lost["building.zh-en"]} == {"document_missing"}
    assert "document_missing" in grown(reasons)


def test_a_language_that_is_forced(small, run_small, baseline, monkeypatch):
    find = Assistant.find

    def in_english(*arguments, **options):
        findings = find(*arguments, **options)
        return replace(findings, question=replace(findings.question, language="en"))

    monkeypatch.setattr(Assistant, "find", in_english)
    lost, reasons = failed(run_small(small), baseline)
    assert all(".zh" in case_id for case_id in lost)
    assert "wrong_language" in grown(reasons)
    assert len(lost) >= 8
    assert list(lost.values()).count("wrong_language") >= len(lost) - 1
    assert any(reason.figure == "answer_language" and reason.significant for reason in reasons)


def test_a_threshold_of_refusal_that_is_too_low(small, run_small, baseline, monkeypatch):
    low = replace(refusal_model(), thresholds=dict.fromkeys(refusal_model().thresholds, 1e-9))
    monkeypatch.setattr(writing, "refusal_model", lambda: low)
    lost, reasons = failed(run_small(small), baseline)
    assert lost
    assert set(lost.values()) == grown(reasons) == {"wrongly_answered"}
    assert "refusal_recall" in {reason.figure for reason in reasons}


def test_a_threshold_of_refusal_that_is_too_high(small, run_small, baseline, monkeypatch):
    high = replace(refusal_model(), thresholds=dict.fromkeys(refusal_model().thresholds, 1 - 1e-9))
    monkeypatch.setattr(writing, "refusal_model", lambda: high)
    lost, reasons = failed(run_small(small), baseline)
    assert set(lost.values()) == grown(reasons) == {"wrongly_refused"}


def test_a_passage_that_is_found_and_not_given_to_the_answerer(small, run_small, baseline, monkeypatch):
    """The answerer gets the last of the retrieved passages."""
    ranked = evidence.rank_sentences

    def last(question, retrieval, embedder, passages):
        return ranked(question, replace(retrieval, hits=retrieval.hits[-1:]), embedder, passages)

    monkeypatch.setattr(evidence, "rank_sentences", last)
    lost, reasons = failed(run_small(small), baseline)
    assert set(lost.values()) == {"ranked_out"}
    assert "ranked_out" in grown(reasons)


def test_a_right_answer_that_cites_another_sentence(small, run_small, baseline, monkeypatch):
    class Misciting:
        name = "extractive"

        def __init__(self, names):
            pass

        def draft(self, question, evidence):
            best = evidence[0]
            wrong = next(item for item in reversed(evidence) if item.text != best.text)
            yield DraftSentence(best.text, "frame")
            yield DraftSentence(wrong.text, "quote", (wrong,))
            yield DraftEnd()

    monkeypatch.setattr(writing, "ExtractiveAnswerer", Misciting)
    lost, reasons = failed(run_small(small), baseline)
    assert "wrong_citation" in grown(reasons)
    assert list(lost.values()).count("wrong_citation") > len(lost) / 2


def test_a_question_that_is_not_taken_is_unscored_and_too_many_of_them_stop_the_gate(
    small, run_small, baseline, monkeypatch
):
    def refuse(text):
        raise QuestionError("the question is too long; ask a shorter one")

    monkeypatch.setattr(question_module, "understand", refuse)
    run = run_small(small)
    assert {record.unscored for record in run.records} == {"the question is too long; ask a shorter one"}
    (reason,) = check_gate(run, {}, baseline)
    assert "unscored: the question is too long" in reason.text


def test_a_retriever_that_finds_nothing(small, run_small, baseline, monkeypatch):
    monkeypatch.setattr(retriever, "_search_language", lambda *_: iter(()))
    lost, _ = failed(run_small(small), baseline)
    assert set(lost.values()) == {"not_retrieved"}
