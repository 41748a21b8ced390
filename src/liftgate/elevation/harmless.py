"""A call of S3 that changes nothing and reads nothing, and whose refusal can be told from its success."""

from dataclasses import dataclass
from typing import Final, Protocol

from liftgate.elevation.model import Credentials
from liftgate.iam.scope import Location, Scope

NO_SUCH_UPLOAD: Final = "bGlmdGdhdGUtZHJpbGwtbm8tc3VjaC11cGxvYWQ"

# In this order: the list is of a folder that never was; ending an upload that never was is answered ``NoSuchUpload``.
_WAYS: Final = ("s3:ListBucket", "s3:AbortMultipartUpload")


@dataclass(frozen=True, slots=True)
class HarmlessCall:
    """One such call, and the scope that allows just it."""

    action: str
    location: Location

    @property
    def scope(self) -> Scope:
        """What has to be granted for it."""
        return Scope(actions=frozenset({self.action}), locations=frozenset({self.location}))

    def __str__(self) -> str:
        return f"{self.action} at {self.location}"


class HarmlessCalls(Protocol):
    """Makes such calls. Raises ``S3Unreachable`` for any answer that is neither."""

    def is_let_through(self, call: HarmlessCall, credentials: Credentials) -> bool:
        """Whether S3 lets a session make the call."""


def harmless_call(ceiling: Scope, name: str) -> HarmlessCall | None:
    """One that lies inside a ceiling, on keys called ``name`` where the ceiling leaves that open; None where none does."""
    action = next((way for way in _WAYS if way in ceiling.actions), None)
    if action is None or not ceiling.locations:
        return None
    location = min(ceiling.locations)
    key = location.key.replace("*", name).replace("?", "x")
    if action == "s3:ListBucket" and location.key.endswith("*"):
        key = f"{key}/*"
    return HarmlessCall(action, Location(bucket=location.bucket, key=key, partition=location.partition))
