"""The answerer over a language model that follows a script: tries, notes, slots, and what each sentence may rest on."""

from contextlib import suppress

import pytest

from index.schema import Chunk, Hit
from rag.answer import Usage
from rag.answerer import AnswererUnavailable, DraftEnd, DraftSentence
from rag.evidence import Evidence, Signals
from rag.llm import Delta, ModelFault
from rag.llm_answerer import LlmAnswerer
from rag.passages import NO_ANSWER
from rag.question import understand
from rag.resilience import Breaker, RetryPolicy
from rag.settings import Settings

QUESTIONS = {"zh": "工厂有多少名员工？", "en": "How many people does the plant employ?"}
SAID = {"zh": "工厂里一共有三百名员工。", "en": "The plant employs three hundred people."}
OTHER = {"zh": "en", "en": "zh"}
STOP = Delta("", "stop")
languages = pytest.mark.parametrize("language", QUESTIONS)


class ScriptedModel:
    """Plays one script for each stream: texts and pieces are said, faults are raised. The last one is repeated."""

    name = "scripted:model"

    def __init__(self, *scripts, streams=4):
        self.scripts = scripts
        self.streams = streams
        self.prompts = []
        self.played = []  # held, so that none is closed by being forgotten
        self.closed = 0

    def count_tokens(self, text):
        return len(text)

    def stream(self, system, user, clock):
        script = self.scripts[min(len(self.prompts), len(self.scripts) - 1)]
        self.prompts.append((system, user))
        self.played.append(self._played(script))
        return self.played[-1]

    def _played(self, script):
        try:
            for step in script:
                if isinstance(step, ModelFault):
                    raise step
                yield Delta(step) if isinstance(step, str) else step
        finally:
            self.closed += 1


def evidence(chunk, text="工厂有三百名员工。The plant employs 300."):
    hit = Hit(Chunk(chunk, "document", 0, len(text), (), "mixed", text), chunk, 1.0, 0.5, 1, 0.5, 1)
    return Evidence(hit, 0, len(text), Signals(*[0.0] * len(Signals._fields)), 1.0, {})


EVIDENCE = [evidence("first"), evidence("second"), evidence("third")]


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def answerer_of(pauses):
    def make(*scripts, streams=4, breaker=None, policy=None, **values):
        settings = Settings(
            **{"llm_context_tokens": 100_000} | {f"llm_{name}": value for name, value in values.items()}
        )
        model = ScriptedModel(*scripts, streams=streams)
        return LlmAnswerer(model, settings, policy=policy, breaker=breaker, sleep=pauses.append)

    return make


def draft(answerer, language="zh"):
    """The texts of the sentences, and the end."""
    *sentences, end = answerer.draft(understand(QUESTIONS[language]), EVIDENCE)
    assert all(isinstance(sentence, DraftSentence) and sentence.role == "prose" for sentence in sentences)
    return [sentence.text for sentence in sentences], end


@languages
def test_sentences_come_with_the_evidence_of_the_passages_that_they_name(answerer_of, language):
    answerer = answerer_of([f"{SAID[language]} [2] {SAID[language][:-1]} [1, 3]", STOP])
    first, second, end = answerer.draft(understand(QUESTIONS[language]), EVIDENCE)
    assert [item.hit.title for item in first.evidence] == ["second"]
    assert [item.hit.title for item in second.evidence] == ["first", "third"]
    assert (first.paragraph, second.paragraph, end) == (True, False, DraftEnd())


@pytest.mark.parametrize("marker", ["", " [9]", " [0]", " [999]"])
@languages
def test_a_sentence_that_names_no_passage_of_the_list_may_rest_on_any(answerer_of, language, marker):
    sentence, _ = answerer_of([SAID[language] + marker, STOP]).draft(understand(QUESTIONS[language]), EVIDENCE)
    assert (sentence.text, list(sentence.evidence)) == (SAID[language], EVIDENCE)


def test_a_number_outside_the_list_adds_nothing_to_one_inside(answerer_of):
    sentence, _ = answerer_of([f"{SAID['zh']}[2][9]", STOP]).draft(understand(QUESTIONS["zh"]), EVIDENCE)
    assert list(sentence.evidence) == EVIDENCE[1:2]


@languages
def test_an_answer_in_the_other_language_is_asked_for_again(answerer_of, language):
    answerer = answerer_of([SAID[OTHER[language]], STOP], [SAID[language], STOP])
    assert draft(answerer, language) == ([SAID[language]], DraftEnd())
    first, second = (user.splitlines()[-1] for _, user in answerer._model.prompts)
    assert QUESTIONS[language] in first
    assert {"zh": "必须用中文", "en": "in English"}[language] in second
    assert answerer._model.closed == 2


