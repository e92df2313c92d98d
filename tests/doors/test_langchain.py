"""What a LangChain application can rely on beside the answers themselves."""

import pytest
from pydantic import ValidationError

from rag.adapters.langchain import TongwenRetriever


@pytest.mark.parametrize("question", ["鹤汀湿地保护区有多少公顷？", "How many hectares does the reserve cover?"])
def test_a_document_is_a_stretch_of_what_is_stored(question, assistant):
    found = TongwenRetriever(retriever=assistant.retriever, k=3).invoke(question)
    assert len(found) == 3
    for document in found:
        with assistant.library.snapshot() as snapshot:
            stored = snapshot.document(document.metadata["document_id"])
        assert stored.text[document.metadata["start"] : document.metadata["end"]] == document.page_content
        assert stored.title == document.metadata["title"]
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)


def test_no_passages_cannot_be_asked_for(assistant):
    with pytest.raises(ValidationError):
        TongwenRetriever(retriever=assistant.retriever, k=0)
