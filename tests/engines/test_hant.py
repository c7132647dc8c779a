"""The Hong Kong, Macau and Taiwan converter: what it writes, and the laws that it keeps."""

from __future__ import annotations

import csv
import string
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot import protect
from shopglot.engines.hant import HantConverter, HantEngine, digest, engine_name
from shopglot.errors import UsageError
from shopglot.market import load_market
from shopglot.script import has_han, simplified_only
from shopglot.termbase import load_termbase
from shopglot.types import Mask, Quantity, Request, TermMatch

GLOSSARIES = Path(__file__).parents[2] / "glossaries"
MARKETS = ("hk", "mo", "tw")


@cache
def terms(market: str) -> dict[str, str]:
    """Return the term map of a market, as the product builds it (names aside)."""
    termbase = load_termbase(GLOSSARIES, load_market(GLOSSARIES, market).lineage)
    return {entry.source: entry.target for entry in termbase.entries() if entry.use != "keep"}


@cache
def converter(market: str) -> HantConverter:
    """Return the converter of a market with its terms."""
    return HantConverter(market, terms(market))


@cache
def bare() -> HantConverter:
    """Return a Hong Kong converter without terms."""
    return HantConverter("hk", {})


# Written and read twice by hand: product copy with the words and the one-to-many characters that go wrong.
HONG_KONG = [
    # what stands beside a character decides
    ("拿到先冲一冲，一冲就干净，90度的水冲最好", "拿到先沖一沖，一沖就乾淨，90度的水沖最好"),
    ("冲击力强的冲刺跑鞋，缓冲不冲突", "衝擊力強的衝刺跑鞋，緩衝不衝突"),
    ("里布加厚，有里布，屋里布置好", "裏布加厚，有裏布，屋裏佈置好"),
    ("纽扣松脱，后腿肉松，松树松木", "鈕扣鬆脫，後腿肉鬆，松樹松木"),
    ("冬天后背出汗，七天后发网盘，天后宫", "冬天後背出汗，七天後發網盤，天后宮"),
    ("烫发不伤发，头发皮筋，回头发货", "燙髮不傷髮，頭髮皮筋，回頭發貨"),
    ("婆家和娘家，姑娘干饭，全家干饭人", "婆家和娘家，姑娘幹飯，全家幹飯人"),
    ("大面筋配面包，亲子游戏，再喂狗", "大麵筋配麵包，親子遊戲，再餵狗"),
    ("谁都能系，系带关系，不扎脖子，扎头发", "誰都能繫，繫帶關係，不扎脖子，紮頭髮"),
    ("绕手腕一周，每周一次，弹簧杆", "繞手腕一周，每週一次，彈簧桿"),
    # words that a shorter term would break
    ("厚实切菜板，奶油轴键盘，永不粘锅", "厚實砧板，奶油軸鍵盤，永不黐底"),
    ("用7号电池2节，心情松下来", "用AAA電池2節，心情鬆下來"),
    # words of the market
    ("纯棉衬衫连衣裙", "純棉恤衫連身裙"),
    ("法式复古碎花连衣裙，显瘦百搭", "法式復古碎花連身裙，顯瘦百搭"),
    ("加绒加厚连帽卫衣", "加絨加厚連帽衛衣"),
    ("短款羽绒服男女同款", "短款羽絨褸男女同款"),
    ("英伦风双排扣风衣外套", "英倫風雙排扣乾濕褸外套"),
    ("粗跟高跟鞋，久站不累脚", "粗踭高踭鞋，久站不累腳"),
    ("大容量双肩包 书包 旅行包", "大容量背囊 書包 旅行袋"),
    ("羊绒围巾礼盒装", "羊絨頸巾禮盒裝"),
    ("土豆泥配酸奶沙拉", "薯蓉配乳酪沙律"),
    ("奶酪味薯片，巧克力夹心饼干", "芝士味薯片，朱古力夾心餅乾"),
    ("草莓冰淇淋和黄油曲奇", "士多啤梨雪糕和牛油曲奇"),
    ("三明治、披萨、意大利面", "三文治、薄餅、意粉"),
    ("番茄牛肉方便面5桶装", "番茄牛肉即食麵5桶裝"),
    ("胡萝卜、黄瓜、玉米和西红柿", "紅蘿蔔、青瓜、粟米和番茄"),
    ("复合维生素片，每瓶60片", "複合維他命片，每瓶60片"),
    ("无线鼠标静音，适用笔记本电脑", "無線滑鼠靜音，適用手提電腦"),
    ("支持视频通话和短视频拍摄", "支援視像通話和短片拍攝"),
    ("20000毫安充电宝，移动硬盘收纳包", "20000毫安外置充電器，外置硬碟收納袋"),
    ("默认密码见说明书", "預設密碼見說明書"),
    ("电饭锅、烤箱、吸尘器、吹风机", "電飯煲、焗爐、吸塵機、風筒"),
    ("空调房必备的空调被", "冷氣房必備的冷氣被"),
    ("不粘锅不锈钢锅铲套装", "易潔鑊不鏽鋼鑊鏟套裝"),
    ("塑料收纳箱，硅胶密封圈", "塑膠收納箱，矽膠密封圈"),
    ("客厅沙发垫 餐桌布 地毯", "客廳梳化墊 餐枱布 地氈"),
    ("自行车头盔 摩托车手套", "單車頭盔 電單車手套"),
    ("出租车、公交车、面包车", "的士、巴士、客貨車"),
    ("口红色号很日常，送护手霜小样", "唇膏色號很日常，送潤手霜試用裝"),
    ("玻尿酸补水面膜", "透明質酸補水面膜"),
    ("登山鞋 登山杖 攀岩装备", "行山鞋 行山杖 攀石裝備"),
    ("全国包邮，快递随机", "全國免運費，速遞隨機"),
    ("七天无理由退换货，有问题请联系客服", "七天無條件退換貨，有問題請聯絡客服"),
    ("3个工作日内发货，正品保证", "3個工作天內發貨，正貨保證"),
    ("领取优惠券，满减更划算", "領取優惠券，滿額減更划算"),
    ("付尾款后凭短信到门店自提", "付餘款後憑短訊到分店自取"),
    # 干
    ("干发帽吸水速干", "乾髮帽吸水速乾"),
    ("干皮、油干皮都适用，吹干不起皮", "乾皮、油乾皮都適用，吹乾不起皮"),
    ("清新干净的干花，干练的西装", "清新乾淨的乾花，幹練的西裝"),
    ("苹果干、芒果干、葡萄干", "蘋果乾、芒果乾、提子乾"),
    ("法国干邑，不影响也不干扰睡眠", "法國干邑，不影響也不干擾睡眠"),
    ("擦干以后放干，很快就干，干到起皮", "擦乾以後放乾，很快就乾，乾到起皮"),
    ("能干的主干，若干干货，干什么活都不干扰", "能幹的主幹，若干乾貨，幹什麼活都不干擾"),
    ("蔓越莓干、柠檬干、豆腐干，干茶条索", "小紅莓乾、檸檬乾、豆腐乾，乾茶條索"),
    # 后, 里, 面
    ("皇后镇的后花园，售后无忧", "皇后鎮的後花園，售後無憂"),
    ("一公里外也听得见，里面有内衬", "一公里外也聽得見，裏面有內襯"),
    ("美白面膜、精华液面霜、水油面部平衡", "美白面膜、精華液面霜、水油面部平衡"),
    ("双面可用的桌面，荞麦面和全麦面包", "雙面可用的桌面，蕎麥麵和全麥麵包"),
    # 发
    ("修复发膜，精华发光，焕发光泽", "修復髮膜，精華發光，煥發光澤"),
    ("工厂直发，直发器批发", "工廠直送，直髮夾批發"),
    ("发箍发卡发带，散发清香", "頭箍髮夾髮帶，散發清香"),
    # 系
    ("腰部系带，此系列有关系色系", "腰部繫帶，此系列有關係色系"),
    ("系围巾的日系少女", "繫頸巾的日系少女"),
    # 只
    ("5只装，每只独立包装，只要9.9元", "5隻裝，每隻獨立包裝，只要9.9元"),
    ("就是只有两只，满100只要8折", "就是只有兩隻，滿100只要8折"),
    ("一只可爱的小熊，这只能手洗", "一隻可愛的小熊，這只能手洗"),
    # 松
    ("松紧腰宽松版型，松木松鼠摆件", "橡筋腰寬鬆版型，松木松鼠擺設"),
    # 表
    ("尺码表见详情，机械手表表盘", "尺碼表見詳情，機械手錶錶盤"),
    ("仪表盘里程表，代表作表面抛光", "儀錶板里程錶，代表作表面拋光"),
    ("石英女表，女表演服", "石英女裝錶，女表演服"),
    # 钟
    ("十分钟爱的闹钟，5分钟都不用", "十分鍾愛的鬧鐘，5分鐘都不用"),
    # 制
    ("自制酸奶机，陶瓷制品，控制热量", "自製乳酪機，陶瓷製品，控制熱量"),
    ("手工制作，限制级制服，制冷制热", "手工製作，限制級制服，製冷製熱"),
    # 复
    ("反复清洗，修复受损，重复使用", "反覆清洗，修復受損，重複使用"),
    # 折
    ("可折叠三折伞，打8折", "可摺疊三摺傘，打8折"),
    # others
    ("喂猫喂狗，喂！车厘子", "餵貓餵狗，喂！車厘子"),
    ("开封后不松动，夹一天也不松", "開封後不鬆動，夾一天也不鬆"),
    ("手冲咖啡壶，热水冲泡，冲锋衣", "手沖咖啡壺，熱水沖泡，衝鋒衣"),
    ("项链手链锁骨链，拉链顺滑", "頸鏈手鏈鎖骨鏈，拉鏈順滑"),
    ("伸缩杆窗帘杆晾衣杆", "伸縮桿窗簾桿晾衣桿"),
    ("环采钻白，焕采精华，全彩印刷", "環采鑽白，煥采精華，全彩印刷"),
    ("超赞！很多人点赞，赞助商", "超讚！很多人讚好，贊助商"),
    ("睫毛卷翘，卷边草帽，瑞士卷", "睫毛捲翹，捲邊草帽，瑞士卷"),
    ("谷饲牛排，无谷猫粮，九谷烧", "穀飼牛扒，無穀貓糧，九谷燒"),
    ("红糖姜茶，姜味饼干，姜先生", "紅糖薑茶，薑味餅乾，姜先生"),
    ("尺寸10厘米，15.6英寸", "尺寸10厘米，15.6吋"),
    ("防霉防潮，人参海参", "防霉防潮，人參海參"),
    ("床单被套，说明书，温和不刺激，脱毛仪", "床單被套，說明書，溫和不刺激，脫毛機"),
    # a term's source inside or across other words
    ("真空调味罐，防滑冰爪，呼吸管", "真空調味罐，防滑冰爪，呼吸管"),
    ("进口红酒，优质保湿，环保修身", "進口紅酒，優質保濕，環保修身"),
    ("银耳环，固定金属扣，鱼尾款裙", "銀耳環，固定金屬扣，魚尾款裙"),
    ("中国风衣服，北欧风衣柜", "中國風衣服，北歐風衣櫃"),
    ("电视频道，拼图案，大小区别", "電視頻道，拼圖案，大小區別"),
    ("真正品质，纯棉衣服，东西服务都好", "真正品質，純棉衣服，東西服務都好"),
    ("触摸屏幕，用户名称，双面胶纸", "觸控屏幕，用戶名稱，雙面膠紙"),
    ("意大利面料西装", "意大利面料西裝"),
    # punctuation
    ("所谓“懒人‘神器’”", "所謂「懶人『神器』」"),
]

