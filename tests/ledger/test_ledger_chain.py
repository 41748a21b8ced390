"""The chain: intact where nothing was touched, and broken at the right entry where something was."""

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.ledger.chain import FIRST_PREVIOUS, Broken, Head, Intact, seal, verify
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.model import Draft, Entry, EventKind

NOW = datetime(2026, 11, 24, 3, 36, 34, tzinfo=UTC)


def draft(number: int) -> Draft:
    return Draft(
        at=NOW + timedelta(seconds=number),
        kind=EventKind.REQUESTED,
        actor="ada",
        request_id=f"rq-{number:016}",
        body={"number": number, "why": "repair"},
    )


def chain(length: int) -> list[Entry]:
    return list(endless(length))


def endless(length: int) -> Iterator[Entry]:
    last: Entry | None = None
    for number in range(1, length + 1):
        last = seal(draft(number), last)
        yield last


def head_of(entry: Entry) -> Head:
    return Head(seq=entry.seq, hash=entry.hash)


def test_the_hash_is_the_one_that_is_documented() -> None:
    first = seal(draft(1), None)
    text = (
        '{"actor":"ada","at":"2026-11-24T03:36:35Z","body":{"number":1,"why":"repair"},"grant_id":null,'
        '"kind":"request.made","previous":"' + "0" * 64 + '","request_id":"rq-0000000000000001","seq":1}'
    )
    assert first.hash == hashlib.sha256(text.encode()).hexdigest()
    assert first.previous == FIRST_PREVIOUS
    second = seal(draft(2), first)
    assert (second.seq, second.previous) == (2, first.hash)
    assert second == seal(draft(2), head_of(first))


