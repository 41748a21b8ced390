"""Reads IAM policies from JSON, and says precisely what is wrong with those that are none.

Source: "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference", IAM User Guide.

>>> parse_policy('{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resorce": "*"}}')
Traceback (most recent call last):
    ...
liftgate.iam.errors.PolicyFault: $.Statement.Resorce:1:72: `Resorce` is not an element of a statement
"""

from dataclasses import replace
from typing import Any

from liftgate.iam.errors import PolicyFault
from liftgate.iam.language.condition_block import Now
from liftgate.iam.language.json_place import line_and_column, written
from liftgate.iam.language.json_text import read_json
from liftgate.iam.language.kind import (
    HELD,
    INLINE_OF_GROUP,
    INLINE_OF_ROLE,
    INLINE_OF_USER,
    LIMITS,
    LONGEST_TEXT,
    MANAGED,
    OF_KMS_KEY,
    OF_ORGANIZATIONS,
    Kind,
    Limit,
)
from liftgate.iam.language.misfit import Misfit, quoted
from liftgate.iam.language.statement import read_statement
from liftgate.iam.language.texts import known_parts, one_text
from liftgate.iam.policy import VERSION, Policy, Statement

__all__ = [
    "HELD",
    "INLINE_OF_GROUP",
    "INLINE_OF_ROLE",
    "INLINE_OF_USER",
    "LIMITS",
    "LONGEST_TEXT",
    "MANAGED",
    "OF_KMS_KEY",
    "Kind",
    "parse_policy",
]

_TOP = dict.fromkeys(("Version", "Id", "Statement"))
_OLD_VERSION = "2008-10-17"


def parse_policy(text: str, kind: Kind = Kind.IDENTITY, *, largest: int | None = None) -> Policy:
    """The policy that a text says, by the rules of its kind.

    A policy of the version 2008-10-17, or of none, which knows no variables, is read as the one of today that
    means the same. ``largest`` replaces the number of characters that AWS takes for the kind (``LIMITS``): ``MANAGED``
    for a managed policy, ``HELD[kind]`` for one that AWS holds already, such as a managed policy of its own or a KMS
    key's, which may be longer.

    Raises ``PolicyFault`` with the JSON path, line and column of what is wrong, and what would be right.
    """
    document = read_json(text, _limit(kind, largest))
    try:
        return _policy(document, kind)
    except Misfit as misfit:
        line, column = line_and_column(text, misfit.path)
        raise PolicyFault(
            misfit.sentence, advice=misfit.advice, where=f"{written(misfit.path)}:{line}:{column}"
        ) from None


def _limit(kind: Kind, largest: int | None) -> Limit:
    limit = LIMITS[kind]
    if largest is None:
        return limit
    is_rarer = limit.most is not None and largest > limit.characters
    return replace(limit, characters=largest, of=limit.most_of if is_rarer else limit.of)


def _policy(document: Any, kind: Kind) -> Policy:
    top = known_parts(document, "a policy", _TOP)
    if "Statement" not in top:
        raise Misfit((), "the policy has no `Statement`", 'add `"Statement": […]`')
    now = _literal if _version(top, kind) == _OLD_VERSION else None
    found = _statements(top["Statement"], kind, now)
    _check_sids(found)
    return Policy(statements=tuple(found), id=one_text(top["Id"], "Id") if "Id" in top else None)


def _statements(value: Any, kind: Kind, now: Now | None) -> list[Statement]:
    found: list[Statement] = []
    try:
        if isinstance(value, dict):
            return [read_statement(value, kind, now)]
        for one in _listed(value):
            found.append(read_statement(one, kind, now))  # noqa: PERF401 - how many are read tells where a fault is
    except Misfit as misfit:
        within = isinstance(value, list) and value
        raise (misfit.under("Statement", len(found)) if within else misfit.under("Statement")) from None
    return found


def _version(top: dict[str, Any], kind: Kind) -> str:
    """The version, checked. Organizations takes only today's, and only where it is written."""
    version = top.get("Version")
    if version is None and "Version" not in top:
        if kind in OF_ORGANIZATIONS:
            raise Misfit(
                (), f"a policy of the kind `{kind}` has a `Version`", f'add `"Version": "{VERSION}"`'
            )
        return _OLD_VERSION
    if version == VERSION or (version == _OLD_VERSION and kind not in OF_ORGANIZATIONS):
        return str(version)
    if version == _OLD_VERSION:
        raise Misfit(("Version",), f"a policy of the kind `{kind}` has today's version", f"write `{VERSION}`")
    raise Misfit(
        ("Version",), f"{quoted(version)} is not a version of the policy language", f"write `{VERSION}`"
    )


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Misfit((), "here stands no list of statements", "write `[…]` with at least one in it")
    return value


def _check_sids(statements: list[Statement]) -> None:
    seen: set[str] = set()
    for number, statement in enumerate(statements):
        if statement.sid and statement.sid in seen:
            raise Misfit(
                ("Statement", number, "Sid"),
                f"two statements have the `Sid` {quoted(statement.sid)}",
                "rename one of them",
            )
        seen.add(statement.sid or "")


def _literal(value: str) -> str:
    """What the old version took as it stood, said in the new one."""
    return value.replace("${", "${$}{")
