import re

import pytest

from index.errors import LexiconDamaged
from index.lexicon import Lexicon, bundled_lexicon, stands_in, translations_of, write
from index.terms import terms

ENTRIES = {
    "大学": [("universiti", 0.9), ("colleg", 0.31)],
    "univers": [("宇宙", 0.55)],
    "universiti": [("大学", 0.9), ("大", 0.2), ("学", 0.2)],
    "a": [("一", 0.001)],
    "㐀": [("rare", 1.0)],
    "𠀀": [("rarer", 1.0)],
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lexicon.bin"


def test_gives_back_every_entry_that_was_written(path):
    write(path, ENTRIES)
    lexicon = Lexicon.open(path)
    assert len(lexicon) == len(ENTRIES)
    for term, translations in ENTRIES.items():
        assert lexicon.translations(term) == tuple((word, max(0.01, weight)) for word, weight in translations)


@pytest.mark.parametrize("term", ["", " ", "\n", "universit", "universitie", "大", "zzz", "0", "9", "𪜀", "大学 90"])
def test_knows_no_other_term(path, term):
    write(path, ENTRIES)
    assert Lexicon.open(path).translations(term) == ()


@pytest.mark.parametrize("entries", [{}, {"war": [("战争", 0.5)]}])
def test_may_be_almost_empty(path, entries):
    write(path, entries)
    lexicon = Lexicon.open(path)
    assert len(lexicon) == len(entries)
    assert lexicon.translations("peac") == ()
    assert bool(lexicon.translations("war")) == bool(entries)


def test_refuses_a_file_that_was_changed_cut_or_is_missing(path):
    write(path, ENTRIES)
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:-1],
        whole[1:],
        whole.replace(b"-1 ", b"-2 "),
        whole[:-3] + b"abc",
        b"\xff\xfe" + whole,
    ):
        path.write_bytes(damaged)
        with pytest.raises(LexiconDamaged, match="install the program again"):
            Lexicon.open(path)
    path.unlink()
    with pytest.raises(LexiconDamaged):
        Lexicon.open(path)


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("university", "大学"),
        ("war", "战争"),
        ("king", "国王"),
        ("大學", "university"),  # traditional characters are folded by `terms`
        ("冠军", "champion"),
        ("蛋白", "protein"),
    ],
)
def test_the_bundled_lexicon_translates_common_words(text, translation):
    found = {word for term in terms(text) for word, _ in bundled_lexicon().translations(term)}
    assert found & set(terms(translation))


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [
        ("冠军", "He is the champion.", True),
        ("champion", "他是冠军。", True),
        ("champion", "Two champions met.", True),
        ("冠軍", "他是冠军。", True),
        ("冠军", "大学 held 18%", False),
        ("champion", "大学 held 18%", False),
    ],
)
def test_a_term_stands_in_a_text_itself_or_in_translation(word, text, stands):
    (term,) = terms(word) if word.isascii() else [term for term in terms(word) if len(term) == 2]
    assert stands_in(term, set(terms(text))) == stands
    assert translations_of(term) == bundled_lexicon().translations(term)


@pytest.mark.parametrize("word", ["the", "a", "的"])
def test_the_bundled_lexicon_translates_no_function_word(word):
    assert not bundled_lexicon().translations(terms(word)[0])


def test_the_bundled_lexicon_holds_our_terms_only():
    """Every line is sorted, and every term one that `terms` makes of itself or a stem."""
    lines = bundled_lexicon()._lines.strip(b"\n").split(b"\n")
    words = [line.partition(b" ")[0] for line in lines]
    assert words == sorted(set(words))
    term = re.compile(r"[a-z]+|\d+|[^\W\da-z_]{1,2}")
    for line in lines[:: max(1, len(lines) // 2000)]:
        first, *rest = line.decode().split(" ")
        assert term.fullmatch(first)
        assert all(term.fullmatch(word) for word in rest[1::2])
        weights = [int(percent) for percent in rest[::2]]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 100 for weight in weights)
        assert all(first.isascii() != word.isascii() for word in rest[1::2])
