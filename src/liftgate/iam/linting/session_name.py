"""Whether a role's session name says who holds the session, or is whatever the caller writes.

Sources: "IAM and AWS STS condition context keys", sts:RoleSessionName, IAM User Guide; "Easily control the naming of
individual IAM role sessions", AWS Security Blog.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from liftgate.iam.linting.narrowing import names_everyone
from liftgate.iam.linting.wording import quoted
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Condition, Effect, Policy, Principals, Statement

_TAKING_UP = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
# Services that name sessions themselves: an instance, a function, a task.
_NAMING = re.compile(r"(ec2|lambda|edgelambda|ecs-tasks)\.amazonaws\.com(\.cn)?")
# The provider that IAM Identity Center makes in each account; its assertions carry the user's name.
_IDENTITY_CENTER = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:saml-provider/AWSSSO_[0-9a-f]+_DO_NOT_DELETE")
_OF_CALLER = re.compile(r"\$\{\s*aws:(username|userid)\s*\}", re.IGNORECASE)
_ONE_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(user|role)/.+")
_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::.+)?")
_KEY = "sts:rolesessionname"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Nobody who may take up the role chooses the name of the session."""

    by: tuple[str, ...]  # what fixes it, one for each way in

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class NotFixed:
    """Somebody may choose the name, or it could not be ruled out."""

    because: str

    def __bool__(self) -> Literal[False]:
        return False


SessionName: TypeAlias = Fixed | NotFixed  # true only where nobody chooses


def fixes_session_name(trust: Policy) -> SessionName:
    """Does a role's trust policy fix the name of every session of the role? Fails closed.

    A name is fixed by the services that name sessions themselves (EC2, Lambda, ECS tasks), by IAM Identity Center's
    provider, or by a condition that leaves one value of ``sts:RoleSessionName``: one plain name, or ``${aws:username}``
    or ``${aws:userid}`` for the users of one account. Other identity providers may let people edit what becomes the
    name, so they do not count.
    """
    ways = [one for one in trust.statements if one.effect is Effect.ALLOW and _takes_up(one)]
    if not ways:
        return NotFixed("the policy lets nobody take up the role")
    by: list[str] = []
    for way in ways:
        answer = fixes_in(way, trust)
        if not isinstance(answer, Fixed):
            return answer
        by += answer.by
    of_caller = [
        _accounts(way) for way in ways if _OF_CALLER.search(_name(way) or _name_by_denial(trust) or "")
    ]
    if len(set().union(*of_caller)) > 1:
        return NotFixed("users of several accounts may have the same name")
    if _may_choose_between(ways):
        return NotFixed("several statements fix different names, and a principal may fit more than one")
    return Fixed(tuple(dict.fromkeys(by)))


def fixes_in(statement: Statement, trust: Policy) -> SessionName:
    """The same for one statement, beside the denials of its policy."""
    if statement.effect is Effect.DENY or not _takes_up(statement):
        return Fixed(())
    who = statement.principals
    if who is None or who.negated:
        return NotFixed("the statement does not say who takes up the role")
    name = _name(statement) or _name_by_denial(trust)
    if name is not None:
        return _by_condition(statement, who, name)
    by = []
    for kind, value in who.values:
        if kind == "Service" and _NAMING.fullmatch(value):
            by.append(f"{quoted(value)} names its sessions")
        elif kind == "Federated" and _IDENTITY_CENTER.fullmatch(value) and _only_saml(statement):
            by.append("IAM Identity Center names sessions after its users")
        else:
            return NotFixed(f"{quoted(value)} may take up the role under any session name")
    return Fixed(tuple(by))


def _by_condition(statement: Statement, who: Principals, name: str) -> SessionName:
    """A name is worth no more than the account whose administrators give it."""
    if names_everyone(who):
        return NotFixed("anyone may take up the role, from an account of their own with users of any name")
    if _OF_CALLER.search(name) and len(_accounts(statement)) > 1:
        return NotFixed("users of several accounts may have the same name")
    return Fixed((f"the condition on `sts:RoleSessionName`: {quoted(name)}",))


def _accounts(statement: Statement) -> set[str]:
    """The accounts that the statement names; a principal that does not show its own counts as another."""
    values = (
        [value for kind, value in statement.principals.values if kind == "AWS"]
        if statement.principals
        else []
    )
    return {match[1] if (match := _ACCOUNT.fullmatch(value)) else value for value in values}


def _takes_up(statement: Statement) -> bool:
    return any(_reaches(statement, action) for action in _TAKING_UP)


def _reaches(statement: Statement, action: str) -> bool:
    reached = any(matcher(value.lower())(action) for value in statement.actions.values)
    return reached is not statement.actions.negated


def _only_saml(statement: Statement) -> bool:
    return not _reaches(statement, "sts:assumerolewithwebidentity")


def _name(statement: Statement) -> str | None:
    """The one name that the statement's conditions leave."""
    names = (_one_value(one, {"StringEquals", "StringLike"}) for one in statement.conditions)
    return next((name for name in names if name is not None), None)


def _name_by_denial(trust: Policy) -> str | None:
    """The one name that a statement leaves which denies all others to everyone."""
    for statement in trust.statements:
        if statement.effect is Effect.ALLOW or len(statement.conditions) != 1:
            continue
        if not _is_everyone(statement.principals) or not all(_reaches(statement, one) for one in _TAKING_UP):
            continue
        name = _one_value(statement.conditions[0], {"StringNotEquals", "StringNotLike"})
        if name is not None:
            return name
    return None


def _is_everyone(principals: Principals | None) -> bool:
    return principals is not None and not principals.negated and names_everyone(principals)


def _one_value(condition: Condition, operators: set[str]) -> str | None:
    """The value of a condition on the session name, if it leaves only one for each caller."""
    if condition.key.lower() != _KEY or condition.operator not in operators:
        return None
    if condition.qualifier is not None or condition.if_exists or len(condition.values) != 1:
        return None
    value = condition.values[0]
    plain = _OF_CALLER.sub("", value)
    return None if "$" in plain or "*" in plain or "?" in plain or not value else value


def _may_choose_between(ways: list[Statement]) -> bool:
    """Whether statements ask for different names, and a caller might pick the statement."""
    named = [(one, name) for one in ways if (name := _name(one)) is not None]
    if len({name for _, name in named}) < 2:
        return False
    known = [
        value for one, _ in named for value in {value for _, value in (one.principals or _NOBODY).values}
    ]
    return len(set(known)) < len(known) or not all(map(_ONE_PRINCIPAL.fullmatch, known))


_NOBODY = Principals(())
