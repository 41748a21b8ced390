"""What an account is held against: the plan, and what stands beside it and is meant."""

from dataclasses import dataclass, field

from liftgate.deployment.model import Plan
from liftgate.deployment.places import Places
from liftgate.iam.patterns.pattern import matcher


@dataclass(frozen=True, slots=True)
class Expected:
    """Who and what is meant, and not told again: ARNs, names of services, and patterns of them with ``*`` and ``?``."""

    patterns: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Whether one of them is meant."""
        return any(matcher(pattern)(name) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What an account is held against."""

    plan: Plan
    places: Places  # of the same catalogue and options
    expected: Expected = field(default_factory=Expected)
