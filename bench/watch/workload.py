"""CloudTrail as a busy account writes it: sessions that work under grants, services that read all day, a few people at the console.

The shapes are those of "CloudTrail log file examples" and "Amazon S3 CloudTrail events" in AWS's guides; the numbers are drawn
from a seed, so that each run reads the same.
"""

import gzip
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.watch.known import KnownGrant, KnownInMemory, KnownSession, known_in_memory

ACCOUNT = "111122223333"
BEGAN = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEAMS = tuple(f"team-{number:02}" for number in range(50))
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_AGENTS = (
    "[aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-1021-aws md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/b,Z,E]",
    "[Boto3/1.40.49 md/Botocore#1.40.49 ua/2.1 os/linux#5.10.240 md/arch#aarch64 lang/python#3.11.13 md/pyimpl#CPython m/Z,b]",
    "[aws-sdk-java/2.33.8 md/io#async md/http#AwsCommonRuntime ua/2.1 api/S3#2.33.x os/Linux#6.1.147 lang/java#21.0.8 m/D,U]",
)
# Of the calls under a grant: how often each is made. One in two hundred leaves the scope.
_CALLS = (
    ("PutObject", 40),
    ("UploadPart", 22),
    ("CreateMultipartUpload", 4),
    ("CompleteMultipartUpload", 4),
    ("ListObjects", 14),
    ("GetBucketLocation", 2),
    ("PutObjectTagging", 2),
)


def role_arn(team: str) -> str:
    """The elevated role of a team."""
    return f"arn:aws:iam::{ACCOUNT}:role/liftgate-{team}"


def known_grants(count: int, *, also: int = 0) -> KnownInMemory:
    """So many grants of an hour, each with one session; ``also`` more that nobody uses."""
    grants = [_grant(number) for number in range(count + also)]
    sessions = [
        KnownSession(grant_id=grant.id, number=1, name=f"{grant.id}-1", access_key_id=_key_id(number))
        for number, grant in enumerate(grants)
    ]
    return known_in_memory(grants, sessions)


def write_log_files(
    folder: Path, *, events: int, grants: int, files: int, seed: int = 7, packed: bool = True
) -> int:
    """Write the log files and give back the bytes of JSON in them."""
    folder.mkdir(parents=True, exist_ok=True)
    draw, size = random.Random(seed), 0
    for number in range(files):
        count = events // files
        text = json.dumps({"Records": list(_records(draw, count, grants))}, separators=(",", ":")).encode()
        size += len(text)
        moment = (BEGAN + timedelta(minutes=5 * number)).strftime("%Y%m%dT%H%MZ")
        name = f"{ACCOUNT}_CloudTrail_eu-west-1_{moment}_{draw.randbytes(8).hex()}.json"
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text, 6))
        else:
            (folder / name).write_bytes(text)
    return size


def _grant(number: int) -> KnownGrant:
    team = TEAMS[number % len(TEAMS)]
    return KnownGrant(
        id=grant_id(number),
        request_id=grant_id(number).replace("gr-", "rq-"),
        person=f"person-{number % 200}",
        entitlement=f"{team}-writer",
        account=ACCOUNT,
        role_arn=role_arn(team),
        scope=Scope(
            actions=expand_actions(["write", "s3:PutObjectTagging"]),
            locations=frozenset({parse_location(f"s3://{team}-reports/2026/job-{number}/")}),
        ),
        window=Window(starts_at=BEGAN, ends_at=BEGAN + timedelta(hours=1)),
    )


def grant_id(number: int) -> str:
    """A grant's id, always the same for a number."""
    return "gr-" + "".join(_ALPHABET[(number * 2654435761 >> shift) & 31] for shift in range(0, 80, 5))


def _key_id(number: int) -> str:
    return f"ASIA{number:016d}"


def _records(draw: random.Random, count: int, grants: int) -> Iterator[dict[str, Any]]:
    kinds: list[Callable[[random.Random, int], dict[str, Any]]] = [_under_grant, _reader, _other]
    for kind in draw.choices(kinds, weights=(60, 30, 10), k=count):
        yield kind(draw, grants)


def _under_grant(draw: random.Random, grants: int) -> dict[str, Any]:
    number = int(grants * draw.random() ** 3)  # a few sessions make most of the calls
    team, grant = TEAMS[number % len(TEAMS)], grant_id(number)
    operation = draw.choices([name for name, _ in _CALLS], [weight for _, weight in _CALLS])[0]
    prefix = f"2026/job-{number}/" if draw.random() > 0.005 else f"2025/job-{number}/"
    key = f"{prefix}part={draw.randrange(24):02}/part-{draw.randrange(10**6):06}-{draw.randbytes(16).hex()}.snappy.parquet"
    identity = _role_session(role_arn(team), f"{grant}-1", _key_id(number), f"person-{number % 200}")
    return _data_event(draw, operation, identity, bucket=f"{team}-reports", key=key, prefix=prefix)


