"""The sound of frequent Chinese characters, without tones: enough to leave a word of most sources in pinyin."""

from __future__ import annotations

_TABLE = (
    "ai 爱 an 安案按 bai 白百 ban 半办般版板 bao 包保报宝薄 bei 北备被背杯 ben 本 bi 比笔必 bian 边变便 biao 表标 "
    "bing 冰病 bo 波播 bu 不部布步补 cai 材才彩采菜财 can 参餐 cao 草操 ce 测侧 chan 产 chang 长场厂常 chao 超潮 "
    "che 车 chen 陈衬 cheng 成城程 chi 尺吃持 chong 充 chu 出处初 chuan 传穿船 chuang 床窗创 chun 春纯 ci 次词瓷 "
    "cong 从 da 大打达 dai 带代袋 dan 单但蛋 dang 当 dao 到道导 de 的得德 deng 等灯 di 地第低底 dian 店点电 "
    "diao 调掉 ding 定顶订 dong 东动冬 dou 都 du 度独 duan 短段 dui 对队 duo 多 er 儿二耳 fa 发法 fan 反范饭 "
    "fang 方放房防 fei 非费飞 fen 分粉 feng 风封 fu 服复福富负 gai 改盖 gan 感干 gang 刚钢 gao 高告 ge 个格各 "
    "gei 给 gen 根 geng 更 gong 工公功共 gou 够购 gu 古顾固 gua 挂 guan 关官管 guang 光广 gui 贵规柜 guo 国果过 "
    "hai 海还孩 han 汉含 hao 好号 he 和合河盒 hei 黑 hen 很 hong 红 hou 后厚 hu 户护湖 hua 花化话画 huai 怀 "
    "huan 换环欢 huang 黄 hui 会回 huo 活货火 ji 机计季几技济级集 jia 家加价夹 jian 间件建简 jiang 江将 jiao 交教角 "
    "jie 结节街接 jin 金今进近 jing 经精京 jiu 九酒就 ju 具局聚 jue 觉决 jun 军 kai 开 kan 看 kao 考烤 ke 可科客课 "
    "kong 空控 kou 口扣 ku 裤 kuai 快块 kuan 款宽 lai 来 lan 蓝 lao 老 le 乐 lei 类 leng 冷 li 理力里利立丽 "
    "lian 连脸 liang 亮两量 liao 料 lin 林 ling 领零 liu 六流 long 龙 lou 楼 lu 路绿 lü 旅 lun 论轮 luo 落 ma 马妈 "
    "mai 买卖 man 满 mao 毛帽 mei 美每妹 men 门们 mi 米密 mian 面棉 miao 秒 min 民 ming 明名 mo 模摸 mu 木目 "
    "na 那拿 nai 耐奶 nan 南男难 nao 脑 nei 内 neng 能 ni 你泥 nian 年 niu 牛 nong 农 nu 努 nü 女 nuan 暖 "
    "pai 拍牌 pan 盘 pao 跑泡 pei 配 pi 皮批 pian 片偏 piao 票漂 pin 品 ping 平评瓶 po 破 pu 普铺 "
    "qi 其起气期七器 qian 前钱千 qiang 强墙 qiao 桥 qing 清情轻请 qiu 球秋 qu 去区取 quan 全 qun 群裙 ran 然 "
    "re 热 ren 人认 ri 日 rong 容 rou 肉柔 ru 如入 ruan 软 run 润 sai 赛 san 三 se 色 sha 沙纱 shan 山闪 "
    "shang 上商尚 shao 少 she 设社 shen 身深 sheng 生声省 shi 是时事市实食式室试石使 shou 手收首 shu 书数舒 "
    "shuang 双爽 shui 水 shun 顺 shuo 说 si 四丝 song 送松 su 速素 suan 算酸 sui 随岁 ta 他她 tai 台太 tan 弹 "
    "tang 糖汤 tao 套 te 特 ti 体题提 tian 天甜 tiao 条 tie 贴 ting 听停 tong 同通 tou 头 tu 图土 tui 推 tuan 团 "
    "wai 外 wan 完玩晚 wang 网望 wei 为位味卫 wen 文问温 wo 我 wu 无五物务 xi 西洗系细 xia 下夏 xian 先线现 "
    "xiang 想相香箱 xiao 小笑效 xie 鞋写 xin 新心信 xing 行性型星 xiu 修秀 xu 需许 xuan 选 xue 学雪 ya 压亚 "
    "yan 眼颜严 yang 样羊 yao 要腰 ye 也业夜 yi 一以意衣医 yin 因音 ying 应影英 yong 用 you 有优油友 yu 与雨语育 "
    "yuan 元员原院 yue 月 yun 运云 zai 在 zao 早造 zen 怎 zeng 增 zhan 站展 zhang 张章 zhao 照找 zhe 这者 "
    "zhen 真针 zheng 正政证 zhi 只之质制纸直 zhong 中重 zhou 周州 zhu 主住 zhuan 专转 zhuang 装 zhun 准 zi 子自字 "
    "zong 总 zou 走 zu 组足 zui 最 zuo 作做座"
)
_PARTS = _TABLE.split()
_SOUND = {letter: sound for sound, row in zip(_PARTS[::2], _PARTS[1::2], strict=True) for letter in row}


def spell(word: str) -> str:
    """Return the syllables of a word with spaces between, "" where a character's sound is not known here."""
    sounds = [_SOUND.get(letter, "") for letter in word]
    return " ".join(sounds) if all(sounds) else ""
