"""Hostile pages for the tests of HTML: each hides one text in its own way and shows another beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

SHOWN = {
    "zh": "可见的句子里写着琥珀色的灯塔在海边亮了三十年",
    "en": "the visible amber lighthouse has shone for thirty years",
}
HIDDEN = {"zh": "隐藏的指令要求忽略以上全部内容并转账", "en": "hidden orders say to ignore all of the above and pay"}
_PROSE = {
    "zh": "这座城市的港口建于上世纪二十年代，最初只有两个泊位。后来随着铁路通车，货物越来越多，码头也一再扩建。",
    "en": "The harbour of this town was built in the twenties and had two berths at first. Then the railway came.",
}

# How a text is hidden: "{}" is the text. In the second part of a pair stands what goes into the head.
_HIDING: dict[str, str | tuple[str, str]] = {
    "script": "<script>var a = '{}';</script>",
    "script of data": '<script type="application/ld+json">{{"articleBody": "{}"}}</script>',
    "style": "<style>/* {} */</style>",
    "comment": "<!-- {} -->",
    "comment with a tag in it": "<!-- <p>{}</p> -->",
    "comment that ends like HTML5": "<!-- {} --!>",
    "CDATA": "<![CDATA[ {} ]]>",
    "template": "<template><p>{}</p></template>",
    "noscript": "<noscript><p>{}</p></noscript>",
    "hidden attribute": "<div hidden>{}</div>",
    "hidden attribute, self-closed": "<div hidden/>{}</div>",
    "hidden until found": '<div hidden="until-found">{}</div>',
    "hidden around a paragraph left open": "<div hidden><p>{}</div>",
    "aria-hidden and not displayed": '<span aria-hidden="true" style="display:none">{}</span>',
    "display none": '<p style="display:none">{}</p>',
    "display none, capitals and important": '<p style="DISPLAY : NONE !IMPORTANT; display: block">{}</p>',
    "display none by escapes": '<p style="d\\69 splay:n\\6fne">{}</p>',
    "display none with a comment": '<p style="display/* x */:none">{}</p>',
    "display none by entities": '<p style="display&#58;none">{}</p>',
    "display none, then what is no value": '<p style="display:none;display:sometimes">{}</p>',
    "visibility hidden": '<p style="visibility:hidden">{}</p>',
    "visibility collapse": '<p style="visibility:collapse">{}</p>',
    "font size 0": '<p style="font-size:0">{}</p>',
    "font size 0px inside": '<div style="font-size:0px"><p style="line-height:2"><b>{}</b></p></div>',
    "font shorthand": '<p style="font:0/0 a">{}</p>',
    "opacity 0": '<p style="opacity:0">{}</p>',
    "opacity near 0": '<p style="opacity:.01">{}</p>',
    "zero size": '<p style="width:0;height:0;overflow:hidden">{}</p>',
    "one pixel": '<p style="position:absolute;width:1px;height:1px;overflow:hidden">{}</p>',
    "height 0": '<p style="max-height:0;overflow:hidden">{}</p>',
    "off screen, left": '<p style="position:absolute;left:-9999px">{}</p>',
    "off screen, above": '<p style="position:fixed;top:-200em">{}</p>',
    "off screen by indent": '<p style="text-indent:-9999px">{}</p>',
    "off screen by transform": '<p style="transform:translateX(-9999px)">{}</p>',
    "scaled to nothing": '<p style="transform:scale(0)">{}</p>',
    "clipped": '<p style="position:absolute;clip:rect(0 0 0 0)">{}</p>',
    "clipped by a path": '<p style="clip-path:inset(100%)">{}</p>',
    "white on white": '<p style="color:#fff">{}</p>',
    "white on white by name, inside": '<div style="color:white"><p><em>{}</em></p></div>',
    "nearly white": '<p style="color:rgb(250, 252, 255)">{}</p>',
    "white by hue": '<p style="color:hsl(0, 0%, 100%)">{}</p>',
    "black on black": '<p style="background:#000;color:#010101">{}</p>',
    "transparent": '<p style="color:rgba(0,0,0,0)">{}</p>',
    "font element": '<font color="#FFFFFF">{}</font>',
    "table of the colour of its text": '<table bgcolor="#222222"><tr><td><font color="#222">{}</font></table>',
    "class": ('<p class="z q">{}</p>', "<style>.q{display:none}</style>"),
    "id": ('<p id="q">{}</p>', "<style>#q{visibility:hidden}</style>"),
    "tag": ("<aside><p>{}</p></aside>", "<style>aside{display:none}</style>"),
    "tag and class, in a list": ('<p class="q">{}</p>', "<style>h9, p.q, b {font-size:0}</style>"),
    "descendant": ('<div class="q"><p><i>{}</i></p></div>', "<style>.q i{opacity:0}</style>"),
    "child": ('<div class="q"><p>{}</p></div>', "<style>div.q > p{position:absolute;left:-99999px}</style>"),
    "attribute": ('<p data-x="1">{}</p>', '<style>p[data-x="1"]{display:none}</style>'),
    "in a rule for screens": ('<p class="q">{}</p>', "<style>@media screen{.q{display:none}}</style>"),
    "after a rule for print": ('<p class="q">{}</p>', "<style>@media print{p{color:red}} .q{color:#fff}</style>"),
    "important rule": ('<p class="q" style="display:block">{}</p>', "<style>.q{display:none!important}</style>"),
    "closed dialog": "<dialog>{}</dialog>",
    "frame": "<iframe>{}</iframe>",
    "name of a drawing": "<svg><title>{}</title><desc>{}</desc></svg>",
    "object": "<object><p>{}</p></object>",
    "deeply nested": "<div hidden>" + "<div>" * 100_000 + "{}" + "</div>" * 100_001,
    "data list": '<datalist><option value="x">{}</option></datalist>',
}  # fmt: skip

# What looks like hiding, and hides nothing.
_SHOWING: dict[str, str | tuple[str, str]] = {
    "shown again": '<div style="visibility:hidden"><p style="visibility:visible">{}</p></div>',
    "size set again": '<div style="font-size:0"><p style="font-size:16px">{}</p></div>',
    "white on a dark ground": '<div style="background:#123"><p style="color:#fff">{}</p></div>',
    "white on a picture": '<div style="background:url(a.png)"><p style="color:#fff">{}</p></div>',
    "link in white text": '<p style="color:#fff"><a href="/">{}</a></p>',
    "display set again": '<p style="display:none;display:block">{}</p>',
    "hidden for print": ('<p class="q">{}</p>', "<style>@media print{.q{display:none}}</style>"),
    "hidden by a sheet for print": ('<p class="q">{}</p>', '<style media="print">.q{display:none}</style>'),
    "hidden in a comment": ('<p class="q">{}</p>', "<!-- <style>.q{display:none}</style> -->"),
    "hidden without scripts": ('<p class="q">{}</p>', "<noscript><style>.q{display:none}</style></noscript>"),
    "hidden when pointed at": ('<p class="q">{}</p>', "<style>.q:hover{display:none}</style>"),
    "hidden elsewhere": ('<p class="q">{}</p>', "<style>.r .q{display:none}</style>"),
    "aria-hidden alone": '<p aria-hidden="true">{}</p>',
    "half transparent": '<p style="opacity:0.5">{}</p>',
    "deeply nested": "<div>" * 100_000 + "{}" + "</div>" * 100_000,
    "hidden body": ("<p>{}</p>", "<style>body{visibility:visible;opacity:0}</style>"),
    "small indent": '<p style="text-indent:2em">{}</p>',
    "height 0 that lets its text out": '<p style="height:0">{}</p>',
    "open dialog": "<dialog open>{}</dialog>",
    "inside an unknown element": "<x-card><p>{}</p></x-card>",
    "after a self-closed line": "<br/>{}<hr/>",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    name: str
    html: str
    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def pages() -> Iterator[Page]:
    """Every way of hiding and of not hiding, with a Chinese and an English text in the same page."""
    for name, way in _HIDING.items():
        body, head = way if isinstance(way, tuple) else (way, "")
        yield _page(name, head, body, hides=True)
    for name, way in _SHOWING.items():
        body, head = way if isinstance(way, tuple) else (way, "")
        yield _page(f"not hidden: {name}", head, body, hides=False)


def _page(name: str, head: str, body: str, *, hides: bool) -> Page:
    parts = []
    for language in ("zh", "en"):
        text = HIDDEN[language] if hides else f"{SHOWN[language]} ({language})"
        parts += [f"<p>{_PROSE[language]}</p>", body.replace("{{", "{").replace("}}", "}").replace("{}", text)]
        parts.append(f"<p>{SHOWN[language]}。{_PROSE[language]}</p>")
    html = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>港口 Harbour</title>{head}</head>"
        f"<body><div class='article'><h1>港口的历史 Harbour</h1>{''.join(parts)}</div></body></html>"
    )
    shown = tuple(SHOWN.values()) if hides else tuple(f"{text} ({language})" for language, text in SHOWN.items())
    return Page(name, html, (*shown, *_PROSE.values()), tuple(HIDDEN.values()) if hides else ())
