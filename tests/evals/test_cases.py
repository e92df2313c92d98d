"""Files of cases: every mistake is named with its line, and the files that ship make none."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

import evals
from evals.cases import CaseError, read_cases
from evals.suite import SUITES
from index.loading import load_file

FOLDER = Path(evals.__file__).parent
SHIPPED = {
    **{f"suites/{name}": FOLDER / "suites" / name / "cases.jsonl" for name in SUITES},
    "development": FOLDER / "development" / "cases.jsonl",
}
GOOD = {
    "id": "one.zh",
    "question": "投资多少？",
    "language": "zh",
    "type": "amount",
    "documents": "both",
    "answerable": True,
    "answers": ["35 亿元"],
    "must_cite": ["投资 35 亿元。"],
    "why_unanswerable": None,
}


@pytest.fixture
def written(tmp_path):
    def write(*lines):
        path = tmp_path / "cases.jsonl"
        texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        path.write_text("\n".join(texts), "utf-8")
        return path

    return write


@pytest.fixture(params=SHIPPED.values(), ids=SHIPPED.keys())
def shipped(request):
    return request.param


def texts_of(path):
    """The texts of the documents that the cases of a file are asked of, by language."""
    documents = SUITES[path.parent.name]() if path.parent.name in SUITES else map(load_file, path.parent.glob("*.md"))
    texts = {"zh": [], "en": []}
    for document in documents:
        texts[document.language].append(document.text)
    return texts | {"both": texts["zh"] + texts["en"]}


def test_a_good_line_becomes_a_case(written):
    (case,) = read_cases(written(GOOD, ""))
    assert (case.id, case.answers, case.must_cite, case.across) == ("one.zh", ("35 亿元",), ("投资 35 亿元。",), False)


@pytest.mark.parametrize(
    ("language", "documents", "across"),
    [("zh", "en", True), ("en", "zh", True), ("zh", "zh", False), ("en", "both", False)],
)
def test_across_is_where_only_the_other_language_is_there(written, language, documents, across):
    (case,) = read_cases(written(GOOD | {"language": language, "documents": documents}))
    assert case.across is across


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "is not JSON"),
        ("[1]", "exactly the fields"),
        ({name: value for name, value in GOOD.items() if name != "type"}, "exactly the fields"),
        (GOOD | {"extra": 1}, "exactly the fields"),
        (GOOD | {"language": "fr"}, "language is 'fr'"),
        (GOOD | {"type": "colour"}, "type is 'colour'"),
        (GOOD | {"type": ["amount"]}, "type is"),
        (GOOD | {"documents": "none"}, "documents is 'none'"),
        (GOOD | {"answerable": "yes"}, "answerable is 'yes'"),
        (GOOD | {"why_unanswerable": "because"}, "why_unanswerable is 'because'"),
        (GOOD | {"answers": "35"}, "answers must be"),
        (GOOD | {"must_cite": [""]}, "must_cite must be"),
        (GOOD | {"answers": [35]}, "answers must be"),
        (GOOD | {"id": 1}, "id must be"),
        (GOOD | {"question": " "}, "question must be"),
        (GOOD | {"answers": []}, "needs answers and must_cite"),
        (GOOD | {"answerable": False}, "why_unanswerable"),
        (GOOD | {"why_unanswerable": "missing_fact"}, "why_unanswerable"),
    ],
)
def test_a_bad_line_is_named(written, line, problem):
    with pytest.raises(CaseError, match=rf"cases\.jsonl:2\b.*{problem}") as caught:
        read_cases(written(GOOD, line))
    assert "\n" not in str(caught.value)


def test_an_id_stands_once(written):
    with pytest.raises(CaseError, match=r"'one\.zh' stands twice"):
        read_cases(written(GOOD, GOOD))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=r"cases\.jsonl cannot be read"):
        read_cases(path)


def test_what_ships_is_valid(shipped):
    assert read_cases(shipped)


def test_what_must_be_cited_stands_word_for_word_in_the_documents(shipped):
    texts = texts_of(shipped)
    missing = [
        (case.id, passage)
        for case in read_cases(shipped)
        for passage in case.must_cite
        if not any(passage in text for text in texts["both"])
    ]
    assert missing == []


def test_each_answerable_case_has_its_answer_in_the_documents_that_it_is_asked_of(shipped):
    texts = texts_of(shipped)
    missing = [
        case.id
        for case in read_cases(shipped)
        if case.answerable and not any(passage in text for passage in case.must_cite for text in texts[case.documents])
    ]
    assert missing == []


def test_each_question_is_asked_in_both_languages(shipped):
    languages = defaultdict(set)
    for case in read_cases(shipped):
        languages[case.id.partition(".")[0]].add(case.language)
    assert [name for name, found in languages.items() if found != {"zh", "en"}] == []


def test_the_article_suite_is_as_large_as_was_asked():
    cases = read_cases(SHIPPED["suites/article"])
    for language in ("zh", "en"):
        own = [case for case in cases if case.language == language]
        assert len(own) >= 60
        assert sum(not case.answerable for case in own) >= 15
        assert any(case.across for case in own)
    assert {"amount", "share", "date", "person", "reason", "comparison"} <= {case.type for case in cases}


def test_a_case_that_names_no_documents_is_asked_of_all(written):
    (case,) = read_cases(written({name: value for name, value in GOOD.items() if name != "documents"}))
    assert case.documents == "both"
