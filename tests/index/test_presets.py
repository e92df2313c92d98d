"""Models by name and by folder: the prefix, pooling and length limit with which each is used.

The models are tiny and random, of the architectures of the real ones; what their vectors must be is computed with
transformers alone.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.embedding import open_embedder
from index.errors import EmbedderUnavailable
from index.model_folder import read_model_folder
from index.models import PRESETS, find_preset

QUESTION = "亚马逊 capex 是多少?"
PASSAGES = ["亚马逊今年的资本支出是 2000 亿", "The weather tomorrow: rain.", "今天"]
INSTRUCTION = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

# (architecture, name, pooling, question prefix, passage prefix)
KINDS = [
    ("xlm-roberta", "intfloat/multilingual-e5-small", "mean", "query: ", "passage: "),
    ("xlm-roberta", "BAAI/bge-m3", "cls", "", ""),
    ("gte", "alibaba-nlp-community/gte-multilingual-base", "cls", "", ""),
    ("bert", "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "mean", "", ""),
    ("qwen3", "Qwen/Qwen3-Embedding-0.6B", "lasttoken", INSTRUCTION, ""),
]


def expected(folder, texts, pooling, max_tokens):
    """Unit vectors by transformers alone, one text at a time, so without padding."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    model = AutoModel.from_pretrained(folder).eval()
    vectors = []
    for text in texts:
        with torch.no_grad():
            tokens = model(torch.tensor([tokenizer.encode(text).ids])).last_hidden_state[0].numpy()
        vector = {"mean": tokens.mean(0), "cls": tokens[0], "lasttoken": tokens[-1]}[pooling]
        vectors.append(vector / np.linalg.norm(vector))
    return np.stack(vectors)


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind[1])
def kind(request, tiny_model):
    """(open embedder, folder, pooling, prefixes) of a model that is recognised by the name of its folder."""
    architecture, name, pooling, *prefixes = request.param
    folder = tiny_model(architecture, name.rpartition("/")[2], pooling, 200)
    return open_embedder(str(folder)), folder, pooling, prefixes


def test_a_question_has_the_vector_of_its_prefix_and_pooling(kind):
    embedder, folder, pooling, (prefix, _) = kind
    assert embedder.embed_question(QUESTION) == pytest.approx(
        expected(folder, [prefix + QUESTION], pooling, 200)[0], abs=1e-5
    )


def test_passages_have_the_vectors_of_their_prefix_and_pooling(kind):
    embedder, folder, pooling, (_, prefix) = kind
    wanted = expected(folder, [prefix + passage for passage in PASSAGES], pooling, 200)
    assert embedder.embed_passages(PASSAGES) == pytest.approx(wanted, abs=1e-5)


def test_a_long_text_is_cut_at_the_limit(kind):
    embedder, folder, pooling, (_, prefix) = kind
    limit = min(200, read_model_folder(folder).max_tokens)
    text = prefix + "资本" * 300
    assert embedder.embed_passages([text.removeprefix(prefix)])[0] == pytest.approx(
        expected(folder, [text], pooling, limit)[0], abs=1e-5
    )


def test_a_model_that_has_the_characters_reads_chinese(kind):
    assert kind[0].reads_chinese()


def test_a_static_model_is_the_mean_of_its_table(tiny_model):
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = tiny_model("static", "static-similarity-mrl-multilingual-v1")
    embedder = open_embedder(str(folder))
    table = load_file(folder / "0_StaticEmbedding" / "model.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(str(folder / "0_StaticEmbedding" / "tokenizer.json"))
    wanted = table[tokenizer.encode(QUESTION, add_special_tokens=False).ids].mean(0)
    assert embedder.embed_question(QUESTION) == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-5)
    assert np.linalg.norm(embedder.embed_passages(["", "今天"]), axis=1) == pytest.approx([1, 1])
    assert embedder.reads_chinese()


def test_a_checkpoint_without_modules_is_pooled_as_its_preset_says(tiny_model):
    folder = tiny_model("xlm-roberta", "bge-m3", None)
    found = open_embedder(str(folder)).embed_passages(PASSAGES)
    assert found == pytest.approx(expected(folder, PASSAGES, "cls", 64), abs=1e-5)


def test_a_checkpoint_without_modules_or_preset_is_refused(tiny_model):
    with pytest.raises(EmbedderUnavailable, match=r"modules\.json.*set TONGWEN_EMBEDDER"):
        open_embedder(str(tiny_model("xlm-roberta", "anything", None)))


