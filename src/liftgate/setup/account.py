"""What AWS says of an account, for whoever sets Liftgate up there to choose from: the caller, roles, buckets.

Each is asked for once. What AWS does not say is left out, with the reason.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.catalogue.arn import RoleArn
from liftgate.errors import LiftgateError
from liftgate.iam.errors import BadKmsKey
from liftgate.iam.s3.kms_key import parse_kms_key

MOST_ROLES: Final = 1_000  # that are read; more helps nobody to choose
# Roles that AWS keeps for its services, and the elevated roles of an earlier set-up.
_NOBODYS: Final = ("/aws-service-role/", "/liftgate/")
_FAILURES: Final = (ClientError, BotoCoreError, LiftgateError)
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
class BucketKey:
    """The KMS key under which new objects of a bucket are encrypted; None: none that anybody must be allowed to use.

    ``unsaid`` is why that is not known.
    """

    arn: str | None = None
    unsaid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What was found. Empty parts were not said; ``unsaid`` is why, a sentence each."""

    region: str | None = None
    number: str | None = None
    caller_arn: str | None = None
    roles: tuple[FoundRole, ...] = ()
    buckets: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    key_of: Callable[[str], "BucketKey"] = field(default=lambda _: BucketKey(), repr=False)

    def session_of(self, role: RoleArn) -> str | None:
        """The name of the caller's session, where they hold this role."""
        if self.caller_arn is None or not self.caller_arn.startswith(role.sessions):
            return None
        return self.caller_arn.removeprefix(role.sessions)

    def role_named(self, role: RoleArn) -> FoundRole | None:
        """The role as it was found."""
        return next(
            (one for one in self.roles if f":{role.account}:" in one.arn and one.name == role.name), None
        )


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
        key_of=cache(lambda bucket: _key_of(client, bucket)),
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
    except _FAILURES as error:
        unsaid.append(_sentence(what, error))
        return ()


def _sentence(what: str, error: Exception) -> str:
    if isinstance(error, LiftgateError):
        return error.sentence
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return f"AWS did not say {what} ({code or type(error).__name__})"


def _roles(iam: Any) -> Iterator[FoundRole]:
    pages = iam.get_paginator("list_roles").paginate()
    for role in islice((role for page in pages for role in page["Roles"]), MOST_ROLES):
        if role["Path"].startswith(_NOBODYS) or not _is_for_people(role["AssumeRolePolicyDocument"]):
            continue
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        yield FoundRole(name=role["RoleName"], arn=role["Arn"], id=role["RoleId"], trust=trust)


def _key_of(client: Callable[[str], Any], bucket: str) -> BucketKey:
    what = f"how `{bucket}` is encrypted"
    try:
        rules = client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"][
            "Rules"
        ]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ServerSideEncryptionConfigurationNotFoundError":
            return BucketKey()
        return BucketKey(unsaid=_sentence(what, error))
    except (BotoCoreError, LiftgateError) as error:
        return BucketKey(unsaid=_sentence(what, error))
    for rule in rules:
        key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key and not key.endswith("alias/aws/s3"):  # AWS's own key, which whoever may use S3 may use
            return _named_key(bucket, key)
    return BucketKey()


def _named_key(bucket: str, key: str) -> BucketKey:
    try:
        return BucketKey(arn=parse_kms_key(key))
    except BadKmsKey as error:
        return BucketKey(unsaid=f"the key of `{bucket}` cannot be named in a policy: {error.sentence}")


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
