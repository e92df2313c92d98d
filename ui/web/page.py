"""The page of the chat in one language: layout and wiring.

What is shown is made in `ui.rendering`. What is said is kept by `ui.chat` for the browser that says it; a tab knows
only which conversation it shows.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.question import question_language
from ui.chat import Chat, Screen
from ui.library_messages import LIBRARY_MESSAGES
from ui.messages import MESSAGES, InterfaceLanguage
from ui.rendering.evidence import evidence
from ui.rendering.transcript import header, notice, suggestions, transcript
from ui.visitors import Visitor, visitor_of
from ui.web.channel import Channel, read_action
from ui.web.conversation_list import ConversationList
from ui.web.feedback_form import FeedbackForm
from ui.web.library_page import LibraryPage
from ui.web.services import ChatServices

# What takes no time does not wait in the queue of questions, and is not refused where that is full.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
TEXT: dict[str, Any] = {"latex_delimiters": [], "sanitize_html": True}


@dataclass(frozen=True, slots=True)
class Offered:
    """Questions that were suggested after what was asked in a conversation."""

    conversation: str | None = None
    asked: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    def is_after(self, screen: Screen) -> bool:
        return (self.conversation, self.asked) == (screen.conversation, screen.asked)


def build_page(services: ChatServices, language: InterfaceLanguage) -> gr.Blocks:
    """The page, for `ui.web.app` to mount."""
    messages = MESSAGES[language]
    chat = Chat(services, messages)
    rated = services.keep_feedback is not None

    def to_begin_with() -> tuple[str, ...]:
        """Example questions, those in the language of the page first."""
        return tuple(sorted(services.examples(), key=lambda question: question_language(question) != language))

    def draw(session: str, screen: Screen, typed: str | None = None) -> tuple[Any, ...]:
        """What `shown` shows of a conversation; what was typed stays, unless other words are `typed`."""
        last = screen.turns[-1] if screen.turns else None
        match last.text if last and last.status == "working" else None:
            case "":
                box = gr.Textbox(value="", submit_btn=False, stop_btn=messages.stop)
            case None:
                value: dict[str, Any] = {} if typed is None else {"value": typed}
                box = gr.Textbox(**value, submit_btn=messages.send, stop_btn=False)
            case _:
                box = gr.skip()  # the next question may be half typed
        examples = () if screen.turns else to_begin_with()
        said = transcript(screen.turns, examples, messages, rated)
        listed = conversations.show(session, screen.conversation)
        panel = evidence(last, len(screen.turns) - 1, None, None, messages)
        return screen.conversation, said, panel, box, notice(screen.notice), listed, examples

    def draw_opened(session: str, screen: Screen, edited: int | None) -> tuple[Any, ...]:
        """The same with what `settled` shows beside it, of a conversation that takes the place of another."""
        return *draw(session, screen, None if edited is None else ""), *put_away()

    def put_away() -> tuple[Any, ...]:
        """What belongs to earlier turns: suggestions, the question that is being edited, the form for feedback."""
        return "", None, gr.Row(visible=False), *(feedback.closed() if feedback else ())

    def welcome(current: str | None, request: gr.Request) -> tuple[Any, ...]:
        """The questions to begin with as they are now, where nothing was asked yet."""
        if current is None or chat.open(_session(request), current).turns:
            return gr.skip(), gr.skip()
        examples = to_begin_with()
        return transcript((), examples, messages, rated), examples

    def greet(request: gr.Request) -> tuple[Any, ...]:
        progress = services.preparation.progress
        state = {"working": messages.preparing.format(done=progress.done), "failed": messages.preparing_failed}
        said = notice(state.get(progress.state, ""))
        head = header(services.count_documents(), _visitor(request).name, language, messages)
        return head, said, gr.Timer(active=progress.state == "working")

    def open_last(request: gr.Request) -> tuple[Any, ...]:
        return draw(_session(request), chat.open(_session(request)))

    async def follow(session: str, current: str | None, question: str, at: int | None) -> AsyncIterator[Any]:
        """What `settled` shows as the answer grows. Only the beginning puts away what belongs to earlier turns."""
        beside = put_away()
        async for screen in chat.aask(session, current or "", question, at):
            yield *draw(session, screen), *beside
            beside = (gr.skip(),) * len(beside)

    async def ask(question: str, current: str, edited: int | None, request: gr.Request) -> AsyncIterator[Any]:
        async for drawn in follow(_session(request), current, question, edited):
            yield drawn

    async def ask_offered(
        pressed: str, current: str, examples: tuple[str, ...], offered: Offered, request: gr.Request
    ) -> AsyncIterator[Any]:
        """Answers a question that was chosen: an example, a suggestion, or the last question again."""
        action, session = read_action(pressed), _session(request)
        number = action.turn if action else None
        question, at = "", None
        match action.verb if action else "":
            case "example" if number is not None:
                question = dict(enumerate(examples)).get(number, "")
            case "suggest" if number is not None:
                question = dict(enumerate(offered.questions)).get(number, "")
            case "retry" if number is not None:
                turn = chat.turn(session, current, number)
                question, at = (turn.question if turn else ""), number
        async for drawn in follow(session, current, question, at):
            yield drawn

    async def suggest(current: str, before: Offered, request: gr.Request) -> Offered:
        session = _session(request)
        screen = chat.open(session, current)
        if before.is_after(screen):  # nothing was asked
            return before
        return Offered(current, screen.asked, tuple(await chat.suggest(session, current)))

    def offer(current: str, offered: Offered, request: gr.Request) -> Any:
        """Shows what was suggested, unless something else was opened or asked meanwhile."""
        is_shown = offered.is_after(chat.open(_session(request), current))
        return suggestions(offered.questions, messages) if is_shown else gr.skip()

    def stop(current: str, request: gr.Request) -> tuple[Any, ...]:
        return draw(_session(request), chat.stop(_session(request), current))

    def act(pressed: str, current: str, request: gr.Request) -> tuple[Any, ...]:
        """Shows what a button asks for; what it does not concern stays as it is."""
        skip = gr.skip()
        panel, box, edited, editing = skip, skip, skip, skip
        form: tuple[Any, ...] = (skip,) * 5
        action = read_action(pressed)
        number = action.turn if action else None
        turn = chat.turn(_session(request), current, number) if number is not None else None
        if action and number is not None and turn:
            match action.verb:
                case "cite" | "source" if turn.answer:
                    cited = next((one for one in turn.answer.citations if one.number == action.number), None)
                    other = services.counterpart(cited) if cited else None
                    panel = evidence(turn, number, action.number, other, messages)
                case "edit":
                    box, edited, editing = gr.Textbox(value=turn.question), number, gr.Row(visible=True)
                case "up" | "down" if feedback:
                    form = feedback.rate(action.verb, turn.answer)
        return panel, box, edited, editing, *(form if feedback else ())

    def leave(request: gr.Request) -> tuple[Any, ...]:
        return "", None, gr.Row(visible=False)

    page: gr.Blocks
    with gr.Blocks(title="同文 Tongwen", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        current = gr.State(None)  # the id of the conversation that is shown; None until one was opened
        edited = gr.State(None)  # the number of the turn whose question is being edited
        examples = gr.State(())  # those that are shown, and
        offered = gr.State(Offered())  # the suggestions that are
        head = gr.Markdown(elem_id="header", **TEXT)
        state = gr.Markdown(elem_id="state", **TEXT)
        ticking = gr.Timer(1, active=False)
        asking, acting = Channel("asking"), Channel("acting")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(messages.chat_tab, elem_id="chat") as chat_tab, gr.Row(elem_id="columns"):
                conversations = ConversationList(services.conversations, language)
                with gr.Column(scale=4, min_width=320, elem_id="conversation"):
                    said = gr.Markdown(elem_id="transcript", **TEXT)
                    note = gr.Markdown(elem_id="notice", **TEXT)
                    feedback = FeedbackForm(services.keep_feedback, messages) if services.keep_feedback else None
                    next_questions = gr.Markdown(elem_id="suggestions", **TEXT)
                    with gr.Row(visible=False, elem_id="editing") as editing:
                        gr.Markdown(notice(messages.editing), **TEXT)
                        leaving = gr.Button(messages.cancel_edit, size="sm", scale=0)
                    box = gr.Textbox(
                        "",
                        elem_id="question",
                        label=messages.question_label,
                        show_label=False,
                        placeholder=messages.placeholder,
                        submit_btn=messages.send,
                        max_lines=6,
                        autofocus=True,
                    )
                with gr.Column(scale=3, min_width=320):
                    panel = gr.Markdown(elem_id="evidence", **TEXT)
            if services.desk:
                with gr.Tab(LIBRARY_MESSAGES[language].tab, elem_id="library-tab") as library_tab:
                    library_page = LibraryPage(services.desk, LIBRARY_MESSAGES[language])

        shown = [current, said, panel, box, note, conversations.listed, examples]
        rating = feedback.shown if feedback else []
        settled = [*shown, next_questions, edited, editing, *rating]
        # How many are answered at a time, and how many wait, is the business of `Chat`.
        streaming: dict[str, Any] = {"concurrency_limit": None, "show_progress": "hidden"}
        typed = box.submit(ask, [box, current, edited], settled, api_name="ask", **streaming)
        chosen = asking.pressed(
            ask_offered, [asking.field, current, examples, offered], settled, api_visibility="private", **streaming
        )
        for asked in (typed, chosen):
            suggested = asked.then(suggest, [current, offered], offered, **QUIET)
            suggested.then(offer, [current, offered], next_questions, **QUIET)
        box.stop(stop, current, shown, cancels=[typed, chosen], **QUIET)
        acting.pressed(
            act, [acting.field, current], [panel, box, edited, editing, *rating], trigger_mode="multiple", **QUIET
        )
        conversations.attach(chat, current, edited, settled, draw_opened, _session, QUIET)
        leaving.click(leave, None, [box, edited, editing], **QUIET)
        if services.desk:
            for changed in library_page.attach([page.load, library_tab.select], Channel("managing")):
                greeted = changed.then(greet, None, [head, state, ticking], **QUIET)
                greeted.then(welcome, current, [said, examples], **QUIET)  # others are made when they are asked for
        page.load(greet, None, [head, state, ticking], **QUIET)
        page.load(open_last, None, shown, **QUIET)
        ticked = ticking.tick(greet, None, [head, state, ticking], **QUIET)
        ticked.then(welcome, current, [said, examples], **QUIET)
        chat_tab.select(welcome, current, [said, examples], **QUIET)
    return page


def _session(request: gr.Request) -> str:
    """Whose conversations are meant: the browser's, or, of a program that has no cookie, the connection's."""
    return _visitor(request).session or str(request.session_hash)


def _visitor(request: gr.Request) -> Visitor:
    assert request.request is not None  # it is None in a batch, which nothing here is
    return visitor_of(request.request.scope)
