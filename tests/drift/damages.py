"""Ways to weaken a deployed account, each with the wall that it takes down and how it is undone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.deployment.deployed import EVERYTHING, HOME, OTHER
from tests.drift.deployed_account import (
    DeployedAccount,
    block,
    but_tls,
    keep_for,
    put_rule,
    queue_attributes,
    set_queue,
)

from liftgate.deployment.watching import DEAD_KEPT_SECONDS, EVENT_PATTERN, RULE_STATE, queue_policy, selectors
from liftgate.drift.mending import BLOCK, name_of
from liftgate.iam.policy import Policy, to_document, to_json

Change = Callable[[DeployedAccount], object]

WRITER: Final = f"arn:aws:iam::{HOME}:role/liftgate/reports-write"
ELSEWHERE: Final = f"arn:aws:iam::{OTHER}:role/uploads-quarantine"
BROKER: Final = f"arn:aws:iam::{HOME}:role/LiftgateBroker"
REVOKER: Final = f"arn:aws:iam::{OTHER}:role/LiftgateRevoker"
AUDITOR: Final = f"arn:aws:iam::{OTHER}:role/LiftgateAuditor"
QUEUE: Final = f"arn:aws:sqs:us-east-1:{HOME}:liftgate-cloudtrail"
DEAD: Final = f"{QUEUE}-dead-letters"
RULE: Final = "liftgate-cloudtrail"
RULE_ARN: Final = f"arn:aws:events:us-east-1:{HOME}:rule/{RULE}"
TRAIL: Final = f"arn:aws:cloudtrail:us-east-1:{HOME}:trail/liftgate"
REPORTS: Final = "arn:aws:s3:::reports"
LOGS: Final = f"arn:aws:s3:::liftgate-trail-{HOME}-us-east-1"
EVE: Final = f"arn:aws:iam::{HOME}:user/eve"
MALLORY: Final = f"arn:aws:iam::{HOME}:user/mallory"
ANYTHING: Final = json.dumps(EVERYTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One."""

    wall: str
    thing: str
    do: Change
    undo: Change


def _trust(arn: str, edit: Callable[[dict[str, Any]], object]) -> dict[str, Change]:
    """Edit the first statement of a role's trust policy."""

    def put(made: DeployedAccount, document: str) -> None:
        made.client("iam", arn.split(":")[4]).update_assume_role_policy(
            RoleName=name_of(arn), PolicyDocument=document
        )

    def planned(made: DeployedAccount) -> str:
        return to_json(next(one for one in made.against.plan.roles if one.arn == arn).trust)

    def do(made: DeployedAccount) -> None:
        document = json.loads(planned(made))
        edit(document["Statement"][0])
        put(made, json.dumps(document))

    return {"do": do, "undo": lambda made: put(made, planned(made))}


def statement(policy_arn: str, edit: Callable[[dict[str, Any]], object]) -> dict[str, Change]:
    """Edit a managed policy's last statement, in a new version."""
    account = policy_arn.split(":")[4]

    def put(made: DeployedAccount, document: dict[str, Any]) -> None:
        """As the mending command does; the versions before it go, since IAM keeps five."""
        iam = made.client("iam", account)
        before = iam.list_policy_versions(PolicyArn=policy_arn)["Versions"]
        iam.create_policy_version(
            PolicyArn=policy_arn, PolicyDocument=json.dumps(document), SetAsDefault=True
        )
        for one in before:
            iam.delete_policy_version(PolicyArn=policy_arn, VersionId=one["VersionId"])

    def planned(made: DeployedAccount) -> dict[str, Any]:
        return to_document(made.against.plan.policy(policy_arn).document)

    def do(made: DeployedAccount) -> None:
        document = planned(made)
        edit(document["Statement"][-1])
        put(made, document)

    return {"do": do, "undo": lambda made: put(made, planned(made))}


def _inline(kind: str, arn: str, document: str = ANYTHING) -> dict[str, Change]:
    """A policy that somebody adds to a role, or to a user of their own."""

    def call(made: DeployedAccount, verb: str, **more: str) -> None:
        client = made.client("iam", arn.split(":")[4])
        named = {f"{kind.title()}Name": name_of(arn)}
        if kind == "user" and verb == "put":
            client.create_user(**named)
        getattr(client, f"{verb}_{kind}_policy")(**named, PolicyName="Handy", **more)
        if kind == "user" and verb == "delete":
            client.delete_user(**named)

    return {
        "do": lambda made: call(made, "put", PolicyDocument=document),
        "undo": lambda made: call(made, "delete"),
    }


