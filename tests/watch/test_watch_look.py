"""Looking at many calls at once says of each what judging it alone says, and adds up to the same."""

import random
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from tests.watch.replay_examples import numbered, written
from tests.watch.watch_examples import GRANT_ID, KEY, NOON, grant, known, scope

from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Window
from liftgate.watch.attribution import attribute
from liftgate.watch.event import Event
from liftgate.watch.event_keys import event_keys
from liftgate.watch.finding import Finding
from liftgate.watch.known import KnownGrant, KnownInMemory, KnownSession, known_in_memory
from liftgate.watch.log_files import LogFile, log_files
from liftgate.watch.look import Judge
from liftgate.watch.reading import read
from liftgate.watch.rules.counted import counted
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.rules.totals import Totals, totals_of
from liftgate.watch.scoped import forget_allowed
from liftgate.watch.verdict import Judged, Verdict, judge

SHIPPED = load_rulebook()
ALL = expand_actions(["write", "delete", "s3:DeleteObjectVersion", "s3:GetObject", "s3:GetObjectVersion"])
SCOPES = [
    replace(scope("s3://reports/2026/"), actions=ALL),
    replace(scope("s3://other/2026/"), actions=ALL),
    scope("s3://reports/2026/"),
    scope("s3://other/2026/"),
    scope("s3://reports/"),
    scope("s3://reports/2026/", actions="s3:GetObject"),
    scope("s3://reports/2026/a"),
    scope("s3://reports/2026/", "s3://other/"),
    scope("s3://reports/2026/*/in/*"),
]
VALUES: dict[str, list[Any]] = {
    "bucketName": ["reports", "other", "arn:aws:s3:eu-west-1:111122223333:accesspoint/reports", 7],
    "key": ["2026/a", "2026/b/in/c", "2025/a", "", 7, None],
    "prefix": ["2026/", "2025/", "", None],
    "max-keys": ["10", "1000"],
    "versionId": ["v1", "v2", ""],
    "x-amz-acl": ["private", "public-read"],
    "x-amz-copy-source": ["reports/2026/b", "secret/x"],
}
CALLS = [
    ("PutObject", ["key"]),
    ("PutObject", ["key", "x-amz-acl"]),
    ("ListObjects", ["prefix", "max-keys"]),
    ("CopyObject", ["key", "x-amz-copy-source"]),
    ("DeleteObject", ["key", "versionId"]),
]
OPERATIONS = [
    "PutObject",
    "GetObject",
    "ListObjects",
    "CopyObject",
    "DeleteObject",
    "PutObjectAcl",
    "DeleteObjects",
]
TIMES = [
    "11:59:59.999",
    "12:00:00",
    "12:10:00",
    "12:20:00.5",
    "12:30:00",
    "12:59:59.999",
    "13:00:00",
    "13:30:00",
]


def key(number: int) -> str:
    return f"{KEY[:-2]}{number:02}"


def everything_known() -> KnownInMemory:
    """A grant for each scope, with a session each; every third was ended before its time."""
    grants: list[KnownGrant] = []
    for number, one in enumerate(SCOPES):
        ended = NOON.replace(minute=20) if number % 3 == 2 else None
        grants.append(grant(id=f"{GRANT_ID[:-2]}{number:02}", scope=one, ended_at=ended))
    sessions = [
        KnownSession(grant_id=one.id, number=1, name=f"{one.id}-1", access_key_id=key(number))
        for number, one in enumerate(grants)
    ]
    return known_in_memory(grants, sessions)


def one_record(number: int, draw: random.Random) -> dict[str, Any]:
    of = draw.randrange(len(SCOPES))
    operation, names = (
        draw.choice(CALLS) if draw.random() < 0.7 else (draw.choice(OPERATIONS), draw.sample(list(VALUES), 3))
    )
    asked = {name: draw.choice(VALUES[name][:2] if draw.random() < 0.8 else VALUES[name]) for name in names}
    asked["bucketName"] = draw.choice(VALUES["bucketName"][: draw.choice([1, 2, 4])])
    changed: dict[str, Any] = {
        "identity": {
            "accessKeyId": key(of),
            "principalId": f"AROAEXAMPLEEXAMPLE123:{GRANT_ID[:-2]}{of:02}-1",
        },
        "eventTime": f"2026-11-02T{draw.choice(TIMES)}Z",
        "requestParameters": asked if draw.random() < 0.95 else None,
        "sourceIPAddress": f"203.0.113.{draw.randint(1, 5)}",
        "userAgent": draw.choice(["aws-cli/2", "boto3/1"]),
        "additionalEventData": {"bytesTransferredIn": draw.choice([0, 10, 2.0, "x", -1])},
        "readOnly": draw.choice([True, False, None]),
    }
    if draw.random() < 0.2:
        changed["errorCode"] = draw.choice(["AccessDenied", "NoSuchKey"])
    if draw.random() < 0.1:
        changed["eventSource"] = "kms.amazonaws.com"
    return numbered(number, operation, **changed)


def looked(judging: Judge, file: LogFile) -> tuple[Counter[Verdict], list[Finding], dict[str, Totals]]:
    shown = judging.look_alone(file)
    totals = {grant_id: one.totals() for grant_id, one in shown.totals.items()}
    return +shown.verdicts, [hit.finding for hit in shown.hits], totals


