"""Whether a role's session name says who holds the session, or is whatever the caller writes.

Sources: "IAM and AWS STS condition context keys", sts:RoleSessionName, and "IAM policy elements: Variables and tags", IAM
User Guide; "Easily control the naming of individual IAM role sessions", AWS Security Blog.
"""

import re
from collections.abc import Sequence
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
_IDENTITY_CENTER = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):saml-provider/AWSSSO_[0-9a-f]+_DO_NOT_DELETE")
_OF_CALLER = re.compile(r"\$\{\s*aws:(username|userid)\s*\}", re.IGNORECASE)
_USER = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:user/[^*?]+")
_ONE_PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:(iam::\d{12}:(user|role)/[^*?]+|sts::\d{12}:assumed-role/[^/*?]+/[^/*?]+)"
)
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


@dataclass(frozen=True, slots=True)
class _Namer:
    """What names the sessions of one principal. Two that differ may give one name to two callers."""

    kind: Literal["service", "identity center", "caller", "condition"]
    scope: str  # the service, the provider, the account of the users, or the one principal
    name: str = ""  # what the condition leaves


_Named: TypeAlias = tuple[_Namer, str]  # and how to say it


def fixes_session_name(trust: Policy, account: str | None = None) -> SessionName:
    """Does a role's trust policy fix the name of every session of the role, for one caller each? Fails closed.

    A name is fixed by one service that names sessions itself (EC2, Lambda or ECS tasks), by IAM Identity Center's
    provider, or by a condition that leaves one value of ``sts:RoleSessionName``: ``${aws:username}`` or
    ``${aws:userid}`` for the users of one account, or a plain name for one principal. Other identity providers may
    let people edit what becomes the name, so they do not count; nor do several ways that name apart from each other.

    Args:
        trust: the role's trust policy.
        account: the role's own, where it is known: then Identity Center counts of that account only.

    """
    ways = [one for one in trust.statements if one.effect is Effect.ALLOW and _takes_up(one)]
    if not ways:
        return NotFixed("the policy lets nobody take up the role")
    named: list[_Named] = []
    for way in ways:
        answer = _named_in(way, trust, account)
        if isinstance(answer, NotFixed):
            return answer
        named += answer
    apart = _apart([namer for namer, _ in named])
    return Fixed(tuple(dict.fromkeys(by for _, by in named))) if apart is None else apart


def chosen_in(statement: Statement, trust: Policy) -> NotFixed | None:
    """Why somebody may choose a name by a statement, beside the denials of its policy. A name that several share is none that they choose."""
    if statement.effect is Effect.DENY or not _takes_up(statement):
        return None
    if statement.principals is not None and not names_everyone(statement.principals):
        name = _name_left(statement, trust)
        if name is not None and not _OF_CALLER.search(name):
            return None
    answer = _named_in(statement, trust, None)
    if isinstance(answer, NotFixed):
        return answer
    return _apart([namer for namer, _ in answer if namer.kind == "caller"])


def _named_in(statement: Statement, trust: Policy, account: str | None) -> list[_Named] | NotFixed:
    """What names the sessions of each principal of a statement."""
    who = statement.principals
    if who is None or who.negated:
        return NotFixed("the statement does not say who takes up the role")
    name = _name_left(statement, trust)
    named: list[_Named] = []
    for kind, value in who.values:
        if kind in {"AWS", "*"}:
            answer = _by_condition(value, name)
        else:
            answer = _by_itself(value, kind, name, account, only_saml=_only_saml(statement))
        if isinstance(answer, NotFixed):
            return answer
        named.append(answer)
    return named


def _by_itself(
    value: str, kind: str, name: str | None, account: str | None, *, only_saml: bool
) -> _Named | NotFixed:
    """Who names sessions without being told to; a condition on the name makes nobody else one of these."""
    if kind == "Service" and (service := _NAMING.fullmatch(value)):
        return _Namer("service", service[1]), f"{quoted(value)} names its sessions"
    if kind == "Federated" and only_saml and (center := _IDENTITY_CENTER.fullmatch(value)):
        if account not in {None, center[1]}:
            return NotFixed(f"{quoted(value)} is of another account, whose administrators give the names")
        return _Namer("identity center", value), "IAM Identity Center names sessions after its users"
    return _any_name(value) if name is None else _shared(value, name)


def _by_condition(value: str, name: str | None) -> _Named | NotFixed:
    """A name is worth no more than the account whose administrators give it."""
    if name is None:
        return _any_name(value)
    if value == "*":
        return NotFixed("anyone may take up the role, from an account of their own with users of any name")
    by = f"the condition on `sts:RoleSessionName`: {quoted(name)}"
    if _OF_CALLER.search(name):
        # A principal that does not show its account counts as another.
        found = _ACCOUNT.fullmatch(value)
        written = _OF_CALLER.sub(lambda one: f"${{aws:{one[1].lower()}}}", name)
        return _Namer("caller", found[1] if found else value, written), by
    if not _ONE_PRINCIPAL.fullmatch(value):
        return _shared(value, name)
    return _Namer("condition", value, name), by


def _any_name(value: str) -> NotFixed:
    return NotFixed(f"{quoted(value)} may take up the role under any session name")


def _shared(value: str, name: str) -> NotFixed:
    return NotFixed(f"{quoted(value)} stands for many, who would all bear the name {quoted(name)}")


def _apart(namers: Sequence[_Namer]) -> NotFixed | None:
    """Why two callers may come to one name, or one to two; None where neither can."""
    different = set(namers)
    if len(different) < 2:
        return None
    kinds, names = {one.kind for one in different}, {one.name for one in different}
    if kinds == {"caller"} and len(names) == 1:
        return NotFixed("users of several accounts may have the same name")
    if kinds != {"condition"}:
        return NotFixed("sessions are named in several ways, so that two callers may come to the same name")
    if len(names) < len(different):
        return NotFixed("several principals, or one in several statements, may bear the same name")
    users = {one.scope for one in different if _USER.fullmatch(one.scope)}
    if len(users) < len(
        different
    ):  # who is one user is no other; who may take up one role may take up another
        return NotFixed("several statements fix different names, and a principal may fit more than one")
    return None


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


def _name_left(statement: Statement, trust: Policy) -> str | None:
    """The one name that a statement leaves, or what its policy denies."""
    return _name(statement) or _name_by_denial(trust)


def _name_by_denial(trust: Policy) -> str | None:
    """The one name that a statement leaves which denies all others to everyone.

    Only users have a name and id that a variable stands for, and of one that stands for nothing AWS says no more than
    that it may make the whole statement invalid: then nothing would be denied.
    """
    for statement in trust.statements:
        if statement.effect is Effect.ALLOW or len(statement.conditions) != 1:
            continue
        if not _is_everyone(statement.principals) or not all(_reaches(statement, one) for one in _TAKING_UP):
            continue
        name = _one_value(statement.conditions[0], {"StringNotEquals", "StringNotLike"})
        if name is not None and ("$" not in name or _lets_in_users_only(trust)):
            return name
    return None


def _lets_in_users_only(trust: Policy) -> bool:
    allows = [one.principals for one in trust.statements if one.effect is Effect.ALLOW]
    return all(
        who is not None
        and not who.negated
        and all(kind == "AWS" and _USER.fullmatch(value) for kind, value in who.values)
        for who in allows
    )


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
