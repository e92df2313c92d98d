"""Reads a folder with an embedding model: how its vectors are made, whether it is safe to load, and its fingerprint.

Nothing of the model is loaded here and none of the machine-learning libraries is imported. The layout is that of
sentence-transformers: `modules.json` lists the modules and the folder of each. Beside it may lie `tongwen.json`, whose
prefixes go before what the model's own files say; its limit only lowers theirs, and its pooling is for a checkpoint
without `modules.json`:

    {"preset": "intfloat/multilingual-e5-small"}
    {"question_prefix": "query: ", "passage_prefix": "passage: ", "max_tokens": 512, "pooling": "mean"}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.checksums import file_digest
from index.errors import EmbedderUnavailable
from index.models import PRESETS, Preset, find_preset

GRAPH = "encoder.onnx"  # the weightless graph of the fast start, where there is one; it decides no vector
MANIFEST = "hashes.json"  # file name → sha256, of every file of a model that is shipped with the program

_RECIPE = 1  # counts changes of how the program itself makes a vector of a text
_LONGEST_TOKENS = 8192  # attention over more would take gigabytes
_PICKLED = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
_DECISIVE_SUFFIXES = (".safetensors", ".model")
_DECISIVE_NAMES = {
    "modules.json",
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "adapter_config.json",
}
_SETTINGS = "tongwen.json"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model that may be loaded, and how the vectors of its texts are made. They are always given length 1."""

    path: Path
    question_prefix: str
    passage_prefix: str
    pooling: str | None  # where the folder has no module for it: how to make one vector of those of the tokens
    max_tokens: int  # longer texts are cut
    fingerprint: str

    @property
    def has_graph(self) -> bool:
        """Whether it can be run by its graph."""
        return (self.path / GRAPH).is_file()


def read_model_folder(path: Path, preset: Preset | None = None, shipped: bool = False) -> ModelFolder:
    """The model in `path`; of a `shipped` one every file must be as its manifest says.

    `preset` is that of the name under which the model was asked for. Raises `EmbedderUnavailable` where the model is
    incomplete, altered, or could only be loaded by running code that comes with it.
    """
    digests = _checked_digests(path) if shipped else {}
    try:
        settings = _read_settings(path)
        config = _read_json(path / "config.json")
        preset = PRESETS.get(settings.get("preset", "")) or preset or find_preset(path, config.get("_name_or_path"))
        modules = _read_modules(path, preset)
        for module in modules:
            _check_module(path / module["path"], module)
        _check_code(path, config)
        described = _describe(path, modules, preset or Preset(licence="unknown"), settings)
        decisive = {}
        for file in _decisive_files(path, modules):
            name = file.relative_to(path).as_posix()
            decisive[name] = digests.get(name) or file_digest(file)
        return replace(described, fingerprint=_fingerprint(described, decisive))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise EmbedderUnavailable(
            f"{path} is not a sentence-transformers model that can be read ({error}); "
            "set TONGWEN_EMBEDDER to one that is"
        ) from error


def write_manifest(path: Path) -> None:
    """Write down the hashes of the files of a model that is to be shipped; documents (`*.md`) are not part of it."""
    digests = {file.relative_to(path).as_posix(): file_digest(file) for file in _manifest_files(path)}
    (path / MANIFEST).write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n", "utf-8")


def _describe(path: Path, modules: list[dict[str, Any]], preset: Preset, settings: Mapping[str, Any]) -> ModelFolder:
    """Put together what is said of the model: `tongwen.json` goes before its own files, and those before a preset."""
    said = replace(preset, **{key: value for key, value in settings.items() if key != "preset"})
    prompts = _read_json(path / "config_sentence_transformers.json")
    own = prompts.get("prompts") or {}
    default = own.get(prompts.get("default_prompt_name")) or ""
    passage = next((own[key] for key in ("document", "passage", "corpus") if own.get(key)), None)
    return ModelFolder(
        path=path,
        question_prefix=settings.get("question_prefix", own.get("query") or preset.question_prefix or default),
        passage_prefix=settings.get("passage_prefix", passage or preset.passage_prefix or default),
        pooling=None if (path / "modules.json").exists() else said.pooling,
        max_tokens=_max_tokens(path, modules, said),
        fingerprint="",  # is taken of all this
    )