@languages
def test_an_answer_in_the_other_language_twice_is_given_and_noted(answerer_of, language):
    wrong = SAID[OTHER[language]]
    answerer = answerer_of([wrong, STOP])
    assert draft(answerer, language) == ([wrong], DraftEnd(notes=("wrong_language",)))
    assert len(answerer._model.prompts) == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "工厂由 Haiyuan Batteries Inc. 经营，员工共有三百人。"),
        ("en", 'The plant of Haiyuan (海源电池有限公司) employs "三百名员工" people.'),
        ("zh", "《Annual Report of Haiyuan Batteries》称员工有三百人。"),
        ("en", "300 [1]."),
        ("zh", "３００ 名。"),
        ("zh", "工廠裡一共有三百名員工。"),
    ],
)
def test_names_and_quotations_of_the_other_language_are_no_reason_to_ask_again(answerer_of, language, said):
    answerer = answerer_of([said, STOP])
    _, end = draft(answerer, language)
    assert (end.notes, len(answerer._model.prompts)) == ((), 1)


@pytest.mark.parametrize("written", [NO_ANSWER, f"{NO_ANSWER}.", f" **{NO_ANSWER}**\n", f"{NO_ANSWER} [1]"])
@languages
def test_a_model_may_find_no_answer(answerer_of, language, written):
    assert draft(answerer_of([*written, STOP]), language) == ([], DraftEnd(refused=True))


@languages
def test_no_answer_behind_an_answer_is_no_refusal(answerer_of, language):
    assert draft(answerer_of([f"{SAID[language]}\n{NO_ANSWER}", STOP]), language) == ([SAID[language]], DraftEnd())


@languages
def test_thoughts_are_not_shown_wherever_they_are_cut(answerer_of, language):
    said = SAID[language]
    text = f"\n<think>Hm. {SAID[OTHER[language]]}</thin k>\n</think>\n\n{said}"
    for position in range(len(text)):
        assert draft(answerer_of([text[:position], text[position:], STOP]), language) == ([said], DraftEnd())
    assert draft(answerer_of([*text, STOP]), language) == ([said], DraftEnd())


@pytest.mark.parametrize("begun", ["<", "<thi", "<thinly"])
def test_what_only_begins_like_a_thought_is_text(answerer_of, begun):
    texts, _ = draft(answerer_of([*f"{begun} 工厂里有三百名员工。", STOP]))
    assert texts == [f"{begun} 工厂里有三百名员工。"]


@pytest.mark.parametrize(
    "script",
    [[STOP], ["", STOP], [" \n", STOP], ["…。", STOP], ["[1]", STOP], ["<think>想啊想", STOP]],
    ids=["nothing", "empty", "blank", "points", "marker", "thoughts"],
)
def test_a_model_that_says_nothing_is_unavailable_and_not_asked_again(answerer_of, pauses, script):
    answerer = answerer_of(script)
    with pytest.raises(AnswererUnavailable, match="empty answer"):
        draft(answerer)
    assert (len(answerer._model.prompts), pauses) == (1, [])


@pytest.mark.parametrize("end", [[], [Delta("", "cut")], [ModelFault("cut", again=True)]], ids=["none", "limit", "cut"])
@languages
def test_a_stream_that_broke_off_is_not_complete_and_its_last_words_are_dropped(answerer_of, pauses, language, end):
    begun = {"zh": "它的产能是每年十二万组电池，以及每年", "en": "Its capacity of battery packs is"}[language]
    answerer = answerer_of([f"{SAID[language]} {begun}", *end])
    assert draft(answerer, language) == ([SAID[language]], DraftEnd(complete=False))
    assert (len(answerer._model.prompts), pauses) == (1, [])


@languages
def test_every_cut_of_an_answer_shows_whole_sentences_and_is_not_complete(answerer_of, language):
    text = f"{SAID[language]} [1]\n" * 2
    for position in range(len(text)):
        answerer = answerer_of([text[:position]])
        try:
            texts, end = draft(answerer, language)
        except AnswererUnavailable:
            assert position <= len(SAID[language]) + len(" [1]")
            continue
        assert set(texts) == {SAID[language]}
        assert not end.complete


@languages
def test_a_model_that_repeats_itself_is_cut(answerer_of, language):
    answerer = answerer_of([*[f"{SAID[language]} "] * 1000, STOP])
    assert draft(answerer, language) == ([SAID[language]] * 2, DraftEnd(complete=False))
    assert answerer._model.closed == 1


