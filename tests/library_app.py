"""The page of the library by itself, in both languages, behind the same policy as the chat; whoever visits says who."""

import re
import secrets
from datetime import timedelta, timezone

import fastapi
import gradio as gr
from fastapi.responses import FileResponse
from starlette.datastructures import Headers, MutableHeaders

from ui.library_messages import LIBRARY_MESSAGES
from ui.security import POLICY, uncompressed, with_nonce
from ui.visitors import SCOPES, Visitor
from ui.web.app import FONTS
from ui.web.app import STYLE as PAGE_STYLE
from ui.web.library_page import SCRIPT as LIBRARY_SCRIPT
from ui.web.library_page import STYLE, LibraryPage
from ui.web.upload_limit import UploadLimit

BODY_LIMIT = 1024 * 1024
SHANGHAI = timezone(timedelta(hours=8))

# What page.js does: the language of the page for Gradio's own words, and buttons in rendered text that reach Python.
SCRIPT = """
const locale = location.pathname.startsWith("/zh") ? "zh-CN" : "en";
Object.defineProperty(navigator, "language", { get: () => locale });
Object.defineProperty(navigator, "languages", { get: () => [locale] });
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.act");
  if (!button) return;
  const field = document.querySelector("#acting-action textarea, #acting-action input");
  field.value = button.id;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#acting").click());
});
"""


class Channel:
    """As the page of the chat has it."""

    def __init__(self):
        self.field = gr.Textbox(elem_id="acting-action", visible="hidden", max_length=64)
        self.pressed = gr.Button(elem_id="acting", visible="hidden").click


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
            body, headers = with_nonce(bytes(page), nonce), MutableHeaders(scope=start)
            headers["content-security-policy"] = POLICY.format(nonce=nonce)
            headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        return await self.app(uncompressed(scope), receive, send_page)


def build_library_app(desk):
    app = fastapi.FastAPI()
    app.add_middleware(UploadLimit, limit=BODY_LIMIT)
    app.add_middleware(Walls)
    app.add_api_route("/library.js", lambda: FileResponse(LIBRARY_SCRIPT, media_type="text/javascript"))
    for language, words in LIBRARY_MESSAGES.items():
        with gr.Blocks(analytics_enabled=False, title="Library") as page:
            channel = Channel()
            changes = gr.Markdown("0", elem_id="changes")
            library_page = LibraryPage(desk, words, SHANGHAI)
            for event in library_page.attach([page.load], channel):
                event.then(lambda said: str(int(said) + 1), changes, changes, api_visibility="private")
        gr.mount_gradio_app(
            app,
            page.queue(default_concurrency_limit=4),
            path=f"/{language}",
            theme=gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=FONTS),
            head='<script src="/library.js"></script>',
            css_paths=[PAGE_STYLE, STYLE],
            footer_links=[],
            allowed_paths=[],
            show_error=False,
            ssr_mode=False,
            enable_monitoring=False,
        )
    return app
