"""Every embedder against one contract, and what makes two of them the same."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from index.embedding import ENGLISH_NAME, CachingEmbedder, Embedder, HashingEmbedder, open_embedder
from index.errors import EmbedderUnavailable

TEXTS = [
    "亚马逊今年的资本支出是 2000 亿美元。",
    "Amazon will spend 200 billion dollars.",
    "亚马逊 CEO Andy Jassy said capex 将增至 2000 亿 dollars.",
    "天气 weather",
    "，。！",
]


@pytest.fixture(scope="module", params=["hashing", "cached hashing", "default"])
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    match request.param:
        case "hashing":
            return open_embedder("hashing")
        case "cached hashing":
            return CachingEmbedder(HashingEmbedder())
        case _:
            return open_embedder()


def test_vectors_have_length_one(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_vectors_come_in_the_order_of_their_texts(any_embedder: Embedder) -> None:
    forward, backward = any_embedder.embed_passages(TEXTS), any_embedder.embed_passages(TEXTS[::-1])
    assert forward == pytest.approx(backward[::-1], abs=1e-5)


def test_a_question_is_nearest_to_the_passage_that_repeats_it(any_embedder: Embedder) -> None:
    passages = any_embedder.embed_passages(TEXTS)
    for row, text in enumerate(TEXTS):
        question = any_embedder.embed_question(text)
        assert question.shape == passages[row].shape
        assert int(np.argmax(passages @ question)) == row


def test_a_text_in_other_forms_has_the_same_vector(any_embedder: Embedder) -> None:
    one, other = any_embedder.embed_passages(["亚马逊 AWS 的资本支出", "亞馬遜　ＡＷＳ 的資本支出"])
    assert one @ other == pytest.approx(1, abs=1e-6 if any_embedder.name == "hashing" else 0.02)


def test_no_texts_have_no_vectors(any_embedder: Embedder) -> None:
    assert len(any_embedder.embed_passages([])) == 0


def test_progress_counts_the_texts(any_embedder: Embedder) -> None:
    counts: list[int] = []
    texts = [f"第 {number} 段 passage" for number in range(3)]
    any_embedder.embed_passages(texts, counts.append)
    assert sum(counts) == len(texts)


def test_the_english_model_does_not_claim_to_read_chinese() -> None:
    assert not open_embedder(ENGLISH_NAME).reads_chinese()


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    class Counting(HashingEmbedder):
        embedded = 0

        def embed_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            self.embedded += len(texts)
            return super().embed_passages(texts, progress)

    counting = Counting()
    cache = CachingEmbedder(counting, capacity=2)
    for text in ("甲", "乙", "甲", "丙", "甲", "乙"):
        cache.embed_passages([text])
    assert counting.embedded == 4


# Model folders


def make_model(folder: Path) -> Path:
    files = {
        "modules.json": json.dumps([{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]).encode(),
        "config.json": b'{"hidden_size": 4}',
        "model.safetensors": bytes(100),
        "tokenizer.json": b'{"model": {}}',
        "vocab.txt": "[UNK]\n的\n".encode(),
        "1_Pooling/config.json": b'{"pooling_mode_mean_tokens": true}',
        "README.md": b"a model",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_copied_model_has_the_same_fingerprint(tmp_path: Path) -> None:
    one, other = make_model(tmp_path / "one"), make_model(tmp_path / "other")
    assert open_embedder(str(one)).fingerprint == open_embedder(str(other)).fingerprint


def test_the_readme_of_a_model_does_not_matter(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    before = open_embedder(str(folder)).fingerprint
    (folder / "README.md").write_text("the same model")
    assert open_embedder(str(folder)).fingerprint == before


@pytest.mark.parametrize(
    "name",
    ["model.safetensors", "tokenizer.json", "vocab.txt", "config.json", "1_Pooling/config.json"],
)
def test_one_more_byte_makes_another_model(tmp_path: Path, name: str) -> None:
    folder = make_model(tmp_path)
    before = open_embedder(str(folder)).fingerprint
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content + b"\n")
    assert open_embedder(str(folder)).fingerprint != before


@pytest.mark.parametrize("name", ["/no/such/folder", "no-such-model", "某个模型", "a/b/c", ""])
def test_a_model_that_is_not_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmbedderUnavailable, match="TONGWEN_EMBEDDER"):
        open_embedder(name)


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "0"}]', "null"])
def test_a_folder_that_is_no_model(tmp_path: Path, content: str) -> None:
    (make_model(tmp_path) / "modules.json").write_text(content)
    with pytest.raises(EmbedderUnavailable, match="set TONGWEN_EMBEDDER"):
        open_embedder(str(tmp_path))


@pytest.mark.parametrize("module", ["", "1_Pooling"])
def test_weights_that_are_a_pickle_are_refused(tmp_path: Path, module: str) -> None:
    folder = make_model(tmp_path)
    (folder / "model.safetensors").unlink()
    (folder / module / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))
    with pytest.raises(EmbedderUnavailable, match="never loaded; convert them to safetensors"):
        open_embedder(str(folder))


def test_a_pickle_beside_safetensors_is_passed_over(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))
    assert open_embedder(str(folder)).fingerprint
