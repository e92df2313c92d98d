"""Leading a conversation: what is asked, stopped, edited and kept, without a page."""

import asyncio
import threading

import pytest

from index.errors import LibraryMissing
from ui.api.gate import Gate
from ui.chat import Chat
from ui.messages import MESSAGES
from ui.preparation import Preparation
from ui.web.services import ChatServices

ZH = MESSAGES["zh"]


@pytest.fixture
def services(assistant):
    return ChatServices(
        assistant, lambda: 2, suggest=lambda answer, history: [f"{answer.text} / {[one.question for one in history]}"]
    )


@pytest.fixture
def chat(services):
    return Chat(services, ZH)


def last(screens):
    return list(screens)[-1]


def ask(chat, *questions, conversation="", session="one", at=None):
    """The screen after the last of the questions."""
    for question in questions:
        screen = last(chat.ask(session, conversation, question, at))
        conversation = screen.conversation
    return screen


def asked(screen):
    return [turn.question for turn in screen.turns]


def test_a_conversation_opens_where_it_was_left(chat):
    screen = ask(chat, "How much?", "支出是多少？")
    assert asked(chat.open("one")) == ["How much?", "支出是多少？"]
    assert chat.open("one").conversation == screen.conversation


def test_another_browser_sees_nothing_of_it(chat):
    screen = ask(chat, "How much?")
    assert chat.open("other").turns == ()
    assert chat.open("other", screen.conversation).turns == ()
    assert chat.turn("other", screen.conversation, 0) is None


def test_a_question_comes_with_the_turns_before_it(chat):
    screen = ask(chat, "支出是多少？", "那去年呢？")
    assert screen.turns[-1].text.startswith("after: 支出是多少？")


def test_nothing_is_asked_with_nothing(chat):
    screen = ask(chat, "How much?")
    assert asked(ask(chat, "  \n", conversation=screen.conversation)) == ["How much?"]


def test_the_last_question_is_asked_again_in_its_place(chat):
    screen = ask(chat, "How much?", "支出是多少？")
    again = ask(chat, "How much?", conversation=screen.conversation, at=1)
    assert (again.conversation, asked(again)) == (screen.conversation, ["How much?", "How much?"])


def test_an_earlier_question_is_edited_in_a_new_conversation_and_nothing_is_lost(chat):
    screen = ask(chat, "支出是多少？", "How much?")
    edited = ask(chat, "Who won?", conversation=screen.conversation, at=0)
    assert (asked(edited), edited.notice) == (["Who won?"], ZH.branched)
    assert edited.conversation != screen.conversation
    assert asked(chat.open("one", screen.conversation)) == ["支出是多少？", "How much?"]


def test_what_was_said_before_it_was_stopped_is_kept_as_incomplete(chat):
    answering = chat.ask("one", "", "Wait?")
    while not (screen := next(answering)).turns[-1].text:
        pass
    stopped = chat.stop("one", screen.conversation)
    assert [(turn.status, turn.text) for turn in stopped.turns] == [("incomplete", "The first words")]


def test_a_page_that_goes_away_leaves_no_answer_that_seems_whole(chat):
    answering = chat.ask("one", "", "How much?")
    next(answering), next(answering)
    answering.close()
    assert [(turn.status, turn.answer) for turn in chat.open("one").turns] == [("incomplete", None)]


def test_what_was_stopped_writes_no_more(services):
    going_on, reached = threading.Event(), threading.Event()

    class Slow:
        def stream(self, question, history=()):
            if question == "slow?":
                yield "The first words"
                reached.set()
                going_on.wait(10)
                yield " and the rest"
            else:
                yield "quick"

    chat = Chat(ChatServices(Slow(), lambda: 2, conversations=services.conversations), ZH)
    screens = []
    thread = threading.Thread(target=lambda: screens.extend(chat.ask("one", "", "slow?")))
    thread.start()
    assert reached.wait(10)
    conversation = chat.open("one").conversation
    chat.stop("one", conversation)
    ask(chat, "quick?", conversation=conversation)
    going_on.set()
    thread.join(10)
    turns = chat.open("one", conversation).turns
    assert [(turn.question, turn.text) for turn in turns] == [("slow?", "The first words"), ("quick?", "quick")]
    assert screens[-1].turns[-1].text == "The first words"


def suggested(chat, conversation):
    return asyncio.run(chat.suggest("one", conversation))