TAIWAN = [
    ("连衣裙配双肩包", "洋裝配後背包"),
    ("土豆泥、酸奶、奶酪、黄油", "馬鈴薯泥、優格、起司、奶油"),
    ("菠萝和猕猴桃，三文鱼和金枪鱼", "鳳梨和奇異果，鮭魚和鮪魚"),
    ("软件和硬件，鼠标和屏幕", "軟體和硬體，滑鼠和螢幕"),
    ("网络信息，视频通话", "網路資訊，視訊通話"),
    ("打印机支持U盘打印", "印表機支持隨身碟列印"),
    ("人工智能充电宝，激光投影仪", "人工智慧行動電源，雷射投影機"),
    ("笔记本电脑 智能手机 数码相机", "筆記型電腦 智慧型手機 數位相機"),
    ("摩托车 出租车 公交车", "機車 計程車 公車"),
    ("包邮，一年保修，次日发货", "免運，一年保固，次日出貨"),
    ("床单、面包、里面、台灯、为", "床單、麵包、裡面、檯燈、為"),
    ("吃着冰激凌看视频号", "吃著冰淇淋看視頻號"),
    ("优质质量，固定金属", "優質品質，固定金屬"),
    ("洗发水 沐浴露 洗面奶 卫生巾", "洗髮精 沐浴乳 洗面乳 衛生棉"),
    ("5只装，尺寸10厘米", "5隻裝，尺寸10公分"),
    ("拉链项链手链", "拉鍊項鍊手鍊"),
    ("意大利面料", "義大利布料"),
]

