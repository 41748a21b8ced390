"""Whether whoever one list of principals names, another names too. Source: "AWS JSON policy elements: Principal", IAM User Guide."""

import re
from collections.abc import Iterator

from liftgate.iam.policy import Effect, Principals

_ARN = re.compile(r"arn:([a-z0-9-]+):(?:iam|sts)::(\d{12}):.+", re.DOTALL)


def named_too(one: Principals, effect: Effect, other: Principals) -> bool:
    """Whether a statement of ``other`` speaks of every caller that a statement of ``one`` speaks of. Only a yes is certain.

    Names are compared as they are written, and everyone in an account by the account's number or root.
    """
    if one == other:
        return True
    if one.negated or other.negated:
        return one.negated and other.negated and set(other.values) <= set(one.values)
    if effect is Effect.DENY and any(kind == "CanonicalUser" for kind, _ in one.values):
        return False  # such a deny counts for everyone
    return all(any(name in other.values for name in _also((kind, value))) for kind, value in one.values)


def _also(name: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """What else whoever has the name is called."""
    yield name
    match = _ARN.fullmatch(name[1])
    if name[0] == "AWS" and match is not None:
        partition, account = match.groups()
        yield "AWS", account
        yield "AWS", f"arn:{partition}:iam::{account}:root"
