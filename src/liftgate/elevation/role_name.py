"""The name by which IAM's calls know a role."""

from liftgate.elevation.errors import RoleUnreachable


def role_name(role_arn: str) -> str:
    """The last part of a role's ARN: IAM calls take the name without its path."""
    return role_arn.rsplit("/", 1)[-1]


def check_arn(found: str, role_arn: str) -> None:
    """Keep one role from another that took its name. Raises ``RoleUnreachable``."""
    if found != role_arn:
        raise RoleUnreachable(
            f"there is no role `{role_arn}`: the one of that name is `{found}`",
            advice="whoever keeps the catalogue: write the role's ARN as `aws iam get-role` answers it",
            value=role_arn,
        )
