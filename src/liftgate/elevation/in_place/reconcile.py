"""Brings the statements on a role in line with the store: read, merged, written, read back, and only then called in place.

The policy is derived from the store whole, so any worker can do this at any time, and twice does no harm. One lease for each
role keeps two workers, in whichever process, from overwriting each other with an older view. Policies of other names are read
for the room that they take, and never written.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from liftgate.clock import Clock
from liftgate.elevation.errors import RoleBusy
from liftgate.elevation.in_place import drafts
from liftgate.elevation.in_place.errors import NotOpenYet, StatementsNotInPlace, WaitsForRoom
from liftgate.elevation.in_place.model import Carried, InPlaceState, OnRole, Opening
from liftgate.elevation.in_place.offer import name_is_fixed
from liftgate.elevation.in_place.ports import HeldRoles, InPlaceStore, InPlaceWriter
from liftgate.elevation.in_place.probe import probe_of
from liftgate.elevation.in_place.standing import Standing, standing
from liftgate.elevation.in_place.statements import ROOM, Packed, carries, packed, says_no_more
from liftgate.elevation.policy_text import same_policy
from liftgate.errors import LiftgateError

# Longer than a write and the read after it may take with all their retries: see ``elevation.revocation``.
_LEASE: Final = timedelta(seconds=45)
_ROUNDS: Final = 5  # each takes in what was granted or ended during the one before
_TURNS: Final = 100

Pause: TypeAlias = Callable[[], None]


def bring_in_place(
    role_arn: str,
    *,
    store: InPlaceStore,
    roles: HeldRoles,
    clock: Clock,
    holder: str,
    pause: Pause,
    look_again: bool = False,
) -> InPlaceState:
    """Make the role carry just the statements that the store wants.

    ``holder`` names this call, and no other, as the lease's owner; ``pause`` waits a moment between attempts to get it.
    With ``look_again`` the role is read even where the store believes that all is in place. Raises ``RoleBusy``,
    ``RoleUnreachable``, ``RoleFull``, ``StatementsNotInPlace``, ``NotOpenYet``, ``WaitsForRoom``, and what ``standing``
    says where grants may not stand on the role: then something is pending, and the same call later finishes the work.
    """
    work = _Work(role_arn, store, roles, clock, holder)
    work.take_lease(pause)
    try:
        return work.until_settled(look_again=look_again)
    except LiftgateError as failure:
        work.put_failure_on_record(failure)
        raise
    finally:
        with store.write() as transaction:
            transaction.release_lease(_lease_name(role_arn), holder)


def in_place_state(role_arn: str, *, store: InPlaceStore, now: datetime) -> InPlaceState:
    """What the store wants on the role, and what is known to be there."""
    with store.read() as view:
        return InPlaceState(
            role_arn=role_arn,
            wanted=view.wanted_in_place(role_arn, now=now),
            on_role=view.on_role_in_place(role_arn),
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one round puts on the role."""

    fitting: Packed
    allowed: Standing
    on_record: tuple[OnRole, ...]  # what was said to be, or maybe to be, on the role before it was written

    @property
    def grant_ids(self) -> set[str]:
        return {one.grant_id for one in (*self.allowed.openings, *self.allowed.barred)}


