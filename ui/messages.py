"""Every word of the interface, in both languages, and the choice between them.

What the documents and the assistant say is not here: it keeps the language it was written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.schema import Language, PlaceKind

InterfaceLanguage = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Messages:
    """The interface in one language; a field that is missing in one of them does not type-check."""

    language: InterfaceLanguage  # in which all of this is written
    library: str  # takes {count}
    chat_tab: str
    library_tab: str
    other_language: str  # the name of the other language, in that language
    welcome: str
    examples: str
    suggestions: str
    placeholder: str
    question_label: str
    send: str
    stop: str
    asked: str
    replied: str
    copy: str
    copied: str
    retry: str
    edit: str
    helpful: str
    wrong: str
    editing: str
    cancel_edit: str
    branched: str
    full: str
    new_conversation: str
    no_conversations: str
    untitled: str
    rename: str
    delete: str
    deleted: str  # takes {title}
    undo: str
    new_name: str
    save: str
    cancel: str
    export_markdown: str
    export_json: str
    visitor: str  # takes {name}
    preparing: str  # takes {done}
    not_prepared: str
    preparing_failed: str
    no_question: str
    standalone: str  # takes {question}
    working: str
    incomplete: str
    written_by: str  # takes {answerer}, a model
    remark: str  # takes {note}, of an answer
    problem: str  # takes {problem}, one of `problems`
    unexpected: str  # takes {reference}, which the log has too
    sources: str
    sources_hint: str
    no_sources: str
    closest: str
    closest_hint: str
    nothing_close: str
    conflicts: str
    figure_checks: str
    name_checks: str
    supported: str
    supported_otherwise: str  # takes {found}, as the cited sentence writes it
    agreeing: str  # takes {found}
    different: str  # takes {found}
    missing: str
    aside: str  # takes {remark}, of a figure or name in the text of an answer
    chosen_source: str
    whole_document: str
    counterpart: str  # takes {language}
    counterpart_hint: str
    feedback_reason: str
    feedback_correction: str
    feedback_send: str
    feedback_kept: str
    feedback_failed: str  # takes {problem}
    feedback_unfinished: str
    problems: Mapping[str, str]  # by the codes of `ui.api.problems`, for those that a question can meet
    language_names: Mapping[Language, str]
    places: Mapping[PlaceKind, str]  # each takes {label}


MESSAGES: Mapping[InterfaceLanguage, Messages] = {
    "zh": Messages(
        language="zh",
        library="资料库现有 {count} 篇文档",
        chat_tab="问答",
        library_tab="资料库",
        other_language="English",
        welcome="请就资料库里的文档提问",
        examples="可以这样问",
        suggestions="接着可以问",
        placeholder="用中文或英文提问",
        question_label="问题",
        send="发送",
        stop="停止",
        asked="提问",
        replied="回答",
        copy="复制",
        copied="已复制",
        retry="重新回答",
        edit="修改",
        helpful="有用",
        wrong="有误",
        editing="正在修改先前的问题",
        cancel_edit="放弃修改",
        branched="修改后的问题开始了一段新对话，原来的对话仍在列表中。",
        full="这段对话已经太长，请开始新对话。",
        new_conversation="新对话",
        no_conversations="还没有对话。",
        untitled="（无标题）",
        rename="改名",
        delete="删除",
        deleted="已删除“{title}”。",
        undo="撤销",
        new_name="新名称",
        save="保存",
        cancel="取消",
        export_markdown="导出 Markdown",
        export_json="导出 JSON",
        visitor="已登录：{name}",
        preparing="正在准备资料库：已处理 {done} 个段落。准备好后即可提问。",
        not_prepared="资料库还在准备中，请稍等片刻再问。",
        preparing_failed="资料库未能准备好，请告诉管理员，日志里有详情。",
        no_question="（没有输入问题）",
        standalone="理解为：{question}",
        working="正在查找资料……",
        incomplete="回答未完成：已停止。",
        written_by="由模型 {answerer} 作答",
        remark="注：{note}",
        problem="未能回答：{problem}",
        unexpected="程序出错了，请再试一次；如仍出错，请把编号 {reference} 告诉管理员，日志里有详情。",
        sources="依据",
        sources_hint="回答所依据的原句会显示在这里。",
        no_sources="这个回答没有引用原句。",
        closest="找到的最接近的段落",
        closest_hint="资料里没有答案，下面的文字不是答案，只是最接近的内容。",
        nothing_close="资料库里没有相近的内容。",
        conflicts="说法不一的数字",
        figure_checks="数字核对",
        name_checks="名称核对",
        supported="原句中有",
        supported_otherwise="原句中写作 {found}",
        agreeing="与原句中的 {found} 相符",
        different="不符：原句中是 {found}",
        missing="原句中没有",
        aside="（{remark}）",
        chosen_source="当前所选",
        whole_document="在全文中查看",
        counterpart="{language}资料里的对应句子",
        counterpart_hint="由程序自动比对得出，引用前请核对。",
        feedback_reason="哪里不对？",
        feedback_correction="正确的答案是什么？（可不填）",
        feedback_send="提交",
        feedback_kept="谢谢，已记下。",
        feedback_failed="未能记下：{problem}",
        feedback_unfinished="只有完整的回答可以评价。",
        problems={
            "question_unusable": "问题是空的或太长（最多 4,000 字），请改写后再问。",
            "library_missing": "还没有资料库，请先添加文档。",
            "server_busy": "现在提问的人太多，请稍后重新提问。",
            "library_busy": "资料库正在更新，请稍后再试。",
            "library_unusable": "资料库现在不能使用，请告诉管理员，日志里有详情。",
            "storage_failed": "资料库无法写入磁盘，请告诉管理员。",
            "answerer_unavailable": "语言模型没有回应，请稍后再试。",
            "unavailable": "程序的一部分无法启动，请告诉管理员，日志里有详情。",
            "unusable": "无法处理这个请求，请告诉管理员，日志里有详情。",
            "text_too_long": "文字太长，最多 4,000 字，请缩短。",
        },
        language_names={"zh": "中文", "en": "英文", "mixed": "中英混合"},
        places={"page": "第 {label} 页", "slide": "第 {label} 张幻灯片", "sheet": "工作表 {label}", "part": "{label}"},
    ),
    "en": Messages(
        language="en",
        library="Documents in the library: {count}",
        chat_tab="Questions",
        library_tab="Library",
        other_language="中文",
        welcome="Ask about the documents in the library",
        examples="You could ask",
        suggestions="You could ask next",
        placeholder="Ask in Chinese or English",
        question_label="Question",
        send="Send",
        stop="Stop",
        asked="Question",
        replied="Answer",
        copy="Copy",
        copied="Copied",
        retry="Answer again",
        edit="Edit",
        helpful="Helpful",
        wrong="Wrong",
        editing="Editing an earlier question",
        cancel_edit="Leave it as it was",
        branched="The edited question began a new conversation; the one before is still in the list.",
        full="This conversation has become too long; please start a new one.",
        new_conversation="New conversation",
        no_conversations="No conversations yet.",
        untitled="(untitled)",
        rename="Rename",
        delete="Delete",
        deleted="“{title}” was deleted.",
        undo="Undo",
        new_name="New name",
        save="Save",
        cancel="Cancel",
        export_markdown="Export as Markdown",
        export_json="Export as JSON",
        visitor="Logged in: {name}",
        preparing="Preparing the library: {done} passages so far. You can ask when it is ready.",
        not_prepared="The library is still being prepared; please ask again in a moment.",
        preparing_failed="The library could not be prepared. Please tell whoever runs this program: the log has the "
        "details.",
        no_question="(no question)",
        standalone="Understood as: {question}",
        working="Looking through the documents…",
        incomplete="Incomplete answer: it was stopped.",
        written_by="Answered by the model {answerer}",
        remark="Note: {note}",
        problem="No answer: {problem}",
        unexpected="Something went wrong. Please try again; if it happens again, tell whoever runs this program "
        "the reference {reference}: the log has the details.",
        sources="Sources",
        sources_hint="The sentences an answer rests on are shown here.",
        no_sources="This answer cites no sentence.",
        closest="Closest passage found",
        closest_hint="The documents do not answer this. The text below is not an answer, only what comes closest.",
        nothing_close="Nothing in the library comes close.",
        conflicts="Figures that differ",
        figure_checks="Figures checked",
        name_checks="Names checked",
        supported="in the cited sentence",
        supported_otherwise="in the cited sentence as {found}",
        agreeing="agrees with {found} in the cited sentence",
        different="differs: the cited sentence has {found}",
        missing="not in the cited sentence",
        aside=" ({remark})",
        chosen_source="chosen",
        whole_document="Show it in the whole document",
        counterpart="The same sentence in {language}",
        counterpart_hint="Matched automatically; check it before you quote it.",
        feedback_reason="What is wrong with it?",
        feedback_correction="What is the right answer? (if you know)",
        feedback_send="Send",
        feedback_kept="Thank you, it is noted.",
        feedback_failed="Not noted: {problem}",
        feedback_unfinished="Only a complete answer can be rated.",
        problems={
            "question_unusable": "The question is empty or too long (4,000 characters at most); please change it.",
            "library_missing": "There is no library yet; please add documents first.",
            "server_busy": "Too many people are asking at the moment; please ask again shortly.",
            "library_busy": "The library is being changed; please try again in a moment.",
            "library_unusable": "The library cannot be used; please tell whoever runs this program: the log says why.",
            "storage_failed": "The library cannot be written to disk; please tell whoever runs this program.",
            "answerer_unavailable": "The language model does not answer; please try again in a moment.",
            "unavailable": "A part of the program cannot be started; please tell whoever runs it: the log says why.",
            "unusable": "This cannot be done; please tell whoever runs this program: the log says why.",
            "text_too_long": "The text is too long: at most 4,000 characters; please shorten it.",
        },
        language_names={"zh": "Chinese", "en": "English", "mixed": "Chinese and English"},
        places={"page": "page {label}", "slide": "slide {label}", "sheet": "sheet {label}", "part": "{label}"},
    ),
}

TAGLINES: Mapping[InterfaceLanguage, str] = {
    "zh": "用中文或英文提问，从您的文档中找到答案，并标出所依据的原句。",
    "en": "Ask in Chinese or English; answers come from your documents, with the exact sentences they rest on.",
}


def preferred_language(accept_language: str) -> InterfaceLanguage:
    """The interface language for an `Accept-Language` header: whichever of the two it prefers, else English."""
    for tag in sorted(accept_language.lower().split(","), key=_quality, reverse=True):
        match tag.strip()[:2]:
            case "zh":
                return "zh"
            case "en":
                return "en"
    return "en"


def _quality(tag: str) -> float:
    """The weight of one entry such as `zh-CN;q=0.9`; 1 where none is given, 0 where it cannot be read."""
    _, _, weight = tag.partition("q=")
    try:
        return float(weight or 1)
    except ValueError:
        return 0.0
