"""A revocation drill through the API: it proves what it says, and leaves nothing that works."""

from typing import Any

from tests.server.server_world import REPORTS_ROLE, StubS3, World

from liftgate.elevation.errors import LendingUnavailable


def drill(world: World, name: str = "reports-writer", who: str = "rosa") -> Any:
    return world.post(who, "/drills", {"entitlement": name})


def grants(world: World) -> list[Any]:
    found: list[Any] = world.get("rosa", "/grants", view="all").json()["items"]
    return found


def test_it_lends_takes_back_and_sees_the_refusal(world: World) -> None:
    answer = drill(world)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown["role_arn"] == REPORTS_ROLE
    assert shown["call"].startswith("s3:AbortMultipartUpload at s3://lakeside-reports/2026/liftgate-drill-")
    assert (shown["in_place_after_ms"], shown["refused_after_ms"]) == (0, 50)
    (grant,) = grants(world)
    assert (grant["id"], grant["state"], grant["ending"]["deny"]) == (
        shown["grant_id"],
        "revoked",
        "in_place",
    )
    (order,) = world.sts.orders
    assert "liftgate-drill-" in order.session_policy
    assert "s3:PutObject" not in order.session_policy
    assert "secret-of-1" not in answer.text
    assert world.ledger() == [
        *("catalogue.loaded", "identity.signed_in", "request.made", "grant.made", "session.intended"),
        *("session.lent", "grant.revoked", "deny.intended", "deny.in_place"),
    ]


def test_an_aws_that_pays_no_heed_is_found_out(world: World) -> None:
    calls = world.parts.calls
    assert isinstance(calls, StubS3)
    calls.deaf = True
    shown = drill(world).json()
    assert shown["refused_after_ms"] is None
    assert grants(world)[0]["state"] == "revoked"


def test_where_nothing_is_lent_the_grant_is_ended_all_the_same(world: World) -> None:
    world.sts.down = True
    answer = drill(world)
    assert (answer.status_code, answer.json()["code"]) == (503, LendingUnavailable.code)
    assert [grant["state"] for grant in grants(world)] == ["revoked"]


def test_where_iam_is_away_the_grant_is_ended_and_the_failure_is_told(world: World) -> None:
    world.iam.down = True
    answer = drill(world)
    assert (answer.status_code, answer.json()["code"]) == (503, "role_unreachable")
    assert [grant["state"] for grant in grants(world)] == ["revoked"]


def test_a_role_that_refuses_what_it_lends_proves_nothing(world: World) -> None:
    world.iam.policies[REPORTS_ROLE] = "every *:gr- is refused"

    class Shut(StubS3):
        def is_let_through(self, call: Any, credentials: Any) -> bool:
            super().is_let_through(call, credentials)
            return False

    object.__setattr__(world.parts, "calls", Shut(world.sts, world.iam))
    answer = drill(world)
    assert (answer.status_code, answer.json()["code"]) == (503, "session_does_nothing")
    assert [grant["state"] for grant in grants(world)] == ["revoked"]


def test_only_a_guard_and_only_what_there_is(world: World) -> None:
    for who in ("ada", "grace", "mallory"):
        answer = drill(world, who=who)
        assert (answer.status_code, answer.json()["code"]) == (403, "may_not_drill")
    assert drill(world, name="nothing").json()["code"] == "no_such_entitlement"
    assert grants(world) == []
