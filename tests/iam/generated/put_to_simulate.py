"""A case as `@cloud-copilot/iam-simulate` takes it, and why some cannot be put."""

from typing import Any

from tests.iam.generated.policies import FULL_ACCESS, FULL_RCP
from tests.iam.generated.principal_keys import principal_keys
from tests.iam.generated.vocabulary import ACCOUNT, ROOT

DECISIONS = {"Allowed": "allow", "ExplicitlyDenied": "explicit_deny", "ImplicitlyDenied": "implicit_deny"}


def as_simulation(case: dict[str, Any]) -> dict[str, Any]:
    """The simulation that says the same."""
    request = case["request"]
    owner = case["resource_account"] or ACCOUNT
    simulation = {
        "request": {
            "principal": request["principal"],
            "action": request["action"],
            "resource": {"resource": request["resource"], "accountId": owner},
            "contextVariables": {
                "aws:ResourceAccount": owner,
                **principal_keys(request["principal"]),
                **request["context"],
            },
        },
        "identityPolicies": _named(
            "identity", [FULL_ACCESS] if request["principal"] == ROOT else case["identity"]
        ),  # it leaves it to who asks to say that root may do all
        "serviceControlPolicies": _levels("scp", case["scps"]),
        "resourceControlPolicies": _levels(
            "rcp", [[one for one in level if one != FULL_RCP] for level in case["rcps"]]
        ),
    }
    if case["session"] is not None:
        simulation["sessionPolicy"] = _joined(case["session"])
    if case["boundary"] is not None:
        simulation["permissionBoundaryPolicies"] = _named("boundary", [case["boundary"]])
    if case["resource_policy"] is not None:
        simulation["resourcePolicy"] = case["resource_policy"]
    return simulation


def _named(kind: str, policies: list[Any]) -> list[dict[str, Any]]:
    return [{"name": f"{kind}-{number}", "policy": policy} for number, policy in enumerate(policies)]


def _levels(kind: str, levels: list[list[Any]]) -> list[dict[str, Any]]:
    return [
        {"orgIdentifier": f"{kind}-level-{number}", "policies": _named(f"{kind}-{number}", level)}
        for number, level in enumerate(levels)
    ]


def _joined(policies: list[dict[str, Any]]) -> dict[str, Any]:
    """It takes one session policy; the statements of two of one version say the same in one."""
    statements = [
        statement
        for policy in policies
        for statement in (
            policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
        )
    ]
    return {"Version": policies[0]["Version"], "Statement": statements}
