"""A difference between two engines, shrunk, and the kinds that are settled: who is right, and why."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from tests.iam.generated.ours import statements
from tests.iam.generated.principal_keys import principal_keys
from tests.iam.generated.shrink import Case, shrunk
from tests.iam.generated.vocabulary import ACCOUNT

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_"


class Right(StrEnum):
    """Whose decision is AWS's."""

    OURS = "Liftgate"
    OPEN = "AWS does not say"


@dataclass(frozen=True, slots=True)
class Difference:
    """The smallest case that shows it."""

    case: Case
    ours: str
    theirs: str

    def conditions(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Operator, key in lower case, and values, of every condition that is left."""
        for statement in self.statements():
            for operator, keys in statement.get("Condition", {}).items():
                for key, values in keys.items():
                    yield operator, key.lower(), tuple([values] if isinstance(values, str) else values)

    def statements(self) -> Iterator[dict[str, Any]]:
        for policy in self.policies():
            yield from statements(policy)

    def policies(self) -> Iterator[dict[str, Any]]:
        case = self.case
        levels = [level for wall in ("scps", "rcps") for level in case[wall]]
        for policies in (case["identity"], case["session"] or [], *levels):
            yield from policies
        yield from (case[wall] for wall in ("boundary", "resource_policy") if case[wall] is not None)

    def carried(self, key: str) -> str | list[str] | None:
        """What the request carries for a key, said by it or known from its principal."""
        told = {**principal_keys(self.principal), **self.case["request"]["context"]}
        told.setdefault("aws:ResourceAccount", self.case["resource_account"] or ACCOUNT)
        found: dict[str, str | list[str]] = {name.lower(): values for name, values in told.items()}
        return found.get(key)

    def texts(self, key: str) -> list[str]:
        """The same as a list, empty where the request does not carry it."""
        carried = self.carried(key)
        return [] if carried is None else [carried] if isinstance(carried, str) else carried

    def granted_to(self) -> set[str]:
        """Whom the resource policy's allows name."""
        policy = self.case["resource_policy"]
        allows = [] if policy is None else [one for one in statements(policy) if one["Effect"] == "Allow"]
        named = [one.get("Principal", []) for one in allows]
        lists = [list(one.values()) if isinstance(one, dict) else [one] for one in named]
        return {name for kinds in lists for found in kinds for name in _listed(found)}

    @property
    def principal(self) -> str:
        name: str = self.case["request"]["principal"]
        return name

    def __str__(self) -> str:
        return f"ours {self.ours}, theirs {self.theirs}: {json.dumps(self.case)}"


def _listed(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of difference that is settled."""

    name: str  # as it stands in docs/iam/differences.md
    right: Right
    why: str
    page: str
    explains: Callable[[Difference], bool] = field(repr=False)

    @property
    def row(self) -> str:
        """As docs/iam/differences.md says it."""
        page = self.page.rpartition("/")[2].replace(".html", "")
        return f"| {self.name} | {self.right} | {self.why} | [{page}]({self.page}) |"


@dataclass(slots=True)
class Findings:
    """What a run found."""

    compared: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[Difference] = field(default_factory=list)

    def summary(self) -> str:
        lines = [f"{self.compared} compared: {dict(self.decisions)}"]
        lines += [f"{count} skipped: {rule}" for rule, count in self.skipped.most_common()]
        lines += [f"{count} differ: {name}" for name, count in self.explained.most_common()]
        return "\n".join([*lines, *map(str, self.unexplained[:10])])


Decide = Callable[[Case], str]


def judge(
    findings: Findings, differing: Iterable[Case], known: Sequence[Known], ours: Decide, theirs: Decide
) -> None:
    """Shrink each case on which the engines differ, and tell whether the difference is a known one."""
    for case in differing:
        was = ours(case), theirs(case)
        smallest = shrunk(case, partial(_decided, was, ours, theirs))
        difference = Difference(smallest, *was)
        name = next((kind.name for kind in known if kind.explains(difference)), None)
        if name is None:
            findings.unexplained.append(difference)
        else:
            findings.explained[name] += 1


def stale(findings: Findings, known: Sequence[Known]) -> list[str]:
    """Known differences that this run did not show: to be taken out of the list and the document."""
    return [kind.name for kind in known if not findings.explained[kind.name]]


def _decided(was: tuple[str, str], ours: Decide, theirs: Decide, case: Case) -> bool:
    try:
        return (ours(case), theirs(case)) == was
    except (LookupError, ValueError):  # a case that one of them does not take is no smaller example
        return False
