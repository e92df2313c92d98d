"""What a model writes, grounded: each sentence with the sentences it rests on, and nothing shown that is wrong."""

import pytest

from rag.answerer import DraftEnd, DraftSentence
from rag.assistant import Assistant
from rag.grounding import GroundingRules, ground
from rag.names import Names
from rag.naming.glossary import Glossary, add_entry
from rag.question import understand
from tests.rag.scripted import ScriptedAnswerer
from tests.rag.test_conflicts import evidence_of

QUESTIONS = {"zh": "海源电池投资多少钱建厂？", "en": "How much will Haiyuan Batteries spend on a plant in Ningbo?"}
SAID = {
    "zh": ("海源电池将投资 35 亿元在宁波建厂。", "投资 35 亿元"),
    "en": ("Haiyuan Batteries would spend 3.5 billion yuan on a plant in Ningbo.", "3.5 billion yuan"),
}
WRONG = {
    "zh": "海源电池将投资 350 亿元在宁波建厂。",
    "en": "Haiyuan Batteries would spend 35 billion yuan on a plant in Ningbo.",
}
languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def library(library_of, batteries):
    return library_of(batteries["zh"], batteries["en"])


def ask(library, language, *lines, rules=None, **script):
    return Assistant(library, ScriptedAnswerer(*lines, **script), rules=rules).ask(QUESTIONS[language])


@languages
def test_a_sentence_cites_the_sentence_it_rests_on(library, language):
    said, words = SAID[language]
    answer = ask(library, language, said)
    assert (answer.text, answer.answerer, answer.notes) == (f"{said} [1]", "scripted", ())
    assert words in answer.citations[0].quote
    assert answer.statements[0].citations == (1,)


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ("en", "海源电池（Haiyuan Batteries）将斥资 35 亿元在宁波（Ningbo）建厂。"),
        ("zh", "Haiyuan Batteries (海源电池) would spend 3.5 billion yuan on a plant."),
    ],
    ids=["zh over en", "en over zh"],
)
def test_a_sentence_rests_on_a_source_in_the_other_language(assistant_of, batteries, documents, said):
    evidence = assistant_of(batteries[documents]).find(said).evidence
    grounded = ground(DraftSentence(said, "prose", evidence), Names(Glossary(())), GroundingRules())
    assert [(check.supported, check.citation) for check in grounded.checks.figures] == [(True, 1)]
    assert not grounded.withheld
    assert {"zh": "投资 35 亿元", "en": "3.5 billion yuan"}[documents] in grounded.rests_on[0].text


IDLE = {
    "zh": "今天天气很好，适合散步。",
    "en": "Whales sing beneath frozen oceans.",
    "mixed": "今天 the weather 很 nice。",
}


@pytest.mark.parametrize("idle", IDLE)
@languages
def test_a_sentence_of_which_no_source_speaks_cites_none_and_is_marked(library, language, idle):
    said, _ = SAID[language]
    answer = ask(library, language, IDLE[idle], said)
    assert [statement.citations for statement in answer.statements] == [(), (1,)]
    assert [note.code for note in answer.notes] == ["uncited"]


@languages
def test_a_wrong_figure_is_withheld_and_the_rest_is_shown(library, language):
    said, _ = SAID[language]
    answer = ask(library, language, WRONG[language], said)
    assert answer.text == f"{said} [1]"
    assert [note.code for note in answer.notes] == ["sentence_withheld"]
    assert [check.supported for check in answer.checks.figures] == [True, False]
    assert answer.checks.figures[-1].citation is None


@languages
def test_a_wrong_figure_is_marked_where_that_is_set(library, language):
    answer = ask(library, language, WRONG[language], rules=GroundingRules(wrong_figure="mark"))
    assert answer.text.startswith(f"{WRONG[language]} [1]")
    assert {"zh": "（所引原文中没有：350 亿元）", "en": "(not in the cited text: 35 billion yuan)"}[
        language
    ] in answer.text


@pytest.mark.parametrize(
    ("said", "source", "figures", "withheld"),
    [
        ("海源一年在宁波投资 35 亿元。", "海源每年在宁波投资 35 亿元。", ["35 亿元"], False),
        ("Haiyuan spends $35 million a year in Ningbo.", "海源每年在宁波投资 3500 万美元。", ["$35 million"], False),
        ("6 号线今年开通。", "澜江地铁六号线今年开通。", ["今年"], False),
        ("The train left on Line 6 this year.", "The train left on the sixth line this year.", ["this year"], False),
        ("海源建厂有两个原因：成本和港口。", "海源建厂的原因是成本和港口。", ["两"], False),
        ("Haiyuan has two reasons, cost and the port.", "Haiyuan's reasons are cost and the port.", ["two"], False),
        ("海源建厂有 12 个原因：成本和港口。", "海源建厂的原因是成本和港口。", ["12"], True),
        ("Haiyuan has twelve reasons, cost and port.", "Haiyuan's reasons are cost and the port.", ["twelve"], True),
    ],
)
def test_rates_names_and_small_counts_are_no_reason_to_withhold(said, source, figures, withheld):
    evidence = evidence_of(understand(said), source, "document")
    grounded = ground(DraftSentence(said, "prose", (evidence,)), Names(Glossary(())), GroundingRules())
    assert grounded.rests_on == (evidence,)
    assert [check.text for check in grounded.checks.figures] == figures
    assert grounded.withheld == withheld


@languages
def test_where_nothing_holds_the_answer_is_extractive(library, language):
    answer = ask(library, language, WRONG[language])
    assert answer.answerer == "extractive"
    assert [note.code for note in answer.notes] == ["sentence_withheld"]
    assert answer.statements


