from itertools import count

import pytest
from bench.measure import Samples, interleave, ratio


def test_ratio_is_that_of_the_medians_with_the_middle_half_of_the_rounds() -> None:
    subject = Samples((2.0, 4.0, 6.0, 8.0, 100.0))
    reference = Samples((1.0, 1.0, 2.0, 2.0, 2.0))

    found = ratio(subject, reference)

    assert found.of_medians == 6.0 / 2.0
    assert (found.low, found.high) == (3.0, 4.0)  # of 2, 3, 4, 4, 50


def test_ratio_of_one_round_has_no_spread() -> None:
    found = ratio(Samples((3.0,)), Samples((2.0,)))

    assert (found.low, found.of_medians, found.high) == (1.5, 1.5, 1.5)


def test_ratio_refuses_samples_of_different_runs() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio(Samples((1.0, 2.0)), Samples((1.0,)))


def test_samples_without_a_measurement_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Samples(())


def test_samples_say_their_smallest_median_and_largest() -> None:
    samples = Samples((5.0, 1.0, 2.0))

    assert (samples.smallest, samples.median, samples.largest) == (1.0, 2.0, 5.0)


def test_interleave_goes_turn_by_turn_and_lets_another_begin_each_round() -> None:
    done: list[str] = []

    def note(name: str) -> float:
        done.append(name)
        return 1.0

    interleave({"a": lambda: note("a"), "b": lambda: note("b")}, rounds=3, warm_up=1)

    assert "".join(done) == "ab" + "ba" + "ab" + "ba"


def test_interleave_throws_the_warm_up_away_and_keeps_the_rest_in_order() -> None:
    seconds = count(1)

    samples = interleave({"a": lambda: float(next(seconds))}, rounds=3, warm_up=2)

    assert samples["a"].seconds == (3.0, 4.0, 5.0)


def test_interleave_prepares_each_round_once() -> None:
    prepared: list[None] = []

    interleave(
        {"a": lambda: 1.0, "b": lambda: 1.0},
        rounds=3,
        warm_up=2,
        before_each_round=lambda: prepared.append(None),
    )

    assert len(prepared) == 5
