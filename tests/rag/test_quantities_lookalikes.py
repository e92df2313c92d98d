"""What looks like a figure and is none, in Chinese, English and mixed text."""

import pytest

from rag.quantities import find_quantities

LOOKALIKES = [
    "一带一路", "一起努力", "星期一", "统一", "第一财经", "三星", "二手", "十分重要", "万一", "百度",
    "千万不要", "三亚", "四川", "九江", "六安", "两会", "三农", "十一假期", "双十一", "五一", "一二线城市",
    "百姓", "千方百计", "一个人", "这一年", "每一天", "一下", "一样", "另一家", "唯一", "周三", "上周五",
    "初一", "两者", "几个", "若干", "第二天", "成立", "完成三成本", "元旦", "三年级", "一次性", "八折", "8 折",
    "三點建議", "統一", "萬一", "一帶一路", "千亿级", "函数", "多数", "前三季度", "万能", "一元素", "十足",
    "GPT-4", "Claude 3.5", "Web 2.0", "iPhone 15", "Windows 11", "H100", "A380", "F-35", "5G", "3D",
    "covid-19", "Claude 3.5 可以", "用 GPT-4 写", "Gemini 2.5 Pro", "Boeing 737", "v2.3.1", "3.5.1",
    "10.0.0.1", "[1]", "[12]", "[1, 2]", "［１］", "138-0013-8000", "13800138000", "010-88889999", "007",
    "#12", "No. 3", "24/7", "50/50", "3/4", "x_1", "/2025/", "ISO-9001", "mp3", "utf8", "you may go",
    "they march on", "no one", "one of them", "one-off", "all-in-one", "a third company", "third",
    "first of all", "second-hand", "the other half-brother", "a year", "several people", "double-digit", "3rd",
    "https://a.org/%E6%88%91/%20%96x.html", "没有数字", "no figures here", "", " ", "，。", "二", "两", "百", "亿",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOKALIKES)
def test_reads_no_figure_in(text):
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Claude 3.5 用了 380 亿美元", ["380 亿美元"]),
        ("GPT-4 cost $100 million [1].", ["$100 million"]),
        ("一家公司一共裁了 3 万人，其中一半在一线", ["3 万", "一半"]),
        ("iPhone 15 卖了 300 万台", ["300 万"]),
        ("In 2018,300 people left", ["2018", "300"]),
        ("2018，300 人", ["2018", "300"]),
        ("在 2018-2020 年", ["2018", "2020 年"]),
        ("from 2018 to 2020", ["2018", "2020"]),
        ("3–5 月", ["5 月"]),
        ("12 月份有 12 个月的数据", ["12 月", "12 个月"]),
        ("6 时开门，每时段 3 人", ["6 时", "3"]),
        ("Two of the three", ["Two", "three"]),
        ("mid-2025", ["2025"]),
        ("两个星期一次", ["两个星期"]),
        ("增长 18%2024 年", ["18%", "2024 年"]),
        ("涨了18.5%300 万台", ["18.5%", "300 万"]),
    ],
)
def test_reads_only_the_figures_in(text, figures):
    assert [quantity.text for quantity in find_quantities(text)] == figures
