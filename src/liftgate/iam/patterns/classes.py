"""Sorts all strings into classes that no pattern of a set can tell apart, with one string to stand for each."""

from collections import deque
from collections.abc import Sequence

from liftgate.iam.patterns.pattern import Automaton, Budget, Tokens, automaton_of

_ANYTHING = ":"  # tried beside the letters that patterns name, where wildcards stop at colons


def classes(
    sets: Sequence[tuple[Tokens, ...]], budget: Budget, *, within: Tokens | None = None
) -> list[tuple[str, int]]:
    """Every way in which a string can belong to ``sets``: a string, and one bit for each set that it belongs to.

    A string belongs to a set when one of its patterns matches. ``within`` leaves out the strings that it does not
    match. The list is complete: it walks through every state that the automaton of all patterns can reach. Raises
    ``BudgetSpent`` where there are too many.
    """
    patterns = [pattern for group in sets for pattern in group]
    automaton = automaton_of((*patterns, *([within] if within is not None else [])))
    ends = iter(automaton.ends)
    members = [sum(next(ends) for _ in group) for group in sets]
    end = automaton.ends[-1] if within is not None else 0
    alive = _places_of(automaton, len(patterns)) if within is not None else 0
    found: dict[int, str] = {}
    seen = {automaton.start}
    waiting = deque([(automaton.start, "")])
    while waiting:
        state, text = waiting.popleft()
        if not end or state & end:
            signature = sum(1 << number for number, mask in enumerate(members) if state & mask)
            found.setdefault(signature, text)
        for letter in _letters(automaton, state):
            budget.spend(automaton.weight)
            following = automaton.step(state, letter)
            if following not in seen and (not alive or following & alive):
                seen.add(following)
                waiting.append((following, text + letter))
    return [(text, signature) for signature, text in found.items()]


def _letters(automaton: Automaton, state: int) -> list[str]:
    letters = [letter for letter, places in automaton.literal.items() if places & state]
    letters.append(automaton.fresh)
    if (automaton.near | automaton.near_many) & state and _ANYTHING not in letters:
        letters.append(_ANYTHING)
    return letters


def _places_of(automaton: Automaton, number: int) -> int:
    """All bits of one pattern."""
    low = automaton.ends[number - 1] << 1 if number else 1
    return (automaton.ends[number] << 1) - low
