"""What the files declare, gathered: every name once, with its place, before any name is looked up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from liftgate.catalogue.fault import FaultKind, FaultList, Place
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.zone import is_zone
from liftgate.identity.model import PersonKind

RESERVED_IDS = frozenset({"liftgate"})  # the ledger's actor for what Liftgate does by itself

Names: TypeAlias = tuple[Marked[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPerson:
    """A person or service, with identities still as text."""

    place: Place
    name: str
    kind: PersonKind
    identities: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredGroup:
    """A group, with members still as text; None where they cannot be read."""

    place: Place
    members: Names | None


@dataclass(slots=True, kw_only=True)
class Declared:
    """Everything that was declared. ``whole`` is False where a file or part of one could not be read."""

    people: dict[str, DeclaredPerson] = field(default_factory=dict)
    groups: dict[str, DeclaredGroup] = field(default_factory=dict)
    guards: list[Marked[str]] = field(default_factory=list)
    auditors: list[Marked[str]] = field(default_factory=list)
    trusted_session_names: list[Marked[str]] = field(default_factory=list)
    teams: list[Marked[str]] = field(default_factory=list)
    zone: Marked[str] | None = None
    entitlements: list[Fields] = field(default_factory=list)
    whole: bool = True


def gather(files: Iterable[Fields], faults: FaultList) -> Declared:
    """The declarations of all files, with a fault for each name that is declared twice."""
    declared = Declared()
    for file in files:
        file.whole("version")
        _add_people(file, declared, faults)
        _add_groups(file, declared, faults)
        declared.guards.extend(file.texts("guards") or ())
        declared.auditors.extend(file.texts("auditors") or ())
        declared.trusted_session_names.extend(file.texts("trusted_session_names") or ())
        declared.teams.extend(file.texts("teams") or ())
        _add_zone(file, declared, faults)
        declared.entitlements.extend(file.records("entitlements"))
    for name, group in declared.groups.items():
        if name in declared.people:
            sentence = f"`{name}` is the name of a group and the id of a person"
            other = declared.people[name].place
            faults.add(FaultKind.NAME_TAKEN, group.place, sentence, f"rename it here or at {other}")
    return declared


def _add_zone(file: Fields, declared: Declared, faults: FaultList) -> None:
    zone = file.text("zone")
    if zone is None:
        return
    if declared.zone is not None:
        sentence = "the zone is said twice"
        faults.add(
            FaultKind.DECLARED_TWICE, zone.place, sentence, f"remove it here or at {declared.zone.place}"
        )
    elif not is_zone(zone.value):
        sentence = f"there is no time zone `{zone.value}`"
        faults.add(FaultKind.BAD_ZONE, zone.place, sentence, "write `UTC`, or a name such as `Europe/Berlin`")
    else:
        declared.zone = zone


def _add_people(file: Fields, declared: Declared, faults: FaultList) -> None:
    for key, fields in file.named_fields("people"):
        if key.value in RESERVED_IDS:
            sentence = f"`{key.value}` is what the ledger calls Liftgate itself"
            faults.add(FaultKind.RESERVED_NAME, key.place, sentence, "choose another id")
        name = fields.text("name") if fields else None
        kind = fields.choice("kind") if fields else None
        person = DeclaredPerson(
            place=key.place,
            name=name.value if name else key.value,
            kind=PersonKind(kind) if kind else PersonKind.PERSON,
            identities=(fields.texts("identities") if fields else None) or (),
        )
        _declare(
            f"the person `{key.value}`", key, declared.people.setdefault(key.value, person).place, faults
        )


def _add_groups(file: Fields, declared: Declared, faults: FaultList) -> None:
    for key, members in file.named_texts("groups"):
        group = DeclaredGroup(place=key.place, members=members)
        _declare(f"the group `{key.value}`", key, declared.groups.setdefault(key.value, group).place, faults)


def _declare(what: str, key: Marked[str], first: Place, faults: FaultList) -> None:
    if first != key.place:
        faults.add(
            FaultKind.DECLARED_TWICE,
            key.place,
            f"{what} is declared twice",
            f"remove it here or at {first}",
        )
