"""The roles, foreign policies and people of the chaos tests on the embedded AWS, and what the roles carry, read as their owner.

What the store calls for is computed here from its tables alone, by none of the code under test.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from urllib.parse import unquote

import boto3
from botocore.handlers import json_decode_policies
from sqlalchemy import create_engine, text
from tests.elevation.elevation_stage import CEILING
from tests.elevation.held_roles_in_aws import create_held_role, in_place_rights

from liftgate.access.ports import DENY_SLACK
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import (
    BROKER,
    PEOPLE,
    REPORTS,
    ElevatedRole,
    SampleAccount,
    allow_broker,
    create_elevated_role,
    keys_from,
)
from liftgate.store.sql import SqlStore

OURS: Final = frozenset({"LiftgateRevocations", "LiftgateInPlace"})
# Foreign policies, with white space and an order of their own: whoever reads and writes them again changes a byte.
FOREIGN: Final = {
    "Owners": '{ "Version": "2012-10-17",\n  "Statement": [{"Resource": "*", "Effect": "Deny", "Action": "s3:GetObjectAcl"}] }',
    "LiftgateRevocationsOfOld": '{"Statement":[{"Sid":"Old","Effect":"Deny","Action":["s3:PutObjectAcl"],"Resource":["*"]}],'
    '"Version":"2012-10-17"}',
}

_BOTO: Final = boto3.session.Session()  # reads its descriptions of AWS once
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lakeside:
    """A few roles of a test's own: elevated ones and ones that people hold."""

    account: SampleAccount
    elevated: tuple[str, ...]
    held: tuple[str, ...]
    users: dict[str, Keys]
    _clients: dict[tuple[str, str], Any]

    @property
    def roles(self) -> tuple[str, ...]:
        return (*self.elevated, *self.held)

    def client(self, service: str, keys: Keys) -> Any:
        """A client of somebody's; made once, as that takes longer than most calls."""
        made = self._clients.get((service, keys.access_key_id))
        if made is None:
            made = self._clients[service, keys.access_key_id] = _BOTO.client(
                service,  # type: ignore[call-overload]  # the stubs know service names only as literals
                endpoint_url=self.account.aws.endpoint_url,
                region_name=self.account.aws.region,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key,
                aws_session_token=keys.session_token,
            )
            if service == "iam":  # texts as they are stored, to the byte
                made.meta.events.unregister("after-call.iam", json_decode_policies)
        return made

    def session(self, person: str, role_arn: str) -> Keys:
        """What somebody has been working with all day."""
        sts = self.client("sts", self.users[person])
        return keys_from(sts.assume_role(RoleArn=role_arn, RoleSessionName=person)["Credentials"])

    def inline(self, role_arn: str) -> dict[str, str]:
        """Every inline policy of a role, as text."""
        iam, name = self.client("iam", self.account.aws.root), role_arn.rpartition("/")[2]
        found: dict[str, str] = {}
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            with suppress(iam.exceptions.NoSuchEntityException):  # taken away meanwhile
                answer = iam.get_role_policy(RoleName=name, PolicyName=one)
                found[one] = unquote(answer["PolicyDocument"])
        return found

    def foreign(self) -> dict[str, dict[str, str]]:
        """All but Liftgate's, by role."""
        return {
            role: {name: said for name, said in self.inline(role).items() if name not in OURS}
            for role in self.roles
        }

    def denied(self, role_arn: str) -> set[str]:
        """The patterns of user ids that a role refuses."""
        found: set[str] = set()
        for one in _statements(self.inline(role_arn).get("LiftgateRevocations")):
            assert (one["Effect"], one["Action"], one["Resource"]) == ("Deny", "*", "*"), one
            assert list(one["Condition"]) == ["StringLike"], one
            found |= set(_listed(one["Condition"]["StringLike"]["aws:userid"]))
        return found

    def opened(self, role_arn: str) -> list["Open"]:
        """For whom, where and when a role is open in place."""
        return sorted(_opening(one) for one in _statements(self.inline(role_arn).get("LiftgateInPlace")))


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """One statement in place."""

    user_id: str
    resource: str
    starts_at: datetime
    ends_at: datetime


def make_lakeside(
    account: SampleAccount, *, elevated: int = 1, held: int = 1, people: Sequence[str] = PEOPLE
) -> Lakeside:
    """Create the roles, with foreign policies on each, and let the broker keep them."""
    iam, number = account.aws.client("iam", account.aws.root), next(_numbers)
    users = {name: account.people.get(name) or _create_user(iam, name) for name in people}
    lent = [
        create_elevated_role(
            iam,
            ElevatedRole(name=f"Chaos{number}Writer{one}", ceiling=CEILING),
            broker_arn=account.broker_arn,
        )
        for one in range(elevated)
    ]
    kept = [create_held_role(iam, account, f"Chaos{number}Held{one}", people) for one in range(held)]
    known = [*account.elevated_role_arns.values(), *lent]
    allow_broker(iam, known, baseline_role_arn=account.baseline_role_arn)
    iam.put_user_policy(UserName=BROKER, PolicyName="InPlace", PolicyDocument=in_place_rights(kept))
    for role in (*lent, *kept):
        for name, document in FOREIGN.items():
            iam.put_role_policy(RoleName=role.rpartition("/")[2], PolicyName=name, PolicyDocument=document)
    return Lakeside(account=account, elevated=tuple(lent), held=tuple(kept), users=users, _clients={})