def test_suggestions_are_made_of_the_last_answer_and_of_what_was_asked(chat):
    screen = ask(chat, "How much?")
    assert suggested(chat, screen.conversation) == ["It climbs to US$200 billion [1]. / ['How much?']"]


@pytest.mark.parametrize("question", ["Too long?", "Fail?", "Cut?", "Broken?"])
def test_nothing_is_suggested_after_what_is_no_answer(chat, question):
    assert suggested(chat, ask(chat, question).conversation) == ()


def test_nothing_is_suggested_from_a_library_that_cannot_be_read(assistant):
    def suggest(answer, history):
        raise LibraryMissing("it is gone")

    chat = Chat(ChatServices(assistant, lambda: 0, suggest=suggest), ZH)
    assert suggested(chat, ask(chat, "How much?").conversation) == ()


def test_no_more_wait_for_suggestions_than_a_bounded_number(assistant):
    gate, going_on = Gate(1, 1, 30), threading.Event()

    def suggest(answer, history):
        assert going_on.wait(30)
        return ("What next?",)

    chat = Chat(ChatServices(assistant, lambda: 0, suggest=suggest, suggesting=gate), ZH)
    conversation = ask(chat, "How much?").conversation

    async def three():
        running = [asyncio.create_task(chat.suggest("one", conversation)) for _ in range(2)]
        while (gate.running, gate.waiting) != (1, 1):
            await asyncio.sleep(0.001)
        third = await chat.suggest("one", conversation)
        going_on.set()
        return third, await asyncio.gather(*running)

    assert asyncio.run(three()) == ((), [("What next?",), ("What next?",)])


def test_while_the_library_is_prepared_a_question_is_told_so(assistant):
    preparation, done = Preparation(), threading.Event()
    preparation.start(lambda note: done.wait(10))
    chat = Chat(ChatServices(assistant, lambda: 0, preparation=preparation), ZH)
    screen = ask(chat, "How much?")
    assert (screen.turns, screen.notice) == ((), ZH.not_prepared)
    done.set()


def test_preparing_says_how_far_it_is_and_when_it_is_done():
    preparation, more, seen = Preparation(), threading.Semaphore(0), threading.Semaphore(0)

    def prepare(note):
        for finished in (3, 4):
            note(finished)
            seen.release()
            more.acquire(timeout=10)

    preparation.start(prepare)
    seen.acquire(timeout=10)
    assert (preparation.progress.state, preparation.progress.done) == ("working", 3)
    more.release()
    seen.acquire(timeout=10)
    assert preparation.progress.done == 7
    more.release()
    preparation.wait(10)
    assert preparation.progress.state == "ready"


def test_what_could_not_be_prepared_is_said_and_logged(caplog):
    preparation = Preparation()
    preparation.start(lambda note: 1 / 0)
    preparation.wait(10)
    assert preparation.progress.state == "failed"
    assert "ZeroDivisionError" in caplog.text


async def every(screens):
    return [screen async for screen in screens]


def test_in_threads_it_is_the_same(chat):
    screens = asyncio.run(every(chat.aask("one", "", "How much?")))
    assert [screen.turns[0].text for screen in screens][-1] == "It climbs to US$200 billion [1]."
    assert [screen.turns[0].status for screen in screens] == ["working", "working", "working", "answered"]


@pytest.mark.parametrize("question", ["", "How much?"])
def test_more_than_a_bounded_number_are_told_to_ask_again(assistant, question):
    async def ask():
        full = Gate(1, 0, 1.0)
        chat = Chat(ChatServices(assistant, lambda: 2, answering=full), ZH)
        async with full:
            return await every(chat.aask("one", "", question)), chat.open("one")

    screens, kept = asyncio.run(ask())
    problems = ["server_busy"] if question else []
    assert [turn.problem for turn in screens[-1].turns] == [turn.problem for turn in kept.turns] == problems


def test_a_place_is_free_again_when_an_answer_was_stopped(assistant):
    async def ask():
        gate = Gate(1, 0, 1.0)
        chat = Chat(ChatServices(assistant, lambda: 2, answering=gate), ZH)
        answering = chat.aask("one", "", "How much?")
        await anext(answering), await anext(answering)
        running = gate.running
        await answering.aclose()
        return running, gate.running

    assert asyncio.run(ask()) == (1, 0)
