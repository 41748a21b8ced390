"""Looks up the names of people and groups, and knows what was probably meant by one that nobody declared."""

from collections.abc import Iterable
from dataclasses import dataclass

from liftgate.catalogue.declared import Declared, DeclaredGroup
from liftgate.catalogue.fault import FaultKind, FaultList, Place
from liftgate.catalogue.fields import Marked
from liftgate.catalogue.nearest import nearest
from liftgate.identity.model import PersonKind

_MOST_GUESSES = 100  # each compares a name with all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The people behind some names: together, and name by name. Not ``whole`` where a name was unknown."""

    ids: frozenset[str]
    by_name: tuple[tuple[Marked[str], frozenset[str]], ...]
    whole: bool
    groups: frozenset[str] = frozenset()  # those of the names that are groups

    def named_by(self, id_: str) -> Place:
        """Where the name stands that brought somebody in first."""
        return next(name.place for name, ids in self.by_name if id_ in ids)


class Directory:
    """Who is behind each name in the files."""

    def __init__(self, declared: Declared, faults: FaultList) -> None:
        self._declared = declared
        self._faults = faults
        self._guesses = 0
        self._groups = {name: self._members(name, group) for name, group in declared.groups.items()}
        self.services = frozenset(
            id_ for id_, person in declared.people.items() if person.kind is PersonKind.SERVICE
        )
        self._unions: dict[tuple[str, ...], frozenset[str]] = {}  # many entitlements share one large set
        self.teams = self._find_teams()
        self._mates: dict[str, set[str]] = {}
        for team in self.teams.values():
            for id_ in team:
                self._mates.setdefault(id_, set()).update(team)

    @property
    def groups(self) -> dict[str, frozenset[str]]:
        """Everybody in each group."""
        return {name: ids for name, (ids, _) in self._groups.items()}

    def own_team(self, id_: str) -> frozenset[str]:
        """Everybody who shares a team with somebody."""
        return frozenset(self._mates.get(id_, ())) - {id_}

    def find(self, names: Iterable[Marked[str]] | None) -> Found:
        """The people whom ``names``, of people or groups, stand for, with a fault for each unknown name."""
        by_name: list[tuple[Marked[str], frozenset[str]]] = []
        whole, groups = names is not None, set[str]()
        for name in names or ():
            if name.value in self._declared.people:
                by_name.append((name, frozenset({name.value})))
            elif name.value in self._groups:
                ids, group_whole = self._groups[name.value]
                groups.add(name.value)
                by_name.append((name, ids))
                whole = whole and group_whole
            else:
                whole = False
                self._report_unknown(name, "person or group")
        return Found(ids=self._union(by_name), by_name=tuple(by_name), whole=whole, groups=frozenset(groups))

    def find_once(self, names: Iterable[Marked[str]]) -> Found:
        """Like ``find``, for the lists of several files: the same name in two of them is a fault."""
        first: dict[str, Marked[str]] = {}
        for name in names:
            if first.setdefault(name.value, name) is not name:
                advice = f"remove it here or at {first[name.value].place}"
                self._faults.add(
                    FaultKind.LISTED_TWICE, name.place, f"`{name.value}` is listed twice", advice
                )
        return self.find(first.values())

    def _find_teams(self) -> dict[str, frozenset[str]]:
        first: dict[str, Marked[str]] = {}
        for name in self._declared.teams:
            if first.setdefault(name.value, name) is not name:
                advice = f"remove it here or at {first[name.value].place}"
                self._faults.add(
                    FaultKind.LISTED_TWICE, name.place, f"`{name.value}` is listed twice", advice
                )
            elif name.value not in self._groups:
                self._report_unknown(name, "group")
        return {name: self._groups[name][0] for name in first if name in self._groups}

    def _union(self, by_name: list[tuple[Marked[str], frozenset[str]]]) -> frozenset[str]:
        key = tuple(name.value for name, _ in by_name)
        if key not in self._unions:
            self._unions[key] = frozenset().union(*(ids for _, ids in by_name))
        return self._unions[key]

    def _members(self, name: str, group: DeclaredGroup) -> tuple[frozenset[str], bool]:
        """A group's people, and whether all of its members are known."""
        ids: set[str] = set()
        for member in group.members or ():
            if member.value in self._declared.people:
                ids.add(member.value)
            elif member.value in self._declared.groups:
                sentence = f"`{member.value}` is a group, and groups hold people only"
                advice = f"name its members in `{name}`"
                self._faults.add(FaultKind.GROUP_IN_GROUP, member.place, sentence, advice)
            else:
                self._report_unknown(member, "person")
        return frozenset(ids), group.members is not None and len(ids) == len(group.members)

    def _report_unknown(self, name: Marked[str], what: str) -> None:
        if not self._declared.whole:  # it may stand in what could not be read
            return
        known = [
            *(self._declared.people if "person" in what else ()),
            *(self._declared.groups if "group" in what else ()),
        ]
        self._guesses += 1
        near = nearest(name.value, known) if self._guesses <= _MOST_GUESSES else None
        advice = (
            f"did you mean `{near}`?"
            if near
            else "declare it under "
            + " or ".join(["`people`"] * ("person" in what) + ["`groups`"] * ("group" in what))
        )
        self._faults.add(FaultKind.UNKNOWN_NAME, name.place, f"there is no {what} `{name.value}`", advice)
