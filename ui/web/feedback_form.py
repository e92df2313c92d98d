"""Thumbs up and down under each answer of the web chat, and the form that asks what was wrong: layout and wiring.

Annotations are real ones here, not texts: Gradio reads them to know what a listener wants.
"""

from collections.abc import Callable
from typing import Any

from index.errors import TongwenError
from ui.conversation import Turn
from ui.feedback import LONGEST, KeepFeedback
from ui.messages import Messages
from ui.rendering.escaping import escape

Conversation = tuple[Turn, ...]


class FeedbackForm:
    """The form, hidden until an answer is found wrong. Gradio is imported where one is made."""

    def __init__(
        self, keep: KeepFeedback, words: Callable[[str], Any], messages_for: Callable[[Any], Messages]
    ) -> None:
        import gradio as gr

        self._keep, self._messages_for = keep, messages_for
        self.said_of = gr.State(None)  # the answer that the form is about
        with gr.Column(visible=False, elem_id="feedback") as self.form:
            self.reason = gr.Textbox(label=words("feedback_reason"), max_length=LONGEST, max_lines=3)
            self.correction = gr.Textbox(label=words("feedback_correction"), max_length=LONGEST, max_lines=6)
            with gr.Row():
                self.cancel = gr.Button(words("feedback_cancel"), size="sm")
                self.send = gr.Button(words("feedback_send"), variant="primary", size="sm")
        self.notice = gr.Markdown(elem_id="feedback-notice", latex_delimiters=[], sanitize_html=True)

    def attach(self, chat: Any, conversation: Any) -> None:
        """Ask for it under the answers of `chat`, and take it away when the conversation is cleared."""
        import gradio as gr

        shown = [self.said_of, self.form, self.reason, self.correction, self.notice]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

        def closed(notice: str = "") -> tuple[Any, ...]:
            said = f"<p role='status'>{escape(notice)}</p>" if notice else ""
            return None, gr.Column(visible=False), "", "", said

        def like(turns: Conversation, event: gr.LikeData, request: gr.Request) -> tuple[Any, ...]:
            messages = self._messages_for(request)
            answer = _answer_at(turns, event.index)
            if answer is None:
                return closed(messages.feedback_unfinished)
            if event.liked is True:
                return closed(self._kept(messages, "up", answer, "", ""))
            return answer, gr.Column(visible=True), "", "", ""

        def send(answer: Any, reason: str, correction: str, request: gr.Request) -> tuple[Any, ...]:
            messages = self._messages_for(request)
            if answer is None:
                return closed()
            return closed(self._kept(messages, "down", answer, reason, correction))

        chat.like(like, conversation, shown, **quiet)
        self.send.click(send, [self.said_of, self.reason, self.correction], shown, **quiet)
        self.cancel.click(closed, None, shown, **quiet)
        chat.clear(closed, None, shown, **quiet)

    def _kept(self, messages: Messages, verdict: Any, answer: Any, reason: str, correction: str) -> str:
        """What is said of it when it was kept, or why it was not."""
        try:
            self._keep(verdict, answer, reason, correction)
        except TongwenError as error:
            return messages.feedback_failed.format(problem=error)
        return messages.feedback_kept


def _answer_at(turns: Conversation, index: Any) -> Any:
    """The answer in the bubble at `index`: every turn is two, its question and its reply."""
    number = index[0] if isinstance(index, list | tuple) else index
    if not isinstance(number, int) or not 0 <= number // 2 < len(turns):
        return None
    return turns[number // 2].answer
