"""Radicals become the ideographs that they stand for, and offsets stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.radicals import EQUIVALENT_IDEOGRAPHS, repair_radicals


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("⾸⻚", "首页"),
        ("⻋⻓⻢⺠", "车长马民"),
        ("⼚⻔的⻛⻆", "厂门的风角"),
        ("⻄⻅⻉⻥⻦⻧⻨⻩⻬⻰⻳", "西见贝鱼鸟卤麦黄齐龙龟"),
        ("㇐㇑", "一丨"),
        ("⺀ has none", "⺀ has none"),
        ("page ⻚ 12", "page 页 12"),
        ("", ""),
    ],
)
def test_radicals_are_repaired(text: str, repaired: str) -> None:
    assert repair_radicals(text) == repaired


def test_the_table_is_whole() -> None:
    assigned = [chr(code) for code in range(0x2E80, 0x2FD6) if unicodedata.name(chr(code), "")]
    assert len(assigned) == 115 + 214
    assert [character for character in assigned if ord(character) not in EQUIVALENT_IDEOGRAPHS] == ["⺀"]
    for radical, ideograph in EQUIVALENT_IDEOGRAPHS.items():
        assert unicodedata.name(chr(ideograph)).startswith("CJK UNIFIED IDEOGRAPH"), chr(radical)


def test_it_agrees_with_unicode_where_unicode_decomposes() -> None:
    for radical, ideograph in EQUIVALENT_IDEOGRAPHS.items():
        folded = unicodedata.normalize("NFKC", chr(radical))
        assert folded in (chr(radical), chr(ideograph))


@given(st.text(st.one_of(st.characters(), st.characters(min_codepoint=0x2E80, max_codepoint=0x31FF))))
def test_every_character_stays_in_its_place(text: str) -> None:
    repaired = repair_radicals(text)
    assert len(repaired) == len(text)
    assert repair_radicals(repaired) == repaired
    for before, after in zip(text, repaired, strict=True):
        assert after == before or ord(before) in EQUIVALENT_IDEOGRAPHS
