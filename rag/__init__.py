"""A question in, a checked and cited answer out. Read `rag.answer` first, then `rag.assistant`.

Programs that embed it write `from rag import Assistant, Retriever`; modules of this house name the owning module.
"""

from rag.public import attribute

__all__ = ["Answer", "Assistant", "Citation", "Exchange", "Retriever"]
__getattr__ = attribute
