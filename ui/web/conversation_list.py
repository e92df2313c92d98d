"""The list of conversations: layout and wiring."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from ui.chat import Chat, Screen
from ui.conversations import LONGEST_TITLE, Conversation, Conversations, ConversationUnknown
from ui.messages import MESSAGES, InterfaceLanguage
from ui.rendering.conversation_list import conversation_list, deleted_notice
from ui.web.channel import Channel, read_action


class ConversationList:
    """Made inside a page: `listed` shows the list, `column` holds it with the field for a new name."""

    def __init__(self, conversations: Conversations, language: InterfaceLanguage) -> None:
        self._conversations = conversations
        self._language = language
        self._messages = messages = MESSAGES[language]
        self._channel = Channel("listing")
        self._deleted = gr.State(None)
        self._renamed = gr.State("")  # the id of the conversation that is being renamed
        with gr.Column(scale=1, min_width=220, elem_id="conversations"):
            self._new = gr.Button(messages.new_conversation, size="sm", elem_id="new-conversation")
            with gr.Column(visible=False, elem_id="renaming") as self._renaming:
                self._name = gr.Textbox("", label=messages.new_name, max_length=LONGEST_TITLE, max_lines=1)
                with gr.Row():
                    self._cancel = gr.Button(messages.cancel, size="sm")
                    self._save = gr.Button(messages.save, variant="primary", size="sm")
            self._notice = gr.Markdown(elem_id="list-notice", latex_delimiters=[], sanitize_html=True)
            self.listed = gr.Markdown(elem_id="list", latex_delimiters=[], sanitize_html=True)

    def show(self, session: str, current: str) -> str:
        """What `listed` shows."""
        return conversation_list(self._conversations.list(session), current, self._language, self._messages)

    def attach(
        self,
        chat: Chat,
        current: gr.State,
        edited: gr.State,
        shown: list[Any],
        draw: Callable[[str, Screen, int | None], tuple[Any, ...]],
        session_of: Callable[[gr.Request], str],
        quiet: dict[str, Any],
    ) -> None:
        """Let the list open conversations in what `shown` shows.

        `draw` makes that of a session, a screen, and which question was being edited when it was opened.
        """
        skip = (gr.skip(),) * len(shown)
        own = [self._notice, self._deleted, self._renaming, self._name, self._renamed]
        closed = gr.Column(visible=False)

        def new(edited: int | None, request: gr.Request) -> tuple[Any, ...]:
            return *draw(session_of(request), Screen(), edited), "", None, closed, "", ""

        def act(
            pressed: str, current: str, edited: int | None, deleted: Conversation | None, request: gr.Request
        ) -> tuple[Any, ...]:
            action, session = read_action(pressed), session_of(request)
            try:
                match action.verb if action else "":
                    case "open" if action:
                        return *draw(session, chat.open(session, action.of), edited), "", None, closed, "", ""
                    case "rename" if action:
                        title = self._conversations.get(session, action.of).title
                        return *skip, "", None, gr.Column(visible=True), title, action.of
                    case "delete" if action:
                        gone = chat.delete(session, action.of)
                        screen = Screen() if action.of == current else chat.open(session, current)
                        return (
                            *draw(session, screen, edited),
                            deleted_notice(gone, self._messages),
                            gone,
                            closed,
                            "",
                            "",
                        )
                    case "undo" if deleted:
                        self._conversations.restore(session, deleted)
                        return *draw(session, chat.open(session, deleted.id), edited), "", None, closed, "", ""
            except ConversationUnknown:
                return *draw(session, chat.open(session, current), edited), "", None, closed, "", ""
            return *skip, *(gr.skip(),) * len(own)

        def rename(title: str, renamed: str, current: str, request: gr.Request) -> tuple[Any, ...]:
            session = session_of(request)
            if renamed in {known.id for known in self._conversations.list(session)}:
                self._conversations.rename(session, renamed, title)
            return self.show(session, current), closed, "", ""

        def leave() -> tuple[Any, ...]:
            return closed, "", ""

        self._new.click(new, edited, [*shown, *own], **quiet)
        acting = [self._channel.field, current, edited, self._deleted]
        self._channel.pressed(act, acting, [*shown, *own], trigger_mode="multiple", **quiet)
        renaming = [self._renaming, self._name, self._renamed]
        for event in (self._save.click, self._name.submit):
            event(rename, [self._name, self._renamed, current], [self.listed, *renaming], **quiet)
        self._cancel.click(leave, None, renaming, **quiet)
