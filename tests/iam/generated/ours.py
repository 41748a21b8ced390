"""A case put to Liftgate's own engine."""

import json
from typing import Any

from liftgate.iam.evaluate import Prepared, prepare
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request


def our_decision(case: dict[str, Any]) -> str:
    return prepared(case).evaluate(request_of(case)).decision.value


def prepared(case: dict[str, Any]) -> Prepared:
    """The policies of a case, or of a world."""
    trust = Kind.TRUST if _is_trust(case["resource_policy"]) else Kind.RESOURCE
    return prepare(
        identity=[_parsed(one, Kind.IDENTITY) for one in case["identity"]],
        session=None if case["session"] is None else [_parsed(one, Kind.SESSION) for one in case["session"]],
        boundary=None if case["boundary"] is None else _parsed(case["boundary"], Kind.BOUNDARY),
        resource_policy=None if case["resource_policy"] is None else _parsed(case["resource_policy"], trust),
        scps=[[_parsed(one, Kind.SCP) for one in level] for level in case["scps"]],
        rcps=[[_parsed(one, Kind.RCP) for one in level] for level in case["rcps"]],
        resource_account=case["resource_account"],
    )


def request_of(case: dict[str, Any]) -> Request:
    asked = case["request"]
    context = {
        key: values if isinstance(values, str) else tuple(values) for key, values in asked["context"].items()
    }
    return Request(
        action=asked["action"], resource=asked["resource"], principal=asked["principal"], context=context
    )


def _is_trust(policy: dict[str, Any] | None) -> bool:
    return policy is not None and all(
        "Resource" not in one and "NotResource" not in one for one in statements(policy)
    )


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """A policy's statements, also where it has one without a list."""
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def _parsed(policy: dict[str, Any], kind: Kind) -> Policy:
    return parse_policy(json.dumps(policy), kind)
