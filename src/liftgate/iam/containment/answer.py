"""The answers to a comparison of policies: proved, refuted by a request, or neither."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from liftgate.iam.request import Request

TOO_INVOLVED = "the patterns are too involved to compare in the steps allowed"


@dataclass(frozen=True, slots=True)
class Contained:
    """Proved: every request that the one allows, the other allows too."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class NotContained:
    """Not so: ``witness`` is allowed by the one and not by the other; ``evaluate`` has confirmed it on both."""

    witness: Request

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither proved nor refuted. To be taken as a no."""

    because: str

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Proved: both allow the same requests."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class NotEquivalent:
    """Not so: ``witness`` is allowed by one alone; ``evaluate`` has confirmed it on both."""

    witness: Request
    allowed_by: Literal["a", "b"]  # the first policy, or the second

    def __bool__(self) -> Literal[False]:
        return False


Containment: TypeAlias = Contained | NotContained | Undecided  # true only where it is proved
Equivalence: TypeAlias = Equivalent | NotEquivalent | Undecided