@languages
def test_a_failing_model_is_tried_three_times_with_pauses(answerer_of, pauses, language):
    away = [ModelFault("away", again=True)]
    answerer = answerer_of(away, away, [SAID[language], STOP])
    assert draft(answerer, language) == ([SAID[language]], DraftEnd())
    assert len(pauses) == 2
    assert 0 <= pauses[0] <= 0.5
    assert 0 <= pauses[1] <= 1.0


def test_after_three_tries_the_model_is_unavailable_by_its_name(answerer_of, pauses):
    answerer = answerer_of([ModelFault("away", again=True)])
    with pytest.raises(AnswererUnavailable, match=r"scripted:model did not answer \(away\)"):
        draft(answerer)
    assert (len(answerer._model.prompts), len(pauses)) == (3, 2)


def test_words_that_were_not_whole_are_forgotten_with_their_try(answerer_of):
    answerer = answerer_of(["这半", ModelFault("cut", again=True)], [SAID["zh"], STOP])
    assert draft(answerer) == ([SAID["zh"]], DraftEnd())


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (ModelFault("busy", again=True, retry_after="2.5"), [2.5]),
        (ModelFault("busy", again=True, retry_after="3600"), []),
        (ModelFault("no key", again=False), []),
    ],
    ids=["soon", "in an hour", "never"],
)
def test_what_the_endpoint_asks_for_is_waited_for(answerer_of, pauses, fault, waited):
    answerer = answerer_of([fault], [SAID["zh"], STOP])
    if waited:
        assert draft(answerer) == ([SAID["zh"]], DraftEnd())
    else:
        with pytest.raises(AnswererUnavailable, match=str(fault)):
            draft(answerer)
    assert pauses == waited


@pytest.fixture
def breaker():
    return Breaker(limit=2, rest=30, clock=lambda: 1000.0)


def test_a_model_that_failed_repeatedly_is_left_alone(answerer_of, breaker):
    answerer = answerer_of([ModelFault("away", again=False)], breaker=breaker)
    for _ in range(2):
        with pytest.raises(AnswererUnavailable, match="did not answer"):
            draft(answerer)
    with pytest.raises(AnswererUnavailable, match="several times in a row"):
        draft(answerer)
    with pytest.raises(ModelFault, match="several times"):
        answerer.complete("说完整")
    assert len(answerer._model.prompts) == 2


def test_the_one_that_a_half_open_breaker_lets_through_may_be_asked_for_its_language(answerer_of):
    now = [1000.0]
    breaker = Breaker(limit=1, rest=30, clock=lambda: now[0])
    breaker.failed()
    now[0] += 30
    answerer = answerer_of([SAID["en"], STOP], [SAID["zh"], STOP], breaker=breaker)
    assert draft(answerer) == ([SAID["zh"]], DraftEnd())
    assert breaker.allows()


@pytest.mark.parametrize("end", [[ModelFault("cut", again=True)], []], ids=["fault", "no end"])
@languages
def test_a_stream_that_breaks_off_counts_for_the_breaker(answerer_of, breaker, language, end):
    answerer = answerer_of([f"{SAID[language]}\n", "…", *end], breaker=breaker)
    for _ in range(2):
        assert draft(answerer, language) == ([SAID[language]], DraftEnd(complete=False))
    with pytest.raises(AnswererUnavailable, match="several times in a row"):
        draft(answerer, language)


@pytest.mark.parametrize(
    "script",
    [
        [SAID["zh"], STOP],
        [f"{SAID['zh']}\n", Delta("还有", "cut")],
        [f"{SAID['zh']}\n"] * 5,
        [NO_ANSWER, "。\n还有", ModelFault("cut", again=True)],
        [SAID["en"], STOP],
    ],
    ids=["answer", "limit", "loop", "refusal", "wrong language"],
)
def test_a_stream_that_is_left_for_what_it_says_is_no_failure(answerer_of, script):
    breaker = Breaker(limit=2, rest=30, clock=lambda: 1000.0)
    breaker.failed()
    draft(answerer_of(script, breaker=breaker))
    breaker.failed()
    assert breaker.allows()


def test_a_draft_that_its_reader_closes_is_neither_failure_nor_success(answerer_of, breaker):
    answerer = answerer_of([f"{SAID['zh']}\n", "还有很多要说。" * 50, ModelFault("cut", again=True)], breaker=breaker)
    breaker.failed()
    for _ in range(3):
        events = answerer.draft(understand(QUESTIONS["zh"]), EVIDENCE)
        assert next(events).text == SAID["zh"]
        events.close()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()


def test_short_texts_count_for_the_breaker_as_well(answerer_of, breaker):
    assert answerer_of(["海源电池的员工有多少？"], breaker=breaker).complete("?").text == "海源电池的员工有多少？"
    failing = answerer_of([ModelFault("away", again=True)], breaker=breaker)
    for _ in range(2):
        with pytest.raises(ModelFault, match="away"):
            failing.complete("?")
    assert not breaker.allows()


