"""The form that asks what was wrong with an answer: layout and wiring.

Annotations are real ones here, not texts: Gradio reads them to know what a listener wants.
"""

from typing import Any

from index.errors import TongwenError
from ui.api.problems import problem_of
from ui.feedback import LONGEST, KeepFeedback
from ui.messages import Messages
from ui.rendering.transcript import notice


class FeedbackForm:
    """The form, hidden until an answer is found wrong. Gradio is imported where one is made."""

    def __init__(self, keep: KeepFeedback, messages: Messages) -> None:
        import gradio as gr

        self._keep, self._messages = keep, messages
        self.said_of = gr.State(None)  # the answer that the form is about
        with gr.Column(visible=False, elem_id="feedback") as self.form:
            self.reason = gr.Textbox("", label=messages.feedback_reason, max_length=LONGEST, max_lines=3)
            self.correction = gr.Textbox("", label=messages.feedback_correction, max_length=LONGEST, max_lines=6)
            with gr.Row():
                cancel = gr.Button(messages.cancel, size="sm")
                send = gr.Button(messages.feedback_send, variant="primary", size="sm")
        self.notice = gr.Markdown(elem_id="feedback-notice", latex_delimiters=[], sanitize_html=True)
        self.shown = [self.said_of, self.form, self.reason, self.correction, self.notice]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

        def kept(answer: Any, reason: str, correction: str) -> tuple[Any, ...]:
            return self.closed(self._kept("down", answer, reason, correction) if answer else "")

        send.click(kept, [self.said_of, self.reason, self.correction], self.shown, **quiet)
        cancel.click(self.closed, None, self.shown, **quiet)

    def closed(self, said: str = "") -> tuple[Any, ...]:
        """What `shown` shows of the form that is not asked for, beside what there is to say."""
        import gradio as gr

        return None, gr.Column(visible=False), "", "", notice(said)

    def rate(self, verdict: str, answer: Any) -> tuple[Any, ...]:
        """Keep that the answer was found right, or ask what is wrong with it."""
        import gradio as gr

        if answer is None:
            return self.closed(self._messages.feedback_unfinished)
        if verdict == "up":
            return self.closed(self._kept("up", answer, "", ""))
        return answer, gr.Column(visible=True), "", "", ""

    def _kept(self, verdict: Any, answer: Any, reason: str, correction: str) -> str:
        """What is said of it when it was kept, or why it was not."""
        if max(len(reason), len(correction)) > LONGEST:
            return self._messages.feedback_failed.format(problem=self._messages.problems["text_too_long"])
        try:
            self._keep(verdict, answer, reason, correction)
        except TongwenError as error:
            problem = self._messages.problems[problem_of(error).code]
            return self._messages.feedback_failed.format(problem=problem)
        return self._messages.feedback_kept