MACAU = [
    ("澳门币支付，轻轨站旁", "澳門元支付，輕軌站旁"),
    ("公交卡优惠", "交通卡優惠"),
    ("全国包邮，土豆和巧克力", "全國免運費，薯仔和朱古力"),
    ("里面的衬衫", "裏面的恤衫"),
]

# Already Traditional: adapted to Hong Kong, not converted a second time.
TRADITIONAL = [
    ("萬里長城的皇后，千里迢迢", "萬里長城的皇后，千里迢迢"),
    ("裡面的檯燈看著很好", "裏面的枱燈看着很好"),
    ("顯著改善，著名品牌", "顯著改善，著名品牌"),
    ("襯衫和連衣裙，視頻軟件", "恤衫和連身裙，影片軟件"),
    ("余小姐的乾燥花與餅乾", "余小姐的乾燥花與餅乾"),
    ("說明書與閱讀，温和稅務", "說明書與閱讀，溫和稅務"),
]

# What only Taiwan says: none of it may come out for Hong Kong from mainland words.
ONLY_TAIWAN = (
    "洋裝", "馬鈴薯", "優格", "起司", "鮭魚", "鮪魚", "酪梨", "軟體", "硬體", "網路", "列印", "印表機", "隨身碟", "裡",
    "數位", "雷射", "智慧型", "人工智慧", "行動電源", "機車", "計程車", "公車", "公分", "保固", "宅配", "部落格",
    "簡訊", "壓克力", "紐西蘭", "雪梨", "優酪乳", "泡麵", "洗髮精", "沐浴乳", "衛生棉", "大學T", "後背包", "視訊",
)  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), HONG_KONG)
def test_writes_as_hong_kong_shops_do(source: str, expected: str) -> None:
    """Words, one-to-many characters and forms of characters are Hong Kong's."""
    assert expected == converter("hk").convert(source)