@languages
def test_where_the_model_is_away_the_answer_is_extractive_and_says_so(library, language):
    answer = ask(library, language, unavailable=True)
    assert (answer.answerer, answer.complete) == ("extractive", True)
    assert [note.code for note in answer.notes] == ["llm_unavailable"]


@languages
@pytest.mark.parametrize("end", [None, DraftEnd(complete=False)], ids=["no end", "cut off"])
def test_an_answer_that_broke_off_is_not_complete(library, language, end):
    answer = ask(library, language, SAID[language][0], end=end)
    assert not answer.complete
    assert [note.code for note in answer.notes] == ["incomplete"]


@languages
def test_a_model_may_refuse(library, language):
    answer = ask(library, language, end=DraftEnd(refused=True))
    assert (answer.refused, answer.reason, answer.complete, len(answer.citations)) == (True, "not_answered", True, 1)


@languages
def test_a_sentence_may_rest_on_two(library, language):
    said = {
        "zh": "海源在国内的市场份额为 18%，新工厂每年生产 12 万组电池。",
        "en": "Haiyuan holds 18% of the domestic market and the new plant will make 120,000 packs a year.",
    }
    answer = ask(library, language, said[language])
    assert answer.statements[0].citations == (1, 2)
    assert all(check.supported for check in answer.checks.figures)


@languages
def test_a_figure_of_another_fact_does_not_bear_out_a_sentence(library_of, language):
    text = {
        "zh": "# 合同\n\n海源与宁波港签下 380 亿元的合同。\n\n北辰与上海港签下 2500 亿元的合同。\n",
        "en": "# Deals\n\nHaiyuan signed a deal worth $38 billion with Ningbo.\n\n"
        "Beichen signed a deal worth $250 billion with Shanghai.\n",
    }
    said = {
        "zh": "海源与宁波港签下 2500 亿元的合同。",
        "en": "Haiyuan signed a deal worth $250 billion with Ningbo.",
    }
    question = {
        "zh": "海源与宁波港签下多少金额的合同？",
        "en": "How much is the deal worth that Haiyuan signed with Ningbo?",
    }
    answer = Assistant(library_of(text[language]), ScriptedAnswerer(said[language])).ask(question[language])
    assert [note.code for note in answer.notes] == ["sentence_withheld"]


@languages
def test_pieces_of_a_stream_are_the_text(library, language):
    assistant = Assistant(library, ScriptedAnswerer(SAID[language][0], WRONG[language], SAID[language][0]))
    *pieces, answer = assistant.stream(QUESTIONS[language])
    assert "".join(pieces) == answer.text
    assert [answer.text[said.start : said.end] for said in answer.statements] == [SAID[language][0]] * 2


def test_closing_a_stream_ends_the_draft(library):
    answerer = ScriptedAnswerer(*[SAID["zh"][0]] * 3)
    stream = Assistant(library, answerer).stream(QUESTIONS["zh"])
    next(stream)
    stream.close()
    assert answerer.closed


STRANGER = {
    "zh": "西门子（Siemens）将投资 35 亿元在宁波建厂。",
    "en": "Siemens would spend 3.5 billion yuan on a plant in Ningbo.",
}


@languages
def test_a_name_that_is_not_in_the_source_is_marked(library, language):
    answer = ask(library, language, STRANGER[language])
    assert "name_unsupported" in [note.code for note in answer.notes]
    assert not all(check.supported for check in answer.checks.names)
    assert {"zh": "（所引原文中没有：", "en": "(not in the cited text: Siemens"}[language] in answer.text


@languages
def test_a_sentence_with_such_a_name_is_withheld_where_that_is_set(library, language):
    answer = ask(library, language, STRANGER[language], rules=GroundingRules(missing_name="withhold"))
    assert answer.answerer == "extractive"
    assert [note.code for note in answer.notes] == ["sentence_withheld"]


def test_a_name_of_the_librarys_own_glossary_is_borne_out(library_of, batteries):
    library = library_of(batteries["zh"])
    assistant = Assistant(library, ScriptedAnswerer("Haiyuan Batteries 将投资 35 亿元在宁波建厂。"))
    before = assistant.ask(QUESTIONS["zh"]).checks.names
    add_entry(library.folder, "company", ["海源电池", "Haiyuan Batteries"])
    after = assistant.ask(QUESTIONS["zh"]).checks.names
    assert next((check.text, check.supported) for check in before) == ("Haiyuan Batteries", False)
    found = next((check.text, check.supported, check.found) for check in after)
    assert found == ("Haiyuan Batteries", True, "海源电池")


def test_a_name_that_the_passage_explains_is_borne_out(library_of):
    library = library_of("# 任命\n\n林晓（Lin Xiao）出任首席执行官。林晓在 2025 年 3 月宣布投资 35 亿元。\n")
    assistant = Assistant(library, ScriptedAnswerer("Lin Xiao 在 2025 年 3 月宣布投资 35 亿元。"))
    names = assistant.ask("林晓（Lin Xiao）在 2025 年 3 月宣布投资多少亿元？").checks.names
    assert [(check.text, check.supported) for check in names] == [("Lin Xiao", True)]


def test_the_name_in_a_currency_is_checked_with_its_figure(assistant_of):
    answer = assistant_of("The ferry to Pulau Ubin costs S$30 a day.").ask("去 Pulau Ubin 的渡船每天多少钱？")
    assert "30 新加坡元" in answer.text
    assert [check.text for check in answer.checks.names] == ["Pulau Ubin"]
    assert all(check.supported for check in (*answer.checks.figures, *answer.checks.names))
