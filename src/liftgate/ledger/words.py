"""An entry as a sentence: who did what, and the reason that they gave."""

from collections.abc import Mapping, Sequence
from typing import Final

from liftgate.ledger.model import Draft, EventKind, Json

LIFTGATE: Final = "liftgate"  # the actor of what nobody asked for

_DID: Final[Mapping[EventKind, str]] = {
    EventKind.SIGNED_IN: "signed in",
    EventKind.SIGNED_OUT: "was signed out by their provider",
    EventKind.GROUPS_CLAIMED: "came with groups of their provider's",
    EventKind.LINK_CODE_MADE: "asked for a code to link an identity",
    EventKind.IDENTITY_LINKED: "linked an identity",
    EventKind.IDENTITY_UNLINKED: "unlinked an identity",
    EventKind.REQUESTED: "asked for access",
    EventKind.REFUSED: "asked for what the rules refuse",
    EventKind.REVIEWED: "answered a request",
    EventKind.REVIEW_REFUSED: "tried to answer what is not theirs to answer",
    EventKind.CANCELLED: "withdrew a request",
    EventKind.GRANTED: "granted it",
    EventKind.REVOKED: "took a grant back",
    EventKind.RETURNED: "gave a grant back",
    EventKind.ENDING_REFUSED: "tried to end what is not theirs to end",
    EventKind.REVOKED_MANY: "ordered many grants to end",
    EventKind.BREAK_GLASS_USED: "took access in an emergency",
    EventKind.BREAK_GLASS_CONCLUDED: "looked at an emergency afterwards",
    EventKind.AWAY: "went away, and named who answers",
    EventKind.BACK: "came back",
    EventKind.SESSION_INTENDED: "is about to be lent a session",
    EventKind.SESSION_LENT: "was lent a session",
    EventKind.SESSION_FAILED: "was not lent a session",
    EventKind.SESSION_REVOKED: "took one session back",
    EventKind.TRIAL_INTENDED: "is about to try whether a role is lent",
    EventKind.TRIAL_ENDED: "tried whether a role is lent",
    EventKind.DENY_INTENDED: "is about to write a role's denies",
    EventKind.DENY_IN_PLACE: "saw a role's denies in place",
    EventKind.DENY_FAILED: "could not write a role's denies",
    EventKind.IN_PLACE_INTENDED: "is about to open a role in place",
    EventKind.IN_PLACE_WRITTEN: "wrote to a role in place",
    EventKind.IN_PLACE_OPEN: "saw access in place work",
    EventKind.IN_PLACE_FAILED: "could not open a role in place",
    EventKind.CATALOGUE_LOADED: "loaded a catalogue",
    EventKind.FINDING_MADE: "found something",
    EventKind.FINDING_OVER: "saw that a finding is mended",
    EventKind.RESPONSE_MADE: "answered a finding",
    EventKind.RESPONSE_OBSERVED: "would have answered a finding",
    EventKind.HOLD_PLACED: "put somebody on hold",
    EventKind.HOLD_REFUSED: "tried to put on hold who is not theirs to hold",
    EventKind.SHUT_OUT: "ended all sign-ins of somebody",
    EventKind.HOLD_RELEASED: "released a hold",
    EventKind.RELEASE_REFUSED: "tried to release who is not theirs to release",
    EventKind.GRANT_SETTLED: "made the account of a grant",
    EventKind.GRANT_REOPENED: "opened the account of a grant anew",
    EventKind.ALERT_SENT: "told a webhook",
    EventKind.ALERT_FAILED: "could not tell a webhook",
    EventKind.SLACK_LINKED: "linked a Slack user",
    EventKind.SLACK_UNLINKED: "unlinked a Slack user",
    EventKind.RECORD_SET_ASIDE: "could not read a record",
}
_ANSWERS: Final = {"approve": "approved a request", "deny": "denied a request"}
_QUOTED: Final = (
    "title",
    "justification",
    "comment",
    "reason",
    "outcome",
    "because",
    "failure",
    "person",
    "delegate",
)


def did(draft: Draft) -> str:
    """What an entry's actor did, to be read after their name."""
    if draft.kind is EventKind.REVIEWED:
        return _ANSWERS.get(str(draft.body.get("answer")), _DID[draft.kind])
    return _DID[draft.kind]


def quoted(draft: Draft) -> str:
    """What was said about it; text of others, or empty."""
    return next((said for name in _QUOTED if (said := _said(draft.body.get(name)))), "")


def _said(value: Json) -> str:
    match value:
        case str(text):
            return text.strip()
        case {"sentence": str(text)}:
            return text
        case Sequence() as several:
            return "; ".join(said for one in several if (said := _said(one)))
        case _:
            return ""
