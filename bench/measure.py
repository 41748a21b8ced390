"""Samples taken turn by turn in one run, so that what slows the machine slows all that is compared.

samples = interleave({"ours": timed(ours), "bare": timed(bare)}, rounds=200, warm_up=10)
ratio(samples["ours"], samples["bare"])
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Action: TypeAlias = Callable[[], float]
"""Does the thing once and says how many seconds the part took that counts."""


@dataclass(frozen=True, slots=True)
class Samples:
    """How long one thing took, in seconds, round by round."""

    seconds: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.seconds:
            raise ValueError("nothing was measured")

    @property
    def smallest(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def largest(self) -> float:
        return max(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times longer one thing takes than another."""

    of_medians: float
    low: float  # a quarter of the rounds had a smaller ratio
    high: float  # a quarter had a larger one


def ratio(subject: Samples, reference: Samples) -> Ratio:
    """The ratio of the medians, and the middle half of the ratios round by round.

    Both must come from the same ``interleave``: the n-th sample of one stands beside the n-th of the other.
    """
    pairs = zip(subject.seconds, reference.seconds, strict=True)
    each = sorted(ours / theirs for ours, theirs in pairs)
    low, _, high = statistics.quantiles(each, n=4, method="inclusive") if len(each) > 1 else each * 3
    return Ratio(of_medians=subject.median / reference.median, low=low, high=high)


def interleave(
    actions: Mapping[str, Action],
    *,
    rounds: int,
    warm_up: int,
    before_each_round: Callable[[], object] = lambda: None,
) -> dict[str, Samples]:
    """Take one sample of each action a round; who goes first moves on by one each round.

    The first ``warm_up`` rounds are done and thrown away.
    """
    names = list(actions)
    taken: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.freeze()  # what setting up left behind is not to be looked through while we measure
    try:
        for turn in range(warm_up + rounds):
            before_each_round()
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                seconds = actions[name]()
                if turn >= warm_up:
                    taken[name].append(seconds)
    finally:
        gc.unfreeze()
    return {name: Samples(tuple(seconds)) for name, seconds in taken.items()}


def timed(call: Callable[[], object]) -> Action:
    """An action of which all counts."""

    def action() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return action
