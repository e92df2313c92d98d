"""Cutting documents: sections of Markdown, limits, offsets."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunking import chunk_document, count_words
from index.loading import make_document
from index.schema import Document

MakeDocument = Callable[..., Document]
Sections = list[tuple[tuple[str, ...], str]]


def sections(text: str) -> Sections:
    document = make_document(text, name="article", source="-", kind="markdown")
    return [(chunk.section, chunk.text) for chunk in chunk_document(document)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("无标题的正文。", [((), "无标题的正文。")]),
        ("Intro.\n\n# Title\n\nBody.", [((), "Intro."), (("Title",), "Body.")]),
        ("# 标题\n\n正文。", [(("标题",), "正文。")]),
        ("# 标题 #\n正文。", [(("标题",), "正文。")]),
        ("标题\n====\n\n正文。\n\n小节\n----\n内容。", [(("标题",), "正文。"), (("标题", "小节"), "内容。")]),
        ("# A\r\n\r\nBody.\r\n\r\n## 乙\r\n正文。\r\n", [(("A",), "Body."), (("A", "乙"), "正文。")]),
        ("# A\rBody.\r## B\rMore.", [(("A",), "Body."), (("A", "B"), "More.")]),
        ("# A\n## B\n### C\nDeep.\n## D\nUp.", [(("A", "B", "C"), "Deep."), (("A", "D"), "Up.")]),
        ("### C\nOne.\n# A\nTwo.", [(("C",), "One."), (("A",), "Two.")]),
        ("# A\n\n## Empty\n\n## B\n\nBody.", [(("A", "B"), "Body.")]),
        ("# A\n\n---\n\n## B\n\nBody.", [(("A", "B"), "Body.")]),
        ("# A\n\n```\n# no heading\n```\n", [(("A",), "```\n# no heading\n```")]),
        ("# A\n\n    # no heading\n", [(("A",), "# no heading")]),
        ("# A\n\n> # quoted\n", [(("A",), "> # quoted")]),
        ("#no heading 无空格", [((), "#no heading 无空格")]),
        ("# 只有标题", [((), "# 只有标题")]),
        ("---\ntitle: 年报\n---\n\n# A\n\nBody.", [((), "---\ntitle: 年报\n---"), (("A",), "Body.")]),
        ("---\r\ntitle: x\r\n---\r\n# A\r\nBody.", [((), "---\r\ntitle: x\r\n---"), (("A",), "Body.")]),
        ("---\n\n# A\n\nBody.\n\n---\n", [(("A",), "Body.\n\n---")]),
    ],
)
def test_sections_of_markdown(text: str, expected: Sections) -> None:
    assert sections(text) == expected


def test_plain_text_has_no_headings() -> None:
    document = make_document("# 不是标题\n\n正文。", name="article", source="-", kind="text")
    assert [chunk.section for chunk in chunk_document(document)] == [()]


@pytest.mark.parametrize(
    ("text", "words"),
    [("资本支出", 4), ("it fell by half", 4), ("亚马逊 AWS 2026", 5), ("，。!", 0)],
)
def test_words_are_counted_in_both_languages(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_long_word_counts_for_several() -> None:
    assert count_words("internationalisation") > count_words("nation") == 1


@pytest.mark.parametrize(
    "text",
    [
        "这句话一共有十个字呢。" * 60,
        "This sentence has just six words. " * 80,
        "用 FAISS 查找资料。Then answer it. " * 60,
    ],
)
def test_long_text_is_cut_between_sentences(text: str) -> None:
    chunks = chunk_document(make_document(text, name="article", source="-"))
    assert len(chunks) > 2
    assert all(chunk.text[-1] in "。." for chunk in chunks)


def test_no_chunk_is_a_small_leftover() -> None:
    chunks = chunk_document(make_document("This sentence has just six words. " * 40, name="article", source="-"))
    sizes = [count_words(chunk.text) for chunk in chunks]
    assert min(sizes) > max(sizes) / 2


@pytest.mark.parametrize("text", ["字" * 1000, "w" * 5000, "字，" * 1000, "word " * 1000, "一二三四五；" * 200 + "end"])
def test_a_sentence_over_the_limit_is_cut(text: str) -> None:
    chunks = chunk_document(make_document(text, name="article", source="-"), max_words=50)
    assert len(chunks) > 1
    assert all(count_words(chunk.text) <= 50 for chunk in chunks)


def test_each_chunk_has_its_own_language(three: list[Document]) -> None:
    text = "\n\n".join(f"# {n}\n\n{document.text}" for n, document in enumerate(three))
    languages = [chunk.language for chunk in chunk_document(make_document(text, name="a", source="-", kind="markdown"))]
    assert languages == ["zh", "en", "mixed"]


def test_the_same_text_gives_the_same_chunks(write: MakeDocument) -> None:
    text = "# 标题\n\n正文。Body."
    assert chunk_document(write(text, "a")) == chunk_document(write(text, "b"))


# A letter first, because a document without any is refused; then what decides about sections and sizes.
TEXTS = st.lists(
    st.sampled_from(["# 标题\n", "## H\n", "Title\n===\n", "```\n", "---\n", "> ", "    ", "\r\n", "\r", "\n\n", "\t"])
    | st.sampled_from(
        ["资本支出达到两千亿。", "It fell by 3.5 percent. ", "长" * 30, "w" * 40, "甲，乙；", "……", "」", "\u3000"]
    )
    | st.text(st.characters(codec="utf-8"), max_size=5),
    max_size=30,
).map(lambda parts: "a" + "".join(parts))
LIMIT = 20


def chunks_of(text: str, kind: str) -> tuple[Document, list[tuple[int, int]]]:
    document = make_document(text, name="article", source="-", kind=kind)
    chunks = chunk_document(document, max_words=LIMIT)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text == chunk.text.strip() != ""
        assert count_words(chunk.text) <= LIMIT
        assert chunk.document_id == document.id
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    return document, [(chunk.start, chunk.end) for chunk in chunks]


@given(TEXTS)
def test_chunks_of_plain_text_hold_every_character_once_in_order(text: str) -> None:
    document, spans = chunks_of(text, "text")
    position = 0
    for start, end in spans:
        assert start >= position
        assert not document.text[position:start].strip()
        position = end
    assert not document.text[position:].strip()


@given(TEXTS)
def test_chunks_of_markdown_leave_out_headings_and_rulers_only(text: str) -> None:
    document, spans = chunks_of(text, "markdown")
    assert spans == sorted(spans)
    assert spans
    position = 0
    for start, end in [*spans, (len(document.text), len(document.text))]:
        gap = document.text[position:start]
        for line in gap.splitlines():
            # "#" and a title, or a title with "===" or "---" below it, or a ruler
            assert not any(map(str.isalnum, line)) or any(mark in gap for mark in "#=-")
        position = end
