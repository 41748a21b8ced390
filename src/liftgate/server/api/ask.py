"""What a caller asks for, read into the domain's own types; every fault of it at once."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, Field

from liftgate.access.decision import scope_within
from liftgate.access.model import Ask
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.errors import Invalid
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import readings
from liftgate.iam.scope import Scope
from liftgate.identity.model import Caller
from liftgate.server.api.shapes import Moment, example

T = TypeVar("T")

_LONGEST_LOCATION: Final = 3_200  # characters; the reader of locations says more precisely what S3 takes
_LONGEST_TEXT: Final = 4_000  # before white space at the ends is taken off
_YEAR: Final = 366 * 24 * 3600


class AskBody(BaseModel):
    """What a caller asks for."""

    model_config = example(
        actions=["write"],
        locations=["s3://reports/2026/"],
        duration_seconds=1200,
        justification="Correct the totals of the third quarter",
        ticket="DATA-1234",
    )

    actions: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        min_length=1,
        max_length=200,
        examples=[["write", "s3:DeleteObject"]],
        description="S3 actions by their IAM names, or groups: read, list, write, delete, …",
    )
    locations: list[Annotated[str, Field(min_length=1, max_length=_LONGEST_LOCATION)]] = Field(
        min_length=1,
        max_length=100,
        examples=[["s3://reports/2026/"]],
        description="`s3://bucket/prefix/` is all under a prefix, `s3://bucket/key` one object; ARNs are read too.",
    )
    duration_seconds: int = Field(ge=1, le=_YEAR, examples=[1200])
    justification: str = Field(max_length=_LONGEST_TEXT, examples=["Correct the totals of the third quarter"])
    ticket: str | None = Field(default=None, max_length=_LONGEST_TEXT, examples=["DATA-1234"])
    entitlement: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        examples=["reports-writer"],
        description="Left out, the one that fits with the fewest approvals is taken.",
    )
    mechanism: Literal["session", "in-place"] | None = Field(
        default=None,
        description="`session`, or `in-place` for access on the role that the caller holds and signed in with. Left out, "
        "either; a session where both would do.",
    )
    break_glass: bool = Field(
        default=False,
        description="In an emergency: the grant at once, without a review, and somebody looks at it afterwards.",
    )
    starts_at: Moment | None = Field(
        default=None, description="With its zone. Left out, access begins when it is approved."
    )


def read_ask(body: AskBody, caller: Caller, catalogue: Catalogue) -> Ask:
    """The ask in a body. Raises ``Invalid``, the first fault with all others in ``also``."""
    faults: list[Invalid] = []

    def read(where: str, reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except Invalid as fault:
            fault.where = where
            faults.append(fault)
            return None

    partition = _partition(body.entitlement, caller, catalogue)
    actions = [
        read(f"actions[{place}]", lambda name=name: expand_actions([name]))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        for place, name in enumerate(body.actions)
    ]
    places = [
        read(f"locations[{place}]", lambda text=text: readings(text, partition=partition))  # type: ignore[misc]  # as above
        for place, text in enumerate(body.locations)
    ]
    justification = read("justification", lambda: clean_text(body.justification, "justification"))
    ticket = read("ticket", lambda: clean_text(body.ticket or "", "ticket"))
    entitlement = read("entitlement", lambda: clean_text(body.entitlement or "", "entitlement"))
    if faults:
        first, *others = faults
        first.also = tuple(others)
        raise first
    return Ask(
        actions=frozenset().union(*_found(actions)),
        places=tuple(_found(places)),
        duration=timedelta(seconds=body.duration_seconds),
        justification=justification or "",
        entitlement=entitlement or None,
        ticket=ticket or None,
        starts_at=body.starts_at,
        mechanism=None if body.mechanism is None else Mechanism(body.mechanism),
        break_glass=body.break_glass,
    )


def _found(read: Iterable[T | None]) -> Iterable[T]:
    return (one for one in read if one is not None)


def _partition(entitlement: str | None, caller: Caller, catalogue: Catalogue) -> str:
    """The partition of AWS that ``s3://`` means here: that of what the caller may ask for, where it is one."""
    partitions = {
        location.partition
        for known in catalogue.entitlements.values()
        if caller.person.id in known.requesters and entitlement in {None, known.name}
        for location in known.ceiling.locations
    }
    return partitions.pop() if len(partitions) == 1 else "aws"


def read_less(actions: list[str] | None, locations: list[str] | None, asked: Scope) -> Scope:
    """The part of a request that a reviewer approves. A place without a trailing slash means what of it was asked for."""
    partition = next(iter(asked.locations)).partition
    wanted = asked.actions if actions is None else expand_actions(actions)
    if locations is None:
        return Scope(actions=wanted, locations=asked.locations, kms_keys=asked.kms_keys)
    places = tuple(readings(text, partition=partition) for text in locations)
    less = Ask(
        actions=wanted, places=places, duration=timedelta(0), justification="", kms_keys=asked.kms_keys
    )
    return scope_within(less, asked)
