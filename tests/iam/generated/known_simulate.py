"""Where @cloud-copilot/iam-simulate 0.1.173 and Liftgate decide otherwise. docs/iam/differences.md says the same to people."""

import json
import re

from tests.iam.generated.difference import GUIDE, Difference, Known, Right
from tests.iam.generated.readable import fits_operator
from tests.iam.generated.vocabulary import FEDERATED

_EPOCH = re.compile(r"\d{6,12}")


def _not_principal(found: Difference) -> bool:
    return found.ours == "explicit_deny" and any(
        "NotPrincipal" in statement for statement in found.statements()
    )


def _dates_in_two_spellings(found: Difference) -> bool:
    return any(
        "Date" in operator and any(map(_EPOCH.fullmatch, (*values, *found.texts(key))))
        for operator, key, values in found.conditions()
    )


def _whole_internet(found: Difference) -> bool:
    return any(
        "IpAddress" in operator and any(value.endswith("/0") for value in values)
        for operator, _, values in found.conditions()
    )


def _other_kind_of_address(found: Difference) -> bool:
    return any(
        "NotIpAddress" in operator
        and not isinstance(carried := found.carried(key), list)
        and carried is not None
        and all((":" in value) != (":" in carried) for value in values)
        for operator, key, values in found.conditions()
    )


def _any_value_if_exists(found: Difference) -> bool:
    return any(
        operator.startswith("ForAnyValue:") and operator.endswith("IfExists") and found.carried(key) is None
        for operator, key, _ in found.conditions()
    )


def _older_version(found: Difference) -> bool:
    return any(
        policy["Version"] == "2008-10-17" and "${" in json.dumps(policy) for policy in found.policies()
    )


def _variable_without_value(found: Difference) -> bool:
    return any(
        "${" in value and ("Not" in operator or ":" in operator)
        for operator, _, values in found.conditions()
        for value in values
    ) or any("${" in json.dumps(one.get("NotResource", "")) for one in found.statements())


def _trust_missing(found: Difference) -> bool:
    request = found.case["request"]
    return request["action"].startswith("sts:") and found.case["resource_policy"] is None


def _may_assume_nothing(found: Difference) -> bool:
    unable = (
        found.principal == "*" or found.principal.endswith(":root") or ":federated-user/" in found.principal
    )
    return (
        unable
        and found.case["request"]["action"].startswith("sts:")
        and (found.ours, found.theirs) == ("implicit_deny", "allow")
    )


def _trust_beside_boundary(found: Difference) -> bool:
    asked = found.case["request"]["action"].startswith("sts:") and found.case["boundary"] is not None
    return asked and (found.ours, found.theirs) == ("implicit_deny", "allow")


def _named_beside_session(found: Difference) -> bool:
    return (
        bool({"*", found.principal} & found.granted_to())
        and found.case["session"] is not None
        and (found.ours, found.theirs) == ("allow", "implicit_deny")
    )


def _federated_without_session(found: Difference) -> bool:
    return found.principal == FEDERATED and found.case["session"] is None


def _wrong_kind(found: Difference) -> bool:
    return any(
        not fits_operator(operator, text)
        for operator, key, values in found.conditions()
        for text in (*values, *found.texts(key))
    )


def _several_values(found: Difference) -> bool:
    return any(
        ":" not in operator and isinstance(found.carried(key), list)
        for operator, key, _ in found.conditions()
    )


KNOWN = (
    Known(
        "root, a federated user or nobody, who assumes a role",
        Right.OURS,
        "`AssumeRole` is for users and role sessions, and is signed: root users and federated users may not call it, and without"
        " credentials nobody can; iam-simulate asks the trust policy alone.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html",
        _may_assume_nothing,
    ),
    Known(
        "`NotPrincipal` that lists a part of the caller",
        Right.OURS,
        "A `Deny` spares a caller only where its account, its role and its session (or its user) are all listed;"
        " iam-simulate is content with one.",
        f"{GUIDE}elements_notprincipal.html",
        _not_principal,
    ),
    Known(
        "a date in two spellings",
        Right.OURS,
        "AWS takes dates as ISO 8601 or as seconds since 1970, whichever the key and the policy use; iam-simulate compares"
        " only where both use the same.",
        f"{GUIDE}elements_condition_operators.html#Conditions_Date",
        _dates_in_two_spellings,
    ),
    Known(
        "`0.0.0.0/0` and `::/0`",
        Right.OURS,
        "A prefix of no bits holds every address of its kind; to iam-simulate it holds none.",
        f"{GUIDE}elements_condition_operators.html#Conditions_IPAddress",
        _whole_internet,
    ),
    Known(
        "`NotIpAddress` for an address of the other kind",
        Right.OURS,
        "`NotIpAddress` holds for every address but those that are listed, so for an IPv6 address beside IPv4 ranges;"
        " iam-simulate takes the two as not comparable.",
        f"{GUIDE}elements_condition_operators.html#Conditions_IPAddress",
        _other_kind_of_address,
    ),
    Known(
        "`ForAnyValue:…IfExists` without the key",
        Right.OURS,
        "`IfExists` makes a condition true where the request does not carry the key; to iam-simulate `ForAnyValue:` wins.",
        f"{GUIDE}elements_condition_operators.html#Conditions_IfExists",
        _any_value_if_exists,
    ),
    Known(
        "variables in version 2008-10-17",
        Right.OURS,
        "Only policies of version 2012-10-17 have variables; iam-simulate fills them in everywhere.",
        f"{GUIDE}elements_version.html",
        _older_version,
    ),
    Known(
        "a variable without a value, negated",
        Right.OURS,
        "`StringNotEquals` and its like are met by a variable that has no value, and in `NotResource` it lists no"
        " resource; iam-simulate takes the statement as not matching.",
        f"{GUIDE}variables.html#policy-vars-no-value",
        _variable_without_value,
    ),
    Known(
        "a role without a trust policy",
        Right.OURS,
        "Every role has one, and it must allow; iam-simulate goes by the identity policies where it is told of none.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        _trust_missing,
    ),
    Known(
        "a trust policy that names a caller with a boundary",
        Right.OURS,
        "A trust policy that names the caller makes up for its identity policies, not for its boundary; to iam-simulate a role"
        " is like any resource.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        _trust_beside_boundary,
    ),
    Known(
        "a session that a resource policy names, beside session policies",
        Right.OURS,
        "In one account, what a resource policy grants to the session itself, or to `*`, is not limited by session policies"
        " that say nothing of it; to iam-simulate they always limit.",
        f"{GUIDE}evaluation-logic_policy-eval-denyallow.html",
        _named_beside_session,
    ),
    Known(
        "a federated user without session policies",
        Right.OURS,
        "Without session policies a federated user's session has no permissions of its own; iam-simulate gives it the user's.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
        _federated_without_session,
    ),
    Known(
        "a value that is not of the operator's kind",
        Right.OPEN,
        "Liftgate takes a value that the operator cannot read as equal to nothing, so that a negated operator is met;"
        " to iam-simulate the condition is not met either way.",
        f"{GUIDE}elements_condition_operators.html",
        _wrong_kind,
    ),
    Known(
        "several values without a set operator",
        Right.OPEN,
        "AWS asks for `ForAllValues:` or `ForAnyValue:` there. Without it Liftgate lets one value meet an affirmative"
        " operator and asks all to meet a negated one; iam-simulate takes the condition as not met.",
        f"{GUIDE}condition-single-vs-multi-valued-context-keys.html",
        _several_values,
    ),
)