@pytest.mark.parametrize(("source", "expected"), TAIWAN)
def test_writes_as_taiwan_shops_do(source: str, expected: str) -> None:
    """Words and forms of characters are Taiwan's."""
    assert expected == converter("tw").convert(source)


@pytest.mark.parametrize(("source", "expected"), MACAU)
def test_writes_as_macau_shops_do(source: str, expected: str) -> None:
    """Macau writes as Hong Kong does, but for its own money and transport."""
    assert expected == converter("mo").convert(source)


@pytest.mark.parametrize(("source", "expected"), TRADITIONAL)
def test_adapts_traditional_text(source: str, expected: str) -> None:
    """Traditional text gets the market's words and forms, and its own ambiguous characters stay."""
    assert expected == converter("hk").convert(source)


@pytest.mark.parametrize("source", [source for source, _ in TAIWAN])
def test_taiwan_does_not_leak_into_hong_kong(source: str) -> None:
    """Nothing that only Taiwan says comes out for Hong Kong or Macau."""
    assert [] == [word for word in ONLY_TAIWAN for market in ("hk", "mo") if word in converter(market).convert(source)]


def test_no_hong_kong_target_is_taiwanese() -> None:
    """No target of the Hong Kong and Macau glossaries is a word that only Taiwan says."""
    targets = {*terms("hk").values(), *terms("mo").values()}
    found = {target for target in targets if any(word in target for word in ONLY_TAIWAN)}
    # Guards in which the word only seems to stand, and what Hong Kong says too: 衛生棉條, of which 衛生棉 is no part.
    assert {"一起司", "網路由", "辦公車"} | {f"衛生棉{end}" for end in ("條", "花棒", "球", "柔")} >= found


