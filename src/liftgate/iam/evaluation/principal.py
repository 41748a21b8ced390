"""Whether a statement's ``Principal`` or ``NotPrincipal`` speaks of a caller, and how directly.

Sources: "AWS JSON policy elements: Principal" and "… NotPrincipal", IAM User Guide.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeAlias

from liftgate.iam.evaluation.caller import Caller, CallerKind, Name, Standing, without_path
from liftgate.iam.language.context import Context
from liftgate.iam.policy import Effect, Principals


class Reach(IntEnum):
    """How directly a statement speaks of a caller; within one account it decides which other walls still count."""

    NONE = 0
    ACCOUNT = 1  # of the account: it leaves the rest to the account's own policies
    ROLE = 2  # of the role: its sessions stay inside boundary and session policies
    DIRECT = 3  # of this very user or session, or of everyone


Speaks: TypeAlias = Callable[[Caller, Context], Reach]

_USER_ID, _ROLE_ID = "AIDA", "AROA"
_EVERYONE = frozenset({("*", "*"), ("AWS", "*")})


def speaks_of(principals: Principals | None, effect: Effect, *, bounded: bool = False) -> Speaks | None:
    """How directly a statement speaks of a caller; None where it speaks of every caller alike.

    ``bounded``: the caller has a permissions boundary, so that every ``Deny`` with ``NotPrincipal`` counts for it.
    """
    if principals is None:
        return None
    wanted = frozenset(map(_canonical, principals.values))
    everyone = not wanted.isdisjoint(_EVERYONE)
    if principals.negated:
        if everyone:
            return _nobody
        return _denies_others(wanted, bounded=bounded) if effect is Effect.DENY else _others(wanted)
    if everyone:
        return None
    return _unless_unknowable(wanted) if effect is Effect.DENY else _named(wanted)


def _canonical(name: Name) -> Name:
    kind, value = name
    if kind != "AWS":
        return name
    return ("AWS", without_path(value))


def _nobody(_: Caller, __: Context) -> Reach:
    return Reach.NONE


def _named(wanted: frozenset[Name]) -> Speaks:
    ids = frozenset(
        value for kind, value in wanted if kind == "AWS" and value.startswith((_USER_ID, _ROLE_ID))
    )
    providers = frozenset(value for kind, value in wanted if kind == "Federated")

    def speaks(caller: Caller, context: Context) -> Reach:
        for place, group in enumerate(caller.groups):
            if not group.isdisjoint(wanted):
                return _reach(caller, place)
        if ids and not ids.isdisjoint(value.partition(":")[0] for value in context.get("aws:userid", ())):
            return Reach.ROLE if caller.kind is CallerKind.ROLE else Reach.DIRECT
        if providers and not providers.isdisjoint(context.get("aws:federatedprovider", ())):
            return Reach.ROLE
        return Reach.NONE

    return speaks


def _reach(caller: Caller, place: int) -> Reach:
    """What the group of names at ``place`` is, counted from the account at the end."""
    if caller.standing is Standing.OUTSIDER:
        return Reach.DIRECT
    from_the_end = len(caller.groups) - 1 - place
    if from_the_end == 0:
        return Reach.DIRECT if caller.kind is CallerKind.ROOT else Reach.ACCOUNT
    return Reach.ROLE if from_the_end == 1 and caller.kind is CallerKind.ROLE else Reach.DIRECT


def _unless_unknowable(wanted: frozenset[Name]) -> Speaks:
    """A deny for a canonical user id, which names an account that nobody outside can tell, counts for everyone."""
    named = _named(wanted)
    if all(kind != "CanonicalUser" for kind, _ in wanted):
        return named
    return lambda caller, context: (
        Reach.DIRECT if caller.kind is not CallerKind.SERVICE else named(caller, context)
    )


def _others(wanted: frozenset[Name]) -> Speaks:
    """``Allow`` with ``NotPrincipal``: everyone but those who are listed, and all in an account that is."""
    named = _named(wanted)
    return lambda caller, context: Reach.NONE if named(caller, context) else Reach.DIRECT


def _denies_others(wanted: frozenset[Name], *, bounded: bool) -> Speaks:
    """``Deny`` with ``NotPrincipal`` spares a caller only where all that it is stands there: session, role, account."""

    def speaks(caller: Caller, _: Context) -> Reach:
        spared = bool(caller.groups) and all(not group.isdisjoint(wanted) for group in caller.groups)
        return Reach.NONE if spared and not (bounded and caller.account) else Reach.DIRECT

    return speaks
