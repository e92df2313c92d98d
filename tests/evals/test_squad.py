"""Question sets in SQuAD's format: what is read of them, and a run whose figures were worked out by hand."""

import json

import pytest

from evals.cases import CaseError
from evals.squad import read_squad, run_squad, with_paragraphs_of, with_questions_of
from index.embedding import open_embedder
from index.errors import TongwenError
from tests.rag.scripted import ScriptedAnswerer


def squad(*paragraphs):
    """A set of (context, [(id, question, answers)])."""
    return {
        "version": "1.1",
        "data": [
            {
                "title": "t",
                "paragraphs": [
                    {
                        "context": context,
                        "qas": [
                            {
                                "id": identity,
                                "question": question,
                                "answers": [{"text": a, "answer_start": 0} for a in golds],
                            }
                            for identity, question, golds in questions
                        ],
                    }
                    for context, questions in paragraphs
                ],
            }
        ],
    }


PLANT = "Haiyuan builds a plant in Ningbo. It cost 35 million yuan."
TEA = "Spring tea came early in Hangzhou. Prices rose by 18%."
SET = squad(
    (
        PLANT,
        [
            ("1", "Where does Haiyuan build a plant?", ["Ningbo"]),
            ("2", "What did the plant cost?", ["35 million yuan"]),
        ],
    ),
    (TEA, [("3", "By how much did prices of tea rise?", ["18%"])]),
)


@pytest.fixture
def written(tmp_path):
    def write(content, name="set.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
        return path

    return write


def test_reads_squad_1(written):
    found = read_squad(written(SET))
    assert [document.text for document in found.documents] == [PLANT, TEA]
    assert [(q.id, q.answers) for q in found.questions] == [
        ("1", ("Ningbo",)), ("2", ("35 million yuan",)), ("3", ("18%",))
    ]  # fmt: skip
    assert found.questions[2].document_id == found.documents[1].id


def test_reads_the_impossible_questions_of_squad_2(written):
    content = squad((PLANT, [("1", "Where?", ["Ningbo"]), ("2", "Who?", ["plausible"])]))
    qas = content["data"][0]["paragraphs"][0]["qas"]
    qas[0]["is_impossible"] = False
    qas[1] |= {"is_impossible": True, "plausible_answers": qas[1]["answers"]}
    assert [question.answers for question in read_squad(written(content)).questions] == [("Ningbo",), ()]


def test_reads_the_squad_style_of_cmrc(written):
    content = squad(("海源在宁波建厂。", [("TRAIN_1_QUERY_0", "海源在哪里建厂？", ["宁波", "在宁波"])]))
    content["data"][0] |= {"id": "TRAIN_1"}
    (question,) = read_squad(written(content)).questions
    assert (question.id, question.text, question.answers) == ("TRAIN_1_QUERY_0", "海源在哪里建厂？", ("宁波", "在宁波"))


def test_a_mark_at_the_start_and_empty_answers_are_passed_over(tmp_path):
    path = tmp_path / "set.json"
    content = squad((PLANT, [("1", "Where?", ["", "Ningbo", " "]), ("2", "Why?", [""])]))
    path.write_text(json.dumps(content), "utf-8-sig")
    assert [question.answers for question in read_squad(path).questions] == [("Ningbo",), ()]
    path.write_text("[" * 100_000)
    with pytest.raises(CaseError, match="not a question set"):
        read_squad(path)


def test_a_paragraph_that_stands_twice_is_one_document(written):
    found = read_squad(written(squad((PLANT, [("1", "a?", ["b"])]), (PLANT, [("2", "c?", ["d"])]))))
    assert len(found.documents) == 1
    assert len({question.document_id for question in found.questions}) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"data": 1}',
        b'{"data": [{"paragraphs": [{"context": "a"}]}]}',
        b'{"data": [{"paragraphs": [{"context": "a", "qas": ["b"]}]}]}',
        b'{"data": [{"paragraphs": [{"context": "a", "qas": [{"id": 1, "question": "b"}]}]}]}',
        b'{"data": [{"paragraphs": [{"context": 1, "qas": []}]}]}',
        b"\xff\xfe",
    ],
)
def test_another_format_is_named(written, content):
    with pytest.raises(CaseError, match=r"set\.json is not a question set.*; give one that is"):
        read_squad(written(content))


def test_an_empty_paragraph_is_named(written):
    with pytest.raises(TongwenError, match=r"set\.json"):
        read_squad(written(squad((" ", [("1", "a?", ["b"])]))))


def test_questions_of_a_translation_are_matched_by_id(written):
    chinese = squad(("海源在宁波建厂。", [("2", "花了多少钱？", ["x"]), ("1", "在哪里建厂？", ["宁波"])]))
    matched = with_questions_of(read_squad(written(SET)), read_squad(written(chinese, "zh.json")))
    assert [(q.id, q.text, q.answers) for q in matched.questions] == [
        ("1", "在哪里建厂？", ("Ningbo",)), ("2", "花了多少钱？", ("35 million yuan",))
    ]  # fmt: skip
    assert [document.text for document in matched.documents] == [PLANT, TEA]


def test_sets_that_share_no_id_are_refused(written):
    other = read_squad(written(squad((TEA, [("9", "a?", ["b"])])), "other.json"))
    with pytest.raises(CaseError, match="share no question id"):
        with_questions_of(read_squad(written(SET)), other)


