"""Reads IAM policies from JSON, and says precisely what is wrong with those that are none.

Source: "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference", IAM User Guide.

>>> parse_policy('{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resorce": "*"}}')
Traceback (most recent call last):
    ...
liftgate.iam.errors.PolicyFault: $.Statement.Resorce:1:72: `Resorce` is not an element of a statement
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NoReturn

from liftgate.iam.errors import PolicyFault
from liftgate.iam.language.condition import OPERATORS
from liftgate.iam.language.json_place import Path, duplicate_key, line_and_column, written
from liftgate.iam.policy import (
    VERSION,
    Condition,
    Effect,
    Patterns,
    Policy,
    Principals,
    Qualifier,
    Statement,
)

LARGEST = 20 * 1024  # characters: a bucket policy, the largest of all


class Kind(StrEnum):
    """What a policy is used as: it decides which elements it may have."""

    IDENTITY = "identity"
    SESSION = "session"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    TRUST = "trust"


_NAMES_PRINCIPALS = frozenset({Kind.RESOURCE, Kind.TRUST, Kind.RCP})
_TOP = ("Version", "Id", "Statement")
_OF_STATEMENT = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"
)  # fmt: skip
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_OLD_VERSION = "2008-10-17"
_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_OPERATOR = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


class _Fault(Exception):
    """What is wrong at a path; turned into ``PolicyFault`` once its place in the text is looked up."""

    def __init__(self, path: Path, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sentence = sentence
        self.advice = advice


def parse_policy(text: str, kind: Kind = Kind.IDENTITY, *, largest: int = LARGEST) -> Policy:
    """The policy that ``text`` says. Raises ``PolicyFault`` with the JSON path, line and column of what is wrong.

    A policy of the version 2008-10-17, or of none, which knows no variables, is read as the one of today that
    means the same.
    """
    document = _read_json(text, largest)
    try:
        return _policy(document, kind)
    except _Fault as fault:
        line, column = line_and_column(text, fault.path)
        raise PolicyFault(
            fault.sentence, advice=fault.advice, where=f"{written(fault.path)}:{line}:{column}"
        ) from None


def _read_json(text: str, largest: int) -> Any:
    if len(text) > largest:
        raise PolicyFault(
            f"the policy has {len(text):,} characters, and AWS takes {largest:,}", advice="make it shorter"
        )
    repeated = False

    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        found = dict(pairs)
        repeated = repeated or len(found) < len(pairs)
        return found

    try:
        document = json.loads(
            text,
            object_pairs_hook=check,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise PolicyFault(
            f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}",
            advice="check the text at that place: quotes, commas and brackets",
            where=f"$:{error.lineno}:{error.colno}",
        ) from None
    except RecursionError:
        raise PolicyFault("the text is nested too deeply for a policy", advice="send a policy") from None
    duplicate = duplicate_key(text) if repeated else None
    if duplicate is not None:
        path, line, column = duplicate
        raise PolicyFault(
            f"`{path[-1]}` stands here for the second time",
            advice="put both into one: readers do not agree on which of two counts",
            where=f"{written(path)}:{line}:{column}",
        )
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise PolicyFault(f"`{name}` is no value of JSON", advice="write a string, a number, `true` or `false`")


def _policy(document: Any, kind: Kind) -> Policy:
    top = _object((), document, "a policy", _TOP)
    if "Statement" not in top:
        raise _Fault((), "the policy has no `Statement`", 'add `"Statement": […]`')
    version = top.get("Version", _OLD_VERSION)
    if version not in {VERSION, _OLD_VERSION}:
        raise _Fault(
            ("Version",), f"`{version}` is not a version of the policy language", f"write `{VERSION}`"
        )
    statements = top["Statement"]
    if isinstance(statements, dict):
        found = [_statement(("Statement",), statements, kind, old=version == _OLD_VERSION)]
    else:
        listed = _list(("Statement",), statements, "statements")
        found = [
            _statement(("Statement", n), one, kind, old=version == _OLD_VERSION)
            for n, one in enumerate(listed)
        ]
    _check_sids(found)
    return Policy(statements=tuple(found), id=_text(("Id",), top["Id"]) if "Id" in top else None)


def _check_sids(statements: list[Statement]) -> None:
    seen: set[str] = set()
    for number, statement in enumerate(statements):
        if statement.sid and statement.sid in seen:
            raise _Fault(
                ("Statement", number, "Sid"),
                f"two statements have the `Sid` `{statement.sid}`",
                "rename one of them",
            )
        seen.add(statement.sid or "")


def _statement(path: Path, value: Any, kind: Kind, *, old: bool) -> Statement:
    parts = _object(path, value, "a statement", _OF_STATEMENT)
    now = _literal if old else _same
    effect = parts.get("Effect")
    if effect not in tuple(Effect):
        what = (
            "has no `Effect`"
            if effect is None
            else f"has an `Effect` that is neither `Allow` nor `Deny`: `{effect}`"
        )
        raise _Fault((*path, "Effect"), f"the statement {what}", "write `Allow` or `Deny`")
    return Statement(
        effect=Effect(effect),
        actions=_actions(path, parts),
        resources=_resources(path, parts, kind, now),
        principals=_principals(path, parts, kind),
        conditions=tuple(_conditions((*path, "Condition"), parts.get("Condition", {}), now)),
        sid=_text((*path, "Sid"), parts["Sid"]) if "Sid" in parts else None,
    )


def _same(text: str) -> str:
    return text


def _literal(text: str) -> str:
    """What the old version took as it stood, said in the new one."""
    return text.replace("${", "${$}{")


def _actions(path: Path, parts: Mapping[str, Any]) -> Patterns:
    name = _either(path, parts, "Action", "NotAction")
    if name is None:
        raise _Fault(path, "the statement has neither `Action` nor `NotAction`", "name the actions")
    values = _texts((*path, name), parts[name], "action")
    for at, value in values:
        if not _ACTION.fullmatch(value):
            raise _Fault(
                at,
                f"`{_cut(value)}` is not an action",
                "write `service:Action`, such as `s3:GetObject`, or `*`",
            )
    return Patterns(tuple(value for _, value in values), negated=name == "NotAction")


def _resources(
    path: Path, parts: Mapping[str, Any], kind: Kind, now: Callable[[str], str]
) -> Patterns | None:
    name = _either(path, parts, "Resource", "NotResource")
    if kind is Kind.TRUST:
        if name is not None:
            raise _Fault(
                (*path, name), f"a trust policy has no `{name}`: the role itself is meant", "take it out"
            )
        return None
    if name is None:
        raise _Fault(
            path, "the statement has neither `Resource` nor `NotResource`", "name the resources, or write `*`"
        )
    values = _texts((*path, name), parts[name], "resource")
    for at, value in values:
        whole = value.count(":") >= 5 or "*" in value
        if value != "*" and not (value.startswith("arn:") and whole):
            raise _Fault(at, f"`{_cut(value)}` is not an ARN", "write `arn:aws:s3:::bucket/key`, or `*`")
    return Patterns(tuple(now(value) for _, value in values), negated=name == "NotResource")


def _principals(path: Path, parts: Mapping[str, Any], kind: Kind) -> Principals | None:
    name = _either(path, parts, "Principal", "NotPrincipal")
    if kind not in _NAMES_PRINCIPALS:
        if name is not None:
            raise _Fault((*path, name), f"a policy of the kind `{kind}` names no principals", "take it out")
        return None
    if name is None:
        raise _Fault(path, "the statement names no `Principal`", 'write `"Principal": {"AWS": "<ARN>"}`')
    value = parts[name]
    if value == "*":
        return Principals((("*", "*"),), negated=name == "NotPrincipal")
    kinds = _object((*path, name), value, "a principal", _PRINCIPAL_KINDS)
    pairs = [
        (of, one) for of, listed in kinds.items() for _, one in _texts((*path, name, of), listed, "principal")
    ]
    return Principals(tuple(pairs), negated=name == "NotPrincipal")


def _conditions(path: Path, value: Any, now: Callable[[str], str]) -> Iterable[Condition]:
    if not isinstance(value, dict):
        raise _Fault(path, "a `Condition` is an object", 'write `{"<operator>": {"<key>": "<value>"}}`')
    for spelling, keys in value.items():
        operator, qualifier, if_exists = _operator((*path, spelling), spelling)
        if not isinstance(keys, dict) or not keys:
            raise _Fault(
                (*path, spelling), f"`{spelling}` is followed by an object", 'write `{"<key>": "<value>"}`'
            )
        for key, values in keys.items():
            listed = _texts((*path, spelling, key), values, "value", scalars=True)
            if operator == "Null" and any(one.lower() not in {"true", "false"} for _, one in listed):
                raise _Fault((*path, spelling, key), "`Null` asks `true` or `false`", "write one of them")
            yield Condition(operator, key, tuple(now(one) for _, one in listed), qualifier, if_exists)


def _operator(path: Path, spelling: str) -> tuple[str, Qualifier | None, bool]:
    match = _OPERATOR.fullmatch(spelling)
    known = (*OPERATORS, "Null")
    if match is None or match[2] not in known or (match[2] == "Null" and match[3]):
        near = get_close_matches(spelling.rsplit(":", maxsplit=1)[-1].removesuffix("IfExists"), known, n=1)
        advice = f"did you mean `{near[0]}`?" if near else "use an operator such as `StringLike`"
        raise _Fault(path, f"`{_cut(spelling)}` is not a condition operator", advice)
    return match[2], Qualifier(match[1]) if match[1] else None, bool(match[3])


def _either(path: Path, parts: Mapping[str, Any], one: str, other: str) -> str | None:
    if one in parts and other in parts:
        raise _Fault((*path, other), f"the statement has both `{one}` and `{other}`", "keep one of them")
    return one if one in parts else other if other in parts else None


def _object(path: Path, value: Any, what: str, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Fault(path, f"{what} is a JSON object", "write `{…}`")
    for name in value:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            advice = (
                f"did you mean `{near[0]}`?"
                if near
                else "the elements are " + ", ".join(f"`{one}`" for one in known)
            )
            raise _Fault((*path, name), f"`{_cut(name)}` is not an element of {what}", advice)
    return value


def _list(path: Path, value: Any, what: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _Fault(path, f"here stands no list of {what}", "write `[…]` with at least one in it")
    return value


def _texts(path: Path, value: Any, what: str, *, scalars: bool = False) -> list[tuple[Path, str]]:
    if not isinstance(value, list):
        return [(path, _text(path, value, scalars=scalars))]
    if not value:
        raise _Fault(path, f"the list has no {what}", f"name at least one {what}")
    return [((*path, n), _text((*path, n), one, scalars=scalars)) for n, one in enumerate(value)]


def _text(path: Path, value: Any, *, scalars: bool = False) -> str:
    if scalars and isinstance(value, bool):
        return "true" if value else "false"
    if scalars and isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, str):
        raise _Fault(path, "here stands a string in a policy", 'write it in quotes, `"…"`')
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Fault(path, "the string has half of a surrogate pair", "write the whole character") from None
    return value


def _cut(text: str) -> str:
    short = text if len(text) <= 80 else f"{text[:79]}…"
    return "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in short
    )