def _reader(draw: random.Random, _: int) -> dict[str, Any]:
    role = f"arn:aws:iam::{ACCOUNT}:role/service/reader-{draw.randrange(40):02}"
    name = f"i-{draw.randrange(40):017x}"
    identity = _role_session(role, name, f"ASIAREADER{role[-2:]}{draw.randrange(3):08d}", None)
    bucket = f"{draw.choice(TEAMS)}-reports"
    key = (
        f"2026/job-{draw.randrange(1000)}/part-{draw.randrange(10**6):06}-{draw.randbytes(16).hex()}.parquet"
    )
    operation = draw.choices(("GetObject", "HeadObject", "ListObjects"), (70, 15, 15))[0]
    return _data_event(draw, operation, identity, bucket=bucket, key=key, prefix="2026/")


def _other(draw: random.Random, _: int) -> dict[str, Any]:
    source, operation = draw.choice(
        (
            ("ec2.amazonaws.com", "DescribeInstances"),
            ("sts.amazonaws.com", "AssumeRole"),
            ("kms.amazonaws.com", "Decrypt"),
            ("iam.amazonaws.com", "ListRoles"),
            ("logs.amazonaws.com", "DescribeLogGroups"),
        )
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/service/worker-{draw.randrange(40):02}"
    identity = _role_session(role, "worker", f"ASIAWORKER{role[-2:]}{draw.randrange(3):08d}", None)
    return {
        **_envelope(draw, identity, source, operation),
        "readOnly": True,
        "requestParameters": {"roleArn": role, "roleSessionName": "worker", "durationSeconds": 3600}
        if operation == "AssumeRole"
        else {
            "maxResults": 100,
            "filterSet": {"items": [{"name": "tag:team", "valueSet": {"items": [{"value": "x"}]}}]},
        },
        "responseElements": None,
        "eventCategory": "Management",
        "managementEvent": True,
    }


def _data_event(
    draw: random.Random, operation: str, identity: dict[str, Any], *, bucket: str, key: str, prefix: str
) -> dict[str, Any]:
    is_listing = operation in {"ListObjects", "GetBucketLocation"}
    host = f"{bucket}.s3.eu-west-1.amazonaws.com"
    parameters: dict[str, Any] = {"bucketName": bucket, "Host": host}
    if operation == "ListObjects":
        parameters |= {"list-type": "2", "prefix": prefix, "encoding-type": "url", "max-keys": "1000"}
    elif not is_listing:
        parameters |= {"key": key}
    if operation == "UploadPart":
        parameters |= {"partNumber": str(draw.randrange(1, 1000)), "uploadId": draw.randbytes(24).hex()}
    arn = f"arn:aws:s3:::{bucket}"
    resources = [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn}]
    if not is_listing:
        resources.insert(0, {"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"})
    return {
        **_envelope(draw, identity, "s3.amazonaws.com", operation),
        "requestParameters": parameters,
        "responseElements": {"x-amz-server-side-encryption": "AES256"} if operation == "PutObject" else None,
        "additionalEventData": {
            "SignatureVersion": "SigV4",
            "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": draw.randrange(10**6),
            "SSEApplied": "Default_SSE_S3",
            "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": draw.randbytes(28).hex(),
            "bytesTransferredOut": draw.randrange(10**6),
        },
        "readOnly": operation in {"GetObject", "HeadObject", "ListObjects", "GetBucketLocation"},
        "resources": resources,
        "managementEvent": False,
        "eventCategory": "Data",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        },
    }


def _role_session(role: str, name: str, key_id: str, person: str | None) -> dict[str, Any]:
    plain = role.rpartition("/")[2]
    role_id = f"AROA{hash_of(plain):017d}"
    return {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{plain}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": role,
                "accountId": ACCOUNT,
                "userName": plain,
            },
            "attributes": {"creationDate": "2026-11-02T12:00:05Z", "mfaAuthenticated": "false"},
            **({} if person is None else {"sourceIdentity": person}),
        },
    }


def hash_of(text: str) -> int:
    """A number for a text, the same in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _envelope(draw: random.Random, identity: dict[str, Any], source: str, operation: str) -> dict[str, Any]:
    at = BEGAN + timedelta(seconds=draw.randrange(3500))
    raw = draw.randbytes(16).hex()
    place = hash_of(identity["principalId"])  # a session is used from one place, by one program
    return {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": operation,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": f"10.{place % 8}.{place % 250}.{draw.randrange(2) + 1}",
        "userAgent": _AGENTS[place % len(_AGENTS)],
        "requestID": draw.randbytes(8).hex().upper(),
        "eventID": f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    }
