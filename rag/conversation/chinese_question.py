"""A Chinese question taken apart: its question words and what it is about.

Read are simplified and traditional characters, and words in Latin letters among them. Words are not segmented: a
subject ends where a period, a particle or a verb of a closed list begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.language import HAN
from rag.conversation.context import PERIOD, Context, FindNames, Span, joined, name_spans

MEASURE = "个個名位家座项項台条條次种種人岁歲层層倍件间間列组組张張款份笔筆支部辆輛天年月日号號点點分成"
WHY = "为什么|為什麼|为何|為何|为啥|何以|怎么会|怎麼會"
_WHEN = (
    "什么时候|什麼時候|何时|何時|什么时间|什麼時間|哪一?[年天月日]|哪[个個]月|[几幾][年月号號日点點]"
    "|多久一?次?|多[长長][时時][间間]"
)
_WHERE = "哪里|哪裡|哪儿|哪兒|何处|何處|什么地方|什麼地方|哪[个個](?:国家|國家|城市|地区|地區|地方|部门|部門)"
WHO = "谁|誰|哪一?位|何人|什么人|什麼人"
HOW_MUCH = (
    r"多少(?:[亿億万萬千百]*(?:美元|元|块钱|塊錢|钱|錢))?|百分之[几幾多]"
    rf"|[几幾](?=[{MEASURE}])|多[大长長高重快深宽寬远遠]"
)
_WHAT = "什么样|什麼樣|怎么样|怎麼樣|怎样|怎樣|如何|什么|什麼|怎么|怎麼|哪[些几幾]?"
ASKED = re.compile(f"{WHY}|{_WHEN}|{_WHERE}|{WHO}|{HOW_MUCH}|{_WHAT}")
# A subject ends before one of these.
_VERB = (
    r"宣布|表示|认为|認為|预计|預計|强调|強調|说|說|称|稱|提出|担任|擔任|任职|任職|重组|重組|投资|投資|投入|收购|收購|发布|發布|推出"
    r"|计划|計劃|打算|准备|準備|希望|要求|怀疑|懷疑|承诺|承諾|保修|维修|设计|設計|制造|製造|生产|生產|使用|采用|採用|增加|减少|減少|下跌|上涨"
    r"|上漲|超过|超過|达到|達到|需要|拥有|擁有|成立|开通|開通|完工|动工|動工|还清|還清|缩短|縮短|显示|顯示|开机|開機|审批|審批|取代|接替|原定"
    r"|创建|創建|建立|位于|位於|主要|一共|总共|總共|(?<![委员員教协協工])[会會](?![议議员員计計])"
    r"|[是有在向给給和与與跟对對将將把被让讓从從为為由于於到要能可该該应應用占佔值装裝卖賣买買签簽裁花拿跌涨漲跑没沒不]"
)
SUBJECT_END = re.compile(
    rf"[的之]|{PERIOD.pattern}|{ASKED.pattern}|{_VERB}|全[长長]|每|[，,：:]", re.IGNORECASE | re.ASCII
)


def read(question: str, answer: str, find_names: FindNames) -> Context:
    """What a later turn may take from a Chinese question."""
    text = re.sub(r"[吗嗎呢吧啊呀]?[\s?？！!。.]*$", "", question)
    topic, is_phrase = _topic(text)
    names = name_spans(text, find_names)
    entity = _entity(text, names)
    return Context(
        question=text,
        language="zh",
        answer=answer,
        topic=topic,
        topic_is_phrase=is_phrase,
        entity=entity,
        person=_described_person(text) or _named_person(text, entity, answer) or entity,
        many=topic if is_phrase else None,
        names=names,
    )


def _topic(text: str) -> tuple[str, bool]:
    """The question without its question words, and whether a noun phrase is left."""
    text = re.sub(r"^(?:请问|請問|那么?)", "", text)
    match = re.search(rf"^(?:{WHO})是(?P<rest>.+)$", text)
    if match:
        return match["rest"], True
    match = re.search(
        rf"(?P<kept>.+?)\s*(?:(?:是|有|为|為|达到?|達到?|占|佔|全[长長])?\s*(?:{HOW_MUCH}|{_WHAT}|{WHO})[{MEASURE}]?"
        r"|是(?:做|干|幹)?(?:什么|什麼)用?的?|在(?:哪里|哪裡|哪儿))(?:公里|千克|公斤|米|克|瓦|钱|錢|人|意思|比例|的)?$",
        text,
    )
    if match and not _PREDICATE.search(match["kept"]) and not _WHY_OR_WHEN.search(match["kept"]):
        return match["kept"], not re.search(_CLAUSE_SIGN, match["kept"])
    neutral = re.sub(f"{WHY}|(?:是|在|从|從|于|於)?(?:{_WHEN}|{_WHERE})的?|怎么(?!样)|怎麼(?!樣)|如何", "", text)
    neutral = re.sub(f"(?:是?由)(?:{WHO})", "", neutral)
    neutral = re.sub(WHO, "有人", neutral)
    neutral = re.sub(rf"(?:{HOW_MUCH})[{MEASURE}]?|哪[些几幾]?[{MEASURE}]?|什么|什麼", "", neutral)
    neutral = re.sub("(?:需要|要|能|会|會|有|用)$", "", neutral)
    return joined(*neutral.split()) if neutral.strip() else text, False


_PREDICATE = re.compile(
    "(?:[了过過]|宣布|表示|强调|強調|重组|重組|投资|投資|担任|擔任|显示|顯示|保修|需要|[要装裝用裁花买買卖賣签簽能应應会會])$"
)
_WHY_OR_WHEN = re.compile(f"{WHY}|{_WHEN}")
_CLAUSE_SIGN = f"[了过過向给給]|带来|帶來|怎|{ASKED.pattern}"


def _entity(text: str, names: Sequence[Span]) -> str | None:
    """The subject: up to the first particle, verb, period or question word; a name in it comes first."""
    start = 0
    while (period := PERIOD.match(text, start)) or text[start : start + 1] in set(" ，,的"):
        start = period.end() if period and period.end() > start else start + 1
        if start >= len(text):
            return None
    end = next((match.start() for match in SUBJECT_END.finditer(text, start + 1)), len(text))
    if text[end : end + 1] == "了" and end - start > 2:
        end -= 1
    subject = text[start:end].strip()
    cut = re.search(rf"^(.{{2,12}}?)(?=[{HAN}]了)", subject)
    if cut:
        subject = cut[1]
    if names and not (names[0][0] <= start + len(subject)):
        return text[slice(*names[0])] if ASKED.search(subject) or not subject else subject
    if ASKED.match(text, start):
        return text[slice(*names[0])] if names else None
    return subject or None


# After a title a personal name of two or three characters ends before one of these.
_TITLED = re.compile(
    rf"(?:首席执行官|首席執行官|董事长|董事長|总裁|總裁|创始人|創始人|工程师|工程師|设计师|設計師|局长|局長|院长|院長|部长|部長|市长|市長|总监"
    r"|總監|经理|經理|教授|主任|分析师|分析師|发言人|發言人|CEO|CFO)"
    rf"(?P<name>[{HAN}]{{1,6}}(?:·[{HAN}]{{1,8}}){{1,3}}|[{HAN}]{{2,3}}?(?=[说說表宣认認称稱强強在为為将將是批任，,。、；（(]))"
)
_FULL_NAME = re.compile(rf"[A-Z][a-z]+(?:\s[A-Z]\.)?\s[A-Z][a-z]+|(?<![{HAN}])[{HAN}]{{1,6}}(?:·[{HAN}]{{1,8}}){{1,3}}")
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓邓鄧冯馮曹"
    "彭曾肖萧田董潘袁蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸范贾賈"
)


def _named_person(text: str, subject: str | None, answer: str) -> str | None:
    """A personal name of the question, or else the one behind a title in the answer."""
    if found := _FULL_NAME.search(text):
        return found[0]
    if subject and re.fullmatch(f"[{_SURNAMES}][{HAN}]{{1,2}}", subject):
        return subject
    titled = _TITLED.search(answer)
    return titled["name"] if titled else None


def _described_person(text: str) -> str | None:
    """Whom a question that asks for a person asks for, described by the question itself."""
    who = f"(?:{WHO})"
    if match := re.fullmatch(rf"(?:{who})是(?P<who>.+)|(?P<whose>.+?)(?:是|叫)(?:{who}|什么名字)", text):
        return match["who"] or match["whose"]
    if match := re.fullmatch(rf"(?P<what>.+?)是由?{who}(?P<did>.{{1,8}}?)的", text):
        return joined(match["did"], match["what"], "的人")
    if match := re.fullmatch(rf"{who}(?P<did>.+)", text):
        return joined(match["did"], "的人")
    return None
