"""Cases from tables and question sets: what people write becomes cases, and every wrong row is named."""

import csv
import io
import json
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from evals.cases import Accepted, CaseError, MustCite, read_cases
from evals.imports import ImportFailed, import_cases
from evals.new_suite import start_suite
from evals.sheets import COLUMNS, guessed_type, read_sheet
from evals.suite_folder import open_suite
from rag.answer import Exchange

ZH = "# 年报\n\n海源电池去年投资 35 亿元。公司由林岚创办。\n"
EN = "# Annual report\n\nHaiyuan invested 3.5 billion yuan last year. Its founder is Lin Lan.\n"
ROW = {"question": "海源电池去年投资多少？", "answers": "35 亿元"}


@pytest.fixture
def suite(tmp_path):
    folder = tmp_path / "mine"
    start_suite(folder, "zh")
    (folder / "documents" / "年报.md").write_text(ZH, "utf-8")
    (folder / "documents" / "report.md").write_text(EN, "utf-8")
    return folder


@pytest.fixture(params=["csv", "semicolons", "tsv", "xlsx"])
def table(request, tmp_path):
    """Writes rows as a table of one of the kinds that are read."""

    def write(*rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = [names, *([row.get(name) for name in names] for row in rows)]
        if request.param == "xlsx":
            workbook = Workbook()
            for each in cells:
                workbook.active.append(each)
            workbook.save(tmp_path / "table.xlsx")
            return tmp_path / "table.xlsx"
        text = io.StringIO()
        delimiter = {"csv": ",", "semicolons": ";", "tsv": "\t"}[request.param]
        csv.writer(text, delimiter=delimiter).writerows(cells)
        path = tmp_path / ("table.tsv" if request.param == "tsv" else "table.csv")
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
        return path

    return write


def written_csv(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    return path


def cases_of(path):
    return [found.case for found in read_sheet(path)]


def test_a_row_needs_a_question_and_an_answer(table):
    (case,) = cases_of(table(ROW))
    assert (case.id, case.question, case.language, case.type) == ("table-2", ROW["question"], "zh", "amount")
    assert (case.answerable, case.answers) == (True, (Accepted("35 亿元", quantity=True),))


def test_a_row_may_say_all_of_this(table):
    row = {
        "编号": "founder",
        "提问": "Who founded it?",
        "答案": "Lin Lan|林岚\n林 岚",
        "出处": "公司由林岚创办。\nIts founder is Lin Lan.",
        "可回答": "是",
        "类型": "人物",
        "语言": "英文",
        "文档": "年报.md|report.md",
        "难度": "困难",
        "标签": "初稿、人名",
        "上一问": "海源电池去年投资多少？",
        "上一答": "35 亿元。",
        "备注": "see the second page",
    }
    (case,) = cases_of(table(row))
    assert (case.id, case.language, case.type, case.difficulty) == ("founder", "en", "person", "hard")
    assert case.answers == (Accepted("Lin Lan"), Accepted("林岚"), Accepted("林 岚"))
    assert case.must_cite == ((MustCite("公司由林岚创办。"), MustCite("Its founder is Lin Lan.")),)
    assert (case.documents, case.tags) == (("年报.md", "report.md"), ("初稿", "人名"))
    assert case.history == (Exchange("海源电池去年投资多少？", "35 亿元。"),)


@pytest.mark.parametrize("no", ["no", "No", "否", "FALSE", "0"])
def test_a_question_without_an_answer_says_so(table, no):
    row = {"Question": "海源电池有多少员工？", "Answerable": no, "why unanswerable": "资料未提及"}
    (case,) = cases_of(table(row))
    assert (case.answerable, case.why_unanswerable, case.type) == (False, "missing_fact", "count")


@pytest.mark.parametrize("why", ["missing_fact", "missing fact", "Other_Entity", "前提有误"])
def test_a_reason_is_written_as_in_the_files_of_cases_or_in_words(table, why):
    (case,) = cases_of(table({"question": "Who founded it?", "answerable": "no", "why unanswerable": why}))
    assert case.why_unanswerable == {"前提有误": "false_premise"}.get(why, why.lower().replace(" ", "_"))


@pytest.mark.parametrize(("written", "tolerance"), [("1%", 0.01), ("0.01", 0.01), ("１％", 0.01), ("", 0.0)])
def test_a_figure_may_have_a_tolerance(table, written, tolerance):
    (case,) = cases_of(table(ROW | {"tolerance": written}))
    assert case.answers == (Accepted("35 亿元", quantity=True, tolerance=tolerance),)


def test_every_header_is_understood_in_both_languages(tmp_path):
    for names in zip(*((names[0], names[1]) for names in COLUMNS.values()), strict=True):
        values = dict.fromkeys(COLUMNS, "") | {"question": "Who?", "answers": "Lin"}
        (case,) = cases_of(written_csv(tmp_path, ",".join(names) + "\n" + ",".join(values.values())))
        assert case.texts == ("Lin",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"question": "谁？"}, "it has no answer; give one, or write no"),
        ({"answers": "林岚"}, "the field question is missing"),
        (ROW | {"answerable": "maybe"}, "answerable is 'maybe', must be yes or no"),
        (ROW | {"answerable": "no"}, "answers must be left out"),
        (ROW | {"type": "colour"}, "type is 'colour'"),
        (ROW | {"language": "fr"}, "language is 'fr'"),
        (ROW | {"difficulty": "very"}, "difficulty is 'very'"),
        (ROW | {"tolerance": "a bit"}, "tolerance 'a bit'"),
        (ROW | {"tolerance": "200%"}, "tolerance is 2.0"),
        (ROW | {"answers": "林岚", "tolerance": "1%"}, "no answer that is a figure"),
        (ROW | {"id": "first"}, "the id 'first' stands twice, first in row 2"),
    ],
)
def test_a_wrong_row_is_named(table, row, problem):
    first, found = read_sheet(table(ROW | {"id": "first"}, row))
    assert first.case.id == "first"
    assert isinstance(found, CaseError)
    assert problem in str(found)
    assert ", row 3: " in str(found)
    assert str(found).endswith("; correct the row")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("question,colour", "row 1: there is no column 'colour'; columns are question/问题"),
        ("question,问题", "row 1: the column question stands twice"),
        ("answers", "row 1: there is no column question/问题"),
        ("", "row 1: there is no column question/问题"),
    ],
)
def test_a_wrong_header_is_named(tmp_path, header, problem):
    with pytest.raises(CaseError, match=problem):
        list(read_sheet(written_csv(tmp_path, header)))


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    text = 'question,answers\n"first line\nsecond line?",Lin\n\n,\nWho?,\n'
    good, wrong = read_sheet(written_csv(tmp_path, text))
    assert good.case.question == "first line\nsecond line?"
    assert ", row 5: it has no answer" in str(wrong)
    workbook = Workbook()
    workbook.active.append(["question", "answers"])
    workbook.active["A4"] = "Who?"
    workbook.save(tmp_path / "table.xlsx")
    (wrong,) = read_sheet(tmp_path / "table.xlsx")
    assert ", row 4: it has no answer" in str(wrong)