def test_closing_a_draft_ends_the_model_and_frees_its_slot(answerer_of):
    answerer = answerer_of([SAID["zh"] + "\n", *"还有很多要说。" * 50, STOP], streams=1, answer_seconds=0.01)
    events = answerer.draft(understand(QUESTIONS["zh"]), EVIDENCE)
    assert next(events).text == SAID["zh"]
    with pytest.raises(AnswererUnavailable, match="busy"):
        draft(answerer)
    events.close()
    assert answerer._model.closed == 1
    assert next(answerer.draft(understand(QUESTIONS["zh"]), EVIDENCE)).text == SAID["zh"]


@pytest.mark.parametrize(
    "script",
    [[SAID["zh"], STOP], [SAID["zh"]], [SAID["en"], STOP], [NO_ANSWER, STOP], [STOP], [ModelFault("away", again=True)]],
    ids=["answer", "cut", "wrong language", "refusal", "nothing", "fault"],
)
def test_no_outcome_keeps_a_slot(answerer_of, script):
    answerer = answerer_of(script, streams=1, answer_seconds=0.01)
    with suppress(AnswererUnavailable):
        draft(answerer)
    assert answerer._model.prompts
    with answerer._slots.taken(0) as taken:
        assert taken


@pytest.mark.parametrize(
    ("prices", "reported", "usage"),
    [
        ((None, None), (), None),
        ((2.0, 8.0), (), None),
        ((None, None), (1200, 50), Usage(1200, 50, None)),
        ((2.0, 8.0), (1_000_000, 500_000), Usage(1_000_000, 500_000, 6.0)),
        ((2.0, 8.0), (None, 500_000), Usage(None, 500_000, None)),
    ],
    ids=["neither", "prices alone", "tokens alone", "both", "half"],
)
def test_tokens_and_their_cost_are_given_where_they_are_known(answerer_of, prices, reported, usage):
    script = [SAID["zh"], STOP, *([Delta("", None, *reported)] if reported else [])]
    _, end = draft(answerer_of(script, prompt_price=prices[0], completion_price=prices[1]))
    assert end == DraftEnd(usage=usage)


def test_tokens_that_are_counted_on_are_given_as_they_were_last(answerer_of):
    _, end = draft(answerer_of([Delta(SAID["zh"], None, 10, 1), Delta("", "stop", 10, 7)]))
    assert end.usage == Usage(10, 7)


@pytest.mark.parametrize(
    ("wrong", "usage"),
    [
        ([Delta("", "stop"), Delta("", None, 100, 9)], Usage(220, 16, pytest.approx(220 * 2e-6 + 16 * 8e-6))),
        ([Delta("\n", None, 100, 9), "…", STOP], Usage(220, 16, pytest.approx(220 * 2e-6 + 16 * 8e-6))),
        (["\n", "…", STOP, Delta("", None, 100, 9)], None),  # it was left by then
        ([Delta("", "stop"), Delta("", None, 100)], Usage(220, None, None)),
        ([STOP], None),
    ],
    ids=["at its end", "all along", "too late", "half", "nothing"],
)
@languages
def test_a_try_in_the_wrong_language_is_paid_for_as_well(answerer_of, language, wrong, usage):
    right = [SAID[language], STOP, Delta("", None, 120, 7)]
    answerer = answerer_of([SAID[OTHER[language]], *wrong], right, prompt_price=2.0, completion_price=8.0)
    assert draft(answerer, language) == ([SAID[language]], DraftEnd(usage=usage))


@languages
def test_passages_keep_to_the_context_of_the_model(answerer_of, language):
    ample = answerer_of([SAID[language], STOP])
    draft(ample, language)
    whole = sum(map(len, ample._model.prompts[0]))
    answerer = answerer_of([SAID[language], STOP], context_tokens=whole + ample._settings.llm_answer_tokens)
    draft(answerer, language)
    (prompt,) = answerer._model.prompts
    assert whole > sum(map(len, prompt))
    assert "[1]\n<<<" in prompt[1]
    assert "[3]\n<<<" not in prompt[1]


def test_where_no_passage_fits_the_setting_is_named(answerer_of):
    answerer = answerer_of([SAID["zh"], STOP], context_tokens=300)
    with pytest.raises(AnswererUnavailable, match="TONGWEN_LLM_CONTEXT_TOKENS"):
        draft(answerer)
    assert not answerer._model.prompts


def test_the_answerer_is_named_as_its_model_was_set(answerer_of):
    assert answerer_of([STOP], policy=RetryPolicy(tries=1)).name == "scripted:model"
