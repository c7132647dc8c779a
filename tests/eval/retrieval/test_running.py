"""The cells: fixed texts, the same under all conditions; what is kept is not asked again, what changed is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines.cards import Card
from shopglot.errors import UsageError
from shopglot.localizer import Localizer
from shopglot_eval.records import Example, Suite
from shopglot_eval.retrieval.asking import Talk
from shopglot_eval.retrieval.running import BLOCKS, NONE, SHARE, Condition, Experiment, named

TURNS = Condition(name="turns-likeness", kind="likeness", way="turns")


@pytest.fixture
def experiment(
    suite: Suite, train: tuple[Example, ...], localizer: Localizer, card: Card, teller: Any, tmp_path: Path
) -> Experiment:
    """An experiment with a folder."""
    return Experiment(suite, train, localizer=localizer, card=card, talker=teller, folder=tmp_path, count=2)


def test_blocks_are_the_sets_and_the_sets_the_suite(experiment: Experiment) -> None:
    """Each text is in one block of one set; every third decides."""
    deciding = [one.id for number in range(BLOCKS) for one in experiment.block("decide", number)]
    confirming = [one.id for number in range(BLOCKS) for one in experiment.block("confirm", number)]
    ids = [example.id for example in experiment.examples]
    assert sorted(deciding) == sorted(ids[::SHARE])
    assert sorted(deciding + confirming) == sorted(ids)


def test_a_cell_has_answers_and_what_was_shown(experiment: Experiment, teller: Any) -> None:
    """With each text its own nearest, and none with the condition that has none; costs are counted."""
    plain, shown = experiment.run(NONE, "decide", 0), experiment.run(TURNS, "decide", 0)
    assert all(talk.before == () for talk in teller.talks[: plain.asked])
    assert [pair.output.target for pair in shown.answers.pairs] == ["A Good Thing".capitalize()] * 2
    assert {key: len(own) for key, own in shown.shown.items()} == dict.fromkeys(shown.shown, 2)
    assert not any(plain.shown.values())
    assert shown.shown["d0"][0].id == "t0"
    assert shown.prompt > plain.prompt > 0
    assert shown.tokens == plain.tokens == 3 * plain.asked
    assert shown.questions == plain.questions


def test_what_is_far_is_not_shown(experiment: Experiment, teller: Any) -> None:
    """A text with no example that is like enough is asked as without examples, the others as with them."""
    plain, far = (experiment.run(one, "decide", 0) for one in (NONE, replace(TURNS, name="far", least=1.01)))
    assert not any(far.shown.values())
    assert far.prompt == plain.prompt
    whole = experiment.run(TURNS, "decide", 0)
    likenesses = sorted(one.likeness for own in whole.shown.values() for one in own)
    assert likenesses[0] < likenesses[-1]
    near = experiment.run(replace(TURNS, name="near", least=likenesses[-1]), "decide", 0)
    left = [one.likeness for own in near.shown.values() for one in own]
    assert set(left) == {likenesses[-1]}
    assert len(left) == likenesses.count(likenesses[-1])
    assert plain.prompt < near.prompt < whole.prompt


def test_what_is_kept_is_not_asked_again(experiment: Experiment, teller: Any) -> None:
    """The same cell is read; other examples, another way or other attempts are another cell."""
    first = experiment.run(TURNS, "decide", 0)
    asked = len(teller.talks)
    again = experiment.run(TURNS, "decide", 0)
    assert len(teller.talks) == asked
    assert again.answers.pairs == first.answers.pairs
    assert (again.tokens, again.prompt, again.shown) == (first.tokens, first.prompt, first.shown)
    experiment.count = 1
    experiment.run(TURNS, "decide", 0)
    assert len(teller.talks) == 2 * asked


def test_a_killed_cell_goes_on_with_the_next_batch(experiment: Experiment, teller: Any) -> None:
    """Batches that were answered are kept, and nothing is asked twice."""
    experiment.localizer = replace(experiment.localizer, batch_size=1)
    whole = experiment.run(NONE, "confirm", 1)
    asked = [talk.turn for talk in teller.talks]
    assert len(asked) == whole.asked > 1
    assert experiment.folder
    for path in experiment.folder.glob("*.jsonl"):
        path.unlink()
    teller.talks.clear()
    good = teller.say

    def die(talk: Talk) -> str:
        if len(teller.talks) > 1:
            raise KeyboardInterrupt
        return str(good(talk))

    teller.say = die
    with pytest.raises(KeyboardInterrupt):
        experiment.run(NONE, "confirm", 1)
    before = [talk.turn for talk in teller.talks][:-1]
    teller.talks.clear()
    teller.say = good
    resumed = experiment.run(NONE, "confirm", 1)
    assert before + [talk.turn for talk in teller.talks] == asked
    assert resumed.answers.pairs == whole.answers.pairs


def test_a_page_keeps_its_title(
    train: tuple[Example, ...], suite: Suite, localizer: Localizer, card: Card, teller: Any
) -> None:
    """Also in a block that has no other text of the page: rules go by it."""
    first, second, *rest = suite.examples
    titled = replace(suite, examples=(replace(first, field="title"), second, *rest))
    experiment = Experiment(titled, train, localizer=localizer, card=card, talker=teller)
    assert experiment._texts[second.id].title == first.source
    assert second.id in {one.id for one in experiment.block("confirm", 0)}
    assert first.id in {one.id for one in experiment.block("decide", 0)}


def test_names_of_conditions() -> None:
    """None comes first and once; an unknown one is told with those that there are."""
    assert [one.name for one in named(["turns-random", "none", "turns-random"])] == ["none", "turns-random"]
    with pytest.raises(UsageError, match="known: none, turns-likeness"):
        named(["turns"])


def test_a_small_suite_is_told(
    suite: Suite, train: tuple[Example, ...], localizer: Localizer, card: Card, teller: Any
) -> None:
    """A block without a text cannot be measured."""
    few = Suite(name="few", title="Few", examples=suite.examples[:2], digest="x")
    experiment = Experiment(few, train, localizer=localizer, card=card, talker=teller)
    with pytest.raises(UsageError, match="too few texts"):
        experiment.run(NONE, "decide", 3)
