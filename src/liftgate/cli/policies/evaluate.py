"""``liftgate iam evaluate``: requests put to policies, one a line."""

import json
from functools import lru_cache
from typing import Any

from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject
from liftgate.cli.policies.lines import only_known, read_object
from liftgate.cli.policies.read import policies_of, policy_of, request_of
from liftgate.iam.evaluate import Prepared, Reason, prepare
from liftgate.iam.parse import Kind
from liftgate.iam.request import Request

_WALLS = ("identity", "session", "boundary", "resource_policy", "scps", "rcps", "resource_account")


def evaluated(line: JsonObject) -> JsonObject:
    """The answer to one line. An ``id`` is given back."""
    only_known(line, ("id", "request", *_WALLS), "$")
    if "request" not in line:
        raise BadValue("there is no `request`", advice='write `{"request": {…}, "identity": […]}`', where="$")
    request = request_of(line["request"], "$.request")
    walls = {name: line[name] for name in _WALLS if line.get(name) is not None}
    verdict = _prepared(json.dumps(walls), is_trust=_is_trust(request)).evaluate(request)
    named = {"id": line["id"]} if "id" in line else {}
    return {
        **named,
        "decision": str(verdict.decision),
        "because": [_reason(one) for one in verdict.because],
        "refused_by": None if verdict.refused_by is None else str(verdict.refused_by),
    }


@lru_cache(maxsize=1024)
def _prepared(walls: str, *, is_trust: bool) -> Prepared:
    """The policies of a line, which many lines share."""
    found = read_object(walls)
    session, boundary, of_resource = (found.get(name) for name in ("session", "boundary", "resource_policy"))
    kind = Kind.TRUST if is_trust else Kind.RESOURCE
    return prepare(
        identity=policies_of(found.get("identity", []), "$.identity", Kind.IDENTITY),
        session=None if session is None else policies_of(session, "$.session", Kind.SESSION),
        boundary=None if boundary is None else policy_of(boundary, "$.boundary", Kind.BOUNDARY),
        resource_policy=None if of_resource is None else policy_of(of_resource, "$.resource_policy", kind),
        scps=_levels(found.get("scps", []), "$.scps", Kind.SCP),
        rcps=_levels(found.get("rcps", []), "$.rcps", Kind.RCP),
        resource_account=_account(found.get("resource_account")),
    )


def _levels(value: Any, where: str, kind: Kind) -> list[Any]:
    if not isinstance(value, list):
        raise BadValue(
            "here stands a list with one list of policies a level", advice="write `[[…]]`", where=where
        )
    return [policies_of(level, f"{where}[{number}]", kind) for number, level in enumerate(value)]


def _account(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not (len(value) == 12 and value.isdecimal() and value.isascii()):
        raise BadValue(
            "an account has 12 digits", advice='write `"111122223333"`', where="$.resource_account"
        )
    return value


def _is_trust(request: Request) -> bool:
    """Whether the resource's policy is a role's trust policy, whose statements name no resource."""
    return request.name.startswith("sts:") and ":role/" in request.resource


def _reason(reason: Reason) -> JsonObject:
    places = {
        "level": reason.level,
        "policy": reason.policy,
        "statement": reason.statement,
        "sid": reason.sid,
    }
    condition = reason.condition
    return {
        "wall": str(reason.wall),
        "why": str(reason.why),
        **{name: value for name, value in places.items() if value is not None},
        **(
            {} if condition is None else {"condition": {"operator": condition.spelling, "key": condition.key}}
        ),
        "says": str(reason),
    }
