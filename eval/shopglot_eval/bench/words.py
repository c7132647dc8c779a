"""Words by which the texts of a made catalog differ: what makes one product page another one.

Each class is a row of words that may stand for one another; longer words stand before those that they begin with.
"""

from __future__ import annotations

import re

COLOURS = (
    "雾霾蓝 樱花粉 燕麦白 牛油果绿 奶油白 奶白色 焦糖色 藏青色 墨绿色 酒红色 天蓝色 米白色 卡其色 香槟色 薄荷绿 深灰色 "
    "浅灰色 黑色 白色 红色 蓝色 绿色 粉色 紫色 黄色 灰色 棕色 橙色"
).split()
MATERIALS = (
    "记忆棉 针织棉 纯棉 亚麻 真丝 羊毛 羊绒 牛皮 帆布 硅胶 不锈钢 陶瓷 玻璃 竹纤维 天丝 雪纺 灯芯绒 珊瑚绒 涤纶 尼龙 "
    "实木 铝合金 乳胶 PU皮 牛津布 法兰绒"
).split()
QUALITIES = (
    "轻便 柔软 大容量 简约 加厚 便携 百搭 透气 防水 耐磨 亲肤 保暖 静音 防滑 速干 显瘦 宽松 修身 复古 清新 高级 "
    "耐用 温和 清爽 滋润 香甜 酥脆 细腻 结实 精致 可爱 时髦 实用 省心 舒服 顺滑 蓬松 挺括 轻盈 厚实"
).split()
GOODS = (
    "连衣裙 保温杯 瑜伽垫 帆布包 珍珠耳环 毛绒玩具 手机壳 颈枕 面膜 精华液 洗面奶 口红 防晒霜 运动鞋 双肩包 "
    "行李箱 卫衣 衬衫 牛仔裤 半身裙 外套 围巾 袜子 台灯 香薰 收纳盒 床单 被套 枕头 拖鞋 雨伞 水杯 饭盒 炒锅 "
    "茶具 坚果 饼干 咖啡 绿茶 蜂蜜 项链 手链 发夹 耳机 充电宝 数据线 键盘 鼠标垫 积木 拼图 绘本 笔记本 钢笔 "
    "猫粮 狗窝 帐篷 水壶 跳绳 护膝 泳衣"
).split()
SCENES = (
    "出差 通勤 旅行 居家 上班 上学 露营 健身 约会 聚会 春游 运动 睡觉 午休 夏天 冬天 春秋 雨天 周末 送礼 办公室 宿舍 "
    "厨房 客厅 卧室 户外 海边 机场"
).split()
PEOPLE = "女生 男生 学生党 上班族 宝宝 妈妈 老人 孕妈 情侣 闺蜜 新手 小个子 油皮 干皮 敏感肌 大学生 打工人".split()
CLASSES = (COLOURS, MATERIALS, QUALITIES, GOODS, SCENES, PEOPLE)

OF = {word: row for row in CLASSES for word in row}
ANY = re.compile("|".join(sorted(OF, key=len, reverse=True)))
COLOUR = re.compile("|".join(sorted(COLOURS, key=len, reverse=True)))
# A number that people read: not one within a code, an address or an entity.
NUMBER = re.compile(r"(?<![0-9A-Za-z&#./:_=?%-])[0-9]{1,4}(?:\.[0-9])?(?![0-9./:_-])(?!℃)")
CHINESE_NUMBER = re.compile("[二两三四五六七八九](?=[件色层码升斤支瓶套片盒双款代个只条])")
_LOOSE = re.compile(r"[\W_]+")


def masked(text: str) -> str:
    """Return a text with every number and colour written the same: what differs in them only is equal then."""
    return CHINESE_NUMBER.sub("0", NUMBER.sub("0", COLOUR.sub("色", text)))


def loose(text: str) -> str:
    """Return the masked text without punctuation, spaces and case: one product in several colours and sizes."""
    return _LOOSE.sub("", masked(text)).casefold()
