"""The ARNs that a catalogue names: elevated roles, and the identities of people and services.

Sources: IAM User Guide, "IAM identifiers" and "IAM and AWS STS quotas"; STS API Reference, GetCallerIdentity.
"""

import re
from dataclasses import dataclass

from liftgate.catalogue.errors import ArnUnreadable
from liftgate.catalogue.nearest import suggest
from liftgate.iam.s3.location import PARTITIONS

_NAME = "[A-Za-z0-9_+=,.@-]"
_PATH = f"(?:{_NAME}+/){{0,20}}"
_ROLE = re.compile(f"role/{_PATH}(?P<name>{_NAME}{{1,64}})")
_SESSION = re.compile(
    f"assumed-role/(?P<role>{_NAME}{{1,64}})/(?:(?P<session>{_NAME}{{2,64}})|(?P<begin>{_NAME}{{0,63}})[*])"
)
_USER = re.compile(f"user/{_PATH}{_NAME}{{1,64}}")
_FEDERATED = re.compile(f"federated-user/{_NAME}{{2,32}}")
_FEDERATED_ALL = re.compile("arn:[^:]+:sts::[0-9]{12}:federated-user/")
_ROLE_FORM = "write `arn:aws:iam::<account>:role/<name>`"
_IDENTITY_FORM = "write what `aws sts get-caller-identity` answers as `Arn`"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleArn:
    """An IAM role. ``name`` is without its path, as it stands in the ARNs of its sessions."""

    text: str
    partition: str
    account: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What no two roles share. IAM calls take the name alone, and names differ by more than case and path."""
        return self.account, self.name.lower()

    @property
    def sessions(self) -> str:
        """How the ARN of each of its sessions begins."""
        return f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.name}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityArn:
    """An identity as STS names it; ``begin`` is all but the last ``*`` of a pattern, None where it is exact."""

    text: str
    begin: str | None


def parse_role_arn(text: str) -> RoleArn:
    """The role that an ARN names, which is not one of AWS's own. Raises ArnUnreadable."""
    role = parse_any_role_arn(text)
    if role.text.split(":", 5)[5].startswith(("role/aws-reserved/", "role/aws-service-role/")):
        raise ArnUnreadable(
            f"`{_cut(text)}` is kept by AWS itself, so no session of it could be taken back",
            advice="make a role of your own for this entitlement",
        )
    return role


def parse_any_role_arn(text: str) -> RoleArn:
    """The role that an ARN names. Raises ArnUnreadable."""
    partition, service, account, resource = _take_apart(text, "a role", _ROLE_FORM)
    if service == "sts" and resource.startswith("assumed-role/"):
        raise ArnUnreadable(
            f"`{_cut(text)}` is a session of a role, not the role",
            advice=f"write `arn:{partition}:iam::{account}:role/<path, where it has one>{resource.split('/')[1]}`",
        )
    match = _ROLE.fullmatch(resource)
    if service != "iam" or match is None:
        raise ArnUnreadable(f"`{_cut(text)}` is not a role's ARN", advice=_ROLE_FORM)
    return RoleArn(text=text, partition=partition, account=account, name=match["name"])


def parse_named_sessions(text: str) -> str:
    """How the ARNs of all sessions of a role begin, or of all federated users of an account. Raises ArnUnreadable."""
    begin = text.removesuffix("*")
    if begin != text and _FEDERATED_ALL.fullmatch(begin) and begin.split(":")[1] in PARTITIONS:
        return begin
    return parse_any_role_arn(text).sessions


def parse_identity_arn(text: str) -> IdentityArn:
    """The identity, or the sessions that begin alike, that an ARN names. Raises ArnUnreadable."""
    partition, service, account, resource = _take_apart(text, "an identity", _IDENTITY_FORM)
    if service == "sts":
        session = _SESSION.fullmatch(resource)
        if session and session["session"] is None:
            return IdentityArn(text=text, begin=text[:-1])
        if session or _FEDERATED.fullmatch(resource):
            return IdentityArn(text=text, begin=None)
    if service == "iam" and (resource == "root" or _USER.fullmatch(resource)):
        return IdentityArn(text=text, begin=None)
    raise _no_identity(text, partition, service, account, resource)


def _no_identity(text: str, partition: str, service: str, account: str, resource: str) -> ArnUnreadable:
    role = _ROLE.fullmatch(resource)
    if service == "iam" and role:
        return ArnUnreadable(
            f"`{_cut(text)}` is a role; whoever calls is a session of it",
            advice=f"write `arn:{partition}:sts::{account}:assumed-role/{role['name']}/<session name>`",
        )
    if "*" in resource or "?" in resource:
        return ArnUnreadable(
            f"`{_cut(text)}` has a wildcard where none may stand",
            advice="only the session name of a service may end with `*`; role and account are written in full",
        )
    return ArnUnreadable(f"`{_cut(text)}` is no identity that STS answers", advice=_IDENTITY_FORM)


def _take_apart(text: str, what: str, form: str) -> tuple[str, str, str, str]:
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise ArnUnreadable(f"`{_cut(text)}` is not the ARN of {what}", advice=form)
    _, partition, service, region, account, resource = parts
    if partition not in PARTITIONS:
        others = ", ".join(f"`{name}`" for name in PARTITIONS)
        raise ArnUnreadable(
            f"`{_cut(partition)}` is not a partition of AWS",
            advice=suggest(partition, PARTITIONS, f"the partitions are {others}"),
        )
    if region:
        raise ArnUnreadable(
            f"`{_cut(text)}` names the region `{_cut(region)}`",
            advice=f"the ARN of {what} has none: `::`",
        )
    if not re.fullmatch("[0-9]{12}", account):
        raise ArnUnreadable(f"`{_cut(account)}` is not an account id of twelve digits", advice=form)
    return partition, service, account, resource


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
