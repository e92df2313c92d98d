"""Short documents in pairs: planted conflicts, and near misses that are none. Written for these tests.

Each is (question, what one document says, what the other says).
"""

PLANTED = [
    ("海源电池的市场份额是多少？", "海源电池的市场份额为 18%。", "海源电池的市场份额为 21%。"),
    ("海源电池投资多少钱建厂？", "海源电池投资 35 亿元在宁波建厂。", "海源电池投资 38 亿元在宁波建厂。"),
    ("青禾集团有多少名员工？", "青禾集团现有 6,240 名员工。", "青禾集团现有 6,420 名员工。"),
    ("6 号线设了多少座车站？", "六号线沿途设有 21 座车站。", "六号线沿途设有 23 座车站。"),
    ("澜江大桥哪一年通车？", "澜江大桥于 2019 年通车。", "澜江大桥于 2017 年通车。"),
    ("北辰公司裁掉了多少人？", "北辰公司裁掉了 1.4 万个岗位。", "北辰公司裁掉了 3 万个岗位。"),
    ("南院区的贷款是多少？", "南院区的贷款为 3.4 亿元。", "南院区的贷款为 4.3 亿元。"),
    ("东陵车辆厂什么时候成立？", "东陵车辆厂成立于 1956 年 3 月。", "东陵车辆厂成立于 1965 年 3 月。"),
    ("药品收入占比多少？", "药品收入占总收入的 27%。", "药品收入占总收入的 72%。"),
    ("海源電池的市場份額是多少？", "海源電池的市場份額為 18%。", "海源電池的市場份額為 25%。"),
    ("河西诊所花了多少钱？", "河西诊所的建设共花费 6000 万元。", "河西诊所的建设共花费 6 亿元。"),
    ("云栖大会有多少人参加？", "云栖大会有 ３２ 万人参加。", "云栖大会有 23 万人参加。"),
    (
        "How much did Haiyuan spend on the plant?",
        "Haiyuan spent $35 million on the plant in Ningbo.",
        "Haiyuan spent $53 million on the plant in Ningbo.",
    ),
    (
        "What share of the market does Haiyuan hold?",
        "Haiyuan holds 18% of the domestic market.",
        "Haiyuan holds 28% of the domestic market.",
    ),
    (
        "How many beds does Qinghe Hospital have?",
        "Qinghe Hospital has 2,860 beds.",
        "Qinghe Hospital has 2,680 beds.",
    ),
    (
        "When did the Lanjiang bridge open?",
        "The Lanjiang bridge opened in March 2019.",
        "The Lanjiang bridge opened in May 2019.",
    ),
    ("How many jobs did Beichen cut?", "Beichen cut 14,000 jobs.", "Beichen cut 30,000 jobs."),
    (
        "What was the cost of the tunnel?",
        "The cost of the tunnel was US$2 billion.",
        "The cost of the tunnel was US$3 billion.",
    ),
    (
        "In which year was the Dongling works founded?",
        "The Dongling works was founded in 1956.",
        "The Dongling works was founded in 1965.",
    ),
    (
        "How many stations does Line 6 have?",
        "Line 6 has 21 stations along the route.",
        "Line 6 has 23 stations along the route.",
    ),
    (
        "What share of the tea is exported?",
        "Three quarters of the tea is exported from Hangzhou.",
        "About half of the tea is exported from Hangzhou.",
    ),
    (
        "How much revenue did Corvella report?",
        "Corvella reported revenue of €40 million.",
        "Corvella reported revenue of €48 million.",
    ),
    (
        "How many clinics does the group run?",
        "The group runs 11 community clinics.",
        "The group runs 14 community clinics.",
    ),
    ("When was the museum built?", "The museum was built in 1931.", "The museum was built in 1913."),
    ("Amazon 的市场份额是多少？", "Amazon 的市场份额为 31%。", "Amazon holds a market share of 34%."),
    (
        "Amazon 花了多少美元建设数据中心？",
        "Amazon 花了 2000 亿美元建设数据中心。",
        "Amazon spent US$250 billion on building data centers.",
    ),
    ("What is the market share of Amazon?", "Amazon has a market share of 31%.", "Amazon 的市场份额为 35%。"),
    ("How many employees does Google have?", "Google has 180,000 employees.", "Google 有 15 万名员工。"),
    ("Google 公司有多少名员工？", "Google 公司有 18 万名员工。", "Google has 150,000 employees."),
    ("When was Intel founded?", "Intel was founded in 1968.", "Intel 成立于 1969 年。"),
    ("Intel 哪一年成立？", "Intel 成立于 1968 年。", "Intel was founded in 1972."),
    (
        "How much money did OpenAI raise?",
        "OpenAI raised $40 billion from investors.",
        "OpenAI 向投资者筹集资金 300 亿美元。",
    ),
    ("AWS 占预算的比例是多少？", "AWS 占预算的四分之三。", "AWS gets 60% of the budget."),
]

