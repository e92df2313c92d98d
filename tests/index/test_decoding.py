"""Text is read exactly from its encoding, or refused with what to do; never as mojibake."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decoding import decode
from index.errors import UndecodableText
from tests.torture.encoding_matrix import measure, measure_two_encodings, own_texts

CHINESE = "今年的资本支出比去年增加了百分之二十，主要用于数据中心。"
TRADITIONAL = "今年的資本支出比去年增加了百分之二十，主要用於數據中心。"
ENGLISH = "The company said that it will spend more on data centres this year."
MIXED = "亚马逊的 CEO Andy Jassy 说，今年的 capex 将达到 2000 亿美元。"


@pytest.mark.parametrize("text", [CHINESE, TRADITIONAL, ENGLISH, MIXED])
@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("gb18030", "\ufeff".encode("gb18030")),
    ],
)
def test_unicode_encodings(text: str, codec: str, mark: bytes) -> None:
    found = decode(mark + text.encode(codec))
    assert (found.text, found.encoding) == (text, codec)


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (TRADITIONAL, "gbk", "gb18030"),
        (MIXED, "gbk", "gb18030"),
        ("冯䶮和𠮷野家的老板在上海开了一家店。", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        ("亞馬遜的 CEO Andy Jassy 說，capex 將達到 2000 億美元。", "cp950", "big5"),
        ("佢哋話今年嘅投資多咗，但係冇話點解，啲人都唔明。", "big5hkscs", "big5-hkscs"),
        ("“Don’t worry,” she said – the café is open to all of us.", "cp1252", "windows-1252"),
        (ENGLISH, "ascii", "utf-8"),
    ],
)
def test_legacy_encodings(text: str, codec: str, encoding: str) -> None:
    found = decode(text.encode(codec))
    assert (found.text, found.encoding) == (text, encoding)


def test_the_euro_sign_of_windows_936() -> None:
    assert decode("价格涨到每股 20 ".encode("gbk") + b"\x80" + "。".encode("gbk")).text == "价格涨到每股 20 €。"


@pytest.mark.parametrize(
    "text", ["£5 café", "Erdoğan met Dvořák in Łódź", "½ cup", "naïve", "Ω", "中", "🙂", "안녕", "Привет"]
)
def test_a_little_utf_8_stays_utf_8(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("안녕하세요 여러분, 오늘은 날씨가 좋습니다. 한국어 문장입니다.", "euc-kr"),
        ("これは日本語の文章です。漢字とかなが混ざっています。東京都は大きい。", "euc-jp"),
        ("これは日本語の文章です。漢字とかなが混ざっています。東京都は大きい。", "cp932"),
        ("Это русский текст для проверки кодировки файла.", "cp1251"),
        ("Это русский текст для проверки кодировки файла.", "koi8-r"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy.", "cp1250"),
        ("Das Gebäude in Köln wurde für Männer und Frauen geöffnet.", "cp1252"),
        ("“Don’t worry,” she said – the café is open to all of us.", "mac-roman"),
        ("Αυτό είναι ένα ελληνικό κείμενο.", "cp1253"),
    ],
)
def test_an_encoding_that_is_not_told_apart_is_refused(text: str, codec: str) -> None:
    with pytest.raises(UndecodableText, match="save it as UTF-8"):
        decode(text.encode(codec))
    assert decode(text.encode(codec), codec).text == text, "unless it is declared"


@pytest.mark.parametrize(
    "content",
    [
        b"text\0more",
        b"\0" * 100,
        bytes(range(256)),
        b"PNG" + bytes(50),
        b"\xff\xfe" + "a\0b".encode("utf-16-le"),
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
    ],
)
def test_nul_bytes_are_no_text(content: bytes) -> None:
    with pytest.raises(UndecodableText, match="not a text file"):
        decode(content)


@pytest.mark.parametrize(
    "content",
    [
        (CHINESE * 3).encode()[:-1],
        (CHINESE * 3).encode()[:40] + b"\xff" + (CHINESE * 3).encode()[40:],
        CHINESE.encode("gbk") + b"\n" + CHINESE.encode(),
        TRADITIONAL.encode("cp950") + b"\n" + CHINESE.encode("gbk"),
        CHINESE.encode("gbk") * 20 + b"\n" + TRADITIONAL.encode("cp950") + b"\n" + CHINESE.encode("gbk") * 20,
        TRADITIONAL.encode("cp950") * 20 + CHINESE[:12].encode("gbk") + TRADITIONAL.encode("cp950") * 20,
        CHINESE.encode("utf-16-le") + CHINESE.encode("gbk"),
        b"\xff\xfe" + CHINESE.encode("utf-16-le") + b"\n",
        b"\xff\xfe\x00\xd8A\x00",
    ],
)
def test_damaged_and_two_encodings_are_refused(content: bytes) -> None:
    with pytest.raises(UndecodableText, match="save it as UTF-8") as raised:
        decode(content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        (CHINESE.encode("gbk"), "gb2312", CHINESE),
        (CHINESE.encode("gbk"), "iso-8859-1", CHINESE),
        (CHINESE.encode("gbk"), "utf-8", CHINESE),
        (CHINESE.encode("gbk"), "big5", CHINESE),
        (TRADITIONAL.encode("cp950"), "gb2312", TRADITIONAL),
        (TRADITIONAL.encode("cp950"), "no such charset", TRADITIONAL),
        (CHINESE.encode(), "gbk", CHINESE),
        ("莫".encode("gbk"), "gbk", "莫"),
        ("陆".encode("gbk"), "GB2312", "陆"),
        ("Das Gebäude".encode("cp1252"), "latin1", "Das Gebäude"),
        (CHINESE.encode("hz"), "hz-gb-2312", CHINESE),
        ("日本語".encode("iso2022_jp"), "ISO-2022-JP", "日本語"),
        (b"rot13", "rot13", "rot13"),
        (rb"\u4e2d", "unicode_escape", r"\u4e2d"),
        (CHINESE.encode("utf-16-le"), "utf-16le", CHINESE),
    ],
)
def test_a_declaration_is_believed_unless_it_is_contradicted(content: bytes, declared: str, text: str) -> None:
    assert decode(content, declared).text == text


@given(
    st.binary(max_size=400), st.sampled_from([None, "gbk", "big5", "utf-8", "latin1", "shift_jis", "\ud800", "x" * 999])
)
def test_any_bytes_are_text_or_refused(content: bytes, declared: str | None) -> None:
    try:
        found = decode(content, declared)
    except UndecodableText:
        return
    assert "\0" not in found.text
    found.text.encode()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_all_text_in_utf_8_is_read_or_refused(text: str) -> None:
    marked = decode(codecs.BOM_UTF8 + text.encode())
    assert marked.text == text
    if sum(character > "\x7f" for character in text) > 8 and not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text


def test_the_matrix_of_encodings() -> None:
    """A short form of the torture test, on the project's own texts."""
    cells = measure(own_texts(), 12, seed=1)
    assert [key for key, cell in cells.items() if cell.mojibake] == []
    assert [key for key, cell in cells.items() if cell.exact < cell.n - 1] == []
    assert measure_two_encodings(own_texts(), 60, seed=1).refused >= 59
