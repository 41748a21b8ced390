"""Says one statement in a sentence."""

import re
from collections.abc import Iterator

from liftgate.iam.explaining.conditions import condition
from liftgate.iam.explaining.listing import joined
from liftgate.iam.explaining.moments import span_of
from liftgate.iam.explaining.people import is_anyone, nobody, people
from liftgate.iam.explaining.places import location, places
from liftgate.iam.explaining.quoting import doubts
from liftgate.iam.explaining.variables import fillings
from liftgate.iam.explaining.verbs import is_grave, refused_verbs, verbs
from liftgate.iam.policy import Condition, Effect, Statement
from liftgate.iam.scope import Location

_LISTS = frozenset({"s3:ListBucket", "s3:ListBucketVersions"})
_BUCKET = re.compile(r"arn:aws:s3:::([a-z0-9.-]+)", re.ASCII)
_PREFIX = re.compile(r"[^*?$]+\*", re.DOTALL)


def sentence(one: Statement) -> str:
    """What the statement allows or refuses, with a full stop."""
    if one.effect is Effect.DENY:
        who = "MAY NOT" if one.principals is None else nobody(one.principals)
        whatever = "whatever other policies allow"
        return f"{_capital(who)} {refused(one)}, {whatever}{_clauses(one)}{_exceptions(one)}{_notes(one)}."
    who = "May" if one.principals is None else f"{people(one.principals)} may"
    return f"{_capital(who)} {_deed(verbs(one.actions), one)}{_clauses(one)}{_exceptions(one)}{_notes(one)}."


def phrase(one: Statement) -> str:
    """What the statement speaks of, without saying whether it is allowed: ``delete under s3://reports/2026/``."""
    who = "" if one.principals is None else f"for {people(one.principals).rstrip(',')}: "
    return f"{who}{_deed(verbs(one.actions), one)}{_clauses(one)}{_notes(one)}"


def refused(one: Statement) -> str:
    """What a denying statement keeps from being done, and where."""
    return _deed(refused_verbs(one.actions), one)


def gravest_first(one: Statement) -> int:
    """For sorting: what hands out permissions or is open to anyone, then other allows, then denies."""
    if one.effect is Effect.DENY:
        return 2
    everywhere = one.resources is not None and (one.resources.negated or "*" in one.resources.values)
    return 0 if is_grave(one.actions) or is_anyone(one.principals) or everywhere else 1


def _deed(done: str, one: Statement) -> str:
    listed, _ = _listing(one)
    return f"{done} {joined(listed) if listed else places(one.resources)}".rstrip()


def _listing(one: Statement) -> tuple[list[str], tuple[Condition, ...]]:
    """Where a list of prefixes reaches, and the other conditions: ``under s3://reports/2026/``, as a scope says it."""
    limits = [each for each in one.conditions if _limits_lists(each)]
    arns = one.resources.values if one.resources and not one.resources.negated else ()
    buckets = [match[1] for match in map(_BUCKET.fullmatch, arns) if match]
    acts = not one.actions.negated and set(one.actions.values) <= _LISTS
    if not acts or len(limits) != 1 or not buckets or len(buckets) != len(arns):
        return [], one.conditions
    spots = [Location(bucket, prefix) for bucket in buckets for prefix in limits[0].values]
    return list(map(location, spots)), tuple(each for each in one.conditions if each is not limits[0])


def _limits_lists(one: Condition) -> bool:
    plain = one.operator == "StringLike" and not one.qualifier and not one.if_exists
    return plain and one.key.lower() == "s3:prefix" and all(map(_PREFIX.fullmatch, one.values))


def _clauses(one: Statement) -> str:
    span, rest = span_of(_listing(one)[1])
    only = "only " if one.effect is Effect.ALLOW else ""
    when = f", {only}{span}" if span else ""
    if not rest:
        return when
    return f"{when}, {only}if {' and, at the same time, '.join(condition(each) for each in rest)}"


def _exceptions(one: Statement) -> str:
    """What a reader takes an exception for, and it is not."""
    excepted = [
        *(["those actions"] if one.actions.negated else []),
        *(["those places"] if one.resources is not None and one.resources.negated else []),
        *(["those callers"] if one.principals is not None and one.principals.negated else []),
    ]
    if not excepted:
        return ""
    return f"; this says nothing about {' or '.join(excepted)}"


def _notes(one: Statement) -> str:
    texts = list(_texts(one))
    filled = fillings(texts)
    return f"{f'; {filled}' if filled else ''}{doubts(texts)}"


def _texts(one: Statement) -> Iterator[str]:
    yield from one.actions.values
    if one.resources is not None:
        yield from one.resources.values
    if one.principals is not None:
        yield from (value for _, value in one.principals.values)
    for each in one.conditions:
        yield each.key
        yield from each.values


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
