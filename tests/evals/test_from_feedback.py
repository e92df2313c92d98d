"""A correction becomes a case: its answer, what must be cited, and what is asked for where that is not known."""

import json

import pytest

from evals.cases import Accepted, CaseError, MustCite
from evals.from_feedback import approve_feedback, pending_feedback
from evals.new_suite import start_suite
from evals.suite_folder import open_suite
from index.embedding import open_embedder
from index.errors import FeedbackUnknown
from index.library import Library
from index.loading import load_file

ZH, EN = "海源电池去年投资 35 亿元。", "Haiyuan invested 3.5 billion yuan last year."
TEXT = f"# 年报 Annual report\n\n{ZH}公司由林岚创办。\n\n{EN} Its founder is Lin Lan.\n"


@pytest.fixture
def suite(tmp_path):
    start_suite(tmp_path / "mine", "zh")
    (tmp_path / "mine" / "documents" / "年报.md").write_text(TEXT, "utf-8")
    return tmp_path / "mine"


@pytest.fixture
def library(suite, tmp_path):
    library = Library(tmp_path / "library", open_embedder("hashing"))
    list(library.add([load_file(suite / "documents" / "年报.md")]))
    return library


def said(library, correction, question="海源电池去年投资多少？", quotes=(ZH,), standalone="", verdict="down"):
    answer = {"question": question, "standalone": standalone or question, "citations": [{"quote": q} for q in quotes]}
    return library.add_feedback(verdict, question, json.dumps(answer), "wrong", correction).id


@pytest.mark.parametrize(
    ("question", "correction", "quote", "language"),
    [
        ("海源电池去年投资多少？", "3.5 billion yuan", ZH, "zh"),
        ("How much did Haiyuan invest last year?", "35 亿元", EN, "en"),
        ("Haiyuan 去年投资多少 billion？", "35 亿元", EN, "zh"),
    ],
    ids=["zh", "en", "mixed"],
)
def test_a_corrected_figure_becomes_a_case(library, suite, question, correction, quote, language):
    given = said(library, correction, question, ["公司由林岚创办。", quote])
    case = approve_feedback(library, given, suite)
    assert (case.id, case.question, case.language, case.tags) == (
        f"feedback-{given}",
        question,
        language,
        ("feedback",),
    )
    assert case.answers == (Accepted(correction, quantity=True),)
    assert case.must_cite == ((MustCite(quote),),)
    assert open_suite(suite).cases == (case,)
    assert (pending_feedback(library), library.feedback()[0].state) == ([], "approved")


def test_a_corrected_name_is_accepted_as_text(library, suite):
    given = said(library, "林岚", "公司由谁创办？", ["公司由林岚创办。"])
    case = approve_feedback(library, given, suite)
    assert (case.answers, case.type) == ((Accepted("林岚"),), "person")


def test_answers_and_passages_may_be_given(library, suite):
    given = said(library, "thirty or so", quotes=["公司由林岚创办。"])
    case = approve_feedback(library, given, suite, answers=["35 亿元", "3.5 billion"], quotes=[ZH, EN])
    assert case.texts == ("35 亿元", "3.5 billion")
    assert case.quotes == (ZH, EN)


def test_a_passage_is_asked_for_where_none_is_known(library, suite):
    given = said(library, "35 亿元", quotes=["公司由林岚创办。"])
    with pytest.raises(CaseError, match=r"no sentence that the answer cites holds '35 亿元'; give .* with --cite"):
        approve_feedback(library, given, suite)
    assert [one.id for one in pending_feedback(library)] == [given]
    assert not (suite / "feedback.jsonl").exists()


def test_an_answer_is_asked_for_where_there_is_no_correction(library, suite):
    with pytest.raises(CaseError, match="has no correction; give the right answer with --answer"):
        approve_feedback(library, said(library, ""), suite)


def test_a_question_that_should_have_been_refused(library, suite):
    case = approve_feedback(library, said(library, "", "海源电池有多少员工？"), suite, unanswerable=True)
    assert (case.answerable, case.answers, case.type) == (False, (), "count")


def test_a_follow_up_becomes_its_stand_alone_question(library, suite):
    given = said(library, "35 亿元", "那去年呢？", standalone="海源电池去年投资多少？")
    assert approve_feedback(library, given, suite).question == "海源电池去年投资多少？"


def test_the_suite_must_hold_what_is_cited(library, suite):
    with pytest.raises(CaseError, match=r"not word for word in any document.*the documents of the suite"):
        approve_feedback(library, said(library, "36 亿元", quotes=["前年投资 36 亿元。"]), suite)


def test_it_becomes_a_case_once(library, suite):
    given = said(library, "35 亿元")
    approve_feedback(library, given, suite)
    with pytest.raises(CaseError, match=r"is a case of .* already"):
        approve_feedback(library, given, suite)


def test_praise_is_not_pending(library):
    said(library, "", verdict="up")
    assert pending_feedback(library) == []


def test_what_is_not_there_is_said(library, suite):
    with pytest.raises(FeedbackUnknown, match="no feedback 'none'"):
        approve_feedback(library, "none", suite)


@pytest.mark.parametrize(
    "answer", ["", "[]", "{}", '{"citations": 1, "standalone": 2}', '{"citations": ["x", {"quote": 3}]}']
)
def test_an_answer_of_any_form_is_taken(library, suite, answer):
    given = library.add_feedback("down", "海源电池去年投资多少？", answer, "", "35 亿元").id
    assert approve_feedback(library, given, suite, quotes=[ZH]).question == "海源电池去年投资多少？"
