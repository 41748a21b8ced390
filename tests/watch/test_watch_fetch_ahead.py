"""Fetching ahead: what is asked for next is on its way, in order or not, and no more than fits."""

from threading import Event, Lock

import pytest

from liftgate.watch.sources.fetch_ahead import fetching_ahead

NAMES = [f"{number:03}" for number in range(100)]


class Fetched:
    def __init__(self) -> None:
        self.names: list[str] = []
        self.lock = Lock()
        self.seen = Event()

    def __call__(self, name: str) -> str:
        with self.lock:
            self.names.append(name)
            if name == "003":
                self.seen.set()
        if name == "007":
            raise ZeroDivisionError
        return f"what is in {name}"


def test_all_come_in_order_and_each_is_fetched_once() -> None:
    fetch = Fetched()
    names = [name for name in NAMES if name != "007"]
    with fetching_ahead(fetch, names) as ahead:
        assert [ahead.get(name) for name in names] == [f"what is in {name}" for name in names]
    assert sorted(fetch.names) == names


def test_the_next_are_on_their_way_and_not_all() -> None:
    fetch = Fetched()
    with fetching_ahead(fetch, NAMES) as ahead:
        ahead.get("000")
        assert fetch.seen.wait(10)
    assert "020" not in fetch.names


def test_what_fetching_raises_reaches_who_asks_for_it() -> None:
    with fetching_ahead(Fetched(), NAMES) as ahead:
        assert ahead.get("006") == "what is in 006"
        with pytest.raises(ZeroDivisionError):
            ahead.get("007")
        assert ahead.get("008") == "what is in 008"


def test_backwards_again_and_others_are_fetched_when_asked_for() -> None:
    with fetching_ahead(Fetched(), NAMES) as ahead:
        asked = ["050", "049", "050", "099", "000", "elsewhere"]
        assert [ahead.get(name) for name in asked] == [f"what is in {name}" for name in asked]
