"""Every sentence that the assistant itself says, in both languages; what the interface says is in `ui.messages`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.answer import NoteCode, QuestionLanguage, RefusalReason
from rag.kinds import Kind


@dataclass(frozen=True, slots=True)
class Phrases:
    """In one language; a field that is missing in one of them does not type-check."""

    refusals: Mapping[RefusalReason, str]  # of `{sought}`, with what is `{nowhere}`, and the closest `{place}`
    sought: str  # the `{kind}` of answer that was looked for, and the `{subject}` as the question has it
    kinds: Mapping[Kind, str]
    answer: str  # in place of a kind where none is asked
    alternatives: str  # between kinds
    nowhere: str  # of names and years, `{what}`, that nothing found mentions
    list_mark: str
    source_language: str  # introduces quotes in the other language
    same_figures: str  # after a quote in the other language: `{figures}` of it in this one
    other_figure: str  # introduces quotes that give a different figure
    notes: Mapping[NoteCode, str]
    unsupported: str  # stands behind a sentence of which `{names}` do not stand in what it cites


_PHRASES: Mapping[QuestionLanguage, Phrases] = {
    "zh": Phrases(
        refusals={
            "empty_library": "资料库是空的，还没有可以查的文档。",
            "no_question": "请就资料库里的文档提问，例如问一个数字、日期、人物或原因；答案会附上所依据的原句。",
            "not_answered": "资料里没有找到{sought}。{nowhere}最接近的一句见 [1]（{place}），它并不回答这个问题。",
        },
        sought="“{subject}”的{kind}",
        kinds={
            "money": "金额",
            "share": "比例",
            "date": "时间",
            "count": "数量",
            "person": "人物",
            "organisation": "机构",
            "place": "地点",
            "reason": "原因",
        },
        answer="答案",
        alternatives="或",
        nowhere="找到的段落都没有提到“{what}”。",
        list_mark="”“",
        source_language="原文是英文：",
        same_figures="（即 {figures}）",
        other_figure="另一处资料给出了不同的数字：",
        notes={
            "sentence_withheld": "有一句话与所引原文不符，没有显示。",
            "name_unsupported": "有名称在所引原文中找不到，已在句后标明。",
            "uncited": "有一句话没有找到可以依据的原文。",
            "conflict": "不同的原文给出了不同的数字，均已列出。",
            "wrong_language": "模型没有用提问的语言作答。",
            "incomplete": "回答中途断开，并不完整。",
            "degraded": "资料库的向量已损坏，这次只按词语查找，可能有遗漏；运行 tongwen rebuild 即可修复。",
            "llm_unavailable": "语言模型没有响应，以下是从原文中摘出的回答。",
        },
        unsupported="（所引原文中没有：{names}）",
    ),
    "en": Phrases(
        refusals={
            "empty_library": "The library is empty: there is no document to look in yet.",
            "no_question": "Ask about the documents in the library: a figure, a date, a person or a reason, for "
            "example. The answer comes with the sentences it rests on.",
            "not_answered": "The documents do not answer this question: {sought} was not found. {nowhere}"
            "The closest sentence found is [1] ({place}); it is not an answer.",
        },
        sought="{kind} for “{subject}”",
        kinds={
            "money": "an amount",
            "share": "a share",
            "date": "a date",
            "count": "a number",
            "person": "a person",
            "organisation": "an organisation",
            "place": "a place",
            "reason": "a reason",
        },
        answer="an answer",
        alternatives=" or ",
        nowhere="No passage found mentions “{what}”. ",
        list_mark="”, “",
        source_language="The source says, in Chinese:",
        same_figures="(= {figures})",
        other_figure="Another passage gives a different figure:",
        notes={
            "sentence_withheld": "A sentence that does not agree with the text it cites is not shown.",
            "name_unsupported": "A name that does not stand in the cited text is marked behind its sentence.",
            "uncited": "For one sentence no text was found that it rests on.",
            "conflict": "The sources give different figures; all of them are shown.",
            "wrong_language": "The model did not answer in the language of the question.",
            "incomplete": "The answer broke off and is not complete.",
            "degraded": "The library's vectors are damaged: passages were found by their words alone, and some may be "
            "missing; run tongwen rebuild.",
            "llm_unavailable": "The language model did not respond; this answer was taken from the documents directly.",
        },
        unsupported=" (not in the cited text: {names})",
    ),
}


def phrases(language: QuestionLanguage) -> Phrases:
    """What the assistant says in that language."""
    return _PHRASES[language]
