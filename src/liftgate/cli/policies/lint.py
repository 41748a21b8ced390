"""``liftgate iam lint``: what is wrong with a policy that IAM would take."""

from liftgate.cli.fields import JsonObject
from liftgate.cli.policies.lines import only_known
from liftgate.cli.policies.read import policy_of, policy_text
from liftgate.iam.lint import Lint, lint_text
from liftgate.iam.parse import HELD, Kind


def linted(line: JsonObject, kind: Kind) -> JsonObject:
    """The answer to one line with a ``policy``."""
    only_known(line, ("id", "policy"), "$")
    value = line.get("policy")
    policy_of(value, "$.policy", kind)  # a fault is told with its whole place
    named = {"id": line["id"]} if "id" in line else {}
    found = lint_text(policy_text(value), kind, largest=HELD[kind])
    return {**named, "lints": [lint_json(one) for one in found]}


def lint_json(found: Lint) -> JsonObject:
    """One lint as JSON."""
    return {
        "code": str(found.code),
        "severity": str(found.severity),
        "at": found.where,
        "statement": found.statement,
        "sid": found.sid,
        "sentence": found.sentence,
        "advice": found.advice,
    }
