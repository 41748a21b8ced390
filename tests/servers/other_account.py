"""A second account on the embedded AWS, furnished as docs/accounts.md tells its owner, with policies copied from there."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

from liftgate.demo.embedded_aws import OTHER_ACCOUNT, EmbeddedAws, Keys
from liftgate.demo.sample_account import BROKER, ElevatedRole, SampleAccount, create_elevated_role

HARBOUR: Final = "harbour-reports"
EXTERNAL_ID: Final = "lg-5f0c1d6be2a94c73"
_PAGE: Final = Path(__file__).parents[2] / "docs" / "accounts.md"
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAccount:
    """What its owner created, and how the owner changes it."""

    home: SampleAccount
    revoker_role_arn: str

    @property
    def declared(self) -> dict[str, str]:
        """As the settings of a server name it."""
        return {"id": OTHER_ACCOUNT, "revoker_role": self.revoker_role_arn, "external_id": EXTERNAL_ID}

    @property
    def iam(self) -> Any:
        """As its owner calls it."""
        return _client(self.home.aws, "iam", self.home.aws.other_root)

    @property
    def home_iam(self) -> Any:
        """As the owner of the broker's account calls it."""
        return _client(self.home.aws, "iam", self.home.aws.root)

    def trust(self, role_arn: str, document: str | None = None) -> None:
        """Set who may assume a role; None: whom the page names."""
        trusted = document or policies_of_the_page()[0]
        self.iam.update_assume_role_policy(RoleName=_name(role_arn), PolicyDocument=trusted)

    def new_elevated_role(self, role: ElevatedRole) -> str:
        """One that the broker lends and the revoker reaches."""
        made = create_elevated_role(self.iam, role, broker_arn=self.home.broker_arn)
        self.trust(made)
        self.let_revoker(made)
        return made

    def let_revoker(self, role_arn: str, document: str | None = None) -> None:
        """Give the revoker its rights on a role, and the broker the right to lend it; None: those of the page."""
        written = document or policies_of_the_page()[1].replace(_ELEVATED, role_arn)
        self.iam.put_role_policy(
            RoleName=_name(self.revoker_role_arn), PolicyName=_name(role_arn), PolicyDocument=written
        )
        self.let_broker([role_arn, self.revoker_role_arn])

    def let_broker(self, role_arns: Sequence[str]) -> None:
        """Give the broker the right to assume roles."""
        rights = json.loads(policies_of_the_page()[2])
        assert rights["Statement"][0]["Resource"] == [_ELEVATED, _REVOKER]
        rights["Statement"][0]["Resource"] = list(role_arns)
        self.home_iam.put_user_policy(
            UserName=BROKER, PolicyName=f"Lend{_name(role_arns[0])}There", PolicyDocument=json.dumps(rights)
        )


_ELEVATED: Final = f"arn:aws:iam::{OTHER_ACCOUNT}:role/LiftgateReportsWriter"
_REVOKER: Final = f"arn:aws:iam::{OTHER_ACCOUNT}:role/LiftgateRevoker"


def furnished(home: SampleAccount) -> OtherAccount:
    """A revoker role of its own; the bucket is all tests'."""
    name = f"LiftgateRevoker{next(_numbers)}"
    other = OtherAccount(home=home, revoker_role_arn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}")
    _client(home.aws, "s3", home.aws.other_root).create_bucket(Bucket=HARBOUR)
    other.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policies_of_the_page()[0])
    other.let_broker([other.revoker_role_arn])
    return other


def policies_of_the_page() -> list[str]:
    """Trust policy, revoker's rights, broker's rights."""
    return re.findall(r"```json\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)


@cache
def _client(aws: EmbeddedAws, service: str, keys: Keys) -> Any:
    """Made once: to make one takes longer than most calls."""
    return aws.client(service, keys)


def _name(role_arn: str) -> str:
    return role_arn.rsplit("/", 1)[-1]
