"""A stage on the embedded AWS: an elevated role of a test's own, a real store, and the broker's real clients."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from typing import Any

from botocore.exceptions import ClientError
from tests.elevation.elevation_examples import caller, grant, request
from tests.store.store_examples import add_ending, draft

from liftgate.access.model import EndingKind, Grant
from liftgate.clock import Clock, system_clock
from liftgate.demo.embedded_aws import EmbeddedAws, Keys
from liftgate.demo.sample_account import (
    REPORTS,
    ElevatedRole,
    SampleAccount,
    allow_broker,
    create_elevated_role,
)
from liftgate.elevation.deny import POLICY_NAME
from liftgate.elevation.errors import RoleBusy
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.model import Credentials, DenyState, Session
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.elevation.service import lend_session
from liftgate.elevation.sts import StsLender
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore

HERE = f"s3://{REPORTS}/2026/q3/"
CEILING = Scope(
    actions=expand_actions(["read", "write", "delete"]),
    locations=frozenset({parse_location(f"s3://{REPORTS}/2026/")}),
)

_numbers = count(1)


def is_refused(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether AWS refuses a call; any other failure is a failure of the test."""
    try:
        call(**arguments)
    except ClientError as failure:
        if failure.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException", "403"}:
            return True
        raise
    return False


def keys_of(credentials: Credentials) -> Keys:
    return Keys(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
    )


def breathe() -> None:
    """Between two attempts at a lease."""
    Event().wait(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one test plays on."""

    account: SampleAccount
    store: SqlStore
    role_arn: str
    lender: StsLender
    policies: IamRolePolicies

    @property
    def aws(self) -> EmbeddedAws:
        return self.account.aws

    @property
    def role_name(self) -> str:
        return self.role_arn.rsplit("/", 1)[-1]

    def root(self, service: str) -> Any:
        return self.aws.client(service, self.aws.root)

    def granted(
        self,
        *actions: str,
        at: str = HERE,
        lasts: timedelta = timedelta(minutes=20),
        starts_at: datetime | None = None,
        person: str = "ada",
    ) -> Grant:
        """A grant on this role, as an approved request leaves it in the store."""
        begins = starts_at or system_clock().replace(microsecond=0)
        asked = request(
            role_arn=self.role_arn,
            requester=person,
            scope=Scope(
                actions=expand_actions(actions or ("write",)), locations=frozenset({parse_location(at)})
            ),
        )
        made = grant(asked, window=Window(starts_at=begins, ends_at=begins + lasts))
        with self.store.write() as transaction:
            transaction.add_request(asked, draft(request_id=asked.id))
            transaction.add_grant(made, draft(EventKind.GRANTED, request_id=asked.id, grant_id=made.id))
        return made

    def lent(self, of: Grant) -> tuple[Session, Credentials]:
        return lend_session(
            of.id, caller(of.requester), store=self.store, lender=self.lender, clock=system_clock
        )

    def session(self, of: Grant, service: str = "s3") -> Any:
        """A client that calls AWS with a newly lent session."""
        return self.aws.client(service, keys_of(self.lent(of)[1]))

    def ended(self, of: Grant, kind: EndingKind = EndingKind.REVOKED) -> None:
        with self.store.write() as transaction:
            add_ending(transaction, of, kind=kind, ended_at=system_clock())

    def settle(
        self, holder: str = "me", *, clock: Clock = system_clock, look_again: bool = False
    ) -> DenyState:
        while True:
            try:
                return bring_denies_in_place(
                    self.role_arn,
                    store=self.store,
                    policies=self.policies,
                    clock=clock,
                    holder=holder,
                    pause=breathe,
                    look_again=look_again,
                )
            except RoleBusy:  # as the worker does: later again
                continue

    def inline_policies(self) -> dict[str, Any]:
        """What the role carries, as its owner sees it."""
        iam = self.root("iam")
        names = iam.list_role_policies(RoleName=self.role_name)["PolicyNames"]
        return {
            name: iam.get_role_policy(RoleName=self.role_name, PolicyName=name)["PolicyDocument"]
            for name in names
        }

    def denied(self) -> list[str]:
        """The patterns of user ids that the role refuses."""
        policy = self.inline_policies()[POLICY_NAME]
        patterns: str | list[str] = policy["Statement"][0]["Condition"]["StringLike"]["aws:userid"]
        patterns = [patterns] if isinstance(patterns, str) else patterns  # one value stands without brackets
        return sorted(patterns)


def staged(account: SampleAccount, store: SqlStore) -> Stage:
    """Create a role of its own; the roles that were there stay lendable."""
    iam = account.aws.client("iam", account.aws.root)
    role = ElevatedRole(name=f"LiftgateTest{next(_numbers)}", ceiling=CEILING)
    role_arn = create_elevated_role(iam, role, broker_arn=account.broker_arn)
    allow_broker(
        iam,
        [*account.elevated_role_arns.values(), role_arn],
        baseline_role_arn=account.baseline_role_arn,
    )
    broker_iam = account.aws.client("iam", account.broker)
    return Stage(
        account=account,
        store=store,
        role_arn=role_arn,
        lender=StsLender(account.aws.client("sts", account.broker)),
        policies=IamRolePolicies(lambda _: broker_iam),
    )
