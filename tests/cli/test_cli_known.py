"""What calls are judged by, fetched whole."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.known_pages import all_known
from liftgate.cli.ports import Api

ROLE = "arn:aws:iam::111122223333:role/one"


class Pages:
    """An API that answers these pages, by cursor."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[dict[str, Any]] = []

    def get(self, _path: str, **query: Any) -> dict[str, Any]:
        self.asked.append(query)
        place = int(query["cursor"] or 0)
        following = str(place + 1) if place + 1 < len(self.pages) else None
        return {"grants": [], "sessions": [], "brokers": ["b"], **self.pages[place], "next_cursor": following}


def test_all_pages_are_one_file() -> None:
    api: Any = Pages(
        {"grants": [{"id": "gr-1"}], "elevated_roles": [ROLE]},
        {"grants": [{"id": "gr-2"}], "sessions": [{"name": "s"}], "elevated_roles": [ROLE, "other"]},
    )
    asked: Api = api
    assert all_known(asked, "a", "b") == {
        "grants": [{"id": "gr-1"}, {"id": "gr-2"}],
        "sessions": [{"name": "s"}],
        "elevated_roles": [ROLE, "other"],
        "brokers": ["b"],
    }
    assert api.asked == [
        {"from": "a", "until": "b", "cursor": None},
        {"from": "a", "until": "b", "cursor": "1"},
    ]


def test_it_is_printed_for_a_replay(liftgate: Callable[..., Said], fake: FakeLiftgate) -> None:
    page = {"grants": [], "sessions": [], "elevated_roles": [ROLE], "brokers": [], "next_cursor": None}
    fake.answers["GET /api/v1/watch/known"] = (200, page)
    said = liftgate("known", "--from", "2026-11-24T09:00Z", "--until", "2026-11-25T00:00+01:00")
    assert json.loads(said.out) == {name: page[name] for name in page if name != "next_cursor"}
    assert fake.calls("GET", "/api/v1/watch/known")[-1].query == {
        "from": "2026-11-24T09:00:00Z",
        "until": "2026-11-24T23:00:00Z",
    }


@pytest.mark.parametrize("words", [(), ("--from", "2026-11-24T09:00Z"), ("--from", "x", "--until", "y")])
def test_a_span_has_both_ends(
    liftgate: Callable[..., Said], fake: FakeLiftgate, words: tuple[str, ...]
) -> None:
    assert fake.address
    assert liftgate("known", *words).code == ExitCode.USAGE
