"""For each kind of fault, policies that have it and policies that do not."""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from liftgate.iam.lint import Code, Lint, Severity, lint_text
from liftgate.iam.parse import Kind

Written: TypeAlias = dict[str, Any]

BUCKET = "arn:aws:s3:::b"
OBJECTS = "arn:aws:s3:::b/*"
ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
GITHUB_SUB = "token.actions.githubusercontent.com:sub"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"
SSO = f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Written:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Written:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def when(condition: Written, action: str | list[str] = "s3:GetObject") -> Written:
    return allow(action, OBJECTS, Condition=condition)


def trust(principal: Any, action: str | list[str] = "sts:AssumeRole", **more: Any) -> Written:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


def by_web(provider: str, condition: Written) -> Written:
    return trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=condition)


def document(*statements: Written) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def found(*statements: Written, kind: Kind = Kind.IDENTITY) -> tuple[Lint, ...]:
    """What is found in a policy of these statements."""
    return lint_text(document(*statements), kind)


def codes(*statements: Written, kind: Kind = Kind.IDENTITY) -> set[Code]:
    return {one.code for one in found(*statements, kind=kind)}


@dataclass(frozen=True)
class Example:
    """Statements that have a fault, at the first of them if not said otherwise."""

    code: Code
    severity: Severity
    at: str
    statements: tuple[Written, ...]
    kind: Kind = Kind.IDENTITY


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
S0 = "$.Statement[0]"

