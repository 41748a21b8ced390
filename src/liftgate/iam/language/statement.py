"""One statement, by the rules of the policy that it stands in.

Sources: "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference", IAM User Guide; "RCP syntax" and
"SCP syntax", AWS Organizations User Guide.
"""

import re
from typing import Any

from liftgate.iam.language.condition_block import Now, conditions
from liftgate.iam.language.kind import IAM_KEEPS, NAMES_PRINCIPALS, Kind
from liftgate.iam.language.misfit import Misfit, quoted
from liftgate.iam.language.principal_block import EVERYONE, principals
from liftgate.iam.language.texts import either, known_parts, one_text, texts
from liftgate.iam.policy import Condition, Effect, Patterns, Statement

_ELEMENTS = dict.fromkeys(
    (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
)  # a dictionary, for its order: a fault lists them
_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}
_IS_ACTION = re.compile(r"\*|[A-Za-z0-9.*?-]+:[A-Za-z0-9*?_-]+").fullmatch
_IAM_SID = re.compile(r"[A-Za-z0-9]*")
_COLONS = 5  # between the six parts of an ARN
_TRUST, _RCP = Kind.TRUST, Kind.RCP  # members of an enum are slow to look up
_EVERYTHING = Patterns(("*",))


def read_statement(value: Any, kind: Kind, now: Now | None) -> Statement:
    """A statement of a policy of this kind. ``now`` says a value in today's language. Raises ``Misfit``."""
    parts = known_parts(value, "a statement", _ELEMENTS)
    effect = parts.get("Effect")
    if effect != "Allow" and effect != "Deny":  # noqa: PLR1714 - what stands there may have no hash
        raise _no_effect(parts)
    names_nobody = kind not in NAMES_PRINCIPALS and "Principal" not in parts and "NotPrincipal" not in parts
    statement = Statement(
        effect=_EFFECTS[effect],
        actions=_actions(parts),
        resources=_resources(parts, kind, now),
        principals=None if names_nobody else principals(parts, kind),
        conditions=_conditions(parts["Condition"], now) if "Condition" in parts else (),
        sid=_sid(parts["Sid"], kind) if "Sid" in parts else None,
    )
    if kind is _TRUST:
        _check_trust(statement, parts)
    elif kind is _RCP:
        _check_rcp(statement)
    return statement


def _no_effect(parts: dict[str, Any]) -> Misfit:
    if "Effect" not in parts:
        return Misfit(("Effect",), "the statement has no `Effect`", "write `Allow` or `Deny`")
    return Misfit(
        ("Effect",),
        f"the statement has an `Effect` that is neither `Allow` nor `Deny`: {quoted(parts['Effect'])}",
        "write `Allow` or `Deny`",
    )


def _sid(value: Any, kind: Kind) -> str:
    sid = one_text(value, "Sid")
    if kind in IAM_KEEPS and not _IAM_SID.fullmatch(sid):
        raise Misfit(
            ("Sid",),
            f"{quoted(sid)} is no `Sid` that IAM takes",
            "write letters without accents and digits only",
        )
    return sid


def _actions(parts: dict[str, Any]) -> Patterns:
    name = either(parts, "Action", "NotAction")
    if name is None:
        raise Misfit((), "the statement has neither `Action` nor `NotAction`", "name the actions")
    values = texts(parts[name], "action", name)
    for value in values:
        if not _IS_ACTION(value):
            raise Misfit(
                _at(parts, name, values.index(value)),
                f"{quoted(value)} is not an action",
                "write `service:Action`, such as `s3:GetObject`, or `*`",
            )
    return Patterns(values, name == "NotAction")


def _resources(parts: dict[str, Any], kind: Kind, now: Now | None) -> Patterns | None:
    name = either(parts, "Resource", "NotResource")
    if kind is _TRUST:
        if name is None:
            return None
        raise Misfit((name,), f"a trust policy has no `{name}`: the role itself is meant", "take it out")
    if name is None:
        raise Misfit(
            (), "the statement has neither `Resource` nor `NotResource`", "name the resources, or write `*`"
        )
    values = texts(parts[name], "resource", name)
    for value in values:
        is_arn = value[:4] == "arn:" and (value.count(":") >= _COLONS or "*" in value)
        if not is_arn and value != "*":
            raise Misfit(
                _at(parts, name, values.index(value)),
                f"{quoted(value)} is not an ARN",
                "write `arn:aws:s3:::bucket/key`, or `*`",
            )
    return Patterns(tuple(map(now, values)) if now else values, name == "NotResource")


def _conditions(value: Any, now: Now | None) -> tuple[Condition, ...]:
    try:
        return conditions(value, now)
    except Misfit as misfit:
        raise misfit.under("Condition") from None


def _at(parts: dict[str, Any], name: str, number: int) -> tuple[str | int, ...]:
    return (name, number) if isinstance(parts[name], list) else (name,)


def _check_trust(statement: Statement, parts: dict[str, Any]) -> None:
    name = "NotAction" if statement.actions.negated else "Action"
    for number, value in enumerate(statement.actions.values):
        if value[:4].lower() != "sts:":
            raise Misfit(
                _at(parts, name, number),
                f"{quoted(value)} is no action of a trust policy",
                "write `sts:AssumeRole`, or another action of `sts`",
            )


def _check_rcp(statement: Statement) -> None:
    """AWS's own RCPFullAWSAccess allows everything; what others write may only deny, and has no ``NotAction``."""
    if statement.actions.negated:
        raise Misfit(
            ("NotAction",), "a resource control policy has no `NotAction`", "name the actions in `Action`"
        )
    full = (statement.actions, statement.resources, statement.principals) == (
        _EVERYTHING,
        _EVERYTHING,
        EVERYONE,
    )
    if statement.effect is Effect.ALLOW and (not full or statement.conditions):
        raise Misfit(
            ("Effect",),
            "a resource control policy can only deny",
            "write `Deny`; only AWS's own `RCPFullAWSAccess` allows, and that everything",
        )
