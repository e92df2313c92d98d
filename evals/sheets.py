"""Cases from a table that people fill in: one case a row, headers and choices in English or Chinese.

Which columns there are and what goes into them is described in `evals/CASES.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.accepted import accepted_from
from evals.cases import Case, CaseError, CaseType, PlacedCase, parse_case
from evals.strict_json import shown
from evals.tables import read_rows
from index.language import search_copy
from rag.kinds import Kind, asked_kinds
from rag.question import question_language

# Every column with its names; the first two head the template, in English and in Chinese.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "问题", "提问"),
    "answers": ("answers", "答案", "answer", "标准答案", "参考答案"),
    "must_cite": ("must cite", "出处", "原文", "原句", "source", "quote"),
    "answerable": ("answerable", "可回答", "有答案", "能否回答"),
    "why_unanswerable": ("why unanswerable", "不可回答的原因", "无答案原因"),
    "tolerance": ("tolerance", "容差", "误差"),
    "type": ("type", "类型", "题型"),
    "language": ("language", "语言"),
    "documents": ("documents", "文档", "document", "文件"),
    "difficulty": ("difficulty", "难度"),
    "tags": ("tags", "标签"),
    "asked_before": ("asked before", "上一问"),
    "answered_before": ("answered before", "上一答"),
    "id": ("id", "编号", "序号"),
    "notes": ("notes", "备注", "note", "说明"),
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "answerable": {
        **dict.fromkeys(("yes", "y", "true", "1", "是", "有", "能", "可以"), "yes"),
        **dict.fromkeys(("no", "n", "false", "0", "否", "无", "没有", "不能"), "no"),
    },
    "language": {"中文": "zh", "汉语": "zh", "chinese": "zh", "英文": "en", "英语": "en", "english": "en"},
    "type": {
        "金额": "amount",
        "比例": "share",
        "份额": "share",
        "日期": "date",
        "时间": "date",
        "数量": "count",
        "人物": "person",
        "机构": "organisation",
        "名称": "name",
        "原因": "reason",
        "比较": "comparison",
        "陈述": "statement",
        "追问": "follow_up",
        "其他": "other",
        "follow-up": "follow_up",
        "follow up": "follow_up",
        "organization": "organisation",
    },
    "difficulty": {"容易": "easy", "简单": "easy", "中等": "medium", "一般": "medium", "困难": "hard", "难": "hard"},
    "why_unanswerable": {
        "资料未提及": "missing_fact",
        "前提有误": "false_premise",
        "其他主题": "other_subject",
        "其他时期": "other_period",
        "其他对象": "other_entity",
    },
    "documents": {"全部": "both", "中文": "zh", "英文": "en"},
}
_TYPE_OF_KIND: Mapping[Kind, CaseType] = {
    "money": "amount",
    "measure": "amount",
    "share": "share",
    "date": "date",
    "count": "count",
    "person": "person",
    "organisation": "organisation",
    "place": "name",
    "reason": "reason",
}
_ALTERNATIVES = re.compile(r"[|｜\n]")
_LIST = re.compile(r"[|｜\n,，;；、]")


def read_sheet(path: Path) -> Iterator[PlacedCase | CaseError]:
    """Each row of the table as a case, or what is wrong with it; raises `CaseError` where it is no table of cases."""
    rows = read_rows(path)
    number, header = next(rows, (1, []))
    columns = _columns(header, f"{path}, row {number}")
    ids: dict[str, int] = {}
    for number, cells in rows:
        place = f"{path}, row {number}"
        try:
            case = _case(_fields(columns, cells), f"{path.stem}-{number}")
            if case.id in ids:
                raise ValueError(f"the id {shown(case.id)} stands twice, first in row {ids[case.id]}")
        except ValueError as error:
            yield CaseError(f"{place}: {error}; correct the row")
        else:
            ids[case.id] = number
            yield PlacedCase(case, place)


def guessed_type(question: str) -> CaseType:
    """The type of a question that asks for one kind of thing, by its words; "other" of all else.

    多少 may ask for money as well as for a count: where the words allow both, it is taken as money.
    """
    kinds = asked_kinds(search_copy(question))
    types = {_TYPE_OF_KIND[kind] for kind in (kinds - {"count"} or kinds)}
    return types.pop() if len(types) == 1 else "other"


def _columns(header: Sequence[str], place: str) -> list[str]:
    known = {_key(name): column for column, names in COLUMNS.items() for name in (column, *names)}
    columns = []
    for name in header:
        column = known.get(_key(name), "") if name else ""
        if name and not column:
            allowed = ", ".join("/".join(names[:2]) for names in COLUMNS.values())
            raise CaseError(f"{place}: there is no column {shown(name)}; columns are {allowed}")
        if column and column in columns:
            raise CaseError(f"{place}: the column {column} stands twice; leave one of them")
        columns.append(column)
    if "question" not in columns:
        raise CaseError(f"{place}: there is no column question/问题; head one so, `tongwen eval new` writes a template")
    return columns


def _key(name: str) -> str:
    """A header or a choice, width, letter case, underscores and traditional characters aside."""
    return re.sub(r"[\s_]+", " ", search_copy(name)).strip().casefold()


def _fields(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    for column, cell in zip([*columns, *[""] * len(cells)], cells, strict=False):
        if cell and not column:
            raise ValueError(f"{shown(cell)} stands in a column without a name")
    return {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}


def _case(fields: Mapping[str, str], identifier: str) -> Case:
    """`identifier` is for a row that has none of its own."""
    question = fields.get("question", "")
    answers = _split(_ALTERNATIVES, fields.get("answers", ""))
    answerable = _chosen(fields, "answerable") or ("yes" if answers else "")
    if answerable not in ("", "yes", "no"):
        raise ValueError(f"answerable is {shown(fields['answerable'])}, must be yes or no (是, 否)")
    if not answerable:
        raise ValueError("it has no answer; give one, or write no (否) under answerable (可回答)")
    documents = _chosen(fields, "documents")
    content: dict[str, Any] = {
        "id": fields.get("id", identifier),
        "question": question,
        "language": _chosen(fields, "language") or question_language(question),
        "type": _chosen(fields, "type") or guessed_type(question),
        "answerable": answerable == "yes",
        "must_cite": _split(_ALTERNATIVES, fields.get("must_cite", "")),
        "documents": documents if documents in ("", "both", "all", "zh", "en") else _split(_ALTERNATIVES, documents),
        "why_unanswerable": _chosen(fields, "why_unanswerable"),
        "difficulty": _chosen(fields, "difficulty"),
        "tags": _split(_LIST, fields.get("tags", "")),
    }
    if answers:
        tolerance = _tolerance(fields.get("tolerance", ""))
        accepted = accepted_from(answers, tolerance)
        if tolerance and not any(each.quantity for each in accepted):
            raise ValueError("it has a tolerance, and no answer that is a figure with its unit")
        content["answers"] = [
            each.text
            if not each.quantity
            else {"quantity": each.text} | ({"tolerance": each.tolerance} if each.tolerance else {})
            for each in accepted
        ]
    if "asked_before" in fields:
        content["history"] = [{"question": fields["asked_before"], "answer": fields.get("answered_before", "")}]
    return parse_case({name: value for name, value in content.items() if value not in ("", [])})


def _chosen(fields: Mapping[str, str], column: str) -> str:
    cell = fields.get(column, "")
    as_written = _key(cell).replace(" ", "_") if column in _WORDS and column != "documents" else cell
    return _WORDS.get(column, {}).get(_key(cell), as_written)


def _split(separator: re.Pattern[str], cell: str) -> list[str]:
    return [part.strip() for part in separator.split(cell) if part.strip()]


def _tolerance(cell: str) -> float:
    """1%, 0.01 and 1％ are the same."""
    folded = unicodedata.normalize("NFKC", cell).strip()
    try:
        return float(folded[:-1]) / 100 if folded.endswith("%") else float(folded or 0)
    except ValueError as error:
        raise ValueError(f"the tolerance {shown(cell)} is no share like 0.01 or 1%") from error
