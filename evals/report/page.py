"""A report's content as one HTML page that asks nothing of any address: styles, script and charts are inside.

Everything that comes from cases, documents or answers is escaped; the page's policy forbids every request besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

import numpy as np

from evals.report.charts import Label, Series, interval_chart, line_chart, same
from evals.report.content import ReportContent, Row, Section, ShownCase, ShownCitation
from evals.report.labels import CAUSES, documents_label, in_order, label_of, tag_label

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def report_html(content: ReportContent) -> str:
    """The whole file."""
    title = f"Tongwen 同文 · {content.suite}"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en" data-language="en">',
            f'<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_asset('page.css')}</style></head>",
            "<body>",
            _header(content),
            "<main>",
            _summary(content),
            _charts(content),
            *(_section(section, content.baseline is not None) for section in content.sections),
            _causes(content.cases),
            _cases(content),
            _configuration(content),
            "</main>",
            f"<script>{_asset('page.js')}</script>",
            "</body></html>",
        )
    )


def _asset(name: str) -> str:
    return (resources.files("evals") / "report" / name).read_text("utf-8")


def _header(content: ReportContent) -> str:
    compared = ""
    if content.baseline:
        compared = " · " + Label("对照：", "compared with ").html() + escape(content.baseline)
    switch = '<button id="language" type="button"><span class="zh" lang="en">English</span>'
    switch += '<span class="en" lang="zh">中文</span></button>'
    return (
        f"<header><div><h1>{Label('评测报告', 'Evaluation report').html()}: {escape(content.suite)}</h1>"
        f'<p class="quiet"><time>{escape(content.started)}</time>{compared}</p></div>'
        f"{switch}</header>"
    )


def _summary(content: ReportContent) -> str:
    """What a reader looks for first."""
    right = sum(case.right is True for case in content.cases)
    scored = len(content.cases) - content.unscored
    tiles = [_tile(Label("正确", "right"), f"{right} / {scored}", "")]
    tiles += [_tile(row.label, _mean(row), _interval(row)) for row in content.headlines]
    if content.unscored:
        tiles.append(_tile(Label("未评分", "not scored"), str(content.unscored), ""))
    if content.unasked:
        tiles.append(_tile(Label("未完成，还没问", "unfinished, not asked"), str(content.unasked), ""))
    if content.baseline:
        better = sum(case.change == "better" for case in content.cases)
        worse = sum(case.change == "worse" for case in content.cases)
        tiles.append(_tile(Label("变好 / 变差", "better / worse"), f"{better} / {worse}", ""))
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _tile(label: Label, value: str, below: str) -> str:
    return (
        f'<div class="tile"><div class="quiet">{label.html()}</div><div class="large">{escape(value)}</div>'
        f'<div class="quiet">{escape(below)}</div></div>'
    )


def _charts(content: ReportContent) -> str:
    charts = [
        interval_chart(section.title, [(row.label, row.value) for row in section.rows]) for section in content.sections
    ]
    share = Label("占比", "share")
    if content.recall:
        charts.append(
            line_chart(
                Label("检索召回率", "Retrieval recall"),
                Label("前 k 个段落", "first k passages"),
                share,
                [Series(same("recall@k"), content.recall)],
                x_ticks=[k for k, _ in content.recall],
                logarithmic=True,
            )
        )
    if content.refusal:
        charts.append(
            line_chart(
                Label("拒答曲线", "Refusal curve"),
                Label("误拒率", "false refusals"),
                Label("应拒而拒", "refusal recall"),
                [Series(same("refusal"), content.refusal)],
                x_ticks=[0, 0.1, 0.2, 0.3, 0.4, 0.5],
                write_x="{:.0%}".format,
            )
        )
    if content.calibration:
        charts.append(
            line_chart(
                Label("置信度校准", "Calibration"),
                Label("置信度", "confidence"),
                Label("确有答案", "has an answer"),
                [Series(same("calibration"), content.calibration)],
                x_ticks=[0, 0.25, 0.5, 0.75, 1],
                write_x="{:.0%}".format,
                diagonal=True,
            )
        )
    if content.milliseconds:
        charts.append(_latency(content.milliseconds))
    return f'<section class="charts">{"".join(charts)}</section>'


def _latency(milliseconds: Sequence[float]) -> str:
    """The share of cases that were answered within a time."""
    rising = np.sort(np.asarray(milliseconds, float))
    shares = np.linspace(0, 1, 101)
    points = [(float(np.quantile(rising, quantile)), float(quantile)) for quantile in shares]
    highest = max(10.0, float(rising[-1]))
    ticks = [tick for tick in (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000) if tick < highest]
    first = max([tick for tick in ticks if tick <= rising[0]], default=ticks[0])
    return line_chart(
        Label("耗时", "Latency"),
        Label("毫秒", "milliseconds"),
        Label("在此时间内答完", "answered within it"),
        [Series(same("latency"), points)],
        x_ticks=[*(tick for tick in ticks if tick >= first), round(highest)],
        logarithmic=True,
    )


def _section(section: Section, compared: bool) -> str:
    head = [Label("指标", "figure"), Label("均值", "mean"), Label("95% 区间", "95 % interval"), same("n")]
    head += [Label("与对照之差", "difference")] if compared else []
    rows = "".join(_row(row, compared) for row in section.rows)
    cells = "".join(f'<th scope="col">{label.html()}</th>' for label in head)
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<section><h2>{section.title.html()}</h2>{table}</section>"


def _row(row: Row, compared: bool) -> str:
    cells = (
        f'<th scope="row">{row.label.html()}</th><td>{_mean(row)}</td><td>{_interval(row)}</td><td>{row.value.n}</td>'
    )
    if compared:
        noise = "" if row.significant or not row.difference else " " + Label("（噪声）", "(noise)").html()
        cells += f"<td>{'–' if row.difference is None else f'{row.difference:+.3f}'}{noise}</td>"
    return f"<tr>{cells}</tr>"


def _mean(row: Row) -> str:
    return "–" if row.value.mean is None else f"{row.value.mean:.3f}"


def _interval(row: Row) -> str:
    return "" if row.value.low is None else f"{row.value.low:.3f} – {row.value.high:.3f}"


def _causes(cases: Sequence[ShownCase]) -> str:
    """How many cases failed for each cause."""
    counts = {cause: sum(case.cause == cause for case in cases) for cause in CAUSES}
    rows = "".join(
        f'<tr><th scope="row">{label_of(cause).html()}</th><td>{count}</td></tr>'
        for cause, count in counts.items()
        if count
    )
    title = Label("未通过的原因", "Causes of failures").html()
    nothing = f"<p>{Label('没有未通过的题。', 'No case failed.').html()}</p>"
    return f"<section><h2>{title}</h2>{f'<table><tbody>{rows}</tbody></table>' if rows else nothing}</section>"


# The table of cases


def _cases(content: ReportContent) -> str:
    cases = content.cases
    outcomes: dict[str, Label] = {"right": Label("正确", "right"), "wrong": Label("未通过", "failed")}
    if content.unscored:
        outcomes["unscored"] = Label("未评分", "not scored")
    if content.baseline:
        outcomes |= {"better": Label("变好", "better"), "worse": Label("变差", "worse")}
    causes = [cause for cause in CAUSES if any(case.cause == cause for case in cases)]
    filters = "".join(
        (
            '<input id="search" type="search" placeholder="检索 / search" aria-label="检索 search">',
            _select("outcome", Label("结果", "outcome"), outcomes),
            _select(
                "kind", Label("类型", "type"), {kind: label_of(kind) for kind in in_order({c.type for c in cases})}
            ),
            _select(
                "asked",
                Label("语言", "language"),
                {name: label_of(name) for name in in_order({c.language for c in cases})},
            ),
            _select("cause", Label("原因", "cause"), {cause: label_of(cause) for cause in causes}),
        )
    )
    rows = "\n".join(_case(case) for case in cases)
    return (
        f'<section><h2>{Label("题目", "Cases").html()}</h2><div class="filters">{filters}'
        f'<output id="count" aria-live="polite"></output></div><div id="cases">{rows}</div></section>'
    )


def _select(name: str, label: Label, choices: dict[str, Label]) -> str:
    """A list to choose from. An option holds text only, so the script writes the language that is shown."""
    options = "".join(
        f'<option value="{escape(value)}" data-zh="{escape(text.zh)}" data-en="{escape(text.en)}">'
        f"{escape(text.en)}</option>"
        for value, text in choices.items()
    )
    every = f'<option value="" data-zh="{label.zh}：全部" data-en="{label.en}: all">{label.en}: all</option>'
    return f'<select id="{name}" aria-label="{label.zh} {label.en}">{every}{options}</select>'


def _case(case: ShownCase) -> str:
    outcome = "unscored" if case.right is None else "right" if case.right else "wrong"
    mark = {"right": "✓", "wrong": "✗", "unscored": "–"}[outcome]
    change = {"better": "▲", "worse": "▼", None: ""}[case.change]
    words = CAUSES.get(case.cause or "") or same(case.cause or "")  # why it was not scored, as it was said
    cause = f'<span class="badge">{words.html()}</span>' if case.cause else ""
    attributes = "".join(
        f' data-{name}="{escape(value)}"'
        for name, value in (
            ("outcome", f"{outcome} {case.change or ''}".strip()),
            ("kind", case.type),
            ("asked", case.language),
            ("cause", case.cause or ""),
        )
    )
    return (
        f'<details class="case {outcome}"{attributes}><summary><span class="mark">{mark}{change}</span>'
        f'<span class="question" lang="{escape(case.language)}">{escape(case.question)}</span>{cause}'
        f'<code class="quiet">{escape(case.id)}</code></summary>{"".join(_details(case))}</details>'
    )


def _details(case: ShownCase) -> Iterator[str]:
    if case.history:
        yield _part(Label("此前的问题", "asked before"), " → ".join(escape(question) for question in case.history))
    yield _part(Label("回答", "answer"), f'<span lang="{escape(case.language)}">{escape(case.answer)}</span>')
    nothing = Label("文档中没有答案，应当拒答", "nothing: the documents do not answer it").html()
    yield _part(Label("应答", "expected"), " · ".join(escape(text) for text in case.expected) or nothing)
    if case.baseline_answer is not None:
        yield _part(Label("对照的回答", "baseline's answer"), escape(case.baseline_answer))
    for citation in case.citations:
        yield _citation(citation)
    if case.checks:
        checks = " ".join(
            f'<span class="check {"good" if check.supported else "bad"}">{"✓" if check.supported else "✗"} '
            f"{escape(check.text)}{f' ≠ {escape(check.found)}' if check.found and not check.supported else ''}</span>"
            for check in case.checks
        )
        yield _part(Label("核对", "checks"), checks)
    about = [label_of(case.type), documents_label(case.documents), *map(tag_label, case.tags)]
    about.append(Label(f"{case.milliseconds:.0f} 毫秒", f"{case.milliseconds:.0f} ms"))
    if case.confidence is not None:
        about.append(Label(f"置信度 {case.confidence:.2f}", f"confidence {case.confidence:.2f}"))
    yield f'<p class="quiet">{" · ".join(label.html() for label in about)}</p>'


def _part(label: Label, content: str) -> str:
    return f'<div class="part"><div class="quiet">{label.html()}</div><div>{content}</div></div>'


def _citation(citation: ShownCitation) -> str:
    expected = "✓ " + Label("应引之句", "an expected sentence").html() if citation.expected else ""
    return (
        f'<blockquote><div class="quiet">[{citation.number}] {escape(citation.title)} {expected}</div>'
        f"{escape(citation.before)}<mark>{escape(citation.quote)}</mark>{escape(citation.after)}</blockquote>"
    )


def _configuration(content: ReportContent) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><code>{escape(value)}</code></td></tr>'
        for name, value in content.configuration
    )
    title = Label("配置与指纹", "Configuration and fingerprints").html()
    return f"<section><h2>{title}</h2><table><tbody>{rows}</tbody></table></section>"
