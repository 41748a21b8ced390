"""Whether a process can do what it is for: the database, the catalogue, and its loops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts
from liftgate.server.roles import Role

OK: Final = "ok"
LATE: Final = "late"
OF_WATCH: Final = frozenset({"watch", "log-files"})
"""Loops that ask AWS for events. People must be able to take access back while SQS is away: there they alone make nothing unready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How each part is: ``ok`` or a word that says what is wrong, of which the program has a bounded number.

    ``since_round`` says of each loop how long ago it last did its work without failing, such as receive from the queue; None: never yet.
    """

    is_ready: bool
    parts: Mapping[str, str]
    since_round: Mapping[str, timedelta | None]


def readiness_of(parts: Parts) -> Readiness:
    """Look at everything; nothing is raised, and nothing is told that is not for everybody."""
    now, beats = parts.clock(), parts.beats.all()
    loops = {beat.loop: LATE if beat.is_late(now) else OK for beat in beats}
    # Faults in the catalogue's files as they stand make nothing unready: the last good ones are in force.
    found = {"store": _how(parts.store.check), "catalogue": _how(parts.catalogue.current), **loops}
    may_be_late = OF_WATCH if Role.API in parts.settings.runs else frozenset[str]()
    return Readiness(
        is_ready=all(how == OK for name, how in found.items() if name not in may_be_late),
        parts=dict(sorted(found.items())),
        since_round={beat.loop: now - beat.last_at if beat.last_at else None for beat in beats},
    )


def _how(look: Callable[[], object]) -> str:
    try:
        look()
    except LiftgateError as fault:
        return fault.code
    return OK
