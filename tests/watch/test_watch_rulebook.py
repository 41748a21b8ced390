"""Rules, applied to calls and to grants."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.watch.watch_examples import GRANT_ID, KEY, NOON, PERSON, ROLE, SESSION, event, grant, known, scope

from liftgate.watch.attribution import attribute
from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.known import NOTHING_KNOWN, KnownGrant
from liftgate.watch.rules.counted import counted
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.model import On
from liftgate.watch.rules.rulebook import FAILED, Rulebook
from liftgate.watch.rules.totals import NO_CALLS, totals_of
from liftgate.watch.rules.trial import try_rules
from liftgate.watch.verdict import Judged, Verdict, judge

SHIPPED = load_rulebook()
REFUSED: dict[str, Any] = {"errorCode": "AccessDenied"}
IAM = {"eventSource": "iam.amazonaws.com"}
LATE = {"eventTime": "2026-11-02T13:00:01Z"}
STRANGER = {"identity": {"accessKeyId": "ASIASOMEBODYELSE0001", "principalId": "AROAX:me"}}
SSM: dict[str, Any] = {"eventSource": "ssm.amazonaws.com"}


def at(bucket: str = "reports", key: str | None = "2026/a.csv") -> dict[str, Any]:
    return {"requestParameters": {"bucketName": bucket, **({} if key is None else {"key": key})}}


def judged(operation: str = "PutObject", of: KnownGrant | None = None, **changed: Any) -> Judged:
    one = event(operation, **changed)
    return judge(one, attribute(one, known(of or grant())))


def own_rules(folder: Path, text: str) -> Rulebook:
    file = folder / "rules.yaml"
    file.write_text(f"version: 1\n{text}", encoding="utf-8")
    return load_rulebook([file])


@pytest.mark.parametrize(
    ("operation", "changed", "rules"),
    [
        ("PutObject", at(), []),
        ("GetCallerIdentity", {"eventSource": "sts.amazonaws.com", "readOnly": True}, []),
        ("PutObject", at("other"), ["outside-scope-done"]),
        ("PutObject", at("other") | REFUSED, ["outside-scope-tried"]),
        ("PutObject", at("other") | {"errorCode": "NoSuchBucket"}, ["outside-scope-tried"]),
        ("PutObject", LATE, ["outside-window-done"]),
        ("PutObject", LATE | REFUSED, ["outside-window-refused"]),
        ("PutBucketPolicy", at(key=None), ["tampering-done"]),
        ("PutBucketPolicy", at(key=None) | REFUSED, ["tampering-tried"]),
        ("CreateAccessKey", IAM, ["tampering-done", "credentials-made"]),
        ("CreateAccessKey", IAM | REFUSED, ["tampering-tried"]),
        ("SendCommand", SSM, ["another-service-used"]),
        ("SendCommand", SSM | REFUSED, ["another-service-used"]),
        ("GetParameters", SSM | REFUSED | {"readOnly": True}, ["another-service-looked-at"]),
        ("GetParameters", SSM | {"readOnly": True}, ["another-service-used"]),
        ("PutObject", STRANGER, ["no-grant"]),
        ("RenameObject", at(), ["unclear"]),
    ],
)
def test_what_the_shipped_rules_find_in_a_call(
    operation: str, changed: dict[str, Any], rules: list[str]
) -> None:
    assert [found.rule for found in SHIPPED.of_call(judged(operation, **changed))] == rules


def test_a_role_taken_and_a_trail_stopped_by_people_who_have_nothing_to_do_with_liftgate() -> None:
    eve = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve", "sessionContext": {}}
    sts: dict[str, Any] = {
        "eventSource": "sts.amazonaws.com",
        "identity": eve,
        "requestParameters": {"roleArn": ROLE},
    }
    (taken,) = SHIPPED.of_call(judged("AssumeRole", **sts))
    assert (taken.rule, taken.severity, taken.role_arn) == ("role-taken", Severity.CRITICAL, ROLE)
    assert "user/eve took it from 203.0.113.7" in taken.because
    (tried,) = SHIPPED.of_call(judged("AssumeRole", **sts, **REFUSED))
    assert tried.rule == "role-taking-tried"
    (stopped,) = SHIPPED.of_call(
        judged("StopLogging", eventSource="cloudtrail.amazonaws.com", identity={"type": "IAMUser"})
    )
    assert (stopped.rule, stopped.severity) == ("trail-stopped", Severity.HIGH)


def test_a_finding_says_all_that_its_answer_needs() -> None:
    one = judged("PutObject", **at("other"))
    assert SHIPPED.of_call(one) == (
        Finding(
            id=finding_id("outside-scope-done", one.event.event_id),
            rule="outside-scope-done",
            title="A call outside the grant's scope that AWS allowed",
            because=(
                "s3:PutObject on arn:aws:s3:::other/2026/a.csv was not granted, and AWS allowed it: "
                "something other than the grant gives the session that permission"
            ),
            severity=Severity.HIGH,
            answer=Answer.REVOKE,
            at=NOON + timedelta(minutes=10),
            grant_id=GRANT_ID,
            person=PERSON,
            session_name=SESSION,
            role_arn=ROLE,
            event_ids=(one.event.event_id,),
        ),
    )


def test_in_place_what_the_role_may_do_anyway_takes_no_grant_back() -> None:
    user_id = "AROAPEOPLE0000000001:ann"
    mine = grant(user_id=user_id, role_arn="arn:aws:iam::111122223333:role/people")
    identity = {"principalId": user_id, "accessKeyId": "ASIAPEOPLE0000000001", "sessionContext": {}}
    (found,) = SHIPPED.of_call(judged("SendCommand", mine, identity=identity, **SSM))
    assert (found.rule, found.answer) == ("outside-scope-in-place", Answer.ALERT)
    (found,) = SHIPPED.of_call(judged("SendCommand", mine, identity=identity, **SSM, **REFUSED))
    assert found.rule == "outside-scope-tried"


def test_a_session_in_two_networks_is_found_and_a_machine_of_each_session_is_said_more_quietly() -> None:
    first, second = judged(), judged(eventID="2", sourceIPAddress="198.51.100.1")
    (found,) = SHIPPED.of_grant(grant(), totals_of(map(counted, [first, second])))
    assert (found.rule, found.id) == ("session-moved", finding_id("session-moved", GRANT_ID))
    assert (found.at, found.grant_id, found.person, found.event_ids) == (
        NOON + timedelta(minutes=10),
        GRANT_ID,
        PERSON,
        (),
    )
    other = dataclasses.replace(counted(second), session=f"{GRANT_ID}-2")
    (found,) = SHIPPED.of_grant(grant(), totals_of([counted(first), other]))
    assert found.rule == "several-networks"
    assert SHIPPED.of_grant(grant(), NO_CALLS) == ()


def test_services_of_aws_that_call_in_the_session_s_name_are_no_other_network() -> None:
    by_aws = judged(
        eventID="2", sourceIPAddress="cloudformation.amazonaws.com", userAgent="cloudformation.amazonaws.com"
    )
    totals = totals_of(map(counted, [judged(), by_aws]))
    assert totals.addresses == {"203.0.113.7"}
    assert totals.user_agents == {(SESSION, "aws-cli")}
    assert SHIPPED.of_grant(grant(), totals) == ()


def test_a_grant_whose_calls_are_mostly_refused() -> None:
    calls = [counted(judged(**at("other"), **REFUSED, eventID=str(number))) for number in range(25)]
    assert "probing" in [found.rule for found in SHIPPED.of_grant(grant(), totals_of(calls))]
    assert "probing" not in [found.rule for found in SHIPPED.of_grant(grant(), totals_of(calls[1:]))]


STUMBLES = """
rules:
  - name: stumbles
    title: A key that is a small number
    severity: critical
    answer: quarantine
    on: call
    services: [s3]
    when: int(call.key) < 10
    because: its key is {call.key}
    tests: [{says: a digit, facts: {call.service: s3, call.key: '7'}}]
