"""The page of the library: layout and wiring. What it does is in `ui.library_desk`, what it shows in `ui.rendering`.

Everybody sees the list; whoever may write can change it, which is asked anew for every event: a hidden button is no
wall. Annotations are real ones here, not texts: Gradio reads them to know what a listener wants.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import DocumentUnknown, TongwenError
from index.formats.registry import MAX_FILE_BYTES
from ui.adding import Adding
from ui.library_desk import LONGEST_TEXT, UNDO_SECONDS, LibraryDesk, Undo, Uploaded, discard
from ui.library_messages import LibraryMessages
from ui.rendering.library_list import adding_progress, document_list, notice
from ui.visitors import visitor_of
from ui.web.upload_limit import UPLOAD_LIMIT

logger = logging.getLogger(__name__)

_MEGABYTE = 1_000_000
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_BRIEF: dict[str, Any] = {**_QUIET, "queue": False}  # takes no time, so it waits for nothing that does
_TEXT: dict[str, Any] = {"latex_delimiters": [], "sanitize_html": True}


class LibraryPage:
    """Its components, made where a page is being built; `attach` makes them do something."""

    def __init__(self, desk: LibraryDesk, words: LibraryMessages, zone: tzinfo | None = None) -> None:
        """Times are shown in `zone`, by default that of this computer."""
        self._desk, self._words, self._zone = desk, words, zone
        self._running: dict[str, Adding] = {}  # by the session of a browser's tab
        self._removing: set[tuple[str, str]] = set()  # the sessions and buttons that are being worked on
        self.undo = gr.State(None, time_to_live=UNDO_SECONDS)  # what was removed last, in memory alone
        self.number = gr.State(0)  # of the page of the list
        with gr.Column(elem_id="library"):
            with gr.Column(visible=False, elem_id="library-adding") as self.adding:
                self.files = gr.File(
                    label=words.upload, file_count="multiple", elem_id="library-files", height=150, buttons=[]
                )
                megabytes = {
                    "file_megabytes": MAX_FILE_BYTES // _MEGABYTE,
                    "upload_megabytes": UPLOAD_LIMIT // _MEGABYTE,
                }
                gr.Markdown(notice(words.upload_help.format(**megabytes)), elem_id="library-help", **_TEXT)
                with gr.Accordion(words.paste, open=False, elem_id="library-paste"):
                    self.title = gr.Textbox("", label=words.paste_title, max_lines=1, max_length=200)
                    # One more than it may have, so that a browser cuts nothing off without a word.
                    self.text = gr.Textbox(
                        "", label=words.paste_text, lines=6, max_lines=16, max_length=LONGEST_TEXT + 1
                    )
                    self.paste = gr.Button(words.paste_add, variant="primary", elem_id="library-paste-add")
            with gr.Row(elem_id="library-state"):
                self.progress = gr.Markdown(elem_id="library-progress", **_TEXT)
                self.stop = gr.Button(words.stop, visible=False, size="sm", scale=0, elem_id="library-stop")
            with gr.Row(elem_id="library-notice"):
                self.notice = gr.Markdown(**_TEXT)
                self.undoing = gr.Button(words.undo, visible=False, size="sm", scale=0, elem_id="library-undo")
            self.search = gr.Textbox(
                "",
                label=words.search,
                show_label=False,
                placeholder=words.search,
                max_lines=1,
                elem_id="library-search",
            )
            self.listed = gr.Markdown(elem_id="library-list", **_TEXT)
            with gr.Row(elem_id="library-pages", visible=False) as self.pages:
                self.previous = gr.Button(words.previous, size="sm", scale=0)
                self.position = gr.Markdown(**_TEXT)
                self.next = gr.Button(words.next, size="sm", scale=0)

    def attach(self, opened: Sequence[Callable[..., Any]], channel: Any) -> list[Any]:
        """Show the list at each event of `opened`, and do what buttons say that come through `channel`.

        `channel` has a `field`, the id of the button, and is `pressed`. Returns what happens when the library has
        changed, for a page to show that elsewhere too.
        """
        view = [self.listed, self.pages, self.position, self.previous, self.next, self.number]
        where = [self.search, self.number]
        said = [self.progress, self.stop, self.notice, self.undoing, self.undo, self.adding]
        for event in opened:
            event(self._open, where, [self.adding, *view], **_BRIEF)
        # Not `input`, which Gradio raises for keys alone and not for what is pasted or dictated.
        self.search.change(self._search, self.search, view, trigger_mode="always_last", **_BRIEF)
        self.previous.click(self._turn_back, where, view, **_BRIEF)
        self.next.click(self._turn_on, where, view, **_BRIEF)
        self.stop.click(self._stop, None, [self.progress, self.stop], **_BRIEF)
        pasting = [self.title, self.text]
        return [
            # The names that their senders gave to files are in what Gradio makes paths of, so it must not.
            self.files.upload(
                self._upload, [self.files, *where], [self.files, *said, *view], preprocess=False, **_QUIET
            ),
            self.paste.click(self._paste, [*pasting, *where], [*pasting, *said, *view], **_QUIET),
            self.undoing.click(self._undo, [self.undo, *where], [*said, *view], **_BRIEF),
            # Not one generator for both: a click between what it shows last and its end would be lost.
            channel.pressed(
                self._remove,
                [channel.field, self.undo, *where],
                [*said, *view],
                trigger_mode="multiple",
                **_BRIEF,
            ),
            channel.pressed(self._renew, [channel.field, *where], [*said, *view], **_QUIET),
        ]

    # Looking

    def _open(self, looked_for: str, number: int, request: gr.Request) -> tuple[Any, ...]:
        return gr.Column(visible=_may_write(request)), *self._view(looked_for, number, request)

    def _search(self, looked_for: str, request: gr.Request) -> tuple[Any, ...]:
        return self._view(looked_for, 0, request)

    def _turn_back(self, looked_for: str, number: int, request: gr.Request) -> tuple[Any, ...]:
        return self._view(looked_for, number - 1, request)

    def _turn_on(self, looked_for: str, number: int, request: gr.Request) -> tuple[Any, ...]:
        return self._view(looked_for, number + 1, request)

    def _view(self, looked_for: str, number: int, request: gr.Request) -> tuple[Any, ...]:
        words = self._words
        try:
            page = self._desk.page(looked_for, number)
        except TongwenError as error:
            return notice(self._why_not(error), alarming=True), gr.Row(visible=False), "", gr.skip(), gr.skip(), 0
        position = words.position.format(number=page.number + 1, pages=page.pages)
        return (
            document_list(page, words, _may_write(request), self._desk.can_read_again, self._zone),
            gr.Row(visible=page.pages > 1),
            notice(position),
            gr.Button(interactive=page.number > 0),
            gr.Button(interactive=page.number + 1 < page.pages),
            page.number,
        )

    # Adding

    def _upload(
        self, files: list[dict[str, Any]] | None, looked_for: str, number: int, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        uploaded = [Uploaded(Path(file["path"]), file.get("orig_name") or "") for file in files or ()]
        if not uploaded or not _may_write(request):
            discard(uploaded)
            why = self._words.not_allowed if uploaded else self._words.upload_failed
            yield gr.File(value=None), *self._said(why, alarming=True), *self._view(looked_for, number, request)
            return
        for shown in self._follow(self._desk.upload(uploaded), looked_for, number, request):
            yield gr.File(value=None), *shown

    def _paste(
        self, title: str, text: str, looked_for: str, number: int, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        if not _may_write(request):
            said = self._said(self._words.not_allowed, alarming=True)
            yield gr.skip(), gr.skip(), *said, *self._view(looked_for, number, request)
            return
        adding = self._desk.paste(title, text)
        for shown in self._follow(adding, looked_for, number, request):
            # What was typed stays until it is in the library.
            yield ("", "", *shown) if adding.was_added else (gr.skip(), gr.skip(), *shown)

    def _follow(self, adding: Adding, looked_for: str, number: int, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        words, session = self._words, str(request.session_hash)
        self._running[session] = adding
        try:
            for progress in adding.follow():
                done = progress.state == "done"
                view = self._view(looked_for, number, request) if done else (gr.skip(),) * 6
                stop = gr.Button(visible=not done, interactive=not adding.is_stopping)
                said = adding_progress(progress, words, adding.is_stopping), stop
                yield *said, "", gr.Button(visible=False), None, gr.Column(visible=done), *view
        finally:
            self._running.pop(session, None)

    def _stop(self, request: gr.Request) -> tuple[Any, ...]:
        adding = self._running.get(str(request.session_hash))
        if adding is None:
            return gr.skip(), gr.skip()
        adding.stop()
        return notice(self._words.stopping), gr.Button(interactive=False)

    # Changing

    def _remove(
        self, pressed: str, undo: Undo | None, looked_for: str, number: int, request: gr.Request
    ) -> tuple[Any, ...]:
        verb, _, document_id = pressed.partition("-")
        action = str(request.session_hash), pressed
        if verb != "remove" or action in self._removing:  # another button, or the second of two clicks
            return (gr.skip(),) * 12
        if not _may_write(request):
            return *self._said(self._words.not_allowed, alarming=True), *self._view(looked_for, number, request)
        self._removing.add(action)
        try:
            said = self._removed(document_id, undo)
        except TongwenError as error:
            said = self._said(self._why_not(error), alarming=True)
        finally:
            self._removing.discard(action)
        return *said, *self._view(looked_for, number, request)

    def _renew(self, pressed: str, looked_for: str, number: int, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        verb, _, document_id = pressed.partition("-")
        if verb != "renew":
            yield (gr.skip(),) * 12
            return
        if not _may_write(request):
            yield *self._said(self._words.not_allowed, alarming=True), *self._view(looked_for, number, request)
            return
        try:
            yield from self._follow(self._desk.read_again(document_id), looked_for, number, request)
        except TongwenError as error:
            yield *self._said(self._why_not(error), alarming=True), *self._view(looked_for, number, request)

    def _removed(self, document_id: str, last: Undo | None) -> tuple[Any, ...]:
        """What is said of a removal; of one that this visitor has made already, the same as then."""
        try:
            last = self._desk.remove(document_id)
        except DocumentUnknown:
            if last is None or last.removed.summary.id != document_id:
                raise
        return self._said(self._words.removed.format(title=last.removed.summary.title), last)

    def _undo(self, undo: Undo | None, looked_for: str, number: int, request: gr.Request) -> tuple[Any, ...]:
        words = self._words
        if not _may_write(request):
            said = self._said(words.not_allowed, alarming=True)
        elif undo is None or undo.is_over:
            said = self._said(words.too_late, alarming=True)
        else:
            try:
                said = self._said(words.restored.format(title=self._desk.bring_back(undo).title))
            except TongwenError as error:  # it can be tried again
                said = self._said(self._why_not(error), undo, alarming=True)
        return *said, *self._view(looked_for, number, request)

    def _said(self, text: str, undo: Undo | None = None, alarming: bool = False) -> tuple[Any, ...]:
        """A notice in the place of all that was said before."""
        stop, undoing = gr.Button(visible=False), gr.Button(visible=undo is not None)
        return "", stop, notice(text, alarming), undoing, undo, gr.skip()

    def _why_not(self, error: TongwenError) -> str:
        logger.warning("the page of the library met %s", type(error).__name__)
        return self._words.problem(error)


def _may_write(request: gr.Request) -> bool:
    return request.request is not None and visitor_of(request.request.scope).may("write")
