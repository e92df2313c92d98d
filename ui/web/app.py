"""The web application: the chat's page, the API beside it, and the walls around both."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fastapi
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp

from ui.api.doors import Doors
from ui.conversation import Assistant
from ui.feedback import KeepFeedback
from ui.messages import MESSAGES, InterfaceLanguage
from ui.security import LOOPBACK, harden

AT_ONCE = 2  # questions answered at the same time
WAITING = 50  # questions in the queue; a further one is told that the chat is busy
BODY_LIMIT = 1024 * 1024  # bytes; a question is a few kilobytes
STYLE = Path(__file__).with_name("page.css")
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

    from ui.web.page import build_page

    words = gr.I18n(**{locale: asdict(MESSAGES[language]) for locale, language in LOCALES.items()})
    page = build_page(assistant, examples, count_documents, words, keep_feedback)
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
