"""A LlamaIndex agent that searches a library with a tool. Needs `pip install 'tongwen[llm]'`."""

import asyncio

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import ToolCallBlock
from llama_index.core.llms import ChatMessage, MockFunctionCallingLLM
from llama_index.core.tools import RetrieverTool

from rag import Retriever
from rag.adapters.llama_index import TongwenRetriever

QUESTION = "How many corporate jobs has Amazon cut?"


def scripted(messages, **_):
    """Stands in for a model that calls tools: asks the tool once, then repeats the first thing that it found."""
    if messages[-1].role == "tool":
        return ChatMessage(f"I found this: {messages[-1].content[:400]}", role="assistant")
    call = ToolCallBlock(tool_call_id="1", tool_name="documents", tool_kwargs={"input": QUESTION})
    return ChatMessage(blocks=[call], role="assistant")


async def main() -> None:
    tool = RetrieverTool.from_defaults(
        TongwenRetriever(Retriever.open("library"), k=3), name="documents", description="Passages of our documents."
    )
    agent = FunctionAgent(tools=[tool], llm=MockFunctionCallingLLM(response_generator=scripted))  # or a real model
    output = await agent.run(QUESTION)
    print(output)
    for found in output.tool_calls[0].tool_output.raw_output:
        print(found.score, found.metadata["title"], found.metadata["start"], found.metadata["end"])


asyncio.run(main())
