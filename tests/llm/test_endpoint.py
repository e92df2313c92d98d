"""Against an endpoint that does everything wrong in turn: every outcome as designed, no cut answer whole."""

import json
import threading

import pytest

from rag.answer import Usage
from rag.answerer import AnswererUnavailable
from rag.question import understand
from rag.resilience import Breaker, RetryPolicy
from tests.llm.scripted_endpoint import (
    ANSWERS,
    EVIDENCE,
    KEY,
    QUESTIONS,
    SENTENCES,
    closed_port,
    draft,
    event,
    languages,
    sse,
    stream_of,
    wait_until,
)


def texts(sentences):
    return [sentence.text for sentence in sentences]


def is_free(answerer):
    """Whether no slot is taken."""
    return answerer._slots._free._value == answerer._model.streams


@languages
def test_a_whole_answer_is_its_sentences_with_what_they_name(endpoint, answerer_of, language):
    endpoint.script = [stream_of(ANSWERS[language])]
    answerer = answerer_of(endpoint.base_url, llm_prompt_price=2.0, llm_completion_price=5.0)
    sentences, end = draft(answerer, language)
    assert texts(sentences) == SENTENCES[language]
    chunks = [{item.hit.chunk.id for item in sentence.evidence} for sentence in sentences]
    assert chunks == [{"chunk0"}, {"chunk1"}]
    assert len(sentences[1].evidence) == 2
    assert (end.complete, end.refused, end.notes) == (True, False, ())
    assert end.usage == Usage(100, 20, pytest.approx(100 * 2e-6 + 20 * 5e-6))
    assert is_free(answerer)


def test_the_request_is_what_the_settings_say(endpoint, answerer_of):
    endpoint.script = [stream_of(ANSWERS["zh"])]
    draft(answerer_of(endpoint.base_url, llm_answer_tokens=77))
    [(path, headers, body)] = endpoint.requests
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["temperature"], body["max_tokens"], body["stream"]) == ("tiny", 0.0, 77, True)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


FAULTS = {  # what the endpoint does, and how often it is asked
    "before headers": (lambda it: it.hang(), 3),
    "before the first token": (lambda it: it.hang(b""), 3),
    "401": (lambda it: it.error(401, json.dumps({"error": {"message": f"bad key {KEY}"}}).encode()), 1),
    "403": (lambda it: it.error(403), 1),
    "404": (lambda it: it.error(404), 1),
    "redirect": (lambda it: it.error(302, Location="http://127.0.0.1:9/"), 1),
    "429": (lambda it: it.error(429), 3),
    "429 for long": (lambda it: it.error(429, Retry_After="3600"), 1),
    "500": (lambda it: it.error(500), 3),
    "503": (lambda it: it.error(503, Retry_After="1"), 3),
    "bad JSON": (lambda it: b"data: {'no': json\n\n", 3),
    "wrong JSON": (lambda it: sse({"choices": [{"delta": 7}]}, ["x"], 5), 3),
    "HTML": (lambda it: b"<html><body>data: Sign in</body></html>", 3),
    "an error in the stream": (lambda it: sse({"error": {"message": f"overloaded {KEY}"}}), 3),
    "empty": (lambda it: stream_of(""), 1),
    "blank": (lambda it: stream_of(" \n\u200b \n"), 1),
    "compressed": (lambda it: lambda handler: handler.head(Content_Encoding="gzip"), 3),
}


SHORT = {"llm_first_token_seconds": 0.3, "llm_token_seconds": 0.2}  # for an endpoint that falls silent


def limits(fault):
    return SHORT if fault in ("before headers", "before the first token", "by silence") else {}


def was_asked(endpoint, times):
    """Whether it had that many requests; one that it did not answer may come to its list after the client has left."""
    return wait_until(lambda: len(endpoint.requests) >= times) and len(endpoint.requests) == times


