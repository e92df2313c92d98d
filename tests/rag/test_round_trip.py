"""Citations of generated answers are exact: offsets, hashes, surroundings and numbers, whatever text and draft."""

import hashlib
import json
from random import Random

import pytest

from evals.statistics import upper_bound
from rag.assistant import Assistant
from tests.rag.scripted import ScriptedAnswerer

SEED = 20260101
SENTENCES = [
    "2025 年，海源投资 35 亿元。", "“为什么要扩产？”林晓问。", "份额为 18%，北辰为 22.5%！",
    "海源電池在寧波建廠（plant）。",
    "In 2025 Haiyuan spent 3.5 billion yuan.", 'Mr. Lin said: "We are growing."', "The U.S. plant opened at 6:10 a.m.",
    "𠮷野家 naïve café 🙂👩‍👩‍👧 １２３…", "e\u0301te\u0301 \u202eright\u202c to left.",
    "## 市场 Market", "- 第一条\u3000全角",
    "\u200b零宽\u200b字符。", "Ｈａｉｙｕａｎ ５％。",
]  # fmt: skip
SPACES = ["", " ", "\n", "\n\n", "\r\n", "\u3000", "\t"]
QUESTIONS = [
    "海源投资了多少？",
    "What share does Haiyuan hold?",
    "18% 是什么？",
    "電池 plant 在哪裡？",
    "Who is Mr. Lin?",
]
ALPHABET = "海源电池 份额 plant 3.5%。.!？\n\u3000é🙂[1]*"


def random_text(random):
    pieces = ["海源 Haiyuan\n\n"]
    for _ in range(random.randint(1, 14)):
        sentence = random.choice(SENTENCES) if random.random() < 0.8 else "".join(random.choices(ALPHABET, k=30))
        pieces += [sentence, random.choice(SPACES)]
    return "".join(pieces)


def random_line(random, text):
    """A line as a model may write it: copied, cut, recombined or made up; never only white space."""
    start = random.randrange(len(text))
    cut = text[start : start + random.randint(1, 60)].strip()
    return random.choice([random.choice(SENTENCES), cut or "海源。", "".join(random.choices(ALPHABET, k=20)) + "源"])


def faults(text, library, answer, drafted):
    """What does not hold of an answer."""
    with library.snapshot() as snapshot:
        for number, citation in enumerate(answer.citations, 1):
            stored = snapshot.document(citation.document_id).text
            around = citation.before + citation.quote + citation.after
            begin = citation.start - len(citation.before)
            if stored != text or stored[citation.start : citation.end] != citation.quote:
                yield "quote"
            if citation.sha256 != hashlib.sha256(citation.quote.encode()).hexdigest():
                yield "sha256"
            if stored[begin : begin + len(around)] != around:
                yield "surroundings"
            if citation.number != number or (not answer.refused and f"[{number}]" not in answer.text):
                yield "number"
    for statement in answer.statements:
        if drafted and answer.answerer == "scripted" and answer.text[statement.start : statement.end] not in drafted:
            yield "statement"
        if any(not 1 <= number <= len(answer.citations) for number in statement.citations):
            yield "statement's citation"


def round_trips(library_of, n, questions_a_document=20):
    random, failed, done = Random(SEED), 0, 0
    while done < n:
        text = random_text(random)
        library = library_of(text)
        findings = {}
        for _ in range(min(questions_a_document, n - done)):
            question = random.choice(QUESTIONS)
            lines = [random_line(random, text) for _ in range(random.randint(1, 4))] if random.random() < 0.7 else []
            assistant = Assistant(library, ScriptedAnswerer(*lines) if lines else None)
            if question not in findings:
                findings[question] = assistant.find(question)
            *_, answer = assistant.answer(findings[question])
            failed += bool(list(faults(text, library, answer, lines)))
            done += 1
    figures = {"id": "round-trip", "n": n, "failures": failed, "upper95": upper_bound(failed, n), "seed": SEED}
    print(json.dumps(figures))
    return failed


def test_citations_round_trip(library_of):
    assert round_trips(library_of, 200) == 0


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_ten_thousand_answers_round_trip(library_of):
    assert round_trips(library_of, 10_000) == 0
