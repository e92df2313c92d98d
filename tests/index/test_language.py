"""Which language a passage is in, and the copy of it that is searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import detect_language, han_share, search_copy


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("亚马逊今年的资本支出是多少？", "zh"),
        ("亞馬遜今年的資本支出是多少？", "zh"),
        ("亚马逊 CEO Andy Jassy 宣布资本支出 capex 将达到 2000 亿美元。", "zh"),
        ("How much will Amazon spend this year?", "en"),
        ("The company, known in China as 亚马逊, said on Friday that it would spend far more on chips.", "en"),
        ("亚马逊 CEO Andy Jassy said capex 将增至 2000 亿 dollars this year.", "mixed"),
        ("先查资料再回答。Look it up first, then answer.", "mixed"),
        ("2026", "en"),
        ("", "en"),
        ("……！？", "en"),
        ("𠮷野家", "zh"),  # an ideograph outside the basic plane
        ("二〇二六年", "zh"),
    ],
)
def test_language_of_a_passage(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(st.text())
def test_the_share_of_chinese_is_a_share(text: str) -> None:
    assert 0 <= han_share(text) <= 1


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("資本支出", "资本支出"),
        ("资本支出", "资本支出"),
        ("Ｑ３　２０２６", "Q3 2026"),
        ("亞馬遜 ＡＷＳ", "亚马逊 AWS"),
        ("Capital spending", "Capital spending"),
        ("⼈工智能", "人工智能"),  # a Kangxi radical that looks like the ideograph
        ("资本\ud800支出 a\udc00b", "资本支出 ab"),
    ],
)
def test_search_copy_folds_forms_and_scripts(text: str, copy: str) -> None:
    assert search_copy(text) == copy


@given(st.text(st.characters(codec="utf-8")))
def test_a_search_copy_is_its_own_search_copy(text: str) -> None:
    once = search_copy(text)
    assert search_copy(once) == once


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("⾸⻚的⻋", "首页的车"),
        ("资\u200b本\u200b支\u200b出", "资本支出"),
        ("ca\u00adpex", "capex"),
        ("葛\U000e0100飾", "葛饰"),
        ("capital\u2066 \u202espending", "capital spending"),
        ("half \ud800 gone", "half  gone"),
        ("👨\u200d👩", "👨👩"),
    ],
)
def test_the_search_copy_holds_what_is_seen(text: str, searched: str) -> None:
    assert search_copy(text) == searched
