"""A sentence with places for facts: ``{grant.person} was refused {call.operation}``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liftgate.conditions.vocabulary import Facts, Value, Vocabulary

LONGEST_VALUE: Final = 200  # characters
MOST_NAMED: Final = 5  # of a list
PLACE: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Texts and names of facts by turns: the first is a text."""

    parts: tuple[str, ...]

    def told(self, facts: Facts) -> str:
        """The sentence for some facts."""
        return "".join(
            part if place % 2 == 0 else _shown(facts(part)) for place, part in enumerate(self.parts)
        )


def read_sentence(text: str) -> Sentence:
    """A sentence as it is written."""
    return Sentence(tuple(PLACE.split(text)))


def unknown_places(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """What stands in braces, and is no fact."""
    yield from (name for name in PLACE.findall(text) if name not in vocabulary)


def _shown(value: Value | None) -> str:
    if isinstance(value, tuple):
        more = f" and {len(value) - MOST_NAMED} more" if len(value) > MOST_NAMED else ""
        return _cut(", ".join(value[:MOST_NAMED])) + more
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}"
    return _cut(value or "nothing")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