@pytest.fixture
def run(written):
    return lambda content, **options: run_squad(read_squad(written(content)), open_embedder("hashing"), **options)


def test_a_run_reports_what_the_contract_names(run):
    figures = run(SET)
    assert set(figures) >= {
        "n", "passage_recall", "mrr", "sentence_hit", "exact_match", "f1", "refusal", "false_refusals", "seconds",
        "questions_per_second", "ci95", "dense_passage_recall",
    }  # fmt: skip
    assert set(figures["passage_recall"]) == set(figures["dense_passage_recall"]) == {"1", "5", "20"}
    assert set(figures["sentence_hit"]) == {"1", "3"}
    assert set(figures["refusal"]) == {"precision", "recall"}


def test_figures_are_what_one_works_out_by_hand(run):
    """Every question has its words in one sentence of its paragraph; that of tea has them in the other sentence too."""
    figures = run(SET)
    assert (figures["n"], figures["documents"], figures["unscored"]) == (3, 2, 0)
    assert figures["passage_recall"] == {"1": 1.0, "5": 1.0, "20": 1.0}
    assert figures["mrr"] == 1.0
    assert figures["sentence_hit"]["3"] == 1.0
    assert figures["exact_match"] == 1.0  # the short answer before the sentence is just "Ningbo"
    assert figures["ci95"]["passage_recall.1"] == [1.0, 1.0]


def test_a_passage_that_is_not_first_counts_for_less(run):
    """The paragraph that is asked for shares no word with the question; another one does."""
    content = squad((PLANT, [("1", "tea prices Hangzhou spring", ["Ningbo"])]), (TEA, []))
    figures = run(content)
    assert figures["passage_recall"] == {"1": 0.0, "5": 1.0, "20": 1.0}
    assert figures["mrr"] == 0.5
    assert figures["sentence_hit"] == {"1": 0.0, "3": pytest.approx(figures["sentence_hit"]["3"])}


def test_refusals_are_counted_over_the_questions_that_have_no_answer(run):
    content = squad((PLANT, [("1", "Where does Haiyuan build a plant?", ["Ningbo"]), ("2", "Who wrote Hamlet?", [])]))
    figures = run(content)
    assert figures["n"] == 2
    assert figures["refusal"] == {"precision": 1.0, "recall": 1.0}
    assert figures["false_refusals"] == 0.0
    assert figures["passage_recall"]["1"] == 1.0  # over the answerable one alone


def test_without_unanswerable_questions_there_is_no_refusal_figure(run):
    assert run(SET)["refusal"]["recall"] is None


def test_an_empty_question_is_unscored_not_wrong(run):
    figures = run(squad((PLANT, [("1", "Where does Haiyuan build a plant?", ["Ningbo"]), ("2", " ", ["35"])])))
    assert (figures["n"], figures["unscored"]) == (1, 1)


def test_limit_asks_only_the_first_questions(run):
    asked = []
    assert run(SET, limit=2, report=lambda done, of: asked.append((done, of)))["n"] == 2
    assert asked == [(1, 2), (2, 2)]


BESIDE = squad(
    (
        "海源在宁波建厂，花了 3500 万元。",
        [("1", "海源在哪里建厂？", ["宁波"]), ("2", "工厂花了多少钱？", ["3500 万元"])],
    ),
    ("杭州的春茶提前上市，价格上涨 18%。", [("3", "茶叶价格涨了多少？", ["18%"])]),
)


def test_a_translation_beside_the_paragraphs_counts_as_right_as_well(written):
    mixed = with_paragraphs_of(read_squad(written(SET)), read_squad(written(BESIDE, "other.json")))
    figures = run_squad(mixed, open_embedder("hashing"))
    assert figures["documents"] == 4
    assert figures["passage_recall"]["1"] >= figures["own_passage_recall"]["1"]
    only_the_translation = squad((PLANT, [("1", "宁波海源建厂", ["Ningbo"])]))
    mixed = with_paragraphs_of(read_squad(written(only_the_translation)), read_squad(written(BESIDE, "other.json")))
    figures = run_squad(mixed, open_embedder("hashing"))
    assert figures["passage_recall"]["1"] == 1.0
    assert figures["own_passage_recall"]["1"] == 0.0


def test_a_set_that_is_no_translation_cannot_stand_beside(written):
    stranger = squad((TEA, [("x", "?", ["18%"])]))
    with pytest.raises(CaseError, match="share no question id"):
        with_paragraphs_of(read_squad(written(SET)), read_squad(written(stranger, "other.json")))


@pytest.mark.parametrize(
    ("context", "question"),
    [
        ("Haiyuan builds a plant in Ningbo.", "What does Haiyuan build?"),
        ("海源电池在宁波建厂。", "海源电池在哪里建厂？"),
    ],
    ids=["en", "zh"],
)
def test_the_numbers_of_citations_are_no_part_of_what_was_said(written, context, question):
    found = read_squad(written(squad((context, [("1", question, [context])]))))
    figures = run_squad(found, open_embedder(), ScriptedAnswerer(context))
    assert (figures["exact_match"], figures["f1"]) == (1.0, 1.0)
