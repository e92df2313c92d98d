"""Web pages: the main content in both languages, encodings, shape in Markdown, and whatever bytes may come."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import EmptyText, FileTooLarge, LoadError
from index.formats.html import read, text_of_html, visible_text

_NAVIGATION = "<ul><li><a href=/>{0[0]}</a></li><li><a href=/a>{0[1]}</a></li><li><a href=/b>{0[2]}</a></li></ul>"
_WORDS = {
    "zh": {
        "title": "新桥通车首日车流平稳",
        "site": "海州晚报",
        "menu": ("首页", "本地新闻", "体育频道"),
        "text": (
            "　　本报讯（记者王芳）连接南北两岸的新桥昨日正式通车，首日共有三万二千辆车通过，没有发生事故。",
            "　　新桥全长2.6公里，双向六车道，总投资18亿元，比原计划提前两个月完工。",
            "　　市交通局负责人表示，老桥将于下月封闭检修，为期半年。",
        ),
        "heading": "老桥何去何从",
        "table": (("时段", "车流量"), ("上午", "一万八千辆"), ("下午", "一万四千辆")),
        "row": "时段：上午；车流量：一万八千辆。",
        "related": ("老桥的三十年往事与记忆", "地铁四号线年底试运行安排"),
        "footer": "版权所有 海州晚报社 未经授权不得转载",
    },
    "en": {
        "title": "New bridge opens to steady traffic",
        "site": "Seaton Evening News",
        "menu": ("Home", "Local news", "Sport"),
        "text": (
            "The new bridge between the two banks opened yesterday; 32,000 vehicles crossed without an accident.",
            "It is 2.6 km long, has six lanes and cost 1.8 billion, and was finished two months early.",
            "The old bridge will close next month for repairs that take half a year, the city said.",
        ),
        "heading": "What becomes of the old bridge",
        "table": (("Time", "Vehicles"), ("Morning", "18,000"), ("Afternoon", "14,000")),
        "row": "Time: Morning; Vehicles: 18,000.",
        "related": ("Thirty years of the old bridge remembered", "Metro line four to be tried by the year's end"),
        "footer": "Copyright Seaton Evening News. All rights reserved.",
    },
}


def _cells(rows):
    return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)


def _links(titles):
    return "".join(f"<li><a href='/{place}'>{title}</a></li>" for place, title in enumerate(titles))


def modern(words):
    first, second, third = words["text"]
    return (
        f"<header><nav>{_NAVIGATION.format(words['menu'])}</nav></header><main><article><h1>{words['title']}</h1>"
        f"<p>{first}</p><p>{second}</p><table>{_cells(words['table'])}</table><h2>{words['heading']}</h2>"
        f"<p>{third}</p></article><aside><h3>…</h3><ul>{_links(words['related'])}</ul></aside></main>"
        f"<footer><p>{words['footer']}</p></footer>"
    )


def plain_boxes(words):
    first, second, third = words["text"]
    return (
        f"<div class='nav'>{_NAVIGATION.format(words['menu'])}</div><div id='content'><h1>{words['title']}</h1>"
        f"<div id='artibody'><p>{first}</p><p>{second}</p><table>{_cells(words['table'])}</table>"
        f"<h2>{words['heading']}</h2><p>{third}</p></div></div>"
        f"<div class='related'><h3>…</h3><ul>{_links(words['related'])}</ul></div>"
        f"<div class='footer'>{words['footer']}</div>"
    )


def table_of_the_nineties(words):
    first, second, third = words["text"]
    return (
        f"<table><tr><td width=150>{_NAVIGATION.format(words['menu'])}</td><td><h1>{words['title']}</h1>"
        f"<font size=3>{first}<br><br>{second}<br></font><table border=1>{_cells(words['table'])}</table>"
        f"<h2>{words['heading']}</h2><font>{third}</font></td></tr></table>"
        f"<hr><center><font size=1>{words['footer']}</font></center>"
    )


def page(layout, words, charset="utf-8"):
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>{words['title']}_{words['site']}</title>"
        f"<meta name='author' content='{words['site']}'></head><body>{layout(words)}</body></html>"
    )


def extract(html, encoding="utf-8"):
    (extracted,) = read(html.encode(encoding), "page.html")
    return extracted


languages = pytest.mark.parametrize("language", ["zh", "en"])
layouts = pytest.mark.parametrize("layout", [modern, plain_boxes, table_of_the_nineties])


@languages
@layouts
def test_the_article_is_told_from_what_surrounds_it(layout, language):
    words = _WORDS[language]
    text = extract(page(layout, words)).text
    kept = [*(each.strip() for each in words["text"]), words["title"], words["heading"], *words["table"][1]]
    assert [each for each in kept if each not in text] == []
    if layout is not table_of_the_nineties:  # nothing in it says what is what
        assert [each for each in (*words["related"], words["footer"], *words["menu"][1:]) if each in text] == []


@languages
@layouts
def test_headings_and_tables_keep_their_shape(layout, language):
    words = _WORDS[language]
    lines = extract(page(layout, words)).text.split("\n")
    assert f"## {words['heading']}" in lines
    assert f"# {words['title']}" in lines
    assert words["row"] in lines


@languages
def test_the_title_is_the_headline_without_the_name_of_the_site(language):
    assert extract(page(modern, _WORDS[language])).title == _WORDS[language]["title"]


def test_what_the_page_says_of_itself_goes_into_the_metadata():
    head = (
        "<meta property='og:site_name' content='海州晚报'><meta name='author' content='王芳'>"
        "<meta property='article:published_time' content='2024-03-05T08:00:00+08:00'></head>"
    )
    metadata = extract(page(modern, _WORDS["zh"]).replace("</head>", head)).metadata
    assert (metadata["site"], metadata["date"], metadata["encoding"]) == ("海州晚报", "2024-03-05", "utf-8")


@pytest.mark.parametrize("author", ["王芳", "欧阳修远", "Ann Lee"])
def test_the_author_is_the_one_that_the_head_names(author):
    html = page(modern, _WORDS["zh"]).replace("name='author' content='海州晚报'", f"name='author' content='{author}'")
    assert extract(html).metadata["author"] == author


@pytest.mark.parametrize(
    ("declared", "real", "named"),
    [
        ("gbk", "gbk", "gb18030"),
        ("gb2312", "gb18030", "gb18030"),
        ("utf-8", "gbk", "gb18030"),  # a lie
        ("gbk", "utf-8", "utf-8"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("utf-8", "utf-8-sig", "utf-8"),
        ("utf-8", "utf-16", "utf-16-le"),
        ("no-such-charset", "utf-8", "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_in(declared, real, named):
    words = _WORDS["zh"]
    extracted = extract(page(plain_boxes, words, declared), real)
    assert extracted.metadata["encoding"] == named
    assert words["text"][1].strip() in extracted.text


def test_big5_is_read():
    head = "<html><head><meta charset=big5><title>新橋通車</title></head>"
    text = "連接南北兩岸的新橋昨日正式通車，首日共有三萬二千輛車通過，沒有發生事故。市政府表示將於下月檢修老橋。"
    html = f"{head}<body><h1>新橋通車</h1><p>{text}</p></body></html>"
    assert text in extract(html, "big5").text


# Shape


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>一行\n  接着一行</p>", "一行接着一行"),
        ("<p>one line\n  and the next</p>", "one line and the next"),
        ("<p>用 FAISS\n检索</p>", "用 FAISS 检索"),
        ("<p>面积 10<sup>6</sup> m<sup>2</sup>，CO<sub>2</sub></p>", "面积 10⁶ m²，CO₂"),
        ("<h1>甲</h1><p>a</p><h3>乙</h3><p>b</p>", "# 甲\n\na\n\n### 乙\n\nb"),
        ("<ul><li>一<li>二<ol><li>three</ol></ul>", "- 一\n- 二\n  1. three"),
        ("<ol start=3><li><p>甲</p><p>乙</p></ol>", "3. 甲\n\n  乙"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p># 不是标题</p>", "\\# 不是标题"),
        ("<p>not a heading<br>===</p>", "not a heading\n\\==="),
        ("<pre>x = 1\n  y = 2</pre>", "```\nx = 1\n  y = 2\n```"),
        ("<p>见<a href='http://a/'>这里</a>。<img src=x alt=y></p>", "见这里。"),
        ("<blockquote>引文</blockquote>", "> 引文"),
        ("<p><b>粗</b><i>斜</i> and <code>c</code></p>", "粗斜 and c"),
        (
            "<table><tr><th>年<th>数<tr><td rowspan=2>2023<td>1<tr><td>2</table>",
            "年：2023；数：1。\n年：2023；数：2。",
        ),
        ("<table><tr><td colspan=2>a|b<tr><td>c<td>d</table>", "a|b.\nc; d."),
        ("<p>&nbsp;　a&lt;b&gt;&amp;c&#8212;</p>", "a<b>&c—"),
    ],
)
def test_a_fragment_becomes_markdown(html, markdown):
    assert text_of_html(html)[1] == markdown


def test_a_fragment_keeps_what_a_page_would_take_for_navigation():
    assert "首页" in text_of_html("<nav><a href=/>首页</a></nav><p>正文</p>")[1]


@pytest.mark.parametrize(
    ("html", "title"),
    [("<title>甲</title><h1>乙</h1>", "甲"), ("<p>x</p><h2>Two\nlines</h2>", "Two lines"), ("<p>x", None)],
)
def test_a_fragment_has_a_title_where_it_says_one(html, title):
    assert text_of_html(html)[0] == title


def test_a_fragment_tells_what_was_hidden():
    assert visible_text("<p>a</p><p hidden>b</p><!-- c -->").hidden == {"display:none": 1, "comment": 1}


def test_xhtml_may_close_any_element_at_once():
    head = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
    html = f'{head}<body><a id="x"/>甲</body></html>'
    assert text_of_html(html) == (None, "甲")


# Limits


@pytest.mark.parametrize(
    "html", ["", " \n", "<!-- x -->", "<p></p>", "<script>document.write('字')</script>", "<p>……</p>"]
)
def test_a_page_without_text_is_refused(html):
    with pytest.raises(EmptyText):
        list(read(html.encode(), "page.html"))


def test_a_page_of_too_many_elements_is_refused():
    with pytest.raises(FileTooLarge, match="elements"):
        list(read(b"<b>x</b>" * 500_001, "page.html"))


def test_a_page_nested_too_deeply_is_refused():
    with pytest.raises(FileTooLarge, match="nested"):
        list(read(b"<div>" * 110_002 + b"x", "page.html"))


def test_a_page_of_styles_that_take_too_long_is_refused():
    html = "<style>" + ".a .b{display:none}" * 1_001 + "</style>" + "<p class=b>x</p>" * 1_000
    with pytest.raises(FileTooLarge, match="styles"):
        list(read(html.encode(), "page.html"))


def test_a_page_of_very_many_elements_is_taken_whole():
    html = "<nav>首页</nav>" + "<p>很多段落。</p>" * 12_001
    extracted = extract(html)
    assert extracted.text.startswith("首页")
    assert "all that is visible was taken" in extracted.notes[-1]


@pytest.mark.timeout(40)
@pytest.mark.parametrize("element", ["<span>字</span>", "<br>"])
def test_a_paragraph_of_very_many_elements_is_read_in_time(element):
    assert text_of_html(f"<p>{f'文{element}' * 60_000}</p>")[1].count("文") == 60_000


def test_a_long_line_is_read_whole():
    text = "很长的一行文字没有换行。" * 200_000
    assert extract(f"<html><body><p>{text}</p></body></html>").text == text


def test_text_in_deep_nesting_stays_in_order():
    html = "<div>" * 3_000 + "one<p>two</p>three<div>four</div>five" + "</div>" * 3_000 + "six"
    assert text_of_html(html)[1].split() == ["one", "two", "three", "four", "five", "six"]


_MARKUP = (
    "<p> </p> <div> <div/> </div> <table> <tr> <td> </table> <ul> <li> </ol> <h1> </h2> <br> <pre> <sup> <a> <style> "
    "</style> <script> </script> <!-- --> <template> <svg> <title> <body> </html> <![CDATA[ ]]> &#0; &#xD800; &nbsp; "
    "<p/style='display:none'> <td/rowspan=9999999> <ol/start=-1> <x@y> </ <!DOCTYPE> <?xml"
)
_TAGS = st.sampled_from(_MARKUP.split(" "))


@given(
    st.lists(st.one_of(_TAGS, st.text(max_size=5), st.sampled_from(["字", " ", "text", "\x00", "\ufeff"])), max_size=40)
)
@settings(max_examples=150, deadline=None)
def test_any_markup_is_read_or_refused(parts):
    content = "".join(parts).encode("utf-8", "surrogatepass")
    try:
        found = list(read(content, "page.html"))
    except LoadError:
        return
    assert all(any(character.isalnum() for character in each.text) for each in found)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(content):
    with suppress(LoadError):
        list(read(content, "page.html"))
