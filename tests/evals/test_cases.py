"""Files of cases: every mistake is named with its line, and the files that ship make none."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evals
from evals.cases import (
    Accepted,
    Case,
    CaseError,
    MustCite,
    PlacedCase,
    case_json,
    examine_cases,
    parse_case,
    read_cases,
)
from evals.strict_json import load_object
from evals.suite_folder import open_suite, shipped_suites
from index.loading import load_file
from rag.answer import Exchange

FOLDER = Path(evals.__file__).parent
SHIPPED = {
    **{f"suites/{name}": FOLDER / "suites" / name / "cases.jsonl" for name in shipped_suites()},
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
BARE = {"answerable": False}


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
    is_suite = path.parent.name in shipped_suites()
    documents = open_suite(path.parent).documents if is_suite else map(load_file, path.parent.glob("*.md"))
    texts = defaultdict(list)
    for document in documents:
        texts[document.language].append(document.text)
    return texts | {"both": [text for group in texts.values() for text in group]}


def test_a_good_line_becomes_a_case(written):
    (case,) = read_cases(written(GOOD, ""))
    assert (case.id, case.answers, case.across) == ("one.zh", (Accepted("35 亿元"),), False)
    assert case.must_cite == ((MustCite("投资 35 亿元。"),),)


def test_a_case_may_be_as_short_as_this(written):
    (case,) = read_cases(written({name: GOOD[name] for name in ("id", "question", "language", "type")} | BARE))
    assert (case.answers, case.must_cite, case.documents) == ((), (), "both")
    assert (case.why_unanswerable, case.difficulty, case.history, case.tags) == (None, None, (), ())


def test_a_case_may_say_all_of_this(written):
    full = {
        "type": "follow_up",
        "documents": ["年报.pdf", "notes/2025.md"],
        "difficulty": "hard",
        "answers": [
            "35 亿元",
            {"text": "3.5 bn", "aliases": ["3.5 billion"]},
            {"quantity": "35 亿元", "tolerance": 0.01},
        ],
        "must_cite": [["投资 35 亿元。", {"document": "年报.pdf", "quote": "共投 35 亿。"}], ["第二句。"]],
        "history": [{"question": "去年呢？", "answer": "20 亿元。"}],
        "tags": ["draft"],
    }
    (case,) = read_cases(written(GOOD | full))
    assert case.documents == ("年报.pdf", "notes/2025.md")
    assert case.answers == (
        Accepted("35 亿元"),
        Accepted("3.5 bn", ("3.5 billion",)),
        Accepted("35 亿元", quantity=True, tolerance=0.01),
    )
    assert case.must_cite == (
        (MustCite("投资 35 亿元。"), MustCite("共投 35 亿。", "年报.pdf")),
        (MustCite("第二句。"),),
    )
    assert case.history == (Exchange("去年呢？", "20 亿元。"),)
    assert (case.type, case.difficulty, case.tags) == ("follow_up", "hard", ("draft",))
    assert case.texts == ("35 亿元", "3.5 bn", "3.5 billion", "35 亿元")
    assert case.quotes == ("投资 35 亿元。", "共投 35 亿。", "第二句。")


def test_all_documents_are_both(written):
    (case,) = read_cases(written(GOOD | {"documents": "all"}))
    assert case.documents == "both"


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_files_of_every_system_are_read(tmp_path, ending, mark):
    path = tmp_path / "cases.jsonl"
    lines = (json.dumps(GOOD | {"id": name}, ensure_ascii=False) for name in ("one", "two"))
    path.write_bytes((mark + ending.join(lines) + ending).encode())
    assert [case.id for case in read_cases(path)] == ["one", "two"]


def test_a_line_ends_only_where_json_lines_do(written):
    (case,) = read_cases(written(GOOD | {"question": "第一行\u2028第二行\u0085第三行"}))
    assert case.question == "第一行\u2028第二行\u0085第三行"


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
        ("{", "Expecting"),
        ("[1]", "a list and not an object"),
        ({name: value for name, value in GOOD.items() if name != "type"}, "field type is missing"),
        (GOOD | {"extra": 1}, "no field 'extra'"),
        (GOOD | {"language": "fr"}, "language is 'fr'"),
        (GOOD | {"type": "colour"}, "type is 'colour'"),
        (GOOD | {"type": ["amount"]}, "type is"),
        (GOOD | {"documents": "none"}, "documents is 'none'"),
        (GOOD | {"answerable": "yes"}, "answerable is 'yes'"),
        (GOOD | {"why_unanswerable": "because"}, "why_unanswerable is 'because'"),
        (GOOD | {"answers": "35"}, "answers must be"),
        (GOOD | {"answers": [35]}, "one of answers must be"),
        (GOOD | {"answers": [" "]}, "one of answers must be"),
        (GOOD | {"answers": [{}]}, "one of answers must be"),
        (GOOD | {"answers": [{"text": "35", "tolerance": 0.1}]}, "one of answers must be"),
        (GOOD | {"answers": [{"text": "35", "quantity": "35"}]}, "one of answers must be"),
        (GOOD | {"answers": [{"text": "35", "aliases": "36"}]}, "aliases must be"),
        (GOOD | {"answers": [{"text": "35", "aliases": [""]}]}, "alias must be"),
        (GOOD | {"answers": [{"quantity": "很多"}]}, "holds no figures"),
        (GOOD | {"answers": [{"quantity": "many"}]}, "holds no figures"),
        (GOOD | {"answers": [{"quantity": "35 亿元或 40 亿元"}]}, "holds 2 figures"),
        *(
            (GOOD | {"answers": [{"quantity": "35 元", "tolerance": bad}]}, "tolerance is")
            for bad in (-0.1, 1, True, "1")
        ),
        (GOOD | {"answers": [{"quantity": "35 元", "tolerance": 10**400}]}, "too large"),
        (GOOD | {"must_cite": [""]}, "passage of must_cite must be"),
        (GOOD | {"must_cite": "投资 35 亿元。"}, "must_cite must be"),
        (GOOD | {"must_cite": ["一", ["二"]]}, "mixes"),
        (GOOD | {"must_cite": [["一"], []]}, "empty list"),
        (GOOD | {"must_cite": [[["一"]]]}, "passage of must_cite must be"),
        (GOOD | {"must_cite": [{"document": "年报.pdf"}]}, "passage of must_cite must be"),
        (GOOD | {"must_cite": [{"quote": "一", "page": 3}]}, "passage of must_cite must be"),
        (GOOD | {"must_cite": [{"quote": "一", "document": None}]}, "document of must_cite must be"),
        (GOOD | {"documents": []}, "documents is"),
        (GOOD | {"documents": [1]}, "one of documents must be"),
        (GOOD | {"difficulty": "very"}, "difficulty is 'very'"),
        (GOOD | {"tags": "draft"}, "tags must be"),
        (GOOD | {"tags": [1]}, "one of tags must be"),
        (GOOD | {"history": {}}, "history must be"),
        (GOOD | {"history": [{"question": "？"}]}, "turn of history must be"),
        (GOOD | {"history": [{"question": "", "answer": ""}]}, "question of history must be"),
        (GOOD | {"type": "follow_up"}, "history is empty"),
        (GOOD | {"id": "one\ntwo"}, "id must be on one line"),
        (GOOD | {"answerable": 1}, "answerable is 1"),
        (json.dumps(GOOD | {"question": "\ud800"}), "half a character"),
        ('{"id": "two", "id": "three"}', "key 'id' stands twice"),
        ('{"id": NaN}', "NaN"),
        ('{"id": 1e999}', "too large"),
        ('{"id": ' + "9" * 5000 + "}", "too large"),
        ('{"id": ' + "[" * 30 + "]" * 30 + "}", "nested deeper"),
        ('{"id": ' + "[" * 100_000, "nested deeper|is not JSON|Expecting"),
        (GOOD | {"id": 1}, "id must be"),
        (GOOD | {"question": " "}, "question must be"),
        (GOOD | {"answers": []}, "answers is empty"),
        (GOOD | {"answerable": False}, "answers must be left out"),
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


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, r"cases\.jsonl cannot be read"),
        (b"{}\n\xff\xfe\x00", r"cases\.jsonl:2 cannot be read"),
        (b"", r"cases\.jsonl:1: the file holds no case"),
        (b"\xef\xbb\xbf \r\n", r"cases\.jsonl:1: the file holds no case"),
    ],
    ids=["missing", "not UTF-8", "empty", "only space"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, problem):
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=problem):
        read_cases(path)


def test_every_line_is_examined(written):
    found = list(examine_cases(written(GOOD, "{", GOOD | {"id": "two"}, GOOD)))
    assert [type(each) for each in found] == [PlacedCase, CaseError, PlacedCase, CaseError]
    assert found[2].place.endswith("cases.jsonl:3")
    assert "cases.jsonl:4: the id 'one.zh' stands twice, first at" in str(found[3])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
LABELS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
ACCEPTED = st.one_of(
    st.builds(Accepted, TEXTS, st.lists(TEXTS).map(tuple)),
    st.builds(
        Accepted,
        st.sampled_from(["2000 亿美元", "US$200 billion", "约 30%", "2025 年 12 月"]),
        st.lists(TEXTS).map(tuple),
        st.just(True),
        st.floats(0, 1, exclude_max=True),
    ),
)
GROUPS = st.lists(
    st.lists(st.builds(MustCite, TEXTS, st.none() | TEXTS), min_size=1, max_size=3).map(tuple), max_size=3
).map(tuple)
CASES = st.builds(
    Case,
    id=LABELS,
    question=TEXTS,
    language=st.sampled_from(["zh", "en"]),
    type=st.sampled_from(["amount", "reason", "other"]),
    answerable=st.just(True),
    answers=st.lists(ACCEPTED, min_size=1, max_size=3).map(tuple),
    must_cite=GROUPS,
    documents=st.sampled_from(["both", "zh", "en"]) | st.lists(TEXTS, min_size=1).map(tuple),
    difficulty=st.sampled_from([None, "easy", "hard"]),
    history=st.lists(st.builds(Exchange, TEXTS, st.just("") | TEXTS)).map(tuple),
    tags=st.lists(TEXTS).map(tuple),
) | st.builds(
    Case,
    id=LABELS,
    question=TEXTS,
    language=st.sampled_from(["zh", "en"]),
    type=st.just("other"),
    answerable=st.just(False),
    must_cite=GROUPS,
    why_unanswerable=st.sampled_from([None, "missing_fact", "other_period"]),
)


@given(CASES)
def test_what_is_written_is_read_back(case):
    assert parse_case(load_object(json.dumps(case_json(case), ensure_ascii=False))) == case


def test_what_ships_is_written_as_it_is_read(shipped):
    for case in read_cases(shipped):
        assert parse_case(load_object(json.dumps(case_json(case)))) == case


def test_what_ships_is_valid(shipped):
    assert read_cases(shipped)


def test_what_must_be_cited_stands_word_for_word_in_the_documents(shipped):
    texts = texts_of(shipped)
    missing = [
        (case.id, passage)
        for case in read_cases(shipped)
        for passage in case.quotes
        if not any(passage in text for text in texts["both"])
    ]
    assert missing == []


def test_each_answerable_case_has_its_answer_in_the_documents_that_it_is_asked_of(shipped):
    texts = texts_of(shipped)
    missing = [
        case.id
        for case in read_cases(shipped)
        if case.answerable and not any(passage in text for passage in case.quotes for text in texts[case.documents])
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