def _boundary(arn: str) -> dict[str, Change]:
    def undo(made: DeployedAccount) -> None:
        wanted = next(one for one in made.against.plan.roles if one.arn == arn).boundary
        made.client("iam", arn.split(":")[4]).put_role_permissions_boundary(
            RoleName=name_of(arn), PermissionsBoundary=wanted
        )

    def do(made: DeployedAccount) -> None:
        made.client("iam", arn.split(":")[4]).delete_role_permissions_boundary(RoleName=name_of(arn))

    return {"do": do, "undo": undo}


def _attached(arn: str, policy_arn: str) -> dict[str, Change]:
    def call(made: DeployedAccount, verb: str) -> None:
        client = made.client("iam", arn.split(":")[4])
        getattr(client, f"{verb}_role_policy")(RoleName=name_of(arn), PolicyArn=policy_arn)

    return {"do": lambda made: call(made, "detach"), "undo": lambda made: call(made, "attach")}


def _longest(arn: str, seconds: int) -> dict[str, Change]:
    def put(made: DeployedAccount, value: int) -> None:
        made.client("iam", arn.split(":")[4]).update_role(RoleName=name_of(arn), MaxSessionDuration=value)

    def planned(made: DeployedAccount) -> int:
        role = next(one for one in made.against.plan.roles if one.arn == arn)
        return int(role.max_session.total_seconds())

    return {"do": lambda made: put(made, seconds), "undo": lambda made: put(made, planned(made))}


def _bucket_policy(principal: Any, **more: Any) -> dict[str, Change]:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:*",
        "Resource": f"{REPORTS}/*",
        **more,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {
        "do": lambda made: made.client("s3", HOME).put_bucket_policy(Bucket="reports", Policy=text),
        "undo": lambda made: made.client("s3", HOME).delete_bucket_policy(Bucket="reports"),
    }


def _point(name: str, principal: Any, bucket: str = "reports", **more: Any) -> dict[str, Change]:
    """An access point that somebody makes, with a policy; it is left behind without one."""
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:*",
        "Resource": f"{point_arn(name)}/object/*",
        **more,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def do(made: DeployedAccount) -> None:
        control = made.client("s3control", HOME)
        control.create_access_point(AccountId=HOME, Name=name, Bucket=bucket)
        control.put_access_point_policy(AccountId=HOME, Name=name, Policy=text)

    def undo(made: DeployedAccount) -> None:
        made.client("s3control", HOME).delete_access_point_policy(AccountId=HOME, Name=name)

    return {"do": do, "undo": undo}


def point_arn(name: str) -> str:
    """An access point at home."""
    return f"arn:aws:s3:us-east-1:{HOME}:accesspoint/{name}"