FAULTY = [
    Example(Code.UNKNOWN_SERVICE, E, f"{S0}.Action", (allow("lamda:InvokeFunction"),)),
    Example(Code.UNKNOWN_SERVICE, W, f"{S0}.Action", (allow("brand-new-thing:Get"),)),
    Example(Code.UNKNOWN_ACTION, E, f"{S0}.Action[1]", (allow(["s3:GetObject", "s3:PutObjct"], OBJECTS),)),
    Example(Code.UNKNOWN_ACTION, E, f"{S0}.Action", (allow("s3:HeadObject", OBJECTS),)),
    Example(Code.UNKNOWN_ACTION, W, f"{S0}.Action", (allow("s3:BrandNewThing", OBJECTS),)),
    Example(Code.UNKNOWN_ACTION, W, f"{S0}.Action", (allow("s3:Gte*", OBJECTS),)),
    Example(Code.UNKNOWN_ACTION, W, f"{S0}.Action", (allow("s?:Gte*", OBJECTS),)),
    Example(Code.UNKNOWN_ACTION, W, f"{S0}.Action", (deny("cloudwatch:PutLogEvents"),)),
    Example(Code.REDUNDANT_ACTION, N, f"{S0}.Action[0]", (allow(["s3:GETObject", "s3:Get*"], OBJECTS),)),
    Example(Code.REDUNDANT_ACTION, N, f"{S0}.Action[1]", (allow(["s3:GetObject", "s3:getobject"], OBJECTS),)),
    Example(Code.REDUNDANT_ACTION, N, f"{S0}.Action[1]", (allow(["s3:Get*", "s3:GetObject*"], OBJECTS),)),
    Example(
        Code.REDUNDANT_RESOURCE, N, f"{S0}.Resource[1]", (allow("s3:GetObject", [OBJECTS, f"{BUCKET}/a/*"]),)
    ),
    Example(
        Code.NOT_ACTION_WITH_ALLOW,
        W,
        f"{S0}.NotAction",
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},),
    ),
    Example(
        Code.NOT_RESOURCE_WITH_ALLOW,
        W,
        f"{S0}.NotResource",
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": OBJECTS},),
    ),
    Example(Code.GRANTS_NOTHING, W, S0, (allow("s3:PutObjct", OBJECTS),)),
    Example(Code.GRANTS_NOTHING, E, S0, (allow("s3:PutObject", BUCKET),)),
    Example(Code.GRANTS_NOTHING, E, S0, (allow("s3:PutObject", OBJECTS), deny("s3:Put*"))),
    Example(
        Code.GRANTS_NOTHING,
        E,
        S0,
        (
            allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/a/*"),
            deny("s3:Get*", OBJECTS),
            deny("s3:Put*", OBJECTS),
        ),
    ),
    Example(Code.GRANTS_NOTHING, E, S0, (when({"Bool": {"aws:SecureTransport": "yes"}}),)),
    Example(Code.DENIES_NOTHING, W, S0, (deny("s3:PutObjct"),)),
    Example(Code.DENIES_NOTHING, E, S0, (deny("s3:PutObject", BUCKET),)),
    Example(
        Code.SHADOWED,
        W,
        "$.Statement[1]",
        (allow("s3:Get*", OBJECTS), allow("s3:GetObject", f"{BUCKET}/a/*")),
    ),
    Example(Code.SHADOWED, W, "$.Statement[1]", (allow("s3:GetObject", OBJECTS),) * 2),
    Example(
        Code.SHADOWED,
        W,
        "$.Statement[2]",
        (
            allow("s3:GetObject", OBJECTS),
            allow("s3:PutObject", OBJECTS),
            allow(["s3:PutObject", "s3:GetObject"], f"{BUCKET}/a"),
        ),
    ),
    Example(Code.SHADOWED, W, S0, (deny("s3:PutObject", OBJECTS), deny("s3:*"))),
    Example(Code.SHADOWED, W, S0, (allow("s3:GetObject", f"{BUCKET}/a"), allow("s3:GetObject", OBJECTS))),
    Example(Code.WRONG_RESOURCE_TYPE, E, f"{S0}.Action", (allow("s3:ListBucket", OBJECTS),)),
    Example(
        Code.WRONG_RESOURCE_TYPE,
        E,
        f"{S0}.Action",
        (allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/a"),),
    ),
    Example(
        Code.WRONG_RESOURCE_TYPE,
        W,
        f"{S0}.Action[1]",
        (
            allow(
                ["ec2:StopInstances", "ec2:DescribeInstances"],
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*",
            ),
        ),
    ),
    Example(Code.WRONG_RESOURCE_TYPE, W, f"{S0}.Resource[1]", (allow("s3:ListBucket", [BUCKET, OBJECTS]),)),
    Example(Code.WILDCARD_BUCKET_OBJECT, E, f"{S0}.Action", (allow("s3:GetObject", BUCKET),)),
    Example(Code.WILDCARD_BUCKET_OBJECT, E, f"{S0}.Action", (allow("s3:GetObject*", BUCKET),)),
    Example(
        Code.WILDCARD_BUCKET_OBJECT, E, f"{S0}.Action[1]", (allow(["s3:ListBucket", "s3:GetObject"], BUCKET),)
    ),
    Example(Code.ALLOWS_EVERYTHING, W, S0, (allow("*"),)),
    Example(Code.ALLOWS_EVERYTHING, W, S0, (allow("*:*"),)),
    Example(Code.REACHES_PERMISSION_MANAGEMENT, W, f"{S0}.Action", (allow("s3:*", OBJECTS),)),
    Example(Code.REACHES_PERMISSION_MANAGEMENT, W, f"{S0}.Action", (allow("*", OBJECTS),)),
    Example(Code.REACHES_PERMISSION_MANAGEMENT, W, f"{S0}.Action", (allow("lambda:Add*"),)),
    Example(
        Code.REACHES_PERMISSION_MANAGEMENT,
        W,
        f"{S0}.NotAction",
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},),
    ),
    Example(
        Code.REACHES_PERMISSION_MANAGEMENT,
        W,
        f"{S0}.Action",
        (allow("s3:*", OBJECTS), deny("s3:Put*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}})),
    ),
    Example(Code.PASS_ROLE_EVERYWHERE, W, S0, (allow("iam:PassRole"),)),
    Example(Code.PASS_ROLE_EVERYWHERE, W, S0, (allow("iam:P*", f"arn:aws:iam::{ACCOUNT}:role/*"),)),
    Example(Code.ASSUME_ROLE_EVERYWHERE, W, S0, (allow("sts:AssumeRole", "arn:aws:iam::*:role/*"),)),
    Example(
        Code.UNKNOWN_CONDITION_KEY,
        W,
        f'{S0}.Condition.StringEquals["aws:PrincipalOrg"]',
        (when({"StringEquals": {"aws:PrincipalOrg": "o-1"}}),),
    ),
    Example(
        Code.UNKNOWN_CONDITION_KEY,
        W,
        f'{S0}.Condition.StringLike["s3:prefx"]',
        (allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefx": "a/*"}}),),
    ),
    Example(
        Code.KEY_NEVER_CARRIED,
        E,
        f'{S0}.Condition.StringLike["s3:prefix"]',
        (when({"StringLike": {"s3:prefix": "a/*"}}),),
    ),
    Example(
        Code.KEY_NEVER_CARRIED,
        W,
        f'{S0}.Condition.StringNotLike["s3:prefix"]',
        (when({"StringNotLike": {"s3:prefix": "a/*"}}),),
    ),
    Example(
        Code.KEY_NEVER_CARRIED,
        W,
        f'{S0}.Condition.StringLike["s3:prefix"]',
        (
            allow(
                ["s3:ListBucket", "s3:GetBucketLocation"],
                BUCKET,
                Condition={"StringLike": {"s3:prefix": "a/*"}},
            ),
        ),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.IpAddress["aws:SourceIp"]',
        (when({"IpAddress": {"aws:SourceIp": "203.0.113.*"}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.Bool["aws:SecureTransport"]',
        (when({"Bool": {"aws:SecureTransport": "yes"}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.NumericLessThan["aws:MultiFactorAuthAge"]',
        (when({"NumericLessThan": {"aws:MultiFactorAuthAge": "an hour"}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.ArnLike["aws:PrincipalArn"]',
        (when({"ArnLike": {"aws:PrincipalArn": "alice"}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.ArnEquals["aws:PrincipalArn"]',
        (when({"ArnEquals": {"aws:PrincipalArn": ["*", "arn:*"]}}),),
    ),
    Example(
        Code.GRANTS_NOTHING,
        E,
        S0,
        (when({"ArnLike": {"aws:PrincipalArn": "*"}}),),
    ),
    Example(
        Code.UNREADABLE_VALUE,
        E,
        f'{S0}.Condition.ArnLike["aws:PrincipalArn"][1]',
        (when({"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/a", "*"]}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.DateGreaterThan["aws:CurrentTime"]',
        (
            when(
                {
                    "DateGreaterThan": {"aws:CurrentTime": "2026-11-25T00:00:00Z"},
                    "DateLessThan": {"aws:CurrentTime": "2026-11-24T00:00:00Z"},
                }
            ),
        ),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.StringEquals["aws:username"]',
        (when({"StringEquals": {"aws:username": "alice"}, "StringNotLike": {"aws:username": "a*"}}),),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition.NumericLessThan["s3:max-keys"]',
        (
            allow(
                "s3:ListBucket",
                BUCKET,
                Condition={
                    "NumericGreaterThanEquals": {"s3:max-keys": "10"},
                    "NumericLessThan": {"s3:max-keys": ["5", "10"]},
                },
            ),
        ),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        f'{S0}.Condition["ForAnyValue:StringEquals"]["aws:TagKeys"]',
        (
            when(
                {"Null": {"aws:TagKeys": "true"}, "ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
                "s3:PutObjectTagging",
            ),
        ),
    ),
    Example(
        Code.UNREADABLE_VALUE,
        E,
        f'{S0}.Condition.IpAddress["aws:SourceIp"][1]',
        (when({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "office"]}}),),
    ),
    Example(
        Code.UNREADABLE_VALUE,
        E,
        f'{S0}.Condition.NotIpAddress["aws:SourceIp"]',
        (when({"NotIpAddress": {"aws:SourceIp": "office"}}),),
    ),
    Example(
        Code.LITERAL_STAR,
        W,
        f'{S0}.Condition.StringEquals["aws:PrincipalTag/team"][1]',
        (when({"StringEquals": {"aws:PrincipalTag/team": ["a", "b*"]}}),),
    ),
    Example(
        Code.PRIVATE_SOURCE_IP,
        W,
        f'{S0}.Condition.IpAddress["aws:SourceIp"]',
        (when({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),),
    ),
    Example(
        Code.FOR_ALL_VALUES_WITHOUT_NULL,
        W,
        f'{S0}.Condition["ForAllValues:StringEquals"]["aws:TagKeys"]',
        (when({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, "s3:PutObjectTagging"),),
    ),
    Example(
        Code.QUALIFIER_ON_ONE_VALUE,
        W,
        f'{S0}.Condition["ForAnyValue:StringEquals"]["aws:PrincipalOrgID"]',
        (when({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-1"}}),),
    ),
    Example(
        Code.MISSING_QUALIFIER,
        W,
        f'{S0}.Condition.StringEquals["aws:TagKeys"]',
        (when({"StringEquals": {"aws:TagKeys": "a"}}, "s3:PutObjectTagging"),),
    ),
    Example(
        Code.PUBLIC, W, f"{S0}.Principal", (trust("*", "s3:GetObject", Resource=OBJECTS),), Kind.RESOURCE
    ),
    Example(
        Code.PUBLIC,
        E,
        f"{S0}.Principal",
        (
            trust(
                {"AWS": "*"},
                "s3:PutObject",
                Resource=OBJECTS,
                Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
            ),
        ),
        Kind.RESOURCE,
    ),
    Example(
        Code.PUBLIC,
        W,
        f"{S0}.Principal",
        (
            trust(
                "*",
                "s3:GetObject",
                Resource=OBJECTS,
                Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}},
            ),
        ),
        Kind.RESOURCE,
    ),
    Example(
        Code.NOT_PRINCIPAL_WITH_ALLOW,
        E,
        f"{S0}.NotPrincipal",
        ({"Effect": "Allow", "NotPrincipal": {"AWS": ALICE}, "Action": "s3:GetObject", "Resource": OBJECTS},),
        Kind.RESOURCE,
    ),
    Example(
        Code.CONFUSED_DEPUTY,
        W,
        f"{S0}.Principal.Service",
        (trust({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject", Resource=OBJECTS),),
        Kind.RESOURCE,
    ),
    Example(
        Code.CONFUSED_DEPUTY,
        N,
        f"{S0}.Principal.Service[1]",
        (trust({"Service": ["ec2.amazonaws.com", "scheduler.amazonaws.com"]}),),
        Kind.TRUST,
    ),
    Example(Code.OPEN_TRUST, E, f"{S0}.Principal", (trust("*"),), Kind.TRUST),
    Example(
        Code.OPEN_TRUST,
        E,
        f"{S0}.Principal",
        (trust({"AWS": "*"}, Condition={"StringEquals": {"sts:ExternalId": "secret"}}),),
        Kind.TRUST,
    ),
    Example(
        Code.OPEN_TRUST,
        E,
        f"{S0}.Principal",
        (trust({"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}),),
        Kind.TRUST,
    ),
    Example(Code.OPEN_WEB_IDENTITY, E, f"{S0}.Principal.Federated", (by_web(GITHUB, {}),), Kind.TRUST),
    Example(
        Code.OPEN_WEB_IDENTITY,
        E,
        f"{S0}.Principal.Federated",
        (by_web(GITHUB, {"StringLike": {GITHUB_SUB: "repo:*"}}),),
        Kind.TRUST,
    ),
    *(
        Example(
            Code.OPEN_WEB_IDENTITY, E, f"{S0}.Principal.Federated", (by_web(GITHUB, open_to),), Kind.TRUST
        )
        for open_to in (
            {"StringLike": {GITHUB_SUB: "repo:owner*/name:*"}},
            {"StringLike": {GITHUB_SUB: "*:ref:refs/heads/main"}},
            {"StringLike": {GITHUB_SUB: ["repo:owner/name:*", "repo:*/name:*"]}},
            {"StringNotLike": {GITHUB_SUB: "repo:owner/name:*"}},
            {"ForAllValues:StringLike": {GITHUB_SUB: "repo:owner/name:*"}},
            {"StringLike": {GITHUB_SUB.replace("sub", "repository"): "owner*/name"}},
            {"StringLike": {GITHUB_SUB.replace("sub", "job_workflow_ref"): "*/deploy.yml@*"}},
        )
    ),
    Example(
        Code.OPEN_WEB_IDENTITY,
        E,
        f"{S0}.Principal.Federated",
        (by_web("cognito-identity.amazonaws.com", {}),),
        Kind.TRUST,
    ),
    Example(
        Code.OPEN_WEB_IDENTITY,
        W,
        f"{S0}.Principal.Federated",
        (
            by_web(
                f"arn:aws:iam::{ACCOUNT}:oidc-provider/{EKS}",
                {"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}},
            ),
        ),
        Kind.TRUST,
    ),
    Example(
        Code.OPEN_WEB_IDENTITY,
        W,
        f"{S0}.Principal.Federated",
        (trust({"Federated": SAML}, "sts:AssumeRoleWithSAML"),),
        Kind.TRUST,
    ),
    Example(Code.TRUSTS_ACCOUNT, N, f"{S0}.Principal.AWS", (trust({"AWS": ROOT}),), Kind.TRUST),
    Example(
        Code.TRUSTS_ACCOUNT, N, f"{S0}.Principal.AWS[1]", (trust({"AWS": [ALICE, ACCOUNT]}),), Kind.TRUST
    ),
    Example(Code.NO_EXTERNAL_ID, N, f"{S0}.Principal.AWS", (trust({"AWS": ROOT}),), Kind.TRUST),
    Example(Code.CHOSEN_SESSION_NAME, W, f"{S0}.Principal", (trust({"AWS": ALICE}),), Kind.TRUST),
    Example(
        Code.CHOSEN_SESSION_NAME,
        W,
        f"{S0}.Principal",
        (trust({"AWS": ALICE}, Condition={"StringLike": {"sts:RoleSessionName": "${aws:username}*"}}),),
        Kind.TRUST,
    ),
]

