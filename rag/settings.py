"""The settings of one run, read once: the environment (`TONGWEN_*`) over `tongwen.toml` over the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from index.errors import SettingsError


class Settings(BaseSettings):
    """What can be set. `tongwen.toml` is looked for in the working folder; its keys are these names."""

    model_config = SettingsConfigDict(
        env_prefix="TONGWEN_", env_ignore_empty=True, toml_file="tongwen.toml", frozen=True, extra="forbid"
    )

    library: Path = Path("library")  # folder of the library
    embedder: str | None = None  # a model folder, a model in the local hub cache, or "hashing"; None: the default
    llm: Literal["none"] = "none"  # no LLM is connected in this release; answers are extractive
    store: Literal["faiss"] = "faiss"
    passages: Annotated[int, Field(ge=1, le=50)] = 6  # how many passages an answer may draw on

    @field_validator("llm", "store", mode="before")
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