NEAR_MISSES = [
    # the same figure, written otherwise
    ("海源电池的市场份额是多少？", "海源电池的市场份额为 18%。", "海源电池的市场份额为百分之十八。"),
    ("海源电池投资多少钱建厂？", "海源电池投资 35 亿元在宁波建厂。", "海源电池投资 3,500,000,000 元在宁波建厂。"),
    ("AWS 占预算的比例是多少？", "AWS 占预算的四分之三。", "AWS gets 75% of the budget."),
    (
        "What is the cost of the tunnel?",
        "The cost of the tunnel is US$2 billion.",
        "The cost of the tunnel is $2bn.",
    ),
    ("Amazon 花了多少美元？", "Amazon 花了 2000 亿美元建设数据中心。", "Amazon spent US$200 billion on data centers."),
    ("How many jobs did Beichen cut?", "Beichen cut 14,000 jobs.", "Beichen cut 14 thousand jobs."),
    ("Intel 哪一年成立？", "Intel 成立于 1968 年。", "Intel was founded in 1968."),
    # another entity
    ("海源电池的市场份额是多少？", "海源电池的市场份额为 18%。", "北辰电池的市场份额为 22%。"),
    ("市场份额是多少？", "海源电池的市场份额为 18%。", "北辰电池的市场份额为 22%。"),
    ("What is its market share?", "Haiyuan holds a market share of 18%.", "Beichen holds a market share of 22%."),
    (
        "What market share does Haiyuan hold?",
        "Haiyuan holds a market share of 18%.",
        "Beichen holds a market share of 22%.",
    ),
    ("澜江大桥哪一年通车？", "澜江大桥于 2019 年通车。", "临港大桥于 2021 年通车。"),
    ("How many beds are there?", "Central Hospital has 900 beds.", "Qinghe Hospital has 2,860 beds."),
    ("Amazon 的市场份额是多少？", "Amazon 的市场份额为 31%。", "Google holds a market share of 12%."),
    ("Intel 哪一年成立？", "Intel 成立于 1968 年。", "Microsoft was founded in 1975."),
    ("How many employees does Google have?", "Google has 180,000 employees.", "Microsoft 有 22 万名员工。"),
    ("有多少座车站？", "地铁六号线设有 21 座车站。", "轻轨三号线设有 18 座车站。"),
    ("裁掉了多少岗位？", "北辰公司裁掉了 1.4 万个岗位。", "云栖公司裁掉了 3 万个岗位。"),
    ("How many jobs were cut?", "Beichen cut 14,000 jobs.", "Yunqi cut 30,000 jobs."),
    ("海源的份额", "海源电池的市场份额为 18%。", "Beichen holds a market share of 22%."),
    ("What is the market share?", "Haiyuan holds a market share of 18%.", "北辰电池的市场份额为 22%。"),
    # another period
    ("海源电池的收入是多少？", "2023 年海源电池的收入为 35 亿元。", "2024 年海源电池的收入为 47 亿元。"),
    (
        "What was the revenue of Haiyuan?",
        "In 2023 the revenue of Haiyuan was 35 million yuan.",
        "In 2024 the revenue of Haiyuan was 47 million yuan.",
    ),
    ("海源的收入是多少？", "海源去年的收入为 35 亿元。", "海源今年的收入为 47 亿元。"),
    (
        "How much did Haiyuan earn?",
        "Haiyuan earned $35 million last year.",
        "Haiyuan earned $47 million this year.",
    ),
    ("海源的收入是多少？", "海源第一季度的收入为 9 亿元。", "海源第三季度的收入为 12 亿元。"),
    (
        "What was Haiyuan's revenue?",
        "Haiyuan's revenue in the first quarter was $9 million.",
        "Haiyuan's revenue in the third quarter was $12 million.",
    ),
    ("海源的收入是多少？", "海源上半年的收入为 20 亿元。", "海源下半年的收入为 27 亿元。"),
    ("Amazon 的收入是多少？", "Amazon 2023 年的收入为 5748 亿美元。", "In 2024 Amazon had revenue of US$638 billion."),
    ("海源的市场份额是多少？", "2019 年 3 月，海源的市场份额为 18%。", "2019 年 9 月，海源的市场份额为 20%。"),
    ("How many stations does the line have?", "The line had 21 stations in 2018.", "The line has 26 stations."),
    ("海源的市场份额是多少？", "海源此前的市场份额为 35%。", "海源的市场份额为 27%。"),
    # another attribute
    ("海源的收入是多少？", "海源的收入为 35 亿元。", "海源的利润为 3 亿元。"),
    ("What was Haiyuan's revenue?", "Haiyuan's revenue was $35 million.", "Haiyuan's profit was $3 million."),
    ("集团有多少人？", "集团有医生 1,910 人。", "集团有护士 2,780 人。"),
    (
        "How many doctors does the group employ?",
        "The group employs 1,910 doctors.",
        "The group employs 2,780 nurses.",
    ),
    ("海源电池投资多少钱？", "海源电池投资 35 亿元在宁波建厂。", "海源电池投资 8 亿元在合肥建研究院。"),
    ("一期有多少座车站？", "六号线一期有 21 座车站。", "六号线二期有 5 座车站。"),
    (
        "How many stations does the first phase have?",
        "The first phase has 21 stations.",
        "The second phase has 5 stations.",
    ),
    ("海源的市场份额是多少？", "海源在国内的市场份额为 18%。", "海源在海外的市场份额为 5%。"),
    (
        "What share does Haiyuan hold?",
        "Haiyuan holds 18% of the domestic market.",
        "Haiyuan holds 5% of the overseas market.",
    ),
    ("票价是多少？", "六号线的起步票价为 2 元。", "六号线的全程票价为 7 元。"),
    (
        "What is the limit for hotels?",
        "The limit for hotels in first-tier cities is 600 yuan.",
        "The limit for hotels in provincial capitals is 450 yuan.",
    ),
    ("平均住院几天？", "中心医院的平均床位使用率为 91%。", "中心医院的平均住院费用为 9000 元。"),
    # a plan, an average, a bound, a change beside a level
    ("海源投资了多少钱？", "海源投资 35 亿元建厂。", "海源计划投资 40 亿元建厂。"),
    (
        "How much did Haiyuan spend on the plant?",
        "Haiyuan spent $35 million on the plant.",
        "Haiyuan expected to spend $30 million on the plant.",
    ),
    ("海源的份额是多少？", "海源的份额为 18%。", "海源的份额提高了 3%。"),
    ("What is Haiyuan's share?", "Haiyuan's share is 18%.", "Haiyuan's share rose by 3%."),
    ("有多少乘客？", "六号线每天有 28 万名乘客。", "六号线每月有 840 万名乘客。"),
    (
        "How many passengers does the line carry?",
        "The line carries 280,000 passengers a day.",
        "The line carries 8.4 million passengers a month.",
    ),
    ("补贴是多少？", "伙食补贴平均为 100 元。", "伙食补贴最高为 180 元。"),
    (
        "How many people attended?",
        "On average 300 people attended the meeting.",
        "At most 500 people attended the meeting.",
    ),
    ("护士的离职率是多少？", "护士的离职率为 8%。", "女护士的离职率为 7%。"),
    # another kind or unit of figure
    ("海源花了多少钱？", "海源花了 35 亿元建厂。", "海源花了 3 年建厂。"),
    ("How much did the plant cost?", "The plant cost $35 million.", "The plant cost 40% more."),
    ("AWS 的收入是多少？", "AWS 的收入为 1000 亿美元。", "AWS 的收入占 17%。"),
    ("海源花了多少钱建厂？", "海源花了 35 亿元建厂。", "海源花了 5 亿美元建厂。"),
    # nothing to do with it
    ("海源的市场份额是多少？", "海源的市场份额为 18%。", "春茶的价格上涨了 18.5%。"),
    ("What is Haiyuan's market share?", "Haiyuan's market share is 18%.", "Spring tea prices were up by 20%."),
    ("Intel 哪一年成立？", "Intel 成立于 1968 年。", "The Lanjiang bridge opened in March 2019."),
    ("How many beds does Qinghe Hospital have?", "Qinghe Hospital has 2,860 beds.", "青禾医院的停车场有 400 个车位。"),
    # several figures, none of which is plainly meant
    ("份额是多少？", "海源和北辰的份额为 18% 和 22%。", "海源和北辰的份额为 19% 和 23%。"),
    ("How did the share change?", "The share fell from 12% to 8%.", "The share fell from 13% to 9%."),
    # the figure of one stands in the other
    ("海源的市场份额是多少？", "海源的市场份额为 18%。", "海源的市场份额为 18%，去年为 16%。"),
    (
        "How many stations does Line 6 have?",
        "Line 6 has 21 stations.",
        "Line 6 has 26 stations, 21 of which are open.",
    ),
    # no figure is asked for
    ("谁领导海源电池？", "林晓领导海源电池，份额为 18%。", "林晓领导海源电池，份额为 22%。"),
    (
        "Why did Haiyuan expand?",
        "Haiyuan expanded because its share was 18%.",
        "Haiyuan expanded because its share was 22%.",
    ),
]
