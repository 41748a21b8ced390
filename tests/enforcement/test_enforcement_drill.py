"""The revocation drill on programs that enforce: it works, is taken back, and is refused."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.access.access_examples import PEOPLE, catalogue, entitlement
from tests.elevation.in_place_examples import breathe
from tests.enforcement.enforcers import RADOSGW
from tests.enforcement.stage import BUCKETS, REPORTS, Stage
from tests.enforcement.table import table

from liftgate.catalogue.model import Entitlement
from liftgate.elevation.drill import DrillGround, drill_revocation
from liftgate.elevation.s3_calls import S3Calls
from liftgate.elevation.sts import StsLender
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location
from liftgate.identity.model import Caller, Identity, IdentityKind

pytestmark = pytest.mark.slow

ACTIONS = {
    "a drill on an entitlement to write": ["write"],
    "a drill on an entitlement to list": ["list"],
    "a drill on an entitlement to all": ["read", "write", "delete", "list"],
}
GAPS = {
    RADOSGW: {
        "a drill on an entitlement to write": "asks for `s3:PutObject` to end an upload, which a drill is not lent"
    }
}
SEC = Caller(person=PEOPLE["sec"], identity=Identity(kind=IdentityKind.LOCAL, name="sec"))


@pytest.mark.parametrize(
    ("by", "case"), table("Drill", dict.fromkeys(ACTIONS, "allowed, then refused"), GAPS)
)
def test_drill(own_stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    stage, keys_before = own_stage, keys(own_stage)
    ground = DrillGround(
        store=stage.store,
        lender=StsLender(stage.enforcer.sts),
        calls=S3Calls(stage.enforcer.client),
        settle=lambda _: stage.settle(),
        clock=stage.clock,
        random=os.urandom,
        pause=breathe,
    )
    held = on(stage, ACTIONS[case])
    drill = drill_revocation(held.name, SEC, catalogue(held), ground)
    assert drill.refused_after is not None
    record_property("happened", f"allowed, then refused after {drill.refused_after.total_seconds():.2f} s")
    assert drill.role_arn == stage.role_arn
    assert keys(stage) == keys_before
    assert not stage.enforcer.owner.list_multipart_uploads(Bucket=REPORTS, Prefix="drilled/").get("Uploads")


def on(stage: Stage, actions: list[str]) -> Entitlement:
    made = entitlement(
        "drilled", actions=expand_actions(actions), locations=frozenset({Location(REPORTS, "drilled/*")})
    )
    return replace(made, role_arn=stage.role_arn)


def keys(stage: Stage) -> list[str]:
    owner = stage.enforcer.owner
    return [
        one["Key"] for bucket in BUCKETS for one in owner.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
