from rag.answer import Answer as Answer
from rag.answer import Citation as Citation
from rag.answer import Exchange as Exchange
from rag.assistant import Assistant as Assistant
from rag.library_retriever import Retriever as Retriever

__all__ = ["Answer", "Assistant", "Citation", "Exchange", "Retriever"]