@pytest.mark.parametrize("fault", FAULTS)
def test_where_nothing_comes_the_draft_is_called_off(endpoint, answerer_of, fault):
    step, asked = FAULTS[fault]
    endpoint.script = [step(endpoint)]
    answerer = answerer_of(endpoint.base_url, **limits(fault))
    with pytest.raises(AnswererUnavailable) as caught:
        draft(answerer)
    assert was_asked(endpoint, asked)
    assert KEY not in repr((caught.value, caught.value.__cause__, caught.value.__context__))
    assert is_free(answerer)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"], ids=["refused", "DNS"])
def test_an_endpoint_that_is_not_there(answerer_of, host):
    answerer = answerer_of(f"http://{host}:{closed_port()}/v1")
    with pytest.raises(AnswererUnavailable):
        draft(answerer)
    assert len(answerer.pauses) == 2
    assert is_free(answerer)


def test_a_fault_that_passes_is_not_noticed(endpoint, answerer_of):
    endpoint.script = [endpoint.error(429, Retry_After="2"), endpoint.error(503), stream_of(ANSWERS["en"])]
    answerer = answerer_of(endpoint.base_url)
    sentences, end = draft(answerer, "en")
    assert (texts(sentences), end.complete) == (SENTENCES["en"], True)
    assert answerer.pauses[0] == 2.0
    assert 0 <= answerer.pauses[1] <= RetryPolicy().base * 2


def test_an_endpoint_that_refuses_to_count_is_not_asked_to_again(endpoint, answerer_of):
    endpoint.script = [endpoint.error(400), stream_of(ANSWERS["zh"])]
    answerer = answerer_of(endpoint.base_url)
    for _ in range(2):
        assert draft(answerer)[1].complete
    assert ["stream_options" in body for _, _, body in endpoint.requests] == [True, False, False]


UNFINISHED = "还有一句没有说完的话，它比切句时要往后看的十六个字还要长一些"
CUTS = {
    "at its limit": lambda it, good: good.replace(b'"stop"', b'"length"'),
    "filtered": lambda it, good: good.replace(b'"stop"', b'"content_filter"'),
    "without an end": lambda it, good: good.replace(b'"stop"', b"null"),
    "done without a reason": lambda it, good: sse(event(ANSWERS["zh"] + UNFINISHED), "[DONE]"),
    "by an error": lambda it, good: sse(
        event(ANSWERS["zh"] + UNFINISHED),
        {"error": {"message": "x"}},
    ),
    "by silence": lambda it, good: it.hang(sse(event(ANSWERS["zh"] + UNFINISHED))),
}


@pytest.mark.parametrize("cut", CUTS)
def test_an_answer_that_breaks_off_is_not_complete(endpoint, answerer_of, cut):
    endpoint.script = [CUTS[cut](endpoint, stream_of(ANSWERS["zh"] + UNFINISHED))]
    answerer = answerer_of(endpoint.base_url, **limits(cut))
    sentences, end = draft(answerer)
    assert texts(sentences) == SENTENCES["zh"]  # the words without an end are dropped
    assert not end.complete
    assert is_free(answerer)


def outcome(answerer, language):
    try:
        sentences, end = draft(answerer, language)
    except AnswererUnavailable:
        return [], None
    return texts(sentences), end


def cut_stream(language):
    return stream_of(ANSWERS[language], size=9)


@languages
def test_a_stream_cut_anywhere_is_never_whole(endpoint, answerer_of, language):
    """Every 37th byte here; every byte in the long test."""
    whole = cut_stream(language)
    said = whole.index(b'"stop"')
    answerer = answerer_of(endpoint.base_url, policy=RetryPolicy(tries=1), breaker=Breaker(limit=10**6))
    for at in range(0, len(whole), 37):
        endpoint.script = [whole[:at]]
        sentences, end = outcome(answerer, language)
        assert sentences == SENTENCES[language][: len(sentences)]
        if end and end.complete:
            assert at > said
            assert sentences == SENTENCES[language]
    assert is_free(answerer)


