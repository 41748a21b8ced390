"""Policies that are written to AWS and read back: the text may come back spaced anew, and means the same."""

from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import parse_policy


def same_policy(one: str | None, other: str | None) -> bool:
    """Whether two policies say the same in the same order, however AWS spaced them; None is no policy."""
    if one is None or other is None:
        return one is other
    try:
        return parse_policy(one) == parse_policy(other)
    except PolicyFault:
        return False
