"""Other assistants, asked the same cases over HTTP: one that has our `POST /api/v1/ask`, or any OpenAI-compatible one.

What they send is data: its size and its time are limited, no redirect is followed, and what is not an answer leaves
the case unscored. The key goes to the given address alone and into no message.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from evals.cases import Case
from evals.strict_json import load_object
from evals.subject import NotAnswered, Response, SubjectKind
from evals.suite_folder import Suite
from index.errors import SettingsError
from index.language import detect_language
from index.schema import Document

KEY = "TONGWEN_EVAL_API_KEY"  # in the environment
_MOST_BYTES = 10_000_000
_NO_ANSWER = "NO ANSWER"
# The sentence, which may be quoted and followed by where it is from, as our own API writes it.
_FOOTNOTE = re.compile(r"^\s*\[\^?(\d{1,4})\]:?\s+(?:“(.*)” — .*|(\S.*))$", re.MULTILINE)
_INSTRUCTION = (
    "Answer briefly, in the language of the question. Put [1], [2] … behind what a source says, and at the end each "
    f"source on a line of its own, as [1]: and its sentence word for word. If you do not know, write only {_NO_ANSWER}."
)


class _Client:
    def __init__(self, suite: Suite, address: str, key: str | None, seconds: float) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise SettingsError(f"{parts.hostname or address!r} is no address; give http://HOST[:PORT], a key in {KEY}")
        self.address: str | None = address.rstrip("/")
        self._suite = suite
        self._key = key
        self._seconds = seconds
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def documents_of(self, case: Case) -> Sequence[Document]:
        return self._suite.documents_of(case)

    def fingerprints(self) -> dict[str, str]:
        return {}

    def _post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object that comes back; raises `NotAnswered`."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = json.dumps(content).encode()
        request = urllib.request.Request(f"{self.address}{path}", body, headers, method="POST")
        try:
            return load_object(self._read(request).decode())
        except NotAnswered:
            raise
        except urllib.error.HTTPError as error:
            error.close()
            raise NotAnswered(f"the assistant answered with status {error.code}; look into its log") from None
        except TimeoutError:
            raise NotAnswered(f"no answer within {self._seconds:g} s; give more with --timeout") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise NotAnswered(f"no answer within {self._seconds:g} s; give more with --timeout") from None
            raise NotAnswered(f"{self.address} cannot be reached ({error.reason}); is it running?") from None
        except ValueError:
            raise NotAnswered("the assistant did not send a JSON object; is the address right?") from None
        except OSError as error:
            raise NotAnswered(f"the connection broke ({type(error).__name__}); ask again with --resume") from None
        except Exception as error:  # http.client raises errors of its own for what is no HTTP
            raise NotAnswered(f"the assistant did not speak HTTP ({type(error).__name__}); check the address") from None

    def _read(self, request: urllib.request.Request) -> bytes:
        deadline = time.monotonic() + self._seconds
        content = bytearray()
        with self._opener.open(request, timeout=self._seconds) as response:
            while piece := response.read1(65536):
                content += piece
                if len(content) > _MOST_BYTES:
                    raise NotAnswered("the assistant sent more than 10 MB; no answer is as long")
                if time.monotonic() > deadline:
                    raise TimeoutError
        return bytes(content)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nothing: a redirect is an error, the key stays where it belongs."""


class RemoteAssistant(_Client):
    """One with `POST /api/v1/ask`: question and history in, the object of `ask --json` out."""

    kind: SubjectKind = "remote"

    def __init__(self, suite: Suite, address: str, key: str | None = None, seconds: float = 60.0) -> None:
        super().__init__(suite, address, key, seconds)
        self.name = urlsplit(address).netloc

    def ask(self, case: Case) -> Response:
        history = [{"question": turn.question, "answer": turn.answer} for turn in case.history]
        answer = self._post("/api/v1/ask", {"question": case.question, "history": history})
        if not _is_answer(answer):
            raise NotAnswered("what came back is not an answer as `ask --json` gives it; is the address right?")
        return Response({**answer, "language": answer.get("language") or _language(answer["answer"], case)})


class OpenAiAssistant(_Client):
    """A model behind `POST /chat/completions`, to which no passage is given: what it knows, or finds, by itself."""

    kind: SubjectKind = "openai"

    def __init__(self, suite: Suite, address: str, model: str, key: str | None = None, seconds: float = 60.0) -> None:
        super().__init__(suite, address, key, seconds)
        self.name = f"openai:{model}"
        self._model = model

    def ask(self, case: Case) -> Response:
        messages = [{"role": "system", "content": _INSTRUCTION}]
        for turn in case.history:
            messages += [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
        messages.append({"role": "user", "content": case.question})
        content = self._post("/chat/completions", {"model": self._model, "messages": messages, "temperature": 0})
        try:
            text = content["choices"][0]["message"]["content"]
            usage = content.get("usage") or {}
            tokens = {name: _count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")}
        except (KeyError, IndexError, TypeError, AttributeError):
            text = None
        if not isinstance(text, str):
            raise NotAnswered("what came back is no chat completion; is the address that of an OpenAI-compatible API?")
        return Response(self._answer(case, text) | {"usage": {**tokens, "cost": None}})

    def _answer(self, case: Case, text: str) -> dict[str, Any]:
        footnotes = [(int(note[1]), (note[2] or note[3]).strip().strip('"“”「」')) for note in _FOOTNOTE.finditer(text)]
        said = _FOOTNOTE.sub("", text).strip()
        refused = not said or said.strip('"“”.。!！ ').upper() == _NO_ANSWER
        return {
            "question": case.question,
            "answer": said,
            "language": case.language if refused else _language(said, case),
            "refused": refused,
            "reason": "not_answered" if refused else None,
            "citations": [{"number": number, "quote": quote} for number, quote in footnotes],
            "checks": {"figures": [], "names": []},
            "answerer": self.name,
        }


def _is_answer(content: Mapping[str, Any]) -> bool:
    return (
        isinstance(content.get("answer"), str)
        and isinstance(content.get("refused"), bool)
        and isinstance(content.get("citations"), list)
        and all(isinstance(one, dict) and isinstance(one.get("quote"), str) for one in content["citations"])
        and isinstance(content.get("short"), str | None)
        and _is_usage(content.get("usage"))
        and _are_checks(content.get("checks"))
        and _is_share(content.get("confidence"))
    )


def _are_checks(checks: Any) -> bool:
    return checks is None or (
        isinstance(checks, dict)
        and all(
            isinstance(found, list) and all(isinstance(one, dict) and "supported" in one for one in found)
            for found in (checks.get("figures", []), checks.get("names", []))
        )
    )


def _is_usage(usage: Any) -> bool:
    return usage is None or (
        isinstance(usage, dict)
        and all(
            value is None or (isinstance(value, int | float) and not isinstance(value, bool))
            for value in map(usage.get, ("prompt_tokens", "completion_tokens", "cost"))
        )
    )


def _is_share(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1)


def _language(text: str, case: Case) -> str:
    found = detect_language(text)
    return case.language if found == "mixed" else found


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
