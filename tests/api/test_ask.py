"""Asking and searching: the object of the command line, whole or as events."""

import json
import threading

import anyio
import httpx
import pytest
from serving import served
from starlette.testclient import TestClient

from rag.answer import Exchange
from rag.answer_json import answer_json
from rag.answerer import AnswererUnavailable
from ui.api.app import build_api
from ui.api.nouns import AnswerObject, SearchObject
from ui.contract import search_json

UNANSWERED = "Who won the chess match in Reykjavik?"
FOLLOW_UPS = [("亚马逊的资本支出是多少？", "为什么？"), ("What is Amazon's capex?", "Why?")]


def test_an_answer_is_that_of_every_door(client, assistant, question, untimed):
    got = client.post("/api/v1/ask", json={"question": question})
    assert got.status_code == 200
    assert untimed(got.json()) == untimed(json.loads(json.dumps(answer_json(assistant.ask(question)))))
    assert got.json()["citations"]


def test_every_field_of_an_answer_is_documented(assistant, question):
    for asked in (question, UNANSWERED):
        AnswerObject.model_validate(answer_json(assistant.ask(asked)))


@pytest.mark.parametrize("how", [{"json": {"stream": True}}, {"headers": {"accept": "text/event-stream"}}])
def test_the_events_end_with_the_same_answer(client, assistant, question, events, untimed, how):
    body = {"question": question} | how.get("json", {})
    got = client.post("/api/v1/ask", json=body, headers=how.get("headers"))
    assert got.headers["content-type"] == "text/event-stream; charset=utf-8"
    *pieces, (name, last) = events(got.text)
    answer = json.loads(last)
    assert {event for event, _ in pieces} == {"sentence"}
    assert name == "answer"
    assert "".join(json.loads(data)["text"] for _, data in pieces) == answer["answer"]
    assert untimed(answer) == untimed(json.loads(json.dumps(answer_json(assistant.ask(question)))))


def test_what_the_body_says_of_streaming_counts_more_than_the_header(client):
    got = client.post(
        "/api/v1/ask", json={"question": UNANSWERED, "stream": False}, headers={"accept": "text/event-stream"}
    )
    assert got.json()["refused"] is True


@pytest.mark.parametrize(("first", "then"), FOLLOW_UPS)
def test_a_follow_up_is_asked_with_its_history(client, assistant, first, then):
    turn = Exchange(first, assistant.ask(first).text)
    got = client.post(
        "/api/v1/ask", json={"question": then, "history": [{"question": turn.question, "answer": turn.answer}]}
    )
    assert got.json()["standalone"] == assistant.ask(then, [turn]).standalone != then


def test_passages_are_those_of_the_command_line(client, assistant, question):
    got = client.post("/api/v1/search", json={"question": question, "k": 3}).json()
    assert got == json.loads(json.dumps(search_json(question, assistant.search(question, 3), None)))
    assert len(SearchObject.model_validate(got).hits) == 3


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_of_no_letter_is_refused_before_anything_is_sent(client, stream):
    got = client.post("/api/v1/ask", json={"question": "？！", "stream": stream})
    assert got.status_code == 422
    assert got.json()["code"] == "question_unusable"


def test_a_model_that_is_away_is_told_with_a_time_to_come_back(assistant, scripted_by):
    scripted = scripted_by(AnswererUnavailable("the model is away; try again"))
    got = TestClient(build_api(scripted)).post("/api/v1/ask", json={"question": "why"})
    assert (got.status_code, got.json()["code"]) == (503, "answerer_unavailable")
    assert int(got.headers["retry-after"]) > 0


def test_an_answer_that_breaks_off_ends_with_its_problem(assistant, events, caplog, scripted_by):
    scripted = scripted_by("The first words.", RuntimeError("secret detail"))
    got = TestClient(build_api(scripted)).post("/api/v1/ask", json={"question": "why", "stream": True})
    (_, first), (name, last) = events(got.text)
    problem = json.loads(last)
    assert json.loads(first) == {"text": "The first words."}
    assert (name, problem["code"], problem["status"]) == ("error", "internal_error", 500)
    assert "secret" not in got.text
    assert problem["detail"].split("look for ")[1].split()[0] in caplog.text


def test_an_unexpected_error_says_nothing_of_its_cause(assistant, caplog, scripted_by):
    scripted = scripted_by(RuntimeError("secret detail"))
    client = TestClient(build_api(scripted), raise_server_exceptions=False)
    got = client.post("/api/v1/ask", json={"question": "why"})
    assert (got.status_code, got.json()["code"]) == (500, "internal_error")
    assert "secret" not in got.text
    assert "secret detail" in caplog.text


def test_closing_the_connection_ends_the_answer(assistant, scripted_by):
    goes_on = threading.Event()
    scripted = scripted_by("The first words.", goes_on, *["more"] * 10_000)
    with served(build_api(scripted, at_once=1, waiting=0)) as url:
        body = {"question": "why", "stream": True}
        with httpx.stream("POST", f"{url}/api/v1/ask", json=body, trust_env=False) as response:
            assert next(response.iter_lines()) == "event: sentence"
        goes_on.set()
        assert scripted.closed.wait(20)
        # … and the only place is free again
        scripted.steps = (assistant.ask(UNANSWERED),)
        again = httpx.post(f"{url}/api/v1/ask", json={"question": "why"}, trust_env=False)
        assert again.status_code == 200
        assert 'tongwen_answers_total{outcome="cut"} 1.0' in httpx.get(f"{url}/metrics", trust_env=False).text


def test_more_questions_than_places_are_told_to_come_back(assistant, scripted_by):
    goes_on = threading.Event()
    scripted = scripted_by(goes_on, assistant.ask(UNANSWERED))
    app = build_api(scripted, at_once=1, waiting=1)

    async def crowd():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            got = []

            async def ask():
                response = await client.post("/api/v1/ask", json={"question": "why"})
                got.append(response)
                goes_on.set()  # the first to come back is the one that was turned away

            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(ask)
            return got

    turned_away, *answered = anyio.run(crowd)
    assert (turned_away.status_code, turned_away.json()["code"]) == (503, "server_busy")
    assert int(turned_away.headers["retry-after"]) > 0
    assert [response.status_code for response in answered] == [200, 200]


def test_an_answer_that_nobody_waits_for_is_ended(assistant, scripted_by):
    goes_on = threading.Event()
    scripted = scripted_by("The first words.", goes_on, *["more"] * 10_000)
    with served(build_api(scripted)) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/api/v1/ask", json={"question": "why"}, timeout=0.5, trust_env=False)
        goes_on.set()
        assert scripted.closed.wait(20)
