"""The official client of OpenAI, as it is, against the running server."""

import base64
import contextlib

import httpx
import numpy as np
import openai
import pytest
from serving import served

from index.embedding import HashingEmbedder
from rag.answer import Exchange
from rag.answer_json import answer_json
from rag.answerer import AnswererUnavailable
from ui.api.app import build_api
from ui.api.openai_nouns import Message
from ui.api.openai_text import conversation, footnotes

UNANSWERED = "Who won the chess match in Reykjavik?"
FOLLOW_UPS = [("亚马逊的资本支出是多少？", "为什么？"), ("What is Amazon's capex?", "Why?")]


@pytest.fixture(scope="module")
def official(url):
    with contextlib.closing(openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)) as client:
        yield client


def asking(question, *before):
    return {"model": "tongwen", "messages": [*before, {"role": "user", "content": question}]}


def test_a_completion_is_the_answer_with_its_citations(official, assistant, question):
    answer = assistant.ask(question)
    completion = official.chat.completions.create(**asking(question))
    (choice,) = completion.choices
    assert choice.message.content == answer.text + footnotes(answer)
    assert choice.message.citations == answer_json(answer)["citations"]
    assert (choice.finish_reason, choice.message.refused) == ("stop", False)
    assert completion.usage.total_tokens == 0  # nothing was generated


def test_each_citation_is_a_numbered_line_behind_the_text(official, question):
    message = official.chat.completions.create(**asking(question)).choices[0].message
    lines = message.content.rsplit("\n\n", 1)[1].split("\n")
    assert len(lines) == len(message.citations)
    for line, citation in zip(lines, message.citations, strict=True):
        assert line == f"[{citation['number']}] “{citation['quote']}” — {citation['title']}"


def test_the_chunks_make_the_same_completion(official, question):
    whole = official.chat.completions.create(**asking(question)).choices[0].message
    chunks = list(
        official.chat.completions.create(**asking(question), stream=True, stream_options={"include_usage": True})
    )
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert [delta.citations for delta in deltas if hasattr(delta, "citations")] == [whole.citations]
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "stop"
    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 0)
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_not_sent_where_it_was_not_asked_for(official):
    chunks = list(official.chat.completions.create(**asking(UNANSWERED), stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_what_the_documents_do_not_say_is_marked(official):
    assert official.chat.completions.create(**asking(UNANSWERED)).choices[0].message.refused is True


@pytest.mark.parametrize(("first", "then"), FOLLOW_UPS)
def test_the_messages_before_are_the_history(official, assistant, first, then):
    said = official.chat.completions.create(**asking(first)).choices[0].message.content
    before = [{"role": "user", "content": first}, {"role": "assistant", "content": said}]
    message = official.chat.completions.create(**asking(then, *before)).choices[0].message
    expected = assistant.ask(then, [Exchange(first, assistant.ask(first).text)])
    assert message.content == expected.text + footnotes(expected)


def test_a_conversation_is_read_without_footnotes_and_instructions(assistant, question):
    answer = assistant.ask(question)
    messages = [
        Message(role="system", content="Answer like a pirate."),
        Message(role="user", content=question),
        Message(role="assistant", content=answer.text + footnotes(answer)),
        Message(role="user", content="Unanswered?"),
        Message(role="user", content=[{"type": "text", "text": "那去年呢？"}]),
    ]
    assert conversation(messages) == ("那去年呢？", [Exchange(question, answer.text), Exchange("Unanswered?", "")])


def test_the_models_are_the_assistant_and_the_embedder(official):
    assert [model.id for model in official.models.list()] == ["tongwen", "hashing"]
    assert official.models.retrieve("tongwen").id == "tongwen"


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.chat.completions.create(**asking("?") | {"model": "gpt-4o"}),
        lambda client: client.embeddings.create(model="tongwen", input="x"),
        lambda client: client.models.retrieve("文/没有"),
    ],
    ids=["chat", "embeddings", "models"],
)
def test_an_unknown_model_is_not_found(official, call):
    with pytest.raises(openai.NotFoundError) as error:
        call(official)
    assert (error.value.code, error.value.param) == ("model_not_found", "model")
    assert "use" in error.value.body["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hello"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}]},
        {"messages": [{"role": "user", "content": "？"}]},
        {"messages": [{"role": "user", "content": "x" * 4001}]},
        {"n": 2},
    ],
    ids=["none", "no question", "picture", "no letter", "too long", "two answers"],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_answered_is_a_bad_request(official, changes, stream):
    with pytest.raises(openai.BadRequestError) as error:
        official.chat.completions.create(**asking("?") | changes, stream=stream)
    assert error.value.type == "invalid_request_error"
    assert error.value.code in ("invalid_request", "question_unusable")


TEXTS = ["资本支出增至 2000 亿美元。", "Capital expenditure will climb.", "AWS 的 budget"]


@pytest.mark.parametrize("encoding", [openai.omit, "float", "base64"])
def test_vectors_are_those_of_the_embedder(official, encoding):
    made = official.embeddings.create(model="hashing", input=TEXTS, encoding_format=encoding)
    vectors = [
        np.frombuffer(base64.b64decode(one.embedding), "<f4") if isinstance(one.embedding, str) else one.embedding
        for one in made.data
    ]
    np.testing.assert_array_equal(np.array(vectors, np.float32), HashingEmbedder().embed_passages(TEXTS))


@pytest.mark.parametrize(
    "given", ["", [], [""], [[1, 2]], ["x"] * 257], ids=["empty", "none", "blank", "tokens", "many"]
)
def test_what_cannot_be_embedded_is_a_bad_request(official, given):
    with pytest.raises(openai.BadRequestError):
        official.embeddings.create(model="hashing", input=given)


def test_vectors_have_the_dimensions_that_they_have(official):
    assert len(official.embeddings.create(model="hashing", input="x", dimensions=512).data[0].embedding) == 512
    with pytest.raises(openai.BadRequestError, match="512"):
        official.embeddings.create(model="hashing", input="x", dimensions=64)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "chat/completions", 405), ("GET", "nothing", 404)])
def test_every_error_has_the_shape_of_openai(url, method, path, status):
    got = httpx.request(method, f"{url}/v1/{path}", trust_env=False)
    assert got.status_code == status
    assert set(got.json()["error"]) == {"message", "type", "param", "code"}


def test_an_answer_that_breaks_off_raises_in_the_client(scripted_by):
    scripted = scripted_by("The first words.", RuntimeError("secret detail"))
    with served(build_api(scripted)) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        with contextlib.closing(client), pytest.raises(openai.APIError) as error:
            list(client.chat.completions.create(**asking("why"), stream=True))
    assert error.value.code == "internal_error"
    assert "secret" not in error.value.message


def test_a_server_that_is_busy_says_so_in_the_words_of_openai(scripted_by):
    scripted = scripted_by(AnswererUnavailable("the model is away; try again"))
    with served(build_api(scripted)) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
        with contextlib.closing(client), pytest.raises(openai.InternalServerError) as error:
            client.chat.completions.create(**asking("why"))
    assert (error.value.status_code, error.value.type) == (503, "server_error")
    assert int(error.value.response.headers["retry-after"]) > 0
