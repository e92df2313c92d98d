"""What a LlamaIndex application can rely on beside the answers themselves."""

import asyncio

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.llms.mock import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.schema import MetadataMode

from rag.adapters.llama_index import TongwenChatEngine, TongwenQueryEngine, TongwenRetriever, exchanges
from rag.answer import Exchange
from rag.answerer import DraftEnd
from rag.assistant import Assistant
from tests.rag.scripted import ScriptedAnswerer

QUESTION = {"zh": "鹤汀湿地保护区有多少公顷？", "en": "How many hectares does Heting Wetland Reserve cover?"}
MORE = {"zh": "它在哪个省？", "en": "And what share is the core zone?"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_node_is_a_stretch_of_its_document(language, assistant):
    for found in TongwenRetriever(assistant.retriever).retrieve(QUESTION[language]):
        with assistant.library.snapshot() as snapshot:
            document = snapshot.document(found.node.ref_doc_id)
        assert document.text[found.node.start_char_idx : found.node.end_char_idx] == found.text
        assert found.metadata["title"] == document.title
        assert all(isinstance(value, str | int | float) for value in found.metadata.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_offsets_and_hashes_go_to_no_model(language, assistant):
    node = TongwenRetriever(assistant.retriever, 1).retrieve(QUESTION[language])[0].node
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        shown = node.get_content(mode)
        assert node.metadata["title"] in shown
        assert node.metadata["sha256"] not in shown
        assert node.metadata["document_id"] not in shown


def test_the_retriever_stands_in_an_existing_query_engine(assistant):
    synthesizer = get_response_synthesizer(llm=MockLLM(), response_mode=ResponseMode.COMPACT)
    engine = RetrieverQueryEngine(TongwenRetriever(assistant.retriever, 2), synthesizer)
    response = engine.query(QUESTION["en"])
    assert len(response.source_nodes) == 2
    assert response.source_nodes[0].text in str(response)  # the mock repeats its prompt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_follow_up_is_understood_streamed_or_not(language, assistant):
    history = [Exchange(QUESTION[language], assistant.ask(QUESTION[language]).text)]
    expected = assistant.ask(MORE[language], history)
    assert expected.standalone != MORE[language]
    whole, streamed, given = (TongwenChatEngine(assistant) for _ in range(3))
    whole.chat(QUESTION[language])
    assert whole.chat(MORE[language]).metadata["standalone"] == expected.standalone
    "".join(streamed.stream_chat(QUESTION[language]).response_gen)
    assert "".join(streamed.stream_chat(MORE[language]).response_gen) == expected.text
    messages = [ChatMessage(QUESTION[language], role="user"), ChatMessage(history[0].answer, role="assistant")]
    assert str(given.chat(MORE[language], messages)) == expected.text
    assert [message.role.value for message in given.chat_history] == ["user", "assistant"] * 2
    given.reset()
    assert given.chat_history == []


def test_a_conversation_goes_on_asynchronously(assistant):
    async def talk():
        engine = TongwenChatEngine(assistant)
        await engine.achat(QUESTION["zh"])
        reply = await engine.astream_chat(MORE["zh"])
        return "".join([piece async for piece in reply.async_response_gen()]), engine.chat_history

    text, messages = asyncio.run(talk())
    assert messages[-1].content == text
    assert len(messages) == 4


def test_nothing_refers_to_the_text_of_a_refusal(assistant):
    engine = TongwenChatEngine(assistant)
    assert engine.chat("谁获得了 1998 年的诺贝尔文学奖？").metadata["refused"]
    assert [exchange.answer for exchange in exchanges(engine.chat_history)] == [""]


def test_an_answer_that_broke_off_is_not_remembered(assistant):
    broken = Assistant(
        assistant.library, ScriptedAnswerer("鹤汀湿地保护区面积 4.2 万公顷。", end=DraftEnd(complete=False))
    )
    engine = TongwenChatEngine(broken)
    assert not engine.chat(QUESTION["zh"]).metadata["complete"]
    assert engine.chat_history == []


def test_closing_a_streamed_response_ends_the_answerers_work(assistant):
    answerer = ScriptedAnswerer("鹤汀湿地保护区面积 4.2 万公顷。", "其中核心区占 35%。")
    response = TongwenQueryEngine(Assistant(assistant.library, answerer), streaming=True).query(QUESTION["zh"])
    next(response.response_gen)
    assert not answerer.closed
    response.response_gen.close()
    assert answerer.closed
