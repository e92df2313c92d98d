"""The suites that come with the program say what they mean to say: their labels agree with their documents."""

from collections import Counter, defaultdict

import pytest

from evals.accepted import answer_is_accepted
from evals.suite_folder import open_suite

# What a question is asked with differs between the languages; what is asked does not.
WORDING = {"traditional", "cantonese", "full-width", "mixed", "upper-case", "lower-case", "curly-quotes", "spelling"}
HOME_OF_TAG = {"chinese-only": "zh", "english-only": "en", "mixed-document": "mixed"}


@pytest.fixture(params=["article", "wetland"], scope="module")
def suite(request):
    return open_suite(request.param)


@pytest.fixture(scope="module")
def wetland():
    return open_suite("wetland")


def tagged(suite, tag):
    return [case for case in suite.cases if tag in case.tags]


def test_twins_ask_for_the_same(suite):
    by_name = defaultdict(list)
    for case in suite.cases:
        name, _, kind = case.id.partition(".")
        by_name[name, kind.replace("zh", "en") if "-" not in kind else "across"].append(case)
    differing = [
        name
        for (name, _), cases in by_name.items()
        if {case.language for case in cases} != {"zh", "en"}
        or len(cases) != 2
        or len({(c.type, c.answers, c.why_unanswerable, c.difficulty, len(c.history)) for c in cases}) != 1
        or len({frozenset(set(case.tags) - WORDING) for case in cases}) != 1
    ]
    assert differing == []


def test_what_must_be_cited_says_an_accepted_answer(suite):
    silent = [
        case.id
        for case in suite.cases
        if case.answerable and not answer_is_accepted("\n".join(case.quotes), case.answers)
    ]
    assert silent == []


def test_no_question_is_asked_twice(suite):
    asked = Counter((case.question, case.documents, case.history) for case in suite.cases)
    assert [question for question, times in asked.items() if times > 1] == []


def test_a_follow_up_has_turns_before_it_and_nothing_else_has(suite):
    assert [case.id for case in suite.cases if bool(case.history) != ("follow-up" in case.tags)] == []


def test_two_facts_have_to_be_cited_apart(suite):
    assert [case.id for case in tagged(suite, "two-facts") if case.answerable and len(case.must_cite) != 2] == []


@pytest.mark.parametrize(
    ("tag", "at_least"),
    [("follow-up", 20), ("two-facts", 10), ("paraphrase", 20), ("script", 16), ("typo", 14), ("near-miss", 24)],
)
def test_each_kind_is_there_in_number(suite, tag, at_least):
    assert len(tagged(suite, tag)) >= at_least


def test_every_kind_of_question_without_an_answer_is_there(suite):
    kinds = {case.why_unanswerable for case in suite.cases if not case.answerable}
    assert kinds == {"missing_fact", "false_premise", "other_subject", "other_period", "other_entity"}


def test_documents_are_in_both_languages_and_in_one(wetland):
    languages = Counter(document.language for document in wetland.documents)
    assert min(languages["zh"], languages["en"]) >= 3
    assert languages["mixed"] == 1


@pytest.mark.parametrize("tag", HOME_OF_TAG)
def test_a_tag_says_where_the_answer_stands(wetland, tag):
    language = {name: document.language for name, (document,) in wetland.files.items()}
    cited = {
        case.id: {language[passage.document] for group in case.must_cite for passage in group}
        for case in tagged(wetland, tag)
        if case.answerable
    }
    assert cited
    assert [name for name, found in cited.items() if found != {HOME_OF_TAG[tag]}] == []


def test_a_conflict_is_between_documents_unless_one_is_named(wetland):
    sources = {
        case.id: [{passage.document.partition(".")[0] for passage in group} for group in case.must_cite]
        for case in tagged(wetland, "conflict")
        if "attributed" not in case.tags
    }
    assert len(sources) >= 8
    assert [name for name, groups in sources.items() if len(groups) != 2 or groups[0] & groups[1]] == []
