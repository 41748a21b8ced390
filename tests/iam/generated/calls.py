"""A sample of the generated cases that can be put to a server as real calls: a role session on S3.

A stage is a role with its inline policies, a session of it, perhaps under a session policy, and the policies of two
buckets. Conditions are kept only on keys that every server fills in, and that a test can foretell.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from tests.iam.generated.draw import Draw
from tests.iam.generated.ours import statements
from tests.iam.generated.policies import Writer
from tests.iam.generated.vocabulary import ACCOUNT, SESSION

OBJECTS: Final = {
    "alpha": ("a/x", "a/b/y", "A/x", "ann/x", "b"),
    "beta-logs": ("a/x", "x"),
}
FORETOLD: Final = frozenset(
    {
        "aws:currenttime",
        "aws:securetransport",
        "aws:sourceip",
        "s3:prefix",
        "s3:delimiter",
        "s3:max-keys",
    }
)
NOTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]}],
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of S3 by boto3's name for it, and what IAM is asked for it."""

    operation: str
    action: str
    bucket: str
    key: str | None = None
    listing: tuple[tuple[str, str | int], ...] = ()  # Prefix, Delimiter, MaxKeys

    @property
    def resource(self) -> str:
        return f"arn:aws:s3:::{self.bucket}" + ("" if self.key is None else f"/{self.key}")

    def arguments(self) -> dict[str, Any]:
        named: dict[str, Any] = {"Bucket": self.bucket, **dict(self.listing)}
        if self.key is not None:
            named["Key"] = self.key
        return {**named, **_BODIES.get(self.operation, {})}

    def context(self, now: str) -> dict[str, str]:
        """What a call from this machine, without TLS, carries."""
        listed = {_LISTING_KEYS[name]: str(value) for name, value in self.listing}
        return {
            "aws:CurrentTime": now,
            "aws:SecureTransport": "false",
            "aws:SourceIp": "127.0.0.1",
            **listed,
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A role, a session of it, and bucket policies, with calls to make as that session."""

    number: int
    identity: tuple[dict[str, Any], ...]
    session: dict[str, Any] | None
    bucket_policies: dict[str, dict[str, Any]]
    calls: tuple[Call, ...]

    @property
    def role(self) -> str:
        """A role of its own: policies that name `worker` mean it."""
        return f"worker-{self.number}"

    def names_everyone(self, bucket: str, *, effects: Collection[str] = ("Allow", "Deny")) -> bool:
        """Whether a statement of the bucket's policy names ``*`` as its principal."""
        policy = self.bucket_policies.get(bucket)
        found = [] if policy is None else statements(policy)
        return any('"*"' in json.dumps(one.get("Principal")) for one in found if one["Effect"] in effects)

    def case(self, call: Call, now: str) -> dict[str, Any]:
        """The call in the form of `liftgate iam evaluate`."""
        return {
            "request": {
                "action": call.action,
                "resource": call.resource,
                "principal": SESSION.replace("worker", self.role),
                "context": call.context(now),
            },
            "identity": list(self.identity),
            "session": None if self.session is None else [self.session],
            "boundary": None,
            "resource_policy": self.bucket_policies.get(call.bucket),
            "scps": [],
            "rcps": [],
            "resource_account": ACCOUNT,
        }


@dataclass(frozen=True, slots=True)
class Speech:
    """What a server does not read: both sides are then spared it. The texts say why."""

    elements: Mapping[str, str]  # elements that take their statement with them: {"NotAction": "why"}
    actions: Callable[[str], bool] = lambda _: True  # which actions it reads
    resources: Callable[[str], bool] = lambda _: True
    principals: Callable[[str], bool] = lambda _: True
    keys: frozenset[str] = FORETOLD  # conditions on others are left out


def stages(seed: int, count: int, *, calls: int, speech: Speech) -> Iterator[Stage]:
    """``count`` stages of so many calls each; the same seed makes the same ones."""
    for number in range(count):
        draw = Draw(seed * 1_000_003 + number)
        write = Writer(draw, "s3", ACCOUNT)
        role = f"worker-{number}"

        def spoken(policy: dict[str, Any], role: str = role) -> dict[str, Any]:
            return _spoken(json.loads(json.dumps(policy).replace("worker", role)), speech)

        identity = [spoken(one) for one in write.several(least=1, most=2, generous=draw.chance(0.5))]
        session = spoken(write.policy(generous=draw.chance(0.8))) if draw.chance(0.6) else None
        about = {bucket: spoken(write.resource_policy(SESSION)) for bucket in OBJECTS if draw.chance(0.3)}
        yield Stage(
            number,
            tuple(policy for policy in identity if policy["Statement"]),
            session if session is None or session["Statement"] else NOTHING,
            {bucket: _about(bucket, policy) for bucket, policy in about.items() if policy["Statement"]},
            tuple(
                sorted((_call(draw) for _ in range(calls)), key=lambda one: one.operation == "delete_object")
            ),
        )


def _spoken(policy: dict[str, Any], speech: Speech) -> dict[str, Any]:
    """The policy in today's version, without what the server does not read and without what a test cannot foretell."""
    kept = []
    for statement in statements(policy):
        statement["Condition"] = {
            operator: keys
            for operator, keys in statement.get("Condition", {}).items()
            if all(key.lower() in speech.keys for key in keys)
        }
        _keep(statement, ("Action", "NotAction"), speech.actions)
        _keep(statement, ("Resource", "NotResource"), speech.resources)
        if isinstance(statement.get("Principal"), dict):
            _keep(statement["Principal"], ("AWS",), speech.principals)
        if not statement["Condition"]:
            del statement["Condition"]
        if all(map(_says_something, statement.values())) and not any(
            name in statement for name in speech.elements
        ):
            kept.append(statement)
    return {"Version": policy["Version"], "Statement": kept}


def _says_something(element: Any) -> bool:
    return all(element.values()) if isinstance(element, dict) else bool(element)


def _keep(statement: dict[str, Any], elements: Sequence[str], reads: Callable[[str], bool]) -> None:
    for element in elements:
        if element in statement:
            found = statement[element]
            statement[element] = [one for one in ([found] if isinstance(found, str) else found) if reads(one)]


def _about(bucket: str, policy: dict[str, Any]) -> dict[str, Any]:
    """A bucket policy may speak of its own bucket only, and of S3, and must leave itself to the owner."""
    for statement in statements(policy):
        statement.pop("NotResource", None)
        statement["Resource"] = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        for element in ("Action", "NotAction"):
            if element in statement:
                own = [
                    one
                    for one in statement[element]
                    if one.lower().startswith("s3:") and "Buckets" not in one
                ]
                statement[element] = own or ["s3:*"]
        if statement["Effect"] == "Deny" and "Action" in statement:
            denied = {name for one in statement["Action"] for name in _ACTIONS.values() if _names(one, name)}
            statement["Action"] = sorted(denied) or ["s3:ListBucket"]
    return policy


def _names(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def _call(draw: Draw) -> Call:
    bucket = draw.one(("alpha", "alpha", "beta-logs"))
    operation = draw.one(tuple(_ACTIONS))
    if operation == "get_bucket_location":
        return Call(operation, _ACTIONS[operation], bucket)
    if operation != "list_objects_v2":
        return Call(operation, _ACTIONS[operation], bucket, key=draw.one(OBJECTS[bucket]))
    listing: list[tuple[str, str | int]] = []
    if draw.chance(0.8):
        listing.append(("Prefix", draw.one(("a/", "a/b/", "ann/", "A/"))))
    if draw.chance(0.3):
        listing.append(("Delimiter", "/"))
    if draw.chance(0.3):
        listing.append(("MaxKeys", draw.one((1, 10, 100))))
    return Call(operation, _ACTIONS[operation], bucket, listing=tuple(listing))


_ACTIONS: Final = {
    "get_object": "s3:GetObject",
    "get_object_tagging": "s3:GetObjectTagging",
    "put_object": "s3:PutObject",
    "put_object_tagging": "s3:PutObjectTagging",
    "delete_object": "s3:DeleteObject",
    "list_objects_v2": "s3:ListBucket",
    "get_bucket_location": "s3:GetBucketLocation",
}
_BODIES: Final[dict[str, dict[str, Any]]] = {
    "put_object": {"Body": b"x"},
    "put_object_tagging": {"Tagging": {"TagSet": [{"Key": "class", "Value": "open"}]}},
}
_LISTING_KEYS: Final = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}