def _through_point(name: str) -> dict[str, Change]:
    """A user with a right on an access point, and on no bucket."""
    put = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{point_arn(name)}/object/*"}
    change = _inline("user", MALLORY, json.dumps({"Version": "2012-10-17", "Statement": [put]}))

    def do(made: DeployedAccount) -> None:
        made.client("s3control", HOME).create_access_point(AccountId=HOME, Name=name, Bucket="reports")
        change["do"](made)

    return {"do": do, "undo": change["undo"]}


def _account_block(made: DeployedAccount) -> None:
    """All was blocked for the account, which was enough; then somebody takes that off."""
    control = made.client("s3control", HOME)
    control.put_public_access_block(AccountId=HOME, PublicAccessBlockConfiguration=dict.fromkeys(BLOCK, True))
    block(made, HOME, "reports", BlockPublicPolicy=False)
    assert made.report().drifts == ()
    control.delete_public_access_block(AccountId=HOME)


def _logs_policy(edit: Callable[[list[dict[str, Any]]], object]) -> dict[str, Change]:
    def put(made: DeployedAccount, statements: list[dict[str, Any]]) -> None:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        made.client("s3", HOME).put_bucket_policy(Bucket=LOGS.rsplit(":", 1)[-1], Policy=text)

    def planned(made: DeployedAccount) -> list[dict[str, Any]]:
        return list(to_document(made.against.plan.watching.trails[0].bucket_policy)["Statement"])

    def do(made: DeployedAccount) -> None:
        statements = planned(made)
        edit(statements)
        put(made, statements)

    return {"do": do, "undo": lambda made: put(made, planned(made))}


def _versions(made: DeployedAccount, status: str) -> None:
    made.client("s3", HOME).put_bucket_versioning(
        Bucket=LOGS.rsplit(":", 1)[-1], VersioningConfiguration={"Status": status}
    )


def _selectors(edit: Callable[[list[dict[str, Any]]], object]) -> dict[str, Change]:
    def put(made: DeployedAccount, chosen: list[dict[str, Any]]) -> None:
        made.client("cloudtrail", HOME).put_event_selectors(
            TrailName="liftgate", AdvancedEventSelectors=chosen
        )

    def do(made: DeployedAccount) -> None:
        chosen = json.loads(json.dumps(selectors(made.against.plan.watching.trails[0])))
        edit(chosen)
        put(made, chosen)

    return {
        "do": do,
        "undo": lambda made: put(made, selectors(made.against.plan.watching.trails[0])),
    }


def _trail(**changed: Any) -> dict[str, Change]:
    def update(made: DeployedAccount, **more: Any) -> None:
        made.client("cloudtrail", HOME).update_trail(Name="liftgate", **more)

    def undo(made: DeployedAccount) -> None:
        update(
            made,
            S3BucketName=LOGS.rsplit(":", 1)[-1],
            IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=True,
            EnableLogFileValidation=True,
        )

    return {"do": lambda made: update(made, **changed), "undo": undo}


def _rule(**changed: Any) -> dict[str, Change]:
    return {
        "do": lambda made: put_rule(made, HOME, RULE, **changed),
        "undo": lambda made: put_rule(made, HOME, RULE),
    }


def _target(**changed: Any) -> dict[str, Change]:
    def put(made: DeployedAccount, **more: Any) -> None:
        made.client("events", HOME).put_targets(Rule=RULE, Targets=[{"Id": "events", "Arn": QUEUE, **more}])

    return {"do": lambda made: put(made, **changed), "undo": put}


def _queue(arn: str, **attributes: str) -> dict[str, Change]:
    def undo(made: DeployedAccount) -> None:
        dead = {
            "MessageRetentionPeriod": str(DEAD_KEPT_SECONDS),
            "SqsManagedSseEnabled": "true",
            "Policy": "",
        }
        set_queue(made, arn, queue_attributes(made) if arn == QUEUE else dead)

    return {"do": lambda made: set_queue(made, arn, attributes), "undo": undo}


def _open_queue(arn: str) -> str:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [everybody]})


def _queue_policy_without(sid: str) -> str:
    planned = but_tls(queue_policy(QUEUE, RULE_ARN, HOME, BROKER))
    return to_json(Policy(statements=tuple(one for one in planned.statements if one.sid != sid)))


def _key(**changed: Any) -> dict[str, Change]:
    def put(made: DeployedAccount, statements: list[dict[str, Any]]) -> None:
        own = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": [own, *statements]})
        made.client("kms", HOME).put_key_policy(KeyId=made.key_arn, PolicyName="default", Policy=text)

    more = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", **changed}
    return {"do": lambda made: put(made, [more]), "undo": lambda made: put(made, [])}


def _without(*keys: str) -> Callable[[dict[str, Any]], object]:
    """A trust policy's statement with conditions taken out."""

    def edit(statement: dict[str, Any]) -> None:
        for block_ in statement["Condition"].values():
            for key in keys:
                block_.pop(key, None)
        statement["Condition"] = {name: one for name, one in statement["Condition"].items() if one}

    return edit


def _drop_data(chosen: list[dict[str, Any]]) -> None:
    chosen.pop()


def _only_reads(chosen: list[dict[str, Any]]) -> None:
    chosen[-1]["FieldSelectors"][-1] = {"Field": "readOnly", "Equals": ["true"]}


def _only_drafts(chosen: list[dict[str, Any]]) -> None:
    chosen[-1]["FieldSelectors"][2]["StartsWith"] = ["arn:aws:s3:::report-drafts/"]


def _part_of_reports(chosen: list[dict[str, Any]]) -> None:
    where = chosen[-1]["FieldSelectors"][2]["StartsWith"]
    chosen[-1]["FieldSelectors"][2]["StartsWith"] = [
        one.replace("reports/", "reports/2026/") for one in where
    ]


def _broker_and(who: str) -> Callable[[dict[str, Any]], object]:
    return lambda one: one.update(Principal={"AWS": [one["Principal"]["AWS"], who]})


PUT_REPORTS: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:Put*", "Resource": f"{REPORTS}/2026/q3/*"},
    }
)
LOG_NAME: Final = LOGS.rsplit(":", 1)[-1]
FEW: Final = {**EVENT_PATTERN, "source": ["aws.s3"]}
ONE_BUCKET: Final = {**EVENT_PATTERN, "detail": {"requestParameters": {"bucketName": ["report-drafts"]}}}
SESSION: Final = f"arn:aws:sts::{HOME}:assumed-role/reports-write/gr-1-1"
BROKER_SESSION: Final = f"arn:aws:sts::{HOME}:assumed-role/LiftgateBroker/i-0123456789abcdef0"


def _damage(wall: str, thing: str, change: dict[str, Change]) -> Damage:
    return Damage(wall=wall, thing=thing, **change)


DAMAGES: Final[dict[str, Damage]] = {
    "a role lets in everybody": _damage(
        "trust-opened", WRITER, _trust(WRITER, lambda one: one.update(Principal="*"))
    ),
    "a role lets in its account": _damage(
        "trust-opened", WRITER, _trust(WRITER, _broker_and(f"arn:aws:iam::{HOME}:root"))
    ),
    "a role lets in somebody else": _damage(
        "second-principal", WRITER, _trust(WRITER, _broker_and(f"arn:aws:iam::{HOME}:role/Admin"))
    ),
    "the broker lets in somebody else": _damage(
        "second-principal", BROKER, _trust(BROKER, lambda one: one["Principal"].update(AWS=BROKER))
    ),
    "a role asks for no external id": _damage(
        "external-id-missing", ELSEWHERE, _trust(ELSEWHERE, _without("sts:ExternalId"))
    ),
    "the revoker asks for no external id": _damage(
        "external-id-missing", REVOKER, _trust(REVOKER, _without("sts:ExternalId"))
    ),
    "a role asks for no person": _damage(
        "trust-loosened", WRITER, _trust(WRITER, _without("sts:SourceIdentity"))
    ),
    "a role asks for no name": _damage(
        "trust-loosened", WRITER, _trust(WRITER, _without("sts:RoleSessionName"))
    ),
    "a role keeps out the broker's tags": _damage(
        "trust-narrowed", WRITER, _trust(WRITER, lambda one: one.update(Action="sts:SetSourceIdentity"))
    ),
    "a role has no boundary": _damage("boundary-missing", WRITER, _boundary(WRITER)),
    "the broker has no boundary": _damage("boundary-missing", BROKER, _boundary(BROKER)),
    "a ceiling is wider": _damage(
        "ceiling-widened",
        f"{WRITER.replace(':role', ':policy')}Ceiling",
        statement(
            f"{WRITER.replace(':role', ':policy')}Ceiling", lambda one: one.update(Action="*", Resource="*")
        ),
    ),
    "the broker may do more": _damage(
        "broker-widened",
        f"arn:aws:iam::{HOME}:policy/LiftgateBrokerLend",
        statement(
            f"arn:aws:iam::{HOME}:policy/LiftgateBrokerLend",
            lambda one: one.update(Action="iam:PutRolePolicy"),
        ),
    ),
    "the revoker may do more": _damage(
        "revoker-widened",
        f"arn:aws:iam::{OTHER}:policy/LiftgateRevokerTakeBack",
        statement(
            f"arn:aws:iam::{OTHER}:policy/LiftgateRevokerTakeBack", lambda one: one.update(Action="iam:*")
        ),
    ),
    "the auditor lets in somebody else": _damage(
        "second-principal", AUDITOR, _trust(AUDITOR, _broker_and(f"arn:aws:iam::{HOME}:role/Admin"))
    ),
    "the auditor asks for no external id": _damage(
        "external-id-missing", AUDITOR, _trust(AUDITOR, _without("sts:ExternalId"))
    ),
    "the auditor asks for no name of the broker": _damage(
        "trust-loosened", AUDITOR, _trust(AUDITOR, _without("sts:RoleSessionName"))
    ),
    "the auditor has no boundary": _damage("boundary-missing", AUDITOR, _boundary(AUDITOR)),
    "the auditor may do more": _damage(
        "auditor-widened",
        f"{AUDITOR.replace(':role', ':policy')}Look",
        statement(
            f"{AUDITOR.replace(':role', ':policy')}Look",
            lambda one: one.update(Action="s3:GetObject", Resource="*"),
        ),
    ),
    "the auditor's boundary takes more": _damage(
        "auditor-widened",
        f"{AUDITOR.replace(':role', ':policy')}Boundary",
        statement(f"{AUDITOR.replace(':role', ':policy')}Boundary", lambda one: one.update(Action="*")),
    ),
    "the auditor has a policy more": _damage("policy-added", AUDITOR, _inline("role", AUDITOR)),
    "everyday access may write": _damage(
        "baseline-widened",
        f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly",
        statement(f"arn:aws:iam::{HOME}:policy/LiftgateReadOnly", lambda one: one.update(Action="s3:*")),
    ),
    "the broker has a policy more": _damage("policy-added", BROKER, _inline("role", BROKER)),
    "the revoker has a policy more": _damage("policy-added", REVOKER, _inline("role", REVOKER)),
    "a role lacks its policy": _damage(
        "policy-missing", WRITER, _attached(WRITER, f"{WRITER.replace(':role', ':policy')}Ceiling")
    ),
    "the broker may do less": _damage(
        "policy-narrowed",
        f"arn:aws:iam::{HOME}:policy/LiftgateBrokerLend",
        statement(
            f"arn:aws:iam::{HOME}:policy/LiftgateBrokerLend", lambda one: one.update(Action="sts:AssumeRole")
        ),
    ),
    "a role's sessions are longer": _damage("session-too-long", WRITER, _longest(WRITER, 43_200)),
    "somebody may write anyhow": _damage("standing-permission", EVE, _inline("user", EVE, PUT_REPORTS)),
    "a bucket lets in another account": _damage(
        "bucket-opened", REPORTS, _bucket_policy({"AWS": "arn:aws:iam::777788889999:root"})
    ),
    "a bucket names a session": _damage(
        "bucket-names-session", REPORTS, _bucket_policy({"AWS": SESSION}, Action="s3:GetObject")
    ),
    "a bucket names a session of the broker": _damage(
        "bucket-names-broker", REPORTS, _bucket_policy({"AWS": BROKER_SESSION}, Action="s3:GetObject")
    ),
    "a bucket lets in a user": _damage("bucket-lets-write", REPORTS, _bucket_policy({"AWS": EVE})),
    "a bucket's block is off": _damage(
        "public-block-off",
        REPORTS,
        {
            "do": lambda made: block(made, HOME, "reports", BlockPublicPolicy=False),
            "undo": lambda made: block(made, HOME, "reports"),
        },
    ),
    "the account's block is off": _damage(
        "public-block-off",
        REPORTS,
        {"do": _account_block, "undo": lambda made: block(made, HOME, "reports")},
    ),
    "an access point lets in another account": _damage(
        "access-point-opened",
        point_arn("open"),
        _point("open", {"AWS": "arn:aws:iam::777788889999:root"}),
    ),
    "an access point names a session": _damage(
        "access-point-names-session",
        point_arn("session"),
        _point("session", {"AWS": SESSION}, Action="s3:GetObject"),
    ),
    "an access point names a session of the broker": _damage(
        "access-point-names-broker",
        point_arn("broker"),
        _point("broker", {"AWS": BROKER_SESSION}, Action="s3:GetObject"),
    ),
    "an access point lets in a user": _damage(
        "access-point-lets-write", point_arn("user"), _point("user", {"AWS": EVE})
    ),
    "an access point lets read log files": _damage(
        "log-bucket-opened", point_arn("logs"), _point("logs", {"AWS": EVE}, LOG_NAME, Action="s3:GetObject")
    ),
    "somebody may write through an access point": _damage(
        "standing-permission", MALLORY, _through_point("rights")
    ),
    "the log files' key is open": _damage("key-opened", "", _key(Principal="*")),
    "anybody writes log files": _damage("log-bucket-opened", LOGS, _logs_policy(lambda all_: all_.pop(2))),
    "CloudTrail cannot write": _damage("log-bucket-closed", LOGS, _logs_policy(lambda all_: all_.pop(1))),
    "log files expire soon": _damage(
        "logs-kept-too-short",
        LOGS,
        {"do": lambda made: keep_for(made, 30), "undo": lambda made: keep_for(made, 400)},
    ),
    "log files have no versions": _damage(
        "logs-overwritten",
        LOGS,
        {"do": lambda made: _versions(made, "Suspended"), "undo": lambda made: _versions(made, "Enabled")},
    ),
    "the trail is stopped": _damage(
        "trail-stopped",
        TRAIL,
        {
            "do": lambda made: made.client("cloudtrail", HOME).stop_logging(Name="liftgate"),
            "undo": lambda made: made.client("cloudtrail", HOME).start_logging(Name="liftgate"),
        },
    ),
    "the trail logs management alone": _damage("trail-management-only", TRAIL, _selectors(_drop_data)),
    "the trail logs reads alone": _damage("trail-reads-only", TRAIL, _selectors(_only_reads)),
    "the trail skips a bucket": _damage("trail-skips-bucket", TRAIL, _selectors(_only_drafts)),
    "the trail skips part of a bucket": _damage("trail-skips-bucket", TRAIL, _selectors(_part_of_reports)),
    "the trail skips management": _damage(
        "trail-skips-management", TRAIL, _selectors(lambda chosen: chosen.pop(0))
    ),
    "the trail logs one region": _damage("trail-one-region", TRAIL, _trail(IsMultiRegionTrail=False)),
    "the trail is not signed": _damage("trail-unsigned", TRAIL, _trail(EnableLogFileValidation=False)),
    "the trail writes elsewhere": _damage("trail-elsewhere", TRAIL, _trail(S3BucketName="report-drafts")),
    "the rule is disabled": _damage("rule-disabled", RULE_ARN, _rule(state="DISABLED")),
    "the rule skips reads of management": _damage("rule-skips-management", RULE_ARN, _rule(state="ENABLED")),
    "the rule takes fewer services": _damage("rule-narrowed", RULE_ARN, _rule(state=RULE_STATE, pattern=FEW)),
    "the rule takes one bucket": _damage(
        "rule-narrowed", RULE_ARN, _rule(state=RULE_STATE, pattern=ONE_BUCKET)
    ),
    "the rule hands events elsewhere": _damage("rule-target", RULE_ARN, _target(Arn=DEAD)),
    "the rule changes events": _damage("rule-target", RULE_ARN, _target(Input='{"nothing": true}')),
    "the queue lets in everybody": _damage("queue-opened", QUEUE, _queue(QUEUE, Policy=_open_queue(QUEUE))),
    "others take events off the queue": _damage(
        "queue-opened", QUEUE, _queue(QUEUE, Policy=_queue_policy_without("NobodyElseTakes"))
    ),
    "others send to the queue": _damage(
        "queue-opened", QUEUE, _queue(QUEUE, Policy=_queue_policy_without("NobodyElseSends"))
    ),
    "dead letters let in everybody": _damage("queue-opened", DEAD, _queue(DEAD, Policy=_open_queue(DEAD))),
    "the queue keeps out the rule": _damage(
        "queue-closed", QUEUE, _queue(QUEUE, Policy=_queue_policy_without("TheRuleAlone"))
    ),
    "the queue has no policy": _damage("queue-opened", QUEUE, _queue(QUEUE, Policy="")),
    "the queue is not encrypted": _damage(
        "queue-unencrypted", QUEUE, _queue(QUEUE, SqsManagedSseEnabled="false")
    ),
    "the queue keeps too short": _damage(
        "queue-keeps-too-short", QUEUE, _queue(QUEUE, MessageRetentionPeriod="3600")
    ),
    "the queue has no dead letters": _damage("dead-letters-gone", QUEUE, _queue(QUEUE, RedrivePolicy="")),
}