def test_a_cell_without_a_header_is_named(tmp_path):
    (found,) = read_sheet(written_csv(tmp_path, "question,answers\nWho?,Lin,Lan\n"))
    assert "row 2: 'Lan' stands in a column without a name" in str(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_tables_are_read_in_the_encodings_of_spreadsheets(tmp_path, encoding):
    question, header = "去年一共投入了多少元？", "問題,出處,答案" if encoding == "big5" else "问题,出处,答案"
    text = f"{header}\n{question},,三十五元\n"
    (tmp_path / "table.csv").write_bytes(text.encode(encoding))
    (case,) = cases_of(tmp_path / "table.csv")
    assert (case.question, case.texts) == (question, ("三十五元",))


def test_broken_quotes_are_named_with_their_row(tmp_path):
    with pytest.raises(CaseError, match="row 3: it is no CSV"):
        list(read_sheet(written_csv(tmp_path, 'question,answers\nWho?,Lin\nWho?,"Lin" Lan\n')))


def test_cells_are_read_as_people_see_them(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["question", "answers"])
    values = [(35, "35"), (0.125, "0.125"), (date(2025, 12, 6), "2025-12-06"), (datetime(2025, 12, 6), "2025-12-06")]
    for value, _ in values:
        sheet.append(["How much?", value])
    sheet.append(["How much?", 0.07])
    sheet.cell(sheet.max_row, 2).number_format = "0%"
    workbook.save(tmp_path / "table.xlsx")
    assert [case.texts[0] for case in cases_of(tmp_path / "table.xlsx")] == [*(text for _, text in values), "7%"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a workbook"])
def test_a_broken_workbook_is_one_line(tmp_path, content):
    (tmp_path / "table.xlsx").write_bytes(content)
    with pytest.raises(CaseError, match=r"table\.xlsx is no workbook that can be read") as caught:
        list(read_sheet(tmp_path / "table.xlsx"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("海源投资多少亿元？", "amount"),
        ("When did it open?", "date"),
        ("为什么推迟？", "reason"),
        ("Who founded it, and when?", "other"),
        ("Tell me about it.", "other"),
    ],
)
def test_the_type_is_guessed_from_the_question(question, kind):
    assert guessed_type(question) == kind


def test_a_table_becomes_a_file_of_cases(suite, table):
    source = table(
        ROW | {"must cite": "海源电池去年投资 35 亿元。"}, {"question": "Who founded it?", "answers": "Lin Lan"}
    )
    imported = import_cases(source, suite)
    assert (imported.cases, imported.documents, imported.uncited) == (2, 0, 1)
    assert imported.file == suite / "imported-table.jsonl"
    assert [case.id for case in open_suite(suite).cases] == ["table-2", "table-3"]


def test_nothing_is_written_where_a_row_is_wrong(suite, table):
    source = table(
        ROW, {"question": "谁？"}, ROW | {"must cite": "海源电池去年投资 36 亿元。"}, ROW | {"documents": "budget.md"}
    )
    with pytest.raises(ImportFailed) as caught:
        import_cases(source, suite)
    rows = [problem.partition(": ")[0].rpartition(", ")[2] for problem in caught.value.problems]
    assert rows == ["row 3", "row 4", "row 5"]
    assert not (suite / "imported-table.jsonl").exists()


def test_a_second_import_has_to_be_meant(suite, table):
    source = table(ROW)
    import_cases(source, suite)
    with pytest.raises(CaseError, match="is there already; give --again"):
        import_cases(source, suite)
    assert import_cases(table(ROW, {"question": "Who?", "answers": "Lin Lan"}), suite, again=True).cases == 2
    assert len(open_suite(suite).cases) == 2


def test_two_tables_without_ids_go_into_one_suite(suite, tmp_path):
    for name in ("first", "second"):
        (tmp_path / f"{name}.csv").write_text("question,answers\n海源电池去年投资多少？,35 亿元\n", "utf-8")
        import_cases(tmp_path / f"{name}.csv", suite)
    assert [case.id for case in open_suite(suite).cases] == ["first-2", "second-2"]


def test_an_id_of_another_file_is_not_taken(suite, table):
    import_cases(table(ROW), suite)
    (suite / "imported-table.jsonl").rename(suite / "other.jsonl")
    with pytest.raises(ImportFailed, match=r"the id 'table-2' stands at .*other\.jsonl:1 already"):
        import_cases(table(ROW), suite)


def squad(*paragraphs):
    return {"version": "2.0", "data": [{"title": "海源 / Haiyuan", "paragraphs": list(paragraphs)}]}


CONTEXT = "海源电池在宁波建厂。去年投资 35 亿元，比前年多。员工有 900 人。"
ASKED = {
    "id": "q1",
    "question": "海源电池去年投资多少？",
    "answers": [{"text": "35 亿元", "answer_start": 15}, {"text": "35 亿", "answer_start": 15}],
}


def test_a_question_set_becomes_documents_and_cases(suite, tmp_path):
    impossible = {"id": "q2", "question": "When was it founded?", "answers": [], "is_impossible": True}
    astray = {"id": "q3", "question": "在哪里？", "answers": [{"text": "宁波", "answer_start": -1}]}
    nowhere = {"id": "q4", "question": "在哪里？", "answers": [{"text": "上海", "answer_start": 0}]}
    content = squad(
        {"context": CONTEXT, "qas": [ASKED, impossible, astray, nowhere]}, {"context": "又一段。", "qas": []}
    )
    source = tmp_path / "dev.json"
    source.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    imported = import_cases(source, suite)
    assert (imported.cases, imported.documents, imported.uncited) == (4, 1, 1)
    opened = open_suite(suite)
    assert opened.files["海源_Haiyuan.txt"][0].text == f"{CONTEXT}\n\n又一段。\n"
    one, two, three, four = read_cases(suite / "imported-dev.jsonl")
    assert one.must_cite == ((MustCite("去年投资 35 亿元，比前年多。", "海源_Haiyuan.txt"),),)
    assert one.answers == (Accepted("35 亿元", quantity=True), Accepted("35 亿", quantity=True))
    assert (one.language, one.type) == ("zh", "amount")
    assert (two.answerable, two.language, two.type) == (False, "en", "date")
    assert three.quotes == ("海源电池在宁波建厂。",)
    assert four.quotes == ()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"data": 1}', '{"data": [{"paragraphs": [{"qas": []}]}]}', '{"data": []}', "[" * 100_000],
)
def test_what_is_no_question_set_is_one_line(suite, tmp_path, content):
    source = tmp_path / "dev.json"
    source.write_text(content, "utf-8")
    with pytest.raises(CaseError, match=r"dev\.json (is not a question set|holds no question)") as caught:
        import_cases(source, suite)
    assert "\n" not in str(caught.value)


