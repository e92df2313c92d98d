"""How long a reader waits: for the page, and for the first character of an answer. A report, not a test.

    python -m tests.measure_page [QUESTIONS] [PAGES]

Starts `tongwen serve` over the sample library with extractive answers, opens the page in Chromium as a new visitor
PAGES times (20), and asks QUESTIONS (50), half in each language, one after the other. Prints medians and 95th
percentiles in milliseconds. The page counts from the request to the first paint, and to the moment when a question can
be typed; an answer from the key that sends it to the first character that is seen, as the browser itself times them.
"""

import json
import shutil
import statistics
import sys
import tempfile
from itertools import islice

from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import serving_product

QUESTIONS = {
    "zh": (
        "亚马逊 2026 年的资本支出是多少？",
        "为什么投资者感到不安？",
        "预算中有多少归 AWS 使用？",
        "谁宣布了这项计划？",
        "亚马逊裁减了多少个公司职位？",
    ),
    "en": (
        "How much will Amazon's capital expenditure be in 2026?",
        "Why are investors uneasy?",
        "What share of the budget goes to AWS?",
        "Who announced the plan?",
        "How many corporate jobs has Amazon cut?",
    ),
}
# From the key to the first character of the reply, as the browser itself sees both.
WATCH = """() => {
    const box = document.querySelector("#question textarea");
    const turns = document.querySelectorAll("#transcript .turn").length;
    window.waited = new Promise(seen => box.addEventListener("keydown", event => {
        const pressed = performance.now();
        const look = () => {
            const said = document.querySelectorAll("#transcript .turn")[turns]?.querySelector(".reply .said");
            if (!said?.textContent) return;
            watching.disconnect();
            seen(performance.now() - pressed);
        };
        const watching = new MutationObserver(look);
        watching.observe(document.querySelector("#transcript"), {childList: true, subtree: true, characterData: true});
    }, {once: true}));
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main(questions: int = 50, pages: int = 20) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_product(f"{folder}/library") as (address, _),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"]) as browser,
    ):
        opened = [_open(browser, address) for _ in range(pages)]
        report: dict[str, object] = {
            "page": _summary([painted for painted, _ in opened]),
            "ready": _summary([ready for _, ready in opened]),
        }
        for language, path in (("zh", "zh-CN"), ("en", "en-US")):
            page = browser.new_page(locale=path)
            page.goto(address)
            asked = [_ask(page, question) for question in _questions(language, questions // 2)]
            report[f"first character, {language}"] = _summary(asked)
            page.close()
        print(json.dumps(report, indent=2, ensure_ascii=False))


def _open(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first paint, and until a question can be typed; for a visitor who has nothing cached."""
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(address)
        page.locator("#transcript .welcome").wait_for()
        ready = page.evaluate("performance.now()")
        return page.evaluate(PAINTED), ready


def _ask(page: Page, question: str) -> float:
    box = page.locator("#question textarea")
    box.wait_for()
    page.locator("#question .submit-button").wait_for()
    box.fill(question)
    page.evaluate(WATCH)
    box.press("Enter")
    waited = float(page.evaluate("window.waited"))
    page.locator("#transcript .turn").last.locator(".actions").wait_for()
    page.wait_for_timeout(200)  # a reader's pause; Gradio takes no question before it has put the last away
    return waited


def _questions(language: str, count: int) -> list[str]:
    """Each one different, so that nothing is answered twice."""
    years = range(2020, 2100)
    every = (f"{question} ({year})" for year in years for question in QUESTIONS[language])
    return [*QUESTIONS[language], *islice(every, max(0, count - len(QUESTIONS[language])))][:count]


def _summary(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return {"n": len(times)}
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {"n": len(times), "p50": round(statistics.median(times)), "p95": round(cuts[-1])}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
