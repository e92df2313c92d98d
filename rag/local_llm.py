"""Models in process as LlamaIndex LLMs: transformers from a folder, llama.cpp from a GGUF file.

Only local files are read, weights only from safetensors or GGUF, and no code that comes with a model is run. A stream
ends with its reason ("stop" or "length") in `raw`, as an endpoint gives it. A closed stream has stopped the model.
"""

from __future__ import annotations

import queue
import threading
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.core.llms import (
    ChatMessage,
    CompletionResponse,
    CompletionResponseGen,
    CustomLLM,
    LLMMetadata,
)
from pydantic import PrivateAttr

from index.errors import SettingsError

if TYPE_CHECKING:
    from rag.wire import Clock


class InProcess(CustomLLM):
    """What the two have in common."""

    context_tokens: int
    answer_tokens: int

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=self.context_tokens, num_output=self.answer_tokens, is_chat_model=True, model_name="local"
        )

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponse:
        *_, whole = self.stream_complete(prompt, formatted, **options)
        return whole

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """How many tokens the model reads `text` as, without those that begin or end a prompt."""


class TransformersLLM(InProcess):
    """A causal language model with its tokenizer."""

    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    def __init__(self, model: Any, tokenizer: Any, **fields: Any) -> None:
        super().__init__(messages_to_prompt=self._prompt, **fields)
        self._model = model
        self._tokenizer = tokenizer

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _prompt(self, messages: Sequence[ChatMessage]) -> str:
        turns = [{"role": message.role.value, "content": message.content or ""} for message in messages]
        if self._tokenizer.chat_template:
            return str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
        return "\n\n".join(turn["content"] for turn in turns) + "\n\n"

    def stream_complete(
        self, prompt: str, formatted: bool = False, clock: Clock | None = None, **options: Any
    ) -> CompletionResponseGen:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        stopped = threading.Event()

        class Stopped(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **rest: Any) -> Any:
                late = clock is not None and clock.deadline < clock.now()
                return torch.full((input_ids.shape[0],), stopped.is_set() or late, dtype=torch.bool)

        # What a chat template writes begins with the special tokens itself.
        inputs = self._tokenizer(
            prompt, return_tensors="pt", add_special_tokens=not (formatted and self._tokenizer.chat_template)
        )
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        outcome: list[Any] = []

        def generate() -> None:
            try:
                outcome.append(
                    self._model.generate(
                        input_ids=inputs["input_ids"],
                        attention_mask=inputs["attention_mask"],
                        max_new_tokens=self.answer_tokens,
                        do_sample=False,
                        streamer=streamer,
                        stopping_criteria=StoppingCriteriaList([Stopped()]),
                    )
                )
            except Exception as error:  # raised again where the stream is read
                outcome.append(error)
                streamer.on_finalized_text("", stream_end=True)

        thread = threading.Thread(target=generate, name="tongwen-generate", daemon=True)

        def stream() -> CompletionResponseGen:
            text = ""
            thread.start()
            try:
                while (piece := _next_piece(streamer.text_queue, clock)) is not streamer.stop_signal:
                    if piece:
                        text += piece
                        yield CompletionResponse(text=text, delta=piece, raw={})
            finally:
                stopped.set()
                thread.join()
            if isinstance(outcome[0], Exception):
                raise outcome[0]
            made = int(outcome[0].shape[1] - inputs["input_ids"].shape[1])
            ends = self._model.generation_config.eos_token_id
            whole = int(outcome[0][0, -1]) in (ends if isinstance(ends, list) else [ends])
            usage = {"prompt_tokens": int(inputs["input_ids"].shape[1]), "completion_tokens": made}
            raw = {"finish_reason": "stop" if whole else "length", "usage": usage}
            yield CompletionResponse(text=text, delta="", raw=raw)

        return stream()


def _next_piece(pieces: queue.Queue[Any], clock: Clock | None) -> Any:
    try:
        return pieces.get(timeout=max(0.0, clock.remaining()) if clock else None)
    except queue.Empty:
        raise TimeoutError from None


class LlamaCppLLM(InProcess):
    """A GGUF model. llama.cpp can be stopped between two tokens, not while it reads the prompt."""

    _llama: Any = PrivateAttr()

    def __init__(self, llama: Any, **fields: Any) -> None:
        super().__init__(messages_to_prompt=_joined, **fields)
        self._llama = llama

    def count_tokens(self, text: str) -> int:
        return len(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=False))

    def stream_complete(
        self, prompt: str, formatted: bool = False, clock: Clock | None = None, **options: Any
    ) -> CompletionResponseGen:
        system, _, user = prompt.partition(_TURN)
        turns = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        chunks = self._llama.create_chat_completion(
            messages=turns if user else [{"role": "user", "content": system}],
            stream=True,
            temperature=0.0,
            max_tokens=self.answer_tokens,
        )

        def stream() -> CompletionResponseGen:
            text = ""
            try:
                for chunk in chunks:
                    if clock and clock.remaining() <= 0:
                        raise TimeoutError
                    choice = chunk["choices"][0]
                    piece = choice["delta"].get("content") or ""
                    text += piece
                    yield CompletionResponse(text=text, delta=piece, raw={"finish_reason": choice["finish_reason"]})
            finally:
                chunks.close()

        return stream()


_TURN = "\x00"  # no prompt holds it: `rag.passages` takes it out


def _joined(messages: Sequence[ChatMessage]) -> str:
    return _TURN.join(message.content or "" for message in messages)


def open_transformers(folder: Path, context_tokens: int, answer_tokens: int) -> TransformersLLM:
    """Load a model folder; raises `SettingsError` where it holds none that may be loaded."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}; set TONGWEN_LLM=transformers:FOLDER to that of a model")
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(str(folder), local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(
            f"the model in {folder} cannot be loaded ({type(error).__name__}); it needs config.json, a tokenizer and "
            "weights in safetensors, and no code of its own: name another folder"
        ) from error
    return TransformersLLM(model, tokenizer, context_tokens=context_tokens, answer_tokens=answer_tokens)


def open_llama_cpp(file: Path, context_tokens: int, answer_tokens: int) -> LlamaCppLLM:
    """Load a GGUF file; raises `SettingsError` where it is none."""
    from llama_cpp import Llama

    if not file.is_file():
        raise SettingsError(f"there is no file {file}; set TONGWEN_LLM=llama-cpp:FILE.gguf to that of a model")
    try:
        llama = Llama(model_path=str(file), n_ctx=context_tokens, verbose=False)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be loaded ({type(error).__name__}); name another GGUF file") from error
    return LlamaCppLLM(llama, context_tokens=context_tokens, answer_tokens=answer_tokens)
