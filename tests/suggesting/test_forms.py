"""What is asked of a sentence, by worked examples in both languages, and of what nothing is asked."""

import pytest
from hostile_payloads import ONE_LINE

from rag.names import Names
from rag.naming.glossary import open_glossary
from ui.suggesting.candidate import is_presentable, stands_alone
from ui.suggesting.chinese import chinese_questions
from ui.suggesting.english import Spelling, english_questions
from ui.suggesting.questions import questions_of


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The bridge was closed because its cables had rusted.", "Why was the bridge closed?"),
        ("The firm dropped the plan mainly because rates rose.", "Why did the firm drop the plan?"),
        ("In 1931, the North Harbour opened its second dock.", "When did the North Harbour open its second dock?"),
        ("The North Harbour was enlarged in May 1974.", "When was the North Harbour enlarged?"),
        ("The archive is located in the old mill, and is open on Mondays.", "Where is the archive located?"),
        ("The ferry carried 41,000 passengers.", "How many passengers did the ferry carry?"),
        ("The town will spend $3 million on the quay.", "How much will the town spend on the quay?"),
        ("The tunnel is 3.1 kilometres long and has two tubes.", "How long is the tunnel?"),
        ("There are 48 lamps in the tower.", "How many lamps are there in the tower?"),
        ("About three quarters of the budget came from fees.", "What share of the budget came from fees?"),
        ("The population of the town was 41,000 in 2011.", "What was the population of the town in 2011?"),
        ("The rate of loans was 12%.", "What was the rate of loans?"),
        ("Zlib is a library that compresses data.", "What is Zlib?"),
        ("Ada Lovelace was an English mathematician of the nineteenth century.", "Who was Ada Lovelace?"),
        ("To change your password, open the settings and choose Security.", "How do I change my password?"),
    ],
)
def test_an_english_sentence_is_turned_into_a_question(sentence, question):
    assert question in [made.question for made in english_questions(sentence, Spelling.of(sentence))]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("大桥暂时关闭，因为钢缆已经生锈。", "为什么大桥暂时关闭？"),
        ("由于利率上升，银行放弃了发债计划。", "为什么银行放弃了发债计划？"),
        ("1931 年，北港第二座码头建成启用。", "北港第二座码头建成启用是在什么时候？"),
        ("北港于 1931 年建成。", "北港哪一年建成？"),
        ("北港于 1931 年 5 月 3 日正式开放。", "北港什么时候正式开放？"),
        ("档案馆位于旧磨坊内，每周一开放。", "档案馆位于哪里？"),
        ("渡船全年运送旅客 41,000 人次。", "渡船全年运送旅客多少人次？"),
        ("镇政府将为码头投入 300 万元。", "镇政府将为码头投入多少元？"),
        ("跨江隧道长 3.1 公里，有两条管道。", "跨江隧道长多少公里？"),
        ("为了压缩成本，北港还裁减了大约 300 个岗位。", "北港裁减了多少个岗位？"),
        ("去年（2025 年），北港的营业收入接近 1300 万元。", "2025 年，北港的营业收入是多少？"),
        ("北港气温最高达 40 度。", "北港气温最高是多少？"),
        ("药品收入占总收入的 34%。", "药品收入占总收入的百分之多少？"),
        ("Zlib 是一个压缩数据的开源库。", "Zlib 是什么？"),
        ("杰森·科普是一位音乐家。", "杰森·科普是谁？"),
        ("如果要修改密码，请打开设置。", "如何修改密码？"),
        ("燈塔位於北港東側的礁石上。", "燈塔位於哪裡？"),
        ("張家輝是一名香港演員。", "張家輝是誰？"),
    ],
)
def test_a_chinese_sentence_is_turned_into_a_question(sentence, question):
    assert question in [made.question for made in chinese_questions(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "“We closed it because it was old,” he said.",  # quoted
        "Closed because of rain.",
        "Between 10 and 20 lamps were lost.",  # a range
        "If there are 3 stores, the count is 3.",
        "The reason that the bridge was closed is not known.",
        "Chapter 3.",
        "The child was 12 years old.",
        "Next Tuesday is a holiday in the whole of the country.",
        "In 1931, few people had cars.",
        "Section 12 is a part of the law on harbours.",
        "Why was it closed?",
    ],
)
def test_nothing_is_asked_of_an_english_sentence_that_is_not_plain(sentence):
    assert list(english_questions(sentence, Spelling.of(sentence))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "“因为太旧了，所以关了。”他说。",
        "行李超过 23 公斤时，每公斤收 45 元。",  # half a sentence
        "其中 60% 由市财政承担。",
        "比去年多 60 名。",
        "包括 16、21、23 及 36 楼。",
        "地铁 6 号线今日开通。",  # a name
        "党委书记是学校的主要负责人。",
        "为什么关了？",
    ],
)
def test_nothing_is_asked_of_a_chinese_sentence_that_is_not_plain(sentence):
    assert list(chinese_questions(sentence)) == []


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("该公司投入多少元？", "zh"),
        ("他是谁的学生？", "zh"),
        ("公司去年投入多少元？", "zh"),
        ("Why was it closed?", "en"),
        ("How many did they sell last year?", "en"),
    ],
)
def test_what_points_elsewhere_does_not_stand_alone(question, language):
    assert not stands_alone(question, language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("其他费用占百分之多少？", "zh"),
        ("土耳其的首都是哪里？", "zh"),
        ("How many lamps are there in the tower?", "en"),
    ],
)
def test_what_only_looks_as_if_it_did_stands_alone(question, language):
    assert stands_alone(question, language)


