"""Cutting documents: sections of Markdown, limits, offsets."""

import random
import time
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


@pytest.mark.parametrize("letter", ["a", "é", "١"])
def test_an_endless_word_is_cut_in_time_that_grows_with_its_length(letter: str) -> None:
    text = letter * 1_000_000
    started = time.process_time()
    chunks = chunk_document(make_document(text, name="x", source="/x"))
    assert time.process_time() - started < 10
    assert "".join(chunk.text for chunk in chunks) == text


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


# Edits


SENTENCES = {
    "zh": "第 {n} 段讲的是{a}和{b}，两者在 {c} 年之后都发生了很大的变化，原因至今没有人说得清楚。",
    "en": "Paragraph {n} is about {a} and {b}, both of which changed a great deal after {c}, and nobody knows why.",
    "mixed": "第 {n} 段 is about {a} 和 {b}，which 在 {c} 年 changed 很多。",
}
THINGS = {"zh": ["电池", "工厂", "股价", "员工", "市场"], "en": ["batteries", "plants", "shares", "staff", "markets"]}


def paragraphs(language: str, seed: int) -> list[str]:
    """200 paragraphs of one to six sentences, without a heading."""
    generator = random.Random(seed)
    things = THINGS.get(language, THINGS["zh"] + THINGS["en"])

    def sentence(number: int) -> str:
        a, b = generator.sample(things, 2)
        return SENTENCES[language].format(n=number, a=a, b=b, c=generator.randrange(1000, 2026))

    space = " " if language == "en" else ""
    return [space.join(sentence(number) for _ in range(generator.randint(1, 6))) for number in range(200)]


def searched(texts: list[str]) -> list[str]:
    document = make_document("\n\n".join(texts), name="long", source="-")
    return [chunk.text for chunk in chunk_document(document)]


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("edit", ["rewritten", "inserted", "deleted"])
def test_an_edit_of_one_of_200_paragraphs_changes_few_chunks(language: str, edit: str) -> None:
    before = paragraphs(language, seed=7)
    known = set(searched(before))
    generator, changed = random.Random(11), []
    new = SENTENCES[language].format(n="新 new", a="甲", b="B", c=1999)
    for position in generator.sample(range(200), 40):
        after = list(before)
        after[position : position + (edit != "inserted")] = [] if edit == "deleted" else [new]
        changed.append(len(set(searched(after)) - known))
    assert sum(changed) / len(changed) <= 3
    assert max(changed) <= 20


def test_a_section_of_two_chunks_is_cut_in_the_middle() -> None:
    text = "".join(f"这是一个十二个字的句子，第 {number}。" for number in range(100, 130))
    sizes = [count_words(chunk) for chunk in searched([text])]
    assert len(sizes) == 2
    assert abs(sizes[0] - sizes[1]) < 20
