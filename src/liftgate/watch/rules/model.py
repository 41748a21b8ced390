"""A rule, as it was read."""

from dataclasses import dataclass
from enum import StrEnum

from liftgate.conditions.condition import Condition
from liftgate.conditions.vocabulary import Value
from liftgate.iam.scope import Scope
from liftgate.watch.event import Event
from liftgate.watch.finding import Answer, Severity
from liftgate.watch.rules.sentence import Sentence
from liftgate.watch.verdict import Verdict


class On(StrEnum):
    """What a rule looks at."""

    CALL = "call"  # each call by itself
    GRANT = "grant"  # all calls under one grant together


class Expected(StrEnum):
    """What a rule's test expects."""

    FINDING = "finding"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An example, and what the rule should say of it."""

    says: str
    expect: Expected
    because: str | None  # the finding's reason, where that is tested too
    facts: tuple[tuple[str, Value], ...] = ()  # the others are empty
    events: tuple[Event, ...] = ()  # in their place: real records
    granted: Scope | None = None  # the records are calls under a grant of this scope; None: as they stand
    place: str = ""  # "file:line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is a finding, how bad it is, and what is to be done."""

    name: str
    title: str
    severity: Severity
    answer: Answer
    on: On
    when: Condition
    because: Sentence
    verdicts: frozenset[Verdict] = frozenset()  # empty: any
    services: frozenset[str] = frozenset()  # likewise
    operations: frozenset[str] = frozenset()  # likewise
    tampers: bool = False  # only calls that change permissions or records
    tests: tuple[RuleTest, ...] = ()
    file: str = ""
    without_store: bool = False  # it is applied only where no grant is known

    def selects(self, verdict: str, service: str, operation: str, *, tampers: bool) -> bool:
        """Whether such a call is looked at at all."""
        return (
            (not self.verdicts or verdict in self.verdicts)
            and (not self.services or service in self.services)
            and (not self.operations or operation in self.operations)
            and (not self.tampers or tampers)
        )
