"""Looks up the names of people and groups, and knows what was probably meant by one that nobody declared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liftgate.catalogue.declared import Declared, DeclaredGroup
from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Marked
from liftgate.catalogue.nearest import nearest

_MOST_GUESSES = 100  # each compares a name with all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """People by id, each with the text that named them first. Not ``whole`` where a name was unknown."""

    people: Mapping[str, Marked[str]]
    whole: bool

    @property
    def ids(self) -> frozenset[str]:
        """The ids alone."""
        return frozenset(self.people)


class Directory:
    """Who is behind each name in the files."""

    def __init__(self, declared: Declared, faults: FaultList) -> None:
        self._declared = declared
        self._faults = faults
        self._guesses = 0
        self._groups = {name: self._members(name, group) for name, group in declared.groups.items()}

    def find(self, names: Iterable[Marked[str]] | None) -> Found:
        """The people whom ``names``, of people or groups, stand for, with a fault for each unknown name."""
        people: dict[str, Marked[str]] = {}
        whole = names is not None
        for name in names or ():
            if name.value in self._declared.people:
                people.setdefault(name.value, name)
            elif name.value in self._groups:
                members = self._groups[name.value]
                whole = whole and members.whole
                for member in members.people:
                    people.setdefault(member, name)
            else:
                whole = False
                self._report_unknown(name, "person or group")
        return Found(people=people, whole=whole)

    def find_once(self, names: Iterable[Marked[str]]) -> Found:
        """Like ``find``, for names from several files: the same name twice is a fault."""
        first: dict[str, Marked[str]] = {}
        for name in names:
            if first.setdefault(name.value, name) is not name:
                sentence = f"`{name.value}` is listed twice"
                other = first[name.value].place
                if other.file != name.place.file:  # within one list it was reported when it was read
                    self._faults.add(
                        FaultKind.LISTED_TWICE, name.place, sentence, f"remove it here or at {other}"
                    )
        return self.find(first.values())

    def _members(self, name: str, group: DeclaredGroup) -> Found:
        people: dict[str, Marked[str]] = {}
        whole = group.members is not None
        for member in group.members or ():
            if member.value in self._declared.people:
                people[member.value] = member
                continue
            whole = False
            if member.value in self._declared.groups:
                sentence = f"`{member.value}` is a group, and groups hold people only"
                self._faults.add(
                    FaultKind.GROUP_IN_GROUP, member.place, sentence, f"name its members in `{name}`"
                )
            else:
                self._report_unknown(member, "person")
        return Found(people=people, whole=whole)

    def _report_unknown(self, name: Marked[str], what: str) -> None:
        if not self._declared.whole:  # it may stand in what could not be read
            return
        known = [*self._declared.people, *(self._declared.groups if "group" in what else ())]
        self._guesses += 1
        near = nearest(name.value, known) if self._guesses <= _MOST_GUESSES else None
        advice = (
            f"did you mean `{near}`?"
            if near
            else "declare it under `people`" + " or `groups`" * ("group" in what)
        )
        self._faults.add(FaultKind.UNKNOWN_NAME, name.place, f"there is no {what} `{name.value}`", advice)
