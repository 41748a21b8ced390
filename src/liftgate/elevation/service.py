"""The use cases of lending: one function each. The intent is committed before AWS is called, the outcome after it."""

from dataclasses import replace
from datetime import datetime

from liftgate.access.errors import NoSuchGrant
from liftgate.access.extension import follow_up
from liftgate.access.hold import refuse_held
from liftgate.access.model import Grant, GrantRecord, Request, RequestRecord
from liftgate.access.ports import Once
from liftgate.access.state import Active, grant_state, state_name
from liftgate.clock import Clock
from liftgate.elevation import drafts
from liftgate.elevation.errors import GrantEndedMeanwhile, GrantNotActive, SecretHandedOver
from liftgate.elevation.in_place.errors import NothingToBorrow
from liftgate.elevation.lend import TRIAL_FROM, closed_policy, lend_order, trial_order, within_window
from liftgate.elevation.model import Credentials, Session
from liftgate.elevation.ports import ElevationReader, ElevationStore, Lender, LendOrder, Lent
from liftgate.elevation.trial import lend_on_trial
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller


def lend_session(
    grant_id: str,
    caller: Caller,
    *,
    store: ElevationStore,
    lender: Lender,
    clock: Clock,
    once: Once | None = None,
) -> tuple[Session, Credentials]:
    """Lend a session under a grant to its requester. The credentials are nowhere but in the answer.

    Raises ``NoSuchGrant`` for a grant of somebody else, ``PersonHeld``, ``GrantNotActive`` outside its window or after its end,
    ``GrantEndedMeanwhile`` where it ended while AWS was lending, ``SecretHandedOver`` for a repeated call, and what
    the lender raises.
    """
    grant, session, order = _intend(grant_id, caller, store, clock, once)
    try:
        lent = lender.lend(order)
    except LiftgateError as failure:
        _settle_failed(session, grant, failure, store, clock)
        raise
    credentials = within_window(lent.credentials, grant.window)
    return _settle_lent(session, grant, lent, credentials, store=store, clock=clock), credentials


def is_small(request: Request) -> bool:
    """Whether its policy never fills the packed size, so that STS needs not be asked. Raises ``ScopeTooLarge``."""
    return len(closed_policy(request.scope)) < TRIAL_FROM


def try_scope(request: Request, *, store: ElevationStore, lender: Lender, clock: Clock) -> None:
    """Refuse a scope that AWS would not lend, when it is asked for and not when it is approved.

    The 2,048 characters are counted here. The packed size only STS knows: a policy that could come near it is tried, with
    a window that closed long ago. Raises ``ScopeTooLarge``, and what the lender raises.
    """
    if is_small(request):
        return
    lend_on_trial(trial_order(request), request.requester, store=store, lender=lender, clock=clock)


def _intend(
    grant_id: str, caller: Caller, store: ElevationStore, clock: Clock, once: Once | None
) -> tuple[Grant, Session, LendOrder]:
    with store.write() as transaction:
        now = clock()
        if transaction.repeated(once, now=now) is not None:
            raise SecretHandedOver(
                "these credentials were handed over once, and are not kept",
                advice="ask again with another Idempotency-Key: a new session is lent",
                value=grant_id[:40],
            )
        grant = _active(transaction.lock_grant(grant_id), grant_id, caller, transaction, now)
        refuse_held(caller.person.id, transaction.hold_on)
        earlier = transaction.sessions(grant.id)
        number = earlier[-1].number + 1 if earlier else 1
        order = lend_order(grant, number, now)
        session = Session(
            grant_id=grant.id,
            number=number,
            name=order.session_name,
            role_arn=order.role_arn,
            intended_at=now,
        )
        transaction.add_session(session, drafts.session_intended(session, grant, order))
        transaction.remember(once, grant.id, now=now)
    return grant, session, order


def _active(
    record: GrantRecord | None, grant_id: str, caller: Caller, view: ElevationReader, now: datetime
) -> Grant:
    if record is None or record.grant.requester != caller.person.id:
        raise NoSuchGrant(
            f"there is no grant `{grant_id[:40]}` of yours",
            advice="list yours: liftgate grants",
            value=grant_id[:40],
        )
    if record.grant.in_place is not None:
        raise NothingToBorrow(
            f"`{record.grant.id}` is in place: there is nothing to borrow, your own session has it",
            advice="go on with the credentials with which you asked; see that it is open: liftgate show "
            + record.grant.id,
            value=record.grant.id,
        )
    state = grant_state(record, now)
    if not isinstance(state, Active):
        raise GrantNotActive(
            f"`{record.grant.id}` is {state_name(state)}",
            advice=_after(view.follow_ups(record.grant.id), now)
            if now >= record.grant.window.starts_at
            else f"it begins at {record.grant.window.starts_at:%Y-%m-%d %H:%M:%S} UTC",
            value=record.grant.id,
        )
    return state.grant


def _after(follow_ups: tuple[RequestRecord, ...], now: datetime) -> str:
    """What the holder of a grant that is over does next."""
    going_on = follow_up(follow_ups, now)
    if going_on is None:
        return "ask anew: liftgate request"
    if going_on.grant is None:
        return f"`{going_on.request.id}` goes on from it once it is approved: liftgate show {going_on.request.id} --wait"
    return f"it goes on as `{going_on.grant.id}`: name that one, with --grant"


def _settle_failed(
    session: Session, grant: Grant, failure: LiftgateError, store: ElevationStore, clock: Clock
) -> None:
    with store.write() as transaction:
        failed = replace(session, failure=f"{failure.code}: {failure.sentence}")
        transaction.settle_session(failed, drafts.session_failed(failed, grant, clock()))


def _settle_lent(
    session: Session,
    grant: Grant,
    lent: Lent,
    credentials: Credentials,
    *,
    store: ElevationStore,
    clock: Clock,
) -> Session:
    with store.write() as transaction:
        now = clock()
        record = transaction.lock_grant(grant.id)
        state = grant_state(record, now) if record is not None else None
        ended = {ending.number for ending in transaction.session_endings(grant.id)}
        held = transaction.hold_on(grant.requester) is not None
        handed_over = isinstance(state, Active) and session.number not in ended and not held
        settled = replace(
            session,
            lent_at=now,
            access_key_id=credentials.access_key_id,
            expires_at=credentials.expires_at,
        )
        draft = drafts.session_lent(
            settled, grant, packed_percent=lent.packed_percent, handed_over=handed_over
        )
        transaction.settle_session(settled, draft)
    if state is None or not handed_over:
        raise GrantEndedMeanwhile(
            f"`{session.name}` was taken back while AWS was lending"
            if isinstance(state, Active) and not held
            else f"`{grant.requester}` was put on hold while AWS was lending"
            if held
            else f"`{grant.id}` was {state_name(state) if state else 'removed'} while AWS was lending",
            advice="two guards can release the hold: liftgate holds"
            if held
            else "ask anew if you still need it",
            value=grant.id,
        )
    return settled
