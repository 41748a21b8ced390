"""Policies that are longer than what AWS takes where most policies of their kind stand."""

from collections.abc import Iterator

from liftgate.iam.linting.finding import Code, Lint, Severity
from liftgate.iam.parse import LIMITS, Kind


def too_long(text: str, kind: Kind) -> Iterator[Lint]:
    """A policy that only a rarer place holds, if any does."""
    limit = LIMITS[kind]
    length = limit.counted(text)
    if length <= limit.characters:
        return
    without = "" if limit.white_space_counts else " without white space"
    rarer = "" if limit.most is None else f"; only {limit.most_of} may have up to {limit.most:,}"
    yield Lint(
        code=Code.TOO_LONG,
        severity=Severity.ERROR if length > (limit.most or 0) else Severity.WARNING,
        sentence=f"the policy has {length:,} characters{without}, and AWS takes {limit.characters:,} for {limit.of}",
        advice=f"make it shorter, or split it{rarer}",
        statement=None,
        sid=None,
        path=(),
    )