class _Work:
    """One call's work on one role, under the role's lease."""

    def __init__(
        self, role_arn: str, store: InPlaceStore, roles: HeldRoles, clock: Clock, holder: str
    ) -> None:
        self._role_arn = role_arn
        self._store = store
        self._roles = roles
        self._clock = clock
        self._holder = holder
        self._attempted: _Plan | None = None

    def take_lease(self, pause: Pause) -> None:
        for _ in range(_TURNS):
            with self._store.write() as transaction:
                if self._extends_lease(transaction):
                    return
            pause()
        raise self._busy()

    def until_settled(self, *, look_again: bool) -> InPlaceState:
        state = self._state()
        for _ in range(_ROUNDS):
            if not look_again and state.is_settled:
                return state
            plan = self._write_and_read_back()
            if plan is None:
                state = self._state()
                continue
            unopened = self._probe(plan.fitting.openings)
            look_again = False
            state = self._state()
            # What was granted or ended meanwhile comes first; then it is told what nothing can be done about now.
            if {one.grant_id for one in state.wanted} == plan.grant_ids:
                self._tell(plan, unopened)
        if state.is_settled and not look_again:
            return state
        raise StatementsNotInPlace(
            f"the grants on `{self._role_arn}` changed faster than they could be written",
            advice="nothing: the worker goes on",
            value=self._role_arn,
        )

    def put_failure_on_record(self, failure: LiftgateError) -> None:
        """Where something was written, and the lease is somebody else's, theirs may be overwritten: nothing is known."""
        draft = drafts.failed(self._role_arn, failure, self._clock())
        with self._store.write() as transaction:
            if self._attempted is None or self._extends_lease(transaction):
                transaction.record(draft)
                return
            known = transaction.on_role_in_place(self._role_arn)
            # The holder's name stands for what nobody expects: whoever is at work here looks again, see ``_note``.
            doubted = {self._holder, *(one.grant_id for one in (*known, *self._attempted.on_record))}
            transaction.set_on_role_in_place(self._role_arn, _unknown(doubted), draft)

    def _state(self) -> InPlaceState:
        return in_place_state(self._role_arn, store=self._store, now=self._clock())

    def _write_and_read_back(self) -> _Plan | None:
        """What the role carries now; None where somebody else wrote meanwhile, and it must be looked at again."""
        carried = self._roles.carried(self._role_arn)
        plan = self._intend(carried)
        if not same_policy(carried.ours, plan.fitting.policy):
            self._attempted = plan
            self._write(plan, carried)
        return plan if self._note(plan, plan.fitting.openings) else None

    def _write(self, plan: _Plan, carried: Carried) -> None:
        policy = plan.fitting.policy
        if policy is None:
            self._roles.remove(self._role_arn)
        else:
            try:
                self._roles.write(self._role_arn, policy)
            except LiftgateError:
                if not says_no_more(carried.ours, policy):
                    self._remove_all(plan)
                raise
        if not same_policy(self._roles.read(self._role_arn), policy):
            raise StatementsNotInPlace(
                f"what `{self._role_arn}` carries is not what was written to it",
                advice="see in CloudTrail who else changes its inline policy LiftgateInPlace; the worker writes it again",
                value=self._role_arn,
            )

    def _remove_all(self, plan: _Plan) -> None:
        """An end is kept, where AWS does not take a shorter policy, at the price of the others, which are opened anew."""
        with suppress(LiftgateError):  # that the policy could not be written is told in any case
            self._roles.remove(self._role_arn)
            if self._roles.read(self._role_arn) is None:
                self._note(plan, ())

    def _intend(self, carried: Carried) -> _Plan:
        """What to write, decided in the transaction that extends the lease: reading the role may have outlasted it.

        Whatever may be on the role, before or after the write, is on record before it is written.
        """
        with self._store.write() as transaction:
            now = self._clock()
            self._hold(transaction)
            wanted = transaction.wanted_in_place(self._role_arn, now=now)
            on_record = transaction.on_role_in_place(self._role_arn)
            since = self._name_fixed_since(carried, transaction, now)
            allowed = standing(self._role_arn, wanted, carried, fixed_since=since, now=now)
            room = ROOM - carried.inline_characters
            fitting = packed(allowed.openings, room=room, staying=carries(carried.ours, allowed.openings))
            if not same_policy(carried.ours, fitting.policy):
                on_record = _intended(on_record, carried, fitting)
                waiting = (*fitting.waiting, *allowed.barred)
                draft = drafts.intended(self._role_arn, fitting.openings, waiting, now)
                transaction.set_on_role_in_place(self._role_arn, on_record, draft)
            return _Plan(fitting, allowed, on_record)

    def _name_fixed_since(
        self, carried: Carried, transaction: InPlaceWriter, now: datetime
    ) -> datetime | None:
        if name_is_fixed(carried.trust, self._role_arn):
            return transaction.saw_name_fixed(self._role_arn, now=now)
        transaction.saw_name_chosen(self._role_arn)
        return None

    def _note(self, plan: _Plan, openings: Sequence[Opening]) -> bool:
        """Put on record what was read back; False, and nothing on record, where somebody else was here meanwhile."""
        with self._store.write() as transaction:
            self._hold(transaction)
            known = transaction.on_role_in_place(self._role_arn)
            if not {one.grant_id for one in known} <= {one.grant_id for one in plan.on_record}:
                return False
            was_open = {one.grant_id for one in known if one.is_open}
            now_known = tuple(
                OnRole(grant_id=grant_id, read_back=True, is_open=grant_id in was_open)
                for grant_id in sorted(one.grant_id for one in openings)
            )
            if now_known != known:
                draft = drafts.read_back(self._role_arn, openings, self._clock())
                transaction.set_on_role_in_place(self._role_arn, now_known, draft)
            return True

    def _probe(self, openings: Iterable[Opening]) -> tuple[Opening, ...]:
        """Ask AWS about those that were not seen to be open; answers those that still are not."""
        known = self._state().on_role
        shut = {one.grant_id for one in known if not one.is_open}
        asked = [one for one in openings if one.grant_id in shut]
        answers = [(one, self._roles.is_open(self._role_arn, probe_of(one, self._clock()))) for one in asked]
        for by, of in (("simulator", True), ("read_back", None)):
            self._note_open([one for one, answer in answers if answer is of], by)
        return tuple(one for one, answer in answers if answer is False)

    def _note_open(self, openings: list[Opening], by: str) -> None:
        if not openings:
            return
        now_open = {one.grant_id for one in openings}
        with self._store.write() as transaction:
            self._hold(transaction)
            known = [
                OnRole(
                    grant_id=one.grant_id,
                    read_back=one.read_back,
                    is_open=one.is_open or one.grant_id in now_open,
                )
                for one in transaction.on_role_in_place(self._role_arn)
            ]
            draft = drafts.opened(self._role_arn, openings, by=by, now=self._clock())
            transaction.set_on_role_in_place(self._role_arn, known, draft)

    def _tell(self, plan: _Plan, unopened: tuple[Opening, ...]) -> None:
        name, waiting = self._role_arn, plan.fitting.waiting
        if plan.allowed.because is not None:
            raise plan.allowed.because
        if waiting:
            raise WaitsForRoom(
                f"{len(waiting)} of the grants on `{name}` wait: its inline policies leave no room for them",
                advice="nothing: they are put in place as others end; or whoever owns the role frees room",
                value=name,
            )
        if unopened:
            raise NotOpenYet(
                f"AWS does not yet let through what was put on `{name}`",
                advice="nothing: it is asked again; if it stays so, look for a refusal in a service control policy",
                value=name,
            )

    def _hold(self, transaction: InPlaceWriter) -> None:
        if not self._extends_lease(transaction):
            raise self._busy()

    def _extends_lease(self, transaction: InPlaceWriter) -> bool:
        now = self._clock()
        return transaction.try_lease(_lease_name(self._role_arn), self._holder, now=now, until=now + _LEASE)

    def _busy(self) -> RoleBusy:
        return RoleBusy(
            f"another worker is writing the statements of `{self._role_arn}`",
            advice="nothing: it takes yours in, or the worker does",
            value=self._role_arn,
        )


def _intended(on_record: Iterable[OnRole], carried: Carried, fitting: Packed) -> tuple[OnRole, ...]:
    """What may be on the role from now on: what stays is known as before, and of the rest nothing."""
    known = {one.grant_id: one for one in on_record}
    staying = carries(carried.ours, fitting.openings) & known.keys()
    rest = {*known, *(one.grant_id for one in fitting.openings)} - staying
    return tuple(sorted((*(known[one] for one in staying), *_unknown(rest)), key=lambda one: one.grant_id))


def _unknown(grant_ids: Iterable[str]) -> tuple[OnRole, ...]:
    return tuple(OnRole(grant_id=one, read_back=False, is_open=False) for one in sorted(grant_ids))


def _lease_name(role_arn: str) -> str:
    return f"in-place:{role_arn}"
