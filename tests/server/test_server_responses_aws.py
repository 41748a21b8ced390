"""An attack on an AWS that enforces: what CloudTrail tells of it ends the grant, and AWS refuses the session's next call."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.answering_stage import Stage, answering
from tests.servers.trail_queue import Trail, trail

from liftgate.demo.sample_account import REPORTS

__all__ = ["trail"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]


@pytest.fixture
def stage(trail: Trail, tmp_path: Path) -> Iterator[Stage]:
    with answering(trail.account, tmp_path) as stage:
        yield stage


def test_who_goes_beyond_their_scope_is_refused_at_their_next_call(stage: Stage) -> None:
    thief, other = stage.session(), stage.session()
    assert thief.s3("put_object", Bucket=REPORTS, Key="2026/q3/a.csv", Body=b"north,1") == "done"
    anyone = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{REPORTS}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    assert thief.s3("put_bucket_policy", Bucket=REPORTS, Policy=policy) == "AccessDenied"
    assert stage.log.revoked.wait(30)

    assert thief.s3("put_object", Bucket=REPORTS, Key="2026/q3/c.csv", Body=b"north,3") == "AccessDenied"
    assert other.s3("put_object", Bucket=REPORTS, Key="2026/q3/d.csv", Body=b"north,4") == "done"
    grant = stage.call("ada", "GET", f"/grants/{thief.grant_id}")
    assert (grant["state"], grant["ending"]["deny"]) == ("revoked", "in_place")
    [listed] = stage.call("linus", "GET", f"/findings?rule=tampering-tried&grant={thief.grant_id}")["items"]
    shown = stage.call("linus", "GET", f"/findings/{listed['id']}")
    assert (shown["rule"], [one["step"] for one in shown["responses"]]) == (
        "tampering-tried",
        ["alert", "revoke"],
    )
    assert {one["key"] for one in shown["damage"]} <= {"2026/q3/a.csv"}  # its record may still be on its way
