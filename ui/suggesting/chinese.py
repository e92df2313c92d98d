"""Chinese questions from a sentence: how to, why, when, how much, where, and what or who something is.

Chinese asks where the answer stands, so the clause is kept and the answer replaced. Only the first clause, or the one
after a date, is asked about: a later one leaves out its subject.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from evals.draft_questions import GLOSSED_YEAR_ZH, figure_question, is_worth_asking
from index.language import HAN, search_copy
from rag.quantities import Quantity, find_quantities
from ui.suggesting.candidate import Made

_NOT_PLAIN = re.compile(r"——|[？?！!「」『』“”\"…：；]|\n")
_BRACKETED = re.compile(r"（[^（）]*）|\([^()]*\)")
_REPORTED = re.compile(r"^[^，。：]{2,24}?(?:说|表示|认为|指出|宣布|估计|强调|透露|說|認為|宣佈)，")
_DATE_FIRST = re.compile(r"^(?:在|于|於|自)?(?P<date>[^，仅僅只]{0,6}\d{4}\s*年[^，]{0,8}?)，(?=[^，])")
_PURPOSE_FIRST = re.compile(r"(?:为了|為了)[^，]{2,20}，")
_ALSO = re.compile(rf"(?<=[{HAN}A-Za-z])(?:还(?![款原债贷])|還(?![款原債貸])|也)(?![是有不没沒])")
_BORDER = re.compile(r"，|,(?!\d)")

# What a clause begins with that leaves out its subject or belongs to another clause.
_OPENING = re.compile(
    r"^(?:其|据|據|让|讓|请|請|要|比|然而|故|旗下|同样|同樣|此外|另外|但|而|同时|不过|因|所以|随后|后来|後來|之后|之後|并|若|如|当|當|在|对|對|为|為"
    r"|根据|除|虽|雖|尽管|通过|由|从|從|至|到|与|與|和|有|共|约|是|不|以|又|再|就|才|于|於|曾|最[终終]|首|主角|经|經|可|会|將|将|被|使|第|每|以及|包括|位于)"
)
_SPEECH = re.compile(r"表示|指出|认为|認為|透露|强调|称|稱|说|說|据|據|报道|報道|显示")

_PURPOSE = re.compile(r"^(?:若?要|如需|如果要|如果您?想要?|想要)(?P<what>(?![是有])[^，的]{4,24})，")
_BECAUSE = (
    re.compile(r"^(?P<what>[^，]{6,30})，?(?:主要)?(?:是)?(?:因为|由于|因為|由於)(?P<why>[^而]{4,})$"),
    re.compile(r"^(?:因为|由于|因為|由於)(?P<why>[^，]{4,40})，(?:所以|因此|因而)?(?P<what>[^，]{6,30})$"),
)
_NO_REASON = re.compile(r"为什么|[是就有]$|不是|原因$")

_DEFINED = re.compile(r"^(?P<subject>[^，：、的是了在]{2,16})(?:是|係)(?P<what>.{4,})$")
_KIND = re.compile(
    rf"^(?:一[个個种種座家所条條款项項类類位部套支份艘块塊片只隻间間本首名][^，]*|[^，]{{0,20}}的[^，]*|[{HAN}·]{{2,16}}之一)(?=，|$)"
)
_PERSON = re.compile(
    r"^一[位名]|(?:(?<![国國])家|人|演员|演員|歌手|运动员|運動員|球员|球員|教授|导演|導演|皇帝|国王|國王|总统|總統|主教|诗人|詩人|学者|學者"
    r"|工程师|律师|医生|主席|书记|書記|经理|經理|大臣|军官|选手|記者|记者)$"
)
_NO_NAME = re.compile(
    r"[和与與及或'‘’]|位于|位於|没有|沒有|^(?:考虑|[不無无这那最第其另同本全该此但而就也还总總当有平]|如果|目前|主要|原因|目的)"
    r"|[只就也不都还并卻却即乃便能会有僅仅无完]$|(?:显然|顯然|不过|原本|几乎|仍然?|可以|应该|不再|一直|其实|必须|之一|时候|原因|目的|方法|问题|特点|重点)$"
)

_SHORTEST_BEFORE = 4  # characters before a figure; less says not what it is of
_HEDGE = re.compile(r"(?:大约|约|将近|接近|(?<!最)近|不到|至少|最多)(?=多少|百分|多大)")
_COUNTED = ("money", "share", "count", "measure")
_COMPARED = re.compile(
    r"只|仅|僅|既|–|从|從|由|比|较|較|以上|以下|超过|超過|每(?![年月天日])|第|其中|分别|分別|或|[和与與至到]\s*$|[后後前]\s*$"
)
_NO_FIGURE = re.compile(r"\s?[号號路届屆、–~～—-]|[A-Za-z]")  # 6 号线 is a name, and 3–5 a range
_NO_UNIT = re.compile(r"(?<![是之])多少？")

_ACTS = (
    "动工|開工|开工|交付|上线|出生|毕业|畢業|创立|創立|创办|創辦|发明|發明|发现|發現|建立|获得|獲得|赢得|当选|當選|成立|加入|成为|成為|退役|退休"
    "|去世|逝世|发布|發布|发行|發行|出版|通过|通過|开业|開業|开通|開通|启用|啟用|投产|建成|落成|完工|并网|上映|上市|收购|收購|推出|迁|遷|入选"
    "|改名|更名|合并|签署|举行|舉行|举办|开放|開放|关闭|關閉|设立|設立"
)
_DATED = re.compile(
    rf"^(?P<subject>[^，的再]{{2,20}}?)(?:于|於|在|自)? ?"
    rf"(?P<date>\d{{4}} ?年(?: ?\d{{1,2}} ?月)?(?: ?\d{{1,2}} ?日)?) ?"
    rf"(?P<act>(?:正式|首次|再次)?(?:{_ACTS})[^，]{{0,20}})$"
)
_HAPPENED = re.compile(_ACTS)
_PLACED = re.compile(r"^(?P<subject>[^，：、的是了]{2,16}?)(?:位于|位於|坐落于|坐落於)(?P<where>.{4,})$")


def chinese_questions(sentence: str) -> Iterator[Made]:
    """What can be asked of the sentence; nothing of one that is not plain."""
    plain = _REPORTED.sub(
        "", _BRACKETED.sub("", GLOSSED_YEAR_ZH.sub(r"\1 年", _full_width(sentence.strip()))).rstrip("。.！")
    )
    if _NOT_PLAIN.search(plain):
        return
    for made in (*_how_to(plain), *_why(plain), *_defined(plain), *_where(plain), *_of_first_clause(plain)):
        yield Made(_spaced_as(sentence, _in_script_of(sentence, made.question)), made.answer, made.appeal)


def _full_width(sentence: str) -> str:
    """The sentence with Chinese commas where it has those of ASCII between ideographs."""
    return re.sub(rf"(?<=[{HAN}）》”]), ?(?=[{HAN}《“A-Za-z0-9])", "，", sentence)


def _how_to(plain: str) -> Iterator[Made]:
    if (match := _PURPOSE.match(plain)) and not _OPENING.match(match["what"]):
        yield Made(f"如何{match['what']}？", appeal=3)


def _why(plain: str) -> Iterator[Made]:
    for pattern in _BECAUSE:
        match = pattern.match(plain)
        if match and not any(one.search(match["what"]) for one in (_OPENING, _SPEECH, _NO_REASON)):
            yield Made(f"为什么{match['what'].strip().removesuffix('主要')}？", match["why"], 3)


def _defined(plain: str) -> Iterator[Made]:
    match = _DEFINED.match(plain)
    if not match or not (kind := _KIND.match(match["what"])):
        return
    unfit = (_NO_NAME, _OPENING, _SPEECH, _PERSON)  # of somebody by an office alone it is asked otherwise
    if any(one.search(match["subject"]) for one in unfit) or find_quantities(match["subject"]):
        return
    word, appeal = ("谁", 2) if _PERSON.search(kind[0]) else ("什么", 1)
    yield Made(f"{match['subject'].strip()}是{word}？", match["what"], appeal)


def _where(plain: str) -> Iterator[Made]:
    match = _PLACED.match(plain)
    if match and not _OPENING.match(match["subject"]) and not _NO_NAME.search(match["subject"]):
        yield Made(f"{match['subject'].strip()}位于哪里？", match["where"], 2)


def _of_first_clause(plain: str) -> Iterator[Made]:
    dated = _DATE_FIRST.match(plain)
    before = dated or _PURPOSE_FIRST.match(plain)
    start, date = before.end() if before else 0, dated["date"] if dated else ""
    border = _BORDER.search(plain, start)
    clause = _ALSO.sub("", plain[start : border.start() if border else len(plain)])
    if 6 <= len(clause) <= 36 and not (_OPENING.match(clause) or _SPEECH.search(clause) or "、" in clause):
        figures = find_quantities(clause)
        yield from _when(clause, date, figures)
        yield from _how_much(clause, date, figures)


def _when(clause: str, date: str, figures: Sequence[Quantity]) -> Iterator[Made]:
    if date and _HAPPENED.search(clause) and not any(one.kind == "date" for one in figures):
        yield Made(f"{clause}是在什么时候？", date, 2)
    if match := _DATED.match(clause):
        word = "哪一年" if match["date"].rstrip().endswith("年") else "什么时候"
        yield Made(f"{match['subject']}{word}{match['act']}？", match["date"], 2)


def _how_much(clause: str, date: str, figures: Sequence[Quantity]) -> Iterator[Made]:
    counted = [one for one in figures if one.kind in _COUNTED]
    if len(counted) != 1 or not is_worth_asking(counted[0]):
        return
    (figure,) = counted
    before = clause[: figure.start].strip()
    if len(before) < _SHORTEST_BEFORE or _COMPARED.search(before) or _NO_FIGURE.match(clause, figure.end):
        return
    if figure.kind == "count" and before.endswith("的"):
        return
    question = figure_question(clause, figure, (), (), "zh")
    if question and not _NO_UNIT.search(question):
        said = f"{date}，" if date and not re.search(r"\d{4} ?年", clause) else ""
        yield Made(f"{said}{_HEDGE.sub('', question).replace('中多大', '中有多大')}", figure.text, 2)


_TRADITIONAL = {
    "为什么": "為什麼",
    "什么时候": "什麼時候",
    "什么": "什麼",
    "谁": "誰",
    "位于": "位於",
    "哪里": "哪裡",
    "根据": "根據",
}


def _in_script_of(sentence: str, question: str) -> str:
    """The question in the characters of its sentence, traditional ones or not."""
    if search_copy(sentence) != unicodedata.normalize("NFKC", sentence):
        for simplified, traditional in _TRADITIONAL.items():
            question = question.replace(simplified, traditional)
    return question


def _spaced_as(sentence: str, question: str) -> str:
    """With spaces between ideographs and Latin letters or digits where the sentence has them."""
    border = rf"(?<=[A-Za-z0-9]){{0}}(?=[{HAN}])|(?<=[{HAN}]){{0}}(?=[A-Za-z0-9])"
    spaced = re.search(border.format(" "), sentence)
    return re.sub(border.format(" ?"), " " if spaced else "", question).replace(" ？", "？")
