"""A stage on one enforcer: a real store, Liftgate's own lending and revoking, and the sessions that come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import pytest
from botocore.exceptions import ClientError
from tests.elevation.elevation_examples import caller, grant, request
from tests.elevation.in_place_examples import breathe
from tests.enforcement.enforcers import EMBEDDED, Enforcer
from tests.store.store_examples import add_ending, draft

from liftgate.access.model import EndingKind, Grant
from liftgate.clock import Clock, system_clock
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.model import DenyState, SessionEnding
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.elevation.service import lend_session
from liftgate.elevation.sts import StsLender
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore

ALLOWED, REFUSED = "allowed", "refused"
REPORTS, PAYROLL, NEIGHBOUR, KEPT = "enforced", "enforced-payroll", "enforced-2", "enforced-kept"
BUCKETS: Final = (REPORTS, PAYROLL, NEIGHBOUR, KEPT)  # the last keeps versions
HERE: Final = f"s3://{REPORTS}/2026/q3/"
KEY: Final = "2026/q3/a.csv"
LONG: Final = timedelta(minutes=20)

_REFUSALS: Final = frozenset({"AccessDenied", "AccessDeniedException", "Forbidden", "403"})


def attempt(call: Callable[[], Any]) -> str:
    """Whether a call is allowed or refused; any other failure is a failure of the test."""
    try:
        call()
    except ClientError as failure:
        if failure.response["Error"]["Code"] in _REFUSALS:
            return REFUSED
        raise
    return ALLOWED


class Reached(Protocol):
    """Which client reaches the account of a role, and by which external id the role is assumed: see ``Accounts``."""

    def iam(self, role_arn: str) -> Any: ...

    def external_id(self, role_arn: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one test plays on: a role of its own, or one that is shared."""

    enforcer: Enforcer
    store: SqlStore
    role_arn: str
    clock: Clock = system_clock
    accounts: Reached | None = None  # None: there is one account

    def granted(
        self,
        *actions: str,
        at: Sequence[str] = (HERE,),
        window: Window | None = None,
        person: str = "ada",
        max_session: timedelta = timedelta(hours=1),
    ) -> Grant:
        """A grant on the role, as an approved request leaves it in the store."""
        scope = Scope(
            actions=expand_actions(actions or ("write",)), locations=frozenset(map(parse_location, at))
        )
        asked = request(role_arn=self.role_arn, requester=person, scope=scope)
        made = grant(asked, window=window or self.from_now(), max_session=max_session)
        with self.store.write() as transaction:
            transaction.add_request(asked, draft(request_id=asked.id))
            transaction.add_grant(made, draft(EventKind.GRANTED, request_id=asked.id, grant_id=made.id))
        return made

    def from_now(self, lasts: timedelta = LONG) -> Window:
        now = self.clock().replace(microsecond=0)
        return Window(starts_at=now, ends_at=now + lasts)

    def session(self, of: Grant) -> Any:
        """An S3 client with a newly lent session."""
        who = caller(of.requester)
        lender = StsLender(
            self.enforcer.sts, external_id=self.accounts.external_id if self.accounts else lambda _: None
        )
        lent = lend_session(of.id, who, store=self.store, lender=lender, clock=self.clock)
        return self.enforcer.client(lent[1])

    def on(self, role_arn: str) -> "Stage":
        """The same, on another role."""
        return replace(self, role_arn=role_arn)

    def at(self, clock: Clock) -> "Stage":
        """The same, with a broker whose clock says something else than the enforcer's."""
        return replace(self, clock=clock)

    def session_at(self, of: Grant, moment: datetime) -> Any:
        """The same, lent by a broker whose clock stood still."""
        return self.at(lambda: moment).session(of)

    def ended(self, of: Grant, kind: EndingKind = EndingKind.REVOKED, *, settle: bool = True) -> None:
        """End a grant early, and bring the deny in place as the worker does."""
        with self.store.write() as transaction:
            add_ending(transaction, of, kind=kind, ended_at=self.clock())
        if settle:
            self.settle()

    def ended_session(self, of: Grant, number: int) -> None:
        """Take one session of a grant back."""
        ending = SessionEnding(
            grant_id=of.id, number=number, by="sec", reason="leaked", ended_at=self.clock()
        )
        with self.store.write() as transaction:
            transaction.add_session_ending(ending, draft(EventKind.SESSION_REVOKED, grant_id=of.id), [])
        self.settle()

    @property
    def policies(self) -> IamRolePolicies:
        return IamRolePolicies(self.accounts.iam if self.accounts else lambda _: self.enforcer.iam)

    def inline_policies(self) -> dict[str, str]:
        """What the role carries, by name; as its owner sees it."""
        name = self.role_arn.rsplit("/", 1)[-1]
        iam = self.enforcer.role_owner
        return {
            found: str(iam.get_role_policy(RoleName=name, PolicyName=found)["PolicyDocument"])
            for found in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }

    def settle(self) -> DenyState:
        """Bring the role in line with the store; where roles are fixed, say that it cannot be tried."""
        if self.enforcer.iam is None:
            pytest.xfail("its roles stand in a file that it reads at its start: no deny can be put on one")
        return bring_denies_in_place(
            self.role_arn,
            store=self.store,
            policies=self.policies,
            clock=self.clock,
            holder="enforcement",
            pause=breathe,
        )


def furnish(enforcer: Enforcer) -> None:
    """The buckets of the suite."""
    owner = enforcer.owner
    for bucket in BUCKETS:
        owner.create_bucket(Bucket=bucket)
    if enforcer.name == EMBEDDED:  # as AWS, it lets nobody use ACLs in a new bucket
        rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        owner.put_bucket_ownership_controls(Bucket=REPORTS, OwnershipControls=rules)
    owner.put_bucket_versioning(Bucket=KEPT, VersioningConfiguration={"Status": "Enabled"})
    deadline = system_clock() + timedelta(seconds=30)
    while not all(_takes_objects(owner, bucket) for bucket in BUCKETS) and system_clock() < deadline:
        breathe()


def _takes_objects(owner: Any, bucket: str) -> bool:
    """Whether a new bucket is ready: SeaweedFS says 500 to the first objects of one while it makes room for it."""
    try:
        owner.put_object(Bucket=bucket, Key="ready", Body=b"x")
    except ClientError as failure:
        if failure.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            raise
        return False
    return True
