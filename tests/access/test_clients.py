"""Clients that others made, with a key: OpenAI's, the Model Context Protocol's, Gradio's, and a browser."""

import asyncio
import contextlib
import shutil

import httpx
import httpx2
import openai
import pytest
from gradio_client import Client as GradioClient
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import expect, sync_playwright

QUESTION = "亚马逊 2026 年的资本支出是多少？"


def official(url, key):
    return contextlib.closing(openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0))


def test_openais_client_asks_with_a_key(url, keys):
    with official(url, keys["read"]) as client:
        completion = client.chat.completions.create(model="tongwen", messages=[{"role": "user", "content": QUESTION}])
        assert completion.choices[0].message.citations
        assert [model.id for model in client.models.list()] == ["tongwen", "hashing"]


@pytest.mark.parametrize("kind", ["revoked", "expired", "none"])
def test_openais_client_knows_the_refusal(url, keys, kind):
    with official(url, keys.get(kind, "none")) as client, pytest.raises(openai.AuthenticationError) as error:
        client.models.list()
    assert error.value.code == "invalid_api_key"


def test_openais_client_knows_that_it_tried_too_often(url):
    with official(url, "tw_wrong") as client:
        for _ in range(10):
            with pytest.raises(openai.AuthenticationError):
                client.models.list()
        with pytest.raises(openai.RateLimitError) as error:
            client.models.list()
    assert 0 < int(error.value.response.headers["retry-after"]) <= 60


def tools(url, **headers):
    async def run():
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            listed = [tool.name for tool in (await client.list_tools()).tools]
            answer = await client.call_tool("ask", {"question": QUESTION})
            return listed, answer.structured_content["citations"]

    return asyncio.run(run())


def test_the_client_of_the_model_context_protocol_asks_with_a_key(url, keys):
    listed, citations = tools(url, authorization=f"Bearer {keys['read']}")
    assert listed == ["search", "ask", "list_documents", "fetch_span"]
    assert citations


def test_the_client_of_the_model_context_protocol_is_refused_without(url):
    with pytest.raises(ExceptionGroup) as error:
        tools(url)
    assert error.group_contains(MCPError, match="error response")


def test_gradios_client_works_with_a_key_and_not_without(url, keys):
    with contextlib.closing(
        GradioClient(
            f"{url}/zh/", headers={"authorization": f"Bearer {keys['read']}"}, verbose=False, analytics_enabled=False
        )
    ) as client:
        assert "/ask" in str(client.view_api(return_format="dict"))
    with pytest.raises(Exception, match="credentials were not provided"):
        GradioClient(f"{url}/zh/", verbose=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        with playwright.chromium.launch(executable_path=path, args=options) as browser:
            yield browser


WORDS = {
    "zh-CN": ("密钥", "登录", "密钥无效", "退出登录", "/zh/"),
    "en-US": ("Key", "Log in", "This key is not valid", "Log out", "/en/"),
}


@pytest.mark.browser
@pytest.mark.parametrize("locale", WORDS)
def test_a_person_logs_in_and_out(url, keys, chromium, locale):
    """By the keyboard alone, and nothing is complained of but the refusals that were meant."""
    label, button, wrong, leave, chat = WORDS[locale]
    complaints = []
    with (
        contextlib.closing(chromium.new_context(locale=locale)) as context,
        contextlib.closing(context.new_page()) as page,
    ):
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{url}/")
        expect(page.get_by_label(label, exact=True)).to_be_focused()
        page.keyboard.type("tw_wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(wrong)
        page.keyboard.type(keys["read"])
        page.get_by_role("button", name=button).press("Enter")
        expect(page.locator("#question textarea")).to_be_visible(timeout=30_000)
        expect(page.locator("#header .count")).to_be_visible()  # the page has all it asked for, and can be left
        assert page.url == url + chat
        page.goto(f"{url}/login")
        page.get_by_role("button", name=leave).press("Enter")
        expect(page.get_by_label(label, exact=True)).to_be_visible()
        page.goto(url + chat)
        expect(page.get_by_label(label, exact=True)).to_be_visible()
    assert [text for text in complaints if "401" not in text] == []
    assert len(complaints) <= 1


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_by_light_and_dark(url, chromium, scheme):
    """Text against what is behind it, by the formula of WCAG 2.2."""
    with (
        contextlib.closing(
            chromium.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
        ) as context,
        contextlib.closing(context.new_page()) as page,
    ):
        page.goto(f"{url}/login")
        page.keyboard.type("tw_wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        colours = {
            name: page.eval_on_selector(
                name,
                """element => {
                    const behind = (each) => getComputedStyle(each).backgroundColor
                    let ground = element
                    while (behind(ground) === "rgba(0, 0, 0, 0)") ground = ground.parentElement
                    return [getComputedStyle(element).color, behind(ground)]
                }""",
            )
            for name in ("h1", "h1 span", "label", "#hint", "#wrong", "button", "nav a", "input")
        }
    poor = {name: pair for name, pair in colours.items() if contrast(*pair) < 4.5}
    assert poor == {}
    assert len(set(map(tuple, colours.values()))) >= 4


def contrast(*colours):
    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    channels = [int(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_curl_needs_one_header(url, keys):
    headers = {"Authorization": f"bearer {keys['read']}"}  # the scheme has no case, RFC 9110
    assert httpx.get(f"{url}/api/v1/documents", headers=headers, trust_env=False).status_code == 200
