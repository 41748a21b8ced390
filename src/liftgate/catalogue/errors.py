"""Everything that can go wrong with a catalogue, one class a kind of failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liftgate.errors import Corrupt, Invalid

if TYPE_CHECKING:
    from liftgate.catalogue.fault import Fault


class CatalogueFaulty(Invalid):
    """The catalogue files hold faults; ``faults`` names each one."""

    code = "catalogue_faulty"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults; the first"
        super().__init__(
            f"the catalogue has {count}: {first.sentence}",
            advice="run `liftgate catalogue check` on it, and correct what it names",
            where=f"{first.file}:{first.line}:{first.column}",
        )
        self.faults = faults


class ArnUnreadable(Invalid):
    """A text that should be an ARN of a certain kind is none."""

    code = "arn_unreadable"


class SubjectUnreadable(Invalid):
    """A text that should name a subject of an OpenID provider names none."""

    code = "subject_unreadable"


class TicketPatternUnsafe(Invalid):
    """A ticket pattern is no regular expression, or one whose matching could take long."""

    code = "ticket_pattern_unsafe"


class SnapshotCorrupt(Corrupt):
    """A kept catalogue is not what was written."""

    code = "catalogue_snapshot_corrupt"
