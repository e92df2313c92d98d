"""A conversation in a LlamaIndex application, answered and cited by us. Needs `pip install 'tongwen[llm]'`."""

from rag import Assistant
from rag.adapters.llama_index import TongwenChatEngine

engine = TongwenChatEngine(Assistant.open("library"))
for question in ("亚马逊 2026 年的资本支出是多少？", "其中 AWS 占多少？"):
    reply = engine.stream_chat(question)
    for piece in reply.response_gen:
        print(piece, end="", flush=True)
    print()
    for source in reply.source_nodes:
        print(f"  [{source.metadata['number']}] {source.metadata['title']}: {source.text}")
