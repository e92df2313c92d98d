"""The settings of one run, read once: the environment (`TONGWEN_*`) over `tongwen.toml` over the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from index.errors import AddressRefused, SettingsError
from index.web_address import parse_allowed_hosts

_LLM_KINDS = ("openai", "ollama", "llama-cpp", "transformers")
Seconds = Annotated[float, Field(gt=0, le=3600)]
Price = Annotated[float, Field(ge=0)]


class Settings(BaseSettings):
    """What can be set. `tongwen.toml` is looked for in the working folder; its keys are these names."""

    model_config = SettingsConfigDict(
        env_prefix="TONGWEN_",
        env_ignore_empty=True,
        toml_file="tongwen.toml",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    library: Path = Path("library")  # folder of the library
    embedder: str | None = None  # a model folder, a model in the local hub cache, or "hashing"; None: the default
    llm: str = "none"  # or openai:MODEL, ollama:MODEL, llama-cpp:FILE.gguf, transformers:FOLDER
    llm_base_url: str | None = None  # of the endpoint, "http://127.0.0.1:8000/v1"; Ollama's has a default
    llm_api_key: SecretStr | None = None
    llm_connect_seconds: Seconds = 10  # until the endpoint accepts a connection
    llm_first_token_seconds: Seconds = 30  # then until the first token: the model reads the passages meanwhile
    llm_token_seconds: Seconds = 20  # from one token to the next
    llm_answer_seconds: Seconds = 60  # for everything, tries and waiting for a slot included
    llm_context_tokens: Annotated[int, Field(ge=256)] = 8192  # prompt and answer together
    llm_answer_tokens: Annotated[int, Field(ge=16)] = 1024
    llm_streams: Annotated[int, Field(ge=1, le=1000)] = 4  # answers that the endpoint is asked for at a time
    llm_prompt_price: Price | None = None  # per million tokens, in any currency
    llm_completion_price: Price | None = None
    store: Literal["faiss"] = "faiss"
    passages: Annotated[int, Field(ge=1, le=50)] = 6  # how many passages an answer may draw on
    allowed_hosts: str = ""  # of web pages that may be added: HOST, HOST:PORT, *.DOMAIN, with commas; empty: none
    wrong_figure: Literal["withhold", "mark"] = "withhold"  # a sentence with a figure that its source does not bear out
    missing_name: Literal["withhold", "mark"] = "mark"  # one with a name that does not stand in its source

    @field_validator("llm")
    @classmethod
    def _names_a_model(cls, value: str) -> str:
        kind, _, name = value.partition(":")
        if value != "none" and (kind not in _LLM_KINDS or not name.strip()):
            raise ValueError("it is none, openai:MODEL, ollama:MODEL, llama-cpp:FILE.gguf or transformers:FOLDER")
        return value

    @field_validator("llm_base_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value) if value else None
        if parts and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password):
            raise ValueError("it is http://HOST[:PORT]/PATH or https://…, and a key belongs into TONGWEN_LLM_API_KEY")
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _is_a_list_of_hosts(cls, value: str) -> str:
        try:
            parse_allowed_hosts(value)
        except AddressRefused as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("store", mode="before")
    @classmethod
    def _is_there(cls, value: object, info: ValidationInfo) -> object:
        only = cls.model_fields[str(info.field_name)].default
        if value != only:
            raise ValueError(f"another value than {only!r} is not there yet")  # unquoted: addresses hold passwords
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**overrides: Any) -> Settings:
    """The settings, with `overrides` (of the command line) on top; raises `SettingsError` that names the bad one."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"the setting {name!r} (TONGWEN_{name.upper()} or tongwen.toml) cannot be used: {problem}; "
            "correct or unset it"
        ) from error
    except ValueError as error:  # a tongwen.toml that is no TOML
        raise SettingsError(f"tongwen.toml cannot be read ({error}); correct or remove it") from error
