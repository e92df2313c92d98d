"""Pairs of translations: read, and found again by their vectors."""

from pathlib import Path

import numpy as np
import pytest

from evals.bitext import read_bitext, run_bitext
from evals.cases import CaseError
from index.embedding import HashingEmbedder


class Scripted(HashingEmbedder):
    """The vector of each sentence as a test gives it."""

    def __init__(self, vectors):
        self.vectors = vectors

    def embed_passages(self, texts, progress=None):
        return np.array([self.vectors[text] for text in texts], np.float32)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text('a "cat"\t一只猫\ntwo dogs\t两只狗\nbird\t鸟\n', "utf-8")
    return path


def test_the_share_of_nearest_neighbours_that_are_translations(pairs):
    vectors = {
        'a "cat"': (1, 0),
        "two dogs": (0, 1),
        "bird": (0.8, 0.6),
        "一只猫": (1, 0),
        "两只狗": (0, 1),
        "鸟": (0, 1),
    }
    figures = run_bitext(read_bitext(pairs), Scripted(vectors))
    # From English the cat alone: the dogs are as near to 鸟 as to 两只狗, the bird is nearest to the cat.
    assert figures["accuracy"]["en→zh"]["mean"] == pytest.approx(1 / 3)
    # From Chinese the cat and the dogs; 鸟 is nearer to the dogs.
    assert figures["accuracy"]["zh→en"]["mean"] == pytest.approx(2 / 3)
    assert figures["accuracy"]["both"]["mean"] == pytest.approx(1 / 2)
    assert figures["n"] == 3


@pytest.mark.parametrize(
    ("content", "place"), [("a\t甲\nb\n", ":2 is no pair"), ("", "holds no pair"), ("\t甲\n", ":1 is no pair")]
)
def test_a_file_that_is_no_bitext(tmp_path, content, place):
    path = tmp_path / "bad.tsv"
    path.write_text(content, "utf-8")
    with pytest.raises(CaseError, match=place):
        read_bitext(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CaseError, match="give a UTF-8 file of pairs"):
        read_bitext(tmp_path / "none.tsv")