def _max_tokens(path: Path, modules: list[dict[str, Any]], preset: Preset) -> int:
    first = path / modules[0]["path"]
    limits = [_LONGEST_TOKENS, preset.max_tokens]
    limits += [_read_json(file).get("max_seq_length") for file in first.glob("sentence_*_config.json")]
    limits.append(_read_json(first / "tokenizer_config.json").get("model_max_length"))
    return int(min(limit for limit in limits if limit))


def _fingerprint(described: ModelFolder, digests: Mapping[str, str]) -> str:
    """Hash of all that decides the vectors; neither the folder's place nor the way in which it is run is part of it."""
    making = [
        _RECIPE,
        digests,
        described.question_prefix,
        described.passage_prefix,
        described.pooling,
        described.max_tokens,
    ]
    return hashlib.sha256(json.dumps(making, sort_keys=True).encode()).hexdigest()[:16]


def _decisive_files(path: Path, modules: list[dict[str, Any]]) -> Iterator[Path]:
    for folder in sorted({path, *(path / module["path"] for module in modules)}):
        for file in sorted(folder.glob("*")):
            if file.is_file() and (file.suffix in _DECISIVE_SUFFIXES or file.name in _DECISIVE_NAMES):
                yield file


def _read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty where there is no such file."""
    if not path.is_file():
        return {}
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} holds no object")
    return content


def _read_modules(path: Path, preset: Preset | None) -> list[dict[str, Any]]:
    """The modules by `modules.json`; a checkpoint without it is one module, where a preset says how to pool."""
    if preset and preset.pooling and not (path / "modules.json").exists() and (path / "config.json").exists():
        return [{"path": ""}]
    modules: list[dict[str, Any]] = json.loads((path / "modules.json").read_text("utf-8"))
    if not modules:
        raise ValueError("modules.json is empty")
    return modules


def _read_settings(path: Path) -> dict[str, Any]:
    settings = _read_json(path / _SETTINGS)
    kinds = {"preset": str, "question_prefix": str, "passage_prefix": str, "pooling": str, "max_tokens": int}
    wrong = [key for key, value in settings.items() if key not in kinds or not isinstance(value, kinds[key])]
    if settings.get("preset", next(iter(PRESETS))) not in PRESETS:
        wrong = [f"preset {settings['preset']}"]
    if wrong:
        raise EmbedderUnavailable(
            f"{path / _SETTINGS} is not understood ({', '.join(wrong)}); known settings are {', '.join(kinds)}, "
            f"known presets {', '.join(PRESETS)}"
        )
    return settings


# Safety


def _check_module(folder: Path, module: Mapping[str, Any]) -> None:
    """Raise `EmbedderUnavailable` where loading the module could run code that comes with the model."""
    weights = {file.suffix for file in folder.glob("*")} & {*_PICKLED, ".safetensors"}
    if weights and ".safetensors" not in weights:
        raise EmbedderUnavailable(
            f"{folder} has its weights as a pickle ({', '.join(sorted(weights))}), which is never "
            "loaded; convert them to safetensors, or set TONGWEN_EMBEDDER to another model"
        )
    kind = module.get("type", "sentence_transformers.")
    if not kind.startswith("sentence_transformers."):
        raise EmbedderUnavailable(
            f"{folder} needs the class {kind}, and code that comes with a model is never run; "
            "set TONGWEN_EMBEDDER to another model"
        )


def _check_code(path: Path, config: Mapping[str, Any]) -> None:
    """Raise `EmbedderUnavailable` for the architecture that has to be known by name; others fail when loaded."""
    if config.get("model_type") == "new":
        raise EmbedderUnavailable(
            f"{path} needs code that comes with the model, which is never run; take a copy in transformers' own format "
            "(model type gte, such as alibaba-nlp-community/gte-multilingual-base) and set TONGWEN_EMBEDDER to it"
        )


def _checked_digests(path: Path) -> dict[str, str]:
    """The digests of all files, which are those of the manifest."""
    try:
        expected = _read_json(path / MANIFEST)
        found = {file.relative_to(path).as_posix(): file_digest(file) for file in _manifest_files(path)}
    except (OSError, ValueError) as error:
        raise EmbedderUnavailable(f"{path} cannot be read ({error}); install tongwen again") from error
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong or not expected:
        raise EmbedderUnavailable(
            f"the model in {path} is not the one that was shipped ({', '.join(wrong if expected else [MANIFEST])}); "
            "install tongwen again, or set TONGWEN_EMBEDDER to another model"
        )
    return found


def _manifest_files(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.name != MANIFEST and file.suffix != ".md":
            yield file