@pytest.mark.parametrize("hostile", [*ONE_LINE, "a\u202eb", "a\u200bb", "<b>", "**b**", "[b](c)", "A" * 200])
def test_what_is_hostile_is_not_presentable(hostile):
    assert not is_presentable(f"What is {hostile}?", "en")
    assert not is_presentable(f"{hostile}是什么？", "zh")


DOCUMENT = """# 北港 North Harbour

## 如何进入北港

从南门步行十分钟即可到达，周一至周五全天开放，周末需要提前一天预约，并带上证件。

北港于 1931 年建成。The lighthouse was closed because its lamp had failed.

## Who may enter the tower?

Visitors of more than ten years may enter the tower at any time of the day, except in storms.
"""


def test_a_mixed_document_is_asked_about_in_both_languages_in_reading_order():
    names = Names(open_glossary(None))
    found = list(questions_of(DOCUMENT, 0, len(DOCUMENT), "北港 North Harbour", names))
    assert [one.question for one in found] == [
        "如何进入北港？",
        "北港哪一年建成？",
        "Why was the lighthouse closed?",
        "Who may enter the tower?",
    ]
    assert [one.language for one in found] == ["zh", "zh", "en", "en"]
    assert DOCUMENT[found[1].start : found[1].end].strip() == "北港于 1931 年建成。"


def test_nothing_is_asked_of_a_sentence_in_both_languages():
    text = "海源电池 employs 300 people in Hefei。Haiyuan 于 2031 年成立。"
    found = questions_of(text, 0, len(text), "", Names(open_glossary(None)))
    assert [one.question for one in found] == ["Haiyuan 哪一年成立？"]


def test_only_the_stretch_that_is_asked_about_is_read():
    names = Names(open_glossary(None))
    start = DOCUMENT.index("The lighthouse")
    found = list(questions_of(DOCUMENT, start, DOCUMENT.index("## Who"), "", names))
    assert [one.question for one in found] == ["Why was the lighthouse closed?"]


@pytest.mark.parametrize(
    "heading",
    ["Account locked, call 0900 555 0100, OK?", "Why not call 0900 555 0100?", "What is example.com?",
     "真的没有问题吗？", "为什么不拨打 0900-555-0100？", "How to be a Manager", "How to use Git and why"],
)  # fmt: skip
def test_a_heading_that_could_be_the_words_of_the_program_is_no_question(heading):
    text = f"# A\n\n## {heading}\n\nVisitors may enter the tower at any time of the day, except in storms.\n"
    assert list(questions_of(text, 0, len(text), heading, Names(open_glossary(None)))) == []
