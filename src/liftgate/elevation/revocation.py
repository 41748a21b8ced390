"""Brings the denies on an elevated role in line with the store: written, read back, and only then called in place.

The policy is derived from the store whole, so any worker can do this at any time, and twice does no harm. One lease for each role
keeps two workers from overwriting each other with an older view.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from liftgate.clock import Clock
from liftgate.elevation import drafts
from liftgate.elevation.deny import deny_policy, refused_by, shorter_forms
from liftgate.elevation.errors import DenyNotInPlace, RoleBusy, RoleFull
from liftgate.elevation.model import Deny, DenyState
from liftgate.elevation.policy_text import same_policy
from liftgate.elevation.ports import ElevationStore, RolePolicies
from liftgate.errors import LiftgateError

# Longer than a write and the read after it may take with all their retries (two calls of two attempts of 7 s, and pauses): a
# worker whose lease ran out has stopped writing. It is also how long a deny may wait for a worker that was killed here.
_LEASE: Final = timedelta(seconds=45)
_ROUNDS: Final = 5  # each round takes in what was revoked during the one before
_TURNS: Final = 100
_UNKNOWN: Final = "unknown"  # in place of targets: what the role carries is to be looked at again

Pause: TypeAlias = Callable[[], None]


def bring_denies_in_place(
    role_arn: str,
    *,
    store: ElevationStore,
    policies: RolePolicies,
    clock: Clock,
    holder: str,
    pause: Pause,
    look_again: bool = False,
) -> DenyState:
    """Make the role carry just the denies that the store wants.

    ``holder`` names this call, and no other, as the lease's owner; ``pause`` waits a moment between attempts to get it.
    With ``look_again`` the role is read even where the store believes that all is in place. Raises ``RoleBusy``,
    ``RoleUnreachable``, ``RoleFull`` and ``DenyNotInPlace``: then the denies are pending, and the same call later finishes
    the work.
    """
    _take_lease(role_arn, store=store, clock=clock, holder=holder, pause=pause)
    try:
        return _until_settled(
            role_arn, store=store, policies=policies, clock=clock, holder=holder, look_again=look_again
        )
    except LiftgateError as failure:
        with store.write() as transaction:
            transaction.record(drafts.deny_failed(role_arn, failure, clock()))
        raise
    finally:
        with store.write() as transaction:
            transaction.release_lease(_lease_name(role_arn), holder)


def deny_state(role_arn: str, *, store: ElevationStore, now: datetime) -> DenyState:
    """What the store wants on the role, and what was last read back from it."""
    with store.read() as view:
        return DenyState(
            role_arn=role_arn,
            wanted=view.wanted_denies(role_arn, now=now),
            in_place=view.denies_in_place(role_arn),
        )


def _until_settled(
    role_arn: str,
    *,
    store: ElevationStore,
    policies: RolePolicies,
    clock: Clock,
    holder: str,
    look_again: bool,
) -> DenyState:
    state = deny_state(role_arn, store=store, now=clock())
    for _ in range(_ROUNDS):
        if not look_again and state.is_settled:
            return state
        _write_and_read_back(role_arn, store=store, policies=policies, clock=clock, holder=holder)
        look_again = False
        state = deny_state(role_arn, store=store, now=clock())
    if state.is_settled:
        return state
    raise DenyNotInPlace(
        f"the denies on `{role_arn}` changed faster than they could be written",
        advice="nothing: the worker goes on; look again with liftgate doctor",
        value=role_arn,
    )


def _write_and_read_back(
    role_arn: str, *, store: ElevationStore, policies: RolePolicies, clock: Clock, holder: str
) -> None:
    found = policies.read(role_arn)
    wanted = _wanted_by_now(role_arn, found, store=store, clock=clock, holder=holder)
    policy = deny_policy(wanted)
    if not same_policy(found, policy):
        if policy is None:
            policies.remove(role_arn)
        else:
            policy = _written(role_arn, wanted, policy, policies)
        found = policies.read(role_arn)
    if not same_policy(found, policy):
        raise DenyNotInPlace(
            f"what `{role_arn}` carries is not what was written to it",
            advice="see in CloudTrail who else changes its inline policy LiftgateRevocations; the worker writes it again",
            value=role_arn,
        )
    _note(role_arn, wanted, store=store, clock=clock, holder=holder)


def _note(role_arn: str, wanted: Sequence[Deny], *, store: ElevationStore, clock: Clock, holder: str) -> None:
    """Put on record what was read back, unless somebody else may have written meanwhile.

    Who lost the lease may have written an older policy over a newer one. They leave a mark that no grant has, so that whoever is
    about to record what they read back before looks at the role again.
    """
    targets = {deny.target for deny in wanted}
    with store.write() as transaction:
        now = clock()
        known = transaction.denies_in_place(role_arn)
        is_ours = transaction.try_lease(_lease_name(role_arn), holder, now=now, until=now + _LEASE)
        if not is_ours:
            transaction.set_denies_in_place(
                role_arn, [_UNKNOWN], drafts.deny_failed(role_arn, _busy(role_arn), now)
            )
        elif _UNKNOWN in known:
            transaction.set_denies_in_place(role_arn, [], drafts.deny_intended(role_arn, wanted, now))
        elif known != targets:  # a look that finds all as it was is no news
            transaction.set_denies_in_place(
                role_arn, sorted(targets), drafts.deny_in_place(role_arn, wanted, now)
            )
    if not is_ours:
        raise _busy(role_arn)


def _written(role_arn: str, wanted: Sequence[Deny], policy: str, policies: RolePolicies) -> str:
    """Write the policy; where its owner's own policies leave no room for it, a shorter one that refuses as much."""
    shorter = [form for form in shorter_forms(wanted) if len(form) < len(policy)]
    for form in (policy, *shorter[:-1]):
        try:
            policies.write(role_arn, form)
        except RoleFull:
            if not shorter:
                raise
        else:
            return form
    policies.write(role_arn, shorter[-1])
    return shorter[-1]


def _wanted_by_now(
    role_arn: str, found: str | None, *, store: ElevationStore, clock: Clock, holder: str
) -> Sequence[Deny]:
    """What to write, decided in the transaction that extends the lease: reading the role may have outlasted it.

    Where that is not what was found, the intent is on record, and what was seen to be gone is no longer called in place.
    """
    with store.write() as transaction:
        now = clock()
        if not transaction.try_lease(_lease_name(role_arn), holder, now=now, until=now + _LEASE):
            raise _busy(role_arn)
        wanted = transaction.wanted_denies(role_arn, now=now)
        if not same_policy(found, deny_policy(wanted)):
            gone = {deny.target for deny in wanted} - refused_by(found)
            transaction.set_denies_in_place(
                role_arn,
                sorted(transaction.denies_in_place(role_arn) - gone),
                drafts.deny_intended(role_arn, wanted, now),
            )
        return wanted


def _take_lease(role_arn: str, *, store: ElevationStore, clock: Clock, holder: str, pause: Pause) -> None:
    for _ in range(_TURNS):
        now = clock()
        with store.write() as transaction:
            if transaction.try_lease(_lease_name(role_arn), holder, now=now, until=now + _LEASE):
                return
        pause()
    raise _busy(role_arn)


def _busy(role_arn: str) -> RoleBusy:
    return RoleBusy(
        f"another worker is writing the denies of `{role_arn}`",
        advice="nothing: it takes yours in, or the worker does",
        value=role_arn,
    )


def _lease_name(role_arn: str) -> str:
    return f"denies:{role_arn}"
