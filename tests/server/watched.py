"""What CloudTrail tells of calls under the grants of a test's server."""

import json
from collections.abc import Sequence
from typing import Any

from tests.server.server_world import REPORTS_ROLE, World
from tests.store.watch_stage import RULES, Batch, Unread
from tests.watch.watch_examples import record

from liftgate.server.watching import take_in
from liftgate.watch.service import Taken


def called(world: World, grant_id: str, operation: str = "PutObject", **more: Any) -> bytes:
    """The record of a call under a grant, now."""
    seconds = int(world.clock().timestamp())
    name = f"{grant_id}-1"
    identity = {
        "principalId": f"AROAEXAMPLE:{name}",
        "accessKeyId": None,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": REPORTS_ROLE}, "sourceIdentity": "ada"},
        **more.pop("identity", {}),
    }
    with world.store.read() as view:
        lent = [one.access_key_id for one in view.sessions(grant_id)]
    if lent:
        identity["accessKeyId"] = lent[0]
    fields = {
        "eventID": f"00000000-0000-4000-8000-{seconds:012}",
        "eventTime": world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "requestParameters": {"bucketName": "lakeside-reports", "key": f"2026/q3/{seconds}.csv"},
        "identity": identity,
        **more,
    }
    return json.dumps(record(operation, **fields)).encode()


def outside(world: World, grant_id: str, **more: Any) -> bytes:
    """A call beyond the scope, which AWS refused."""
    asked = {"bucketName": "lakeside-payroll", "key": "2026/all.csv"}
    fields = {"requestParameters": asked, "errorCode": "AccessDenied", **more}
    return called(world, grant_id, eventID=f"{grant_id}-outside", **fields)


def watched(world: World, *texts: bytes, unread: Sequence[Unread] = ()) -> Taken:
    """Take records in."""
    return take_in([Batch(texts, unread)], world.parts, RULES)
