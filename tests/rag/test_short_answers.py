"""The answer in a few words: the figure or name that was asked for, and none where it is not plain which."""

import pytest

from rag.names import Name, Names
from rag.question import understand
from rag.short_answers import short_answer
from tests.rag.test_conflicts import evidence_of


class KnownNames(Names):
    """Finds the names that a test gives it."""

    def __init__(self, *known):
        self.known = known

    def find(self, text):
        places = [(known, text.find(known)) for known in self.known]
        return [Name(name, at, at + len(name), frozenset({name})) for name, at in places if at >= 0]


def short(asked, sentence, *names):
    question = understand(asked)
    return short_answer(question, evidence_of(question, sentence, "document"), KnownNames(*names))


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("项目总投资是多少？", "项目总投资 186 亿元，其中 60% 由市财政承担。", "186 亿元"),
        ("专案总投資是多少錢？", "专案总投資 １８６ 億元，其中 60% 由市財政承擔。", "１８６ 億元"),
        ("市财政承担了百分之几？", "项目总投资 186 亿元，其中 60% 由市财政承担。", "60%"),
        ("大桥哪一年通车？", "大桥在 2019 年 9 月通车，共花费 3 亿元。", "2019 年 9 月"),
        ("有几座车站可以换乘？", "全线共设 21 座车站，其中 8 座可以换乘其他线路。", "8 座"),
        ("AWS 有多少名员工？", "AWS 有超过 13 万名员工。", "超过 13 万名"),
        ("How much did the project cost?", "It cost US$18 billion, of which the city paid 60%.", "US$18 billion"),
        ("What share was paid by the city?", "It cost US$18 billion, of which 60% was paid by the city.", "60%"),
        ("When did the bridge open?", "The bridge opened in March 2019 and cost $3 billion.", "March 2019"),
        ("产量是原来的多少倍？", "产量是原来的 3 倍。", "3 倍"),
        ("How many times did the output grow?", "The output grew three times.", "three times"),
        ("How many jobs did 海源 cut?", "海源 Haiyuan cut about 14,000 jobs.", "about 14,000"),
    ],
)  # fmt: skip
def test_gives_the_figure_that_is_asked_for_as_it_is_written(question, sentence, expected):
    assert short(question, sentence) == expected
    assert expected in sentence


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("谁被任命为院长？", "董事会任命苏文澜为院长，接替邓启明。", "苏文澜"),
        ("项目的总工程师是谁？", "项目总工程师何静怡说，溶洞已经填实。", "何静怡"),
        ("Who designed the body?", "The body was designed by Irene Moreau.", "Irene Moreau"),
        ("Which company made the trains?", "The trains were made by Dongling Works.", "Dongling Works"),
    ],
)
def test_gives_the_name_that_is_asked_for(question, sentence, expected):
    assert short(question, sentence, "Irene Moreau", "Dongling Works") == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("冷链业务 2024 年的收入是多少？", "13.6"),
        ("冷链业务 2023 年的收入是多少？", "9.1"),
        ("冷链业务的收入是多少？", None),
        ("How much was the revenue of cold chain in 2024?", "13.6"),
        ("How much was the revenue of cold chain in 2023?", "9.1"),
        ("How much was the revenue of cold chain?", None),
    ],
)
def test_the_value_of_a_row_goes_by_the_name_of_its_column(question, expected):
    row = (
        "业务：冷链；2023 年收入（亿元）：9.1；2024 年收入（亿元）：13.6。"
        if "冷链" in question
        else "Business: cold chain; Revenue 2023: 9.1; Revenue 2024: 13.6."
    )
    assert short(question, row) == expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("海源和北辰的份额是多少？", "海源和北辰的份额为 18% 和 22%。"),
        ("What are the shares?", "The shares are 18% and 22%."),
        ("海源的份额是 18% 吗？", "海源的份额为 18%，北辰为 22%。"),
        ("Did Haiyuan spend $35 million?", "Haiyuan spent $38 million."),
        ("说说海源的情况", "海源的份额为 18%。"),
        ("海源为什么投资 35 亿元？", "海源投资 35 亿元，因为份额只有 18%。"),
        ("大桥几点开放？", "大桥在 2019 年通车。"),
        ("海源的份额是多少？", "海源的份额是北辰的 3 倍。"),
        ("How much did the share grow?", "The share grew three times."),
        ("这座城市有多少条地铁？", "这座城市的地铁 6 号线开通了。"),
        ("How many lines did the city open?", "The city opened Line 6."),
        ("谁领导海源？", "海源的份额为 18%。"),
        ("Who leads Haiyuan?", "Haiyuan holds 18%."),
    ],
)
def test_gives_none_where_it_is_not_plain_or_not_asked(question, sentence):
    assert short(question, sentence) is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("投资 35 亿元的海源份额多少？", "海源投资 35 亿元。"),
        ("Who joined Irene Moreau?", "Irene Moreau joined the team."),
    ],
)
def test_what_the_question_says_itself_is_no_answer(question, sentence):
    assert short(question, sentence, "Irene Moreau") is None


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("海源的市场份额是多少？", "Haiyuan holds 18% of the market.", "18%"),
        ("What is the share of 海源?", "海源的份额为 18%。", "18%"),
    ],
)
def test_a_figure_that_reads_alike_in_both_languages_is_given_across_them(question, sentence, expected):
    assert short(question, sentence) == expected
