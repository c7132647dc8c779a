"""What makes a Traditional Chinese text doubtful: characters with several forms, and words that stay at home.

A conversion has no log-probability. Where it goes wrong it is in one of two ways: a Simplified character that stands
for several Traditional ones was given the wrong one, or every character is right and the word is one that a shop in
Hong Kong does not print.
"""

from __future__ import annotations

import re

# Simplified characters that have more than one Traditional form in the texts of shops, the rare ones left out.
AMBIGUOUS = frozenset(
    "干后里发面只台松谷系复历范丑斗几余冲制卷叶回尽并当志托扎折据板极核泛涂淀症私种签纤累胡胜胎脏腊舍致苏"
    "荐蒙表辟郁采钟须饥杆杰柜梁毁熏游漓炼咸咽喂占周扣布帘于云准出升吊合吁家弥别刮刨杯栗欲注涌皂秋筑绕线着药"
    "获蔑虫蜡裙谜赞踪适酸铲锈闲雇雕霉韵黄借克夸娘嘴背"
)

# Mainland, northern and net words that a reader in Hong Kong understands, and would not print.
_AT_HOME = (
    "绝绝子|yyds|YYDS|宝子|宝宝们|姐妹们|集美|家人们|老铁|亲测|种草|拔草|安利|闭眼入|无脑入|抱走|拿捏|拿下|狠狠|上头|上脸|显白"
    "|显瘦|炸街|出片|踩雷|踩坑|翻车|手残|学生党|上班族|打工人|干饭|懒人|小白|大佬|油皮|干皮|敏皮|混油|黄皮|黑皮|素颜"
    "|慎拍|拍下|多拍|误拍|拍大|拍小|补拍|再拍|介意|包邮|到手|券后|领券|满减|秒杀|薅羊毛|捡漏|性价比|平替|大牌|同款|网红|爆款"
    "|七天无理由|运费险|客服|亲们|亲亲|么么哒|哈～|哒|滴～|撒花|冲鸭|冲冲|入手|回购|囤|晒单|好评|差评|追评|返图"
    "|娃|遛娃|宝妈|宝爸|姥姥|姥爷|媳妇|闺女|小伙|大爷|大妈|姑娘|咱|俺|啥|咋|俩|仨|甭|嘎嘎|贼|倍儿|得劲|硌|洇|揣|捎|搁"
    "|胳膊|膈应|刺挠|腻歪|嘚瑟|忽悠|磨叽|趴窝|蹦迪|撸猫|撸铁|撸串|吸猫|奶凶|奶乎|奶呼|治愈系|氛围感|高级感|松弛感|国风|国货|国潮"
    "|[一-龥]儿(?![童子女科媳歌])|[57５７五七]号电池|笔记本|凉白开|西红柿|土豆|酸奶|冰棍|雪糕|自行车|公交|地铁口|打的|充电宝|数据线"
    "|质量|视频|屏幕|鼠标|硬盘|优盘|U盘|网盘|链接|信息|短信|软件|程序|默认|菜单|激活|社交|博主|主播|直播间|小程序|微信|支付宝|淘宝"
)
AT_HOME = re.compile(_AT_HOME)
