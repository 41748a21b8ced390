"""IAM policies as values, and how they are written as JSON."""

import json
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = "2012-10-17"


class Effect(StrEnum):
    """What a statement does to the requests that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


class Qualifier(StrEnum):
    """How a condition treats a key that has several values in a request."""

    FOR_ALL = "ForAllValues"
    FOR_ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Patterns:
    """``Action`` or ``Resource``; negated: ``NotAction`` or ``NotResource``."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Principals:
    """``Principal`` as pairs of kind and value (``("AWS", "*")``); negated: ``NotPrincipal``."""

    values: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. A statement matches when all its conditions hold."""

    operator: str  # as AWS spells it, without qualifier and IfExists: "StringLike"
    key: str  # as it was written; its case does not count
    values: tuple[str, ...]
    qualifier: Qualifier | None = None
    if_exists: bool = False

    @property
    def spelling(self) -> str:
        """The operator as it stands in JSON: ``ForAnyValue:StringLikeIfExists``."""
        head = f"{self.qualifier}:" if self.qualifier else ""
        return f"{head}{self.operator}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One rule: who may (or may not) do what, on what, and when."""

    effect: Effect
    actions: Patterns
    resources: Patterns | None  # None only in trust policies, where the role itself is meant
    conditions: tuple[Condition, ...] = ()
    principals: Principals | None = None
    sid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Statements that are read together, and the version of the language in which they are written."""

    statements: tuple[Statement, ...]
    version: str = VERSION
    id: str | None = None


def to_json(policy: Policy) -> str:
    """The policy in the fewest characters: no white space, ASCII only, single values without brackets.

    ASCII only, because IAM and STS take no characters above U+00FF as they stand (STS API Reference, AssumeRole, Policy).
    """
    return json.dumps(to_document(policy), separators=(",", ":"), ensure_ascii=True)


def to_document(policy: Policy) -> dict[str, Any]:
    """The policy as JSON's objects and arrays."""
    head: dict[str, Any] = {"Version": policy.version}
    if policy.id is not None:
        head["Id"] = policy.id
    return head | {"Statement": [_statement(statement) for statement in policy.statements]}


def _statement(statement: Statement) -> dict[str, Any]:
    written: dict[str, Any] = {} if statement.sid is None else {"Sid": statement.sid}
    written["Effect"] = str(statement.effect)
    if statement.principals is not None:
        written |= _principals(statement.principals)
    written["NotAction" if statement.actions.negated else "Action"] = _one_or_many(statement.actions.values)
    if statement.resources is not None:
        name = "NotResource" if statement.resources.negated else "Resource"
        written[name] = _one_or_many(statement.resources.values)
    if statement.conditions:
        written["Condition"] = _conditions(statement.conditions)
    return written


def _principals(principals: Principals) -> dict[str, Any]:
    name = "NotPrincipal" if principals.negated else "Principal"
    if principals.values == (("*", "*"),):
        return {name: "*"}
    kinds: dict[str, list[str]] = {}
    for (
        kind,
        value,
    ) in principals.values:  # among others, everyone is written as the AWS principal that means the same
        kinds.setdefault("AWS" if kind == "*" else kind, []).append(value)
    return {name: {kind: _one_or_many(tuple(values)) for kind, values in kinds.items()}}


def _conditions(conditions: tuple[Condition, ...]) -> dict[str, Any]:
    block: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        keys = block.setdefault(condition.spelling, {})
        values = _one_or_many(condition.values)
        if keys.get(condition.key) != values:
            keys[_free_spelling(condition.key, keys)] = values
    return block


def _free_spelling(key: str, taken: Container[str]) -> str:
    """The key, or where the block has it already, the same key with other letters in capitals: its case does not count.

    What follows a ``/`` is the name of a tag, and stays as it is.
    """
    head, slash, tag = key.partition("/")
    letters = [place for place, letter in enumerate(head) if letter.isascii() and letter.isalpha()]
    for changes in range(1 << len(letters)):
        spelling = list(head)
        for number, place in enumerate(reversed(letters)):
            if changes >> number & 1:
                spelling[place] = spelling[place].swapcase()
        if (found := "".join(spelling) + slash + tag) not in taken:
            return found
    raise ValueError(f"`{key}` has no more spellings: JSON takes each key once")


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
