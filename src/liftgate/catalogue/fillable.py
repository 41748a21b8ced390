"""Whether stages can all be answered, where each person counts in one of them only."""

from collections.abc import Iterable


def fillable(wanted: Iterable[tuple[frozenset[str], int]]) -> bool:
    """Whether each can have as many people as it wants, nobody counted twice (augmenting paths, one for each place)."""
    every = list(wanted)
    places = sum(count for _, count in every)
    # A stage with more people than all places together can be filled last, whoever else was taken.
    slots = [people for people, count in every if len(people) < places for _ in range(count)]
    taken: dict[str, int] = {}

    def place(slot: int, tried: set[str]) -> bool:
        for person in sorted(slots[slot] - tried):
            tried.add(person)
            if person not in taken or place(taken[person], tried):
                taken[person] = slot
                return True
        return False

    return all(place(slot, set()) for slot in range(len(slots)))
