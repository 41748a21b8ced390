"""Lets Liftgate open the demo's role of everyday in place: a boundary that is its ceiling, and the broker's rights on it.

What stands here is what a real account needs (docs/in-place.md), but for the condition on the boundary in the broker's rights,
a key that the embedded AWS does not know.
"""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from liftgate.clock import system_clock
from liftgate.demo.sample_account import BASELINE_ROLE, BROKER, REPORTS, SampleAccount
from liftgate.iam.compile import role_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location, Scope
from liftgate.store.sql import open_store

_CEILING: Final = Scope(
    actions=expand_actions(["write"]), locations=frozenset({Location(bucket=REPORTS, key="archive/*")})
)
_READS: Final = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
_NAMES_KNOWN_FOR: Final = timedelta(hours=2)  # the role's sessions live for one


def allow_in_place(account: SampleAccount) -> None:
    """Bound the role by what it reads and what may be opened on it, so that nothing that is put on it does more."""
    iam = account.aws.client("iam", account.aws.root)
    ceiling = json.loads(role_policy(_CEILING))["Statement"]
    boundary = iam.create_policy(
        PolicyName=f"{BASELINE_ROLE}Boundary", PolicyDocument=_policy(_READS, *ceiling)
    )
    iam.put_role_permissions_boundary(RoleName=BASELINE_ROLE, PermissionsBoundary=boundary["Policy"]["Arn"])
    change = {
        "Effect": "Allow",
        "Action": [
            "iam:ListRolePolicies",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:PutRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:SimulatePrincipalPolicy",
        ],
        "Resource": account.baseline_role_arn,
    }
    see = {
        "Effect": "Allow",
        "Action": ["iam:GetPolicy", "iam:GetPolicyVersion"],
        "Resource": f"arn:aws:iam::{account.aws.account}:policy/*",
    }
    ask = {"Effect": "Allow", "Action": "iam:SimulateCustomPolicy", "Resource": "*"}
    iam.put_user_policy(UserName=BROKER, PolicyName="OpenInPlace", PolicyDocument=_policy(change, see, ask))


def know_names(account: SampleAccount, database: Path) -> None:
    """Have the names of the role's sessions known to be fixed, as they are after some hours on a real account.

    Its AWS was created with that trust policy a moment ago, so that no session with another's name can live.
    """
    with closing(open_store(f"sqlite:///{database}", clock=system_clock)) as store:
        store.migrate()
        with store.write() as transaction:
            transaction.saw_name_fixed(account.baseline_role_arn, now=system_clock() - _NAMES_KNOWN_FOR)


def _policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
