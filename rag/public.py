"""The names that `from rag import …` gives, each from its module when it is first asked for.

So `import rag`, and with it the import of any one module of the package, loads nothing else. For type checkers the
same names stand in `rag/__init__.pyi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

_OWNERS: Mapping[str, str] = {
    "Answer": "rag.answer",
    "Assistant": "rag.assistant",
    "Citation": "rag.answer",
    "Exchange": "rag.answer",
    "Retriever": "rag.library_retriever",
}


def attribute(name: str) -> object:
    """What `rag` calls that name; raises `AttributeError`."""
    if name not in _OWNERS:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_OWNERS[name]), name)
