"""Where ministack 1.5.33 and Liftgate decide otherwise. docs/iam/differences.md says the same to people."""

import json

from tests.iam.generated.difference import GUIDE, Difference, Known, Right
from tests.iam.generated.readable import fits_operator
from tests.iam.generated.vocabulary import ACCOUNT, FEDERATED


def _not_principal(found: Difference) -> bool:
    return any("NotPrincipal" in statement for statement in found.statements())


def _variables(found: Difference) -> bool:
    texts = [json.dumps(one) for one in found.statements()]
    return any("${" in text for text in texts)


def _principal_arn(found: Difference) -> bool:
    asks = any(key == "aws:principalarn" for _, key, _ in found.conditions())
    return asks and ":assumed-role/" in found.principal


def _owner(found: Difference) -> bool:
    asks = any(key == "aws:resourceaccount" for _, key, _ in found.conditions())
    return asks and (
        found.case["resource_account"] not in {None, ACCOUNT} or not found.principal.startswith("arn:")
    )


def _keys_of_no_principal(found: Difference) -> bool:
    asks = any(key.startswith("aws:principal") for _, key, _ in found.conditions())
    return asks and not found.principal.startswith("arn:")


def _everyone_beside_limits(found: Difference) -> bool:
    return (
        "*" in found.granted_to()
        and (found.ours, found.theirs) == ("allow", "implicit_deny")
        and _has_limits(found)
    )


def _has_limits(found: Difference) -> bool:
    return found.case["session"] is not None or found.case["boundary"] is not None


def _federated_without_session(found: Difference) -> bool:
    return found.principal == FEDERATED and found.case["session"] is None


def _federated_named(found: Difference) -> bool:
    named = found.principal == FEDERATED and found.principal in found.granted_to()
    return named and (found.ours, found.theirs) == ("allow", "implicit_deny")


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
        "`NotPrincipal` is not read",
        Right.OURS,
        "ministack lets such a statement match nobody; AWS denies everyone who is not listed, and spares a user only where"
        " the account is listed too.",
        f"{GUIDE}elements_notprincipal.html",
        _not_principal,
    ),
    Known(
        "variables stay as they are",
        Right.OURS,
        "ministack compares `${aws:username}` letter by letter; AWS fills variables in.",
        f"{GUIDE}variables.html",
        _variables,
    ),
    Known(
        "`aws:PrincipalArn` of a role session",
        Right.OURS,
        "For a session AWS gives the ARN of the role; ministack gives that of the session.",
        f"{GUIDE}condition-keys.html#condition-keys-principalarn",
        _principal_arn,
    ),
    Known(
        "`aws:ResourceAccount` of a bucket of another account",
        Right.OURS,
        "ministack takes the owner from the ARN, where a bucket has none, and otherwise the caller's account.",
        f"{GUIDE}condition-keys.html#condition-keys-resourceaccount",
        _owner,
    ),
    Known(
        "keys of the principal, for a service or for nobody",
        Right.OURS,
        "A service brings neither `aws:PrincipalArn` nor `aws:PrincipalAccount`, an anonymous caller no `aws:PrincipalArn`;"
        " in ministack every request carries both.",
        f"{GUIDE}condition-keys.html#condition-keys-principal-properties",
        _keys_of_no_principal,
    ),
    Known(
        "a bucket policy for everyone, beside a boundary or session policies",
        Right.OURS,
        "In one account, what a resource policy grants to `*` is not limited by a boundary or session policies that say"
        " nothing of it; ministack limits it.",
        f"{GUIDE}elements_principal.html#principal-roles",
        _everyone_beside_limits,
    ),
    Known(
        "a federated user without session policies",
        Right.OURS,
        "Without session policies a federated user's session has no permissions of its own; ministack gives it the user's.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
        _federated_without_session,
    ),
    Known(
        "a federated user that a resource policy names",
        Right.OURS,
        "What a resource policy grants to a session itself, a federated user's too, is not limited by its session policies;"
        " ministack knows that of users and role sessions only.",
        f"{GUIDE}evaluation-logic_policy-eval-denyallow.html",
        _federated_named,
    ),
    Known(
        "a value that is not of the operator's kind",
        Right.OPEN,
        "`Bool` on a text, `Arn…` on what is no ARN, `Numeric…` on a word: Liftgate takes it as equal to nothing,"
        " ministack compares the texts, or takes even a negated operator as not met.",
        f"{GUIDE}elements_condition_operators.html",
        _wrong_kind,
    ),
    Known(
        "several values without a set operator",
        Right.OPEN,
        "AWS asks for `ForAllValues:` or `ForAnyValue:` there. Without it Liftgate lets one value meet an affirmative"
        " operator and asks all to meet a negated one; ministack compares the list as one text.",
        f"{GUIDE}condition-single-vs-multi-valued-context-keys.html",
        _several_values,
    ),
)
