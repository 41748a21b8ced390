"""A hold: its person gets nothing new until two guards have said so. What is refused while there is one, and how it ends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from liftgate.access.errors import FromBeforeHold, MayNotHold, MayNotRelease, PersonHeld
from liftgate.access.sight import is_guard
from liftgate.catalogue.model import Catalogue
from liftgate.clock import rfc3339

RELEASES_NEEDED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A guard's word that a person may ask again."""

    by: str  # person id
    reason: str
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person who gets no new grants until two guards, neither of them the person, have said so.

    It is placed for a finding, or by hand: then the person cannot sign in either. Raises ``ValueError`` for both, and for neither.
    """

    person: str
    because: str  # what was found, or the reason that was given
    placed_at: datetime
    finding_id: str | None = None
    placed_by: str | None = None  # id of the guard who placed it by hand, or of the person
    releases: tuple[Release, ...] = ()

    def __post_init__(self) -> None:
        if (self.finding_id is None) == (self.placed_by is None):
            raise ValueError("a hold is placed for a finding or by somebody, and not by both")

    @property
    def key(self) -> str:
        """What tells it from other holds on the person."""
        return self.finding_id or f"by hand {self.placed_at.isoformat()}"

    @property
    def is_over(self) -> bool:
        """Whether two guards have released it."""
        return len({release.by for release in self.releases} - {self.person}) >= RELEASES_NEEDED


def placed_by_hand(holds: Iterable[Hold]) -> Hold | None:
    """Of the holds that stand on somebody the one that was placed by hand; there is one at most."""
    return next((hold for hold in holds if hold.placed_by), None)


HoldOn = Callable[[str], Hold | None]  # a person's oldest open hold; nobody places one meanwhile


def refuse_held(person: str, hold_on: HoldOn) -> None:
    """Raise ``PersonHeld`` where a hold is on somebody. Why it was placed is not said: a thief with their session would read it."""
    hold = hold_on(person)
    if hold is not None:
        raise PersonHeld(
            f"`{person}` is on hold since {rfc3339(hold.placed_at)}: no new requests, approvals or sessions",
            advice=f"two guards can release the hold, each with: liftgate release {person} --reason …",
            value=person,
        )


def who_can_release(person: str, *, catalogue: Catalogue, held: frozenset[str]) -> frozenset[str]:
    """The guards who can release somebody now: neither the person nor on hold."""
    return catalogue.guards - {person} - held


def refuse_from_before(
    said: Iterable[tuple[str, datetime]], last_shut_out: Callable[[str], datetime | None]
) -> None:
    """Raise ``FromBeforeHold`` where somebody was put on hold by hand after they said something: nobody knows who said it."""
    for person, at in said:
        shut_out_at = last_shut_out(person)
        if shut_out_at is not None and at <= shut_out_at:
            raise FromBeforeHold(
                f"`{person}` was shut out on {rfc3339(shut_out_at)}, after this was asked for or approved in their name",
                advice="ask for it anew: nobody can tell who it was",
                value=person,
            )


def refuse_second_guard(person: str, by: str, *, catalogue: Catalogue, open_holds: Iterable[Hold]) -> None:
    """Raise ``MayNotHold`` for a guard who has another guard on hold already: with one stolen sign-in all could be shut out."""
    if by == person or not is_guard(person, catalogue):
        return
    others = sorted(
        hold.person
        for hold in open_holds
        if hold.placed_by == by and hold.person not in {person, by} and is_guard(hold.person, catalogue)
    )
    if others:
        raise MayNotHold(
            f"`{by}` has a guard on hold already, `{others[0]}`, and so may hold no other",
            advice="another guard can, or release the first one before",
            value=person,
        )


def refuse_placer(person: str, by: str, *, catalogue: Catalogue, hold_on: HoldOn) -> None:
    """Raise ``MayNotHold`` for anyone but guards and the person, ``PersonHeld`` for a guard who is on hold."""
    if by == person:  # whose laptop is gone
        return
    if not is_guard(by, catalogue):
        raise MayNotHold(
            f"`{by}` is no guard, and so may put nobody on hold but themselves",
            advice="tell a guard at once: they can, with liftgate hold " + f"{person} --reason …",
            value=person,
        )
    refuse_held(by, hold_on)


def refuse_releaser(person: str, by: str, *, catalogue: Catalogue, hold_on: HoldOn) -> None:
    """Raise ``MayNotRelease`` for the person and for anyone but guards, ``PersonHeld`` for a guard who is on hold too."""
    if by == person or not is_guard(by, catalogue):
        raise MayNotRelease(
            "nobody releases a hold on themselves"
            if by == person
            else f"`{by}` is no guard, and so may not release a hold",
            advice="two guards must, each with: liftgate release " + f"{person} --reason …",
            value=person,
        )
    refuse_held(by, hold_on)


def counting(hold: Hold, catalogue: Catalogue, is_held: Callable[[str], bool]) -> Hold:
    """The hold with those releases that count: of people who are guards still, and not on hold themselves since."""
    counted = (
        release for release in hold.releases if is_guard(release.by, catalogue) and not is_held(release.by)
    )
    return replace(hold, releases=tuple(counted))
