"""The queue's address: what it says is what is shown, and what it cannot say is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.review.filtering import BadViewError, View, read_page, read_view
from shopglot.store.schema.desk import STATES

MARKETS = ("us", "hk")

FULL = View(
    market="hk", states=("open", "escalated"), field="title", category="家居 & 床品", merchant="某某旗舰店=1",
    reason="hk.umao.disease-claim", severity="error", low=0.25, high=0.5, assignee="ying", older=2.5, newer=30,
    run=12, outdated=True, mine=True, search="記憶棉 50% #1 🛏️", sort="due",
)  # fmt: skip


def read(query: str, markets: tuple[str, ...] = MARKETS) -> View:
    """Return the view of a query string."""
    return read_view(parse_qsl(query, keep_blank_values=True), markets)


def test_first_view() -> None:
    """An address without parameters shows the open pages of the first market."""
    view = read("")
    assert view == View(market="us")
    assert view.query() == "market=us"
    assert not view.narrowed


def test_round_trip() -> None:
    """Everything that can be chosen is in the address and comes back from it."""
    assert read(FULL.query()) == FULL
    assert FULL.narrowed


_words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).filter(lambda text: text == text.strip())


@given(
    st.builds(
        View, market=st.sampled_from(MARKETS), field=_words, category=_words, merchant=_words, reason=_words,
        search=_words, low=st.none() | st.integers(0, 100).map(lambda value: value / 100),
        run=st.none() | st.integers(1, 2**31 - 1), outdated=st.booleans(), mine=st.booleans(),
        states=st.sets(st.sampled_from(STATES), min_size=1).map(
            lambda chosen: tuple(state for state in STATES if state in chosen)
        ),
    )
)  # fmt: skip
def test_every_view_round_trips(view: View) -> None:
    """Whatever is filtered by, the address says it."""
    assert read(view.query()) == view


def test_blank_fields_of_a_form_are_no_filters() -> None:
    """A form without JavaScript sends every field, most of them empty."""
    assert read("market=us&q=&state=&field=&low=&high=&older=&newer=&run=&sort=") == View(market="us")


def test_unknown_parameters_are_passed_over() -> None:
    """What other pages put into the address does not disturb."""
    assert read("market=hk&after=x&notice=y&utm_source=z") == View(market="hk")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("market=tw", "market"),
        ("market=../..", "market"),
        ("state=gone", "state"),
        ("state=open&state=0", "state"),
        ("low=nan", "low"),
        ("low=inf", "low"),
        ("low=-0.1", "low"),
        ("high=1.01", "high"),
        ("high=1e-3", "high"),
        ("high=０.５", "high"),
        ("older=99999999999", "older"),
        ("newer=1_0", "newer"),
        ("run=0", "run"),
        ("run=1.5", "run"),
        ("run=99999999999999999999999", "run"),
        ("run=2147483648", "run"),
        ("outdated=yes", "outdated"),
        ("mine=2", "mine"),
        ("sort=title", "sort"),
        ("category=" + "x" * 2001, "category"),
    ],
)
def test_nonsense_is_refused(query: str, name: str) -> None:
    """A value that no page of the desk has made names its parameter."""
    with pytest.raises(BadViewError) as caught:
        read(query)
    assert caught.value.name == name


@given(st.lists(st.tuples(st.sampled_from(("market", "state", "low", "run", "q", "sort", "older", "mine")), st.text())))
def test_nothing_else_is_raised(pairs: list[tuple[str, str]]) -> None:
    """Whatever an address holds, it is a view or refused."""
    try:
        view = read_view(pairs, MARKETS)
    except BadViewError:
        return
    assert (
        read(view.query()) == view
        or "\ufffd" in view.query()
        or any("\ud800" <= one <= "\udfff" for one in view.search)
    )


def test_no_market_is_no_view() -> None:
    """A user of no market sees none."""
    with pytest.raises(BadViewError):
        read("", ())


def test_without() -> None:
    """Each filter can be taken away by itself."""
    assert FULL.without("q").search == ""
    assert FULL.without("state", "open").states == ("escalated",)
    assert FULL.without("state", "open").without("state", "escalated").states == ("open",)
    assert FULL.without("low").low is None
    assert FULL.without("outdated").outdated is False
    left = FULL
    for name, value in FULL.pairs():
        if name not in ("market", "sort"):
            left = left.without(name, value)
    assert left == View(market="hk", sort="due")
    assert not left.narrowed


def test_search_is_cut() -> None:
    """Nobody searches for a page of text."""
    assert len(read("q=" + "长" * 5000).search) == 200


def test_filter_of_a_view() -> None:
    """The store is asked for what the view shows, and `me` is whoever looks."""
    asked = read("market=us&assignee=@me&mine=1&older=2&reason=us.&q=枕头").filter("ying")
    assert (asked.market, asked.assignee, asked.mine, asked.older_than, asked.reason, asked.search) == (
        "us", "ying", "ying", 2, "us.", "枕头",
    )  # fmt: skip
    assert read("assignee=-").filter("ying").assignee == "-"


@pytest.mark.parametrize(
    "text", ["", "us", "us:", "us:0", "us:-1", "us:1:2", "US:1", "us:１", "us:99999999999999999999", "us:1\n"]
)
def test_bad_page(text: str) -> None:
    """What names no page is refused."""
    with pytest.raises(BadViewError):
        read_page(text)


def test_page() -> None:
    """A page is named by market and number."""
    assert read_page("hk:12") == ("hk", 12)
