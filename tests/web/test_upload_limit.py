"""How much may be sent, where, and by whom."""

import fastapi
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from ui.visitors import Visitor
from ui.web import upload_limit
from ui.web.upload_limit import UPLOAD_LIMIT, UploadLimit

LIMIT = 1_000
ROUTES = ["/zh/gradio_api/upload", "/en/gradio_api/upload"]


class Visited:
    def __init__(self, app, scopes):
        self.app, self.scopes = app, scopes

    async def __call__(self, scope, receive, send):
        scope.setdefault("state", {})["visitor"] = Visitor("", "", frozenset(self.scopes))
        await self.app(scope, receive, send)


@pytest.fixture
def client(monkeypatch):
    """Of somebody with some rights; the limit of uploads is a small one."""
    monkeypatch.setattr(upload_limit, "UPLOAD_LIMIT", 5_000)
    monkeypatch.setattr(upload_limit, "_ENVELOPE", 0)

    def client(*scopes):
        app = fastapi.FastAPI()

        @app.post("/{path:path}")
        async def count(request: Request):
            return len(await request.body())

        app.add_middleware(UploadLimit, limit=LIMIT)
        return TestClient(Visited(app, scopes))

    return client


@pytest.mark.parametrize("path", [*ROUTES, "/zh/gradio_api/upload/"])
def test_files_go_where_gradio_takes_them(client, path):
    assert client("read", "write").post(path, content=b"a" * 5_000).json() == 5_000


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/zh/",
        "/zh/gradio_api/queue/join",
        "/gradio_api/upload",
        "/fr/gradio_api/upload",
        "/zh/zh/gradio_api/upload",
    ],
)
def test_elsewhere_little_is_taken(client, path):
    visitor = client("read", "write")
    assert visitor.post(path, content=b"a" * LIMIT).json() == LIMIT
    assert visitor.post(path, content=b"a" * (LIMIT + 1)).status_code == 413


@pytest.mark.parametrize(("path", "said"), [(ROUTES[0], "请分几次上传"), (ROUTES[1], "upload them in several parts")])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "not announced"])
def test_too_much_is_refused_in_the_words_of_the_page(client, path, said, announced):
    content = b"a" * 5_001
    refused = client("read", "write").post(path, content=content if announced else iter([content]))
    assert refused.status_code == 413
    assert said in refused.text


@pytest.mark.parametrize(("path", "said"), [(ROUTES[0], "请向管理员申请"), (ROUTES[1], "ask the administrator")])
def test_whoever_may_not_write_sends_no_files(client, path, said):
    refused = client("read").post(path, content=b"a")
    assert refused.status_code == 403
    assert said in refused.text


def test_the_words_name_the_true_limit():
    assert UPLOAD_LIMIT == 200_000_000
    assert all("200 MB" in said for said in upload_limit._TOO_MUCH.values())
