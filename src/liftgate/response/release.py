"""The use case of releasing a hold: two guards, neither of them the person."""

from dataclasses import replace

from liftgate import errors
from liftgate.access.errors import AlreadyReleased, NoSuchHold
from liftgate.access.hold import Hold, Release, counting, refuse_releaser
from liftgate.access.text import clean_text
from liftgate.catalogue.model import Catalogue
from liftgate.clock import Clock
from liftgate.identity.model import Caller
from liftgate.response import drafts
from liftgate.response.ports import ResponseStore, ResponseWriter


def release_holds(
    person: str, caller: Caller, reason: str, *, catalogue: Catalogue, store: ResponseStore, clock: Clock
) -> tuple[Hold, ...]:
    """Release all holds that are on somebody now, as one of the guards; those that are still on them, with who released so far.

    A hold that is placed later wants two releases of its own. Raises ``MayNotRelease`` and ``PersonHeld`` for those who may not, and
    ``NoSuchHold``, ``AlreadyReleased``, ``TextRefused``.
    """
    reason = clean_text(reason, "reason")
    try:
        with store.write() as transaction:
            refuse_releaser(person, caller.person.id, catalogue=catalogue, hold_on=transaction.hold_on)
            release = Release(by=caller.person.id, reason=reason, released_at=clock())
            return _release(person, release, catalogue, transaction)
    except errors.Refused as refusal:
        with store.write() as transaction:
            transaction.record(drafts.release_refused(person, caller, refusal, clock()))
        raise


def _release(
    person: str, release: Release, catalogue: Catalogue, transaction: ResponseWriter
) -> tuple[Hold, ...]:
    holds = transaction.lock_holds(person)
    if not holds:
        raise NoSuchHold(
            f"no hold is on `{person[:60]}`", advice="list those there are: liftgate holds", value=person[:60]
        )
    waiting = [
        (hold, is_over)
        for hold in holds
        if (is_over := _would_end(hold, release, catalogue, transaction))
        or release.by not in {one.by for one in hold.releases}
    ]
    if not waiting:
        raise AlreadyReleased(
            f"you have released the hold on `{person}` already",
            advice="another guard must release it too",
            value=person,
        )
    for hold, is_over in waiting:
        transaction.add_release(
            hold, release, drafts.hold_released(hold, release, is_over=is_over), is_over=is_over
        )
    return transaction.open_holds(person)


def _would_end(hold: Hold, release: Release, catalogue: Catalogue, transaction: ResponseWriter) -> bool:
    """Whether a release is the last that is needed: also by somebody whose earlier one did not count for a while."""
    counted = counting(_with(hold, release), catalogue, lambda by: transaction.hold_on(by) is not None)
    return counted.is_over


def _with(hold: Hold, release: Release) -> Hold:
    return replace(hold, releases=(*hold.releases, release))
