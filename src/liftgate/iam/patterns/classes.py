"""Sorts all strings into classes that no pattern of a set can tell apart, with one string to stand for each."""

from collections import deque
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TypeAlias

from liftgate.iam.patterns.automaton import Automaton, Budget, Letter, Tokens, automaton_of

_ANYTHING = ":"  # tried beside the letters that patterns name, where wildcards stop at colons

Word: TypeAlias = tuple[Letter, ...]  # a string, with marks around what stands in for variables
Group: TypeAlias = tuple[Tokens, ...]  # patterns of which one must match


def classes(sets: Sequence[Group], budget: Budget, *, within: Tokens | None = None) -> list[tuple[str, int]]:
    """Every way in which a string can belong to ``sets``: a string, and one bit for each set that it belongs to.

    A string belongs to a set when one of its patterns matches. ``within`` leaves out the strings that it does not
    match. Raises ``BudgetSpent`` where there are too many.
    """
    found = word_classes(sets, [] if within is None else [(within,)], budget)
    return [("".join(map(str, word)), signature) for word, signature in found]


def word_classes(sets: Sequence[Group], within: Sequence[Group], budget: Budget) -> list[tuple[Word, int]]:
    """Like ``classes``, for words with the marks that the patterns of ``within`` put; a word belongs to all of these.

    The marks of a group of ``within`` have its number as their source.
    The list is complete: it walks through every state that the automaton of all patterns can reach.
    """
    groups = [*sets, *within]
    sources = [*(None for _ in sets), *range(len(within))]
    automaton = automaton_of(
        tuple(pattern for group in groups for pattern in group),
        tuple(source for group, source in zip(groups, sources, strict=True) for _ in group),
    )
    ends = iter(automaton.ends)
    members = [reduce(or_, (next(ends) for _ in group), 0) for group in groups]
    needed = members[len(sets) :]
    alive = _places(automaton, [len(group) for group in groups])[len(sets) :]
    budget.spend(automaton.weight * (1 + automaton.final.bit_length() >> 4))  # what it takes to make
    found: dict[int, int] = {}  # signature: state
    came: dict[int, tuple[int, Letter] | None] = {automaton.start: None}
    waiting = deque([automaton.start])
    follow, weight = automaton.follow, automaton.weight
    while waiting:
        state = waiting.popleft()
        if _meets(state, needed):
            signature = sum(1 << number for number, mask in enumerate(members[: len(sets)]) if state & mask)
            found.setdefault(signature, state)
        letters = _letters(automaton, state)
        budget.spend(weight * (1 + len(letters)))
        for letter in letters:
            following = follow(state, letter)
            if following not in came and _meets(following, alive):
                came[following] = state, letter
                waiting.append(following)
    return [(_word(came, state), signature) for signature, state in found.items()]


def _meets(state: int, masks: Sequence[int]) -> bool:
    """Whether the state has a place in each of the masks."""
    for mask in masks:  # noqa: SIM110 - the innermost loop of all: `all` takes three times as long
        if not state & mask:
            return False
    return True


def _letters(automaton: Automaton, state: int) -> list[Letter]:
    letters = [letter for letter, places in automaton.literal.items() if places & state]
    letters.append(automaton.fresh)
    if (automaton.near | automaton.near_many) & state and _ANYTHING not in letters:
        letters.append(_ANYTHING)
    return letters


def _places(automaton: Automaton, sizes: Sequence[int]) -> list[int]:
    """All bits of each group of patterns."""
    found, low, ends = [], 1, iter(automaton.ends)
    for size in sizes:
        high = low
        for _ in range(size):
            high = next(ends) << 1
        found.append(high - low)
        low = high
    return found


def _word(came: dict[int, tuple[int, Letter] | None], state: int) -> Word:
    """The letters that led to a state."""
    letters: list[Letter] = []
    step = came[state]
    while step is not None:
        state, letter = step
        letters.append(letter)
        step = came[state]
    return tuple(reversed(letters))
