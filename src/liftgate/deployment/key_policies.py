"""What the policies of KMS keys say of a plan's roles: statements for whoever keeps a key to merge into its policy.

The account is the principal and a condition names the role, so that the statement can stand before the role is made, and gives nothing
that the role's own policies do not give as well: who is opened in place has the key while it is open. Through S3 alone, and for
objects of the ceiling alone; S3 says the object's ARN as encryption context, or the bucket's where the bucket has a bucket key
("Encryption context" and "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys", Amazon S3 User Guide).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from liftgate.deployment.calls import By, On, actions_of
from liftgate.deployment.model import KeyPolicy, Watching
from liftgate.deployment.places import account_of
from liftgate.deployment.statements import allow_who, policy
from liftgate.deployment.written import MARK, logical_ids
from liftgate.iam.compile import companions
from liftgate.iam.policy import Condition, Policy, Principals, Statement, to_document, to_json
from liftgate.iam.s3.kms_key import s3_service
from liftgate.iam.scope import Scope

SID: Final = "Liftgate"
"""With which the Sid of each of these statements begins: by it they are found when they are written anew."""

CONTEXT: Final = "kms:EncryptionContext:aws:s3:arn"
LOG_CONTEXT: Final = "kms:EncryptionContext:aws:cloudtrail:arn"
# Three quarters of a key policy's 32,768 bytes ("Creating a key policy", AWS KMS Developer Guide): something stands there already.
_ROOM: Final = 24_576

Use: TypeAlias = tuple[str, Scope]
"""The ARN of a role, and a scope that it may be given."""


def key_policies(uses: Iterable[Use], watching: Watching, broker: str) -> tuple[KeyPolicy, ...]:
    """For each key that is used, and that of the log files, in order of ARN; without a document where it would not fit."""
    every, logs = list(uses), watching.log_key_arn
    keys = sorted({*(key for _, scope in every for key in scope.kms_keys), *([logs] if logs else [])})
    return tuple(
        _key_policy(
            key,
            [(role, scope) for role, scope in every if key in scope.kms_keys],
            list(_log_statements(key, watching, broker)) if key == logs else [],
        )
        for key in keys
    )


def key_policy_files(tool: str, policies: Iterable[KeyPolicy]) -> dict[str, str]:
    """The statements as files, by path: policies with an Id that says who wrote them."""
    return {
        path_of(one.key_arn): _text(tool, one.document)
        for one in policies
        if one.document and one.document.statements
    }


def path_of(key_arn: str) -> str:
    """Where the statements of a key are written: keys of several Regions may share an id."""
    _, _, _, region, account, key = key_arn.split(":", 5)
    return f"kms-key-policy-statement-{account}-{region}-{key.removeprefix('key/')}.json"


def _key_policy(key: str, uses: list[Use], more: list[Statement]) -> KeyPolicy:
    document = policy(*_statements(key, uses), *more)
    fits = len(to_json(document).encode()) <= _ROOM
    return KeyPolicy(
        key_arn=key,
        accounts=tuple(sorted({account_of(role) for role, _ in uses})),
        document=document if fits else None,
    )


def _statements(key: str, uses: list[Use]) -> Iterator[Statement]:
    """One for each role and what it does with the key: what the role's own policy says, with the objects added."""
    contexts: dict[tuple[str, tuple[str, ...], tuple[Condition, ...]], set[str]] = {}
    for role, scope in uses:
        for own in companions(scope).statements:
            if own.resources and key in own.resources.values:
                of = contexts.setdefault((role, own.actions.values, own.conditions), set())
                of |= {arn for one in scope.locations for arn in (one.bucket_arn, one.object_arn)}
    names = _names([role for role, _, _ in contexts])
    sids = logical_ids(names)
    for name, ((role, actions, through), arns) in zip(names, contexts.items(), strict=True):
        yield _allow_role(
            f"{SID}{sids[name]}",
            role,
            actions,
            *through,
            Condition("StringLike", CONTEXT, tuple(sorted(arns))),
        )


def _log_statements(key: str, watching: Watching, broker: str) -> Iterator[Statement]:
    """CloudTrail seals the log files of these trails, and the broker opens log files, whoever's trail they are of.

    Source: "Configure AWS KMS key policies for CloudTrail", AWS CloudTrail User Guide.
    """
    cloudtrail = Principals((("Service", "cloudtrail.amazonaws.com"),))
    if watching.trails:
        source = Condition("StringEquals", "aws:SourceArn", tuple(one.arn for one in watching.trails))
        anywhere = tuple(
            one.arn.replace(f":{one.region}:", ":*:", 1) for one in watching.trails
        )  # it logs all Regions
        sealed = Condition("StringLike", LOG_CONTEXT, anywhere)
        yield allow_who(f"{SID}CloudTrailSeals", cloudtrail, ["kms:GenerateDataKey*"], ["*"], source, sealed)
        yield allow_who(f"{SID}CloudTrailLooks", cloudtrail, ["kms:DescribeKey"], ["*"], source)
    yield _allow_role(
        f"{SID}BrokerOpensLogFiles",
        broker,
        actions_of(By.BROKER, On.LOG_KEY),
        Condition("StringEquals", "kms:ViaService", (s3_service(key),)),
        Condition("Null", LOG_CONTEXT, ("false",)),
    )


def _allow_role(sid: str, role: str, actions: Iterable[str], *conditions: Condition) -> Statement:
    who = Principals((("AWS", f"arn:{role.split(':')[1]}:iam::{account_of(role)}:root"),))
    named = Condition("ArnEquals", "aws:PrincipalArn", (role,))
    return allow_who(sid, who, actions, ["*"], named, *conditions)  # in a key policy `*` is this key


def _names(roles: list[str]) -> list[str]:
    """What each statement is called by: account and role, and a number from the role's second one on."""
    found: list[str] = []
    for at, role in enumerate(roles):
        before = roles[:at].count(role)
        found.append(f"{account_of(role)}/{role.rsplit('/', 1)[-1]}{f'/{before + 1}' if before else ''}")
    return found


def _text(tool: str, document: Policy) -> str:
    """With the Id on the first line, where a file says that it is ours to write again."""
    mark = f"{MARK} {tool}` from the catalogue: merge the statements into the key's policy."
    body = json.dumps(to_document(document), indent=2)
    return body.replace("{\n ", f'{{ "Id": {json.dumps(mark)},\n ', 1) + "\n"