def test_the_same_moment_in_another_zone_has_the_same_hash() -> None:
    there = replace(draft(1), at=draft(1).at.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert seal(there, None).hash == seal(draft(1), None).hash


def test_an_untouched_chain_is_intact() -> None:
    entries = chain(9)
    assert verify(entries) == Intact(count=9, head=head_of(entries[-1]))
    assert verify(entries, expected_head=head_of(entries[4])) == Intact(count=9, head=head_of(entries[-1]))
    assert verify(entries, expected_head=head_of(entries[-1])) == Intact(count=9, head=head_of(entries[-1]))
    assert verify(entries[4:], after=head_of(entries[3])) == Intact(count=5, head=head_of(entries[-1]))
    assert verify([]) == Intact(count=0, head=None)
    assert verify([], after=head_of(entries[-1])) == Intact(count=0, head=head_of(entries[-1]))


CHANGES = [
    {"at": NOW - timedelta(days=1)},
    {"at": NOW + timedelta(seconds=5, microseconds=1)},
    {"kind": EventKind.REVOKED},
    {"actor": "adb"},
    {"request_id": None},
    {"request_id": "rq-0000000000000006"},
    {"grant_id": "gr-0000000000000005"},
    {"body": {"number": 5, "why": "repaix"}},
    {"body": {"number": 5}},
    {"body": {"number": 5, "why": "repair", "more": None}},
    {"body": {"number": 5.0, "why": "repair"}},
    {"body": {"number": True, "why": "repair"}},
    {"actor": "\ud800"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_an_altered_draft_is_found(change: dict[str, object]) -> None:
    entries = chain(9)
    entries[4] = replace(entries[4], draft=replace(entries[4].draft, **change))  # type: ignore[arg-type]
    verdict = verify(entries)
    assert isinstance(verdict, Broken)
    assert verdict.seq == 5
    assert "altered" in verdict.because


def test_an_altered_hash_or_binding_is_found() -> None:
    fifth = chain(9)[4]
    for forged in (replace(fifth, hash="f" * 64), replace(fifth, previous="f" * 64), replace(fifth, hash="")):
        entries = chain(9)
        entries[4] = forged
        assert verify(entries) == Broken(seq=5, because="altered: its hash is not the hash of its content")


def test_an_entry_that_was_rehashed_alone_is_found_at_the_next() -> None:
    entries = chain(9)
    forged = seal(replace(draft(5), actor="eve"), entries[3])
    entries[4] = forged
    verdict = verify(entries)
    assert isinstance(verdict, Broken)
    assert verdict.seq == 6
    assert "`5` was rewritten" in verdict.because


def test_a_missing_entry_is_named() -> None:
    for gone in range(8):
        entries = chain(9)
        del entries[gone]
        verdict = verify(entries)
        assert isinstance(verdict, Broken)
        assert verdict.seq == gone + 1


def test_swapped_and_repeated_entries_are_found() -> None:
    entries = chain(9)
    entries[3], entries[4] = entries[4], entries[3]
    assert verify(entries) == Broken(seq=4, because="missing or out of order: entry `5` stands in its place")
    entries = chain(9)
    entries.insert(4, entries[3])
    assert verify(entries) == Broken(seq=5, because="missing or out of order: entry `4` stands in its place")


def test_an_inserted_entry_is_found() -> None:
    entries = chain(9)
    forged = seal(draft(99), entries[3])
    moved = [replace(entry, seq=entry.seq + 1) for entry in entries[4:]]
    verdict = verify([*entries[:4], forged, *moved])
    assert isinstance(verdict, Broken)
    assert verdict.seq == 6


def test_a_cut_end_is_found_only_against_a_known_head() -> None:
    entries = chain(9)
    head = head_of(entries[-1])
    assert verify(entries[:6]) == Intact(count=6, head=head_of(entries[5]))
    assert verify(entries[:6], expected_head=head) == Broken(
        seq=7, because="cut off: the ledger ends at `6`, but its noted head is `9`"
    )
    assert isinstance(verify([], expected_head=head), Broken)


def test_a_chain_that_was_rewritten_whole_is_found_only_against_a_known_head() -> None:
    entries = chain(9)
    last: Entry | None = None
    forged = []
    for entry in entries:
        last = seal(replace(entry.draft, actor="eve"), last)
        forged.append(last)
    assert isinstance(verify(forged), Intact)
    assert verify(forged, expected_head=head_of(entries[6])) == Broken(
        seq=7, because="rewritten: another entry stood here when its hash was noted"
    )


def test_a_rewritten_last_entry_is_found_only_against_a_known_head() -> None:
    entries = chain(9)
    forged = [*entries[:-1], seal(replace(draft(9), actor="eve"), entries[-2])]
    assert isinstance(verify(forged), Intact)
    assert isinstance(verify(forged, expected_head=head_of(entries[-1])), Broken)


def test_an_entry_that_cannot_be_read_breaks_the_chain_there() -> None:
    def damaged() -> Iterator[Entry]:
        yield from chain(3)
        raise UnreadableEntry(4, "its `at` is not a time as Liftgate writes it")

    assert verify(damaged()) == Broken(seq=4, because="altered: its `at` is not a time as Liftgate writes it")


@given(st.integers(0, 8), st.integers(0, 2000), st.integers(1, 255))
def test_no_altered_byte_of_the_hashed_text_goes_unseen(index: int, position: int, flip: int) -> None:
    # Whatever is done to the text, it no longer has the hash that the next entry carries.
    entry = chain(9)[index]
    fields = {
        "actor": entry.draft.actor,
        "body": dict(entry.draft.body),
        "previous": entry.previous,
        "seq": entry.seq,
    }
    text = bytearray(json.dumps(fields, sort_keys=True).encode())
    text[position % len(text)] ^= flip
    try:
        changed = json.loads(text)
        forged = replace(
            entry,
            seq=changed["seq"],
            previous=changed["previous"],
            draft=replace(entry.draft, actor=changed["actor"], body=changed["body"]),
        )
    except (ValueError, KeyError):
        return  # not even an entry
    entries = chain(9)
    entries[index] = forged
    if forged != entry:
        verdict = verify(entries)
        assert isinstance(verdict, Broken)
        assert verdict.seq == index + 1


def test_verification_streams() -> None:
    def peak(length: int) -> int:
        tracemalloc.start()
        assert isinstance(verify(endless(length)), Intact)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(2000) < 2 * peak(100)