def test_a_question_set_does_not_write_over_documents(suite, tmp_path):
    source = tmp_path / "dev.json"
    source.write_text(json.dumps(squad({"context": CONTEXT, "qas": [ASKED]})), "utf-8")
    (suite / "documents" / "海源_Haiyuan.txt").write_text("mine", "utf-8")
    with pytest.raises(CaseError, match=r"has a document '海源_Haiyuan\.txt' already"):
        import_cases(source, suite)
    assert (suite / "documents" / "海源_Haiyuan.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("title", ["../../etc/passwd", "..", "", "a" * 300, "NUL\0", "."])
def test_a_title_stays_in_the_suite(suite, tmp_path, title):
    content = {"data": [{"title": title, "paragraphs": [{"context": CONTEXT, "qas": [ASKED]}]}]}
    source = tmp_path / "dev.json"
    source.write_text(json.dumps(content), "utf-8")
    import_cases(source, suite)
    assert len(open_suite(suite).files) == 3


@pytest.mark.parametrize(("language", "header"), [("zh", "问题,答案,出处"), ("en", "question,answers,must cite")])
def test_a_new_suite_has_a_table_to_fill_in(tmp_path, language, header):
    start_suite(tmp_path / "new", language)
    table = (tmp_path / "new" / "cases.csv").read_bytes().decode("utf-8")
    assert table.startswith("\ufeff" + header)


def test_a_new_suite_is_imported_into_as_its_readme_says(suite):
    with (suite / "cases.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["海源电池去年投资多少？", "35 亿元", "海源电池去年投资 35 亿元。"])
    assert import_cases(suite / "cases.csv", suite).cases == 1
    assert open_suite(suite).name == "mine"


def test_the_examples_of_a_new_suite_are_cases(suite, tmp_path):
    lines = [line.strip() for line in (suite / "README.md").read_text("utf-8").splitlines() if line.strip()[:1] == "{"]
    (tmp_path / "examples.jsonl").write_text("\n".join(lines), "utf-8")
    assert len(read_cases(tmp_path / "examples.jsonl")) == 2


def test_a_suite_is_not_started_over_another(suite):
    with pytest.raises(CaseError, match="is not empty"):
        start_suite(suite, "en")
