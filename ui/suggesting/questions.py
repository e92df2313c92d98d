"""The questions that a stretch of a document answers, from its sentences and from headings that ask something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import sentence_spans
from rag.names import Names
from rag.question import question_language
from ui.suggesting.candidate import Candidate, Made, is_presentable, names_its_subject, stands_alone
from ui.suggesting.chinese import chinese_questions
from ui.suggesting.english import Spelling, english_questions

_SENTENCE = re.compile(r"[^#>|•*\-\d(（\[].*[。.]", re.DOTALL)
_LONGEST_SENTENCE = 240  # characters
_HEADING = re.compile(r"^#{1,6}[ \t](?P<heading>[^\n]+)$", re.MULTILINE)
_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.、 ]+")
_ASKING = re.compile(
    r"(?:What|Who|Why|When|Where|How|Which)\b[^?,]*\?|[^？?，,]*(?:什么|什麼|为何|为什|為何|為什|如何|怎|哪|谁|誰|多少|几)[^？?，,]*[？?]"
)
_NO_QUESTION = re.compile(
    r"\d[\d -]{4,}\d|\.\w{2,}|\bto be\b| and (?:why|how|what)\b"
)  # a telephone number, a domain, …
_HOW_TO = re.compile(r"How to (?P<what>[a-z]+ .*[^ ?.:])")
_HOW_TO_ZH = re.compile(r"(?:如何|怎样|怎么|怎樣|怎麼)[^？?]+[^？?。：]")
_SHORTEST_SECTION = 40  # characters: less answers nothing


def questions_of(text: str, start: int, end: int, title: str, names: Names) -> Iterator[Candidate]:
    """Those of `text[start:end]`, in reading order; each is fit to be shown.

    Those have the least appeal that do not name what they are about: they are for readers who know it.
    """
    seen = set[str]()
    made = (*_of_headings(text, start, end), *_of_sentences(text, start, end))
    for one, first, last in sorted(made, key=lambda found: found[1]):
        language = question_language(one.question)
        if not stands_alone(one.question, language) or (one.answer and one.answer in one.question):
            continue
        if one.question not in seen and is_presentable(one.question, language):
            seen.add(one.question)
            appeal = one.appeal if names_its_subject(one.question, title, names) else 0
            yield Candidate(one.question, language, first, last, appeal)


def _of_sentences(text: str, start: int, end: int) -> Iterator[tuple[Made, int, int]]:
    spelling = Spelling.of(text[start:end])
    for first, last in sentence_spans(text[start:end]):
        sentence = text[start + first : start + last]
        if len(sentence) > _LONGEST_SENTENCE or "\n\n" in sentence or not _SENTENCE.fullmatch(sentence):
            continue
        line = " ".join(sentence.split())
        found = chinese_questions(line) if question_language(line) == "zh" else english_questions(line, spelling)
        yield from ((made, start + first, start + last) for made in found)


def _of_headings(text: str, start: int, end: int) -> Iterator[tuple[Made, int, int]]:
    """Headings that ask something, with the section up to the next heading, which answers them."""
    headings = list(_HEADING.finditer(text, start, end))
    for number, match in enumerate(headings):
        ends = headings[number + 1].start() if number + 1 < len(headings) else end
        heading = _NUMBER.sub("", match["heading"].strip("# \t"), count=1)
        if len(text[match.end() : ends].strip()) < _SHORTEST_SECTION or _NO_QUESTION.search(heading):
            continue
        if how_to := _HOW_TO.fullmatch(heading):
            yield Made(f"How do I {how_to['what']}?", appeal=3), match.end(), ends
        elif _HOW_TO_ZH.fullmatch(heading):
            yield Made(f"{heading}？", appeal=3), match.end(), ends
        elif _ASKING.fullmatch(heading):
            yield Made(heading, appeal=3), match.end(), ends
