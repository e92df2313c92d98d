"""One contract for every contender that is installed: what was added is found, by another object, at its place."""

import pytest

from evals.bench.clock import Clock, Timed
from evals.bench.contender import CONTENDERS, load_contender, why_missing
from index.embedding import HashingEmbedder

TEXTS = {
    "en": "The harbour of Lindhaven was dredged to fourteen metres in 2019.",
    "zh": "澜江市地铁六号线的首班列车从西塘站驶出。",
    "mixed": "展厅的导览由 FAISS 检索支持，audio guides are free.",
}
MORE = [f"Note {number}: the committee met and adjourned without a vote." for number in range(12)]
ALL = [*MORE[:6], *TEXTS.values(), *MORE[6:]]
WORDS_ALONE = {name for name, entry in CONTENDERS.items() if not entry.embeds}

pytestmark = pytest.mark.filterwarnings("default")  # what other programs warn of is not ours


@pytest.fixture(params=list(CONTENDERS), scope="module")
def name(request):
    if reason := why_missing(request.param):
        pytest.skip(reason)
    return request.param


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def contender(name, clock, tmp_path_factory):
    """A contender over texts that another object has added."""
    folder = tmp_path_factory.mktemp(name)
    embedder = Timed(HashingEmbedder(), clock, {"embed_question": "embed", "embed_passages": "embed"})
    load_contender(name)(folder, embedder, clock).add(iter(ALL))
    return load_contender(name)(folder, embedder, clock)


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_found_by_itself(contender, name, language):
    if language != "en" and name in WORDS_ALONE:
        pytest.skip("its words are those of English: a clause of Chinese is one of them")
    assert contender.search(TEXTS[language], 3)[0] == ALL.index(TEXTS[language])


def test_places_are_of_texts_and_differ(contender):
    found = contender.search("Did the committee meet in the harbour?", 5)
    assert 0 < len(found) <= 5
    assert len(set(found)) == len(found)
    assert set(found) <= set(range(len(ALL)))


def test_more_may_be_asked_for_than_there_is(contender):
    assert ALL.index(TEXTS["en"]) in contender.search(TEXTS["en"], 100)


def test_a_question_of_unknown_words_is_no_error(contender):
    assert len(contender.search("zyxwv qqqq 鬱", 3)) <= 3


def test_what_it_embeds_is_timed(contender, name, clock):
    clock.take()
    contender.search(TEXTS["en"], 3)
    assert ("embed" in clock.take()) == CONTENDERS[name].embeds


def test_only_this_program_answers_without_a_language_model(contender, name):
    answer = contender.answer("How deep was the harbour of Lindhaven dredged?")
    assert (answer is not None) == (name == "tongwen")
