"""What CloudTrail tells is kept once, with what was found of it, its record in the ledger, and what must follow."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from tests.store.store_examples import MINUTE, NOON, add_ending, add_grant, add_request
from tests.store.watch_stage import (
    BROKER,
    MANY,
    RULES,
    SCOPE,
    STANDING,
    Batch,
    FewRules,
    Unread,
    all_kept,
    call,
    lend,
    outside,
    taken,
)
from tests.watch.watch_examples import record

from liftgate.access.model import InPlace
from liftgate.access.ports import EffectKind
from liftgate.iam.scope import Window
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore
from liftgate.watch.finding import Finding
from liftgate.watch.lookup import Standing
from liftgate.watch.ports import FindingFilter, WatchReader
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.service import take
from liftgate.watch.verdict import Judged, Verdict

OTHER_KEY = "ASIAEXAMPLE000000002"


def test_a_call_is_kept_with_what_settlement_needs(store: SqlStore) -> None:
    given = lend(store)
    told = {"bytesTransferredIn": 1024, "bytesTransferredOut": 0.0}
    made = taken(store, [call(given, 1, additionalEventData=told)])
    assert (made.events, made.kept, made.findings) == (1, 1, frozenset())
    with store.read() as view:
        [kept] = view.activities(given.id, cursor=None, limit=10).items
        assert view.activity(kept.event_id) == kept
    assert kept.requests[0].action == "s3:PutObject"
    assert kept.requests[0].resource == "arn:aws:s3:::reports/2026/1.csv"
    assert (kept.bucket, kept.key, kept.folder) == ("reports", "2026/1.csv", "s3://reports/2026/")
    assert (kept.verdict, kept.refused, kept.bytes_in, kept.bytes_out) == (Verdict.EXPECTED, False, 1024, 0)
    assert (kept.grant_id, kept.session_name) == (given.id, f"{given.id}-1")
    assert kept.record is None  # nothing was found of it


def test_no_tags_that_a_caller_chooses_hide_a_call_or_those_beside_it(store: SqlStore) -> None:
    given = lend(store)
    tags = {"x-amz-tagging": "a=1&A=2"}
    inside, late, other = (
        call(given, 1, requestParameters={"bucketName": "reports", "key": "2026/a", **tags}),
        call(given, 2, requestParameters={"bucketName": "reports", "key": "2026/b", **tags}, eventTime="2099-01-01T00:00:00Z"),
        call(given, 3),
    )  # fmt: skip
    made = taken(store, [inside, late, other])
    assert (made.kept, made.set_aside) == (3, frozenset())
    with store.read() as view:
        kept = {one.key: one.verdict for one in view.activities(given.id, cursor=None, limit=10).items}
    assert kept["2026/b"] is Verdict.OUTSIDE_WINDOW


def test_a_finding_has_its_record_its_entry_and_its_answer(store: SqlStore) -> None:
    given = lend(store)
    text = outside(given, 2)
    [found] = taken(store, [text]).findings
    with store.write() as transaction:
        kept = transaction.finding(found)
        assert kept is not None
        assert kept.entitlement == given.entitlement
        assert kept.finding.because == "s3:PutObject on arn:aws:s3:::payroll/2 was not granted"
        activity = transaction.activity(kept.finding.event_ids[0])
        assert activity is not None
        assert json.loads(activity.record or "") == json.loads(text)
        entry = list(transaction.entries(about=given.id))[-1]
        [item] = transaction.outbox.claim(NOON + timedelta(days=1), lease=MINUTE, limit=9, worker="w")
    assert entry.draft.kind is EventKind.FINDING_MADE
    assert (entry.draft.request_id, entry.draft.body["finding"]) == (given.request_id, found)
    assert (item.effect.kind, item.effect.key) == (EffectKind.RESPONSE, found)


def test_the_same_events_again_change_nothing(store: SqlStore) -> None:
    given = lend(store)
    texts = [outside(given, 1), *(call(given, n, "DeleteObject") for n in range(2, 2 + MANY))]
    unread = [Unread("it is nested too deeply", "queue, message 1", "{{{{")]
    taken(store, texts, texts, unread=unread)
    before = all_kept(store, given)
    again = taken(store, reversed(texts), texts[:2], unread=unread)
    assert (again.kept, again.findings, again.set_aside) == (0, frozenset(), frozenset())
    assert all_kept(store, given) == before
    assert len(before["activities"]) == 1 + MANY
    assert len(before["findings"]) == len(before["effects"]) == len(before["ledger"]) == 2
    assert len(before["set_aside"]) == 1


def test_what_is_none_of_our_business_is_not_kept(store: SqlStore) -> None:
    given = lend(store)
    stranger = {
        "principalId": "AROASTRANGER:somebody",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/other"}},
        "accessKeyId": "ASIASTRANGER",
    }
    made = taken(store, [call(given, 1, identity=stranger)])
    assert (made.events, made.kept) == (1, 0)


def test_an_elevated_role_used_without_a_grant_is_a_finding(store: SqlStore) -> None:
    given = lend(store)
    stranger = {"principalId": "AROAX:somebody", "accessKeyId": "ASIASTRANGER"}
    [found] = taken(store, [call(given, 1, identity=stranger)]).findings
    with store.read() as view:
        kept = view.finding(found)
    assert kept is not None
    assert (kept.finding.rule, kept.finding.grant_id, kept.entitlement) == ("no_grant", None, None)


def test_a_role_of_the_catalogue_is_elevated_before_anything_was_granted_on_it(store: SqlStore) -> None:
    text = json.dumps(record()).encode()
    role = record()["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"]
    for lent, in_place, findings in [((), (), 0), ((role,), (), 1), ((), (role,), 0)]:
        standing = Standing(lent=frozenset(lent), in_place=frozenset(in_place), brokers=frozenset())
        made = take([Batch([text])], store=store, rulebook=RULES, standing=standing, clock=lambda: NOON)
        assert len(made.findings) == findings


def test_a_role_that_was_lent_once_and_is_opened_in_place_now_is_its_holders(store: SqlStore) -> None:
    given = lend(store)
    own = {"principalId": "AROAX:ada", "accessKeyId": "ASIAOWN"}
    with store.write() as transaction:
        asked = add_request(transaction, scope=SCOPE, in_place=InPlace(user_id="AROAX:ada", policy="{}"))
        add_grant(transaction, asked, in_place=asked.in_place, granted_at=NOON + MINUTE)
    made = taken(store, [call(given, 40 * 60, identity=own)])
    assert (made.kept, made.findings) == (0, frozenset())


@pytest.mark.parametrize(
    ("minute", "kept"),
    [(-1, False), (0, True), (19, True), (20, False)],
    ids=["before", "first", "last", "after"],
)
def test_a_call_in_place_is_of_the_grant_whose_window_holds_it(
    store: SqlStore, minute: int, *, kept: bool
) -> None:
    role = "arn:aws:iam::111122223333:role/reader"
    opened = InPlace(user_id="AROAX:ada", policy="{}")
    with store.write() as transaction:
        asked = add_request(transaction, role_arn=role, scope=SCOPE, in_place=opened)
        given = add_grant(transaction, asked, in_place=opened)
        later = Window(starts_at=NOON + 60 * MINUTE, ends_at=NOON + 80 * MINUTE)
        again = add_request(transaction, role_arn=role, scope=SCOPE, in_place=opened)
        add_grant(transaction, again, in_place=opened, window=later)
    own = {"principalId": "AROAX:ada", "accessKeyId": "ASIAOWN"}
    taken(store, [call(given, minute * 60, identity=own)])
    with store.read() as view:
        assert bool(view.activities(given.id, cursor=None, limit=9).items) is kept


@pytest.mark.parametrize(
    ("identity", "minute", "is_found"),
    [
        ({"type": "IAMUser", "userName": "eve", "principalId": "AIDAEVE"}, 5, True),
        ({"type": "AssumedRole", "principalId": "AROAOTHER:ada"}, 5, True),
        ({"type": "WebIdentityUser", "userName": "ada"}, 5, True),
        ({"type": "IAMUser", "userName": "ada", "principalId": "AIDAADA"}, 5, False),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, 5, False),
        ({"type": "AssumedRole", "principalId": "AROAX:ada"}, 5, False),
        ({"type": "IAMUser", "userName": "eve", "principalId": "AIDAEVE"}, -1, False),
        ({"type": "IAMUser", "userName": "eve", "principalId": "AIDAEVE"}, 20, False),
    ],
    ids=["user", "role", "web", "own name", "service", "itself", "before", "after"],
)
def test_a_second_session_with_the_name_of_one_that_is_open_in_place_is_a_finding(
    store: SqlStore, identity: dict[str, Any], minute: int, *, is_found: bool
) -> None:
    role = "arn:aws:iam::111122223333:role/reader"
    opened = InPlace(user_id="AROAX:ada", policy="{}")
    with store.write() as transaction:
        asked = add_request(transaction, role_arn=role, scope=SCOPE, in_place=opened)
        given = add_grant(transaction, asked, in_place=opened)
    text = call(
        given,
        minute * 60,
        "AssumeRole",
        eventSource="sts.amazonaws.com",
        identity={"accessKeyId": "AKIAX", "arn": "x", "sessionContext": {}, **identity},
        requestParameters={"roleArn": role, "roleSessionName": "ada"},
        responseElements={"assumedRoleUser": {"assumedRoleId": "AROAX:ada", "arn": f"{role}/ada"}},
    )
    made = take([Batch([text])], store=store, rulebook=load_rulebook(), standing=STANDING, clock=lambda: NOON)
    with store.read() as view:
        rules = {found.rule: found.grant_id for one in made.findings for found in [finding(view, one)]}
    assert rules.get("in-place-name-taken") == (given.id if is_found else None)
    assert "role-taken" not in rules


def finding(view: WatchReader, finding_id: str) -> Finding:
    record = view.finding(finding_id)
    assert record is not None
    return record.finding


def test_an_elevated_role_is_taken_by_the_broker_alone(store: SqlStore) -> None:
    given = lend(store)

    def assume(number: int, arn: str) -> bytes:
        issuer = {"type": "Role", "arn": "arn:aws:iam::111122223333:role/hidden/path/liftgate-broker"}
        identity = {
            "principalId": f"AROAB:{arn.rpartition('/')[2]}",
            "arn": arn,
            "sessionContext": {"sessionIssuer": {**issuer, **({} if "broker" in arn else {"arn": "x"})}},
            "accessKeyId": "ASIAB",
        }
        return call(
            given,
            number,
            "AssumeRole",
            eventSource="sts.amazonaws.com",
            identity=identity,
            requestParameters={"roleArn": given.role_arn, "roleSessionName": f"{given.id}-1"},
        )

    other_instance = BROKER.replace("i-0", "i-1")
    assert not taken(store, [assume(1, BROKER), assume(2, other_instance)]).findings
    [found] = taken(store, [assume(3, "arn:aws:sts::111122223333:assumed-role/other/i-0")]).findings
    with store.read() as view:
        kept = view.finding(found)
    assert kept is not None
    assert kept.finding.rule == "role_taken"


def test_a_call_after_the_grant_was_ended_is_judged_by_that(store: SqlStore) -> None:
    given = lend(store)
    with store.write() as transaction:
        add_ending(transaction, given)
    made = taken(store, [call(given, 59), call(given, 61)])
    assert (made.kept, len(made.findings)) == (2, 1)


def test_a_finding_of_a_whole_grant_grows_and_is_answered_once(store: SqlStore) -> None:
    given = lend(store)
    texts = [call(given, n, "DeleteObject") for n in range(1, MANY + 3)]
    assert not taken(store, texts[: MANY - 1]).findings
    [found] = taken(store, texts[MANY - 1 : MANY]).findings
    assert not taken(store, texts[MANY:]).findings
    kept = all_kept(store, given)
    assert kept["findings"][found].because == f"{MANY + 2} objects were deleted"
    assert kept["findings"][found].at == NOON + timedelta(seconds=MANY + 2)
    assert kept["effects"] == kept["ledger"] == [found]


HOSTILE = "\x00\x1b[31m\u202e=cmd|' /C calc'!A0\ud7ff😀" + "x" * 9_000


def test_hostile_and_senseless_values_are_kept_or_set_aside_and_stop_nothing(store: SqlStore) -> None:
    given = lend(store)
    good = call(given, 1)
    bad = [
        call(given, 2, userAgent=HOSTILE, errorCode=HOSTILE, sourceIPAddress=HOSTILE),
        call(given, 3, requestParameters={"bucketName": HOSTILE, "key": HOSTILE}),
        call(given, 4, requestParameters={"bucketName": ["reports"], "key": {"a": 1}}),
        call(given, 5, additionalEventData={"bytesTransferredIn": 10**30, "bytesTransferredOut": -1}),
        call(given, 6, additionalEventData={"bytesTransferredIn": "12", "bytesTransferredOut": True}),
        call(given, 7, eventID="\x00" * 9),
        call(given, 8, eventID="x" * 3_000),
        call(given, 9, eventTime="0001-01-01T00:00:00+10:00"),
        call(given, 11, identity={"principalId": "A:\x00", "accessKeyId": "\x00", "sessionContext": {}}),
        call(given, 12, eventSource=HOSTILE[:100], eventName=HOSTILE[:100]),
        call(given, 13, eventSource="kms.amazonaws.com", eventName=HOSTILE, resources=[{"ARN": HOSTILE}]),
    ]
    unread = [Unread(HOSTILE, HOSTILE, HOSTILE)]
    made = taken(store, [*bad, good], unread=unread)
    assert len(made.set_aside) == 4
    again = taken(store, [*bad, good], unread=unread)
    assert (again.kept, again.findings, again.set_aside) == (0, frozenset(), frozenset())
    with store.read() as view:
        kept = {one.at.second: one for one in view.activities(given.id, cursor=None, limit=50).items}
        reasons = {one.reason for one in view.set_aside(cursor=None, limit=50).items}
        assert view.totals(given.id).calls == len(kept)
    assert kept[1].verdict is Verdict.EXPECTED
    assert (kept[2].user_agent or "").startswith("\ufffd\x1b[31m")
    assert len(kept[2].user_agent or "") == 4_096
    assert (kept[4].bucket, kept[4].key) == (None, None)
    assert {kept[n].bytes_in for n in (5, 6)} == {kept[n].bytes_out for n in (5, 6)} == {None}
    assert "its `eventID` is not an id" in reasons


def test_a_message_full_of_what_cannot_be_read_fills_no_ledger(store: SqlStore) -> None:
    """A message of a queue has room for a hundred thousand of them."""
    given = lend(store)
    unread = [Unread("it is no record", f"a queue, record {number}", "7") for number in range(5_000)]
    made = taken(store, [call(given, 1)], unread=unread)
    assert (made.kept, len(made.set_aside)) == (1, 101)
    assert taken(store, unread=unread).set_aside == frozenset()
    with store.read() as view:
        kept = view.set_aside(cursor=None, limit=200).items
    assert [one.source for one in kept if one.reason == "4,900 more could not be read"] == [
        "a queue, record 100"
    ]
    others = [*unread[:-1], Unread("it is no record", "a queue, record 4999", "8")]
    assert len(taken(store, unread=others).set_aside) == 1


def test_lists_of_findings_hold_what_is_asked_for(store: SqlStore) -> None:
    first, second = lend(store), lend(store, OTHER_KEY, requester="grace", entitlement="payroll")
    taken(store, [outside(first, 1), outside(first, 5), outside(second, 3, key=OTHER_KEY)])
    taken(store, [call(first, 10 + n, "DeleteObject") for n in range(MANY)])

    def listed(**which: Any) -> list[int]:
        with store.read() as view:
            found = view.findings(FindingFilter(**which), cursor=None, limit=50).items
        return [one.finding.at.second for one in found]

    assert listed() == [14, 5, 3, 1]
    assert listed(severities=frozenset({"high"})) == [5, 3, 1]
    assert listed(rule="bulk-delete") == [14]
    assert listed(grant_id=second.id) == [3]
    assert listed(since=NOON + timedelta(seconds=5)) == [14, 5]
    assert listed(entitlements=frozenset({"payroll"})) == [3]
    assert listed(entitlements=frozenset()) == []
    assert listed(not_of="grace") == [14, 5, 1]
    with store.read() as view:
        page = view.findings(FindingFilter(), cursor=None, limit=3)
        rest = view.findings(FindingFilter(), cursor=page.next_cursor, limit=3)
    assert [one.finding.at.second for one in (*page.items, *rest.items)] == [14, 5, 3, 1]


def test_calls_come_in_groups_by_folder_and_outcome(store: SqlStore) -> None:
    given = lend(store)
    taken(store, [*(call(given, n) for n in range(3)), outside(given, 9)])
    with store.read() as view:
        groups = view.call_groups(given.id, limit=10)
    assert [(one.operation, one.folder, one.calls, one.refused) for one in groups] == [
        ("PutObject", "s3://reports/2026/", 3, False),
        ("PutObject", "s3://payroll/", 1, True),
    ]
    assert (groups[0].first_at, groups[0].last_at) == (NOON, NOON + timedelta(seconds=2))


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_two_consumers_that_each_take_half_of_a_bulk_delete_miss_nothing(
    open_another: Callable[[], SqlStore], store: SqlStore
) -> None:
    other = open_another()
    for turn in range(20):
        key = f"ASIAEXAMPLE{turn:09}"
        given = lend(store, key)
        texts = [call(given, n, "DeleteObject", key=key) for n in range(MANY)]
        halves = [(store, texts[: MANY // 2]), (other, texts[MANY // 2 :])]
        assert len(_together(halves)) == 1
        assert len(all_kept(store, given)["activities"]) == MANY


def _together(shares: Sequence[tuple[SqlStore, Sequence[bytes]]], *, at_once: int = 5) -> list[str]:
    """What several consumers found who begin at one moment, each in batches."""
    barrier, found, faults = Barrier(len(shares)), list[str](), list[Exception]()

    def consume(consumer: SqlStore, share: Sequence[bytes]) -> None:
        barrier.wait()
        try:
            for start in range(0, len(share), at_once):
                found.extend(taken(consumer, share[start : start + at_once]).findings)
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [Thread(target=consume, args=share) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return found


def test_consumers_of_the_same_stream_double_nothing_and_do_not_block_each_other(
    open_another: Callable[[], SqlStore], store: SqlStore
) -> None:
    first, second = lend(store), lend(store, OTHER_KEY)
    texts = [outside(first, n) for n in range(8)] + [outside(second, n, key=OTHER_KEY) for n in range(8)]
    stranger = {"principalId": "AROAX:somebody", "accessKeyId": "ASIASTRANGER"}
    texts += [call(first, 20 + n, identity=stranger) for n in range(8)]
    orders = [texts, texts[::-1], texts[9:] + texts[:9]]
    found = _together([(open_another(), order) for order in orders])
    assert len(found) == len(set(found)) == 24
    kept = all_kept(store, first, second)
    assert len(kept["findings"]) == len(kept["effects"]) == len(kept["ledger"]) == 24


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_same_calls_in_opposite_orders_are_no_deadlock(
    open_another: Callable[[], SqlStore], store: SqlStore
) -> None:
    stranger = {"principalId": "AROAX:somebody", "accessKeyId": "ASIASTRANGER"}
    given, other = lend(store), open_another()
    for turn in range(8):
        texts = [call(given, turn * 300 + n, identity=stranger) for n in range(300)]
        assert len(_together([(store, texts), (other, texts[::-1])], at_once=300)) == 300


class BrokenRules(FewRules):
    """Fails at what it did not foresee."""

    def of_call(self, judged: Judged) -> list[Finding]:
        if judged.event.user_agent == "x":
            raise TypeError("no such overload")
        return super().of_call(judged)


def test_a_call_that_cannot_be_judged_is_set_aside_and_stops_nothing(store: SqlStore) -> None:
    given = lend(store)
    texts = [call(given, 1, userAgent="x"), call(given, 2)]
    made = take([Batch(texts)], store=store, rulebook=BrokenRules(), standing=STANDING, clock=lambda: NOON)
    assert (made.kept, len(made.set_aside)) == (1, 1)
    with store.read() as view:
        [aside] = view.set_aside(cursor=None, limit=9).items
    assert aside.reason == "it could not be judged: TypeError"
    assert taken(store, texts).kept == 1  # once it can
