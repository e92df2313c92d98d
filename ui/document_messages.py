"""The words of the page that shows a whole document, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ui.messages import InterfaceLanguage

Trouble = Literal["forbidden", "gone", "unfit", "unreadable"]


@dataclass(frozen=True, slots=True)
class DocumentMessages:
    """The page in one language."""

    to_chat: str
    to_sentence: str
    source: str
    author: str
    date: str
    added: str
    language: str
    length: str  # takes {characters}
    part: str  # takes {first}, {last} and {total}, counted in characters
    earlier: str
    later: str
    whole: str
    standard_input: str
    troubles: Mapping[Trouble, tuple[str, str]]  # what is the matter, and what to do about it


DOCUMENT_MESSAGES: Mapping[InterfaceLanguage, DocumentMessages] = {
    "zh": DocumentMessages(
        to_chat="返回问答",
        to_sentence="跳到引用的句子",
        source="来源",
        author="作者",
        date="文档日期",
        added="加入日期",
        language="语言",
        length="全文 {characters} 字",
        part="全文 {total} 字，这里显示第 {first} 至 {last} 字",
        earlier="显示前面的内容",
        later="显示后面的内容",
        whole="查看这篇文档",
        standard_input="直接输入的文字",
        troubles={
            "forbidden": ("您不能查看文档", "请先登录，或请管理员给您阅读权限。"),
            "gone": (
                "资料库里没有这篇文档",
                "它已被移除，或内容有了改动，先前的引用因此失效。请重新提问，以现有的文档为准。",
            ),
            "unfit": (
                "在文档里找不到引用的句子",
                "链接所指的位置与文档对不上，可能是链接不完整或被改动过。请从回答旁边的引用重新打开。",
            ),
            "unreadable": ("现在无法读取资料库", "请稍后再试；如果仍然不行，请告诉管理员，日志里有详情。"),
        },
    ),
    "en": DocumentMessages(
        to_chat="Back to the questions",
        to_sentence="Go to the cited sentence",
        source="Source",
        author="Author",
        date="Date of the document",
        added="Added on",
        language="Language",
        length="{characters} characters",
        part="Characters {first} to {last} of {total}",
        earlier="Show what comes before",
        later="Show what comes after",
        whole="Show this document",
        standard_input="text that was typed in",
        troubles={
            "forbidden": ("You cannot read documents", "Sign in, or ask whoever runs this program for leave to read."),
            "gone": (
                "This document is not in the library",
                "It was removed, or its text was changed, so that the citation no longer holds. Ask the question again "
                "to get an answer from the documents as they are now.",
            ),
            "unfit": (
                "The cited sentence is not in this document",
                "The link names a place that does not fit; it may be incomplete or altered. Open it again from the "
                "citation beside the answer.",
            ),
            "unreadable": (
                "The library cannot be read now",
                "Try again in a moment; if it happens again, tell whoever runs this program: the log has the details.",
            ),
        },
    ),
}
