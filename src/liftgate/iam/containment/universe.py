"""The actions that a comparison is made over: the S3 action catalogue, and what the policies reach beyond it.

S3 is closed: its actions are those of the catalogue and those that a policy names. Every other service is open:
its actions are all strings, sorted into classes that the policies cannot tell apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from liftgate.iam.containment.rule import ALL_OF_S3, CATALOGUE, Rule
from liftgate.iam.patterns.classes import classes
from liftgate.iam.patterns.pattern import Budget, matcher, tokens
from liftgate.iam.policy import Patterns
from liftgate.iam.s3.actions import actions_matching

_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Universe:
    """Actions by number: first the catalogue's, then ``beyond``."""

    beyond: tuple[str, ...]
    known: dict[Patterns, int] = field(default_factory=dict, compare=False, repr=False)

    def mask(self, rule: Rule) -> int:
        """One bit for each action that the rule speaks of."""
        found = self.known.get(rule.actions)
        if found is None:
            found = self.known[rule.actions] = self._mask(rule)
        return found

    def _mask(self, rule: Rule) -> int:
        reached = rule.s3
        for number, name in enumerate(self.beyond, start=len(CATALOGUE)):
            if any(matcher(pattern)(name) for pattern in rule.actions.values):
                reached |= 1 << number
        return self.everything & ~reached if rule.actions.negated else reached

    @property
    def everything(self) -> int:
        """All actions."""
        return ALL_OF_S3 | ((1 << len(self.beyond)) - 1) << len(CATALOGUE)

    def name(self, number: int) -> str:
        """The action of a number."""
        return CATALOGUE[number] if number < len(CATALOGUE) else self.beyond[number - len(CATALOGUE)]


def universe(rules: Sequence[Rule]) -> Universe:
    """The actions that these rules can tell apart. Raises ``BudgetSpent``."""
    patterns = frozenset(value for rule in rules for value in rule.actions.values)
    negated = any(rule.actions.negated for rule in rules)
    if not negated and all(map(_inside_catalogue, patterns)):
        return Universe(())
    return Universe(_beyond(patterns, open_=negated))


@lru_cache(maxsize=16384)
def _inside_catalogue(pattern: str) -> bool:
    return pattern.startswith("s3:") and bool(actions_matching(pattern))


@lru_cache(maxsize=1024)
def _beyond(patterns: frozenset[str], *, open_: bool) -> tuple[str, ...]:
    """Names outside the catalogue: those that are written, and one for each class that wildcards tell apart."""
    unknown = sorted(pattern for pattern in patterns if not _inside_catalogue(pattern))
    named = [pattern for pattern in unknown if not _has_wildcard(pattern)]
    wild = [pattern for pattern in unknown if _has_wildcard(pattern)]
    if not wild and not open_:
        return tuple(named)
    new_in_s3 = [pattern for pattern in wild if pattern.startswith("s3:")]
    told_apart = sorted(patterns) if new_in_s3 else unknown
    sets = [(tokens("s3:*"),), *((tokens(pattern),) for pattern in told_apart)]
    invented = [
        text
        for text, signature in classes(sets, Budget(_STEPS), within=tokens("?*:?*"))
        if not signature & 1 or any(matcher(pattern)(text) for pattern in new_in_s3)
    ]
    return tuple(dict.fromkeys([*named, *invented]))


def _has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern
