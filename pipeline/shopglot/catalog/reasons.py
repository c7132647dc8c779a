"""Why a catalog line is no listing: stable ids, each with a sentence for the operator and one for the merchant."""

from __future__ import annotations

from shopglot.types import BrokenLine

MAX_LINE_BYTES = 4 * 1024 * 1024
"""A line, a CSV record or a Parquet row (as JSON) may have this many bytes."""
MAX_FIELD_CHARS = 100_000
"""One text may have this many characters."""
MAX_ID_CHARS = 255
"""An id or a merchant may have this many characters: both are keys of the store."""
MAX_DEPTH = 100
"""Lists and objects may be nested this deep; the listing itself is level 1."""

_SHOWN = 200  # characters of a name or path that a message shows

REASONS: dict[str, tuple[str, str]] = {
    "cell.json": (
        "Column {column} is not valid JSON: {detail}; correct the cell.",
        "“{column}”列不是有效的 JSON（{detail}），请修正该单元格。",
    ),
    "columns.count": (
        "The row has {found} columns, the header has {expected}; check for missing or unquoted commas.",
        "该行有 {found} 列，而表头有 {expected} 列；请检查是否缺少逗号，或含逗号的内容未加引号。",
    ),
    "csv.invalid": (
        "The row is not valid CSV: {detail}; quotes inside a quoted cell must be doubled, and each be closed.",
        "该行不是有效的 CSV（{detail}）；引号内的引号须写两次，且每个引号都要闭合。",
    ),
    "encoding.invalid": (
        "Not valid UTF-8 at byte offset {offset} of the line; save the file as UTF-8.",
        "该行偏移 {offset} 字节处不是有效的 UTF-8；请将文件另存为 UTF-8 编码。",
    ),
    "field.too-long": (
        "{field} has {found:,} characters; at most {limit:,} are accepted. Shorten it.",
        "{field} 有 {found:,} 个字符，最多允许 {limit:,} 个，请缩短。",
    ),
    "field.type": (
        "{field} must be {expected}, not {found}.",
        "{field} 的类型不对：应为{expected_zh}，而不是{found_zh}。",
    ),
    "fields.missing": (
        "`fields` is missing; it holds the texts to translate.",
        "缺少 `fields`；待翻译的文字都放在其中。",
    ),
    "fields.type": (
        "`fields` must be an object, not {found}.",
        "`fields` 应为对象，而不是{found_zh}。",
    ),
    "id.missing": (
        "`id` is missing or empty; every listing needs one.",
        "缺少 `id` 或其为空；每个商品都必须有 id。",
    ),
    "id.type": (
        "`id` must be a string, not {found}; put it in quotes.",
        "`id` 应为字符串，而不是{found_zh}；请加上引号。",
    ),
    "json.duplicate-key": (
        "The name {key} occurs twice in one object; keep one of them.",
        "同一对象中重复出现名称 {key}，请只保留一个。",
    ),
    "json.invalid": (
        "Not valid JSON: {detail}; correct the line.",
        "不是有效的 JSON（{detail}），请修正该行。",
    ),
    "json.type": (
        "{field} is {found}, which JSON cannot hold.",
        "{field} 的类型（{found}）无法用 JSON 表示。",
    ),
    "line.empty": (
        "The line is empty; remove it.",
        "该行为空，请删除。",
    ),
    "line.too-long": (
        "The line has more than {limit:,} bytes; split or shorten it.",
        "该行超过 {limit:,} 字节，请拆分或缩短。",
    ),
    "nesting.too-deep": (
        "Lists and objects are nested more than {limit} levels deep; flatten the listing.",
        "列表和对象的嵌套超过 {limit} 层，请简化结构。",
    ),
    "number.not-finite": (
        "{field} is not a finite number (NaN and Infinity are not JSON); write a number or null.",
        "{field} 不是有限的数字（JSON 不允许 NaN 和 Infinity）；请填写数字或 null。",
    ),
    "object.expected": (
        "A listing is a JSON object, not {found}.",
        "商品应为一个 JSON 对象，而不是{found_zh}。",
    ),
    "product.broken": (
        "A row of this product is broken, so the whole product is left out. {detail}",
        "该商品有一行有误，因此整个商品未被处理。{detail_zh}",
    ),
    "text.control": (
        "{field} contains the character U+0000, which cannot be stored; remove it.",
        "{field} 含有无法保存的空字符（U+0000），请删除。",
    ),
    "text.surrogate": (
        "{field} contains half of a surrogate pair (such as \\ud83d alone); write the character whole.",
        "{field} 含有不完整的代理对（如单独的 \\ud83d），不是有效字符；请写出完整的字符。",
    ),
}

_KINDS = {
    "NoneType": ("null", "null"),
    "bool": ("a boolean", "布尔值"),
    "bytes": ("bytes", "字节串"),
    "dict": ("an object", "对象"),
    "float": ("a number", "数字"),
    "int": ("a number", "数字"),
    "list": ("a list", "列表"),
    "str": ("a string", "字符串"),
}


class LineError(Exception):
    """A reason on its way to becoming a BrokenLine, which needs the line's number and identity as well.

    `field` is a JSON Pointer into the listing, or ""; `facts` are what the reason's sentences mention.
    """

    def __init__(self, reason: str, *, field: str = "", **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.facts = facts


def kind(value: object) -> dict[str, str]:
    """Return what `value` is, as the facts `found` and `found_zh`."""
    name = type(value).__name__
    english, chinese = _KINDS.get(name, (name, name))
    return {"found": english, "found_zh": chinese}


def broken(error: LineError, *, line: int, merchant: str = "", identity: str = "") -> BrokenLine:
    """Return the BrokenLine for an error; names and paths are shortened and made printable."""
    facts = {name: show(value) if isinstance(value, str) else value for name, value in error.facts.items()}
    english, chinese = REASONS[error.reason]
    field = show(error.field)
    return BrokenLine(
        line=line,
        reason=error.reason,
        message=english.format(field=f"`{field}`" if field else "The listing", **facts),
        message_zh=chinese.format(field=f"“{field}”" if field else "该商品", **facts),
        field=field,
        merchant=merchant,
        id=identity,
    )


def show(text: str) -> str:
    """Return `text` so that it can be printed and stored: no lone surrogates, no U+0000, not endless."""
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
