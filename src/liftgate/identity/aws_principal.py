"""From what STS says of a caller to an identity: sessions of roles, users and federated users, and nobody else.

Sources: STS API Reference, GetCallerIdentity; IAM User Guide, "IAM identifiers" and, for ``aws:userid``, "Policy variables".
"""

import re
from dataclasses import dataclass
from typing import Final

from liftgate.identity.errors import IdentityNotAccepted, StsAnswerRefused
from liftgate.identity.model import Identity, IdentityKind

_NAME: Final = "[A-Za-z0-9_+=,.@-]"
_ID: Final = "[A-Z0-9]{16,128}"
_SESSION: Final = re.compile(f"assumed-role/{_NAME}{{1,64}}/({_NAME}{{2,64}})")
_USER: Final = re.compile(f"user/(?:{_NAME}+/){{0,20}}{_NAME}{{1,64}}")
_FEDERATED: Final = re.compile(f"federated-user/({_NAME}{{2,32}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity:
    """The three texts of a GetCallerIdentity result."""

    arn: str
    user_id: str
    account: str


def identity_from(said: CallerIdentity, *, partition: str) -> Identity:
    """The identity that STS of ``partition`` names.

    Raises ``IdentityNotAccepted`` for any other principal, root included, and ``StsAnswerRefused`` where the three
    texts contradict each other.
    """
    head, _, resource = said.arn.partition("::")
    account, _, resource = resource.partition(":")
    user_id = _user_id_of(head, account, resource, partition)
    if user_id is None:
        raise IdentityNotAccepted(
            "AWS knows these credentials, but they are no role session, user or federated user",
            advice="sign in with a role session or a user; the root of an account never can",
        )
    if account != said.account or not re.fullmatch("[0-9]{12}", account):
        raise _contradiction("account")
    if not re.fullmatch(user_id, said.user_id):
        raise _contradiction("user id")
    return Identity(kind=IdentityKind.AWS, name=said.arn, account=account, user_id=said.user_id)


def _user_id_of(head: str, account: str, resource: str, partition: str) -> str | None:
    """The pattern of the user id that belongs to an ARN; None for an ARN that is not accepted."""
    if head == f"arn:{partition}:sts":
        if session := _SESSION.fullmatch(resource):
            return f"{_ID}:{re.escape(session[1])}"
        if federated := _FEDERATED.fullmatch(resource):
            return f"{re.escape(account)}:{re.escape(federated[1])}"
    if head == f"arn:{partition}:iam" and _USER.fullmatch(resource):
        return _ID
    return None


def _contradiction(what: str) -> StsAnswerRefused:
    return StsAnswerRefused(
        f"the answer in the place of STS contradicts itself in the {what}",
        advice="check that the server's address of STS leads to AWS",
    )