SOUND = [
    Example(Code.UNKNOWN_SERVICE, E, "", (allow("lambda:InvokeFunction"),)),
    Example(Code.UNKNOWN_ACTION, E, "", (allow(["S3:GETOBJECT", "s3:List*", "s?:PutObject", "*"]),)),
    Example(Code.REDUNDANT_ACTION, N, "", (allow(["s3:GetObject", "s3:GetObjectAcl", "s3:Put*"], OBJECTS),)),
    Example(
        Code.REDUNDANT_RESOURCE,
        N,
        "",
        (allow("s3:GetObject", [OBJECTS, BUCKET, f"{BUCKET}c/${{aws:username}}/*"]),),
    ),
    Example(Code.NOT_ACTION_WITH_ALLOW, W, "", ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},)),
    Example(
        Code.NOT_RESOURCE_WITH_ALLOW, W, "", ({"Effect": "Deny", "Action": "s3:*", "NotResource": OBJECTS},)
    ),
    Example(
        Code.GRANTS_NOTHING,
        E,
        "",
        (
            allow("s3:PutObject", OBJECTS),
            deny("s3:Put*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        ),
    ),
    Example(Code.GRANTS_NOTHING, E, "", (allow("s3:PutObject", OBJECTS), deny("s3:Put*", f"{BUCKET}/a/*"))),
    Example(Code.DENIES_NOTHING, E, "", (deny(["s3:PutObjct", "s3:PutObject"]),)),
    Example(
        Code.SHADOWED, W, "", (allow("s3:GetObject", f"{BUCKET}/a*"), allow("s3:GetObject", f"{BUCKET}/*b"))
    ),
    Example(
        Code.SHADOWED,
        W,
        "",
        (
            allow("s3:GetObject", OBJECTS),
            when({"StringEquals": {"aws:username": "alice"}}, "s3:PutObject"),
            deny("s3:GetObject", OBJECTS, Condition={"Bool": {"aws:SecureTransport": "false"}}),
            deny("s3:GetObject", OBJECTS, Condition={"Null": {"aws:PrincipalOrgID": "true"}}),
        ),
    ),
    Example(
        Code.WRONG_RESOURCE_TYPE,
        W,
        "",
        (
            allow(["s3:ListBucket", "s3:GetObject"], [BUCKET, OBJECTS]),
            allow(["ec2:DescribeInstances", "s3:ListAllMyBuckets"]),
            allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
            allow("lambda:InvokeFunction", f"arn:aws:lambda:*:{ACCOUNT}:function:f:*"),
            allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"),
            allow("s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*"),
            allow("codeconnections:UseConnection", f"arn:aws:codestar-connections:*:{ACCOUNT}:connection/*"),
        ),
    ),
    Example(Code.WILDCARD_BUCKET_OBJECT, E, "", (allow("s3:GetObject", "arn:aws:s3:::b*"),)),
    Example(Code.ALLOWS_EVERYTHING, W, "", (allow("*", OBJECTS),)),
    Example(Code.ALLOWS_EVERYTHING, W, "", (allow("*"),), Kind.SCP),
    Example(
        Code.REACHES_PERMISSION_MANAGEMENT,
        W,
        "",
        (allow(["s3:Get*", "s3:List*", "s3:PutBucketPolicy"], [BUCKET, OBJECTS]),),
    ),
    Example(Code.REACHES_PERMISSION_MANAGEMENT, W, "", (allow("s3:*", BUCKET), deny("s3:*", BUCKET))),
    Example(
        Code.PASS_ROLE_EVERYWHERE,
        W,
        "",
        (
            allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/batch-*"),
            allow(
                "iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
            ),
            allow("iam:GetRole"),
        ),
    ),
    Example(
        Code.ASSUME_ROLE_EVERYWHERE, W, "", (allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/batch"),)
    ),
    Example(
        Code.UNKNOWN_CONDITION_KEY,
        W,
        "",
        (
            when(
                {
                    "StringEquals": {
                        "AWS:principalorgid": "o-1",
                        "aws:PrincipalTag/team": "a",
                        "s3:ExistingObjectTag/team": "a",
                        "kms:ViaService": "s3.eu-west-1.amazonaws.com",
                        "ec2:SourceInstanceARN": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
                        "saml:aud": "https://signin.aws.amazon.com/saml",
                        GITHUB_SUB: "repo:a/b:ref:c",
                    }
                }
            ),
        ),
    ),
    Example(
        Code.KEY_NEVER_CARRIED,
        E,
        "",
        (
            allow(
                ["s3:ListBucket", "s3:Get*"],
                [BUCKET, OBJECTS],
                Condition={"StringLike": {"s3:prefix": "a/*"}},
            ),
            allow("kms:Decrypt", "*", Condition={"StringEquals": {"kms:EncryptionContext:a": "b"}}),
        ),
    ),
    Example(
        Code.NEVER_TRUE,
        E,
        "",
        (
            when(
                {
                    "DateGreaterThan": {"aws:CurrentTime": "2026-11-24T00:00:00Z"},
                    "DateLessThan": {
                        "aws:CurrentTime": "2026-11-25T00:00:00Z",
                        "aws:TokenIssueTime": "1700000000",
                    },
                    "Bool": {"aws:SecureTransport": ["TRUE", "${aws:PrincipalTag/tls}"]},
                    "IpAddress": {"aws:SourceIp": ["203.0.113.7", "2001:db8::/32"]},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
                    "NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"},
                    "ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/a", "*"]},
                    "Null": {"aws:PrincipalOrgID": "false"},
                    "StringEquals": {"aws:PrincipalOrgID": "o-1"},
                }
            ),
            when(
                {
                    "Null": {"aws:PrincipalOrgID": "true"},
                    "StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                }
            ),
        ),
    ),
    Example(Code.UNREADABLE_VALUE, E, "", (when({"DateLessThan": {"aws:CurrentTime": "2026-11-24"}}),)),
    Example(
        Code.LITERAL_STAR,
        W,
        "",
        (
            when(
                {
                    "StringLike": {"aws:PrincipalTag/team": "b*"},
                    "StringEquals": {"aws:UserAgent": "a${*}b"},
                }
            ),
        ),
    ),
    Example(
        Code.PRIVATE_SOURCE_IP,
        W,
        "",
        (
            when({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
            when({"IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}}),
        ),
    ),
    Example(
        Code.FOR_ALL_VALUES_WITHOUT_NULL,
        W,
        "",
        (
            when(
                {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"AWS:TagKeys": "false"}},
                "s3:PutObjectTagging",
            ),
            deny("s3:*", "*", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}),
        ),
    ),
    Example(
        Code.QUALIFIER_ON_ONE_VALUE,
        W,
        "",
        (when({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}}),),
    ),
    Example(
        Code.MISSING_QUALIFIER,
        W,
        "",
        (when({"StringEquals": {"aws:RequestTag/a": "b"}, "Null": {"aws:TagKeys": "false"}}),),
    ),
    *(
        Example(
            Code.PUBLIC,
            W,
            "",
            (trust("*", "s3:GetObject", Resource=OBJECTS, Condition=narrowing),),
            Kind.RESOURCE,
        )
        for narrowing in (
            {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
            {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
            {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}},
            {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
            {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}},
        )
    ),
    Example(Code.PUBLIC, W, "", (trust({"AWS": ALICE}, "s3:PutObject", Resource=OBJECTS),), Kind.RESOURCE),
    Example(
        Code.NOT_PRINCIPAL_WITH_ALLOW,
        E,
        "",
        ({"Effect": "Deny", "NotPrincipal": {"AWS": ALICE}, "Action": "s3:*", "Resource": OBJECTS},),
        Kind.RESOURCE,
    ),
    Example(
        Code.CONFUSED_DEPUTY,
        W,
        "",
        (
            trust(
                {"Service": "cloudtrail.amazonaws.com"},
                "s3:PutObject",
                Resource=OBJECTS,
                Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            ),
        ),
        Kind.RESOURCE,
    ),
    Example(Code.CONFUSED_DEPUTY, N, "", (trust({"Service": "ec2.amazonaws.com"}),), Kind.TRUST),
    Example(Code.OPEN_TRUST, E, "", (trust({"AWS": ROOT}),), Kind.TRUST),
    Example(
        Code.OPEN_TRUST,
        E,
        "",
        (trust({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),),
        Kind.TRUST,
    ),
    *(
        Example(Code.OPEN_WEB_IDENTITY, E, "", (one,), Kind.TRUST)
        for one in (
            by_web(GITHUB, {"StringLike": {GITHUB_SUB: "repo:owner/name:*"}}),
            by_web(GITHUB, {"StringEquals": {GITHUB_SUB: "repository_owner_id:1:environment:live"}}),
            by_web(GITHUB, {"StringEquals": {GITHUB_SUB.replace("sub", "repository_id"): "1"}}),
            by_web(GITHUB, {"StringLike": {GITHUB_SUB.replace("sub", "job_workflow_ref"): "owner/name/*"}}),
            by_web(GITHUB, {"StringLike": {GITHUB_SUB: ["repo:owner/*", "repo:other/a:ref:*"]}}),
            by_web(
                "cognito-identity.amazonaws.com",
                {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}},
            ),
            by_web("accounts.google.com", {"StringEquals": {"accounts.google.com:aud": "1"}}),
            by_web("graph.facebook.com", {"StringEquals": {"graph.facebook.com:app_id": "1"}}),
            by_web(
                f"arn:aws:iam::{ACCOUNT}:oidc-provider/{EKS}",
                {"StringEquals": {f"{EKS}:sub": "system:serviceaccount:a:b"}},
            ),
            trust(
                {"Federated": SAML},
                "sts:AssumeRoleWithSAML",
                Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            ),
        )
    ),
    Example(Code.TRUSTS_ACCOUNT, N, "", (trust({"AWS": ALICE}),), Kind.TRUST),
    Example(
        Code.NO_EXTERNAL_ID,
        N,
        "",
        (trust({"AWS": ROOT}, Condition={"StringEquals": {"sts:ExternalId": "a"}}),),
        Kind.TRUST,
    ),
    Example(
        Code.CHOSEN_SESSION_NAME,
        W,
        "",
        (
            trust({"AWS": ROOT}, Condition={"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}),
            trust({"Service": "scheduler.amazonaws.com"}),
        ),
        Kind.TRUST,
    ),
]
