"""The names in a sentence that may answer "who", "which company" or "where".

Names found by glossary and shape come from `rag.names`; here it is told what kind of thing a name stands for, from its
form and the words around it, and Chinese names of persons are found beside the title or verb that the sentence gives
them. Not handled: names whose kind only the world tells; those are offered for no kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from index.language import HAN
from rag.names import Names

Span = tuple[int, int]
NameKind = Literal["person", "organisation", "place"]


def names_of_kind(kind: NameKind, text: str, names: Names) -> list[Span]:
    """Spans of the names of that kind in reading order, none overlapping."""
    spans = sorted(_found(kind, text, names), key=lambda span: (span[0], -span[1]))
    chosen: list[Span] = []
    for start, end in spans:
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end))
    return chosen


def _found(kind: NameKind, text: str, names: Names) -> Iterator[Span]:
    for name in names.find(text):
        if _is_of_kind(kind, text, name.start, name.end):
            yield name.start, name.end
    for pattern in _PATTERNS[kind]:
        for match in pattern.finditer(text):
            yield match.span("name")


def _is_of_kind(kind: NameKind, text: str, start: int, end: int) -> bool:
    name, before, after = text[start:end], text[max(0, start - 24) : start], text[end : end + 12]
    if kind == "organisation":
        return bool(_ORGANISATION.search(name)) or bool(_ORGANISATION_BEFORE.search(before))
    if _ORGANISATION.search(name):
        return False
    if kind == "place":
        return bool(_PLACE_END.search(name) or _PLACE_BEFORE.search(before)) and not _PERSON.fullmatch(name)
    if _PLACE_BEFORE.search(before) or _PLACE_END.search(name):
        return False
    return bool(_PERSON.fullmatch(name) or _TITLE_BEFORE.search(before) or _SPEECH_AFTER.match(after))


# The hundred most frequent surnames of the 2020 census (Ministry of Public Security, 2021), traditional forms included.
_SURNAMES = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭肖程曹袁邓鄧许許傅沈曾彭吕呂"
    "苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻闫余潘杜戴夏钟鍾汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷"
    "钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文"
)
_NOT_GIVEN = "的了是在和与與及等也都还還又就才曾已将將被把对對向从從由为為不没沒这這那其之以后後时時年月日中上下家"
_GIVEN = rf"(?![{_NOT_GIVEN}])[{HAN}]"
_TITLE = (
    r"(?:董事长|董事長|总裁|總裁|经理|經理|总监|總監|首席[^，。\s]{2,6}官|工程师|工程師|设计师|設計師|分析师|经济学家|科学家|科學家|创始人|創始人|创办人|負責人|负责人"
    r"|发言人|專員|专员|局长|局長|部长|部長|市长|市長|省长|省長|县长|校长|校長|院长|院長|所长|所長|会长|會長|社长|社長|馆长|館長|队长|隊長|行长|主席|主任|书记|書記"
    r"|总统|總統|总理|總理|教授|博士|研究员|院士|记者|記者|导演|導演|演员|演員|歌手|作家|诗人|詩人|画家|畫家|医生|醫生|律师|律師|老师|老師|教练|教練|法官|将军|將軍"
    r"|大使|议员|議員|委员|委員|秘书|秘書|皇帝|国王|國王|CEO|CFO|COO|CTO|学者|學者|专家|專家|店主|选手|選手|主持人|建筑师|建築師)"
)
_CLOSES = (
    rf"(?=[（(，。、；：！？,;:!?\s》」”\"]|$|[的在和与與及等于於是将將曾也则則已对對向从從由为為把被饰飾扮]|表示|说|說|称|稱|认为|認為|宣布|介绍|介紹|担任|擔任|出任|接任|主演|执导|執導"
    rf"|设计|設計|创办|創辦|创立|創立|接替|批准|审批|{_TITLE})"
)
_CHINESE_PERSON = rf"(?P<name>[{_SURNAMES}](?:{_GIVEN}){{1,2}}?){_CLOSES}"
_GIVES_NAME = r"(?:任命|由|是|为|為|请|請|联系|聯繫|找|接替|选举|選舉|推举|聘请|聘請|叫做|名叫|，|^|、|和|与|與)"
_TITLED = re.compile(rf"{_TITLE}[ ：:]?{_CHINESE_PERSON}")
_NAMED = re.compile(rf"{_GIVES_NAME}{_CHINESE_PERSON}")

_PERSON = re.compile(
    rf"[{HAN}]{{1,7}}(?:[·・‧][{HAN}]{{1,8}}){{1,4}}|[{_SURNAMES}][{HAN}]{{1,2}}"
    r"|[A-Z][\w'’.-]{0,30}(?: (?:(?:de|van|von|der|la|al|bin) ){0,2}[A-Z][\w'’.-]{0,30}){1,3}"
)
_TITLE_BEFORE = re.compile(
    rf"{_TITLE} ?$|\b(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|King|Queen|Prince|Princess|Pope|Bishop|Professor|Judge"
    r"|General|Captain|Senator|Minister|Governor|Emperor|director|engineer|founder|chairman|officer|author|singer)"
    r"\.?,? $"
)
_SPEECH_AFTER = re.compile(r" ?(?:说|說|表示|称|稱|认为|認為)|,? (?:said|says|told|wrote|argued|added|warned)\b")
_ORGANISATION = re.compile(
    r"(?:公司|集团|集團|银行|銀行|大学|大學|学院|學院|医院|醫院|研究院|研究所|研究室|基金会|基金會|出版社|协会|協會|委员会|委員會|党|黨|部门|部門|厂|廠|社|电视台|電視台|联盟|聯盟"
    r"|乐队|樂隊|球队|球隊|政府|法院|报|報|局|署|部)$"
    r"|\b(?:Inc|Corp|Corporation|Company|Co|Ltd|LLC|Group|Bank|University|College|Institute|Association|Party|Agency"
    r"|Committee|Council|Commission|Foundation|Press|Times|Post|Journal|Church|Court|Museum|Works|Motors|Airlines"
    r"|Records|Studios|Society|Union|League|Department|Ministry|Office|Orchestra|Hospital|School)\b"
)
_ORGANISATION_BEFORE = re.compile(r"(?:公司|企业|企業|集团|机构|機構)\s?$|\b(?:company|firm|agency|start-?up|band) $")
_PLACE_END = re.compile(
    rf"[{HAN}](?:省|市|县|縣|区|區|镇|鎮|村|州|国|國|岛|島|山|河|湖|湾|灣|洲|路|街|站|港|海|江)$"
    r"|\b(?:Island|Islands|River|Lake|Mountain|Mountains|Street|Avenue|Road|County|City|Province|Bay|Valley|Park)$"
)
_PLACE_BEFORE = re.compile(r"(?:在|位于|位於|前往|抵达|抵達)$|\b(?:in|at|near|from|to|into|across|outside) (?:the )?$")
_LOCATED = re.compile(
    rf"(?:位于|位於|坐落于|坐落於|出生于|出生於|生于|生於|葬于|葬於)(?P<name>[{HAN}]{{2,12}}?[省市县縣区區镇鎮村州国國岛島山河湖街路])(?![{HAN}]?[{HAN}]{{0,3}}[省市县縣区區镇鎮村])"
)
_CHINESE_ORGANISATION = re.compile(
    rf"(?:由|被|^|，|、|是|为|為)(?P<name>[{HAN}A-Za-z]{{2,14}}?(?:公司|集团|集團|银行|銀行|大学|大學|厂|廠|基金会|基金會|委员会|委員會|出版社|部))(?![{HAN}]?(?:长|長))"
)

_PATTERNS: dict[NameKind, tuple[re.Pattern[str], ...]] = {
    "person": (_TITLED, _NAMED),
    "organisation": (_CHINESE_ORGANISATION,),
    "place": (_LOCATED,),
}
