"""The web chat: layout and wiring. What it shows is made in `ui.render`, what guards it stands in `ui.security`.

Gradio is imported when an app is built, so importing this module is cheap. A conversation lives in the session state of
the browser that leads it; nothing about it is kept here.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fastapi
import uvicorn
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp

from index.errors import SettingsError
from ui import render
from ui.api.doors import Doors
from ui.conversation import Assistant, Turn, exchanges, follow
from ui.feedback import KeepFeedback
from ui.feedback_form import FeedbackForm
from ui.messages import MESSAGES, InterfaceLanguage, Messages, preferred_language
from ui.security import LOOPBACK, harden

HOST = "127.0.0.1"
PORT = 7860
AT_ONCE = 2  # questions answered at the same time
WAITING = 50  # questions in the queue; a further one is told that the chat is busy
BODY_LIMIT = 1024 * 1024  # bytes; a question is a few kilobytes
STYLE = Path(__file__).with_name("web.css")
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONOSPACE = ("ui-monospace", "Menlo", "Consolas", "monospace")

# Read by Gradio and the Hugging Face libraries when they are imported: no analytics, no hub.
SILENCE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}

# Gradio knows no fallback from one kind of Chinese to another.
LOCALES: Mapping[str, InterfaceLanguage] = {"en": "en", "zh": "zh", "zh-CN": "zh", "zh-TW": "zh", "zh-HK": "zh"}

Conversation = tuple[Turn, ...]


def build_app(
    assistant: Assistant,
    examples: Sequence[str],
    count_documents: Callable[[], int],
    hosts: Sequence[str] = LOOPBACK,
    keep_feedback: KeepFeedback | None = None,
    api: ASGIApp | None = None,
) -> fastapi.FastAPI:
    """The chat at `/`, for requests made to one of `hosts`; `examples` are questions to choose from.

    Answers have thumbs under them where `keep_feedback` keeps what is said of them. `api` (`ui.api.app`) answers
    beside the chat, behind the same walls.
    """
    # Where no event loop runs, Gradio opens one for each of its locks and never closes it. A new thread can always run
    # one, whatever runs in this one.
    with ThreadPoolExecutor(1) as thread:
        building = _build(assistant, examples, count_documents, hosts, keep_feedback, api)
        return thread.submit(asyncio.run, building).result()


async def _build(
    assistant: Assistant,
    examples: Sequence[str],
    count_documents: Callable[[], int],
    hosts: Sequence[str],
    keep_feedback: KeepFeedback | None,
    api: ASGIApp | None,
) -> fastapi.FastAPI:
    for name, value in SILENCE.items():
        os.environ.setdefault(name, value)
    import gradio as gr

    words = gr.I18n(**{locale: asdict(MESSAGES[language]) for locale, language in LOCALES.items()})

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
        return turns, render.chat_messages(turns, messages), render.evidence(turn, messages), box

    def greet(request: gr.Request) -> tuple[str, str]:
        messages = messages_for(request)
        return render.header(count_documents(), messages), render.evidence(None, messages)

    def ask(question: str, turns: Conversation, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        messages = messages_for(request)
        chosen = event.value["text"] if event.target is chat else question
        for turn in follow(assistant, chosen, exchanges(turns)):
            yield view((*turns, turn), messages)

    def stop(turns: Conversation, request: gr.Request) -> tuple[Any, ...]:
        return view(tuple(turn.stopped() for turn in turns), messages_for(request))

    def clear(request: gr.Request) -> tuple[Any, ...]:
        return view((), messages_for(request))

    with gr.Blocks(title="同文 Tongwen", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        conversation = gr.State(())
        header = gr.Markdown(elem_id="header", latex_delimiters=[])
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
                    render_markdown=False,  # what is said is HTML made by ui.render, and never anything more
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
        page.load(greet, None, [header, panel], api_visibility="private", show_progress="hidden")

    undocumented: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = fastapi.FastAPI(**undocumented)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT)  # of the chat; the API has its own
    if api:
        app.add_middleware(Doors, api=api)
    harden(app, hosts)
    gr.mount_gradio_app(
        app,
        page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE),
        path="/",
        app_kwargs=undocumented,
        theme=gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONOSPACE),
        css_paths=STYLE,
        i18n=words,
        footer_links=[],
        max_file_size=BODY_LIMIT,
        allowed_paths=[],
        show_error=False,
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
    )
    return app


def serve(app: fastapi.FastAPI, host: str = HOST, port: int = PORT) -> None:
    """Answer at `host` and `port` until interrupted, and print the address once it answers."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port") from error
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,  # an open browser holds a stream for as long as it is open
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        AnnouncingServer(config, f"http://{f'[{host}]' if ':' in host else host}:{port}").run(sockets=[listener])


class AnnouncingServer(uvicorn.Server):
    """Prints its address when it has started, not before, and ends without complaint about browsers still open."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self.address, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it reports every stream that is cut
        await super().shutdown(sockets)
