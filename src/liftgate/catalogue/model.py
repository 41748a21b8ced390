"""The catalogue: people, groups, guards and entitlements, all references resolved and all rules checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from liftgate.conditions.condition import Condition
from liftgate.iam.scope import Scope
from liftgate.identity.model import Person

EXTENDED_AT_MOST: Final = 4
"""How many times the longest grant, where the catalogue does not say."""


class Mechanism(StrEnum):
    """How a grant reaches its requester."""

    SESSION = "session"  # AssumeRole on the elevated role
    IN_PLACE = "in-place"  # statements on the role that the requester holds, for their session alone


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutReview:
    """The part of an entitlement that is approved at once: no longer than this, only these actions, where the condition holds."""

    longest: timedelta
    actions: frozenset[str]  # canonical; a subset of the ceiling's
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is refused outright, and why."""

    when: Condition
    because: str


MOST_REMINDERS: Final = 10
"""Of one stage, however often it is to be reminded of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a review: who may answer it, and how many of them must approve."""

    name: str
    reviewers: frozenset[str]  # person ids
    approvals: int = 1
    other_team: bool = False  # people who share a team with the requester do not count
    when: Condition | None = None  # None: it always applies
    remind_after: timedelta | None = None  # counted from when it is this stage's turn, as the next is
    remind_every: timedelta | None = None  # counted on from there
    escalate_after: timedelta | None = None
    escalate_to: frozenset[str] = frozenset()  # who may answer too from then on
    reviewer_groups: frozenset[str] = frozenset()  # whose members are among the reviewers
    escalate_groups: frozenset[str] = frozenset()  # whose members may answer too from then on

    @property
    def answerers(self) -> frozenset[str]:
        """All who may answer it, sooner or later."""
        return self.reviewers | self.escalate_to


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """Who may answer a request and how many must approve: stages, answered in order."""

    stages: tuple[Stage, ...]  # none: everything that may be asked for is approved without a review
    lapses_after: timedelta  # a request that nobody answers ends by itself
    without_review: WithoutReview | None = None
    refuse_when: tuple[Refusal, ...] = ()
    delegable: bool = True  # whether a reviewer who is away may be stood in for

    @property
    def reviewers(self) -> frozenset[str]:
        """All who may answer some stage, sooner or later."""
        return frozenset().union(*(stage.answerers for stage in self.stages))


def conditions_of(rule: ReviewRule) -> tuple[Condition, ...]:
    """All conditions that a rule asks."""
    free = rule.without_review
    found = (
        *(refusal.when for refusal in rule.refuse_when),
        *([free.when] if free and free.when else []),
        *(stage.when for stage in rule.stages if stage.when),
    )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Who gets a grant at once in an emergency, and who looks at it afterwards."""

    by: frozenset[str]  # person ids
    longest: timedelta
    review_within: timedelta  # counted from the request
    reviewers: frozenset[str]  # person ids


class WhenDown(StrEnum):
    """What becomes of a request whose ticket's tracker does not answer."""

    REFUSE = "refuse"
    REVIEW = (
        "review"  # it is never approved without a review, and reviewers see that the ticket was not checked
    )
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class JustificationRule:
    """What a requester must write."""

    at_least: int = 1  # characters, white space at the ends not counted
    ticket_required: bool = False
    ticket_pattern: str | None = None  # a regular expression that the whole ticket must match
    tracker: str | None = (
        None  # which of the server's trackers must say that the ticket is open; there is a pattern then
    )
    when_down: WhenDown = WhenDown.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """What may be asked for, by whom, for how long, and who agrees."""

    name: str
    description: str
    account: str  # twelve digits
    role_arn: str  # the elevated role; in place: the role that its requesters hold
    ceiling: Scope
    longest: timedelta
    requesters: frozenset[str]  # person ids
    review: ReviewRule
    justification: JustificationRule
    mechanism: Mechanism = Mechanism.SESSION
    external_id: str | None = None  # for a role in an account of somebody else
    max_session: timedelta = timedelta(hours=1)  # the elevated role's MaxSessionDuration
    longest_in_all: timedelta | None = None  # a grant with all that extends it; None: four times the longest
    break_glass: BreakGlass | None = None
    requester_groups: frozenset[str] = frozenset()  # whose members are among the requesters

    @property
    def longest_chain(self) -> timedelta:
        """How long a grant may be, with all that extends it."""
        return self.longest * EXTENDED_AT_MOST if self.longest_in_all is None else self.longest_in_all

    @property
    def reviewers(self) -> frozenset[str]:
        """All who answer requests for it, or look at them afterwards."""
        return self.review.reviewers | (self.break_glass.reviewers if self.break_glass else frozenset())


@dataclass(frozen=True, slots=True)
class Duties:
    """What somebody reviews, as names of entitlements."""

    answers: frozenset[str] = frozenset()  # whose requests they may answer, sooner or later
    looks_at: frozenset[str] = frozenset()  # at whose emergencies they look afterwards


NO_DUTIES: Final = Duties()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One version of everything that the catalogue files say."""

    version: str  # SHA-256, in hex, of the canonical content: the same text always has the same version
    people: Mapping[str, Person]
    guards: frozenset[str]  # person ids who may revoke any grant
    auditors: frozenset[str]  # person ids who may read every request, grant and the ledger
    entitlements: Mapping[str, Entitlement]
    identities: Mapping[str, str]  # a proved identity ("aws:arn:…", "local:ada") to a person id, exact
    patterns: tuple[tuple[str, str], ...] = ()  # identity patterns of services ("aws:arn:…/*") to a person id
    # How the ARNs of sessions begin whose names are taken at their word ("arn:aws:sts::…:assumed-role/ReadOnly/").
    trusted_session_names: frozenset[str] = frozenset()
    # Who belongs together, by the team's name: what "other_team" goes by.
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Groups by name, where a condition asks for them; else they are not kept.
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    zone: str = "UTC"  # of local times in conditions: an IANA name
    # By whom entitlements are reviewed: made when it is first asked for, once for each version.
    _duties: list[Mapping[str, Duties]] = field(default_factory=list, init=False, repr=False, compare=False)

    def duties_of(self, person_id: str) -> Duties:
        """What somebody reviews."""
        if not self._duties:  # of two threads that come at once, both make the same
            self._duties.append(_duties(self.entitlements.values()))
        return self._duties[0].get(person_id, NO_DUTIES)

    def own_team(self, person_id: str) -> frozenset[str]:
        """Everybody who shares a team with somebody, themselves left out."""
        mine = (team for team in self.teams.values() if person_id in team)
        return frozenset().union(*mine) - {person_id}


def _duties(entitlements: Iterable[Entitlement]) -> Mapping[str, Duties]:
    answers: dict[str, list[str]] = {}
    looks_at: dict[str, list[str]] = {}
    for one in entitlements:
        for person in one.review.reviewers:
            answers.setdefault(person, []).append(one.name)
        for person in one.break_glass.reviewers if one.break_glass else ():
            looks_at.setdefault(person, []).append(one.name)
    return {
        person: Duties(frozenset(answers.get(person, ())), frozenset(looks_at.get(person, ())))
        for person in answers.keys() | looks_at.keys()
    }
