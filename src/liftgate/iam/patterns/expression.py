"""Matching as fast as Python can: globs as regular expressions that never go back, many globs as one question.

After each ``*`` the first place where the next run of characters fits is as good as any later one, so a match takes
time linear in the text (atomic groups).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from operator import methodcaller
from typing import TypeAlias

from liftgate.iam.patterns.pattern import arn_matcher

Matches: TypeAlias = Callable[[str], bool]


def runs_of(pattern: str, *, one: str = ".") -> list[str]:
    """What stands between the stars of a pattern, each as a regular expression; ``one`` is what ``?`` matches."""
    return [one.join(map(re.escape, run.split("?"))) for run in re.split(r"\*+", pattern)]


def expression(runs: Sequence[str], *, one: str = ".") -> str:
    """The regular expression of runs with stars between them; ``one`` is what a star repeats."""
    first, *rest = runs
    if not rest:
        return first
    *middle, last = rest
    return f"{first}{''.join(f'(?>{one}*?{run})' for run in middle)}{one}*{last}"


def full(regular: str) -> Matches:
    """Whether a text matches the regular expression as a whole."""
    fullmatch = re.compile(regular, re.DOTALL).fullmatch
    return lambda text: fullmatch(text) is not None


def any_arn(patterns: Iterable[str]) -> Matches:
    """Whether a text matches one of the ARN patterns, which hold no variables.

    Plain texts are looked up, plain heads compared at once; only what is left costs a look each.
    """
    exact, heads, others = set[str](), list[str](), list[Matches]()
    for pattern in dict.fromkeys(patterns):
        head = pattern[:-1]
        if pattern == "*":
            return lambda _: True
        if not _has_wildcard(pattern):
            exact.add(pattern)
        elif pattern.endswith("*") and not _has_wildcard(head):
            heads.append(head)
        else:
            others.append(arn_matcher(pattern))
    return _one_of(frozenset(exact), tuple(heads), tuple(others))


def _one_of(exact: frozenset[str], heads: tuple[str, ...], others: tuple[Matches, ...]) -> Matches:
    if not others and not heads:
        return exact.__contains__ if len(exact) != 1 else next(iter(exact)).__eq__
    if not others and not exact:
        return methodcaller("startswith", heads)
    if len(others) == 1 and not exact and not heads:
        return others[0]
    return lambda text: text in exact or text.startswith(heads) or any(match(text) for match in others)


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text
