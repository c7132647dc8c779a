"""Figures as Prometheus reads them: held against its own client's parser."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from shopglot.exposition import Metric, expose, find_value


def parsed(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Return what a reader finds: values by name and labels. A figure that comes twice is a mistake."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {
        family.name: {tuple(sorted(sample.labels.items())): sample.value for sample in family.samples}
        for family in families
    }


def test_form() -> None:
    """Help, type and values; a figure without any is left out."""
    pages = Metric(name="shop_pages", meaning="Pages.\nBy market.")
    pages.put(3, market="us", state='a "b"\\\n')
    pages.put(0.25)
    text = expose([pages, Metric(name="nothing", meaning="None.")])
    assert text.splitlines() == [
        "# HELP shop_pages Pages.\\nBy market.",
        "# TYPE shop_pages gauge",
        'shop_pages{market="us",state="a \\"b\\"\\\\\\n"} 3',
        "shop_pages 0.25",
    ]
    assert text.endswith("\n")


@given(
    st.dictionaries(st.text(max_size=20), st.floats() | st.integers(-(2**60), 2**60).map(float), min_size=1, max_size=5)
)
def test_any_label_and_value_is_read_back(values: dict[str, float]) -> None:
    """Whatever stands in a label: a reader finds it as it was, but for what is no UTF-8."""
    metric = Metric(name="m", meaning="M.")
    expected: dict[str, float] = {}
    for label, value in values.items():
        shown = label.encode("utf-8", "replace").decode()
        if shown not in expected:
            metric.put(value, label=label)
            expected[shown] = value
    text = expose([metric])
    text.encode("utf-8")
    # The client's parser takes other line ends for line ends too; Prometheus itself does not.
    if any(len(label.splitlines()) > 1 or label != label.strip() for label in expected):
        return
    found = {labels[0][1]: value for labels, value in parsed(text)["m"].items()}
    assert {k: repr(v) for k, v in expected.items() if not math.isnan(v)} == {
        k: repr(v + 0.0) if v else repr(expected[k]) for k, v in found.items() if not math.isnan(v)
    }


def test_value_of_a_text() -> None:
    """A figure is found by its whole name; what is no number is none."""
    text = '# HELP a A.\na 1795439712.5\nab 3\nb{x="1"} 2\nc no\nd 4 1795439712000\n'
    assert [1795439712.5, 3.0, None, None, 4.0, None] == [
        find_value(text, name) for name in ("a", "ab", "b", "c", "d", "e")
    ]
