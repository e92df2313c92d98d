"""The page of the library by itself, in both languages, behind the same policy as the chat; whoever visits says who."""

import re
import secrets
from datetime import timedelta, timezone
from functools import partial

import fastapi
import gradio as gr
from fastapi.responses import FileResponse
from starlette.datastructures import Headers, MutableHeaders

from ui.library_messages import LIBRARY_MESSAGES
from ui.security import POLICY, uncompressed, with_nonce, with_scripts
from ui.visitors import SCOPES, Visitor
from ui.web.app import FONTS, SCRIPTS, STYLES, silence
from ui.web.channel import Channel
from ui.web.library_page import LibraryPage
from ui.web.upload_limit import UploadLimit

FOLDER = STYLES[0].parent
BODY_LIMIT = 1024 * 1024
SHANGHAI = timezone(timedelta(hours=8))


class Walls:
    """Notes who the visitor is, as a header says it, and lets no script run that is not the page's own."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scopes = Headers(scope=scope).get("x-scopes", " ".join(SCOPES)).split()
        scope.setdefault("state", {})["visitor"] = Visitor("session", "", frozenset(scopes))
        if not re.fullmatch(r"/(zh|en)/?", scope["path"]):
            return await self.app(scope, receive, send)
        nonce, start, page = secrets.token_urlsafe(16), {}, bytearray()

        async def send_page(message):
            if message["type"] == "http.response.start":
                start.update(message)
                return
            page.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            body = with_nonce(with_scripts(bytes(page), [f"/{name}" for name in SCRIPTS]), nonce)
            headers = MutableHeaders(scope=start)
            headers["content-security-policy"] = POLICY.format(nonce=nonce)
            headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        return await self.app(uncompressed(scope), receive, send_page)


def _script(name):
    return FileResponse(FOLDER / name, media_type="text/javascript")


def build_library_app(desk):
    silence()
    app = fastapi.FastAPI()
    app.add_middleware(UploadLimit, limit=BODY_LIMIT)
    app.add_middleware(Walls)
    for name in SCRIPTS:
        app.add_api_route(f"/{name}", partial(_script, name))
    for language, words in LIBRARY_MESSAGES.items():
        with gr.Blocks(analytics_enabled=False, title="Library") as page:
            channel = Channel("managing")
            changes = gr.Markdown("0", elem_id="changes")
            library_page = LibraryPage(desk, words, SHANGHAI)
            for event in library_page.attach([page.load], channel):
                event.then(lambda said: str(int(said) + 1), changes, changes, api_visibility="private")
        gr.mount_gradio_app(
            app,
            page.queue(default_concurrency_limit=4),
            path=f"/{language}",
            theme=gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS),
            css_paths=STYLES,
            footer_links=[],
            allowed_paths=[],
            show_error=False,
            ssr_mode=False,
            enable_monitoring=False,
        )
    return app
