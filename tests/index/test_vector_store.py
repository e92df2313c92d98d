"""Every vector store against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.embedding import Vector, Vectors
from index.errors import LibraryDamaged
from index.vector_store import FaissStore, MemoryStore, VectorStore

STORES = (MemoryStore, FaissStore)


@pytest.fixture(params=STORES, ids=lambda store: store.__name__)
def store_class(request: pytest.FixtureRequest) -> type[VectorStore]:
    found: type[VectorStore] = request.param
    return found


def random_vectors(count: int, dimensions: int = 16) -> tuple[list[int], Vectors]:
    generator = np.random.default_rng(7)
    vectors = generator.normal(size=(count, dimensions)).astype(np.float32)
    numbers = np.cumsum(generator.integers(1, 9, count)).tolist()
    return numbers, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute_force(numbers: list[int], vectors: Vectors, question: Vector, k: int) -> list[tuple[int, float]]:
    products = [float(np.dot(vector.astype(np.float64), question)) for vector in vectors]
    return sorted(zip(numbers, products, strict=True), key=lambda pair: (-pair[1], pair[0]))[:k]


@pytest.mark.parametrize("k", [1, 5, 299, 300, 1000])
def test_ranks_like_brute_force(store_class: type[VectorStore], k: int) -> None:
    numbers, vectors = random_vectors(300)
    found = store_class.build(numbers, vectors).search(vectors[3], k)
    expected = brute_force(numbers, vectors, vectors[3], k)
    assert [number for number, _ in found] == [number for number, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)


SMALL = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])  # products of these are exact, so ties are ties


@given(
    arrays(np.float32, st.tuples(st.integers(1, 40), st.just(3)), elements=SMALL),
    arrays(np.float32, 3, elements=SMALL),
    st.integers(1, 45),
)
@pytest.mark.parametrize("store_class", STORES)
def test_equal_products_are_ranked_by_number(
    store_class: type[VectorStore], vectors: Vectors, question: Vector, k: int
) -> None:
    numbers = list(range(10, 10 + 3 * len(vectors), 3))
    assert store_class.build(numbers, vectors).search(question, k) == brute_force(numbers, vectors, question, k)


def test_a_question_like_a_vector_finds_it_with_a_cosine_of_one(store_class: type[VectorStore]) -> None:
    numbers, vectors = random_vectors(50)
    for number, vector in zip(numbers, vectors, strict=True):
        ((found, cosine),) = store_class.build(numbers, vectors).search(vector, 1)
        assert (found, cosine) == (number, pytest.approx(1))


def test_products_of_the_named_vectors(store_class: type[VectorStore]) -> None:
    numbers, vectors = random_vectors(30)
    wanted = [numbers[row] for row in (7, 0, 29, 7)]
    products = store_class.build(numbers, vectors).products(vectors[3], wanted)
    assert products == pytest.approx([float(vectors[row] @ vectors[3]) for row in (7, 0, 29, 7)], abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 1024])
def test_background_is_mean_and_deviation_of_all_products(store_class: type[VectorStore], count: int) -> None:
    numbers, vectors = random_vectors(count)
    products = vectors @ vectors[0]
    background = store_class.build(numbers, vectors).background(vectors[0])
    assert background == pytest.approx((float(products.mean()), float(products.std())), abs=1e-5)


def test_background_of_many_is_that_of_a_sample(store_class: type[VectorStore]) -> None:
    numbers, vectors = random_vectors(5000)
    products = vectors @ vectors[0]
    background = store_class.build(numbers, vectors).background(vectors[0])
    assert background == pytest.approx((float(products.mean()), float(products.std())), abs=0.03)


@pytest.mark.parametrize("count", [1, 2, 100])
def test_stored_bytes_give_the_same_store(store_class: type[VectorStore], count: int) -> None:
    numbers, vectors = random_vectors(count)
    store = store_class.build(numbers, vectors)
    again = store_class.from_bytes(store.to_bytes())
    assert len(again) == count
    assert again.search(vectors[0], count) == store.search(vectors[0], count)
    assert again.products(vectors[0], numbers) == store.products(vectors[0], numbers)
    assert again.background(vectors[0]) == store.background(vectors[0])


def test_the_same_vectors_give_the_same_bytes(store_class: type[VectorStore]) -> None:
    assert store_class.build(*random_vectors(20)).to_bytes() == store_class.build(*random_vectors(20)).to_bytes()


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_is_found_where_nothing_is_asked_for(store_class: type[VectorStore], k: int) -> None:
    numbers, vectors = random_vectors(5)
    assert store_class.build(numbers, vectors).search(vectors[0], k) == []


def test_an_empty_store(store_class: type[VectorStore]) -> None:
    _, vectors = random_vectors(1)
    store = store_class.build([], np.zeros((0, 16), np.float32))
    assert len(store) == 0
    assert store.search(vectors[0], 5) == []
    assert store.background(vectors[0]) == (0.0, 0.0)


@pytest.mark.parametrize("cut", [0, 1, 15, 16, 17, -1, -4])
def test_truncated_bytes_are_refused(store_class: type[VectorStore], cut: int) -> None:
    with pytest.raises(LibraryDamaged, match="tongwen rebuild"):
        store_class.from_bytes(store_class.build(*random_vectors(20)).to_bytes()[:cut])


def test_the_bytes_of_another_kind_of_store_are_refused(store_class: type[VectorStore]) -> None:
    (other,) = (store for store in STORES if store is not store_class)
    with pytest.raises(LibraryDamaged, match="tongwen rebuild"):
        store_class.from_bytes(other.build(*random_vectors(20)).to_bytes())


def test_an_index_over_another_measure_is_refused() -> None:
    import faiss

    index = faiss.IndexIDMap2(faiss.IndexFlatL2(16))
    with pytest.raises(LibraryDamaged, match="another kind"):
        FaissStore.from_bytes(faiss.serialize_index(index).tobytes())
