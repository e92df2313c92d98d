"""Settings: the environment over `tongwen.toml` over the defaults, and every mistake named."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from index.errors import SettingsError
from rag.settings import read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder of its own, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("LIBRARY", "EMBEDDER", "LLM", "STORE", "PASSAGES"):
        monkeypatch.delenv(f"TONGWEN_{name}", raising=False)
    return tmp_path


def write_toml(text):
    Path("tongwen.toml").write_text(text, "utf-8")


def test_there_are_defaults():
    settings = read_settings()
    assert (settings.library, settings.embedder, settings.llm, settings.store) == (
        Path("library"),
        None,
        "none",
        "faiss",
    )


def test_the_file_is_over_the_defaults():
    write_toml('library = "资料"\npassages = 9\n')
    assert (read_settings().library, read_settings().passages) == (Path("资料"), 9)


def test_the_environment_is_over_the_file(monkeypatch):
    write_toml('library = "file"\nembedder = "file"\n')
    monkeypatch.setenv("TONGWEN_LIBRARY", "environment")
    assert (read_settings().library, read_settings().embedder) == (Path("environment"), "file")


def test_the_command_line_is_over_all(monkeypatch):
    monkeypatch.setenv("TONGWEN_LIBRARY", "environment")
    assert read_settings(library=Path("option"), embedder=None).library == Path("option")


def test_settings_do_not_change():
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.passages = 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("colour = 1", "colour"),
        ('passages = "many"', "passages"),
        ("passages = 0", "passages"),
        ('store = "redis://somewhere"', "store"),
        ("library =", "tongwen.toml"),
        ('"library" = "a"\n"library" = "b"', "tongwen.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named(text, name):
    write_toml(text)
    with pytest.raises(SettingsError, match=name) as caught:
        read_settings()
    assert str(caught.value).rpartition("; ")[2].startswith("correct or ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_utf_8_is_named(folder):
    (folder / "tongwen.toml").write_bytes("library = '资料'".encode("gbk"))
    with pytest.raises(SettingsError, match=r"tongwen\.toml"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("TONGWEN_PASSAGES", "many"), ("TONGWEN_PASSAGES", "-1"), ("TONGWEN_STORE", "hnsw")],
)
def test_a_bad_value_in_the_environment_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_settings()


@pytest.mark.parametrize("value", ["gpt", "openai:", "openai", "azure:gpt", "llama-cpp: "])
def test_an_llm_that_cannot_be_is_named(monkeypatch, value):
    monkeypatch.setenv("TONGWEN_LLM", value)
    with pytest.raises(SettingsError, match=r"TONGWEN_LLM.*openai:MODEL.*unset it"):
        read_settings()


@pytest.mark.parametrize("address", ["ftp://host/v1", "host:8000", "http://user:hidden@host/v1", "https:///v1"])
def test_an_address_that_is_none_or_holds_a_password_is_refused_and_not_repeated(monkeypatch, address):
    monkeypatch.setenv("TONGWEN_LLM_BASE_URL", address)
    with pytest.raises(SettingsError, match="TONGWEN_LLM_BASE_URL") as caught:
        read_settings()
    assert "hidden" not in str(caught.value)


def test_a_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("TONGWEN_LLM_API_KEY", "sk-hidden")
    settings = read_settings()
    assert settings.llm_api_key.get_secret_value() == "sk-hidden"
    assert "sk-hidden" not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("TONGWEN_LIBRARY", "")
    assert read_settings().library == Path("library")


def test_an_address_with_a_password_is_not_repeated(monkeypatch):
    monkeypatch.setenv("TONGWEN_STORE", "redis://user:secret@somewhere")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "secret" not in str(caught.value)
