"""Exact match and F1 against the official scorers, written down here once more as they were published."""

import json
import random
import re
import shutil
import string
from collections import Counter
from pathlib import Path

import pytest

from evals.metrics.reading import exact_match, f1
from evals.metrics.treebank import english_tokens

SETS = Path(__file__).parents[4] / "shared" / "eval-data"


# The official SQuAD scorer (evaluate-v2.0.py)


def squad_normalize(text):
    def remove_articles(text):
        return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text)

    def remove_punc(text):
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return " ".join(remove_articles(remove_punc(text.lower())).split())


def squad_em(gold, pred):
    return int(squad_normalize(gold) == squad_normalize(pred))


def squad_f1(gold, pred):
    gold_toks = squad_normalize(gold).split() if gold else []
    pred_toks = squad_normalize(pred).split() if pred else []
    common = Counter(gold_toks) & Counter(pred_toks)
    num_same = sum(common.values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        return int(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(pred_toks)
    recall = 1.0 * num_same / len(gold_toks)
    return (2 * precision * recall) / (precision + recall)


# The official CMRC 2018 scorer (cmrc2018_evaluate.py), with NLTK's tokenizer

SP_CHAR = [*"-:_*^/\\~`+=，。：？！“”；’《》", "……", *"·、「」（）－～『』"]


@pytest.fixture(scope="module")
def word_tokenize(tmp_path_factory):
    nltk = pytest.importorskip("nltk", reason="NLTK is not installed")
    core = pytest.importorskip("llama_index.core", reason="llama-index, which brings NLTK's data, is not installed")
    folder = tmp_path_factory.mktemp("nltk")  # a copy, because NLTK refuses files that an installer has linked
    shutil.copytree(Path(core.__file__).parent / "_static" / "nltk_cache", folder, dirs_exist_ok=True)
    nltk.data.path.insert(0, str(folder))
    return nltk.word_tokenize


def mixed_segmentation(text, word_tokenize, rm_punc=False):
    segs_out, temp_str = [], ""
    for char in text.lower().strip():
        if rm_punc and char in SP_CHAR:
            continue
        if re.search("[\u4e00-\u9fa5]", char) or char in SP_CHAR:
            if temp_str != "":
                segs_out.extend(word_tokenize(temp_str))
                temp_str = ""
            segs_out.append(char)
        else:
            temp_str += char
    if temp_str != "":
        segs_out.extend(word_tokenize(temp_str))
    return segs_out


def remove_punctuation(text):
    return "".join(char for char in text.lower().strip() if char not in SP_CHAR)


def find_lcs(s1, s2):
    m = [[0 for _ in range(len(s2) + 1)] for _ in range(len(s1) + 1)]
    mmax = 0
    for i in range(len(s1)):
        for j in range(len(s2)):
            if s1[i] == s2[j]:
                m[i + 1][j + 1] = m[i][j] + 1
                mmax = max(mmax, m[i + 1][j + 1])
    return mmax


def cmrc_f1(answers, prediction, word_tokenize):
    scores = []
    for ans in answers:
        ans_segs = mixed_segmentation(ans, word_tokenize, rm_punc=True)
        prediction_segs = mixed_segmentation(prediction, word_tokenize, rm_punc=True)
        lcs_len = find_lcs(ans_segs, prediction_segs)
        if lcs_len == 0:
            scores.append(0)
            continue
        precision = 1.0 * lcs_len / len(prediction_segs)
        recall = 1.0 * lcs_len / len(ans_segs)
        scores.append((2 * precision * recall) / (precision + recall))
    return max(scores)


def cmrc_em(answers, prediction):
    return int(any(remove_punctuation(ans) == remove_punctuation(prediction) for ans in answers))


# Worked by hand


@pytest.mark.parametrize(
    ("said", "golds", "em", "score"),
    [
        ("The Cat!", ["cat"], 1, 1),
        ("a cat sat", ["the cat"], 0, 2 / 3),  # cat, sat against cat
        ("the cat the cat", ["cat"], 0, 2 / 3),
        ("U.S.", ["us"], 1, 1),
        ("38%", ["38"], 1, 1),
        ("one", ["two", "one"], 1, 1),
        ("", [], 1, 1),  # a question without an answer that was refused
        ("cat", [], 0, 0),
        ("the", ["a"], 1, 1),  # nothing is left of either
        ("２０", ["20"], 0, 0),  # the scorer folds no width
    ],
)
def test_squad_by_hand(said, golds, em, score):
    assert exact_match(said, golds, "SQuAD") == em
    assert f1(said, golds, "SQuAD") == pytest.approx(score)


@pytest.mark.parametrize(
    ("said", "golds", "em", "score"),
    [
        ("《同文》", ["同文"], 1, 1),
        ("东京都", ["东京"], 0, 4 / 5),  # a run of two, of three and of two
        ("东西京", ["东京"], 0, 2 / 5),  # one character, as the run is broken
        ("在2020年", ["2020年"], 0, 4 / 5),  # 2020, 年
        ("Andy Jassy宣布", ["andy jassy"], 0, 4 / 6),  # andy, jassy, 宣, 布
        ("38%", ["38%。"], 1, 1),
        ("資本", ["资本"], 0, 2 / 4),  # traditional stays wrong, but for the character that both share
        ("", ["同文"], 0, 0),
    ],
)
def test_cmrc_by_hand(said, golds, em, score):
    assert exact_match(said, golds, "CMRC 2018") == em
    assert f1(said, golds, "CMRC 2018") == pytest.approx(score)


# Against the official ones, over their own data with predictions that are changed


def questions(name):
    path = SETS / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return [
        (paragraph["context"], [answer["text"] for answer in entry["answers"]])
        for article in json.loads(path.read_text("utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for entry in paragraph["qas"]
        if entry["answers"]
    ]


def changed(context, golds, draw):
    """A prediction as systems make them: the gold, a part of it, more around it, another stretch, or nothing."""
    gold = draw.choice(golds)
    start = max(0, context.find(gold))
    kind = draw.randrange(6)
    if kind == 0:
        return gold
    if kind == 1:
        return gold[draw.randrange(len(gold)) :]
    if kind == 2:
        return context[max(0, start - draw.randrange(20)) : start + len(gold) + draw.randrange(20)]
    if kind == 3:
        return f"“{gold.upper()}”, the  {gold}。"
    if kind == 4:
        at = draw.randrange(len(context))
        return context[at : at + draw.randrange(1, 60)]
    return ""


@pytest.mark.parametrize("name", ["xquad.en.json", "squad2.on-xquad.en.json"])
def test_squad_agrees_with_the_official_scorer(name):
    draw = random.Random(1)
    for context, golds in questions(name)[::3]:
        said = changed(context, golds, draw)
        assert exact_match(said, golds, "SQuAD") == max(squad_em(gold, said) for gold in golds)
        assert f1(said, golds, "SQuAD") == pytest.approx(max(squad_f1(gold, said) for gold in golds))


@pytest.mark.parametrize("name", ["cmrc2018.trial.json", "xquad.zh.json"])
def test_cmrc_agrees_with_the_official_scorer(name, word_tokenize):
    draw = random.Random(2)
    for context, golds in questions(name)[::3]:
        said = changed(context, golds, draw)
        assert exact_match(said, golds, "CMRC 2018") == cmrc_em(golds, said)
        assert f1(said, golds, "CMRC 2018") == pytest.approx(cmrc_f1(golds, said, word_tokenize)), (said, golds)


@pytest.mark.parametrize(
    "text",
    [
        "Good muffins cost $3.88 (roughly 3,36 euros) in New York.",
        "They'll say it's 38%, don't they?",
        '"I cannot," he said -- twice... at 10:30; the dogs\' home.',
        "state-of-the-art [1] {a} <b> A&B #1 me@example.org",
        "the '90s – or ‘so’ he’d said!",
    ],
)
def test_english_is_cut_as_nltk_cuts_it(text, word_tokenize):
    assert english_tokens(text) == word_tokenize(text)
