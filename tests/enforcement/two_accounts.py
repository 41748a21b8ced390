"""Two accounts on one enforcer: a role of one name in each, the broker at home, and what is tried between them.

Ceph's gateway of this version has no accounts, but tenants, which are the same to roles, sessions and buckets; those here are
called by numbers of accounts.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, TypeAlias

from botocore.exceptions import ClientError
from tests.elevation.elevation_examples import caller
from tests.enforcement.enforcers import EMBEDDED, RADOSGW, Enforcer
from tests.enforcement.stage import KEY, REFUSED, Stage, attempt
from tests.servers.other_account import EXTERNAL_ID, HARBOUR, OtherAccount, furnished
from tests.servers.radosgw import Keys, Radosgw, compact

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import ACCOUNT, OTHER_ACCOUNT
from liftgate.demo.embedded_aws import Keys as EmbeddedKeys
from liftgate.demo.sample_account import SampleAccount
from liftgate.elevation.accounts import Accounts
from liftgate.elevation.broker import Broker
from liftgate.elevation.deny import POLICY_NAME
from liftgate.elevation.errors import LendingRefused
from liftgate.elevation.revoker import DeclaredAccount, Revoker
from liftgate.elevation.service import lend_session
from liftgate.elevation.sts import StsLender

_NAME: Final = "EnforcedInBoth"
_EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
}
_numbers = count(1)

Play: TypeAlias = Callable[["TwoAccounts"], dict[str, str]]  # as must be: see ``revocation_cases``


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoAccounts:
    """A stage in each, on roles of one name."""

    home: Stage
    there: Stage
    home_bucket: str
    there_bucket: str
    home_owner: Any  # the S3 client of whoever owns the bucket at home
    revoker: Any  # an IAM client by a session of the revoker role

    def put(self, stage: Stage, session: Any) -> str:
        bucket = self.home_bucket if stage is self.home else self.there_bucket
        return attempt(lambda: session.put_object(Bucket=bucket, Key=KEY, Body=b"new"))

    def granted(self, stage: Stage) -> Any:
        bucket = self.home_bucket if stage is self.home else self.there_bucket
        return stage.granted(at=[f"s3://{bucket}/2026/q3/"])


def on_embedded(stage: Stage, account: SampleAccount) -> TwoAccounts:
    """Furnished as docs/accounts.md says."""
    other: OtherAccount = furnished(account)
    broker = Broker(account.aws.account, account.broker_arn)
    declared = DeclaredAccount(
        number=OTHER_ACCOUNT, revoker_role_arn=other.revoker_role_arn, external_id=EXTERNAL_ID
    )
    revoker = Revoker(
        declared, stage.enforcer.sts, lambda: broker, lambda lent: _iam(account, lent), system_clock
    )
    name = stage.role_arn.rsplit("/", 1)[-1]
    role_arn = stage.role_arn.replace(ACCOUNT, OTHER_ACCOUNT)
    other.iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    other.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(_EVERYTHING))
    other.trust(role_arn)
    other.let_revoker(role_arn)
    accounts = Accounts(lambda: broker, stage.enforcer.iam, [revoker])
    home = replace(stage, accounts=accounts)
    return TwoAccounts(
        home=home,
        there=home.on(role_arn),
        home_bucket="enforced",
        there_bucket=HARBOUR,
        home_owner=stage.enforcer.owner,
        revoker=accounts.iam(role_arn),
    )


def _iam(account: SampleAccount, lent: Any) -> Any:
    keys = EmbeddedKeys(
        access_key_id=lent.access_key_id,
        secret_access_key=lent.secret_access_key,
        session_token=lent.session_token,
    )
    return account.aws.client("iam", keys)


def on_radosgw(stage: Stage, radosgw: Radosgw) -> TwoAccounts:
    """Two tenants. Its IAM is called as an administrator of each."""
    number = next(_numbers)
    name = f"{_NAME}{number}"
    broker = _user(radosgw, f"broker{number}", ACCOUNT)
    owners = {one: _user(radosgw, f"owner{number}", one) for one in (ACCOUNT, OTHER_ACCOUNT)}
    iams = {one: radosgw.client("iam", keys) for one, keys in owners.items()}
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:user/broker{number}"]},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    trust = compact({"Version": "2012-10-17", "Statement": [allow]})
    for iam in iams.values():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=compact(_EVERYTHING))
    home_arn, there_arn = (f"arn:aws:iam::{one}:role/{name}" for one in iams)
    buckets = {one: radosgw.client("s3", keys) for one, keys in owners.items()}
    bucket = f"enforced-{number}"
    for s3 in buckets.values():
        s3.create_bucket(Bucket=bucket)
    enforcer = replace(stage.enforcer, sts=_of_tenant(stage.enforcer, radosgw, broker))
    home = replace(stage, enforcer=enforcer, role_arn=home_arn, accounts=_Tenants(iams))
    iams[OTHER_ACCOUNT].create_role(RoleName=f"Revoker{number}", AssumeRolePolicyDocument=trust)
    may = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["iam:*"], "Resource": ["*"]}],
    }
    iams[OTHER_ACCOUNT].put_role_policy(
        RoleName=f"Revoker{number}", PolicyName="own", PolicyDocument=compact(may)
    )
    revoker = radosgw.assume(broker, f"arn:aws:iam::{OTHER_ACCOUNT}:role/Revoker{number}")
    return TwoAccounts(
        home=home,
        there=home.on(there_arn),
        home_bucket=bucket,
        there_bucket=bucket,
        home_owner=buckets[ACCOUNT],
        revoker=radosgw.client("iam", revoker),
    )


def _user(radosgw: Radosgw, name: str, tenant: str) -> Keys:
    return radosgw.new_user(name, tenant=tenant, caps="roles=*;user-policy=*")


def _of_tenant(enforcer: Enforcer, radosgw: Radosgw, broker: Keys) -> Any:
    """The broker's STS client, which says session policies as the enforcer's own does."""
    return replace(enforcer.sts, sts=radosgw.client("sts", broker))


@dataclass(frozen=True, slots=True)
class _Tenants:
    """Without an external id, which it does not know."""

    iams: dict[str, Any]

    def iam(self, role_arn: str) -> Any:
        return self.iams[role_arn.split(":")[4]]

    def external_id(self, role_arn: str) -> str | None:
        del role_arn
        return None


def two_accounts(stage: Stage, get: Callable[[str], Any]) -> TwoAccounts:
    """On the stage's enforcer; ``get`` gets a fixture."""
    made = {
        EMBEDDED: lambda: on_embedded(stage, get("embedded_account")),
        RADOSGW: lambda: on_radosgw(stage, get("radosgw")),
    }
    assert stage.enforcer.name in made, "one account"
    return made[stage.enforcer.name]()


