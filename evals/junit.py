"""A run as JUnit's XML, which CI systems show: a case is a test, its failure has the cause, unscored is skipped."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from evals.records import Record, Run, RunError

# What XML 1.0 has no way to write, not even as a number.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(run: Run, path: Path) -> None:
    """Raises `RunError` where the file cannot be written."""
    name = run.info["suite"]["name"]
    suite = ElementTree.Element(
        "testsuite",
        name=_plain(name),
        tests=str(len(run.records)),
        failures=str(sum(record.cause is not None for record in run.records)),
        errors="0",
        skipped=str(sum(record.unscored is not None for record in run.records)),
        time=f"{sum(record.seconds for record in run.records):.3f}",
        timestamp=str(run.info["started"]),
    )
    for record in run.records:
        suite.append(_case(record, name))
    try:
        ElementTree.ElementTree(suite).write(path, "utf-8", xml_declaration=True)
    except OSError as error:
        raise RunError(f"{path} cannot be written ({error.strerror}); choose another file") from error


def _case(record: Record, suite: str) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=_plain(f"{suite}.{record.case.type}"),
        name=_plain(record.case.id),
        time=f"{record.seconds:.3f}",
    )
    if record.unscored is not None:
        ElementTree.SubElement(case, "skipped", message=_plain(record.unscored))
    elif record.cause:
        failure = ElementTree.SubElement(case, "failure", type=record.cause, message=record.cause)
        answer = record.answer or {}
        quotes = "\n".join(f"[{one.get('number')}] {one['quote']}" for one in answer.get("citations", ()))
        accepted = " | ".join(record.case.texts) or "(a refusal)"
        failure.text = _plain(
            f"question: {record.case.question}\naccepted: {accepted}\nanswer: {answer.get('answer')}\n{quotes}"
        )
    return case


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
