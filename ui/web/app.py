"""The web application: the chat's page, the API beside it, and the walls around both."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fastapi
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response
from starlette.types import ASGIApp

from ui.access.access import Access
from ui.access.guard import guard
from ui.api.doors import Doors
from ui.messages import MESSAGES, preferred_language
from ui.security import LOOPBACK, harden
from ui.web.services import ChatServices
from ui.web.upload_limit import UploadLimit

BODY_LIMIT = 1024 * 1024  # bytes; a question is a few kilobytes
STYLES = [Path(__file__).with_name(name) for name in ("page.css", "evidence.css", "library_page.css")]
SCRIPTS = ("page.js", "library_page.js")
ICON = Path(__file__).with_name("icon.svg")
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONOSPACE = ("ui-monospace", "Menlo", "Consolas", "monospace")

# Read by Gradio and the Hugging Face libraries when they are imported: no analytics, no hub. Gradio would also sum up
# all its past events with pandas after each one, for a monitoring page that is off.
SILENCE = {
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**12),
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}


def build_app(
    services: ChatServices, hosts: Sequence[str] = LOOPBACK, api: ASGIApp | None = None, access: Access | None = None
) -> fastapi.FastAPI:
    """The chat, in Chinese at `/zh/` and in English at `/en/`, for requests made to one of `hosts`.

    `/` leads to the one that the browser prefers. `api` (`ui.api.app`) answers beside the chat, behind the same walls.
    Without `access` everyone who reaches it may do everything.
    """
    # Where no event loop runs, Gradio opens one for each of its locks and never closes it. A new thread can always run
    # one, whatever runs in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _build(services, hosts, api, access)).result()


async def _build(
    services: ChatServices, hosts: Sequence[str], api: ASGIApp | None, access: Access | None
) -> fastapi.FastAPI:
    silence()
    import gradio as gr

    from ui.web.documents import router_for
    from ui.web.exports import export_router
    from ui.web.page import build_page

    undocumented: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = fastapi.FastAPI(**undocumented)
    app.add_middleware(UploadLimit, limit=BODY_LIMIT)  # of the chat; the API has its own
    if api:
        app.add_middleware(Doors, api=api)
    guard(app, access)
    harden(app, hosts, [f"/{name}" for name in SCRIPTS])
    app.add_api_route("/", _choose_language, methods=["GET", "HEAD"])
    for name in SCRIPTS:
        app.add_api_route(f"/{name}", partial(_script, name), methods=["GET"])
    app.add_api_route("/favicon.ico", _icon, methods=["GET"])
    app.include_router(export_router(services.conversations, version("tongwen"), services.library_version))
    if services.desk:
        app.include_router(router_for(services.desk.library))
    for language in MESSAGES:
        gr.mount_gradio_app(
            app,
            build_page(services, language).queue(default_concurrency_limit=None),
            path=f"/{language}",
            app_kwargs=undocumented,
            theme=gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS, font_mono=MONOSPACE),
            css_paths=STYLES,
            footer_links=[],
            allowed_paths=[],
            show_error=False,
            ssr_mode=False,
            pwa=False,
            run_history=False,
            enable_monitoring=False,
            mcp_server=False,
        )
    return app


def silence() -> None:
    """Set what Gradio reads when it is imported and when it makes a page, before either."""
    for name, value in SILENCE.items():
        os.environ.setdefault(name, value)


def _choose_language(request: fastapi.Request) -> Response:
    language = preferred_language(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", headers={"vary": "accept-language", "cache-control": "no-store"})


def _script(name: str) -> Response:
    return FileResponse(
        Path(__file__).with_name(name), media_type="text/javascript", headers={"cache-control": "no-cache"}
    )


def _icon() -> Response:
    return FileResponse(ICON, media_type="image/svg+xml")
