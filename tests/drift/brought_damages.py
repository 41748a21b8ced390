"""Ways to weaken an account whose broker was there already: a user or a role of somebody's own."""

from collections.abc import Callable
from typing import Any, Final

from tests.deployment.deployed import HOME
from tests.drift.damages import ANYTHING, Change, Damage, statement
from tests.drift.deployed_account import DeployedAccount

from liftgate.drift.mending import name_of

USER: Final = f"arn:aws:iam::{HOME}:user/ops/lifter"
ROLE: Final = f"arn:aws:iam::{HOME}:role/ops/lifter"
LEND: Final = f"arn:aws:iam::{HOME}:policy/LiftgateBrokerLend"
BOUNDARY: Final = f"arn:aws:iam::{HOME}:policy/LiftgateBrokerBoundary"
READ_ONLY: Final = f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly"
ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"


def _call(arn: str, call: str, **given: str) -> Callable[[DeployedAccount], Any]:
    """One of IAM's calls about a user or role, as its owner makes it."""
    kind = arn.split(":")[5].partition("/")[0]
    named = {f"{kind.title()}Name": name_of(arn)}
    return lambda made: getattr(made.client("iam", HOME), call.format(kind))(**named, **given)


def _boundary(arn: str) -> dict[str, Change]:
    return {
        "do": _call(arn, "delete_{}_permissions_boundary"),
        "undo": _call(arn, "put_{}_permissions_boundary", PermissionsBoundary=BOUNDARY),
    }


def _other_boundary(arn: str) -> dict[str, Change]:
    do = _call(arn, "put_{}_permissions_boundary", PermissionsBoundary=READ_ONLY)
    return {**_boundary(arn), "do": do}


def _inline(arn: str) -> dict[str, Change]:
    return {
        "do": _call(arn, "put_{}_policy", PolicyName="Handy", PolicyDocument=ANYTHING),
        "undo": _call(arn, "delete_{}_policy", PolicyName="Handy"),
    }


def _administrator(arn: str) -> dict[str, Change]:
    return {
        "do": _call(arn, "attach_{}_policy", PolicyArn=ADMINISTRATOR),
        "undo": _call(arn, "detach_{}_policy", PolicyArn=ADMINISTRATOR),
    }


def _without_lend(arn: str) -> dict[str, Change]:
    return {
        "do": _call(arn, "detach_{}_policy", PolicyArn=LEND),
        "undo": _call(arn, "attach_{}_policy", PolicyArn=LEND),
    }


def _in_a_group(arn: str) -> dict[str, Change]:
    """The mending command takes the policy off the group, which is left behind without any."""

    def do(made: DeployedAccount) -> None:
        iam = made.client("iam", HOME)
        iam.create_group(GroupName="operators")
        iam.put_group_policy(GroupName="operators", PolicyName="Handy", PolicyDocument=ANYTHING)
        iam.add_user_to_group(GroupName="operators", UserName=name_of(arn))

    def undo(made: DeployedAccount) -> None:
        iam = made.client("iam", HOME)
        iam.remove_user_from_group(GroupName="operators", UserName=name_of(arn))

    return {"do": do, "undo": undo}


def _lends_more() -> dict[str, Change]:
    return statement(LEND, lambda one: one.update(Action="iam:PutRolePolicy"))


def _takes_more() -> dict[str, Change]:
    return statement(BOUNDARY, lambda one: one.update(Action="s3:*", Resource="*"))


def _of(broker: str, wall: str, change: dict[str, Change], thing: str | None = None) -> tuple[str, Damage]:
    return broker, Damage(wall=wall, thing=thing or broker, **change)


BROUGHT_DAMAGES: Final[dict[str, tuple[str, Damage]]] = {
    "a broker that is a user has no boundary": _of(USER, "boundary-missing", _boundary(USER)),
    "a broker that is a user has another boundary": _of(USER, "boundary-missing", _other_boundary(USER)),
    "the boundary of a broker that is a user takes more": _of(
        USER, "broker-widened", _takes_more(), BOUNDARY
    ),
    "a broker that is a user may do more": _of(USER, "broker-widened", _lends_more(), LEND),
    "a broker that is a user is an administrator": _of(USER, "policy-added", _administrator(USER)),
    "a broker that is a user has a policy more": _of(USER, "policy-added", _inline(USER)),
    "a broker that is a user may do more by a group": _of(USER, "policy-added", _in_a_group(USER)),
    "a broker that is a user lacks a policy": _of(USER, "policy-missing", _without_lend(USER)),
    "a broker of one's own has no boundary": _of(ROLE, "boundary-missing", _boundary(ROLE)),
    "a broker of one's own has another boundary": _of(ROLE, "boundary-missing", _other_boundary(ROLE)),
    "a broker of one's own is an administrator": _of(ROLE, "policy-added", _administrator(ROLE)),
    "a broker of one's own lacks a policy": _of(ROLE, "policy-missing", _without_lend(ROLE)),
}
"""By name: the broker's ARN, and the damage."""