@pytest.mark.parametrize("market", MARKETS)
def test_every_term_comes_out_as_its_target(market: str) -> None:
    """Each source converts to its target, no longer entry or guard gets in its way."""
    assert terms(market) == {source: converter(market).convert(source) for source in terms(market)}


@pytest.mark.parametrize("market", MARKETS)
def test_every_target_is_final(market: str) -> None:
    """A target converts to itself, so what was converted once stays."""
    targets = sorted(set(terms(market).values()))
    assert targets == [converter(market).convert(target) for target in targets]


@pytest.mark.parametrize("market", MARKETS)
def test_no_target_has_simplified_characters(market: str) -> None:
    """Targets are Traditional."""
    assert [] == [target for target in terms(market).values() if simplified_only() & set(target)]


@pytest.mark.parametrize(("market", "least"), [("hk", 350), ("mo", 5), ("tw", 150)])
def test_glossary_is_well_formed(market: str, least: int) -> None:
    """The file has enough entries, none of a single character, none twice, and nothing invisible in it."""
    with (GLOSSARIES / market / "terms.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    sources = [row["source"] for row in rows if row["status"] == "preferred"]
    assert least <= len(sources)
    assert len(set(sources)) == len(sources)
    assert [] == [source for source in sources if len(source) < 2]
    cells = [cell for row in rows for cell in row.values()]
    assert [] == [cell for cell in cells if cell != cell.strip() or not (cell == "" or cell.isprintable())]


# Chinese text as it comes: words of the tables, telling and ambiguous characters, masks, Latin, what breaks encoders.
WORDS = sorted({word for source, _ in HONG_KONG + TAIWAN + TRADITIONAL for word in source.split("，")})
AMBIGUOUS = "干后里面发系只松表钟制复折赞冲卷杆签谷姜斗板布周尽历台吊克升"
ODD = [
    "ZQ1",
    "ZQ2",
    " ",
    "\n",
    "“",
    "”",
    "‘",
    "’",
    "5",
    "只",
    "😀",
    "👩‍👩‍👧",
    "\ud83d",
    "\udfff",
    "\x00",
    "\U00020000",
    "豈",
    "&amp;",
    "http://a.example/",
]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(WORDS), st.text(AMBIGUOUS + "乾後裡麵發繫隻鬆錶鐘製複摺著臺", max_size=6), st.sampled_from(ODD)
    ),
    max_size=8,
).map("".join)
ANY_TEXT = st.text(st.characters(), max_size=40)  # with lone surrogates
NOT_CHINESE = st.text(
    st.one_of(st.sampled_from(string.printable), st.characters()).filter(lambda ch: not has_han(ch)), max_size=40
)


@pytest.mark.parametrize("market", MARKETS)
@given(text=st.one_of(TEXTS, ANY_TEXT))
@settings(max_examples=150, deadline=None)
def test_converting_twice_changes_nothing(market: str, text: str) -> None:
    """convert(convert(x)) == convert(x)."""
    once = converter(market).convert(text)
    assert once == converter(market).convert(once)


@given(text=NOT_CHINESE)
@settings(max_examples=150, deadline=None)
def test_text_without_chinese_is_unchanged(text: str) -> None:
    """Latin, digits, addresses, emoji, quotation marks, kana and lone surrogates come out as they went in."""
    assert text == converter("hk").convert(text)


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_what_is_not_chinese_survives(text: str) -> None:
    """Everything but Chinese characters and quotation marks comes out, in order."""
    strange = [ch for ch in text if not has_han(ch) and ch not in "“”‘’"]
    converted = bare().convert(text)  # a term may bring letters: U盘 -> USB手指
    assert strange == [ch for ch in converted if not has_han(ch) and ch not in "“”‘’「」『』"]


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_no_simplified_character_is_left(text: str) -> None:
    """A Simplified-only character outside a web address never comes out."""
    assert set() == simplified_only() & set(converter("hk").convert(text.replace("http://a.example/", "")))


