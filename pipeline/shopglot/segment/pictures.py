"""What stands for a picture: emoji sequences, the bracketed emoji codes of Chinese platforms, kaomoji."""

from __future__ import annotations

# Pictographs that stand for themselves. Circled digits (2776-2793) are ordinals and not among them.
_PICTOGRAPH = (
    "[\u203b\u25a0\u25aa\u25b2\u25b6\u25ba\u25bc\u25c0\u25c6\u25c7\u25cf\u231a\u231b\u23e9-\u23fa"
    "\u2600-\u2714\u2717-\u2775\u2794-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
    # ✕ and ✖ between digits multiply: 10✖20cm.
    "|[\u2715\u2716](?![0-9])"
    # Characters that are emoji only where the variation selector says so.
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u2580-\u25ff\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299]\ufe0f"
)
_DECORATED = f"(?:{_PICTOGRAPH})[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
_EMOJI = f"(?:[0-9#*]\ufe0f?\u20e3\ufe0f?|[\U0001f1e6-\U0001f1ff]{{1,2}}|{_DECORATED}(?:\u200d{_DECORATED})*+)++"

# Xiaohongshu writes [笑哭R]; other platforms write bare words, of which only those are codes that nobody would print
# on a label: [礼物], [咖啡], [玫瑰] and [福] are text.
_CODES = (
    "微笑|撇嘴|发呆|得意|流泪|害羞|闭嘴|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|抓狂|偷笑|愉快|白眼|傲慢|惊恐|憨笑|悠闲|咒骂"
    "|疑问|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|左哼哼|右哼哼|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|脸红|破涕为笑|失望|无语"
    "|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|翻白眼|打脸|叹气|苦涩|裂开|爱心|心碎|拥抱|握手|抱拳|勾引|合十|旺柴|社会社会"
    "|让我看看|允悲|笑cry|doge|二哈|馋嘴|嘻嘻|哈哈|可爱|挤眼|爱你|思考|拜拜|赞|点赞|赞啊|比心|送心|飞吻|笑哭|捂嘴笑|泪奔"
    "|泣不成声|石化|吐血|灵机一动|酷拽|强壮|加油|汗|晕|泪|怒|哼|嘘|衰"
)
_CODE = rf"\[(?:[\u4e00-\u9fff]{{1,5}}R|{_CODES})\]"

_FACE = r"\^_;=~\-<>＞＜ωΩ∀▽△Дд≧≦°º•◕‿´｀`๑ﾟ･ಠ益皿﹏￣‾╥╯╰∇ᵔᴥ□╭╮ㅂ˘³ε∩・。.｡*\\/|✿◍◡⊙＾"
_EYE = r"\^_<>ω∀▽Д≧≦°º•◕´｀`๑ﾟಠ益皿﹏￣╥╯╰∇ᵔᴥ˘∩◡⊙＾"
_ARMS = r"[ヽヾ╮┗┐＼٩凸Σ]?[(（]", r"[)）](?:[ﾉノ╭┛┌۶و╯]|︵ ?┻━┻)?"
_KAOMOJI = (
    rf"{_ARMS[0]}(?=[^()（）]{{0,14}}[{_EYE}])[{_FACE}ToOQqUuvVxXwＴ '\"\u0300-\u036f]{{2,15}}{_ARMS[1]}"
    r"|(?<![A-Za-z0-9_<>=\-^])(?:\^(?:_{1,3}|\.|o|O|-)\^|>_{1,3}<|=_+=|[TＴ]_{1,3}[TＴ]|[oO]_[oO]|⊙_⊙|-_-|[ToO]▽[ToO])(?![A-Za-z0-9_])"
)
PICTURE = rf"{_EMOJI}|{_CODE}|{_KAOMOJI}"
"""A run of emoji, one emoji code, or one kaomoji."""