# What is tried


def works_in_both(two: TwoAccounts) -> dict[str, str]:
    return {
        where: two.put(stage, stage.session(two.granted(stage)))
        for where, stage in (("home", two.home), ("there", two.there))
    }


def reaches_nothing_at_home(two: TwoAccounts) -> dict[str, str]:
    """Its own session policy and role would let it: what the bucket's account does not allow is not done."""
    two.home_owner.put_object(Bucket=two.home_bucket, Key=KEY, Body=b"old")
    session = two.there.session(two.there.granted(at=[f"s3://{two.home_bucket}/2026/q3/"]))
    attempt(lambda: session.put_object(Bucket=two.home_bucket, Key=KEY, Body=b"new"))
    kept = two.home_owner.get_object(Bucket=two.home_bucket, Key=KEY)["Body"].read()
    return {"revoked, never had: the bucket at home": REFUSED if kept == b"old" else "written"}


def revoked_there(two: TwoAccounts) -> dict[str, str]:
    return _one_of_two(two, two.there, two.home)


def revoked_at_home(two: TwoAccounts) -> dict[str, str]:
    return _one_of_two(two, two.home, two.there)


def _one_of_two(two: TwoAccounts, stage: Stage, other: Stage) -> dict[str, str]:
    """The deny stands on the one role, and the other of that name has none."""
    given, more = two.granted(stage), two.granted(other)
    session, goes_on = stage.session(given), other.session(more)
    before = two.put(stage, session)
    stage.ended(given)
    assert other.policies.read(other.role_arn) is None
    return {"before": before, "revoked": two.put(stage, session), "other": two.put(other, goes_on)}


def by_the_external_id(two: TwoAccounts) -> dict[str, str]:
    """The role is lent by its external id, and not without or by another."""
    name = two.there.role_arn.rsplit("/", 1)[-1]
    assert two.there.accounts is not None
    trust = two.there.accounts.iam(two.there.role_arn).get_role(RoleName=name)["Role"]
    if "ExternalId" not in json.dumps(trust["AssumeRolePolicyDocument"]):
        _demand_external_id(two, name, trust["AssumeRolePolicyDocument"])
    lent = {
        "revoked, never had: without it": None,
        "revoked, never had: by another": "lg-another",
        "by it": EXTERNAL_ID,
    }
    return {what: _lends(two, external_id) for what, external_id in lent.items()}


def _demand_external_id(two: TwoAccounts, name: str, trust: Any) -> None:
    document = json.loads(trust) if isinstance(trust, str) else trust
    document["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
    assert two.there.accounts is not None
    two.there.accounts.iam(two.there.role_arn).update_assume_role_policy(
        RoleName=name, PolicyDocument=compact(document)
    )


def _lends(two: TwoAccounts, external_id: str | None) -> str:
    stage = two.there
    lender = StsLender(stage.enforcer.sts, external_id=lambda _: external_id)
    given = two.granted(stage)
    try:
        lend_session(given.id, caller(given.requester), store=stage.store, lender=lender, clock=stage.clock)
    except LendingRefused:
        return REFUSED
    return "allowed"


def by_the_revoker(two: TwoAccounts) -> dict[str, str]:
    """What writes the denies there is a session of a role of that account."""
    name = two.there.role_arn.rsplit("/", 1)[-1]
    deny = compact(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]}
    )
    session = two.there.session(two.granted(two.there))
    try:
        two.revoker.put_role_policy(RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=deny)
    except ClientError as refusal:
        raise AssertionError(refusal.response["Error"]["Code"]) from refusal
    return {"revoked": two.put(two.there, session)}


ACCOUNT_CASES: Final[dict[str, Play]] = {
    "lent in both accounts": works_in_both,
    "a session of the other account leaves a bucket at home as it is": reaches_nothing_at_home,
    "revoked in the other account, the role of that name at home goes on": revoked_there,
    "revoked at home, the role of that name in the other account goes on": revoked_at_home,
    "lent by the external id, not without it and not by another": by_the_external_id,
    "the deny is written by a session of the revoker role": by_the_revoker,
}
