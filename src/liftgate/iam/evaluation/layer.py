"""One wall's policies, compiled: statements in order of use, found by action and resource without asking each."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from liftgate.iam.evaluation.principal import Speaks, speaks_of
from liftgate.iam.evaluation.verdict import Decision, Reason, Verdict, Wall, Why, of_wall
from liftgate.iam.language.condition import Holds, compiled
from liftgate.iam.language.context import Context, lower
from liftgate.iam.language.variables import resource_match
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Effect, Patterns, Policy, Statement

_FEW = 16  # statements that are asked one by one as fast as they are found by resource


class Check(NamedTuple):
    """A condition: whether it holds, and what to say where it does not."""

    holds: Holds
    key: str
    failed: Reason
    missing: Reason


class Rule:
    """One statement, compiled. What every request meets is None; ``is_plain``: resources without variables."""

    __slots__ = ("acts", "checks", "effect", "fits", "heads", "is_plain", "matched", "speaks")

    def __init__(self, statement: Statement, place: "Place", *, bounded: bool) -> None:
        self.effect = statement.effect
        self.acts = _acts(statement.actions)
        self.fits, self.is_plain = _fits(statement.resources)
        self.heads = _heads(statement.resources)
        self.speaks: Speaks | None = speaks_of(statement.principals, statement.effect, bounded=bounded)
        self.matched = place.reason(statement, Why.MATCHED)
        self.checks = tuple(
            Check(
                compiled(one),
                lower(one.key),
                place.reason(statement, Why.CONDITION_FAILED, index),
                place.reason(statement, Why.KEY_MISSING, index),
            )
            for index, one in enumerate(statement.conditions)
        )

    @property
    def is_sure(self) -> bool:
        """Whether it matches every request for its actions."""
        return self.fits is None and not self.checks and self.speaks is None

    def judge(self, arn: str, context: Context) -> Reason | None:
        """Whether resource and conditions match (``matched``), or the first condition that fails, or None."""
        fits = self.fits
        if fits is not None and not (fits(arn) if self.is_plain else fits(arn, context)):
            return None
        for holds, key, failed, missing in self.checks:
            if not holds(context):
                return failed if context.get(key) else missing
        return self.matched


class Place(NamedTuple):
    """Where a statement stands."""

    wall: Wall
    level: int | None
    policy: int
    statement: int

    def reason(self, statement: Statement, why: Why, condition: int | None = None) -> Reason:
        """A reason that points here."""
        return Reason(
            wall=self.wall,
            why=why,
            level=self.level,
            policy=self.policy,
            statement=self.statement,
            sid=statement.sid,
            effect=statement.effect,
            condition=None if condition is None else statement.conditions[condition],
        )


Rules: TypeAlias = tuple[Rule, ...]


class Layer:
    """Policies of which one must allow, and none may deny."""

    __slots__ = ("_silent", "keys", "level", "rules", "wall")

    def __init__(
        self, wall: Wall, policies: Sequence[Policy], level: int | None = None, *, bounded: bool = False
    ) -> None:
        """Compile ``policies``; ``bounded``: the caller has a permissions boundary."""
        self.wall, self.level = wall, level
        self._silent = Verdict(Decision.IMPLICIT_DENY, (of_wall(wall, Why.SILENT, level),), wall)
        self.rules = [
            Rule(statement, Place(wall, level, number, place), bounded=bounded)
            for number, policy in enumerate(policies)
            for place, statement in enumerate(policy.statements)
        ]
        self.keys = frozenset(key for policy in policies for key in _keys(policy))

    def speaking_of(self, name: str, effect: Effect) -> Rules:
        """The statements of one effect that speak of an action, its name in lower case."""
        return tuple(rule for rule in self.rules if rule.effect is effect and rule.acts(name))

    def refusal(self, lacking: Sequence[Reason]) -> Verdict:
        """The verdict where nothing allows: what would have, but for a condition; else that the wall says nothing."""
        return Verdict(Decision.IMPLICIT_DENY, tuple(lacking), self.wall) if lacking else self._silent


class Found:
    """Statements that speak of one action. Many are found by what their resources begin with: then ``few`` is None."""

    __slots__ = ("_index", "few")

    def __init__(self, rules: Rules) -> None:
        self.few = rules if len(rules) <= _FEW else None
        self._index = Index(() if self.few is not None else rules)

    def near(self, arn: str) -> Rules:
        """Those that may match the ARN."""
        return self._index.near(arn) if self.few is None else self.few


class Index:
    """Statements by the plain text that their resource patterns begin with."""

    __slots__ = ("_anywhere", "_by_head", "_exact", "_lengths")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._anywhere: list[Rule] = []
        self._exact: dict[str, list[Rule]] = {}
        self._by_head: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.heads is None:
                self._anywhere.append(rule)
                continue
            for head, exact in rule.heads:
                (self._exact if exact else self._by_head).setdefault(head, []).append(rule)
        self._lengths = sorted({len(head) for head in self._by_head})

    def near(self, arn: str) -> Rules:
        """Those that may match the ARN."""
        found = [*self._anywhere, *self._exact.get(arn, ())]
        by_head = self._by_head
        for length in self._lengths:
            at_head = by_head.get(arn[:length])
            if at_head is not None:
                found += at_head
        return tuple(dict.fromkeys(found))


def _acts(actions: Patterns) -> Callable[[str], bool]:
    named = frozenset(value.lower() for value in actions.values if not _has_wildcard(value))
    wild = tuple(matcher(value.lower()) for value in actions.values if _has_wildcard(value))
    negated = actions.negated
    return lambda name: (name in named or any(match(name) for match in wild)) is not negated


def _fits(resources: Patterns | None) -> tuple[Callable[..., bool] | None, bool]:
    """Whether the resources match an ARN, and whether for that the ARN is enough, or the context is needed too."""
    if resources is None or (not resources.negated and "*" in resources.values):
        return None, True
    match = resource_match(resources.values)
    fixed = match.fixed
    if not resources.negated:
        return (match, False) if match.moving else (fixed, True)
    if match.moving:
        return (lambda arn, context: not match(arn, context)), False
    return (lambda arn: not fixed(arn)), True


def _heads(resources: Patterns | None) -> tuple[tuple[str, bool], ...] | None:
    """What the resource patterns begin with, and whether that is all; None where it may be anything."""
    if resources is None or resources.negated:
        return None
    heads = tuple((head := _WILD.split(value, maxsplit=1)[0], head == value) for value in resources.values)
    return None if any(not head for head, _ in heads) else heads


_WILD = re.compile(r"[*?]|\$\{")


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _keys(policy: Policy) -> Iterable[str]:
    """Every condition key that the policy names, in lower case, in conditions and in variables."""
    for statement in policy.statements:
        for condition in statement.conditions:
            yield condition.key.lower()
            yield from _variables(condition.values)
        yield from _variables(statement.resources.values if statement.resources else ())


def _variables(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for inside in re.findall(r"\$\{([^{},]*)", text):
            yield inside.strip().lower()
