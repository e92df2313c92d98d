"""A Chinese turn of a conversation that leaves something out, completed from the earlier question.

Not handled: a turn that points two turns back (你刚才说的第一家).
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.language import HAN
from rag.conversation.chinese_parts import SHORT_LATIN_NAME, asking_of, names_attribute, part_replaced
from rag.conversation.chinese_pronouns import in_chinese, with_antecedents
from rag.conversation.chinese_question import ASKED, HOW_MUCH, MEASURE, WHY, read
from rag.conversation.context import (
    PERIOD,
    Context,
    FindNames,
    fold,
    joined,
    name_spans,
    parallel,
    period_of,
    put,
    without,
    without_end,
    without_opening,
)

_LEAD = re.compile(
    r"^(?:(?:好的?|好吧|嗯+|哦+|噢|谢谢你?您?|謝謝|多谢|多謝|明白了?|懂了|了解了?|知道了|原来如此|原來如此|行|可以|不错|OK|ok|对|對|是的)"
    r"[\s，,。.！!、；;]{1,3}){1,3}"
)
_PLEASE = re.compile(r"^(?:请问|請問)[\s，,]{0,2}")
_AND = re.compile(
    r"^(?:那么|那麼|那|然后|然後|另外(?!一)|还有|還有|再(?:问|問)一下|还想问)(?![里裡儿兒个個家位些种種时時年天月])[\s，,]{0,2}"
)
_CORRECTION = re.compile(
    r"^(?:(?:不是?|不对|不對|错了|錯了|抱歉|对不起|對不起)[\s，,。.！!]{0,3}){0,2}"
    r"我(?:(?:指|问|問|说|說|想问|想問)的是|是[说說指问問])\s*(?=\S)"
)
_TAIL = re.compile(r"(?:又)?(?:呢|嘛|吧|啊|呀)$")
_MORE = re.compile(
    r"^(?:(?:还有|還有|更多)(?:的|吗|嗎|其他的?|別的|别的|哪些|什么|什麼|谁|誰){0,2}|其他的?|其它的?|别的|別的)$"
)
_OTHER = re.compile(r"^(?:另外?一?[个個家位种種款]|后者|後者)$")
_BARE_ASKING = re.compile(
    rf"^(?:是|在|由|从|從|到|为了|為了|是为了|是為了|有)?(?:{ASKED.pattern})(?:[{MEASURE}])?(?:[的了]|起|为止|為止)?$"
)
_COMPARED = re.compile(
    r"^(?:是|有没有|有沒有|要|会|會)?(?:比|跟|和|与|與)[^，,]{1,30}(?:多|少|大|小|高|低|快|慢|长|長|早|晚|一样|一樣|相比|强|強)"
    r"[^，,]{0,6}$"
)
_AGAINST = re.compile(r"^(?:(?:和|跟|与|與|同).{1,20}(?:相比|比)|[同环環]比)$")
_CHANGED = re.compile(
    rf"^(?:(?:增长|增長|增加|减少|減少|下降|上升|上涨|上漲|下跌|提高|降低|[涨漲跌降升花用卖賣买買裁亏虧赚賺付投])[了过過]"
    rf"|[高低多少大小快慢长長短早晚贵貴])(?:{HOW_MUCH})[{MEASURE}]?$"
)
# What may begin a turn that leaves its subject out, and how much may follow the question word then.
_OPENING = re.compile(
    r"^(?:占|佔|花(?:了|费|費|在)|用[了过過]|要|需要|值|卖|賣|可以|为|為|每|一共|总共|總共|大概|大约|大約|主要|具体|具體|金额|金額"
    rf"|最(?!.?的)[{HAN}]{{1,4}}(?!的))"
)
_PARTICLES = re.compile("^[是有在由从從到就又]{1,2}$")
_WHOLE = re.compile(rf"^(?:{ASKED.pattern})(?:是|叫|称|稱)")  # "什么是 X" says what it asks about
_MANNER = re.compile("怎|如何|什么$|什麼$")
_LONGEST_ELLIPSIS = 14
_SMALL_TALK = re.compile("你|您|我|最近|今天|吃饭|天气|笑话")


def follow(question: str, context: Context, find_names: FindNames) -> str | None:
    """The stand-alone form of a turn; None where the turn needs nothing of what was said before."""
    if context.language == "en":
        context = replace(context, topic=in_chinese(context.topic), entity=in_chinese(context.entity or "") or None)
    said = _PLEASE.sub("", without_end(fold(question).strip()))
    text, core = without_opening(said, _LEAD, _CORRECTION, _AND)
    led = core != said or (core.endswith("呢") and not ASKED.search(core))
    core = _TAIL.sub("", core).strip()
    if _MORE.match(_TAIL.sub("", text)):
        return _finished(_more(context))
    if not core:
        return None
    rewritten = _complete(core, led, context, find_names)
    if rewritten is None and led and ASKED.search(core):
        rewritten = core
    return None if rewritten is None else _finished(rewritten)


def _finished(text: str) -> str:
    return f"{text}？"


def _complete(core: str, led: bool, context: Context, find_names: FindNames) -> str | None:
    if PERIOD.fullmatch(core):
        return _at_period(core, context)
    if _OTHER.match(core):
        return _about(core, context)
    if _BARE_ASKING.match(core):
        return _asked_anew(core, context)
    if _AGAINST.match(core):
        return joined(context.topic, core, "怎么样")
    if _COMPARED.match(core) or _CHANGED.match(core):
        return joined(context.topic, core) if context.topic_is_phrase else f"{context.topic}，{core}"
    resolved = with_antecedents(core, context, find_names)
    if resolved is not None:
        return resolved
    if not ASKED.search(core) and not re.search("[吗嗎]$", core) and len(core) <= 24:
        if led or SHORT_LATIN_NAME.fullmatch(core):
            return _with_part(core, context)
        return None
    return _with_subject(core, led, context) if _leaves_subject_out(core, led, context, find_names) else None


def _asked_for(context: Context) -> str:
    """A Chinese question word for what the last question, which was English, asked for."""
    for pattern, asked in (
        (r"^why\b", "是为什么"),
        (r"^(?:when|what (?:year|date))\b", "是什么时候"),
        (r"^who\b", "是谁"),
        (r"^where\b", "在哪里"),
        (r"^how (?:much|many|long|large|big|high|far|heavy)\b|^what share\b", "是多少"),
    ):
        if re.search(pattern, context.question, re.IGNORECASE):
            return asked
    return "怎么样"


def _more(context: Context) -> str:
    if context.language == "en":
        return joined(context.topic, "还有什么")
    match = re.search(rf"(?:是|有)?(?:{ASKED.pattern})", context.question)
    if not match:
        return f"{context.question}，还有呢"
    start = match.start()
    asked = match[0].lstrip("是有")
    return joined(context.question[:start], f"还有{asked}", context.question[match.end() :])


def _asked_anew(core: str, context: Context) -> str:
    """The last question with another question word."""
    why = re.search(WHY, core)
    if context.language == "en":
        return f"{context.topic} {core if re.match('是|在|由|从|到|为|為', core) or why else '是' + core}"
    if why:
        text = re.sub(HOW_MUCH, "這麼多" if "為" in core else "这么多", context.question)
        text = re.sub("后来怎么了|後來怎麼了", "后来这样了", text)
        if text == context.question:
            text = context.topic
        return joined(why[0], text)
    if not re.match("是|在|由|从|從|到|有|多久.{0,2}次", core):
        core = "是" + core
    return joined(context.topic, core) if context.topic_is_phrase else f"{context.topic}，{core}"


def _at_period(period: str, context: Context) -> str:
    if context.language == "en":
        topic = context.topic
        span = period_of(topic)
        return joined(period, without(topic, span) if span else topic, _asked_for(context))
    span = period_of(context.question)
    period = period if not re.fullmatch(r"\d{4}", period) else f"{period} 年"
    if span:
        return put(context.question, span, period)
    entity = context.entity
    if entity and context.question.startswith(entity):
        return joined(entity, period, context.question[len(entity) :])
    return joined(period, context.question)


def _with_part(part: str, context: Context) -> str:
    """The last question with one part of it changed: an attribute, a name, or whatever is written like it."""
    part = re.sub(r"^(?:和|与|與|跟|对于|對於|关于|關於)", "", part).strip().removesuffix("的")
    if re.search("[^的]的[^的]", part) and names_attribute(part):
        return joined(part, _asking_end(context))
    period = PERIOD.search(part)
    if period and (rest := without(part, period.span()).strip("的 ")):
        return _with_part_in(rest, _context_at(period[0], context))
    return _with_part_in(part, context)


def _asking_end(context: Context) -> str:
    """How the last question asks, where it does so at its end: 是多少."""
    asking = re.search(rf"(?:是|有|为|為|达到?|達到?)?(?:{ASKED.pattern})[{MEASURE}]?$", context.question)
    return asking[0] if asking and context.language == "zh" else "怎么样"


def _context_at(period: str, context: Context) -> Context:
    return read(_at_period(period, context), context.answer, lambda text: [])


def _with_part_in(part: str, context: Context) -> str:
    if context.language == "en":
        return _in_english_topic(part, context)
    span = part_replaced(part, context)
    if names_attribute(part) and context.entity and (asking := asking_of(part)):
        return f"{joined(context.entity, '的', part)}{asking}"
    if names_attribute(part) and not re.search(HOW_MUCH, context.question):
        return f"{context.topic}，{part}是多少"
    if span is None and names_attribute(part) and context.entity:
        return f"{joined(context.entity, '的', part)}是多少"
    return put(context.question, span, part) if span else _about(part, context)


def _about(part: str, context: Context) -> str:
    return f"{part}呢（{context.topic}）"


def _in_english_topic(part: str, context: Context) -> str:
    """A part in the place of its like in an English topic, asked in Chinese."""
    if names_attribute(part):
        return f"{joined(context.entity or context.topic, '的', part)}{_asked_for(context)}"
    topic = context.topic
    spans = name_spans(topic, lambda text: [])
    span = parallel(part, topic, spans) or (spans[0] if spans else None)
    if span:
        return joined(put(topic, span, part), _asked_for(context))
    last = list(re.finditer(r"\b(?:of|on|in|for|at|with)\s+(?P<phrase>(?:the\s+)?[\w-]+(?:\s+[\w-]+){0,3})$", topic))
    if last:
        return joined(part, "的", topic[: last[-1].start()].removeprefix("the "), _asked_for(context))
    return f"{part}呢（{topic}）"


def _leaves_subject_out(core: str, led: bool, context: Context, find_names: FindNames) -> bool:
    if len(core) > _LONGEST_ELLIPSIS or _SMALL_TALK.search(core) or name_spans(core, find_names):
        return False
    asked = ASKED.search(core)
    if asked is None or _WHOLE.match(core):
        return False
    before, after = core[: asked.start()], core[asked.end() :]
    if not before or _PARTICLES.match(before):
        return len(after) <= (2 if _MANNER.match(asked[0]) else 5 if before else 4)
    return len(before + after) <= 8 if _OPENING.match(core) else led and len(before + after) <= 6


def _with_subject(core: str, led: bool, context: Context) -> str:
    if context.topic_is_phrase:
        return joined(context.topic, core)
    if context.entity and (led or context.language == "en"):
        return joined(in_chinese(context.entity), core)
    return f"{context.topic}，{core}"
