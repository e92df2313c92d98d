"""Answers that a language model writes from numbered passages, sentence by sentence, each with what it names.

Before the first sentence is given out a failing model is tried again, a wrong language is asked for again, and after
that the draft is called off (`AnswererUnavailable`); behind it, whatever happens makes the draft an incomplete one.
What the model says is not checked here but in `rag.grounding`.
"""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from index.language import HAN, detect_language
from rag.answer import NoteCode, QuestionLanguage, Usage
from rag.answerer import AnswererUnavailable, Draft, DraftEnd, DraftSentence
from rag.drafting import Repeating, Said, SentenceStream
from rag.evidence import Evidence
from rag.llm import Delta, LanguageModel, ModelFault, open_language_model
from rag.passages import NO_ANSWER, Passage, choose_passages, estimate_tokens, system_prompt, user_prompt
from rag.question import Question
from rag.resilience import Breaker, RetryPolicy, Slots, retry_after
from rag.settings import Settings
from rag.thoughts import ThoughtFilter
from rag.wire import Clock

log = logging.getLogger(__name__)

_OPENING_SENTENCES = 3  # that are held back at most until their language is clear
_TEMPLATE_TOKENS = 64  # what a chat template writes around the messages

_QUOTED = re.compile(r"[“\"「『《][^“”\"「」『』《》]{0,400}[”\"」』》]")
_PLAIN_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])")  # a name has a capital
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_WORDS_OF_A_NAME, _IDEOGRAPHS_OF_A_NAME = 2, 6
_CLEAR_WORDS, _CLEAR_IDEOGRAPHS = 3, 4


@dataclass(frozen=True, slots=True)
class Completed:
    """A text that a model wrote."""

    text: str


@dataclass(slots=True)
class _Draft:
    """One try: its stream, and what is known of how it goes."""

    deltas: Generator[Delta, None, None]
    sentences: SentenceStream = field(default_factory=SentenceStream)
    thoughts: ThoughtFilter = field(default_factory=ThoughtFilter)
    end: str | None = None
    over: bool = False  # read to its last event
    fault: ModelFault | None = None
    repeated: bool = False
    refused: bool = False
    said: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def broke_off(self) -> bool:
        """Whether the endpoint failed; not where its stream was left for what it said, or by the reader."""
        return self.fault is not None or (self.over and self.end is None)

    def read(self) -> Iterator[Said]:
        """The sentences of the stream; then the other fields say how it ended."""
        try:
            try:
                yield from self._whole()
            except ModelFault as fault:
                self.fault = fault
            if self.end != "stop" and not self.refused:
                yield from self._without_marker(self.sentences.cut())
        except Repeating:
            self.repeated = True

    def _whole(self) -> Iterator[Said]:
        for delta in self.deltas:
            self.prompt_tokens = self.prompt_tokens if delta.prompt_tokens is None else delta.prompt_tokens
            if delta.completion_tokens is not None:
                self.completion_tokens = delta.completion_tokens
            if self.end is None:  # after its end a stream reports what it used, and says nothing
                yield from self._without_marker(self.sentences.feed(self.thoughts.feed(delta.text)))
                self.end = delta.end
                if self.end == "stop":
                    yield from self._without_marker(self.sentences.feed(self.thoughts.end()))
                    yield from self._without_marker(self.sentences.end())
            if self.refused:
                return
        self.over = True

    def _without_marker(self, sentences: Iterator[Said]) -> Iterator[Said]:
        for sentence in sentences:
            if NO_ANSWER in sentence.text:
                self.refused = self.refused or not self.said
                continue
            if not self.refused:
                self.said += 1
                yield sentence


