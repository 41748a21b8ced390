"""What may be put on record, and the one text that it has."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from liftgate.ledger.canonical import LARGEST_BODY, canonical, plain_body
from liftgate.ledger.chain import seal
from liftgate.ledger.errors import DraftTooLarge, SecretInDraft, Unrecordable
from liftgate.ledger.model import Draft, EventKind

NOW = datetime(2026, 11, 24, 3, 36, 34, tzinfo=UTC)

keys = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


class Word(StrEnum):
    YES = "yes"


@given(values)
def test_any_library_that_sorts_keys_writes_the_same_text(value: Any) -> None:
    ours = canonical(value)
    assert ours == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert ours.encode() == rfc8785.dumps(value)
    assert json.loads(ours) == value


def test_a_body_is_rebuilt_from_plain_values() -> None:
    body = plain_body({"answer": Word.YES, "places": ("a", "b"), "inner": MappingProxyType({"n": True})})
    assert body == {"answer": "yes", "places": ["a", "b"], "inner": {"n": True}}
    assert type(body["answer"]) is str
    assert type(body["places"]) is list
    assert type(body["inner"]) is dict


def test_a_body_does_not_follow_what_it_was_made_of() -> None:
    places = ["a"]
    body = plain_body({"places": places})
    places.append("b")
    assert body == {"places": ["a"]}


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 1.5},
        {"amount": float("nan")},
        {"deep": [{"deeper": 0.1}]},
        {"raw": b"bytes"},
        {"when": NOW},
        {"many": {"a", "b"}},
        {"half": "\ud800"},
        {"big": 2**53},
        {"big": -(2**53)},
        {1: "one"},
        {"ключ": "value"},
        {"line\nbreak": "value"},
        {"a": [[[[[[[["deep"]]]]]]]]},
    ],
)
def test_what_has_no_single_text_is_refused(body: Mapping[str, Any]) -> None:
    with pytest.raises(Unrecordable):
        plain_body(body)


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "SecretAccessKey",
        "secret_access_key",
        "session_token",
        "SessionToken",
        "token_hash",
        "password",
        "X-Amz-Signature",
        "private-key",
        "PRIVATE_KEY",
        "authorization",
        "set-cookie",
        "api key",
    ],
)
def test_a_secret_is_stopped_by_its_name_and_not_repeated(name: str) -> None:
    for body in ({name: "wJalrXUtnFEMI"}, {"outer": [{name: "wJalrXUtnFEMI"}]}):
        with pytest.raises(SecretInDraft) as refused:
            plain_body(body)
        assert "wJalrXUtnFEMI" not in repr(refused.value) + str(refused.value) + str(vars(refused.value))


@pytest.mark.parametrize("name", ["access_key_id", "signed_headers", "session_name", "packed_percent", "key"])
def test_names_that_only_look_alike_pass(name: str) -> None:
    assert plain_body({name: "x"}) == {name: "x"}


def test_a_body_may_be_as_large_as_the_limit_and_not_a_byte_more() -> None:
    frame = len('{"a":""}')
    plain_body({"a": "x" * (LARGEST_BODY - frame)})
    with pytest.raises(DraftTooLarge):
        plain_body({"a": "x" * (LARGEST_BODY - frame + 1)})
    with pytest.raises(DraftTooLarge):
        plain_body({"a": "é" * (LARGEST_BODY // 2)})


def test_a_bottomless_body_is_refused_without_exhausting_the_stack() -> None:
    body: dict[str, Any] = {}
    body["again"] = body
    with pytest.raises(Unrecordable):
        plain_body(body)


def test_a_draft_without_a_zone_or_with_broken_text_is_not_sealed() -> None:
    naive = datetime(2026, 11, 24, 3, 36, 34)  # noqa: DTZ001 - the fault under test
    for draft in (
        Draft(at=naive, kind=EventKind.REQUESTED, actor="ada"),
        Draft(at=NOW, kind=EventKind.REQUESTED, actor="\ud800"),
        Draft(at=NOW, kind=EventKind.REQUESTED, actor="ada", request_id="\udfff"),
        Draft(at=NOW, kind=EventKind.REQUESTED, actor="ada", body={"x": 0.5}),  # type: ignore[dict-item]
    ):
        with pytest.raises(Unrecordable):
            seal(draft, None)
