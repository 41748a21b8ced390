"""The name by which IAM's calls know a role."""


def role_name(role_arn: str) -> str:
    """The last part of a role's ARN: IAM calls take the name without its path."""
    return role_arn.rsplit("/", 1)[-1]
