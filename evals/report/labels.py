"""The words of a report for the names that cases and runs use, in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from evals.report.charts import Label, same

CAUSES: dict[str, Label] = {
    "document_missing": Label("缺少文档", "document missing"),
    "not_retrieved": Label("没有检索到", "not retrieved"),
    "ranked_out": Label("检索到但排名太后", "retrieved but ranked out"),
    "wrong_answer": Label("有段落但答错", "in context but answered wrong"),
    "wrong_citation": Label("答对但引错", "right answer, wrong citation"),
    "wrong_language": Label("语言不对", "wrong language"),
    "wrongly_refused": Label("误拒", "wrongly refused"),
    "wrongly_answered": Label("该拒未拒", "wrongly answered"),
}

_LABELS: dict[str, Label] = CAUSES | {
    "zh": Label("中文", "Chinese"),
    "en": Label("英文", "English"),
    "amount": Label("金额与数量", "amount"),
    "share": Label("占比", "share"),
    "date": Label("日期", "date"),
    "count": Label("个数", "count"),
    "person": Label("人物", "person"),
    "organisation": Label("机构", "organisation"),
    "name": Label("名称", "name"),
    "reason": Label("原因", "reason"),
    "comparison": Label("比较", "comparison"),
    "statement": Label("陈述", "statement"),
    "follow_up": Label("追问", "follow-up"),
    "other": Label("其他", "other"),
    "missing_fact": Label("文中没有的事实", "missing fact"),
    "false_premise": Label("前提有误", "false premise"),
    "other_subject": Label("别的话题", "other subject"),
    "other_period": Label("别的时期", "other period"),
    "other_entity": Label("别的对象", "other entity"),
    "easy": Label("容易", "easy"),
    "medium": Label("中等", "medium"),
    "hard": Label("困难", "hard"),
    "zh→zh": Label("中文问 → 中文文档", "Chinese → Chinese"),
    "en→en": Label("英文问 → 英文文档", "English → English"),
    "zh→en": Label("中文问 → 英文文档", "Chinese → English"),
    "en→zh": Label("英文问 → 中文文档", "English → Chinese"),
    "zh→both": Label("中文问 → 两种文档", "Chinese → both"),
    "en→both": Label("英文问 → 两种文档", "English → both"),
    "answer_accuracy": Label("答对率", "answer accuracy"),
    "answer_right": Label("答案正确", "right answer"),
    "exact_match": Label("完全一致", "exact match"),
    "f1": same("F1"),
    "recall_at_k": same("recall@k"),
    "mrr": same("MRR"),
    "ndcg_at_k": same("nDCG@k"),
    "citation_precision": Label("引用准确率", "citation precision"),
    "citation_recall": Label("引用召回率", "citation recall"),
    "figure_support": Label("数字有据", "figures borne out"),
    "name_support": Label("名称有据", "names borne out"),
    "answer_language": Label("语言正确", "answer language"),
    "refusal_precision": Label("拒答准确率", "refusal precision"),
    "refusal_recall": Label("拒答召回率", "refusal recall"),
    "false_refusals": Label("误拒率", "false refusals"),
}

# Of the suites that ship; the tags of other suites are shown as they are written.
_TAGS: dict[str, Label] = {
    tag: Label(words, tag.replace("-", " "))
    for tag, words in {
        "near-miss": "差一点的问题",
        "paraphrase": "换种说法",
        "follow-up": "追问",
        "script": "字形与写法",
        "typo": "错别字",
        "two-facts": "两项事实",
        "traditional": "繁体",
        "reason": "原因",
        "full-width": "全角",
        "mixed": "中英混写",
        "cantonese": "粤语",
        "upper-case": "大写",
        "lower-case": "小写",
        "spelling": "拼写",
        "curly-quotes": "弯引号",
        "spaces": "空格",
        "english-only": "只有英文文档写到",
        "chinese-only": "只有中文文档写到",
        "mixed-document": "中英混排的文档",
        "table": "表格",
        "conflict": "说法不一",
        "dates": "日期",
        "across": "跨语言",
        "correction": "更正",
        "attributed": "注明来源",
        "units": "单位",
        "feedback": "来自反馈",
        "draft": "草稿",
        "review": "待核对",
        "llm": "模型拟题",
    }.items()
}
_DOCUMENTS: dict[str, Label] = {
    "both": Label("全部文档", "all documents"),
    "zh": Label("中文文档", "Chinese documents"),
    "en": Label("英文文档", "English documents"),
}


def label_of(name: str) -> Label:
    """The words for a figure, a type, a cause, …; the name itself, with spaces, where there are none."""
    return _LABELS.get(name) or same(name.replace("_", " "))


def tag_label(tag: str) -> Label:
    """The words for a tag; the tag itself where a suite of one's own has it."""
    return _TAGS.get(tag) or same(tag)


def documents_label(documents: str) -> Label:
    """The words for what a case is asked of; names of documents stay as they are."""
    return _DOCUMENTS.get(documents) or same(documents)


def in_order(names: Iterable[str]) -> list[str]:
    """Names in the order in which the words are listed here (easy, medium, hard), others after them by themselves."""
    places = {name: place for place, name in enumerate(_LABELS)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))
