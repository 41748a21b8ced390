"""``liftgate iam explain``: a policy in plain sentences, or what one has more or less than another."""

from liftgate.cli.fields import JsonObject
from liftgate.cli.policies.lines import only_known
from liftgate.cli.policies.read import policy_of
from liftgate.iam.explain import explain_difference, explain_policy
from liftgate.iam.parse import Kind


def explained(line: JsonObject, kind: Kind) -> JsonObject:
    """The answer to one line with a ``policy``, or with the policies ``before`` and ``after``."""
    named = {"id": line["id"]} if "id" in line else {}
    if "policy" in line:
        only_known(line, ("id", "policy"), "$")
        return {**named, "says": list(explain_policy(policy_of(line["policy"], "$.policy", kind)))}
    only_known(line, ("id", "before", "after"), "$")
    before, after = (policy_of(line.get(name), f"$.{name}", kind) for name in ("before", "after"))
    return {**named, "says": list(explain_difference(before, after))}
