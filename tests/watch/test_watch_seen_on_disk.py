"""Which events were there before, with most of them in a file."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.watch.replay_examples import numbered, replayed, written
from tests.watch.watch_examples import known

from liftgate.watch.errors import NoRoomForEvents
from liftgate.watch.event_keys import EventKey, event_keys
from liftgate.watch.seen_events import SeenInMemory
from liftgate.watch.seen_on_disk import SeenOnDisk, seen_on_disk

KEYS = st.lists(
    st.one_of(
        st.uuids().map(lambda one: one.bytes),
        st.integers(0, 9).map(lambda one: bytes([one]) * 16),
        st.text(max_size=20),
        st.integers(0, 9).map(lambda one: str(one) * 16),
        st.just("\ud800"),  # JSON can say half of a pair
    ),
    max_size=12,
)


@given(st.lists(KEYS, max_size=8), st.integers(0, 10))
def test_it_remembers_what_memory_does(lots: list[list[EventKey]], in_memory: int) -> None:
    model = SeenInMemory()
    with seen_on_disk(in_memory) as seen:
        for keys in lots:
            assert seen.among(keys) == model.among(keys)
            seen.add(keys)
            model.add(keys)
        everything = [key for keys in lots for key in keys]
        assert seen.among(everything) == set(everything)


@pytest.mark.parametrize("in_memory", [0, 5, 25, 1_000])
def test_a_replay_finds_the_same_wherever_events_are_remembered(tmp_path: Path, in_memory: int) -> None:
    numbers = random.Random(7).choices(range(60), k=200)  # noqa: S311 - no secret
    for place in range(10):
        records = [numbered(number) for number in numbers[place * 20 : place * 20 + 20]]
        written(tmp_path / f"{place}.json", records)
    hits, summary = replayed(tmp_path, known=known())
    with seen_on_disk(in_memory) as seen:
        assert replayed(tmp_path, known=known(), seen=seen) == (hits, summary)
    assert summary.events == len(set(numbers))


def test_a_full_disk_is_said_with_what_to_do() -> None:
    with closing(sqlite3.connect(":memory:")) as file:
        file.execute("CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID")
        file.execute("PRAGMA max_page_count = 3")
        ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(2_000)]
        with pytest.raises(NoRoomForEvents, match="full") as raised:
            SeenOnDisk(file, 100).add(event_keys(ids))
    assert "SQLITE_TMPDIR" in raised.value.advice
