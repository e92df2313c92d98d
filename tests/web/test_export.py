"""What people take along of a conversation: complete, in their language, and nothing in it alive."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import unquote

import fastapi
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.answer import Check, Checks, Conflict, Note
from rag.answer_json import answer_json
from ui.conversation import Turn
from ui.conversations import Conversation, Conversations
from ui.rendering.export import Origin, conversation_json, conversation_markdown, file_name
from ui.rendering.markdown import markdown_block, markdown_line
from ui.visitors import EVERYTHING, Visitor
from ui.web.exports import export_router

NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
ORIGIN = Origin("0.1.0", "17", NOW)
VIEWER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PLAIN = {"h1", "h2", "h3", "p", "strong", "blockquote", "br", "ul", "li"}

MARKED = st.text("`*_{}[]()#+-.!|~<>&\"':/\\=$@^ \n\r\t1a资，。\u2028\u202e")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"])) | MARKED
LIVE = [
    "![picture](http://outside.test/a)",
    "[link](javascript:alert(1))",
    "<img src=http://outside.test/b onerror=alert(1)>",
    "<http://outside.test/c> and http://outside.test and www.outside.test and me@outside.test",
    "[ref]: http://outside.test/d\n\n![x][ref]",
    "# heading\n\n- list\n1. list\n> quote\n\n    code\n\n```\ncode\n```\n\n---\n===\n| a | b |\n|---|---|\n| 1 | 2 |",
    "a\n===\nb\n---\nc",
    "<!-- -->&amp;&#60;script> **b** __b__ ~~s~~ `c` $x$ {{y}} :octocat:",
    "1) 一\n2. 二\n+ 三\n* 四",
]


def talked(*turns, title="资本支出 Capex"):
    return Conversation("a1b2c3d4e5f60718", title, NOW, NOW, turns)


def answered(answer):
    return Turn(answer.question, "answered", answer.text, answer)


def markdown(*turns, language="en"):
    return conversation_markdown(talked(*turns), ORIGIN, language)


def shown(source):
    """The text that a viewer shows."""
    content = re.sub(r"<br ?/?>|</(?:p|h\d|li|blockquote)>", "\n", VIEWER.render(source))
    return re.sub(r"<[^>]*>", "", content)


def words_of(text):
    return " ".join(text.split())


def unescaped(text):
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def tags(source):
    return {tag.lower() for tag in re.findall(r"<([A-Za-z][A-Za-z0-9]*)", VIEWER.render(source))}


@pytest.mark.parametrize("text", LIVE)
@pytest.mark.parametrize("quoted", [False, True], ids=["block", "quotation"])
def test_a_viewer_shows_marks_as_text(text, quoted):
    source = markdown_block(text, quoted)
    assert words_of(unescaped(shown(source))) == words_of(text)
    assert tags(source) <= {"p", "br", "blockquote"}


@given(ANY_TEXT)
def test_whatever_a_text_holds_it_stays_a_paragraph(text):
    assert tags(markdown_block(text)) <= {"p", "br"}
    assert tags(f"## {markdown_line(text)}") <= {"h2"}
    assert tags(f"- {markdown_line(text)}") <= {"ul", "li"}


@given(MARKED)
def test_no_character_of_a_text_is_lost(text):
    visible = text.replace("\u2028", "\n").replace("\u202e", "�")
    assert words_of(unescaped(shown(markdown_line(text)))) == words_of(visible)


def test_a_line_that_sends_itself_elsewhere_is_no_link_for_viewers_that_look_for_addresses():
    assert markdown_line("http://a.test www.b.test c@d.test") == r"http\://a\.test www\.b\.test c\@d\.test"


def test_plain_sentences_stay_readable_in_the_source():
    for sentence in (
        "公司今年的资本支出将增至 2000 亿美元，增幅 60%。",
        "It rose by 3.5% (to US 200 billion), they said.",
    ):
        assert markdown_line(sentence) == sentence


def test_a_hostile_document_is_only_text(answer, citation, hostile):
    cited = citation(hostile, title=hostile, section=(hostile,))
    checks = Checks((Check(hostile, False, "different", hostile),))
    said = answer(
        hostile, cited, question=hostile, standalone=hostile + "?", checks=checks, notes=(Note("conflict", hostile),)
    )
    source = conversation_markdown(talked(answered(said), title=hostile), ORIGIN, "en")
    assert tags(source) <= PLAIN
    live = [
        tag for tag in re.findall("<[^>]*>", VIEWER.render(source)) if not re.fullmatch(r"</?[a-z0-9]+(?: /)?>", tag)
    ]
    assert live == []


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ["时间：2026-11-25 04:30（UTC）", "资料库版本 17", "依据", "字符位置 7–14", "数字核对", "原句中没有"]),
        ("en", ["Exported 2026-11-25 04:30 (UTC)", "library version 17", "Sources", "character offsets 7–14",
                "Figures checked", "not in the cited sentence"]),
    ],
)  # fmt: skip
def test_markdown_holds_what_the_answer_rests_on(answer, citation, language, parts):
    cited = citation("60% 的预算", section=("年报 Annual report", "开支"))
    checks = Checks((Check("$9 billion", False, "missing"),))
    conflicts = (Conflict(("60%", "六成五"), (1, 2)),)
    said = answer(
        "It is 60% [1].", cited, question="How much?", standalone="How much?", checks=checks, conflicts=conflicts
    )
    text = unescaped(shown(markdown(answered(said), language=language)))
    for part in (
        *parts,
        "1. How much?",
        "It is 60% [1].",
        cited.quote,
        cited.sha256,
        cited.document_id,
        "60% [1] / 六成五 [2]",
    ):
        assert part in text
    assert "[1] 年报 Annual report › 开支" in text


def test_quotes_are_block_quotations_and_questions_headings(answer, citation):
    page = VIEWER.render(markdown(answered(answer("Yes [1].", citation("One\ntwo"), question="Is it?"))))
    assert "<h2>1. Is it?</h2>" in page
    assert re.search(r"<blockquote>\s*<p>One<br ?/?>\s*two</p>", page)


@pytest.mark.parametrize(
    ("language", "verdict", "closest"),
    [
        ("zh", "资料中没有答案。", "找到的最接近的段落"),
        ("en", "The documents do not hold the answer.", "Closest passage found"),
    ],
)
def test_a_refusal_is_marked_as_no_answer(answer, citation, language, verdict, closest):
    said = answer("Not there.", citation("near"), refused=True, reason="not_answered")
    text = shown(markdown(answered(said), language=language))
    assert text.index(verdict) < text.index("Not there.") < text.index(closest) < text.index("near")


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn("问？", "incomplete", "半句"), "回答未完成：已停止。"),
        (Turn("问？", "incomplete", "半句", problem="模型中断了。"), "模型中断了。"),
        (Turn("问？", "failed", problem="server_busy"), "未能回答：现在提问的人太多"),
        (Turn("问？", "failed", reference="1a2b"), "1a2b"),
    ],
    ids=["stopped", "broken off", "explained", "unexpected"],
)
def test_a_turn_without_an_answer_says_so(turn, said):
    assert said in shown(markdown(turn, language="zh"))
    assert json.loads(conversation_json(talked(turn), ORIGIN))["turns"][0]["answer"] is None


def test_a_follow_up_is_exported_with_what_it_was_understood_as(answer):
    said = answer("60%.", question="那甲骨文呢？", standalone="甲骨文的占比是多少？")
    assert "理解为：甲骨文的占比是多少？" in shown(markdown(answered(said), language="zh"))


def test_json_is_the_answer_as_every_door_gives_it(answer, citation):
    said = answer("是 [1]。", citation("原句。"), language="zh")
    content = json.loads(conversation_json(talked(answered(said), Turn("?", "failed", problem="server_busy")), ORIGIN))
    assert list(content) == ["schema", "program", "library", "exported_at", "conversation", "turns"]
    assert (content["schema"], content["program"]["version"], content["library"]["version"]) == (1, "0.1.0", "17")
    assert content["conversation"]["title"] == "资本支出 Capex"
    assert content["turns"][0]["answer"] == json.loads(json.dumps(answer_json(said)))
    assert content["turns"][1] == {
        "question": "?", "status": "failed", "text": "", "problem": "server_busy", "reference": "", "answer": None
    }  # fmt: skip


def test_halves_of_characters_do_not_stop_an_export():
    for text in (
        conversation_json(talked(Turn("a\ud800b", "incomplete")), ORIGIN),
        markdown(Turn("a\ud800b", "incomplete")),
    ):
        assert "a�b" in text
        text.encode()


@given(ANY_TEXT)
def test_every_title_gives_a_name_that_a_file_can_have(title):
    name = file_name(talked(title=title), "md")
    assert re.fullmatch(r"(?!-)[\w()（）《》“”，、-]{1,60}\.md", name)
    assert not name.lower().startswith(("con.", "nul.", "aux."))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("亚马逊 2026 年的资本支出是多少？", "亚马逊-2026-年的资本支出是多少.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("How much?", "How-much.md"),
        ("CON", "tongwen-a1b2c3d4e5f60718.md"),
        ("？", "tongwen-a1b2c3d4e5f60718.md"),
    ],
)
def test_the_name_of_the_file_says_what_was_asked(title, name):
    assert file_name(talked(title=title), "md") == name


@pytest.fixture
def conversations():
    return Conversations()


@pytest.fixture
def client_of(conversations):
    """A client whose requests are those of a session."""
    app = fastapi.FastAPI()
    app.include_router(export_router(conversations, "0.1.0", lambda: "17", lambda: NOW))

    def client_of(session):
        async def noted(scope, receive, send):
            scope.setdefault("state", {})["visitor"] = Visitor(session, "", EVERYTHING)
            await app(scope, receive, send)

        return TestClient(noted)

    return client_of


@pytest.fixture
def kept(conversations, answer):
    said = answer("增至 2000 亿美元。", question="支出是多少？", standalone="支出是多少？", language="zh")
    return conversations.create("mine", [answered(said)])


@pytest.mark.parametrize(
    ("path", "accepted", "said"),
    [
        ("md?language=zh", "en", "导出时间"),
        ("md?language=en", "zh", "Exported"),
        ("md", "zh-CN,zh;q=0.9", "导出时间"),
        ("md?language=xx", "en", "Exported"),
    ],
)
def test_a_download_is_in_the_language_of_the_reader(client_of, kept, path, accepted, said):
    response = client_of("mine").get(f"/conversations/{kept.id}/export.{path}", headers={"accept-language": accepted})
    assert response.status_code == 200
    assert said in response.text


@pytest.mark.parametrize(("kind", "type_"), [("md", "text/markdown"), ("json", "application/json")])
def test_a_download_is_a_file_that_nobody_keeps_or_guesses_at(client_of, kept, kind, type_):
    headers = client_of("mine").get(f"/conversations/{kept.id}/export.{kind}").headers
    assert headers["content-type"] == f"{type_}; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    disposition = headers["content-disposition"]
    assert disposition.startswith(f'attachment; filename="conversation.{kind}"; ')
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == f"支出是多少.{kind}"


@pytest.mark.parametrize("session", ["theirs", ""], ids=["another browser", "a program"])
@pytest.mark.parametrize("kind", ["md", "json"])
def test_a_conversation_of_another_session_is_not_found(client_of, kept, session, kind):
    assert client_of(session).get(f"/conversations/{kept.id}/export.{kind}").status_code == 404
    assert client_of("mine").get(f"/conversations/{kept.id}0/export.{kind}").status_code == 404


def test_there_are_no_other_kinds(client_of, kept):
    assert client_of("mine").get(f"/conversations/{kept.id}/export.html").status_code == 404
