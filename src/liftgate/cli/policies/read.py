"""Policies and requests out of JSON, with the place of what is wrong."""

import json
from functools import lru_cache
from typing import Any

from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject
from liftgate.cli.policies.lines import only_known
from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import HELD, Kind, parse_policy
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request

_OF_REQUEST = ("action", "resource", "principal", "context")


def policy_of(value: Any, where: str, kind: Kind) -> Policy:
    """A policy that stands in JSON as an object, or as the text of one. Raises ``PolicyFault`` with its whole place."""
    if not isinstance(value, dict | str):
        raise BadValue("here stands a policy", advice='write `{"Version": …, "Statement": […]}`', where=where)
    try:
        return _parsed(policy_text(value), kind)
    except PolicyFault as fault:
        inside = (fault.where or "$").removeprefix("$")
        place = (
            inside if isinstance(value, str) else inside.rsplit(":", 2)[0]
        )  # no lines in what was one line
        raise PolicyFault(fault.sentence, advice=fault.advice, where=f"{where}{place}") from None


def policy_text(value: Any) -> str:
    """The text of a policy that stands in JSON as an object, or as a text; an object in the fewest characters."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def policies_of(value: Any, where: str, kind: Kind) -> list[Policy]:
    """A list of policies."""
    if not isinstance(value, list):
        raise BadValue("here stands a list of policies", advice="write `[…]`", where=where)
    return [policy_of(one, f"{where}[{number}]", kind) for number, one in enumerate(value)]


def request_of(value: Any, where: str) -> Request:
    """A request: action, resource, and if they are there principal and context."""
    if not isinstance(value, dict):
        raise BadValue("here stands a request", advice='write `{"action": …, "resource": …}`', where=where)
    only_known(value, _OF_REQUEST, where)
    context = value.get("context")
    return Request(
        action=_text(value, "action", where),
        resource=_text(value, "resource", where),
        principal=None if value.get("principal") is None else _text(value, "principal", where),
        context={} if context is None else _context(context, f"{where}.context"),
    )


def request_json(request: Request) -> JsonObject:
    """A request, as ``request_of`` reads it."""
    context = {key: values[0] if len(values) == 1 else list(values) for key, values in request.keys().items()}
    return {
        "action": request.action,
        "resource": request.resource,
        "principal": request.principal,
        "context": context,
    }


@lru_cache(maxsize=4096)
def _parsed(text: str, kind: Kind) -> Policy:
    return parse_policy(text, kind, largest=HELD[kind])


def _text(source: JsonObject, name: str, where: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise BadValue(
            f"the request has no `{name}`" if value is None else f"`{name}` is not a text",
            advice=f'write `"{name}": "…"`',
            where=f"{where}.{name}",
        )
    return value


def _context(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise BadValue("here stands an object", advice='write `{"aws:username": "ada"}`', where=where)
    found: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for key, given in value.items():
        if key.lower() in seen:
            raise BadValue(
                f"`{key}` and `{seen[key.lower()]}` are one condition key: their case does not count",
                advice="keep one",
                where=f"{where}.{key}",
            )
        seen[key.lower()] = key
        listed = given if isinstance(given, list) else [] if given is None else [given]
        found[key] = tuple(_scalar(one, f"{where}.{key}") for one in listed)
    return found


def _scalar(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise BadValue("a condition key has texts, numbers, `true` or `false`", advice="write one", where=where)
