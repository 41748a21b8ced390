"""``liftgate overview``."""

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate


def figures() -> dict[str, Any]:
    return {
        "days": [{"day": "2026-11-24", "ended": 2, "returned": 1, "revoked": 0, "live": 1}],
        "wait": {"grants": 3, "median_seconds": 240, "ninetieth_seconds": 3_600},
        "uses": {
            "never": 1,
            "less": 1,
            "whole": 0,
            "untold": 0,
            "unsettled": 1,
            "actions_granted": 4,
            "actions_used": 1,
        },
        "lent": [
            {
                "entitlement": "reports",
                "grants": 4,
                "lent_seconds": 5_400,
                "people": 2,
                "standing_seconds": 5_184_000,
            },
            {
                "entitlement": "gone",
                "grants": 1,
                "lent_seconds": 60,
                "people": None,
                "standing_seconds": None,
            },
        ],
        "findings": [{"severity": "high", "open": 1, "unexplained": 0, "over": 2}],
        "reviewers": [{"person": {"id": "grace", "name": "Grace\x1b[2J"}, "approved": 3, "denied": 1}],
    }


def test_the_figures_are_told_in_lines(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    fake.answers["GET /api/v1/overview"] = (200, figures())
    said = liftgate("overview", "--days", "90")
    assert fake.calls("GET", "/api/v1/overview")[0].query == {"days": "90"}
    for words in (
        "4: 2 ended, 1 returned, 1 live",
        "half within 4m, nine of ten within 1h, of 3 that were reviewed",
        "1 never, 1 less than was granted, 1 not settled yet; 25.0 % of the actions granted",
        "0.1 %",
        "not in the catalogue",
    ):
        assert words in said.out, said.out
    assert "\x1b[2J" not in said.out
    assert liftgate("overview", "--output", "json").json == figures()


def test_where_nothing_happened_nothing_is_made_up(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    nothing = dict.fromkeys(
        ("never", "less", "whole", "untold", "unsettled", "actions_granted", "actions_used"), 0
    )
    fake.answers["GET /api/v1/overview"] = (
        200,
        {
            "days": [],
            "wait": {"grants": 0, "median_seconds": None, "ninetieth_seconds": None},
            "uses": nothing,
            "lent": [],
            "findings": [],
            "reviewers": [],
        },
    )
    said = liftgate("overview")
    assert "nothing was reviewed" in said.out
    assert "no grant is over yet" in said.out
