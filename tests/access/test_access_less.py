"""Less than was asked for: a reviewer may narrow, never widen, and several approvals come to what they have in common."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.access_examples import ask
from tests.access.rules_desk import HOUR, MINUTE, Desk, rule, ruled, stage

from liftgate.access.errors import NothingLeft, NotLess
from liftgate.access.model import Answer
from liftgate.access.review import Less
from liftgate.errors import Refused
from liftgate.iam.contain import excess
from liftgate.iam.errors import ScopeTooLarge
from liftgate.iam.scope import Location, Scope

DeskOf = Callable[..., Desk]
WRITE, DELETE = "s3:PutObject", "s3:DeleteObject"
TWO = ruled(rule(stage("owners", "grace", "linus", "kathy", approvals=2)))


def scope(*keys: str, actions: frozenset[str] = frozenset({WRITE, DELETE})) -> Scope:
    return Scope(actions=actions, locations=frozenset(Location("reports", key) for key in keys))


def asked(desk: Desk) -> str:
    wanted = ask("s3://reports/2026/", actions=frozenset({WRITE, DELETE}), duration=HOUR)
    return desk.make(what=wanted).request.id


def test_the_grant_is_what_all_approvals_have_in_common(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)
    first = Less(scope=scope("2026/q3/*", "2026/q4/*"), duration=20 * MINUTE)
    second = Less(
        scope=scope("2026/q3/north/*", "2026/q1/*", actions=frozenset({WRITE})), duration=30 * MINUTE
    )
    desk.answer(request_id, "grace", less=first)
    grant = desk.answer(request_id, "linus", less=second).grant
    assert grant is not None
    assert grant.scope == scope("2026/q3/north/*", actions=frozenset({WRITE}))
    assert grant.window.ends_at - grant.window.starts_at == 20 * MINUTE


def test_an_approval_of_all_after_one_of_less_gives_less(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)
    desk.answer(request_id, "grace", less=Less(scope=scope("2026/q3/*")))
    grant = desk.answer(request_id, "linus").grant
    assert grant is not None
    assert grant.scope == scope("2026/q3/*")


@pytest.mark.parametrize(
    "more",
    [
        Less(duration=HOUR + timedelta(seconds=1)),
        Less(scope=scope("*")),
        Less(scope=scope("2026*")),
        Less(scope=scope("2026/q3/*", "2025/*")),
        Less(scope=scope("2026/*", actions=frozenset({WRITE, "s3:PutObjectAcl"}))),
        Less(scope=Scope(actions=frozenset({WRITE}), locations=frozenset({Location("payroll", "2026/*")}))),
        Less(
            scope=Scope(
                actions=frozenset({WRITE}),
                locations=frozenset({Location("reports", "2026/*")}),
                kms_keys=frozenset({"arn:aws:kms:eu-west-1:111122223333:key/1"}),
            )
        ),
    ],
    ids=["longer", "the bucket", "beside", "another prefix", "another action", "another bucket", "a key"],
)
def test_what_is_approved_is_never_more_than_was_asked(desk_of: DeskOf, more: Less) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)
    with pytest.raises(NotLess):
        desk.answer(request_id, "grace", less=more)
    assert desk.request(request_id).reviews == ()


def test_approvals_without_anything_in_common_are_refused(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)
    desk.answer(request_id, "grace", less=Less(scope=scope("2026/q3/*")))
    with pytest.raises(NothingLeft):
        desk.answer(request_id, "linus", less=Less(scope=scope("2026/q4/*")))
    assert desk.request(request_id).grant is None


def test_two_that_only_overlap_give_neither(desk_of: DeskOf) -> None:
    """`2026/*/a` and `2026/q3/*` have `2026/q3/a` in common; what cannot be said as one of the two is not given."""
    desk = desk_of(TWO)
    request_id = asked(desk)
    wide, other = scope("2026/*/a", "2026/q1/*"), scope("2026/q3/*", "2026/q1/x")
    desk.answer(request_id, "grace", less=Less(scope=wide))
    grant = desk.answer(request_id, "linus", less=Less(scope=other)).grant
    assert grant is not None
    assert grant.scope == scope("2026/q1/x")
    assert not excess(grant.scope, wide)
    assert not excess(grant.scope, other)


def test_what_aws_would_not_lend_cannot_be_approved(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)

    class TooMuch(list[object]):
        def append(self, _: object) -> None:
            raise ScopeTooLarge("too large", advice="ask for less")

    desk.tried = TooMuch()  # type: ignore[assignment]  # stands for AWS
    with pytest.raises((Refused, ScopeTooLarge)):
        desk.answer(request_id, "grace", less=Less(scope=scope("2026/q3/*")))
    assert desk.request(request_id).reviews == ()


def test_a_denial_is_of_all_of_it(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    request_id = asked(desk)
    record = desk.answer(request_id, "grace", Answer.DENY, less=Less(duration=MINUTE))
    assert record.reviews[0].duration is None


def test_it_is_on_record(desk_of: DeskOf) -> None:
    desk = desk_of(TWO)
    desk.answer(asked(desk), "grace", less=Less(scope=scope("2026/q3/*"), duration=MINUTE))
    with desk.store.read() as view:
        *_, entry = view.entries()
    assert entry.draft.body["duration_seconds"] == 60
    assert "2026/q3/*" in str(entry.draft.body["scope"])
