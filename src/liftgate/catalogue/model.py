"""The catalogue: people, groups, guards and entitlements, all references resolved and all rules checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from liftgate.iam.scope import Scope
from liftgate.identity.model import Person


class Mechanism(StrEnum):
    """How a grant reaches its requester."""

    SESSION = "session"  # AssumeRole on the elevated role
    IN_PLACE = "in-place"  # statements on the role that the requester holds, for their session alone


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutReview:
    """The part of an entitlement that is approved at once: no longer than this, only these actions."""

    longest: timedelta
    actions: frozenset[str]  # canonical; a subset of the ceiling's


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """Who may answer a request and how many must approve."""

    reviewers: frozenset[str]  # person ids
    approvals: int  # at least 1, at most the number of reviewers
    lapses_after: timedelta  # a request that nobody answers ends by itself
    without_review: WithoutReview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JustificationRule:
    """What a requester must write."""

    at_least: int = 1  # characters, white space at the ends not counted
    ticket_required: bool = False
    ticket_pattern: str | None = None  # a regular expression that the whole ticket must match


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
