"""Suites are folders: what is in them is found, and everything that is wrong with them is said, with its line."""

import json

import pytest

from evals.cases import CaseError
from evals.suite_folder import FEWER_IS_BETTER, MORE_IS_BETTER, examine_suite, open_suite, shipped_suites

ZH = "# 年报\n\n海源电池去年投资 35 亿元。利润是 4 亿元。\n"
EN = "# Annual report\n\nHaiyuan invested 3.5 billion yuan last year.\n"
CASE = {
    "id": "one",
    "question": "海源电池投资多少？",
    "language": "zh",
    "type": "amount",
    "answerable": True,
    "answers": [{"quantity": "35 亿元"}],
    "must_cite": ["海源电池去年投资 35 亿元。", {"document": "en/report.md", "quote": "Haiyuan invested 3.5 billion"}],
}


@pytest.fixture
def suite(tmp_path):
    """A good suite; what is given is written over it, None takes a file away."""

    def write(cases=(CASE,), settings='name = "reports"\n[gates]\nanswer_accuracy = 0.9\n', **files):
        folder = tmp_path / "mine"
        (folder / "documents" / "en").mkdir(parents=True)
        if settings is not None:
            (folder / "suite.toml").write_text(settings, "utf-8")
        (folder / "documents" / "年报.md").write_text(ZH, "utf-8")
        (folder / "documents" / "en" / "report.md").write_text(EN, "utf-8")
        (folder / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
        return folder

    return write


def problems_of(folder):
    return examine_suite(folder)[1]


def test_a_suite_is_opened_by_its_folder(suite):
    opened = open_suite(suite())
    assert (opened.name, opened.gates, opened.k) == ("reports", {"answer_accuracy": 0.9}, 5)
    assert [case.id for case in opened.cases] == ["one"]
    assert {name: [document.title for document in found] for name, found in opened.files.items()} == {
        "en/report.md": ["Annual report"],
        "年报.md": ["年报"],
    }


def test_the_shipped_suites_are_opened_by_name():
    assert "article" in shipped_suites()
    assert [open_suite(name).name for name in shipped_suites()] == shipped_suites()
    assert open_suite("article").gates


def test_a_case_is_asked_of_its_documents(suite):
    chosen = {"zh": ["年报"], "en": ["Annual report"], "both": ["Annual report", "年报"]}
    cases = [CASE | {"id": name, "documents": name} for name in chosen] + [
        CASE | {"id": "named", "documents": ["年报.md"]}
    ]
    opened = open_suite(suite(cases))
    found = {case.id: [document.title for document in opened.documents_of(case)] for case in opened.cases}
    assert found == chosen | {"named": ["年报"]}


def test_cases_may_be_in_several_files(suite):
    folder = suite()
    (folder / "more.jsonl").write_text(json.dumps(CASE | {"id": "two"}), "utf-8")
    assert [case.id for case in open_suite(folder).cases] == ["one", "two"]


def test_an_id_stands_once_in_all_files(suite):
    folder = suite()
    (folder / "more.jsonl").write_text("\n" + json.dumps(CASE), "utf-8")
    (problem,) = problems_of(folder)
    assert "more.jsonl:2: the id 'one' stands twice, first at" in problem
    assert "cases.jsonl:1; change one" in problem


def test_the_sample_articles_may_be_the_documents(tmp_path):
    (tmp_path / "suite.toml").write_text("sample = true\n", "utf-8")
    (tmp_path / "cases.jsonl").write_text(json.dumps(CASE | {"must_cite": []}), "utf-8")
    assert list(open_suite(tmp_path).files) == ["capex.zh.md", "capex.en.md"]


def test_documents_may_lie_elsewhere(suite, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "报告.txt").write_text(ZH, "utf-8")
    opened = open_suite(suite([CASE | {"must_cite": []}], 'documents = ["../shared", "documents/en/report.md"]\n'))
    assert list(opened.files) == ["报告.txt", "report.md"]


def test_every_problem_is_said_with_its_line(suite):
    missing = CASE | {"id": "two", "must_cite": ["海源电池去年投资 35 亿 元。", "Not there."]}
    unknown = CASE | {"id": "three", "must_cite": [{"document": "年报.pdf", "quote": "海源电池"}]}
    elsewhere = CASE | {"id": "four", "documents": "zh", "must_cite": ["Haiyuan invested"]}
    nameless = CASE | {"id": "five", "documents": ["年报.md", "budget.md"]}
    folder = suite([CASE, {"id": 1}, missing, unknown, elsewhere, nameless])
    (folder / "documents" / "empty.md").write_text("", "utf-8")
    problems = problems_of(folder)
    expected = [
        "empty.md",
        "cases.jsonl:2: the field question, language, type, answerable is missing",
        "cases.jsonl:3: must_cite has '海源电池去年投资 35 亿 元。', not word for word in any document",
        "cases.jsonl:3: must_cite has 'Not there.', not word for word",
        "cases.jsonl:4: must_cite names '年报.pdf', which the suite does not have; it has en/report.md, ",
        "cases.jsonl:5: no passage of group 1 of must_cite is in the documents it is asked of",
        "cases.jsonl:6: documents names 'budget.md', which the suite does not have",
    ]
    assert len(problems) == len(expected)
    assert all(words in problem for words, problem in zip(expected, problems, strict=True))
    assert not any("\n" in problem for problem in problems)
    with pytest.raises(CaseError, match="check` shows all 7 problems"):
        open_suite(folder)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (None, "has no suite.toml; start a suite with"),
        ("name = ", r"suite.toml cannot be read \(Invalid value \(at"),
        ("colour = 1", "no setting 'colour'"),
        ("name = 1", "name is 1, must be a text"),
        ("k = 0", "k is 0"),
        ("k = true", "k is True"),
        ("sample = 1", "sample is 1"),
        ('languages = ["fr"]', "languages is"),
        ("documents = [1]", "documents must be a list of texts"),
        ('documents = ["nowhere"]', "does not exist"),
        ("[gates]\ncolour = 0.5", "no gate 'colour'; gates are answer_accuracy"),
        ("[gates]\nanswer_accuracy = 80", "the gate answer_accuracy is 80"),
        ("[gates]\nanswer_accuracy = nan", "the gate answer_accuracy is nan"),
        ('[gates]\nanswer_accuracy = "0.8"', "the gate answer_accuracy is '0.8'"),
        ("gates = 0.8", "gates is 0.8, must be a table"),
        ("a = " + "[" * 5000, "cannot be read"),
    ],
)
def test_settings_that_cannot_be_meant_are_said(suite, settings, problem):
    with pytest.raises(CaseError, match=problem):
        open_suite(suite(settings=settings))


@pytest.mark.parametrize("gate", MORE_IS_BETTER + FEWER_IS_BETTER)
def test_every_gate_may_be_set(suite, gate):
    assert open_suite(suite(settings=f"[gates]\n{gate} = 1")).gates == {gate: 1.0}


def test_a_suite_without_cases_or_documents_is_no_suite(suite):
    assert "the suite has no case" in problems_of(suite([]))[0]


def test_a_language_without_a_document_is_said(suite):
    folder = suite([CASE | {"documents": "zh", "must_cite": []}])
    (folder / "documents" / "年报.md").unlink()
    assert "documents is zh, and the suite has none of that language" in problems_of(folder)[0]


def test_a_name_that_means_nothing_is_answered_with_those_that_do():
    with pytest.raises(CaseError, match=r"no suite 'none'.*article"):
        open_suite("none")
