"""How far a finding is from being over: by its grant, and by the hold that it placed."""

from enum import StrEnum


class FindingState(StrEnum):
    """Derived from the clock and what is on record, as all states are."""

    OPEN = "open"  # its grant is live, the hold that it placed stands, or what drifted is not mended
    OVER = "over"  # none of that
    UNEXPLAINED = "unexplained"  # no grant explains it: there is nothing that Liftgate could take back


def finding_state(
    *, is_of_grant: bool, is_live: bool, is_held: bool, is_standing: bool | None = None
) -> FindingState:
    """The state of one. ``is_standing``: None where no check found it. ``store.finding_states`` says the same in SQL."""
    if is_live or is_held or is_standing:
        return FindingState.OPEN
    return FindingState.OVER if is_of_grant or is_standing is False else FindingState.UNEXPLAINED
