"""Who calls, as IAM sees it: the names by which policies speak of the caller, and the keys that every request carries.

Sources: "AWS JSON policy elements: Principal", "IAM policy elements: Variables and tags" (its table of principals) and
"AWS global condition context keys", IAM User Guide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from liftgate.iam.language.context import Context


class CallerKind(StrEnum):
    """What kind of principal calls: it decides which policies apply."""

    UNSAID = "unsaid"  # only the policies are asked
    ANONYMOUS = "anonymous"
    ROOT = "root"
    USER = "user"
    ROLE = "role"  # a role's ARN, or one of its sessions
    FEDERATED = "federated user"
    SERVICE = "service"
    OTHER = "other"  # an identity provider, a canonical user


class Standing(IntEnum):
    """Which kinds of policy count for a caller."""

    UNSAID = 0
    MEMBER = 1  # a user or role of an account
    LINKED = 2  # a service-linked role: a member that no organisation's policy limits
    ROOT = 3
    FEDERATED = 4  # a member that can do nothing without session policies
    OUTSIDER = 5  # no identity policies speak of it: a service, an identity provider, anyone


Name: TypeAlias = tuple[str, str]  # as in a policy: kind and value


@dataclass(frozen=True, slots=True, eq=False)  # each is made once: compared by identity
class Caller:
    """A principal: each group of names is one of the things it is, the narrowest first (session, role, account)."""

    kind: CallerKind
    account: str | None = None
    groups: tuple[frozenset[Name], ...] = ()
    keys: Context = field(default_factory=dict)  # what AWS carries in every request of this caller
    standing: Standing = Standing.OUTSIDER


_NOT_OF_A_SERVICE = {"aws:principalisawsservice": ("false",)}
_SERVICE = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|aws\.internal|amazon\.com)")
_ARN = re.compile(r"arn:([a-z0-9-]+):(iam|sts)::(\d{12}):(.+)", re.DOTALL)
_ROLE = re.compile(r"(arn:[a-z0-9-]+:iam::\d{12}:role/).*/([^/]+)", re.DOTALL)
ANONYMOUS = frozenset({"*", "anonymous"})


@lru_cache(maxsize=16384)
def caller_of(principal: str | None) -> Caller:
    """The caller that a request's principal names."""
    if principal is None:
        return Caller(CallerKind.UNSAID, standing=Standing.UNSAID)
    if principal in ANONYMOUS:
        return Caller(
            CallerKind.ANONYMOUS,
            keys=MappingProxyType(
                {
                    "aws:principalaccount": ("anonymous",),
                    "aws:principaltype": ("Anonymous",),
                    "aws:userid": ("anonymous",),
                }
            ),
        )
    match = _ARN.fullmatch(principal)
    if match is not None:
        made = _of_arn(principal, *match.groups())
        if made is not None:
            return made
    if _SERVICE.fullmatch(principal) and principal not in _PROVIDERS:
        return _service(principal)
    return Caller(
        CallerKind.OTHER, groups=(frozenset({("Federated", principal), ("CanonicalUser", principal)}),)
    )


_PROVIDERS = frozenset(
    {"cognito-identity.amazonaws.com", "www.amazon.com"}
)  # look like services, and sign people in


def without_path(arn: str) -> str:
    """A role's ARN without its path: an account has each role name once, and a session's ARN tells no path."""
    match = _ROLE.fullmatch(arn)
    return arn if match is None else match[1] + match[2]


def _of_arn(arn: str, partition: str, service: str, account: str, rest: str) -> Caller | None:
    kind, _, name = rest.partition("/")
    owner = frozenset({("AWS", account), ("AWS", f"arn:{partition}:iam::{account}:root")})
    if service == "iam" and rest == "root":
        return Caller(
            CallerKind.ROOT, account, (owner,), _keys(arn, account, "Account", userid=account), Standing.ROOT
        )
    if service == "iam" and kind == "user":
        keys = _keys(arn, account, "User", username=name.rpartition("/")[2])
        return Caller(CallerKind.USER, account, (frozenset({("AWS", arn)}), owner), keys, Standing.MEMBER)
    if service == "iam" and kind == "role":
        role = frozenset({("AWS", without_path(arn))})
        keys = _keys(arn, account, "AssumedRole")
        return Caller(
            CallerKind.ROLE,
            account,
            (role, owner),
            keys,
            _standing(linked=name.startswith("aws-service-role/")),
        )
    if service == "sts" and kind == "assumed-role":
        role_name = name.partition("/")[0]
        role_arn = f"arn:{partition}:iam::{account}:role/{role_name}"
        return Caller(
            CallerKind.ROLE,
            account,
            (frozenset({("AWS", arn)}), frozenset({("AWS", role_arn)}), owner),
            _keys(role_arn, account, "AssumedRole"),
            _standing(linked=role_name.startswith("AWSServiceRoleFor")),  # a prefix that IAM keeps for itself
        )
    if service == "sts" and kind == "federated-user":
        keys = _keys(arn, account, "FederatedUser", userid=f"{account}:{name}")
        return Caller(
            CallerKind.FEDERATED, account, (frozenset({("AWS", arn)}), owner), keys, Standing.FEDERATED
        )
    return None


def _standing(*, linked: bool) -> Standing:
    return Standing.LINKED if linked else Standing.MEMBER


def _keys(arn: str, account: str, kind: str, **more: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {
            "aws:principalarn": (arn,),
            "aws:principalaccount": (account,),
            "aws:principaltype": (kind,),
            **_NOT_OF_A_SERVICE,
            **{f"aws:{key}": (value,) for key, value in more.items()},
        }
    )


def _service(name: str) -> Caller:
    return Caller(
        CallerKind.SERVICE,
        groups=(frozenset({("Service", name)}),),
        keys=MappingProxyType(
            {
                "aws:principalisawsservice": ("true",),
                "aws:principalservicename": (name,),
                "aws:principalservicenameslist": (name,),
            }
        ),
    )


# Every key that may be filled in: a policy that names none of them needs no filling.
FILLED = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:userid",
        "aws:username",
        "aws:resourceaccount",
    }
)


@lru_cache(maxsize=16384)
def known_of(caller: Caller, owner: str | None) -> Context:
    """What AWS carries in every request of this caller to a resource of this account."""
    return caller.keys if owner is None else {**caller.keys, "aws:resourceaccount": (owner,)}


def owner_of(arn: str, caller: Caller) -> str | None:
    """The account that owns a resource: the one in its ARN, else the caller's, if it has one."""
    if arn.startswith("arn:aws:s3:::"):  # most requests
        return caller.account
    parts = arn.split(":", 5)
    named = parts[4] if len(parts) > 4 else ""
    return caller.account if named in {"", "aws"} else named  # "aws": what AWS keeps for every account
