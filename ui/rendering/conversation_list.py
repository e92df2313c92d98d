"""The list of a browser's conversations, with what can be done with the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.messages import InterfaceLanguage, Messages
from ui.rendering.escaping import escape

if TYPE_CHECKING:
    from ui.conversations import Conversation


def conversation_list(
    conversations: Sequence[Conversation], current: str, language: InterfaceLanguage, messages: Messages
) -> str:
    """`open-ID` opens a conversation; `rename-ID`, `delete-ID` and links to its exports are with the `current` one."""
    if not conversations:
        return f'<section class="conversations"><p class="hint">{escape(messages.no_conversations)}</p></section>'
    items = "".join(_item(known, known.id == current, language, messages) for known in conversations)
    return f'<section class="conversations"><ul>{items}</ul></section>'


def deleted_notice(deleted: Conversation, messages: Messages) -> str:
    """Says what was deleted; `undo-ID` puts it back."""
    said = escape(messages.deleted.format(title=deleted.title or messages.untitled))
    return f'<p class="notice" role="status">{said} {_button(f"undo-{deleted.id}", messages.undo)}</p>'


def _item(known: Conversation, is_current: bool, language: InterfaceLanguage, messages: Messages) -> str:
    title = escape(known.title or messages.untitled)
    if not is_current:
        return f"<li>{_button(f'open-{known.id}', known.title or messages.untitled, 'title')}</li>"
    exports = "".join(
        f'<a href="/conversations/{known.id}/export.{kind}?language={language}">{escape(label)}</a>'
        for kind, label in (("md", messages.export_markdown), ("json", messages.export_json))
    )
    return (
        f'<li class="current"><strong class="title">{title}</strong><div class="actions">'
        f"{_button(f'rename-{known.id}', messages.rename)}{_button(f'delete-{known.id}', messages.delete)}{exports}"
        "</div></li>"
    )


def _button(action: str, label: str, kind: str = "") -> str:
    return f'<button type="button" class="{f"act via-listing {kind}".strip()}" id="{action}">{escape(label)}</button>'
