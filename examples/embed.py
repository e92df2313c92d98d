"""Ask a library from Python. Make one first: `tongwen add --sample`."""

from rag import Assistant, Retriever

assistant = Assistant.open("library")
answer = assistant.ask("What share of the budget goes to AWS?")
print(answer.text)
for citation in answer.citations:
    print(f"[{citation.number}] {citation.title}, characters {citation.start} to {citation.end}: {citation.quote}")
for hit in Retriever.open("library").retrieve("谁是亚马逊的首席执行官？", k=3):
    print(hit.title, hit.chunk.text)
