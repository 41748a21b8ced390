"""Real calls as a role session, on a server that enforces policies, and what Liftgate says of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from tests.iam.generated.calls import OBJECTS, Call, Stage
from tests.iam.generated.ours import our_decision


@dataclass(slots=True)
class Outcome:
    """What a run of real calls found."""

    compared: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)


def put_to_a_server(
    stages: Iterable[Stage],
    open_session: Callable[[Stage], Any],
    owner: Any,
    not_asked: Callable[[Stage, Call], str | None],
) -> Outcome:
    """Make every call of every stage as its session; deletes come last. ``owner``: the buckets' own S3 client."""
    outcome = Outcome()
    for bucket in OBJECTS:
        owner.create_bucket(Bucket=bucket)
    missing = {(bucket, key) for bucket, keys in OBJECTS.items() for key in keys}
    for stage in stages:
        for bucket in OBJECTS:
            owner.delete_bucket_policy(Bucket=bucket)
        for bucket, key in sorted(missing):
            owner.put_object(Bucket=bucket, Key=key, Body=b"x")
        missing.clear()
        session = open_session(stage)
        for call in stage.calls:
            rule = not_asked(stage, call)
            if rule is not None:
                outcome.skipped[rule] += 1
                continue
            case = stage.case(call, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
            ours, theirs = our_decision(case) == "allow", _is_allowed(session, call)
            outcome.compared["allowed" if theirs else "refused"] += 1
            if ours is not theirs:
                outcome.differing.append(f"ours {ours}, theirs {theirs}: {case}")
            if call.operation == "delete_object":
                missing.add((call.bucket, str(call.key)))
    return outcome


def _is_allowed(session: Any, call: Call) -> bool:
    try:
        getattr(session, call.operation)(**call.arguments())
    except ClientError as error:
        if error.response["Error"]["Code"] in {"AccessDenied", "403"}:
            return False
        raise
    return True