@pytest.mark.parametrize("text", ["𠮷野家投资 35 亿元。🙂好", "naïve café €35 — 海源 plant"])
def test_a_character_split_between_packets_is_whole(endpoint, answerer_of, text):
    data = stream_of(text, size=100)
    start, end = data.index(text[0].encode()), data.index(text[-1].encode()) + 4
    answerer = answerer_of(endpoint.base_url)
    for at in range(start, end):

        def step(handler, at=at):
            handler.stream(data[:at])
            handler.wfile.flush()
            handler.wfile.write(data[at:])

        endpoint.script = [step]
        sentences, _ = draft(answerer, "zh" if "𠮷" in text else "en")
        assert " ".join(texts(sentences)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("asked", ["zh", "en"])
def test_the_wrong_language_is_asked_for_again(endpoint, answerer_of, asked):
    other = {"zh": "en", "en": "zh"}[asked]
    endpoint.script = [stream_of(ANSWERS[other]), stream_of(ANSWERS[asked])]
    sentences, end = draft(answerer_of(endpoint.base_url), asked)
    assert (texts(sentences), end.notes) == (SENTENCES[asked], ())
    first, second = (body["messages"][1]["content"] for _, _, body in endpoint.requests)
    assert len(second) > len(first)


@pytest.mark.parametrize("asked", ["zh", "en"])
def test_a_language_that_stays_wrong_is_noted(endpoint, answerer_of, asked):
    other = {"zh": "en", "en": "zh"}[asked]
    endpoint.script = [stream_of(ANSWERS[other])]
    sentences, end = draft(answerer_of(endpoint.base_url), asked)
    assert (texts(sentences), end.notes) == (SENTENCES[other], ("wrong_language",))
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("answer", ["Andy Jassy [1].", "“Haiyuan will spend it on this”，林晓这样说。", "US$200bn。"])
def test_names_and_quotes_are_in_either_language(endpoint, answerer_of, answer):
    endpoint.script = [stream_of(answer)]
    assert draft(answerer_of(endpoint.base_url))[1].notes == ()
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("answer", ["NO_ANSWER", "NO_ANSWER.", "**NO_ANSWER**\n\nThe passages do not say it at all."])
def test_a_model_may_find_no_answer(endpoint, answerer_of, answer):
    endpoint.script = [stream_of(answer)]
    sentences, end = draft(answerer_of(endpoint.base_url))
    assert (sentences, end.refused, end.complete) == ([], True, True)


def test_no_answer_behind_an_answer_is_left_out(endpoint, answerer_of):
    endpoint.script = [stream_of(ANSWERS["zh"] + "\nNO_ANSWER")]
    sentences, end = draft(answerer_of(endpoint.base_url))
    assert (texts(sentences), end.refused, end.complete) == (SENTENCES["zh"], False, True)


@pytest.mark.parametrize("again", ["海源电池宣布建厂。", "海源，", "啊", "It grows. ", "a b "])
def test_an_endless_loop_is_left(endpoint, answerer_of, again):
    def step(handler):
        handler.head()
        for _ in range(1_000_000):
            handler.wfile.write(sse(event(again)))

    endpoint.script = [sse(event("海源电池投资建厂。")), step]
    endpoint.script = [step]
    answerer = answerer_of(endpoint.base_url, policy=RetryPolicy(tries=1))
    _, end = outcome(answerer, "zh")
    assert end is None or not end.complete
    assert wait_until(endpoint.gone.is_set)
    assert is_free(answerer)


def test_a_line_of_100_mb_is_not_read(endpoint, answerer_of):
    sent = []

    def step(handler):
        handler.head()
        handler.wfile.write(b"data: ")
        for _ in range(1_600):
            handler.wfile.write(b"x" * 65_536)
            sent.append(65_536)

    endpoint.script = [step]
    answerer = answerer_of(endpoint.base_url, policy=RetryPolicy(tries=1))
    with pytest.raises(AnswererUnavailable, match="ReadError"):
        draft(answerer)
    assert wait_until(endpoint.gone.is_set)
    assert sum(sent) < 30_000_000
    assert is_free(answerer)


def test_what_drips_ends_with_the_answer_s_time(endpoint, answerer_of):
    def step(handler):
        handler.head()
        while not endpoint.finished.wait(0.02):
            handler.wfile.write(b": still here\n\n")

    endpoint.script = [step]
    with pytest.raises(AnswererUnavailable):
        draft(answerer_of(endpoint.base_url, policy=RetryPolicy(tries=1), llm_answer_seconds=1.0))
    assert wait_until(endpoint.gone.is_set)


def test_closing_a_draft_closes_the_connection_and_frees_the_slot(endpoint, answerer_of):
    def step(handler):
        handler.head()
        number = 0
        while True:
            number += 1
            handler.wfile.write(sse(event(f"第 {number} 年海源电池的产量又增加了一些。")))

    endpoint.script = [step]
    answerer = answerer_of(endpoint.base_url, llm_streams=1)
    events = answerer.draft(understand(QUESTIONS["zh"]), EVIDENCE["zh"])
    next(events)
    assert not is_free(answerer)
    events.close()
    assert is_free(answerer)
    assert wait_until(endpoint.gone.is_set)


def test_where_every_slot_is_taken_the_draft_is_called_off(endpoint, answerer_of):
    endpoint.script = [stream_of(ANSWERS["zh"])]
    answerer = answerer_of(endpoint.base_url, llm_streams=1, llm_answer_seconds=0.5)
    with answerer._slots.taken(0), pytest.raises(AnswererUnavailable, match="busy"):
        draft(answerer)
    assert endpoint.requests == []


def test_the_breaker_spares_an_endpoint_that_fails(endpoint, answerer_of):
    now = [0.0]
    breaker = Breaker(limit=3, rest=30, clock=lambda: now[0])
    endpoint.script = [endpoint.error(500)]
    answerer = answerer_of(endpoint.base_url, breaker=breaker)
    for _ in range(2):
        with pytest.raises(AnswererUnavailable):
            draft(answerer)
    assert len(endpoint.requests) == 3
    now[0] = 31.0
    endpoint.script = [stream_of(ANSWERS["zh"])]
    assert draft(answerer)[1].complete


def test_threads_share_an_answerer(endpoint, answerer_of):
    endpoint.script = [stream_of(ANSWERS["zh"])]
    answerer = answerer_of(endpoint.base_url, llm_streams=2)
    results = []
    threads = [threading.Thread(target=lambda: results.append(draft(answerer)[1].complete)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 6
    assert is_free(answerer)


@pytest.mark.torture
@pytest.mark.timeout(1200)
@languages
def test_a_stream_cut_at_every_byte_is_never_whole(endpoint, answerer_of, language):
    whole, failures = cut_stream(language), 0
    answerer = answerer_of(endpoint.base_url, policy=RetryPolicy(tries=1), breaker=Breaker(limit=10**6))
    for at in range(len(whole)):
        endpoint.script = [whole[:at]]
        sentences, end = outcome(answerer, language)
        failures += bool(end and end.complete and sentences != SENTENCES[language])
    n = len(whole)
    print(json.dumps({"id": f"stream-cut-{language}", "n": n, "failures": failures, "upper95": round(3 / n, 5)}))
    assert failures == 0


@pytest.mark.torture
@pytest.mark.timeout(1200)
def test_every_fault_twenty_times(endpoint, answerer_of):
    failures = n = 0
    for fault, (step, asked) in FAULTS.items():
        for _ in range(20):
            endpoint.requests.clear()
            endpoint.script = [step(endpoint)]
            answerer = answerer_of(endpoint.base_url, **limits(fault))
            _, end = outcome(answerer, "zh")
            n += 1
            failures += not (end is None and was_asked(endpoint, asked) and is_free(answerer))
    print(json.dumps({"id": "endpoint-faults", "n": n, "failures": failures, "upper95": round(3 / n, 5)}))
    assert failures == 0
