"""Libraries and assistants that need no model: the hashing embedder finds texts by their words."""

import itertools

import pytest

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples, make_document
from rag.assistant import Assistant

CHINESE = """# 海源电池

2025 年 3 月，海源电池的首席执行官林晓宣布投资 35 亿元在宁波建厂。新工厂每年生产 12 万组电池。

## 市场

海源电池在国内的市场份额为 18%，对手北辰电池为 22%。林晓说，扩产是为了缩短交货时间。
"""
ENGLISH = """# Haiyuan Batteries

In March 2025 Lin Xiao, the chief executive of Haiyuan Batteries, announced that it would spend 3.5 billion yuan on a
plant in Ningbo. The new plant will make 120,000 battery packs a year.

## Market

Haiyuan holds 18% of the domestic market, its rival Beichen 22%. Lin Xiao said the expansion would shorten deliveries.
"""


def document(text, name="text", source=None):
    return make_document(text, name=name, source=source or f"{name}:{hash(text)}", kind="markdown")


@pytest.fixture(scope="session")
def embedder():
    return open_embedder("hashing")


@pytest.fixture(scope="session")
def library_of(tmp_path_factory, embedder):
    """Makes a library of texts."""
    numbers = itertools.count()

    def make(*texts):
        library = Library(tmp_path_factory.mktemp("libraries") / str(next(numbers)), embedder)
        list(library.add(document(text) for text in texts))
        return library

    return make


@pytest.fixture(scope="session")
def assistant_of(library_of):
    return lambda *texts: Assistant(library_of(*texts))


@pytest.fixture(scope="session")
def batteries():
    """The same short article in Chinese and in English."""
    return {"zh": CHINESE, "en": ENGLISH}


@pytest.fixture(scope="session")
def sample(library_of, tmp_path_factory, embedder):
    """An assistant over the two sample articles."""
    library = Library(tmp_path_factory.mktemp("sample") / "library", embedder)
    list(library.add(load_samples()))
    return Assistant(library)