def catalogue_of(lakeside: Lakeside, *, requesters: Iterable[str] = ("ada",)) -> str:
    """An entitlement for each role; ``grace`` reviews and guards."""
    named = sorted({*requesters, "grace"})
    lines = ["version: 1", "people:"]
    for name in named:
        sessions = [
            f"arn:aws:sts::{lakeside.account.aws.account}:assumed-role/{role.rpartition('/')[2]}/{name}"
            for role in lakeside.held
        ]
        identities = ", ".join(f'"{one}"' for one in sessions)
        lines.append(f"  {name}: {{name: {name.title()}, identities: [{identities}]}}")
    lines += ["guards: [grace]", "auditors: [grace]", "entitlements:"]
    for role in lakeside.roles:
        in_place = role in lakeside.held
        lines += [
            f"  - name: {entitlement_of(role)}",
            "    description: Correct this year's reports",
            f'    account: "{lakeside.account.aws.account}"',
            f"    role: {role}",
            *(["    mechanism: in-place"] if in_place else []),
            f"    ceiling: {{actions: [write, delete], locations: [s3://{REPORTS}/2026/]}}",
            "    longest: 1h",
            f"    requesters: [{', '.join(requesters)}]",
            "    review:",
            "      reviewers: [grace]",
            "      approvals: 1",
            "      lapses_after: 8h",
            "      without_review: {longest: 30m, actions: [write]}",
            "    justification: {at_least: 10}",
        ]
    return "\n".join([*lines, ""])


def entitlement_of(role_arn: str) -> str:
    return role_arn.rpartition("/")[2].lower()


def watch_names(store: SqlStore, lakeside: Lakeside) -> None:
    """The held roles were looked at for longer than their sessions live."""
    now = datetime.now(UTC)
    with store.write() as transaction:
        for role in lakeside.held:
            transaction.saw_name_fixed(role, now=now - timedelta(hours=13))


# what the store calls for


def wanted_denies(url: str, role_arn: str, now: datetime) -> set[str]:
    """The patterns of grants that ended early, and of sessions that did, whose window is not over by more than the slack."""
    grants = _rows(
        url, "SELECT e.grant_id, g.ends_at FROM endings e JOIN grants g ON g.id = e.grant_id WHERE g.role_arn = :r "
        "AND NOT EXISTS (SELECT 1 FROM in_place_grants i WHERE i.grant_id = e.grant_id)",
        role_arn,
    )  # fmt: skip
    ended = {grant for grant, _ in grants}
    sessions = _rows(
        url, "SELECT e.grant_id, e.number, g.ends_at FROM session_endings e JOIN grants g ON g.id = e.grant_id "
        "WHERE g.role_arn = :r", role_arn,
    )  # fmt: skip
    live = {f"*:{grant}-*" for grant, ends_at in grants if _moment(ends_at) + DENY_SLACK > now}
    return live | {
        f"*:{grant}-{number}"
        for grant, number, ends_at in sessions
        if grant not in ended and _moment(ends_at) + DENY_SLACK > now
    }


def wanted_open(url: str, role_arn: str, now: datetime) -> list[Open]:
    """One opening for each grant in place that nobody ended and whose window is not over; each asked for one place."""
    rows = _rows(
        url, "SELECT p.user_id, q.scope, g.starts_at, g.ends_at FROM grants g JOIN in_place_grants i ON i.grant_id = g.id "
        "JOIN in_place_requests p ON p.request_id = g.request_id JOIN requests q ON q.id = g.request_id "
        "WHERE g.role_arn = :r AND NOT EXISTS (SELECT 1 FROM endings e WHERE e.grant_id = g.id)", role_arn,
    )  # fmt: skip
    return sorted(
        Open(user_id, _resource(scope), _moment(starts_at), _moment(ends_at))
        for user_id, scope, starts_at, ends_at in rows
        if _moment(ends_at) > now
    )


def _rows(url: str, query: str, role_arn: str) -> list[Any]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"r": role_arn})]
    finally:
        engine.dispose()


def _create_user(iam: Any, name: str) -> Keys:
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def _statements(document: str | None) -> list[dict[str, Any]]:
    return _listed(json.loads(document)["Statement"]) if document else []


def _listed(one: Any) -> list[Any]:
    return one if isinstance(one, list) else [one]


def _opening(statement: dict[str, Any]) -> Open:
    condition = statement["Condition"]
    assert sorted(condition) == ["DateGreaterThanEquals", "DateLessThan", "StringEquals"], statement
    assert list(condition["StringEquals"]) == ["aws:userid"], statement
    assert statement["Effect"] == "Allow"
    (user_id,) = _listed(condition["StringEquals"]["aws:userid"])
    (resource,) = _listed(statement["Resource"])
    return Open(
        user_id,
        resource,
        _moment(condition["DateGreaterThanEquals"]["aws:CurrentTime"]),
        _moment(condition["DateLessThan"]["aws:CurrentTime"]),
    )


def _resource(scope: str) -> str:
    (location,) = json.loads(scope)["locations"]
    return f"arn:aws:s3:::{location['bucket']}/{location['key']}"


def _moment(value: str | datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)
