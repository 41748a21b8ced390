"""A case put to the evaluator inside ministack, the way ministack itself puts a call's policies together."""

from collections.abc import Callable
from typing import Any, Final

from ministack.core import iam_evaluator
from tests.iam.generated.principal_keys import principal_keys
from tests.iam.generated.vocabulary import ACCOUNT, ANONYMOUS, ROOT

DECISIONS: Final = {"Allow": "allow", "Deny": "explicit_deny", "ImplicitDeny": "implicit_deny"}

_IN_FIELDS: Final = {"aws:principalarn", "aws:principaltype", "aws:principalaccount"}


def their_decision(case: dict[str, Any]) -> str:
    return asked_of_ministack(case)(case["request"])


def cannot_be_put(case: dict[str, Any]) -> str | None:
    """The rule by which ministack is not asked, if there is one."""
    request = case["request"]
    if request["principal"] == ROOT:
        return "root: ministack allows an account's root everything before it looks at policies"
    if case["resource_policy"] is not None and (case["scps"] or case["rcps"]):
        return "SCP or RCP beside a resource policy: ministack knows no organisations"
    if not request["principal"].startswith("arn:") and (case["scps"] or case["rcps"]):
        return "SCP or RCP for a caller outside IAM: ministack knows no organisations"
    if ":role/" in request["resource"] and request["action"].startswith("sts:"):
        return "assuming a role: ministack judges trust policies elsewhere, apart from all others"
    return None


def asked_of_ministack(case: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """The case's policies, parsed once, as a function of a request."""
    identity = identity_of(case)
    limits = limits_of(case)
    resource_policy, account = case["resource_policy"], case["resource_account"] or ACCOUNT

    def decide(request: dict[str, Any]) -> str:
        context = context_of(request)
        principal: str = request["principal"]
        if not principal.startswith("arn:"):
            service = None if principal == ANONYMOUS else principal
            found = iam_evaluator.evaluate_resource_policy(resource_policy, context, service)
        else:
            found = iam_evaluator.evaluate(context, identity, *limits)
            if resource_policy is not None or account != ACCOUNT or request["action"].startswith("kms:"):
                found = iam_evaluator.combine_resource_policy(
                    found,
                    context,
                    resource_policy,
                    account,
                    required=request["action"].startswith("kms:"),
                    limits=tuple(limits),
                )
        return DECISIONS[found.decision]

    return decide


def identity_of(case: dict[str, Any]) -> list[Any]:
    """The identity policies, parsed."""
    return [iam_evaluator.parse_policy_document(one) for one in case["identity"]]


def limits_of(case: dict[str, Any]) -> list[Any]:
    """Boundary, session policies and each level of SCPs and RCPs: to ministack all are limits of one kind."""
    layers = [
        *([] if case["boundary"] is None else [[case["boundary"]]]),
        *([] if case["session"] is None else [case["session"]]),
        *case["scps"],
        *case["rcps"],
    ]
    return [[iam_evaluator.parse_policy_document(one) for one in layer] for layer in layers]


def context_of(request: dict[str, Any]) -> Any:
    """The request as ministack's evaluator takes it."""
    principal, carried = request["principal"], dict(request["context"])
    told = principal_keys(principal)
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type=told.get("aws:PrincipalType", "AWSService"),
        principal_account=told.get("aws:PrincipalAccount", ""),
        region=carried.pop("aws:RequestedRegion", None),
        action=request["action"],
        resource_arn=request["resource"],
        source_ip=carried.pop("aws:SourceIp", None),
        secure_transport=carried.pop("aws:SecureTransport") == "true",
        service_context={"aws:tagkeys": None, **{key.lower(): value for key, value in carried.items()}},
        principal_keys={key.lower(): value for key, value in told.items() if key.lower() not in _IN_FIELDS},
    )
