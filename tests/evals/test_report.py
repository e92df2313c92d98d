"""The report: one page that asks nothing of any address, in both languages, with every case to be found in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.report.charts import Label, Series, interval_chart, line_chart, same
from evals.report.content import ReportContent, Row, Section, ShownCase, ShownCheck, ShownCitation
from evals.report.page import report_html
from evals.statistics import Estimate

HOSTILE = "</script><script>window.ran = 1</script><img src=http://outside.test/a onerror='window.ran = 2'>"
RIGHT = ShownCase(
    id="capex.zh",
    question="亚马逊 2026 年的资本支出是多少？",
    history=(),
    language="zh",
    type="amount",
    documents="both",
    tags=("variant",),
    expected=("2000 亿美元",),
    answer="2000 亿美元 [1]。",
    refused=False,
    right=True,
    cause=None,
    confidence=0.93,
    milliseconds=41,
    citations=(ShownCitation(1, "年报", "贾西说，", "资本支出将增至 2000 亿美元。", "股价下跌。", expected=True),),
    checks=(ShownCheck("2000 亿美元", supported=True, found="2000 亿美元"),),
    change=None,
    baseline_answer=None,
)
WRONG = replace(
    RIGHT,
    id="jobs.en",
    question="How many jobs were cut?",
    history=("Who runs Amazon?",),
    language="en",
    type="count",
    answer=f"30,000 jobs {HOSTILE}",
    right=False,
    cause="wrong_citation",
    checks=(ShownCheck("30,000", supported=False, found="3,000"),),
    change="worse",
    baseline_answer="None",
)
CONTENT = ReportContent(
    suite="article",
    started="2026-11-24T23:00:00+00:00",
    baseline="runs/before",
    configuration=(("embedder", "tongwen-minilm"), ("hostile", HOSTILE)),
    headlines=(Row(Label("答对率", "answer accuracy"), Estimate(0.5, 0.0, 1.0, 2)),),
    sections=(
        Section(
            Label("正确率", "Accuracy"),
            (Row(Label("全部", "all"), Estimate(0.5, 0.0, 1.0, 2), difference=-0.5, significant=True),),
        ),
    ),
    unscored=0,
    recall=((1, 0.5), (5, 0.8), (20, 1.0)),
    refusal=((0.0, 0.2), (0.1, 0.6), (0.5, 0.9)),
    calibration=((0.2, 0.1), (0.9, 0.95)),
    milliseconds=(12.0, 41.0, 300.0),
    cases=(RIGHT, WRONG),
)


def test_the_page_is_whole_and_escapes_what_it_shows() -> None:
    page = report_html(CONTENT)
    assert page.startswith("<!doctype html>")
    assert HOSTILE not in page
    assert "资本支出将增至 2000 亿美元。" in page
    assert "<mark>" in page
    assert "http://outside.test/a" in page  # as text
    assert "-0.500" in page


def test_a_run_without_any_case_gives_a_page() -> None:
    empty = replace(
        CONTENT,
        headlines=(),
        sections=(),
        cases=(),
        recall=(),
        refusal=(),
        calibration=(),
        milliseconds=(),
        baseline=None,
    )
    assert "<h1>" in report_html(empty)


def test_an_interval_chart_puts_a_mean_where_it_belongs() -> None:
    chart = interval_chart(
        same("x"), [(same("all"), Estimate(0.5, 0.25, 1.0, 4)), (same("none"), Estimate(None, None, None, 0))]
    )
    assert chart.count("<circle") == 1  # an estimate over no case is not drawn
    assert 'cx="340.0"' in chart  # half way from 190 to 490
    assert 'x1="265.0" x2="490.0"' in chart


@pytest.mark.parametrize(("logarithmic", "middle"), [(False, "103.6"), (True, "336.0")])
def test_a_line_chart_scales_its_axis(logarithmic: bool, middle: str) -> None:
    line = Series(same("s"), [(1, 0.0), (10, 0.5), (100, 1.0)])
    chart = line_chart(same("t"), same("x"), same("y"), [line], x_ticks=[1, 100], logarithmic=logarithmic)
    assert f'points="52.0,262.0 {middle},140.0 620.0,18.0"' in chart


# In a real browser


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("no Chromium at /usr/bin/chromium; on Debian: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("locale", "shown", "hidden"),
    [("zh-CN", "评测报告", "Evaluation report"), ("en-GB", "Evaluation report", "评测报告")],
)
def test_the_page_follows_the_reader_and_asks_nothing(
    browser: object, tmp_path: Path, locale: str, shown: str, hidden: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_html(CONTENT), "utf-8")
    context = browser.new_context(locale=locale)  # type: ignore[attr-defined]
    page = context.new_page()
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(path.as_uri())
    assert shown in page.inner_text("h1")
    assert hidden not in page.inner_text("h1")
    page.click("#language")
    assert hidden in page.inner_text("h1")
    page.fill("#search", "jobs")
    assert page.inner_text("#count") == "1 / 2"
    page.fill("#search", "")
    page.select_option("#cause", "wrong_citation")
    assert page.locator(".case:visible .question").all_inner_texts() == [WRONG.question]
    page.click(".case:visible summary")
    assert page.locator(".case:visible mark").inner_text() == "资本支出将增至 2000 亿美元。"
    assert page.evaluate("window.ran") is None
    assert requests == [path.as_uri()]
    assert problems == []
    context.close()
