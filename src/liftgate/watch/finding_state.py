"""How far a finding is from being over: by its grant, and by the hold that it placed."""

from enum import StrEnum


class FindingState(StrEnum):
    """Derived from the clock and what is on record, as all states are."""

    OPEN = "open"  # its grant is live, or the hold that it placed stands
    OVER = "over"  # neither
    UNEXPLAINED = "unexplained"  # no grant explains it: there is nothing that Liftgate could take back


def finding_state(*, is_of_grant: bool, is_live: bool, is_held: bool) -> FindingState:
    """The state of one. ``store.finding_states`` says the same in SQL."""
    if is_live or is_held:
        return FindingState.OPEN
    return FindingState.OVER if is_of_grant else FindingState.UNEXPLAINED
