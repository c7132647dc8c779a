"""Names of files: in headers and on pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.review.exchange.naming import attachment, display

EXTENDED = "; filename\\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+"
HEADER = re.compile(f'attachment; filename="[A-Za-z0-9._ -]+"({EXTENDED})?')


@given(st.text(max_size=300))
def test_no_name_ends_the_header(name: str) -> None:
    """Whatever a file is called, the header is one line of the standard's form, and ASCII."""
    assert HEADER.fullmatch(attachment(name)), attachment(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("out.xlf", 'attachment; filename="out.xlf"'),
        ('a"\r\nX-Y: 1;.xlf', "attachment; filename=\"a_X-Y_ 1_.xlf\"; filename*=UTF-8''a%22X-Y%3A%201%3B.xlf"),
        ("../../etc/枕头.csv", "attachment; filename=\"__.csv\"; filename*=UTF-8''%E6%9E%95%E5%A4%B4.csv"),
        ("", 'attachment; filename="file"'),
        ("\ud800.csv", 'attachment; filename=".csv"'),
    ],
)  # fmt: skip
def test_headers(name: str, value: str) -> None:
    """Quotes, line ends and folders are gone; what is not ASCII follows in UTF-8."""
    assert value == attachment(name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\x\\out.xlf", "out.xlf"),
        ("/tmp/out.xlf", "out.xlf"),  # noqa: S108
        ("evil\u202efdp.xlf", "evilfdp.xlf"),
        ("a\x00b\n.csv", "ab.csv"),
        ("<img src=x onerror=alert(1)>.csv", "<img src=x onerror=alert(1)>.csv"),
        ("n" * 300 + ".xlsx", "n" * 80 + "…" + "n" * 14 + ".xlsx"),
    ],
)
def test_display(name: str, shown: str) -> None:
    """The last part, without what cannot be seen; a page escapes the rest."""
    assert shown == display(name)
