"""T24: what a page hides is not in its text, and what it shows is."""

from functools import cache

import pytest

from index.extraction import Extracted
from index.formats.html import read
from tests.index.formats.hostile_pages import Page, pages
from tests.torture_report import report

PAGES = list(pages())


@cache
def extract(page: Page) -> Extracted:
    (extracted,) = read(page.html.encode(), "page.html")
    return extracted


def wrong(page: Page) -> list[str]:
    """What is in the text of a page and should not be, and the other way round."""
    extracted = extract(page)
    leaked = [f"leaked {text}" for text in page.hidden if text in extracted.text or text in (extracted.title or "")]
    return leaked + [f"lost {text}" for text in page.shown if text not in extracted.text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_reader_gets_what_a_person_sees(page):
    assert wrong(page) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.hidden], ids=lambda page: page.name)
def test_what_was_hidden_is_counted(page):
    extracted = extract(page)
    assert any("not visible to a reader" in note for note in extracted.notes)


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_the_figures_of_all_hostile_pages():
    failures = {page.name: found for page in PAGES if (found := wrong(page))}
    hiding = sum(bool(page.hidden) for page in PAGES)
    report("T24", n=len(PAGES), failures=len(failures), what="hidden text indexed or visible text lost", hiding=hiding)
    assert failures == {}
    assert hiding >= 60
