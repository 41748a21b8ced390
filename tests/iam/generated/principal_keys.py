"""What AWS says of a caller in every request, worked out from its ARN, for engines that want to be told.

Source: "AWS global condition context keys", "Properties of the principal", and the table of "IAM JSON policy elements:
Variables", "Principal key values", IAM User Guide.
"""

from tests.iam.generated.vocabulary import ANONYMOUS


def principal_keys(principal: str) -> dict[str, str]:
    """Condition keys and their values for a caller."""
    if principal == ANONYMOUS:
        return {
            "aws:PrincipalType": "Anonymous",
            "aws:PrincipalAccount": "anonymous",
            "aws:userid": "anonymous",
        }
    if not principal.startswith("arn:"):
        return {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal}
    account, name = principal.split(":")[4:6]
    kind, _, rest = name.partition("/")
    found = {
        "aws:PrincipalArn": role_of(principal),
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": _TYPES[kind],
        "aws:PrincipalIsAWSService": "false",
    }
    return found | ({"aws:username": rest.rpartition("/")[2]} if kind == "user" else {})


def role_of(principal: str) -> str:
    """The role's ARN for a session of it: that is what ``aws:PrincipalArn`` holds."""
    head, kind, rest = principal.partition(":assumed-role/")
    if not kind:
        return principal
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.rpartition('/')[0]}"


_TYPES = {
    "user": "User",
    "role": "AssumedRole",
    "assumed-role": "AssumedRole",
    "federated-user": "FederatedUser",
    "root": "Account",
}
