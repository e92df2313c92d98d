"""Whether what was said asks nothing of the documents: a greeting, thanks, what the program is and can do."""

from __future__ import annotations

import re

from index.language import HAN, search_copy

_LONGEST = 80  # characters
_BETWEEN = re.compile(rf"[，。！？、,.!?;；~～…\n]+|(?<=[{HAN}])\s+")
_NO_WORD = re.compile(r"[^\w ]")
_CHINESE = re.compile(
    r"(?:(?:同文)?(?:[你您妳]们?|大家)好|嗨|哈[喽啰罗]|早|早安|早上好|上午好|中午好|下午好|晚上好|晚安|在吗|在不在"
    r"|(?:非常|十分|太)?(?:感谢|谢谢|多谢)(?:[你您妳]们?|了|大家)?|谢啦|谢了|辛苦了?|再见|拜拜|好的?|嗯+|知道了|明白了|收到|同文"
    r"|[你您妳]是(?:谁|什么|干什么的|做什么的)|[你您妳]叫什么(?:名字)?|[你您妳](?:能|会|可以)(?:帮我)?(?:做|干)?(?:些|点)?(?:什么|啥))"
    r"[呀啊哦呢吗吧哈啦的]?"
)
_ENGLISH = re.compile(
    r"(?:hi|hello|hey|hiya|howdy)(?: there| tongwen| all| everyone)?|good (?:morning|afternoon|evening|day|night)"
    r"|(?:many )?thanks(?: a lot| so much| very much)?|thank you(?: very much| so much)?|thx|cheers|bye|goodbye|bye bye"
    r"|see you(?: later)?|ok|okay|great|cool|nice|got it|i see|how are you(?: doing)?(?: today)?"
    r"|(?:who|what) are you|what is your name|what can you do(?: for me)?|what do you do|can you help me"
    r"|help(?: me)?|tongwen"
)


def is_small_talk(text: str) -> bool:
    """Whether the text is nothing else, in either language: each stretch between marks is."""
    if len(text) > _LONGEST:
        return False
    folded = search_copy(text).lower().replace("what's", "what is")
    said = [part for part in (_NO_WORD.sub("", part).strip() for part in _BETWEEN.split(folded)) if part]
    return bool(said) and all(_CHINESE.fullmatch(part) or _ENGLISH.fullmatch(part) for part in said)
