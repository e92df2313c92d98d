"""A LangChain chain whose context comes from a library. Needs `pip install 'tongwen[langchain]'`."""

from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from rag import Assistant, Retriever
from rag.adapters.langchain import TongwenRetriever, answer_link

QUESTION = "How many corporate jobs has Amazon cut?"

retriever = TongwenRetriever(retriever=Retriever.open("library"), k=3)
prompt = ChatPromptTemplate.from_template("Answer from these passages:\n{context}\n\nQuestion: {question}")
model = FakeListChatModel(responses=["(what your model makes of the passages)"])  # a real one goes here


def joined(documents):
    return "\n\n".join(document.page_content for document in documents)


chain = {"context": retriever | joined, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
print(chain.invoke(QUESTION))

# Or let the assistant answer: checked, cited, and no model needed.
answer = answer_link(Assistant.open("library")).invoke(QUESTION)
print(answer["answer"])
for citation in answer["citations"]:
    print(f"[{citation['number']}] {citation['title']}, {citation['start']}–{citation['end']}: {citation['quote']}")
