"""EPUB books: reading order, parts, what is stated of them, and books that are protected, damaged or hostile."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import EmptyText, LoadError
from index.formats.epub import read

_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_BOOKS = {
    "zh": (
        "灯塔纪事",
        "沈从海",
        "zh-CN",
        (("第一章 出海", "渔船在黎明前离开港口，船上有七个人。"), ("第二章 风暴", "夜里起了十级大风。")),
    ),
    "en": (
        "The Lighthouse",
        "Ann Lee",
        "en",
        (("One: Out", "Seven men left before dawn."), ("Two: Storm", "It blew.")),
    ),
    "mixed": (
        "灯塔 Lighthouse",
        "A. 沈",
        "zh",
        (("第一章 Out", "七个人 left the harbour。"), ("Two 风暴", "It blew 十级。")),
    ),
}
_NO_TEXT = "<html><body><img src='a.jpg'/></body></html>"


def chapter(title, text):
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f'<head><title/></head><body><a id="top"/><h1>{title}</h1><p>{text}</p></body></html>'
    )


def package_file(language, hrefs, spine=None):
    title, author, code, _ = _BOOKS[language]
    items = "".join(
        f'<item id="c{place}" href="{href}" media-type="application/xhtml+xml"/>' for place, href in enumerate(hrefs)
    )
    spine = "".join(f'<itemref idref="c{place}"/>' for place in range(len(hrefs))) if spine is None else spine
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{code}</dc:language></metadata>"
        f'<manifest>{items}<item id="p" href="a.jpg" media-type="image/jpeg"/></manifest>'
        f'<spine><itemref idref="p"/>{spine}</spine></package>'
    )


def book(language="zh", *, spine=None, extra=None, chapters=None):
    chapters = [chapter(*each) for each in _BOOKS[language][3]] if chapters is None else chapters
    # The names are in another order than the spine.
    names = [f"text/{9 - place}%20章.xhtml" for place in range(len(chapters))]
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/book.opf": package_file(language, names, spine),
        **{f"OEBPS/{name.replace('%20', ' ')}": text for name, text in zip(names, chapters, strict=True)},
        **(extra or {}),
    }
    return packed(members)


def packed(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            if text is not None:
                package.writestr(name, text)
    return buffer.getvalue()


def extract(content):
    (extracted,) = read(content, "book.epub")
    return extracted


languages = pytest.mark.parametrize("language", list(_BOOKS))


@languages
def test_chapters_stand_in_the_order_of_reading(language):
    (first, one), (second, two) = _BOOKS[language][3]
    assert extract(book(language)).text == f"# {first}\n\n{one}\n\n# {second}\n\n{two}"


@languages
def test_each_chapter_is_a_part_that_starts_at_its_heading(language):
    extracted = extract(book(language))
    for place, (title, _) in zip(extracted.places, _BOOKS[language][3], strict=True):
        assert (place.kind, place.label) == ("part", title)
        assert extracted.text[place.start :].startswith(f"# {title}")


@languages
def test_title_author_and_language_are_those_of_the_package_file(language):
    title, author, code, _ = _BOOKS[language]
    extracted = extract(book(language))
    assert extracted.title == title
    assert extracted.metadata == {"format": "epub", "author": author, "language": code}


def test_a_chapter_out_of_the_reading_order_is_left_out_and_told():
    extracted = extract(book(spine='<itemref idref="c1"/><itemref idref="c0" linear="no"/>'))
    assert "黎明" not in extracted.text
    assert "left out, not part of the reading order: 1 chapters" in extracted.notes


def test_a_chapter_that_is_missing_is_told():
    content = book(extra={"OEBPS/text/9 章.xhtml": None})
    assert extract(content).notes == ("1 chapters that the book lists are not in it",)


def test_pictures_alone_are_passed_over():
    extracted = extract(book(chapters=[_NO_TEXT, chapter("甲", "乙")]))
    assert extracted.text == "# 甲\n\n乙"


def test_what_a_chapter_hides_is_left_out_and_told():
    extracted = extract(book(chapters=[chapter("甲", "乙<span hidden='hidden'>丙</span>")]))
    assert extracted.text == "# 甲\n\n乙"
    assert extracted.notes == ("left out, not visible to a reader: 1 × display:none",)


def test_a_chapter_in_another_encoding_is_read():
    text = (
        chapter("第一章", "渔船在黎明前离开港口，船上有七个人，都是本地的渔民。").replace("utf-8", "gbk").encode("gbk")
    )
    assert "渔船在黎明前离开港口" in extract(book(chapters=[text])).text


def encryption(algorithm):
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        f'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{algorithm}"/></EncryptedData>'
        "</encryption>"
    )


def test_a_protected_book_is_refused():
    locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(LoadError, match="DRM"):
        extract(book(extra={"META-INF/encryption.xml": locked}))


def test_a_book_whose_fonts_are_scrambled_is_read():
    scrambled = encryption("http://www.idpf.org/2008/embedding")
    assert extract(book(extra={"META-INF/encryption.xml": scrambled})).text


@pytest.mark.parametrize("member", ["META-INF/container.xml", "OEBPS/book.opf"])
@pytest.mark.parametrize("text", [None, "", "<a", "<a/>"])
def test_a_book_without_its_directory_is_refused(member, text):
    with pytest.raises(LoadError):
        extract(book(extra={member: text}))


def test_a_book_of_pictures_is_refused():
    with pytest.raises(EmptyText, match="pictures"):
        extract(book(chapters=[_NO_TEXT]))


def test_entities_are_not_resolved():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    opf = package_file("en", ["a.xhtml"]).replace("<package", f"{laughs}<package", 1)
    opf = opf.replace("The Lighthouse", "The &f;&b; Lighthouse")
    extracted = extract(book(chapters=[], extra={"OEBPS/book.opf": opf, "OEBPS/a.xhtml": chapter("One", "Two")}))
    assert extracted.title == "The &f;&b; Lighthouse"


@pytest.mark.parametrize("href", ["../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", "/etc/passwd"])
def test_a_chapter_outside_the_book_is_not_looked_for(href):
    opf = package_file("en", [href])
    with pytest.raises(EmptyText):
        extract(book(chapters=[], extra={"OEBPS/book.opf": opf}))


def test_a_chapter_made_to_fill_memory_is_refused():
    with pytest.raises(LoadError, match="fill memory"):
        extract(book(chapters=["<p>" + " " * 50_000_000]))


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_a_damaged_book_is_read_or_refused(place, bytes_):
    content = bytearray(book())
    place %= len(content)
    content[place : place + len(bytes_)] = bytes_
    with suppress(LoadError):
        assert extract(bytes(content)).text
