"""The setting `TONGWEN_LLM` made a LlamaIndex LLM, and its streams made one kind of stream.

An endpoint (OpenAI-compatible or Ollama) gets a client of its own for every try, so that closing a stream closes its
connection; a model in process stays loaded. LlamaIndex and the vendors' packages are imported only here and where one
is chosen. Their own retries are off: `rag.llm_answerer` counts the tries.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index.errors import SettingsError, TongwenError
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.local_llm import InProcess
    from rag.wire import Clock

_OLLAMA = "http://127.0.0.1:11434"  # where Ollama listens unless it is told otherwise
_NO_KEY = "none"  # both clients look into the environment where they are given nothing


class ModelFault(TongwenError):
    """A stream could not be had or broke off. Its text holds nothing that the endpoint said: it may repeat the key."""

    def __init__(self, problem: str, again: bool, retry_after: str | None = None) -> None:
        super().__init__(problem)
        self.again = again  # another try may go better
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a stream: text, or how it ended, or what it used."""

    text: str = ""
    end: Literal["stop", "cut"] | None = None  # "cut": at the limit of tokens, or for a reason that is no end
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class LanguageModel:
    """A chat model by the name it was set with."""

    def __init__(
        self,
        name: str,
        opened: Callable[[Clock, bool], Any],
        streams: int,
        count_tokens: Callable[[str], int] | None = None,
        remote: bool = True,
    ) -> None:
        """`opened(clock, usage)` is a context with the LLM for one try; `usage`: ask for token counts."""
        self.name = name
        self.streams = streams  # that it can write at a time
        self.count_tokens = count_tokens  # of its own tokenizer, where that is at hand
        self._opened = opened
        self._remote = remote
        self._reports_usage = True  # until it refuses to be asked

    def stream(self, system: str, user: str, clock: Clock) -> Generator[Delta, None, None]:
        """One try. Raises `ModelFault`, at any point; closing the iterator closes the connection or stops the model."""
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [ChatMessage(role=MessageRole.SYSTEM, content=system)] if system else []
        messages.append(ChatMessage(role=MessageRole.USER, content=user))
        usage = self._reports_usage
        try:
            with self._opened(clock, usage) as llm:
                options = {} if self._remote else {"clock": clock}
                for response in llm.stream_chat(messages, **options):
                    delta = read_delta(response.delta, response.raw)
                    if delta.text:
                        clock.token_arrived()
                    yield delta
        except Exception as error:
            # An endpoint may send anything, and the clients fail on it in ways of their own (an attribute of None, a
            # JSON error): all of them are the endpoint's fault, none reaches the reader as a crash.
            if usage and clock.status in (400, 422):
                self._reports_usage = False
                raise ModelFault("it does not report token counts", again=True) from None
            raise _fault(error, clock) from None


def read_delta(text: object, raw: Any) -> Delta:
    """What LlamaIndex passes on as the endpoint's own words, in any of the forms the clients give it."""
    text = text if isinstance(text, str) else ""
    choices = _get(raw, "choices")
    reason = _get(choices[0], "finish_reason") if isinstance(choices, list) and choices else None
    if _get(raw, "done") is True:  # Ollama
        reason = _get(raw, "done_reason") or "stop"
    reason = reason or _get(raw, "finish_reason")
    usage = _get(raw, "usage")
    return Delta(
        text=text,
        end=None if reason is None else "stop" if reason == "stop" else "cut",
        prompt_tokens=_count(_get(usage, "prompt_tokens")),
        completion_tokens=_count(_get(usage, "completion_tokens")),
    )


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _fault(error: Exception, clock: Clock) -> ModelFault:
    status = clock.status
    if status is not None and status >= 300:
        return ModelFault(
            f"status {status}", again=status in (408, 429) or status >= 500, retry_after=clock.retry_after
        )
    return ModelFault(type(error).__name__, again=True)


def open_language_model(settings: Settings) -> LanguageModel:
    """The model of the settings, which must name one; raises `SettingsError` where it cannot be opened."""
    kind, _, name = settings.llm.partition(":")
    opener = {"openai": _openai, "ollama": _ollama, "llama-cpp": _llama_cpp, "transformers": _transformers}[kind]
    try:
        return opener(settings, name)
    except ModuleNotFoundError as error:
        extra = {"openai": "llm", "transformers": "llm", "ollama": "ollama", "llama-cpp": "llamacpp"}[kind]
        raise SettingsError(
            f"TONGWEN_LLM={kind}:… needs the package {error.name}; run `pip install 'tongwen[{extra}]'` "
            f"(in a checkout: `pip install -e '.[{extra}]'`)"
        ) from error


def _key(settings: Settings) -> str:
    return settings.llm_api_key.get_secret_value() if settings.llm_api_key else _NO_KEY


def _openai(settings: Settings, model: str) -> LanguageModel:
    from llama_index.llms.openai_like import OpenAILike

    from rag.wire import limited_client

    if settings.llm_base_url is None:
        raise SettingsError(
            "TONGWEN_LLM=openai:… needs the address of its endpoint; set TONGWEN_LLM_BASE_URL, "
            "as in http://127.0.0.1:8000/v1"
        )

    @contextmanager
    def opened(clock: Clock, usage: bool) -> Iterator[LLM]:
        with limited_client(clock) as client:
            yield OpenAILike(
                model=model,
                api_base=settings.llm_base_url,
                api_key=_key(settings),
                http_client=client,
                is_chat_model=True,
                context_window=settings.llm_context_tokens,
                max_tokens=settings.llm_answer_tokens,
                temperature=0.0,
                max_retries=0,
                timeout=settings.llm_answer_seconds,
                additional_kwargs={"stream_options": {"include_usage": True}} if usage else {},
            )

    return LanguageModel(settings.llm, opened, settings.llm_streams)


def _ollama(settings: Settings, model: str) -> LanguageModel:
    import ollama
    from llama_index.llms.ollama import Ollama

    from rag.wire import limited_client

    base_url = settings.llm_base_url or _OLLAMA

    @contextmanager
    def opened(clock: Clock, usage: bool) -> Iterator[LLM]:
        with limited_client(clock) as limited:
            headers = {"Authorization": f"Bearer {_key(settings)}"}
            client = ollama.Client(base_url, headers=headers, follow_redirects=False, trust_env=False)
            client._client.close()
            limited.base_url, limited.headers = client._client.base_url, client._client.headers
            client._client = limited  # it makes a client of its own and takes none
            yield Ollama(
                model=model,
                base_url=base_url,
                client=client,
                temperature=0.0,
                context_window=settings.llm_context_tokens,
                request_timeout=settings.llm_answer_seconds,
                additional_kwargs={"num_predict": settings.llm_answer_tokens},
            )

    return LanguageModel(settings.llm, opened, settings.llm_streams)


def _transformers(settings: Settings, folder: str) -> LanguageModel:
    from rag.local_llm import open_transformers

    return _in_process(
        settings, open_transformers(Path(folder), settings.llm_context_tokens, settings.llm_answer_tokens)
    )


def _llama_cpp(settings: Settings, file: str) -> LanguageModel:
    from rag.local_llm import open_llama_cpp

    return _in_process(settings, open_llama_cpp(Path(file), settings.llm_context_tokens, settings.llm_answer_tokens))


def _in_process(settings: Settings, llm: InProcess) -> LanguageModel:
    @contextmanager
    def opened(clock: Clock, usage: bool) -> Iterator[LLM]:
        yield llm

    return LanguageModel(settings.llm, opened, streams=1, count_tokens=llm.count_tokens, remote=False)
