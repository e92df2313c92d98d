"""What a benchmark stores and asks, from files, folders, question sets and the texts that ship."""

import json
import os

import pytest

from evals.bench.errors import BenchError
from evals.bench.texts import read_texts

STORIES = {
    "zh": "西塘站在六号线的起点。首班列车六时十分开出。",
    "en": "Lindhaven has a harbour. It was dredged in 2019.",
    "mixed": "展厅用 FAISS 检索。Audio guides are free.",
}


@pytest.fixture
def folder(tmp_path):
    stories(tmp_path)
    return tmp_path


def stories(folder):
    paths = [folder / f"{language}.txt" for language in STORIES]
    for path in paths:
        path.write_text(STORIES[path.stem], "utf-8")
    return paths


def test_without_a_path_it_is_the_development_set_in_both_languages():
    held = read_texts([], 40)
    assert len(held.questions) == 40
    assert all(held.texts[place] for question in held.questions for place in question.answered_by)
    assert sum(bool(question.answered_by) for question in held.questions) >= 38
    assert {question.text.isascii() for question in held.questions} == {True, False}


def test_the_first_sentences_are_asked_of_texts_without_questions(folder):
    held = read_texts([folder], 10)
    assert sorted(held.texts) == sorted(STORIES.values())
    assert {question.text for question in held.questions} == {
        "西塘站在六号线的起点。",
        "Lindhaven has a harbour.",
        "展厅用 FAISS 检索。",
    }
    assert all(held.texts[min(question.answered_by)].startswith(question.text) for question in held.questions)


def test_a_question_set_brings_its_questions_and_where_they_are_answered(tmp_path):
    path = tmp_path / "set.json"
    paragraphs = [
        {"context": STORIES[language], "qas": [{"id": language, "question": asked, "answers": [{"text": answer}]}]}
        for language, asked, answer in [("zh", "首班车几点开？", "六时十分"), ("en", "When was it dredged?", "2019")]
    ]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), "utf-8")
    held = read_texts([path], 10)
    found = {question.text: [held.texts[place] for place in question.answered_by] for question in held.questions}
    assert found == {"首班车几点开？": [STORIES["zh"]], "When was it dredged?": [STORIES["en"]]}


def test_the_same_files_give_the_same_benchmark(folder):
    assert read_texts([folder], 10) == read_texts([folder], 10)
    assert read_texts([folder], 10).fingerprint != read_texts([folder / "en.txt", folder / "zh.txt"], 10).fingerprint


@pytest.mark.parametrize(
    ("name", "shown"),
    [("故事 a.txt", "故事 a.txt"), ("a\n# b.txt", "a # b.txt"), (os.fsdecode(b"\xff.txt"), r"\xff.txt")],
)
def test_the_name_of_a_file_is_text_on_one_line(tmp_path, name, shown):
    (tmp_path / name).write_text("\n\n".join(STORIES.values()), "utf-8")
    assert read_texts([tmp_path / name, *stories(tmp_path)], 10).origin.startswith(f"{shown}, ")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"missing\.txt"):
        read_texts([tmp_path / "missing.txt"], 10)


def test_of_a_folder_what_can_be_read_is_taken(folder):
    (folder / "empty.txt").write_text("", "utf-8")
    assert sorted(read_texts([folder], 10).texts) == sorted(STORIES.values())


def test_a_passage_without_a_letter_is_no_text(folder):
    (folder / "ruled.txt").write_text("-----\n\n……\n\n*****", "utf-8")
    assert sorted(read_texts([folder], 10).texts) == sorted(STORIES.values())


def test_texts_too_few_to_ask_of_are_an_error(tmp_path):
    (tmp_path / "one.txt").write_text("只有这一句话在这里。", "utf-8")
    with pytest.raises(BenchError, match="too few"):
        read_texts([tmp_path / "one.txt"], 10)
