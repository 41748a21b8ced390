"""What was seen of grants on roles in AWS: denies that were read back, and statements that may be there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from liftgate.access.model import GrantRecord
from liftgate.elevation.in_place.model import OnRole
from liftgate.elevation.in_place.ports import InPlaceReader
from liftgate.elevation.ports import ElevationReader
from liftgate.server.parts import Parts


class Reader(ElevationReader, InPlaceReader, Protocol):
    """A view of both ways to lend."""


@dataclass(frozen=True, slots=True)
class InAws:
    """Of some grants: targets of denies that were read back, and by id what is known of the statements of those in place."""

    denied: frozenset[str]  # grant ids and session names
    on_role: Mapping[str, OnRole]

    def refuses(self, record: GrantRecord) -> bool:
        """Whether AWS was seen to carry what ends the grant early: its deny, or in place none of its statements."""
        grant = record.grant
        return grant.id not in self.on_role if grant.in_place else grant.id in self.denied


def seen_in_aws(view: Reader, records: Iterable[GrantRecord], *, with_sessions: bool = False) -> InAws:
    """What the store has of these grants, and where it is asked for of single sessions of them."""
    found = tuple(records)
    roles = {
        one.grant.role_arn for one in found if one.grant.in_place is None and (one.ending or with_sessions)
    }
    in_place = [one.grant.id for one in found if one.grant.in_place is not None]
    return InAws(
        denied=frozenset().union(*(view.denies_in_place(role) for role in roles)),
        on_role={one.grant_id: one for one in view.statements_of(in_place)},
    )


def not_yet_refused(ended: Iterable[GrantRecord], parts: Parts) -> int:
    """How many grants that were ended early AWS was not yet seen to refuse."""
    records = tuple(ended)
    with parts.store.read() as view:
        in_aws = seen_in_aws(view, records)
    return sum(not in_aws.refuses(record) for record in records)
