"""What each route that changes something answers to somebody on hold. A new one is in none of these lists, and fails the tests until it is decided."""

from typing import Final

from tests.server.server_world import World

from liftgate.access.hold import Hold
from liftgate.response.drafts import hold_placed
from liftgate.server.rights import API, Right, Route

# They give, or say yes for somebody: nobody on hold does.
REFUSED: Final = frozenset(
    {
        ("POST", f"{API}/me/identities/codes"),
        ("POST", f"{API}/requests"),
        ("POST", f"{API}/requests/{{request_id}}/reviews"),
        ("POST", f"{API}/requests/{{request_id}}/conclusion"),
        ("POST", f"{API}/absences"),
        ("POST", f"{API}/grants/{{grant_id}}/extensions"),
        ("POST", f"{API}/grants/{{grant_id}}/sessions"),
        ("POST", f"{API}/holds/{{person_id}}/releases"),
        ("POST", f"{API}/drills"),
        ("POST", f"{API}/holds/{{person_id}}"),
        ("POST", "/holds"),
        ("POST", "/ask"),
        ("POST", "/identities/codes"),
        ("POST", "/requests/{request_id}/reviews"),
        ("POST", "/requests/{request_id}/conclusion"),
        ("POST", "/absences"),
        ("POST", "/grants/{grant_id}/extensions"),
        ("POST", "/holds/{person_id}/releases"),
        ("POST", "/sign-in/cli"),
        ("POST", "/sign-in/device/answer"),
    }
)
# Who lets in, and not what is asked for, refuses these.
SHUT_OUT: Final = frozenset(
    {
        ("POST", f"{API}/me/identities/codes"),
        ("POST", "/identities/codes"),
        ("POST", "/sign-in/cli"),
        ("POST", "/sign-in/device/answer"),
    }
)
_TAKES = "it only takes away, and leaves nothing behind that could be used"
_TRIES = "it says what would be, and changes nothing"
_LOOKS = "it looks at what is there, and brings it in line with what guards and reviewers decided"
ALLOWED: Final[dict[Route, str]] = {
    ("DELETE", f"{API}/sign-ins/current"): _TAKES,
    ("DELETE", f"{API}/identities/{{link_id}}"): _TAKES,
    ("POST", f"{API}/requests/{{request_id}}/cancellation"): _TAKES,
    ("POST", f"{API}/request-trials"): _TRIES,
    ("POST", f"{API}/absences/{{absence_id}}/end"): _TAKES,
    ("POST", f"{API}/grants/{{grant_id}}/sessions/{{number}}/revocation"): _TAKES,
    ("POST", f"{API}/grants/{{grant_id}}/revocation"): _TAKES,
    ("POST", f"{API}/grants/{{grant_id}}/return"): _TAKES,
    ("POST", f"{API}/revocations"): _TAKES,
    ("POST", f"{API}/diagnoses"): _LOOKS,
    ("POST", f"{API}/reconciliations"): _LOOKS,
    ("POST", f"{API}/watch/dead-letters/replay"): _LOOKS,
    ("POST", "/sign-out"): _TAKES,
    ("POST", "/sign-in/device"): "it shows a terminal, and lets none in",
    ("POST", "/ask/check"): _TRIES,
    ("POST", "/identities/{link_id}/unlink"): _TAKES,
    ("POST", "/absences/{absence_id}/end"): _TAKES,
    ("POST", "/grants/{grant_id}/revocation"): _TAKES,
    ("POST", "/grants/{grant_id}/return"): _TAKES,
    ("POST", "/requests/{request_id}/cancellation"): _TAKES,
}
# Nobody is signed in when they are called: each has its own tests, of which the first that matters here is named.
OF_NOBODY: Final[dict[Route, str]] = {
    ("POST", f"{API}/sign-ins"): "test_somebody_on_hold_for_a_finding_signs_in_and_looks",
    ("POST", f"{API}/logins"): "it lets nobody in: that does who answers it",
    ("POST", f"{API}/identities"): "test_a_code_from_before_a_hold_links_nothing",
    ("POST", "/identities/link"): "test_nobody_links_an_identity_to_somebody_who_is_put_on_hold_meanwhile",
    ("POST", "/sign-in/local"): "test_somebody_on_hold_for_a_finding_signs_in_and_looks",
    ("POST", "/sign-in/oidc/back-channel-logout"): _TAKES,
    ("POST", "/slack/interactions"): "test_slack_answers_nothing_for_somebody_on_hold",
}
# Who calls a route with success where nobody is on hold.
CALLER: Final[dict[Right, str]] = {
    Right.SIGNED_IN: "ada",
    Right.REVIEWER: "grace",
    Right.LOOKER: "grace",
    Right.REVIEWS: "grace",
    Right.UNLINKS: "ada",
    Right.ABSENT: "grace",
    Right.REQUESTER: "ada",
    Right.HOLDER: "ada",
    Right.REVOKER: "rosa",
    Right.ENDS_SESSION: "ada",
    Right.REVOKES_MANY: "rosa",
    Right.GUARD: "rosa",
    Right.RELEASES: "rosa",
    Right.HOLDS: "rosa",
}


def put_on_hold(world: World, person: str) -> None:
    """Place a hold for a finding, as the rules do; sign-ins and grants are left as they are."""
    placed = Hold(person=person, finding_id="fi-1", because="a drill", placed_at=world.clock())
    with world.store.write() as transaction:
        assert transaction.place_hold(placed, hold_placed(placed))


def code_of_hold(route: Route) -> str:
    """What somebody on hold is told."""
    return "person_shut_out" if route in SHUT_OUT else "person_held"