def alone(
    events: list[Event], of: KnownInMemory, rules: Rulebook
) -> tuple[Counter[Verdict], list[Finding], dict[str, Totals]]:
    judged: list[Judged] = []
    for one in events:
        forget_allowed()
        judged.append(judge(one, attribute(one, of)))
    by_grant: dict[str, list[Judged]] = {}
    for each in judged:
        if each.grant is not None:
            by_grant.setdefault(each.grant.id, []).append(each)
    totals = {grant_id: totals_of(map(counted, some)) for grant_id, some in by_grant.items()}
    return (
        Counter(one.verdict for one in judged),
        [found for one in judged for found in rules.of_call(one)],
        totals,
    )


@pytest.mark.parametrize("seed", range(4))
def test_many_calls_are_what_each_is_alone(seed: int, tmp_path: Path) -> None:
    draw, of = random.Random(seed), everything_known()  # noqa: S311 - no secret
    records = [one_record(number, draw) for number in range(600)]
    (file,) = log_files([written(tmp_path / "a.json.gz", records)])
    judging = Judge(of, SHIPPED)
    together = looked(judging, file)
    assert together == alone(list(read(file.data(), file.name).events), of, SHIPPED)
    assert len(together[0]) >= 5
    assert min(together[0][one] for one in (Verdict.EXPECTED, Verdict.OUTSIDE_SCOPE)) > 10
    assert looked(judging, file) == together  # with all patterns known, and sums begun anew


def test_a_rule_about_expected_calls_is_asked_about_each(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "version: 1\nrules:\n  - {name: small-hours, title: Odd, severity: low, answer: alert, on: call, verdicts: [expected],\n"
        "     when: \"call.key.endsWith('odd')\", because: 'it wrote {call.key}',\n"
        "     tests: [{says: odd, facts: {call.verdict: expected, call.key: 2026/odd}}]}\n"
    )
    records = [
        numbered(number, requestParameters={"bucketName": "reports", "key": f"2026/{name}"})
        for number, name in enumerate(["even", "odd", "even", "odd"])
    ]
    (file,) = log_files([written(tmp_path / "a.json", records)])
    found = looked(Judge(known(), load_rulebook([rules])), file)[1]
    assert [one.because for one in found] == ["it wrote 2026/odd"] * 2


def test_ids_are_told_apart_whatever_they_look_like() -> None:
    canonical = "0c3e6b3e-2f0b-4a3c-9d55-0a1b2c3d4e5f"
    ids = [
        canonical,
        canonical.upper(),
        canonical.replace("-", ""),
        canonical.replace("-", " "),
        f" {canonical[:-1]}",
        f"{canonical[:-2]}- ",
        canonical[:-1],
        f"{canonical}0",
        canonical.replace("0c3e", "0c_e"),
        "",
        "one",
        "٣" * 36,
    ]
    assert len(set(event_keys(ids))) == len(ids)
    assert [event_keys([one])[0] for one in ids] == event_keys(ids)
    shifted = ["0c3e6b3e-2f0b-4a3c-9d55-0a1b2c3d4e5", "f0c3e6b3e-2f0b-4a3c-9d55-0a1b2c3d4e5f"]
    assert event_keys(shifted) == shifted
    assert event_keys([canonical] * 3) == event_keys([canonical]) * 3
    assert event_keys([]) == []


def test_a_window_of_no_length_for_calls_holds_none(tmp_path: Path) -> None:
    at_once = grant(window=Window(starts_at=NOON, ends_at=NOON.replace(minute=30)), ended_at=NOON)
    (file,) = log_files([written(tmp_path / "a.json", [numbered(1), numbered(2)])])
    assert looked(Judge(known(at_once), SHIPPED), file)[0] == {Verdict.OUTSIDE_WINDOW: 2}


def test_a_second_session_with_the_name_of_a_grant_in_place_is_found_in_files_too(tmp_path: Path) -> None:
    in_place = grant(role_arn="arn:aws:iam::111122223333:role/people", user_id="AROAX:ada")
    began = numbered(1, "AssumeRole", **beginning("AROAX:ada"))
    (file,) = log_files([written(tmp_path / "a.json", [began, numbered(2)])])
    found = looked(Judge(known(in_place), SHIPPED), file)[1]
    assert ("in-place-name-taken", GRANT_ID) in [(one.rule, one.grant_id) for one in found]


def test_a_record_that_nobody_foresaw_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    class Stumbling(KnownInMemory):
        def in_place(self, user_id: str) -> tuple[KnownGrant, ...]:
            if user_id == "AROAX:eve":
                raise RuntimeError("nobody foresaw this")
            return ()

    of = Stumbling(**{one.name: getattr(known(), one.name) for one in fields(KnownInMemory)})
    records = [numbered(1), numbered(2, "AssumeRole", **beginning("AROAX:eve")), numbered(3)]
    (file,) = log_files([written(tmp_path / "a.json", records)])
    shown = Judge(of, SHIPPED).look_alone(file)
    assert +shown.verdicts == {Verdict.EXPECTED: 2}
    [aside] = shown.set_aside
    assert aside.reason == "it could not be judged: RuntimeError"
    assert aside.where.endswith(records[1]["eventID"])


def beginning(user_id: str) -> dict[str, Any]:
    """What a record of AssumeRole says that began this session."""
    return {
        "eventSource": "sts.amazonaws.com",
        "identity": {
            "type": "AssumedRole",
            "principalId": "AROAY:bob",
            "accessKeyId": "ASIASOMEBODYELSE0001",
        },
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/people"},
        "responseElements": {"assumedRoleUser": {"assumedRoleId": user_id}},
    }