"""


def test_a_rule_that_cannot_be_decided_is_a_finding_and_no_silence(tmp_path: Path) -> None:
    mine = own_rules(tmp_path, STUMBLES)
    (found,) = mine.of_call(judged(**at(key="2026/a.csv")))
    assert (found.rule, found.severity, found.answer) == (FAILED, Severity.MEDIUM, Answer.ALERT)
    assert "`stumbles` could not be decided" in found.because
    assert found.id != finding_id("stumbles", found.event_ids[0])
    (decided,) = mine.of_call(judged(of=grant(scope=scope("s3://reports/")), **at(key="7")))
    assert (decided.rule, decided.because) == ("stumbles", "its key is 7")


def test_selectors_come_before_the_condition(tmp_path: Path) -> None:
    mine = own_rules(tmp_path, STUMBLES)
    call = judged("GetCallerIdentity", eventSource="sts.amazonaws.com", readOnly=True)
    assert mine.of_call(call) == ()  # the condition would stumble


def test_without_a_store_tampering_by_anyone_is_found_and_with_one_it_is_not() -> None:
    one = event("AttachUserPolicy", identity={"type": "IAMUser", "arn": "arn:aws:iam::1:user/x"}, **IAM)
    call = judge(one, attribute(one, NOTHING_KNOWN))
    assert [found.rule for found in load_rulebook(without_store=True).of_call(call)] == [
        "tampering-by-anyone"
    ]
    assert SHIPPED.of_call(call) == ()


def test_every_shipped_rule_passes_its_tests_and_has_one_that_expects_nothing() -> None:
    rules = load_rulebook(without_store=True).rules
    assert [tried for tried in try_rules(rules) if tried.wrong] == []
    quiet = {tried.rule for tried in try_rules(rules) if tried.test.expect == "nothing"}
    assert {rule.name for rule in rules} == quiet


def test_no_shipped_rule_looks_at_expected_calls_so_that_they_cost_nothing() -> None:
    of_calls = [rule for rule in load_rulebook(without_store=True).rules if rule.on is On.CALL]
    assert [rule.name for rule in of_calls if not rule.verdicts or Verdict.EXPECTED in rule.verdicts] == []


def test_hostile_fields_of_records_are_facts_of_the_right_kind() -> None:
    odd = event(
        requestParameters={"bucketName": ["a"], "key": {"b": 1}, "versionId": 3},
        additionalEventData={"bytesTransferredIn": "9", "bytesTransferredOut": -4},
        sourceIPAddress="999.1.1.1",
        userAgent="",
        identity={"accessKeyId": KEY},
    )
    call = counted(judge(odd, attribute(odd, known())))
    assert (call.bucket, call.bytes_in, call.bytes_out, call.address, call.user_agent) == ("", 0, 0, "", "")
    assert msgspec.json.decode(msgspec.json.encode(call), type=type(call)) == call  # so it can be kept
