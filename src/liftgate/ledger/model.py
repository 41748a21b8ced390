"""What the ledger records: one entry for each change, each bound to the one before it by its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = (
    "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"  # no floats: their text is not one
)


class EventKind(StrEnum):
    """Everything that is ever put on record."""

    SIGNED_IN = "identity.signed_in"
    SIGNED_OUT = "identity.signed_out"  # by the provider, which said so or no longer vouches
    GROUPS_CLAIMED = (
        "identity.groups_claimed"  # a provider said in which groups somebody is; until when, stands in it
    )
    LINK_CODE_MADE = "identity.link_code_made"  # somebody asked for a code to link an identity of theirs with
    IDENTITY_LINKED = "identity.linked"  # an identity was proved to be a person's
    IDENTITY_UNLINKED = "identity.unlinked"
    REQUESTED = "request.made"
    REFUSED = "request.refused"  # asked for, and the rules said no
    REVIEWED = "request.reviewed"
    REVIEW_REFUSED = (
        "review.refused"  # somebody answered who may not: their own request, or no reviewer of it
    )
    CANCELLED = "request.cancelled"
    GRANTED = "grant.made"
    REVOKED = "grant.revoked"
    RETURNED = "grant.returned"
    ENDING_REFUSED = "ending.refused"  # somebody tried to take back what is not theirs to take
    REVOKED_MANY = "grants.revoked"  # the order to end all of somebody, something or everything; each has its own entry too
    BREAK_GLASS_USED = (
        "break_glass.used"  # a grant without a review; it has its entries as a request and a grant too
    )
    BREAK_GLASS_CONCLUDED = "break_glass.concluded"  # somebody looked at it afterwards
    AWAY = "reviewer.away"  # a reviewer named who answers for them
    BACK = "reviewer.back"  # before the span was over
    SESSION_INTENDED = "session.intended"  # before sts:AssumeRole
    SESSION_LENT = "session.lent"  # after it: credentials exist and were handed over
    SESSION_FAILED = "session.failed"  # after it: STS refused or did not answer
    SESSION_REVOKED = "session.revoked"  # one session; its grant goes on
    TRIAL_INTENDED = "trial.intended"  # before the closed-window AssumeRole that asks STS for the packed size
    TRIAL_ENDED = "trial.ended"
    DENY_INTENDED = "deny.intended"  # before iam:PutRolePolicy or iam:DeleteRolePolicy on an elevated role
    DENY_IN_PLACE = "deny.in_place"  # after it: read back and equal
    DENY_FAILED = "deny.failed"
    IN_PLACE_INTENDED = (
        "in_place.intended"  # before iam:PutRolePolicy or iam:DeleteRolePolicy on a role that people hold
    )
    IN_PLACE_WRITTEN = "in_place.written"  # after it: read back and equal
    IN_PLACE_OPEN = "in_place.open"  # seen to work
    IN_PLACE_FAILED = "in_place.failed"
    CATALOGUE_LOADED = "catalogue.loaded"
    FINDING_MADE = "finding.made"  # a rule found something in what CloudTrail told
    FINDING_OVER = "finding.over"  # a later check of deployed accounts no longer met it
    RESPONSE_MADE = "response.made"  # one step of the answer to a finding
    RESPONSE_OBSERVED = "response.observed"  # the same, only said: in ``observe`` nothing is done
    HOLD_PLACED = "hold.placed"  # somebody gets nothing new
    HOLD_REFUSED = "hold.refused"  # to somebody who may not place one
    SHUT_OUT = "identity.shut_out"  # all sign-ins of somebody who is put on hold by hand were ended
    HOLD_RELEASED = "hold.released"  # one guard said that they may; the second ends it
    RELEASE_REFUSED = "release.refused"  # by somebody who may not
    GRANT_SETTLED = "grant.settled"  # the account of what was done under it was made
    GRANT_REOPENED = "grant.reopened"  # a call came to light after that
    ALERT_SENT = "alert.sent"  # a webhook took a message
    ALERT_FAILED = "alert.failed"  # it did not, and nobody tries again
    SLACK_LINKED = "slack.linked"  # by earlier releases: a Slack user was proved to be a person's
    SLACK_UNLINKED = "slack.unlinked"
    RECORD_SET_ASIDE = (
        "record.set_aside"  # something that CloudTrail told, or was told in its place, could not be read
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has its place in the chain. Nothing secret may ever be put in ``body``."""

    at: datetime
    kind: EventKind
    actor: str  # a person's id, or "liftgate"
    request_id: str | None = None
    grant_id: str | None = None
    body: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A draft at its place in the chain."""

    seq: int  # 1, 2, 3, … without a gap
    draft: Draft
    previous: str  # hash of the entry before; 64 zeros for the first
    hash: str  # SHA-256, in hex, of the canonical JSON of all the above
