"""The encoding matrix in full: every cell exact at the promised rate, and no mojibake anywhere."""

import random
from collections.abc import Iterable

import pytest

from tests.torture.encoding_matrix import (
    ENCODINGS,
    Cell,
    Matrix,
    measure,
    measure_short,
    measure_two_encodings,
    own_texts,
    shared_texts,
    table,
)
from tests.torture_report import progress, report

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]

SLICES = 500
TWO_ENCODINGS = 5_000


@pytest.fixture(params=["own", "shared"])
def texts(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    found = own_texts() if request.param == "own" else shared_texts()
    if not found:
        pytest.skip("XQuAD and DRCD are not beside this checkout, at ../shared")
    return found


@pytest.fixture
def corpus(request: pytest.FixtureRequest) -> str:
    return "XQuAD, DRCD" if "shared" in request.node.name else "the project's texts"


@pytest.fixture
def seed() -> int:
    return random.SystemRandom().randrange(10**6)


def test_texts_are_read_exactly(texts: dict[str, list[str]], corpus: str, seed: int) -> None:
    matrix = measure(texts, SLICES, seed)
    shown = table(matrix)
    progress(shown)
    sure = {key: cell for key, cell in matrix.items() if not ENCODINGS[key[0]].may_refuse}
    for what, lengths, least in (("20 characters", (20,), 0.98), ("50 and more characters", (50, 200, None), 0.995)):
        chosen = [cell for key, cell in sure.items() if key[2] in lengths]
        n, exact = sum(cell.n for cell in chosen), sum(cell.exact for cell in chosen)
        report("T21", n=n, failures=n - exact, seed=seed, what=f"not exact, {what}, {corpus}", table=shown)
        assert all(cell.exact >= least * cell.n - 2 for cell in chosen), shown
        assert exact >= least * n
    report_mojibake(matrix.values(), f"read wrongly, {corpus}", seed)
    assert_no_mojibake(matrix)


def test_a_few_ideographs_are_exact_or_refused(texts: dict[str, list[str]], corpus: str, seed: int) -> None:
    matrix = measure_short(texts, SLICES, seed)
    report_mojibake(matrix.values(), f"read wrongly, one to four ideographs in English, {corpus}", seed)
    assert sum(len(cell.mojibake) for cell in matrix.values()) <= 0.005 * sum(cell.n for cell in matrix.values())


def test_two_encodings_in_a_file_are_refused(texts: dict[str, list[str]], corpus: str, seed: int) -> None:
    cell = measure_two_encodings(texts, TWO_ENCODINGS, seed)
    report_mojibake([cell], f"two encodings in a file and not refused, {corpus}", seed)
    assert len(cell.mojibake) <= 0.003 * cell.n, cell.mojibake[:5]


def report_mojibake(cells: Iterable[Cell], what: str, seed: int) -> None:
    cells = list(cells)
    report(
        "T21", n=sum(cell.n for cell in cells), failures=sum(len(cell.mojibake) for cell in cells), seed=seed, what=what
    )


def assert_no_mojibake(matrix: Matrix) -> None:
    assert {key: cell.mojibake[:3] for key, cell in matrix.items() if cell.mojibake} == {}