@given(text=TEXTS)
@settings(max_examples=100, deadline=None)
def test_kept_texts_stay(text: str) -> None:
    """What is to be kept comes out as often as it went in, even where it is Simplified."""
    kept = "发云朵"
    assert text.count("发云朵") + 1 <= converter("hk").convert(f"{text}，{kept}", keep=[kept]).count(kept)


def test_without_terms_is_opencc_with_the_forms_of_shops() -> None:
    """The converter works with no terms; 麪, 牀, 説 become what shops write, 裏 and 着 stay."""
    assert "麵包 麵條 床 說 溫 群 啟 裏面 看着" == bare().convert("面包 面条 床 说 温 群 启 里面 看着")


def test_a_text_that_mixes_both_goes_clause_by_clause() -> None:
    """A Simplified clause of a Traditional text is converted, a stray Simplified character alone is, too."""
    source = "這件連衣裙很好看，后面有拉链，皇后的礼物很貴重"
    assert "這件連身裙很好看，後面有拉鏈，皇后的禮物很貴重" == converter("hk").convert(source)


def test_a_term_inside_a_latin_word_is_none() -> None:
    """A source that begins with a letter does not match inside a longer word."""
    assert "USB手指 MU盤" == converter("hk").convert("U盘 MU盘")


def test_sources_match_in_either_case() -> None:
    """u盘 is U盘."""
    assert "USB手指" == converter("hk").convert("u盘")


def test_web_addresses_are_untouched() -> None:
    """An address ends where Chinese text goes on, and has Chinese in it after a separator."""
    source = "见https://a.example/商品/干?x=1 或www.b.example点击购买"
    assert "見https://a.example/商品/干?x=1 或www.b.example點擊購買" == converter("hk").convert(source)


def test_lone_surrogates_split_the_text() -> None:
    """OpenCC cannot encode them: what stands around them is converted."""
    assert "\ud800發貨\udfff髮夾" == converter("hk").convert("\ud800发货\udfff发夹")


def test_nul_does_not_end_the_text() -> None:
    """OpenCC stops at a NUL: what stands behind it is converted, too."""
    assert "發貨\x00髮夾" == converter("hk").convert("发货\x00发夹")


def test_mask_tokens_are_untouched() -> None:
    """Tokens stay, and stand between words."""
    assert "ZQ1連身裙ZQ2免運費ZX10" == converter("hk").convert("ZQ1连衣裙ZQ2包邮ZX10")


def test_inches_are_no_quotation() -> None:
    """A closing mark alone, and quotation marks around Latin, stay."""
    assert "15.6”屏幕 “iPhone”適用" == converter("hk").convert("15.6”屏幕 “iPhone”适用")


def test_long_text() -> None:
    """A text of 100 kB is converted like a short one."""
    source = "修复发膜，5只装，包邮。"
    assert converter("hk").convert(source) * 3000 == converter("hk").convert(source * 3000)


@pytest.mark.parametrize("market", ["us", "", "HK"])
def test_refuses_other_markets(market: str) -> None:
    """A market that is not written in Traditional characters is a usage error that says which are."""
    with pytest.raises(UsageError, match="hk, mo, tw"):
        HantConverter(market, {})


def test_beats_opencc_alone_on_the_table() -> None:
    """The terms and tables are needed: OpenCC alone gets less than a fifth of the Hong Kong table right."""
    from opencc import OpenCC

    alone = OpenCC("s2hk")
    assert len(HONG_KONG) / 5 > sum(expected == alone.convert(source) for source, expected in HONG_KONG)


def request(source: str, **changes: object) -> Request:
    """Return a request for a title."""
    return Request(source=source, field="title", style="phrase", **changes)  # type: ignore[arg-type]


def test_engine_converts_a_batch_in_order() -> None:
    """One reply for each request, without log-probability and tokens."""
    engine = HantEngine("hk", terms("hk"))
    replies = engine.translate([request("连衣裙"), request(""), request("Nike Air"), request("里面")])
    assert ["連身裙", "", "Nike Air", "裏面"] == [reply.text for reply in replies]
    assert {(None, 0)} == {(reply.logprob, reply.tokens) for reply in replies}
    engine.close()


