"""A report of real runs of the small suite: what it says is what the run and its baseline hold."""

import re
from dataclasses import replace

import pytest

from evals.compare import compare_runs
from evals.report.from_run import report_content
from evals.report.page import report_html
from evals.summary import summarise

HOSTILE = "</script><script>window.ran = 1</script><img src=x onerror='window.ran = 2'>\"'&<b>"


@pytest.fixture(scope="module")
def texts(small):
    return {document.id: document.text for document in small.documents}


def changed(run, case_id, **changes):
    """The run with one record changed."""
    return replace(
        run, records=tuple(replace(one, **changes) if one.case.id == case_id else one for one in run.records)
    )


def fallen(run):
    """The run with one case that its baseline had right and that it gets wrong."""
    record = next(one for one in run.records if one.case.id == "cost.zh")
    answer = {**record.answer, "answer": "投资 64 亿元 [1]。"}
    scores = {**record.scores, "right": False, "answer_right": False}
    return changed(run, "cost.zh", answer=answer, scores=scores, cause="wrong_answer")


def test_a_report_says_what_the_run_and_its_baseline_hold(baseline, texts):
    run = fallen(baseline)
    content = report_content(run, baseline, texts)
    figures = summarise(run.records)["figures"]
    accuracy = next(row for row in content.headlines if row.label.en == "answer accuracy")
    assert accuracy.value.mean == figures["answer_accuracy"]["mean"]
    assert accuracy.difference == pytest.approx(compare_runs(baseline, run).figures["answer_accuracy"].by)
    assert accuracy.difference < 0
    assert not accuracy.significant  # one case is no proof
    assert [case.id for case in content.cases] == list(run.info["case_ids"])
    assert [(case.id, case.change) for case in content.cases if case.change] == [("cost.zh", "worse")]
    page = report_html(content)
    assert "投资 64 亿元" in page
    assert str(baseline.folder) in page
    assert page.count('<details class="case ') == len(run.records)
    assert "有段落但答错" in page


def test_a_report_of_an_unfinished_run_says_so(baseline, texts):
    content = report_content(replace(baseline, records=baseline.records[:5]), None, texts)
    assert content.unasked == len(baseline.records) - 5
    assert "unfinished, not asked" in report_html(content)
    assert "unfinished" not in report_html(report_content(baseline, None, texts))
    assert report_content(replace(baseline, records=()), None, texts).unasked == len(baseline.records)


def test_a_quote_is_shown_in_its_document(baseline, texts):
    cited = [one for case in report_content(baseline, None, texts).cases for one in case.citations]
    assert cited
    assert all(any(one.before + one.quote + one.after in text for text in texts.values()) for one in cited)
    assert any(one.before or one.after for one in cited)
    bare = [one for case in report_content(baseline, None, {}).cases for one in case.citations]
    assert [one.quote for one in bare] == [one.quote for one in cited]
    assert not any(one.before or one.after for one in bare)  # the documents are not at hand


def test_what_an_answer_holds_is_text_and_never_markup(baseline, texts):
    answer = {
        "answer": HOSTILE,
        "refused": False,
        "language": HOSTILE,
        "citations": [{"quote": HOSTILE, "title": HOSTILE, "number": 1, "document_id": HOSTILE}],
        "checks": {"figures": [{"text": HOSTILE, "supported": False, "found": HOSTILE}], "names": []},
    }
    case = replace(baseline.records[0].case, id=HOSTILE, question=HOSTILE, tags=(HOSTILE,), documents=(HOSTILE,))
    run = changed(baseline, baseline.records[0].case.id, answer=answer, case=case, cause=None)
    unscored = changed(run, run.records[1].case.id, scores={}, unscored=HOSTILE, cause=None)
    unscored.info["subject"]["name"], before = HOSTILE, unscored.info["subject"]["name"]
    try:
        page = report_html(report_content(unscored, None, texts))
    finally:
        unscored.info["subject"]["name"] = before
    assert HOSTILE not in page
    assert page.count("<script>") == page.count("</script>") == 1
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    "citation",
    [
        {"quote": "A quote."},
        {"quote": "A quote.", "number": "one", "start": "12", "end": None, "title": None},
        {"quote": "", "number": -1, "start": -5, "end": 2.5, "document_id": 7},
    ],
)
def test_another_assistant_need_not_say_more_than_the_quote(baseline, texts, citation):
    answer = {
        "answer": "So it is.",
        "refused": False,
        "citations": [{"quote": "First."}, citation],
        "checks": {"figures": [{"supported": True}], "names": [{"supported": 1, "text": 3, "found": ["x"]}]},
    }
    run = changed(baseline, "cost.en", answer=answer)
    case = next(one for one in report_content(run, None, texts).cases if one.id == "cost.en")
    assert [one.number for one in case.citations] == [1, 2]
    assert "So it is." in report_html(report_content(run, None, texts))


def test_a_reader_of_chinese_meets_no_english_but_names_of_measures(baseline, texts):
    page = report_html(report_content(fallen(baseline), baseline, texts))
    body = page[page.index("<section") : page.index("配置与指纹")]  # there the names of settings stand
    chinese = re.sub(r'<(span|text) [^>]*class="[^"]*\ben"[^>]*>[^<]*</\1>', "", body)
    parts = r"<th [^>]*>.*?</th>|<text .*?</text>|<figcaption>.*?</figcaption>|<p .*?</p>|<option [^>]*>|<h2>.*?</h2>"
    shown = [re.sub(r'<option.*data-zh="([^"]*)".*|<[^>]*>', r"\1", part) for part in re.findall(parts, chinese)]
    english = {word for text in shown for word in re.findall("[A-Za-z]{2,}", text)}
    assert english <= {"MRR", "recall", "nDCG"}
    assert len(shown) > 100
