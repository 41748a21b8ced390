"""Generated cases as real calls to radosgw, Ceph's S3 gateway, which nobody here wrote."""

import json
import re
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from tests.iam.enforced import put_to_a_server
from tests.iam.generated.calls import FORETOLD, Call, Speech, Stage, stages
from tests.iam.generated.vocabulary import ACCOUNT
from tests.servers.radosgw import Keys, Radosgw, compact, radosgw

__all__ = ["radosgw"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("radosgw")]

SEED, STAGES, CALLS = 2, 60, 6
SPEECH: Final = Speech(
    elements={
        "NotAction": "radosgw takes a statement with `NotAction` as matching nothing",
        "NotPrincipal": "radosgw spares role sessions, listed or not",
    },
    actions=lambda name: name == "*" or (name.lower().startswith("s3:") and not re.match(r"s3:\*.", name)),
    resources=lambda arn: arn == "*" or (arn.startswith("arn:aws:s3:::") and ":" not in arn[13:]),
    principals=lambda name: name != ACCOUNT and not name.endswith(":root"),  # no session is in an account
    keys=FORETOLD - {"aws:securetransport"},  # which radosgw carries only where there is TLS
)
NO_IAM_QUESTION: Final = (
    "GetBucketLocation: radosgw asks for the bucket's owner or its policy, not for the caller's policies"
)
LAST_NAME: Final = (
    "a bucket policy that names the caller in several ways or names everyone, beside session policies: radosgw lets them"
    " limit all of it, or nothing, as the last statement goes"
)
OTHER_KIND: Final = "`IpAddress` with a range of the other kind: radosgw compares the bits, so that `::/0` holds IPv4 addresses"


def test_radosgw_lets_through_what_liftgate_allows_and_nothing_else(radosgw: Radosgw) -> None:
    broker, owner = radosgw.new_user("iam-broker"), radosgw.client("s3", radosgw.new_user("iam-owner"))
    outcome = put_to_a_server(
        stages(SEED, STAGES, calls=CALLS, speech=SPEECH),
        lambda stage: _session(radosgw, stage, broker, owner),
        owner,
        _not_asked,
    )
    assert not outcome.differing, "\n".join(outcome.differing)
    assert outcome.compared.total() >= 200
    assert min(outcome.compared.values()) >= 20, outcome.compared
    assert set(outcome.skipped) == {NO_IAM_QUESTION, OTHER_KIND, LAST_NAME}


def _session(radosgw: Radosgw, stage: Stage, broker: Keys, owner: Any) -> Any:
    trust = _statement(Principal={"AWS": ["arn:aws:iam:::user/iam-broker"]}, Action=["sts:AssumeRole"])
    role = radosgw.new_role(stage.role, trust)
    iam = radosgw.client("iam", radosgw.admin)
    for number, policy in enumerate(stage.identity):
        iam.put_role_policy(
            RoleName=stage.role, PolicyName=f"p{number}", PolicyDocument=compact(_without_account(policy))
        )
    for bucket, policy in stage.bucket_policies.items():
        owner.put_bucket_policy(Bucket=bucket, Policy=compact(_without_account(policy)))
    limits = None if stage.session is None else _without_account(stage.session)
    return radosgw.client("s3", radosgw.assume(broker, role, policy=limits))


def _not_asked(stage: Stage, call: Call) -> str | None:
    if call.operation == "get_bucket_location":
        return NO_IAM_QUESTION
    spoken = json.dumps(stage.bucket_policies.get(call.bucket))
    both = ":assumed-role/" in spoken and ":role/" in spoken
    if stage.session is not None and (both or stage.names_everyone(call.bucket)):
        return LAST_NAME
    spoken = json.dumps([*stage.identity, stage.session, stage.bucket_policies])
    return OTHER_KIND if "::/0" in spoken else None


def _without_account(policy: dict[str, Any]) -> dict[str, Any]:
    """To radosgw all that is here belongs to the account without a name."""
    changed: dict[str, Any] = json.loads(json.dumps(policy).replace(ACCOUNT, ""))
    return changed


def _statement(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]}


def test_an_expired_window_in_a_session_policy_ends_access(radosgw: Radosgw) -> None:
    keys = radosgw.new_user("iam-window")
    trust = _statement(Principal={"AWS": ["arn:aws:iam:::user/iam-window"]}, Action=["sts:AssumeRole"])
    role = radosgw.new_role("window", trust, policy=_statement(Action="s3:*", Resource="*"))
    radosgw.client("s3", keys).create_bucket(Bucket="window")
    for end, may in (("2020-01-01T00:00:00Z", False), ("2200-01-01T00:00:00Z", True)):
        limits = _statement(
            Action="s3:PutObject", Resource="*", Condition={"DateLessThan": {"aws:CurrentTime": end}}
        )
        session = radosgw.client("s3", radosgw.assume(keys, role, policy=limits))
        if may:
            session.put_object(Bucket="window", Key="x", Body=b"")
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                session.put_object(Bucket="window", Key="x", Body=b"")
