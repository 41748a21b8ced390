"""Who may call what: the one table. A route that is not in it cannot be served, and a test goes through it line by line.

The right says who gets past the door. What is behind it is looked at again by the rules of ``access``: of the things of others
that a caller may not see, each answer says only that there is none (404).
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

Route: TypeAlias = tuple[str, str]  # method and path template

API: Final = "/api/v1"


class Right(Enum):
    """Who gets past the door, and what they then find."""

    ANYBODY = "anybody, without a sign-in"
    SIGNED_IN = "whoever is signed in; they see what is theirs"
    SEES_IT = "the requester, reviewers of the entitlement, guards and auditors; 404 for others"
    REVIEWER = "reviewers of the entitlement, but never the requester; 404 for those who may not see it"
    LOOKER = "those who look at emergencies of the entitlement, but never its person; 404 for those who may not see it"
    REVIEWS = "whoever reviews anything"
    UNLINKS = "whose identity it is, and guards; 404 for others"
    ABSENT = "who said it alone; 404 for everybody else"
    REQUESTER = "the requester; 404 for those who may not see it"
    HOLDER = "the requester alone; 404 for everybody else"
    REVOKER = "reviewers of the entitlement and guards; 404 for those who may not see it"
    ENDS_SESSION = "the requester, reviewers of the entitlement and guards; 404 for those who may not see it"
    REVOKES_MANY = "guards; under one entitlement its reviewers too"
    GUARD = "guards"
    LISTS_FINDINGS = "whoever is signed in: guards and auditors find all, reviewers those under their entitlements, but none about themselves"
    SEES_FINDING = (
        "guards and auditors, and reviewers of the entitlement unless it is about themselves; 404 for others"
    )
    HOLDS = "guards who are not on hold; everybody on themselves"
    RELEASES = "two guards, neither of them on hold"
    SEES_ALL = "guards and auditors"
    MEASURES = "whoever sends `metrics_token`; without one, programs on this machine, where nobody else reaches the address"
    SLACK = "Slack alone, by its signature; who pressed the button is who answers"


API_RIGHTS: Final[Mapping[Route, Right]] = MappingProxyType(
    {
        ("GET", "/health"): Right.ANYBODY,
        ("GET", "/ready"): Right.ANYBODY,
        ("GET", "/healthz"): Right.ANYBODY,
        ("GET", "/readyz"): Right.ANYBODY,
        ("GET", "/metrics"): Right.MEASURES,
        ("GET", f"{API}/openapi.json"): Right.ANYBODY,
        ("POST", f"{API}/sign-ins"): Right.ANYBODY,
        ("POST", f"{API}/logins"): Right.ANYBODY,
        ("DELETE", f"{API}/sign-ins/current"): Right.SIGNED_IN,
        ("GET", f"{API}/me"): Right.SIGNED_IN,
        ("GET", f"{API}/me/identities"): Right.SIGNED_IN,
        ("POST", f"{API}/me/identities/codes"): Right.SIGNED_IN,
        ("GET", f"{API}/identities"): Right.SEES_ALL,
        ("POST", f"{API}/identities"): Right.ANYBODY,
        ("DELETE", f"{API}/identities/{{link_id}}"): Right.UNLINKS,
        ("GET", f"{API}/catalogue"): Right.SIGNED_IN,
        ("POST", f"{API}/requests"): Right.SIGNED_IN,
        ("GET", f"{API}/requests"): Right.SIGNED_IN,
        ("GET", f"{API}/requests/{{request_id}}"): Right.SEES_IT,
        ("POST", f"{API}/requests/{{request_id}}/reviews"): Right.REVIEWER,
        ("POST", f"{API}/requests/{{request_id}}/cancellation"): Right.REQUESTER,
        ("POST", f"{API}/requests/{{request_id}}/conclusion"): Right.LOOKER,
        ("POST", f"{API}/request-trials"): Right.SIGNED_IN,
        ("GET", f"{API}/absences"): Right.SIGNED_IN,
        ("POST", f"{API}/absences"): Right.REVIEWS,
        ("POST", f"{API}/absences/{{absence_id}}/end"): Right.ABSENT,
        ("POST", f"{API}/grants/{{grant_id}}/extensions"): Right.HOLDER,
        ("GET", f"{API}/grants"): Right.SIGNED_IN,
        ("GET", f"{API}/grants/{{grant_id}}"): Right.SEES_IT,
        ("POST", f"{API}/grants/{{grant_id}}/sessions"): Right.HOLDER,
        ("POST", f"{API}/grants/{{grant_id}}/sessions/{{number}}/revocation"): Right.ENDS_SESSION,
        ("POST", f"{API}/grants/{{grant_id}}/revocation"): Right.REVOKER,
        ("POST", f"{API}/grants/{{grant_id}}/return"): Right.REQUESTER,
        ("GET", f"{API}/grants/{{grant_id}}/activities"): Right.SEES_IT,
        ("GET", f"{API}/grants/{{grant_id}}/timeline"): Right.SEES_IT,
        ("GET", f"{API}/grants/{{grant_id}}/settlement"): Right.SEES_IT,
        ("GET", f"{API}/holds"): Right.SEES_ALL,
        ("POST", f"{API}/holds/{{person_id}}"): Right.HOLDS,
        ("POST", f"{API}/holds/{{person_id}}/releases"): Right.RELEASES,
        ("GET", f"{API}/findings"): Right.LISTS_FINDINGS,
        ("GET", f"{API}/findings/{{finding_id}}"): Right.SEES_FINDING,
        ("GET", f"{API}/set-aside"): Right.SEES_ALL,
        ("GET", f"{API}/watch/known"): Right.SEES_ALL,
        ("GET", f"{API}/watch/state"): Right.SEES_ALL,
        ("POST", f"{API}/revocations"): Right.REVOKES_MANY,
        ("POST", f"{API}/drills"): Right.GUARD,
        ("POST", f"{API}/diagnoses"): Right.GUARD,
        ("POST", f"{API}/reconciliations"): Right.GUARD,
        ("GET", f"{API}/watch/dead-letters"): Right.GUARD,
        ("POST", f"{API}/watch/dead-letters/replay"): Right.GUARD,
        ("GET", f"{API}/ledger/entries"): Right.SEES_ALL,
        ("GET", f"{API}/ledger/verification"): Right.SEES_ALL,
        ("GET", f"{API}/ledger/export"): Right.SEES_ALL,
        ("GET", f"{API}/overview"): Right.SEES_ALL,
    }
)

PAGE_RIGHTS: Final[Mapping[Route, Right]] = MappingProxyType(
    {
        ("GET", "/static/{name}"): Right.ANYBODY,
        ("GET", "/sign-in"): Right.ANYBODY,
        ("POST", "/sign-in/local"): Right.ANYBODY,
        ("GET", "/sign-in/cli"): Right.SIGNED_IN,
        ("POST", "/sign-in/cli"): Right.SIGNED_IN,
        ("GET", "/sign-in/device"): Right.SIGNED_IN,
        ("POST", "/sign-in/device"): Right.SIGNED_IN,
        ("POST", "/sign-in/device/answer"): Right.SIGNED_IN,
        ("GET", "/sign-in/oidc"): Right.ANYBODY,
        ("GET", "/sign-in/oidc/callback"): Right.ANYBODY,
        ("GET", "/sign-in/oidc/end"): Right.ANYBODY,
        ("POST", "/sign-in/oidc/back-channel-logout"): Right.ANYBODY,
        ("POST", "/sign-out"): Right.SIGNED_IN,
        ("GET", "/identities"): Right.SIGNED_IN,
        ("POST", "/identities/codes"): Right.SIGNED_IN,
        ("POST", "/identities/{link_id}/unlink"): Right.UNLINKS,
        ("GET", "/identities/link"): Right.ANYBODY,
        ("POST", "/identities/link"): Right.ANYBODY,
        ("GET", "/"): Right.SIGNED_IN,
        ("GET", "/events"): Right.SIGNED_IN,
        ("GET", "/mine"): Right.SIGNED_IN,
        ("GET", "/ask"): Right.SIGNED_IN,
        ("POST", "/ask"): Right.SIGNED_IN,
        ("POST", "/ask/check"): Right.SIGNED_IN,
        ("GET", "/review"): Right.SIGNED_IN,
        ("GET", "/requests/{request_id}"): Right.SEES_IT,
        ("POST", "/requests/{request_id}/reviews"): Right.REVIEWER,
        ("POST", "/requests/{request_id}/conclusion"): Right.LOOKER,
        ("POST", "/absences"): Right.REVIEWS,
        ("POST", "/absences/{absence_id}/end"): Right.ABSENT,
        ("POST", "/grants/{grant_id}/extensions"): Right.HOLDER,
        ("GET", "/grants/{grant_id}"): Right.SEES_IT,
        ("GET", "/findings"): Right.LISTS_FINDINGS,
        ("GET", "/findings/{finding_id}"): Right.SEES_FINDING,
        ("GET", "/catalogue"): Right.SIGNED_IN,
        ("GET", "/ledger"): Right.SEES_ALL,
        ("GET", "/ledger/verification"): Right.SEES_ALL,
        ("GET", "/ledger/export"): Right.SEES_ALL,
        ("GET", "/overview"): Right.SEES_ALL,
        ("GET", "/holds"): Right.SEES_ALL,
        ("POST", "/holds"): Right.HOLDS,
        ("POST", "/holds/{person_id}/releases"): Right.RELEASES,
        ("POST", "/grants/{grant_id}/revocation"): Right.REVOKER,
        ("POST", "/grants/{grant_id}/return"): Right.REQUESTER,
        ("POST", "/requests/{request_id}/cancellation"): Right.REQUESTER,
    }
)

# What other programs call, each in its own form and with its own proof of who it is.
CALLBACK_RIGHTS: Final[Mapping[Route, Right]] = MappingProxyType(
    {("POST", "/slack/interactions"): Right.SLACK}
)

RIGHTS: Final[Mapping[Route, Right]] = MappingProxyType({**API_RIGHTS, **PAGE_RIGHTS, **CALLBACK_RIGHTS})
