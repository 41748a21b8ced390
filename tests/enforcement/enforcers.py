"""The three programs that enforce: each as a broker, a role's owner and a bucket's owner see it."""

import importlib.metadata
import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Final

from botocore.config import Config
from tests.servers.radosgw import Keys, Radosgw, compact
from tests.servers.seaweedfs import Seaweedfs
from tests.servers.seaweedfs import version as seaweedfs_version

from liftgate.demo.embedded_aws import EmbeddedAws
from liftgate.demo.embedded_aws import Keys as EmbeddedKeys
from liftgate.demo.sample_account import BROKER, PEOPLE, SampleAccount
from liftgate.elevation.model import Credentials

EMBEDDED, RADOSGW, SEAWEEDFS = "embedded AWS", "radosgw", "seaweedfs"
NAMES: Final = (EMBEDDED, RADOSGW, SEAWEEDFS)
SEAWEEDFS_ROLES: Final[Mapping[str, dict[str, Any]]] = {
    "elevated": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
    }
}

_EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
}
_LENDING: Final = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcer:
    """A program that enforces, as the suite uses it."""

    name: str
    version: str
    owner: Any  # the S3 client of whoever owns the buckets
    reader: EmbeddedKeys | Keys  # of somebody who may read all buckets all day
    sts: Any  # the broker's
    adapted: str = ""  # how the policy that it is given differs from the one that was compiled
    iam: Any  # the broker's; None where roles are fixed
    role_owner: Any  # the IAM client of whoever owns the roles; None likewise
    new_role: Callable[
        [], str
    ]  # a role that may do everything in S3: what refuses is the session's policy, or a deny
    client: Callable[[Credentials], Any]  # an S3 client of a lent session


def embedded(account: SampleAccount) -> Enforcer:
    """The embedded AWS, ministack."""
    aws = account.aws
    return Enforcer(
        name=EMBEDDED,
        version=f"ministack {importlib.metadata.version('ministack')}",
        owner=aws.client("s3", aws.root),
        reader=account.as_baseline(PEOPLE[0]),
        sts=aws.client("sts", account.broker),
        iam=aws.client("iam", account.broker),
        role_owner=aws.client("iam", aws.root),
        new_role=partial(_embedded_role, account),
        # It knows no older form of signature, which botocore still gives presigned URLs in us-east-1.
        client=lambda lent: aws.client(
            "s3", EmbeddedKeys(**_pair(lent)), config=Config(signature_version="s3v4")
        ),
    )


def ceph(radosgw: Radosgw) -> Enforcer:
    """Ceph's gateway."""
    broker, owner = radosgw.new_user("enforced-broker", caps="roles=*"), radosgw.new_user("enforced-owner")
    said = subprocess.run(["radosgw", "--version"], capture_output=True, text=True, check=True).stdout
    return Enforcer(
        name=RADOSGW,
        version=" ".join(said.split()[:3]),
        owner=radosgw.client("s3", owner),
        reader=owner,
        sts=_Adapted(radosgw.client("sts", broker), for_radosgw),
        adapted="the session policy goes without `s3:GetObjectAttributes` and `s3:GetObjectVersionAttributes`, which it"
        " does not know; accounts are its tenants",
        iam=radosgw.client("iam", broker),
        role_owner=radosgw.client("iam", radosgw.admin),
        new_role=partial(_radosgw_role, radosgw),
        client=lambda lent: radosgw.client("s3", Keys(**_pair(lent))),
    )


def weed(seaweedfs: Seaweedfs) -> Enforcer:
    """SeaweedFS, for scopes alone."""
    return Enforcer(
        name=SEAWEEDFS,
        version=f"seaweedfs {seaweedfs_version()}",
        owner=seaweedfs.client("s3", seaweedfs.admin),
        reader=seaweedfs.admin,
        sts=_Adapted(seaweedfs.client("sts", seaweedfs.broker), without_window),
        adapted="the session policy goes without its window: it knows no `aws:CurrentTime`, and refuses what has it",
        iam=None,
        role_owner=None,
        new_role=lambda: seaweedfs.role_arns["elevated"],
        client=lambda lent: seaweedfs.client("s3", Keys(**_pair(lent))),
    )


@dataclass(frozen=True, slots=True)
class _Adapted:
    """An STS client that respells the session policies that pass through it."""

    sts: Any
    respell: Callable[[str], str]

    def assume_role(self, **call: Any) -> Any:
        return self.sts.assume_role(**{**call, "Policy": self.respell(call["Policy"])})


def without_window(policy: str) -> str:
    """The policy at any time."""
    document = json.loads(policy)
    statements = document["Statement"]
    kept = []
    for statement in [statements] if isinstance(statements, dict) else statements:
        conditions = {
            operator: {key: value for key, value in keys.items() if key != "aws:CurrentTime"}
            for operator, keys in statement.pop("Condition", {}).items()
        }
        conditions = {operator: keys for operator, keys in conditions.items() if keys}
        if statement["Effect"] == "Allow" or conditions:
            kept.append({**statement, **({"Condition": conditions} if conditions else {})})
    return json.dumps({**document, "Statement": kept})


def for_radosgw(policy: str) -> str:
    """Without the actions that it refuses to read; and no white space, because it reads a form's ``+`` as a plus."""
    for name in ("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes", "s3:*Attributes"):
        policy = policy.replace(f'"{name}",', "").replace(f',"{name}"', "")
    return policy.replace(" ", "\\u0020")


def _embedded_role(account: SampleAccount) -> str:
    aws: EmbeddedAws = account.aws
    iam, name = aws.client("iam", aws.root), f"Enforced{next(_numbers)}"
    made = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(_trust(account.broker_arn, _LENDING))
    )
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(_EVERYTHING))
    arn = str(made["Role"]["Arn"])
    take_back = ["iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"]
    may = [{"Effect": "Allow", "Action": [*_LENDING, *take_back], "Resource": [arn]}]
    iam.put_user_policy(
        UserName=BROKER,
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": may}),
    )
    return arn


def _radosgw_role(radosgw: Radosgw) -> str:
    trust = _trust("arn:aws:iam:::user/enforced-broker", _LENDING[:2])  # it knows no sts:SetSourceIdentity
    return radosgw.new_role(f"enforced-{next(_numbers)}", trust, policy=json.loads(compact(_EVERYTHING)))


def _trust(who: str, may: tuple[str, ...]) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"AWS": [who]}, "Action": list(may)}
    return {"Version": "2012-10-17", "Statement": [allow]}


def _pair(lent: Credentials) -> dict[str, str]:
    return {
        "access_key_id": lent.access_key_id,
        "secret_access_key": lent.secret_access_key,
        "session_token": lent.session_token,
    }
