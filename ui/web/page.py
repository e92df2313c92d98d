"""The page of the chat: layout and wiring. A conversation lives in the session state of the browser that leads it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from ui.conversation import Assistant, Turn, exchanges, follow
from ui.feedback import KeepFeedback
from ui.messages import MESSAGES, Messages, preferred_language
from ui.rendering.evidence import evidence
from ui.rendering.transcript import chat_messages, header
from ui.web.feedback_form import FeedbackForm

AT_ONCE = 2  # questions answered at the same time
Conversation = tuple[Turn, ...]


def build_page(
    assistant: Assistant,
    examples: Sequence[str],
    count_documents: Callable[[], int],
    words: gr.I18n,
    keep_feedback: KeepFeedback | None,
) -> gr.Blocks:
    """The page, for `ui.web.app` to mount."""

    def messages_for(request: gr.Request) -> Messages:
        return MESSAGES[preferred_language(request.headers.get("accept-language", ""))]

    def view(turns: Conversation, messages: Messages) -> tuple[Any, ...]:
        """What `shown` shows of a conversation."""
        match turn := turns[-1] if turns else None:
            case Turn(status="working", text=""):
                box = gr.Textbox(value="", submit_btn=False, stop_btn=True)
            case Turn(status="working"):
                box = gr.skip()  # the next question may be half typed
            case _:
                box = gr.Textbox(submit_btn=True, stop_btn=False)
        return turns, chat_messages(turns, messages), evidence(turn, messages), box

    def greet(request: gr.Request) -> tuple[str, str]:
        messages = messages_for(request)
        return header(count_documents(), messages), evidence(None, messages)

    def ask(question: str, turns: Conversation, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        messages = messages_for(request)
        chosen = event.value["text"] if event.target is chat else question
        for turn in follow(assistant, chosen, exchanges(turns)):
            yield view((*turns, turn), messages)

    def stop(turns: Conversation, request: gr.Request) -> tuple[Any, ...]:
        return view(tuple(turn.stopped() for turn in turns), messages_for(request))

    def clear(request: gr.Request) -> tuple[Any, ...]:
        return view((), messages_for(request))

    page: gr.Blocks
    with gr.Blocks(title="同文 Tongwen", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        conversation = gr.State(())
        head = gr.Markdown(elem_id="header", latex_delimiters=[])
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label=words("chat_label"),
                    show_label=False,
                    placeholder=words("welcome"),  # type: ignore[arg-type]  # its annotation forgets I18nData
                    examples=[{"text": example} for example in examples],
                    buttons=[],
                    layout="bubble",
                    render_markdown=False,  # what is said is HTML made by ui.rendering, and never anything more
                    sanitize_html=True,
                    allow_tags=False,
                    latex_delimiters=[],
                )
                feedback = FeedbackForm(keep_feedback, words, messages_for) if keep_feedback else None
                box = gr.Textbox(
                    elem_id="question",
                    label=words("question_label"),
                    show_label=False,
                    placeholder=words("placeholder"),
                    submit_btn=True,
                    max_lines=6,
                    autofocus=True,
                )
            with gr.Column(scale=2, min_width=320):
                panel = gr.Markdown(elem_id="evidence", latex_delimiters=[], sanitize_html=True)

        shown = [conversation, chat, panel, box]
        asking = gr.on(
            [box.submit, chat.example_select],
            ask,
            [box, conversation],
            shown,
            api_name="ask",
            show_progress="hidden",
            concurrency_limit=AT_ONCE,
        )
        box.stop(stop, conversation, shown, cancels=[asking], api_visibility="private", show_progress="hidden")
        chat.clear(clear, None, shown, cancels=[asking], api_visibility="private", show_progress="hidden")
        if feedback:
            feedback.attach(chat, conversation)
        page.load(greet, None, [head, panel], api_visibility="private", show_progress="hidden")
    return page