# Which preset


def test_a_model_in_the_hub_cache_is_used_with_its_preset(tiny_model, tmp_path, monkeypatch):
    from huggingface_hub import constants

    revision = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--intfloat--multilingual-e5-base"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(revision)
    shutil.copytree(tiny_model("xlm-roberta"), repository / "snapshots" / revision)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    embedder = open_embedder("intfloat/multilingual-e5-base")
    wanted = expected(repository / "snapshots" / revision, ["query: 今天"], "mean", 64)[0]
    assert embedder.name == "intfloat/multilingual-e5-base"
    assert embedder.embed_question("今天") == pytest.approx(wanted, abs=1e-5)
    assert embedder.fingerprint == open_embedder(str(repository / "snapshots" / revision)).fingerprint


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_found_by_every_name_of_its_model(name):
    owner, short = name.split("/")
    cached = Path(f"/cache/models--{owner}--{short}/snapshots/0123")
    assert find_preset(Path("/models") / short) is PRESETS[name]
    assert find_preset(cached) is PRESETS[name]
    assert find_preset(Path("/models/mine"), original_name=name) is PRESETS[name]


def test_another_folder_has_no_preset():
    assert find_preset(Path("/models/mine"), original_name="bert-base-chinese") is None


def test_an_unknown_model_is_used_as_its_own_files_say(tiny_model):
    folder = tiny_model("bert", max_tokens=40)
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "Q: ", "passage": "P: "}, "default_prompt_name": None})
    )
    model = read_model_folder(folder)
    assert (model.question_prefix, model.passage_prefix, model.max_tokens) == ("Q: ", "P: ", 40)
    found = open_embedder(str(folder)).embed_question("今天")
    assert found == pytest.approx(expected(folder, ["Q: 今天"], "mean", 40)[0], abs=1e-5)


def test_a_default_prompt_is_for_questions_and_passages(tiny_model):
    folder = tiny_model("bert")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"search": "S: "}, "default_prompt_name": "search"})
    )
    model = read_model_folder(folder)
    assert (model.question_prefix, model.passage_prefix) == ("S: ", "S: ")


def test_what_a_folder_says_for_tongwen_goes_before_all_else(tiny_model):
    folder = tiny_model("bert", "multilingual-e5-small")
    (folder / "tongwen.json").write_text(json.dumps({"question_prefix": "", "max_tokens": 30}))
    model = read_model_folder(folder)
    assert (model.question_prefix, model.passage_prefix, model.max_tokens) == ("", "passage: ", 30)
    (folder / "tongwen.json").write_text(json.dumps({"preset": "BAAI/bge-m3"}))
    assert read_model_folder(folder).passage_prefix == ""


@pytest.mark.parametrize("settings", [{"preset": "no/such"}, {"prefix": "query: "}, {"max_tokens": "512"}, ["query: "]])
def test_settings_that_are_not_understood_are_refused(tiny_model, settings):
    folder = tiny_model("bert")
    (folder / "tongwen.json").write_text(json.dumps(settings))
    with pytest.raises(EmbedderUnavailable, match=r"tongwen\.json"):
        open_embedder(str(folder))


# What is refused


def test_the_original_of_gte_needs_code_and_is_refused(tiny_model):
    folder = tiny_model("gte", "gte-multilingual-base", "cls")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "new"}))
    with pytest.raises(EmbedderUnavailable, match=r"never run; take a copy .* TONGWEN_EMBEDDER"):
        open_embedder(str(folder))


def test_an_architecture_that_nobody_knows_is_refused(tiny_model):
    folder = tiny_model("bert")
    (folder / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": {"AutoModel": "own.Model"}}))
    (folder / "own.py").write_text("raise AssertionError('this must never run')")
    with pytest.raises(EmbedderUnavailable, match=r"cannot be loaded.*TONGWEN_EMBEDDER"):
        open_embedder(str(folder)).embed_question("今天")


def test_a_module_of_another_package_is_refused(tiny_model):
    folder = tiny_model("bert")
    (folder / "modules.json").write_text(json.dumps([{"path": "", "type": "own.Module"}]))
    with pytest.raises(EmbedderUnavailable, match=r"own\.Module.*never run"):
        open_embedder(str(folder))
