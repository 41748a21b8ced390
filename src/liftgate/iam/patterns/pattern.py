"""IAM's globs: ``*`` is any characters, also none; ``?`` is any one. Matching, and whether one lies inside others.

Inclusion is decided on the automata of the patterns, never by sampling. In an ARN, a wildcard before the fifth
colon stays inside its segment, unless it is a ``*`` at the segment's end, which reaches beyond.
Source: "IAM JSON policy elements: Resource", IAM User Guide.

>>> from liftgate.iam.patterns.pattern import Budget, covered, matches
>>> matches("reports/*", "reports/2026/a.csv"), matches("reports/*", "reports-secret/a.csv")
(True, False)
>>> covered("rep*/a", ("reports/*", "r*/?"), Budget(1000))
True
"""

import re
from collections.abc import Callable
from functools import lru_cache

from liftgate.iam.patterns.automaton import (
    MANY,
    Automaton,
    Budget,
    BudgetSpent,
    Mark,
    Token,
    Tokens,
    Wild,
    automaton_of,
)

__all__ = [
    "Budget",
    "BudgetSpent",
    "Token",
    "Tokens",
    "Wild",
    "arn_covered",
    "arn_matcher",
    "arn_tokens",
    "common",
    "covered",
    "matcher",
    "matches",
    "outside",
    "tokens",
]


def matches(pattern: str, text: str) -> bool:
    """Whether ``text`` is one of the strings that ``pattern`` stands for. Case counts."""
    return matcher(pattern)(text)


@lru_cache(maxsize=16384)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a text matches, in time linear in the text.

    After each ``*`` the first place where the next run of characters fits is as good as any later one, so the
    regular expression never goes back (atomic groups).
    """
    if "*" not in pattern and "?" not in pattern:
        return pattern.__eq__
    first, *rest = re.split(r"\*+", pattern)
    if not rest:
        return _full(_run(first))
    *middle, last = rest
    searched = "".join(f"(?>.*?{_run(part)})" for part in middle)
    return _full(f"{_run(first)}{searched}.*{_run(last)}" if last else f"{_run(first)}{searched}.*")


def _full(expression: str) -> Callable[[str], bool]:
    fullmatch = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: fullmatch(text) is not None


def _run(part: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in part)


@lru_cache(maxsize=16384)
def tokens(pattern: str) -> Tokens:
    """A pattern outside ARNs, in tokens."""
    return _collapse([Wild(c) if c in "*?" else c for c in pattern])


@lru_cache(maxsize=16384)
def arn_tokens(pattern: str) -> Tokens:
    """An ARN pattern in tokens. ``*`` alone stands for every resource."""
    head = pattern.split(":", 5)[:5]
    if not any(wildcard in segment for segment in head for wildcard in "*?"):
        return tokens(pattern)
    length = sum(len(segment) + 1 for segment in head)
    found: list[Token] = []
    for place, character in enumerate(pattern):
        inside = place < length and pattern[place + 1 : place + 2] not in {":", ""}
        if character == "?":
            found.append(Wild.NEAR_ONE if place < length else Wild.ONE)
        elif character == "*":
            found.append(Wild.NEAR_MANY if inside else Wild.MANY)
        else:
            found.append(character)
    return _collapse(found)


def _collapse(found: list[Token]) -> Tokens:
    """Without a ``*`` beside a ``*``: the one that reaches further says it all."""
    kept: list[Token] = []
    for token in found:
        if kept and token in MANY and kept[-1] in MANY:
            if token is Wild.MANY:
                kept[-1] = token
        else:
            kept.append(token)
    return tuple(kept)


@lru_cache(maxsize=16384)
def arn_matcher(pattern: str) -> Callable[[str], bool]:
    """Like ``matcher``, for ARN patterns."""
    found = arn_tokens(pattern)
    if Wild.NEAR_MANY not in found and Wild.NEAR_ONE not in found:
        return matcher(pattern)
    return Automaton((found,)).accepts


def covered(part: str, wholes: tuple[str, ...], budget: Budget) -> bool:
    """Whether every string of the pattern ``part`` belongs to one of ``wholes``. Raises ``BudgetSpent``."""
    if any(_plainly_inside(part, whole) for whole in wholes):
        return True
    return outside(tokens(part), tuple(map(tokens, wholes)), budget) is None


def arn_covered(part: str, wholes: tuple[str, ...], budget: Budget) -> bool:
    """Like ``covered``, for ARN patterns."""
    if any(_plainly_inside(part, whole) for whole in wholes):
        return True
    return outside(arn_tokens(part), tuple(map(arn_tokens, wholes)), budget) is None


def _plainly_inside(part: str, whole: str) -> bool:
    """The common case, and only a yes: equal, or the whole is plain text with one ``*`` at its end."""
    head = whole[:-1]
    return part == whole or (
        whole.endswith("*") and "*" not in head and "?" not in head and part.startswith(head)
    )


def outside(part: Tokens, wholes: tuple[Tokens, ...], budget: Budget) -> str | None:
    """The shortest-found string of ``part`` that none of ``wholes`` matches, or None where there is none.

    Where ``part`` has a wildcard, only characters that no pattern names need trying: any other character leads
    to the same state of ``wholes`` and possibly more, which is never easier to escape. A colon, which near
    wildcards refuse, is tried beside them. States that hold another one already seen are left out, for the same
    reason. Raises ``BudgetSpent``.
    """
    automaton = automaton_of(wholes)
    near = bool(automaton.near | automaton.near_many)
    seen: dict[int, list[int]] = {}
    waiting = [(0, automaton.start, "")]
    while waiting:
        place, state, text = waiting.pop()
        known = seen.setdefault(place, [])
        budget.spend(automaton.weight + len(known))
        if any(smaller & state == smaller for smaller in known):
            continue
        known[:] = [larger for larger in known if larger & state != state]
        known.append(state)
        if place == len(part):
            if not state & automaton.final:
                return text
            continue
        token = part[place]
        if isinstance(token, str | Mark):
            here = token if isinstance(token, str) else ""
            waiting.append((place + 1, automaton.follow(state, token), text + here))
            continue
        many = token in MANY
        letters = _tried(token, automaton.fresh, near=near)
        waiting.extend(
            (place if many else place + 1, automaton.step(state, letter), text + letter) for letter in letters
        )
        if many:
            waiting.append((place + 1, state, text))
    return None


def _tried(token: Token, fresh: str, *, near: bool) -> str:
    return f":{fresh}" if near and token in {Wild.ONE, Wild.MANY} else fresh


def common(one: Tokens, other: Tokens, budget: Budget) -> str | None:
    """A string of both patterns, or None where there is none. Raises ``BudgetSpent``."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0, "")]
    while waiting:
        here, there, text = waiting.pop()
        if (here, there) in seen:
            continue
        seen.add((here, there))
        budget.spend()
        if here == len(one) and there == len(other):
            return text
        left = one[here] if here < len(one) else None
        right = other[there] if there < len(other) else None
        if left in MANY:
            waiting.append((here + 1, there, text))
        if right in MANY:
            waiting.append((here, there + 1, text))
        letter = _shared_letter(left, right)
        if letter is not None:
            waiting.append((here + (left not in MANY), there + (right not in MANY), text + letter))
    return None


def _shared_letter(left: Token | None, right: Token | None) -> str | None:
    """A character that both tokens take."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left if left == right else None
    letter, wild = (left, right) if isinstance(left, str) else (right, left)
    if not isinstance(letter, str):
        return "x"  # both are wildcards
    return None if letter == ":" and wild in {Wild.NEAR_ONE, Wild.NEAR_MANY} else letter