def test_engine_leaves_rendered_terms_and_quantities_alone() -> None:
    """What `protect.render` wrote into the body is not converted again, with or without terms of the engine's own."""
    source = "云朵家居衬衫约2斤[x]里面"
    asked = request(
        source,
        terms=(
            TermMatch(start=0, end=4, source="云朵家居", target="云朵家居", keep=True),
            TermMatch(start=4, end=6, source="衬衫", target="恤衫"),
        ),
        quantities=(Quantity(start=7, end=9, text="2斤", kind="mass", low="2", high="2", unit="斤", target="1公斤"),),
        masks=(Mask(start=9, end=12, text="[x]", kind="placeholder"),),
    )
    for engine in (HantEngine("hk", {}), HantEngine("hk", terms("hk"))):
        assert f"云朵家居恤衫約1公斤{protect.token(1)}裏面" == engine.translate([asked])[0].text
        assert "云朵家居恤衫約1公斤[x]裏面" == protect.restore(asked, engine.translate([asked])[0].text).text


def test_engine_sets_spaces_as_chinese_does() -> None:
    """No space comes between a word and a digit, one does between two Latin words."""
    asked = request(
        "5分钟用Nike小猪佩奇T恤",
        terms=(
            TermMatch(start=1, end=3, source="分钟", target="分鐘"),
            TermMatch(start=8, end=12, source="小猪佩奇", target="Peppa Pig"),
        ),
    )
    assert "5分鐘用Nike Peppa Pig T恤" == HantEngine("hk", {}).translate([asked])[0].text


@pytest.mark.parametrize(("source", "expected"), HONG_KONG + TRADITIONAL)
def test_engine_writes_what_the_converter_writes(source: str, expected: str) -> None:
    """The terms that the termbase finds, written in by the rendering, make the same text as the converter's overlay."""
    termbase = load_termbase(GLOSSARIES, ("hk",))
    asked = request(source, terms=termbase.match(source, field="title"), masks=protect.protect(source))
    assert expected == protect.restore(asked, HantEngine("hk", {}).translate([asked])[0].text).text


def test_engine_measures_characters() -> None:
    """Requests are sorted by their length."""
    assert 3 == HantEngine("hk", {}).measure(request("连衣裙"))


def test_engine_name_says_what_the_output_depends_on() -> None:
    """Market, OpenCC's version and the terms are in the name; it costs no converter."""
    name = HantEngine("mo", {"土豆": "薯仔"}).name
    assert name.startswith("opencc-mo@")
    assert name.endswith("+" + digest({"土豆": "薯仔"})[:8])
    assert name == engine_name("mo", {"土豆": "薯仔"})
    assert name != engine_name("mo", {"土豆": "馬鈴薯"})
    assert engine_name("hk").split("+")[1] == engine_name("mo").split("+")[1]


@pytest.mark.shared
def test_closer_to_human_hong_kong_wording_than_opencc(shared: Path) -> None:
    """On shop and app strings that people localized for Hong Kong, chrF is higher than OpenCC's alone."""
    from opencc import OpenCC
    from sacrebleu.metrics.chrf import CHRF

    with (shared / "zh-hk-ui" / "dev.tsv").open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    pairs = [(row[2], row[4]) for row in rows if len(row) > 4 and row[2] and row[4]]
    human = [[target for _, target in pairs]]
    ours = CHRF().corpus_score([converter("hk").convert(source) for source, _ in pairs], human)
    alone = OpenCC("s2hk")
    theirs = CHRF().corpus_score([alone.convert(source) for source, _ in pairs], human)
    assert ours.score > theirs.score + 1.5


def test_a_lane_stays_in_a_name() -> None:
    """里 at the end of a shop's name is a lane, and no inside."""
    request = Request(source="松柏里", field="brand", style="phrase")
    assert "松柏里" == HantEngine("hk", {}).translate([request])[0].text


@pytest.mark.parametrize("between", ["\x1e", "\x1e\x1e", "，"])
def test_a_separator_in_the_text(between: str) -> None:
    """The character that joins the gaps between terms may stand in the text itself."""
    converter = HantConverter("hk", {"衬衫": "恤衫", "连衣裙": "連身裙"})
    parts = ["头发很长", "衬衫", "里面", "连衣裙", "后天"]
    expected = ["頭髮很長", "恤衫", "裏面", "連身裙", "後天"]
    assert between.join(expected) == converter.convert(between.join(parts))
    assert between == converter.convert(between)
