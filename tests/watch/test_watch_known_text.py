"""What is known of grants, to a file and back."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.watch.watch_examples import BROKER, NOON, grant, known, scope, session

from liftgate.watch.errors import KnownUnreadable
from liftgate.watch.known import NOTHING_KNOWN, known_in_memory
from liftgate.watch.known_text import known_text, read_known


def test_there_and_back() -> None:
    others = [
        grant(id="gr-1111111111111111", ended_at=NOON + timedelta(minutes=5), scope=scope("s3://bucket/a.csv", "s3://other/*/x?")),
        grant(id="gr-2222222222222222", user_id="AROAX:ann", scope=scope("arn:aws-cn:s3:::bucket/p/*", actions="delete")),
    ]  # fmt: skip
    before = known_in_memory(
        [grant(), *others], [session(), session(2, None)], elevated_roles=["arn:x"], brokers=[BROKER]
    )
    assert read_known(known_text(before).encode(), where="known.json") == before
    assert read_known(b"{}", where="x") == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends_at": "2026-11-02T11:00:00Z"}, "ends after it starts"),
        ({"ends_at": "2026-11-02T13:00:00"}, "timezone"),
        ({"locations": ["http://x"]}, "http://"),
        ({"locations": []}, "actions and locations"),
        ({"actions": ["s3:Nonsense"]}, "Nonsense"),
        ({"actions": []}, "actions and locations"),
        ({"persn": "ann"}, "persn"),
        ({"person": ""}, "person"),
        ({"role_arn": None}, "role_arn"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changed: dict[str, Any], said: str) -> None:
    whole = json.loads(known_text(known()))
    whole["grants"][0] |= changed
    with pytest.raises(KnownUnreadable) as raised:
        read_known(json.dumps(whole).encode(), where="known.json")
    assert said in raised.value.sentence
    assert "known.json" in str(raised.value)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"{", b'{"grants": 7}', b"[" * 100_000])
def test_what_is_no_such_file(text: bytes) -> None:
    with pytest.raises(KnownUnreadable):
        read_known(text, where="known.json")
