"""The facts that conditions of a catalogue may name: declared here, worked out by ``access.facts``."""

from typing import Final

from liftgate.conditions.vocabulary import Fact, Kind, Vocabulary


def _text(says: str) -> Fact:
    return Fact(kind=Kind.TEXT, says=says)


def _texts(says: str) -> Fact:
    return Fact(kind=Kind.TEXTS, says=says)


def _whole(says: str) -> Fact:
    return Fact(kind=Kind.WHOLE, says=says)


def _flag(says: str) -> Fact:
    return Fact(kind=Kind.FLAG, says=says)


OF_REQUEST: Final[Vocabulary] = {
    "request.entitlement": _text("its name in the catalogue"),
    "request.actions": _texts("what is asked for: `s3:PutObject`, …"),
    "request.locations": _texts("where: `s3://reports/2026/`, …"),
    "request.buckets": _texts("their buckets"),
    "request.duration_minutes": _whole("for how long, rounded up"),
    "request.starts_in_minutes": _whole("how long until it begins, as it was asked; 0: at once"),
    "request.justification": _text("what the requester wrote"),
    "request.ticket": _text("empty where none was named"),
    "request.writes": _flag("an action changes or adds something, deletes among them"),
    "request.deletes": _flag("an action deletes something, or lets it be deleted"),
    "request.in_place": _flag("on the role that the requester holds"),
    "request.extends": _flag("it goes on from a grant that runs"),
    "request.minutes_in_all": _whole("how long, with the grants that it goes on from; rounded up"),
    "request.break_glass": _flag("an emergency, without a review"),
    "person.id": _text("who asks"),
    "person.kind": _text("`person` or `service`"),
    "person.groups": _texts("the groups of the catalogue that they are in"),
    "person.teams": _texts("those of them that are teams"),
    "time.hour": _whole("0 to 23, in UTC, when it is asked"),
    "time.weekday": _whole("1 for Monday to 7 for Sunday, in UTC"),
    "time.local_hour": _whole("the same in the `zone` of the file"),
    "time.local_weekday": _whole("the same in the `zone` of the file"),
    "history.grants": _whole("grants of this person and entitlement in the 30 days before"),
    "history.never_used": _whole("of those that are over: that were never used"),
    "history.denied": _whole("requests of this person for it that were denied in the 30 days before"),
    "history.findings": _whole("findings about this person under this entitlement in the 30 days before"),
}
"""By name, in the order in which the reference lists them."""

PERSON_GROUPS: Final = "person.groups"
