"""Radicals and strokes back into the ideographs that they stand for.

Some PDF writers name the glyph of 首 as the radical ⾸ (U+2FB8), which looks right and matches nothing. The table is
Unicode's property Equivalent_Unified_Ideograph (UAX #44, version 14): the 214 Kangxi radicals, 114 characters of the
CJK Radicals Supplement and 20 CJK strokes. ⺀ and 16 strokes have no equivalent and stay.
"""

from __future__ import annotations

import unicodedata

# NFKC knows the Kangxi radicals; for the others the property is written out, ideograph below radical.
_KANGXI = "".join(map(chr, range(0x2F00, 0x2FD6)))
_SUPPLEMENT = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_STROKES = "㇆㇏㇐㇑㇒㇓㇔㇕㇖㇗㇘㇙㇚㇛㇜㇝㇞㇟㇠㇡"
_STROKE_IDEOGRAPHS = "𠃌乀一丨丿丿丶𠃍乛𠃊𠃎𠄌亅𡿨𠃋乀𠃑乚乙𠄎"

EQUIVALENT_IDEOGRAPHS = str.maketrans(
    _KANGXI + _SUPPLEMENT + _STROKES,
    unicodedata.normalize("NFKC", _KANGXI) + _IDEOGRAPHS + _STROKE_IDEOGRAPHS,
)


def repair_radicals(text: str) -> str:
    """`text` with every radical replaced by its ideograph, each character by one: the length stays."""
    return text if text.isascii() else text.translate(EQUIVALENT_IDEOGRAPHS)
