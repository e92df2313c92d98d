"""E-mail messages: who wrote to whom and when, the text, and the attached files.

Every text of the message is read, in order; of alternatives for the same text the plain one, where it holds anything,
else the HTML one. Attachments go to the readers of their formats.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage

from index.decoding import decode
from index.errors import EmptyText, LoadError, UndecodableText
from index.extraction import Extracted, Rejected
from index.formats import registry
from index.formats.html import declared_charset, hidden_notes, visible_text
from index.formats.members import read_member_file
from index.language import HAN

_MAX_PARTS = 1_000
_HEADERS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date"))
_LABELS = {
    "zh": {"subject": "主题", "from": "发件人", "to": "收件人", "cc": "抄送", "date": "日期"},
    "en": {"subject": "Subject", "from": "From", "to": "To", "cc": "Cc", "date": "Date"},
}
_BODY_TYPES = ("text/plain", "text/html")
_VAGUE_CHARSETS = (None, "us-ascii", "utf-8")  # what mailers say of HTML without having looked
_AS_IT_STANDS = email.policy.default.clone(refold_source="none")


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """The message, and a member for each attached file that is read."""
    return read_nested(content, name, 0)


def read_nested(content: bytes, name: str, depth: int) -> Iterator[Extracted | Rejected]:
    """`read`, for a message that is inside `depth` archives or messages."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(field in message for field, _ in _HEADERS):
        raise LoadError("is not an e-mail message; save it anew as .eml")
    if sum(1 for _ in message.walk()) > _MAX_PARTS:
        raise LoadError(f"has more than {_MAX_PARTS:,} parts; save what you need of it as separate files")
    leaves = list(_leaves(message))
    texts = [leaf for leaf in leaves if _is_text(leaf)]
    charset = next((found for leaf in texts if (found := leaf.get_content_charset())), None)
    headers = {key: _header(message, field, charset) for field, key in (("Subject", "subject"), *_HEADERS)}
    headers = {key: value for key, value in headers.items() if value}
    notes: list[str] = []
    body = "\n\n".join(text for leaf in texts if (text := _text(leaf, notes)))
    chinese = bool(re.search(f"[{HAN}]", headers.get("subject", "") + body[:1000]))
    labels = _LABELS["zh" if chinese else "en"]
    colon, separator, stop = ("：", "；", "。") if chinese else (": ", "; ", ".")
    first = separator.join(f"{labels[key]}{colon}{value}" for key, value in headers.items()) + stop
    skipped: list[str] = []
    items = list(_attachments([leaf for leaf in leaves if not _is_text(leaf)], charset, depth, skipped))
    if skipped:
        notes.append(f"attachments that are not read: {', '.join(skipped)}")
    yield Extracted(
        f"{first}\n\n{body}".rstrip(),
        "markdown" if any(leaf.get_content_subtype() == "html" for leaf in texts) else "text",
        headers.get("subject"),
        metadata={"format": "eml", **{key: value for key, value in headers.items() if key != "subject"}},
        notes=tuple(notes),
    )
    yield from items


# Headers


def _header(message: EmailMessage, field: str, charset: str | None) -> str:
    if field == "Date":
        try:
            moment = getattr(message.get(field), "datetime", None)
        except Exception:  # the standard library's parser of headers fails in many ways over made-up ones
            moment = None
        if moment is not None:
            return f"{moment:%Y-%m-%d %H:%M}"
    shown = _written(message, field, charset).encode(errors="replace").decode()
    return " ".join(shown.split())


def _written(part: EmailMessage, field: str, charset: str | None) -> str:
    """A header as it was written, on one line: bytes that no header may hold, and words that are encoded, decoded.

    The standard library takes such bytes for UTF-8, and the characters that GBK adds to GB 2312, or that are divided
    between two encoded words, for damage.
    """
    raw = next((value for name, value in part.raw_items() if name.lower() == field.lower()), "")
    line = re.sub(r"\r?\n\s*", " ", _decoded(str(raw).encode("utf-8", "surrogateescape"), charset))
    try:
        return "".join(
            piece if isinstance(piece, str) else _decoded(piece, name) if name else piece.decode("raw-unicode-escape")
            for piece, name in decode_header(line)
        )
    except (HeaderParseError, ValueError):
        return line


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return decode(content, charset).text
    except UndecodableText:
        return content.decode(errors="replace")


def _file_name(part: EmailMessage, charset: str | None) -> str:
    """The name of an attached file; empty where it has none."""
    for field, key in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        found = re.search(rf'(?i);\s*{key}\s*=\s*(?:"([^"]*)"|([^\s";]+))', _written(part, field, charset))
        if found:
            return found[1] or found[2] or ""
    return part.get_filename() or ""  # in pieces, or with the charset of RFC 2231


# Parts


def _leaves(part: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold no others, in order; of alternatives for one text, those of the one that is read."""
    if not part.is_multipart() or part.get_content_maintype() == "message":
        yield part
        return
    branches = [list(_leaves(each)) for each in part.iter_parts() if isinstance(each, EmailMessage)]
    if part.get_content_subtype() == "alternative":
        filled = [branch for branch in branches if any(_is_text(leaf) and _payload(leaf).strip() for leaf in branch)]
        plain = (branch for branch in filled if branch[0].get_content_type() == "text/plain")
        chosen = next(plain, filled[0] if filled else [])
        for branch in branches:
            if branch is not chosen:
                branch[:] = [leaf for leaf in branch if leaf.is_attachment()]
    for branch in branches:
        yield from branch


def _is_text(leaf: EmailMessage) -> bool:
    """Whether a part is one of the message's own texts; containers that lack their borders are text as they stand."""
    if leaf.get_content_maintype() == "multipart":
        return True
    return leaf.get_content_type() in _BODY_TYPES and not leaf.is_attachment() and not leaf.get_filename()


def _payload(leaf: EmailMessage) -> bytes:
    payload = leaf.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(leaf: EmailMessage, notes: list[str]) -> str:
    """The text of a part, that of HTML as Markdown; to `notes` goes what nobody would see of it."""
    content = _payload(leaf)
    charset = leaf.get_content_charset()
    if leaf.get_content_subtype() != "html":
        return decode(content, charset).text.replace("\r\n", "\n").strip()
    if charset in _VAGUE_CHARSETS:
        charset = declared_charset(content) or charset
    try:
        visible = visible_text(decode(content, charset).text)
    except EmptyText:
        return ""
    notes += hidden_notes(visible.hidden)
    return visible.markdown.strip()


def _attachments(
    leaves: list[EmailMessage], charset: str | None, depth: int, skipped: list[str]
) -> Iterator[Extracted | Rejected]:
    for number, leaf in enumerate(leaves, 1):
        name = _file_name(leaf, charset)
        content = _payload(leaf)
        if leaf.get_content_type() == "message/rfc822":
            name = f"{name or f'message {number}'}".removesuffix(".eml") + ".eml"
            inner = next((each for each in leaf.iter_parts() if isinstance(each, EmailMessage)), None)
            content = inner.as_bytes(policy=_AS_IT_STANDS) if inner else b""
        name = name.encode(errors="backslashreplace").decode()
        if not registry.is_supported(name):
            skipped.append(name or leaf.get_content_type())
            continue
        yield from read_member_file(content, name, name, depth + 1)
