"""Chinese names found by their shape, without a dictionary or a segmenter, and so only where the shape is plain.

Found are: transliterated persons (安迪·贾西); titles in 《》; surname and given name beside a title or before a verb of
speech (局长罗建业表示); names that end in 公司, 大学, 市, 站 and the like and begin at a plain border. Not found: a
bare name in running text (海源在宁波建厂), given names alone, and titles without 《》. Text comes folded, that is, in
simplified characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.language import HAN

Span = tuple[int, int]

# Characters of Xinhua's tables of transliteration, less those that mostly are words of their own (为, 于, 和, 以).
_SOUNDS = (
    "阿埃艾爱安昂奥巴白拜班邦保鲍北贝本比彼毕别宾波伯勃博卜布才采策查柴昌达大戴丹当道德登邓迪蒂丁东杜敦顿多俄厄恩尔法凡范方菲费芬丰"
    "冯佛弗夫福富伽盖甘冈高戈哥格葛根古瓜贵哈海汉豪赫黑亨洪侯胡华怀惠霍基吉季加迦佳嘉贾简杰金津京卡凯坎康考柯科可克肯孔库昆夸拉"
    "莱赖兰朗劳勒雷蕾黎里理李丽利莉力立连廉良列林琳龙隆卢鲁路露吕罗洛伦马玛麦迈曼芒毛梅门蒙孟米密敏明摩莫姆木穆内纳娜乃奈南瑙尼"
    "妮年宁纽努诺欧帕派潘庞佩蓬皮平泼珀蒲普其奇齐恰强乔钦琴琼丘让热仁日荣茹儒瑞若撒萨塞赛桑瑟森沙莎山珊尚绍舍申圣施什史士舒斯"
    "丝思松苏素索塔泰坦汤唐陶特滕提田廷通图土托瓦万旺威韦维魏温文翁沃乌武西希锡喜夏先香肖歇谢辛欣兴休许雅亚延扬杨耶叶伊因英永尤"
    "约赞泽扎詹张珍芝治朱祖佐兹孜迭蕾妲婕琪茜薇芙蒙贡桂涅聂彭钱扎谟耐叙宰哲弥芭易芮茨切逊纽诗代楚崔邱裘茵蕊荻伍武夸苏"
)
# Where a transliteration ends although the next character could belong to one.
_NO_SOUND = (
    r"因[此为而]|达[到成]|特[别意]|马上|加[入大强快速上]|利用|来[自到说]|克服|通[过知常报]|提[出到供议高]|可[能以]|其[中他实]|多[次年]|大[约力]"
    r"|先[生后]|文[章中]|当[时年天选]|明[年天确]|年[轻前代]|里[面程]|强[调烈]|日前|高[度兴]|本[周月人次]|万[人美]|什么|易[于被]"
)
_PART = rf"(?:(?:(?!{_NO_SOUND})[{_SOUNDS}]){{1,7}}|[A-Z]\.?)"
_DOTTED = re.compile(rf"(?P<first>[{_SOUNDS}]{{1,6}}|[A-Z]\.?)(?:·{_PART}){{1,4}}")
_TITLE_BEFORE_SOUND = re.compile(r"[总经助协管代]理$|[博爵女护战]士$|[政国]要$|省长$|大使$|公安$|[医学]生$")

_WORK = re.compile(r"[《〈]([^《》〈〉\n]{1,60})[》〉]")

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
    "罗毕郝安常乐傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄米戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童颜郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍万"
    "柯卢莫房缪解应宗丁邓单洪包左石崔吉龚程邢裴陆翁荀曲封储段侯甘厉武符刘景詹龙叶黎薄白蒲赖卓屠池乔闻翟谭申冉桑桂牛边尚温"
    "庄柴瞿阎慕茹习艾容向易廖耿匡文寇欧沃聂关肖游涂佟于闫代车曾占"
)
_COMPOUND_SURNAMES = "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒|东方|独孤|夏侯|端木|南宫"
_GIVEN = rf"(?![的了是在和与及等也都还又就才曾已将被把对向从由为不没这那其])[{HAN}]"
_PERSON = rf"(?:{_COMPOUND_SURNAMES}|[{_SURNAMES}]){_GIVEN}"
_SPEECH = (
    r"(?:在[^，。！？；\n]{1,20}?[上中时后])?(?:还|也|则|曾|均|都|又|再次|此前|随后|对此|进一步|公开)?"
    r"(?:表示|说[，：道，:“\"]?|称|认为|指出|宣布|透露|强调|介绍|坦言|告诉|回应|解释|补充|警告|预计|预测|写道|问道|答道|报道|呼吁|承认|否认|发文|发言"
    r"|出席|当选|辞职|担任|出任|创办|创立|加入|毕业)"
)
_TITLE_AFTER = (
    r"(?:教授|先生|女士|博士|院士|部长|局长|市长|省长|县长|主席|总统|总理|总裁|董事长"
    r"|经理|主任|校长|院长|书记|医生|律师|老师|记者|将军|法官)"
)
_TITLE_BEFORE = (
    r"(?:董事长|总裁|总经理|经理|首席[^，。\s]{2,6}官|(?:总|副)?工程师|设计师|分析师|经济学家|科学家|创始人|负责人|发言人|代言人|合伙人|局长|部长|市长"
    r"|省长|县长|区长|镇长|校长|院长|所长|处长|科长|厅长|会长|社长|馆长|站长|队长|行长|主席|主任|书记|总统|总理|教授|博士|研究员|院士|记者"
    r"|导演|演员|歌手|作家|诗人|画家|医生|律师|老师|教练|法官|检察官|将军|大使|议员|委员|秘书长|秘书|CEO|CFO|COO|CTO|总监|主管|专员|主编|编辑|护士|顾问|选手|球员|任命|委任|聘请|提名|推选|接替|学者|专家|居民|市民|村民)"
)
_AFTER_NAME = (
    rf"(?=[（(，。、；：！？,.;:!?\s》」”\"]|$|{_SPEECH}|{_TITLE_AFTER}|[的在和与及等于是将曾也则已对向从由为把被])"
)
_SHORTEST_GIVEN = rf"(?:{_AFTER_NAME}|{_GIVEN}{_AFTER_NAME})"
_TITLED = re.compile(rf"{_TITLE_BEFORE} ?({_PERSON}{_SHORTEST_GIVEN})")
_BORDER = rf"(?<![{HAN}A-Za-z0-9])"
_SPEAKER = re.compile(rf"{_BORDER}({_PERSON}(?:{_GIVEN})??)(?={_SPEECH}|{_TITLE_AFTER})")
# Words that begin with a surname and stand where a person would.
_NO_PERSONS = re.compile(
    r"(?:高[管层级校盛]|方[面案式]|周[一二三四五六日末]|文[件章中]|马上|管理|施工|金[融价额]|白[宫皮酒]|程序|尚未|石油|余[额下]|何[况时]|任[何务]|许多"
    r"|严[重格]|单[位独]|应[该当]|关[于键]|向[来]|白天|安[全排]|常[常务]|常[委]|解[释放]|包[括含]|项目|计[划]|华[尔为]|江[苏西]|万[一]|温[度]|边[缘]"
    r"|代[表]|车[企主]|易[于]|于[是]|容[易]|曲[线]|封[面]|左[右翼]|齐[声]|房[东企]|乐[观]|时任|全[体]|康[复]|游[客戏]|景[区]|申[请]|储[户备]|董事|项目|纪[委律]"
    r"|成[员]|连[续]|毛[利]|闻[言]|应[邀]|相[关]|经[理]|关[系]|曾[经任在]|黄[金]|章程|艾滋|武[器装]|农[民]|雷[达]|罗马|东方|单[方]|向[外内]|燕[京]|杜[绝]|汤[姆]|钟[声]"
    r"|欧[盟洲元]|季[度]|安[理]|路透|国[家]|宗[教]|习[惯]|文[化]|车[站]|张[贴]|段[落]|程[度]|贺[信]|白[人]|黑[人]|祝[贺]|符[合]|关[注]|解[决]|段[子])"
)

_SUFFIX = re.compile(
    r"(?P<long>股份有限公司|有限公司|集团|公司|银行|大学|学院|医院|研究院|研究所|基金会|出版社|博物馆|中学|机场)"
    r"|(?P<short>市(?![场值民面盈占况委区])|省(?![钱下略去电油时力事委份])|县(?![委令])|站(?![在立点起着稳长位台岗]))"
)
_STEM_WINDOW = 9
_STEM_LENGTHS = {"long": (2, 6), "short": (2, 3)}
_STEM_BORDER = re.compile(
    rf"[^{HAN}]|在|由|对|往|去|回|入|进|出|经|从|向|被|与|和|及|将|把|给|让|使|为|是|的|了|着|并|而|但|或|据|到|至|于|离开|加入|收购|投资|成立|创办|创立|进入|起诉|支持|包括|通过|位于|来自"
    r"|毕业|就读|前往|抵达|访问|担任|成为|隶属|属于|其中|以及|随后|目前|如今|近日|今年|去年|昨天|今天|驶出|途经|经过|总部|本部|合作|竞争对手|旗下|客户|供应商|考入|任职"
)
_GENERIC_STEM = re.compile(
    r"^(?:[这那该本此某各每几多两全新老旧大小母子分总原其我你他她另外]|[一二三四五六七八九十百千万]|[国海境]外|国[内有际家]|上市|电视|广播|电子|元件|硬件|女子|国立|市立|师范|科技|互联网|商业|中央|电力|电池|保险|软件"
    r"|游戏|石油|汽车|制药|航空|证券|房地产|地产|能源|物流|运营|跨国|民营|私营|私立|公立|外资|合资|独资|初创|创业|股份|有限|控股|投资|贸易|咨询|传媒|广告|影视|人工智能"
    r"|芯片|半导体|云计算|通信|电信|金融|食品|药品|生物|医药|化工|钢铁|建筑|设计|管理|服务|网络|媒体|新闻|研究|综合|专科|重点|当地|附近|地方|社区|家族|企业|财务|顾问|律师"
    r"|公共|公关|唱片|电影|铁路|地铁|公交|出租|快递|外卖|电商|专业|著名|知名|最|许多|不少|一些|有些|很多|各大|世界|全球|全国|中型|大型|小型|传统)+[家所个座间批]?$"
    r"|[家所个座间类种名批]$|^(?:[这那该本此某各每几多两另]|[一二三四五六七八九十]+[家所个座间])"
)
_GENERIC_SHORT = re.compile(
    r"(?:[城超股上门楼夜黑都集菜牛熊全各我本该此开收入早闹罢债汇沪深港]市|[节各全外本该我]省|[各郡全本该我]县"
    r"|[网车电基小总换空油务客货驿终始到本该全各每]站|[地县]级市|直辖市|工作站|服务站|发电站|换乘站|空间站|中间站|(?:加油|充电)站|自治县)$"
)


def chinese_names(folded: str) -> Iterator[Span]:
    """Spans of names, kind by kind; those of different kinds may overlap, the surer kinds come first."""
    for match in _WORK.finditer(folded):
        yield match.span(1)
    for match in _DOTTED.finditer(folded):
        yield match.start() + _title_end(folded, match), match.end()
    for pattern in (_TITLED, _SPEAKER):
        for match in pattern.finditer(folded):
            if not _NO_PERSONS.match(match[1]):
                yield match.span(1)
    for match in _SUFFIX.finditer(folded):
        start = _stem_start(folded, match)
        if start is not None:
            yield start, match.end()


def _title_end(folded: str, match: re.Match[str]) -> int:
    """How many of the first characters belong to a title before the name: 总理纳伦德拉·莫迪 begins with 理."""
    start = match.start()
    if match["first"] == "让":
        return 0
    for length in range(len(match["first"]) - 1, 0, -1):
        if _TITLE_BEFORE_SOUND.search(folded, max(0, start + length - 2), start + length):
            return length
    return 0


def _stem_start(folded: str, suffix: re.Match[str]) -> int | None:
    """Where the name that ends in `suffix` begins; None where its border is not plain or it names nothing."""
    kind = suffix.lastgroup or "long"
    shortest, longest = _STEM_LENGTHS[kind]
    window = max(0, suffix.start() - _STEM_WINDOW)
    start, closed = window, window == 0
    for border in _STEM_BORDER.finditer(folded, window, suffix.start()):
        start, closed = border.end(), True
    stem = folded[start : suffix.start()]
    if not closed or not shortest <= len(stem) <= longest or _GENERIC_STEM.search(stem):
        return None
    if kind == "short" and _GENERIC_SHORT.search(folded, start, suffix.end()):
        return None
    return start