class LlmAnswerer:
    """Safe to share between threads: they share the slots and the breaker."""

    def __init__(
        self,
        model: LanguageModel,
        settings: Settings,
        policy: RetryPolicy | None = None,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = model.name
        self._model = model
        self._settings = settings
        self._policy = policy or RetryPolicy()
        self._breaker = breaker or Breaker()
        self._slots = Slots(model.streams)
        self._sleep = sleep
        self._now = now

    def draft(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        deadline = self._now() + self._settings.llm_answer_seconds
        with self._slots.taken(self._settings.llm_answer_seconds / 2) as taken:
            if not taken:
                raise AnswererUnavailable("the model is busy with other questions; ask again in a moment")
            yield from self._draft(question, self._passages(question, evidence), deadline)

    def complete(self, prompt: str) -> Completed:
        """One short text in one try, for `rag.llm_rewriter`; raises `ModelFault`."""
        clock = self._clock(self._now() + self._settings.llm_answer_seconds / 2)
        with self._slots.taken(0) as taken:
            if not taken or not self._breaker.allows():
                raise ModelFault("it is busy or failed several times in a row", again=False)
            thoughts = ThoughtFilter()
            try:
                text = "".join(thoughts.feed(delta.text) for delta in self._model.stream("", prompt, clock))
            except ModelFault:
                self._breaker.failed()
                raise
        self._breaker.succeeded()
        return Completed(text + thoughts.end())

    def _draft(
        self, question: Question, passages: Sequence[Passage], deadline: float
    ) -> Iterator[DraftSentence | DraftEnd]:
        notes: tuple[NoteCode, ...] = ()
        drafts: list[_Draft] = []  # that spoke, the one in the wrong language included
        draft, sentences, opening = self._begin(question, passages, deadline, insist=False)
        if _language_of(opening, question.language) == "other":
            if draft.end:  # all that is left of its stream is what it used
                deque(sentences, maxlen=0)
            draft.deltas.close()
            self._report(draft)
            drafts.append(draft)
            draft, sentences, opening = self._begin(question, passages, deadline, insist=True)
            if _language_of(opening, question.language) == "other":
                notes = ("wrong_language",)
        with closing(draft.deltas):  # also where the reader goes away in the middle
            for said in chain(opening, sentences):
                yield _drafted(said, passages)
        self._report(draft)
        drafts.append(draft)
        complete = draft.refused or (draft.end == "stop" and not draft.repeated)
        log.info("%s: %d sentences, complete=%s", self.name, draft.said, complete)
        yield DraftEnd(complete, draft.refused and not draft.said, notes, self._usage(drafts))

    def _begin(
        self, question: Question, passages: Sequence[Passage], deadline: float, insist: bool
    ) -> tuple[_Draft, Iterator[Said], list[Said]]:
        """A draft whose opening is there, with the rest of its sentences and the opening."""
        system, user = system_prompt(question.language), user_prompt(question, passages, insist)
        for tried in range(1, self._policy.tries + 1):
            if not self._breaker.allows():
                raise AnswererUnavailable("the model failed several times in a row; ask again in half a minute")
            draft = _Draft(self._model.stream(system, user, self._clock(deadline)))
            sentences = draft.read()
            opening = _opening(sentences, question.language)
            if opening or draft.refused:
                return draft, sentences, opening
            draft.deltas.close()
            fault = draft.fault or ModelFault("an empty answer", again=draft.end is None)
            self._breaker.failed()
            log.info("%s: try %d failed: %s", self.name, tried, fault)
            pause = self._policy.pause(tried, retry_after(fault.retry_after)) if fault.again else None
            if pause is None or self._now() + pause >= deadline:
                break
            self._sleep(pause)
        raise AnswererUnavailable(
            f"the model {self.name} did not answer ({fault}); check that it runs, TONGWEN_LLM_BASE_URL and "
            "TONGWEN_LLM_API_KEY"
        )

    def _report(self, draft: _Draft) -> None:
        """Count a draft for the breaker when it is over: one that began may still break off.

        One that its reader closed is not counted at all.
        """
        if draft.broke_off:
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    def _clock(self, deadline: float) -> Clock:
        settings = self._settings
        return Clock(
            deadline,
            settings.llm_connect_seconds,
            settings.llm_first_token_seconds,
            settings.llm_token_seconds,
            self._now,
        )

    def _passages(self, question: Question, evidence: Sequence[Evidence]) -> list[Passage]:
        count = self._model.count_tokens or estimate_tokens
        around = count(system_prompt(question.language)) + count(user_prompt(question, (), insist=True))
        budget = self._settings.llm_context_tokens - self._settings.llm_answer_tokens - around - _TEMPLATE_TOKENS
        passages = choose_passages(evidence, budget, count)
        if not passages:
            raise AnswererUnavailable(
                "no passage fits into what the model can read; raise TONGWEN_LLM_CONTEXT_TOKENS or lower "
                "TONGWEN_LLM_ANSWER_TOKENS"
            )
        return passages

    def _usage(self, drafts: Sequence[_Draft]) -> Usage | None:
        """What the drafts used together; unknown where one was left before it said what it had used."""
        prompt = _total(draft.prompt_tokens for draft in drafts)
        completion = _total(draft.completion_tokens for draft in drafts)
        if prompt is None and completion is None:
            return None
        prices = self._settings.llm_prompt_price, self._settings.llm_completion_price
        cost = None
        if None not in (prompt, completion, *prices):
            cost = ((prompt or 0) * (prices[0] or 0.0) + (completion or 0) * (prices[1] or 0.0)) / 1_000_000
        return Usage(prompt, completion, cost)


def open_llm_answerer(settings: Settings, **options: Any) -> LlmAnswerer:
    """The answerer of the model that the settings name; raises `SettingsError` where it cannot be opened."""
    return LlmAnswerer(open_language_model(settings), settings, **options)


def _total(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else sum(count or 0 for count in known)


def _drafted(said: Said, passages: Sequence[Passage]) -> DraftSentence:
    named = [passage for passage in passages if passage.number in said.numbers] or passages
    evidence = tuple(item for passage in named for item in passage.evidence)
    return DraftSentence(said.text, "prose", evidence, said.paragraph)


def _opening(sentences: Iterator[Said], language: QuestionLanguage) -> list[Said]:
    """The first sentences, until their language is clear."""
    opening: list[Said] = []
    for said in sentences:
        opening.append(said)
        if len(opening) == _OPENING_SENTENCES or _language_of(opening, language) != "unclear":
            break
    return opening


def _language_of(said: Sequence[Said], asked: QuestionLanguage) -> str:
    """Whether sentences are in the language "asked", in the "other", or "unclear".

    What stands in quotation marks does not count, and a name alone is in either language.
    """
    text = _QUOTED.sub(" ", " ".join(each.text for each in said))
    found = detect_language(text)
    words = len(_PLAIN_WORD.findall(text))
    ideographs = len(_HAN_CHARACTER.findall(text))
    if asked == "zh":
        if found == "en":
            return "other" if words > _WORDS_OF_A_NAME else "unclear"
        return "asked" if ideographs >= _CLEAR_IDEOGRAPHS else "unclear"
    if found == "zh":
        return "other" if ideographs > _IDEOGRAPHS_OF_A_NAME else "unclear"
    return "asked" if words >= _CLEAR_WORDS else "unclear"
