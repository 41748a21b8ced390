"""Absences of reviewers as the server answers them, parsed; and how they are told."""

from dataclasses import dataclass
from datetime import datetime

from liftgate.cli.answers import Named, named
from liftgate.cli.fields import JsonObject, as_object, items, moment, own_id, text
from liftgate.cli.identifiers import absence_id
from liftgate.cli.moments import shown
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_next

_COLUMNS = (
    Column(title="ABSENCE"),
    Column(title="WHO"),
    Column(title="DELEGATE"),
    Column(title="STATE"),
    Column(title="FROM"),
    Column(title="UNTIL"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAnswer:
    """One absence."""

    id: str
    state: str
    person: Named
    delegate: Named
    starts_at: datetime
    until: datetime


def read_absence(source: JsonObject) -> AbsenceAnswer:
    """An absence from JSON. Raises ``AnswerUnreadable``."""
    return AbsenceAnswer(
        id=own_id(source, absence_id),
        state=text(source, "state"),
        person=named(source, "person"),
        delegate=named(source, "delegate"),
        starts_at=moment(source, "starts_at"),
        until=moment(source, "until"),
    )


def read_absences(source: JsonObject) -> tuple[AbsenceAnswer, ...]:
    """Absences from JSON."""
    return tuple(read_absence(as_object(item, "items")) for item in items(source, "items"))


def say_absences(found: tuple[AbsenceAnswer, ...]) -> None:
    """Absences as a table, and how one of them ends."""
    if not found:
        say("Nobody is away whom you stand in for, nor are you.")
        return
    say_table(
        _COLUMNS,
        [
            (
                one.id,
                one.person.name,
                one.delegate.name,
                one.state,
                shown(one.starts_at),
                shown(one.until),
            )
            for one in found
        ],
    )
    if any(one.state != "over" for one in found):
        say_next(f"liftgate away end {found[0].id}")
