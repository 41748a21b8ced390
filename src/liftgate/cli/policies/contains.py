"""``liftgate iam contains``: whether one policy stays inside another."""

from typing import Any

from liftgate.cli.fields import JsonObject
from liftgate.cli.policies.lines import only_known
from liftgate.cli.policies.read import policy_of, request_json
from liftgate.iam.contain import Contained, Containment, NotContained, contains
from liftgate.iam.parse import Kind


def contained(line: JsonObject, kind: Kind) -> JsonObject:
    """The answer to one line with the policies ``a`` and ``b``."""
    only_known(line, ("id", "a", "b"), "$")
    answer = contains(_policy(line, "a", kind), _policy(line, "b", kind))
    named = {"id": line["id"]} if "id" in line else {}
    return {**named, **answer_json(answer)}


def answer_json(answer: Containment) -> JsonObject:
    """An answer as JSON: ``contains`` is ``yes``, ``no`` or ``cannot tell``."""
    match answer:
        case Contained():
            return {"contains": "yes", "witness": None, "because": None}
        case NotContained(witness=witness):
            return {"contains": "no", "witness": request_json(witness), "because": str(witness)}
        case _:
            return {"contains": "cannot tell", "witness": None, "because": answer.because}


def _policy(line: JsonObject, name: str, kind: Kind) -> Any:
    return policy_of(line.get(name), f"$.{name}", kind)
