"""Choices that a seed repeats."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A source of choices; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # to be repeated, not to be kept secret

    def one(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def some(self, items: Sequence[T], *, least: int = 1, most: int = 3) -> list[T]:
        """Between ``least`` and ``most`` different ones, in any order; fewer ones are likelier."""
        count = least
        while count < min(most, len(items)) and self.chance(0.4):
            count += 1
        return self._random.sample(items, count)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def weighted(self, items: Mapping[T, float]) -> T:
        return self._random.choices(list(items), list(items.values()))[0]
