"""What AWS says of an account, for whoever sets Liftgate up there to choose from: the caller, roles, buckets.

Each is asked for once. What AWS does not say is left out, with the reason.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.catalogue.arn import RoleArn
from liftgate.errors import LiftgateError

MOST_ROLES: Final = 1_000  # that are read; more helps nobody to choose
# Roles that AWS keeps for its services, and the elevated roles of an earlier set-up.
_NOBODYS: Final = ("/aws-service-role/", "/liftgate/")
_READ_ONLY: Final = re.compile("read[-_ ]?only|baseline|viewonly", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRole:
    """A role that people could hold. ``trust`` is its trust policy, as JSON."""

    name: str
    arn: str
    id: str
    trust: str

    @property
    def is_likely(self) -> bool:
        """Whether its name says that it only reads."""
        return bool(_READ_ONLY.search(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What was found. Empty parts were not said; ``unsaid`` is why, a sentence each."""

    region: str | None = None
    number: str | None = None
    caller_arn: str | None = None
    roles: tuple[FoundRole, ...] = ()
    buckets: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    def session_of(self, role: RoleArn) -> str | None:
        """The name of the caller's session, where they hold this role."""
        if self.caller_arn is None or not self.caller_arn.startswith(role.sessions):
            return None
        return self.caller_arn.removeprefix(role.sessions)

    def role_named(self, role: RoleArn) -> FoundRole | None:
        """The role as it was found."""
        return next((one for one in self.roles if role.account in one.arn and one.name == role.name), None)


def read_account(client: Callable[[str], Any], region: str | None) -> Account:
    """Ask AWS. ``client`` makes a client of a service, and raises ``LiftgateError`` where there are no credentials."""
    unsaid: list[str] = []
    try:
        caller = _caller(client("sts"), unsaid)
    except LiftgateError as error:
        return Account(region=region, unsaid=(error.sentence,))
    except BotoCoreError as error:  # it cannot be reached: nor for the others
        return Account(region=region, unsaid=(f"AWS does not answer ({type(error).__name__})",))
    return Account(
        region=region,
        number=caller.get("Account"),
        caller_arn=caller.get("Arn"),
        roles=_asked(lambda: tuple(_roles(client("iam"))), "which roles there are", unsaid),
        buckets=_asked(lambda: tuple(_buckets(client("s3"))), "which buckets there are", unsaid),
        unsaid=tuple(unsaid),
    )


def _caller(sts: Any, unsaid: list[str]) -> Mapping[str, str]:
    try:
        answer: Mapping[str, str] = sts.get_caller_identity()
    except ClientError as error:
        unsaid.append(_sentence("who you are", error))
        return {}
    return answer


def _asked(ask: Callable[[], tuple[Any, ...]], what: str, unsaid: list[str]) -> tuple[Any, ...]:
    try:
        return ask()
    except (ClientError, BotoCoreError) as error:
        unsaid.append(_sentence(what, error))
        return ()


def _sentence(what: str, error: ClientError | BotoCoreError) -> str:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return f"AWS did not say {what} ({code or type(error).__name__})"


def _roles(iam: Any) -> Iterator[FoundRole]:
    pages = iam.get_paginator("list_roles").paginate()
    for role in islice((role for page in pages for role in page["Roles"]), MOST_ROLES):
        if role["Path"].startswith(_NOBODYS) or not _is_for_people(role["AssumeRolePolicyDocument"]):
            continue
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        yield FoundRole(name=role["RoleName"], arn=role["Arn"], id=role["RoleId"], trust=trust)


def _is_for_people(trust: Any) -> bool:
    """Whether others than AWS's services may take it up."""
    statements = trust.get("Statement", ()) if isinstance(trust, dict) else ()
    for one in statements if isinstance(statements, list) else [statements]:
        principal = one.get("Principal") if isinstance(one, dict) else None
        if principal == "*" or (isinstance(principal, dict) and {"AWS", "Federated"} & principal.keys()):
            return True
    return False


def _buckets(s3: Any) -> Iterator[str]:
    yield from (bucket["Name"] for bucket in s3.list_buckets().get("Buckets", ()))
