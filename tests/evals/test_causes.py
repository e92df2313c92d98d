"""The cause of a failure from what is recorded: each step at which a case can go wrong, and the first one counts."""

import pytest

from evals.cases import Accepted, Case, MustCite
from evals.causes import cause_of
from evals.metrics.expected import expected_spans
from evals.metrics.retrieval import Span
from evals.scores import score_case
from index.loading import make_document

QUOTE = "工厂花了 35 亿元。"
CASE = Case("a", "花了多少钱？", "zh", "amount", True, (Accepted("35 亿元", quantity=True),), ((MustCite(QUOTE),),))
NONE = Case("b", "有多少员工？", "zh", "count", False)
HERE, ELSEWHERE = Span("d", 0, 12), Span("d", 100, 140)
EXPECTED = ((HERE,),)


def answer(text, *quotes, refused=False, language="zh"):
    citations = [{"number": number, "quote": quote} for number, quote in enumerate(quotes, 1)]
    return {"answer": text, "refused": refused, "language": language, "citations": citations}


REFUSAL = answer("资料里没有找到。", "别的句子。", refused=True)
RIGHT = answer("花了 35 亿元。[1]", QUOTE)
WRONG = answer("花了 53 亿元。[1]", QUOTE)


@pytest.mark.parametrize(
    ("case", "said", "expected", "retrieved", "passages", "cause"),
    [
        (CASE, RIGHT, EXPECTED, [HERE], [HERE], None),
        (CASE, WRONG, EXPECTED, [HERE], [HERE], "wrong_answer"),
        (CASE, WRONG, EXPECTED, [ELSEWHERE, HERE], [ELSEWHERE], "ranked_out"),
        (CASE, WRONG, EXPECTED, [ELSEWHERE], [ELSEWHERE], "not_retrieved"),
        (CASE, WRONG, ((),), [ELSEWHERE], [ELSEWHERE], "document_missing"),
        (CASE, REFUSAL, EXPECTED, [HERE], [HERE], "wrongly_refused"),
        (CASE, REFUSAL, EXPECTED, [ELSEWHERE], [ELSEWHERE], "not_retrieved"),
        (CASE, REFUSAL, ((),), [], [], "document_missing"),
        (CASE, answer("花了 35 亿元。[1]", "别的句子。"), EXPECTED, [HERE], [HERE], "wrong_citation"),
        (CASE, answer("3.5 billion yuan. [1]", QUOTE, language="en"), EXPECTED, [HERE], [HERE], "wrong_language"),
        (CASE, answer("It cost 3.5 billion yuan.", QUOTE), EXPECTED, [HERE], [HERE], "wrong_language"),
        (CASE, answer("It cost a lot.", language="en"), EXPECTED, [HERE], [HERE], "wrong_language"),
        (NONE, WRONG, (), [HERE], [HERE], "wrongly_answered"),
        (NONE, REFUSAL, (), [HERE], [HERE], None),
        (NONE, answer("Nothing was found.", refused=True, language="en"), (), [], [], "wrong_language"),
        # of an assistant that does not say what it retrieved
        (CASE, WRONG, EXPECTED, None, None, "wrong_answer"),
        (CASE, REFUSAL, EXPECTED, None, None, "wrongly_refused"),
    ],
)  # fmt: skip
def test_a_failure_has_one_cause(case, said, expected, retrieved, passages, cause):
    scores = score_case(case, said, expected, retrieved, 5)
    assert cause_of(case, scores, expected, retrieved, passages) == cause
    assert scores["right"] is (cause is None)


def document(text):
    return make_document(text, name="a", source="a.md")


def test_an_expected_passage_is_found_in_any_document_that_is_there():
    one, other = document(f"前言。{QUOTE}"), document("别的。")
    files = {"a.md": (one,), "b.md": (other,)}
    assert expected_spans(CASE, [one, other], files) == ((Span(one.id, 3, 3 + len(QUOTE)),),)
    assert expected_spans(CASE, [other], files) == ((),)


def test_a_passage_of_a_named_document_is_looked_for_there_alone():
    one, other = document(f"{QUOTE}"), document(f"后来，{QUOTE}")
    case = Case("a", "?", "zh", "amount", True, (Accepted("1"),), ((MustCite(QUOTE, "b.md"),),))
    files = {"a.md": (one,), "b.md": (other,)}
    assert expected_spans(case, [one, other], files) == ((Span(other.id, 3, 3 + len(QUOTE)),),)


def test_a_passage_whose_figure_has_changed_is_still_the_passage():
    changed = document("前言。工厂花了 5.3 亿元。后记。")
    ((span,),) = expected_spans(CASE, [changed], {"a.md": (changed,)})
    assert changed.text[span.start : span.end] == "工厂花了 5.3 亿元。"
