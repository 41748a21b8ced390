"""Statements of policies, short to write."""

from collections.abc import Iterable
from typing import Final

from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Statement

EVERYBODY: Final = Principals((("*", "*"),))


def allow(sid: str, actions: Iterable[str], resources: Iterable[str], *conditions: Condition) -> Statement:
    """An identity policy's Allow."""
    return Statement(
        sid=sid,
        effect=Effect.ALLOW,
        actions=Patterns(tuple(actions)),
        resources=Patterns(tuple(resources)),
        conditions=conditions,
    )


def deny(sid: str, actions: Iterable[str], resources: Iterable[str], *conditions: Condition) -> Statement:
    """An identity policy's Deny."""
    return Statement(
        sid=sid,
        effect=Effect.DENY,
        actions=Patterns(tuple(actions)),
        resources=Patterns(tuple(resources)),
        conditions=conditions,
    )


def allow_who(
    sid: str, who: Principals, actions: Iterable[str], resources: Iterable[str] | None, *conditions: Condition
) -> Statement:
    """A trust or resource policy's Allow; ``resources`` is None in trust policies."""
    return Statement(
        sid=sid,
        effect=Effect.ALLOW,
        principals=who,
        actions=Patterns(tuple(actions)),
        resources=None if resources is None else Patterns(tuple(resources)),
        conditions=conditions,
    )


def deny_all(sid: str, actions: Iterable[str], resources: Iterable[str], *conditions: Condition) -> Statement:
    """A resource policy's Deny for everybody."""
    return Statement(
        sid=sid,
        effect=Effect.DENY,
        principals=EVERYBODY,
        actions=Patterns(tuple(actions)),
        resources=Patterns(tuple(resources)),
        conditions=conditions,
    )


def policy(*statements: Statement) -> Policy:
    """A policy of statements."""
    return Policy(statements=statements)
