"""Every reason that `index` gives has its Chinese, in which no English sentence is left."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from index.formats.registry import SUPPORTED, why_unsupported
from ui.library_desk import ELSEWHERE, LOST, SAME_NAME, TEXT_TOO_LONG
from ui.load_reasons import in_chinese, reason_in

ROOT = Path(__file__).parents[2]
SAYING = [
    *sorted((ROOT / "index" / "formats").glob("*.py")),
    *(ROOT / "index" / f"{name}.py" for name in ("decoding", "loading", "parsing", "parsing_child", "web_page")),
]
# What is no reason of one file, or never reaches a page.
OTHERS = re.compile(
    r"import sys|.*documents; give a file of one|no process can be started|the process that reads files|"
    r"text/html, application|\s*color:|[^a-z({].*|.*\.$"
)
ENGLISH = re.compile(r"\b(?:the|is|and|it|that|not|of)\b")


def spoken(path):
    """The reasons in a module, with X for what is different each time."""
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    tree = ast.parse(path.read_text("utf-8"))
    parts = {id(child) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(filled(value, module) for value in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
        else:
            continue
        if re.search(r"[a-z]; [a-z]|\); [a-z]", text) and not OTHERS.fullmatch(text) and not OTHERS.match(text):
            yield text.replace("{}", "X")


def filled(value, module):
    if isinstance(value, ast.Constant):
        return value.value
    known = getattr(module, ast.unparse(value.value), None)
    return known if isinstance(known, str) else "X"


REASONS = sorted({text for path in SAYING for text in spoken(path)} | {LOST, SAME_NAME, ELSEWHERE, TEXT_TOO_LONG})


def test_the_reasons_are_found():
    assert len(REASONS) > 60


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_has_its_chinese(reason):
    chinese = in_chinese(reason)
    assert chinese is not None
    assert not ENGLISH.search(chinese)


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("is over the limit of 20,000,000 bytes; split it", "超过 20,000,000 字节的上限；请拆分后再添加"),
        (
            "is not JSON (line 3 column 7: Expecting value); correct it and add it again",
            "不是有效的 JSON（第 3 行第 7 列）；请改正后再添加",
        ),
        (
            "has the field 'text' twice; correct line 4 and add the file again",
            "字段 'text' 出现了两次；请改正第 4 行后再添加",
        ),
        ("a/b: c.pdf: attachments that are not read: x.exe", "a/b: c.pdf：未读取的附件：x.exe"),
        (why_unsupported("x.doc"), "是旧格式（.doc），无法读取；请打开后另存为 .docx"),
    ],
)
def test_what_is_different_each_time_is_kept(reason, chinese):
    assert reason_in("zh", reason) == chinese


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("is damaged; save it anew", "It is damaged; save it anew"),
        ("attachments that are not read: x.exe", "Attachments that are not read: x.exe"),
        (why_unsupported("x.exe"), f"(.exe) is not supported; convert it to one of these: {SUPPORTED}"),
    ],
)
def test_a_reason_is_a_sentence_in_english(reason, english):
    assert reason_in("en", reason) == english
