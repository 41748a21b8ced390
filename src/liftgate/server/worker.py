"""Does the queued work: what must be on roles, and what may go from them again; answers to findings, messages, accounts.

Any number of workers may run, in any number of processes: each piece of work is leased, and doing it twice does no harm.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Final

from liftgate.access.ports import EffectKind
from liftgate.catalogue.model import Mechanism
from liftgate.errors import LiftgateError
from liftgate.server.accounts import settle_account
from liftgate.server.parts import Parts
from liftgate.server.responding import give_up, respond, send_message, take_back_of_shut_out
from liftgate.server.settling import settle_denies, settle_in_place
from liftgate.server.telling import tell
from liftgate.store.outbox import Claimed, error_text, retry_delay

_WORKER: Final = "worker"
_MESSENGER: Final = "messenger"
_AT_ONCE: Final = 10  # keys: roles, findings, messages
_LEASE: Final = timedelta(
    minutes=1
)  # longer than one role takes; one that takes longer is done twice, which does no harm
_WORK: Final[Mapping[EffectKind, Callable[[str, Parts], object]]] = {
    EffectKind.DENY: settle_denies,
    EffectKind.PRUNE: settle_denies,
    EffectKind.IN_PLACE: settle_in_place,
    EffectKind.RESPONSE: respond,
    EffectKind.NOTIFY: send_message,
    EffectKind.SETTLE: settle_account,
    EffectKind.TELL: tell,
    EffectKind.SHUT_OUT: take_back_of_shut_out,
}
# By a thread of their own: a webhook that does not answer may not keep a deny waiting.
_SLOW: Final = frozenset({EffectKind.NOTIFY, EffectKind.SETTLE, EffectKind.TELL})
URGENT: Final = frozenset(_WORK) - _SLOW
"""What changes something in AWS, or who may."""
_MOST_ATTEMPTS: Final = 120  # to tell a webhook: an hour or two
_LONGEST_SLEEP: Final = timedelta(seconds=15)
_ROUND: Final = timedelta(
    minutes=3
)  # so often it sleeps, finishes a piece of work or has looked at a role, if all is well
_ENDS_WITHIN: Final = timedelta(
    seconds=30
)  # told to stop, it finishes the piece at hand; the rest is leased to nobody soon
# At roles that carry denies or grants in place, since somebody else may have changed them; and what expired is forgotten.
_LOOK_AGAIN_EVERY: Final = timedelta(minutes=5)


def drain_once(
    parts: Parts,
    *,
    worker: str,
    kinds: Collection[EffectKind] = tuple(_WORK),
    went_on: Callable[[], None] = lambda: None,
) -> int:
    """Do a few pieces of what is due now, such as all that is queued for a role; how many queued effects that were.

    ``went_on`` is called after each piece.
    """
    with parts.store.write() as transaction:
        claimed = transaction.outbox.claim(
            parts.clock(), lease=_LEASE, limit=_AT_ONCE, worker=worker, kinds=kinds
        )
    for alike in _alike(claimed):
        _do(parts, alike)
        went_on()
    return len(claimed)


def look_at_roles(parts: Parts, went_on: Callable[[], None] = lambda: None) -> int:
    """Read what every role carries of ours, and mend what is not as it should be; how many roles failed. ``went_on`` is called after each.

    Roles of the catalogue that may be opened in place are looked at before anybody asks: it counts since when their sessions'
    names are known to be fixed.
    """
    entitlements = parts.catalogue.current().catalogue.entitlements.values()
    with parts.store.read() as view:
        denied, known = view.roles_with_denies(), view.roles_in_place()
    in_place = sorted(
        {*known, *(one.role_arn for one in entitlements if one.mechanism is Mechanism.IN_PLACE)}
    )
    failed = 0
    for settle, roles in ((settle_denies, denied), (settle_in_place, in_place)):
        for role in roles:
            failed += not _try_role(parts, settle, role)
            went_on()
    return failed


def forget_expired(parts: Parts) -> int:
    """Delete tokens, used proofs and idempotency keys that are past their time; how many."""
    with parts.store.write() as transaction:
        return transaction.forget_expired(now=parts.clock())


def start_worker(parts: Parts) -> Callable[[], None]:
    """Start the worker's threads; the answer stops them and waits until they have ended, but not for ever: the work that a process
    leaves is done by the next.
    """
    stopping = Event()
    threads = [
        Thread(target=run, args=(parts, stopping), name=f"liftgate-{name}", daemon=True)
        for name, run in ((_WORKER, _worker), (_MESSENGER, _messenger))
    ]
    for name in (_WORKER, _MESSENGER):
        parts.beats.expect(name, within=_ROUND, now=parts.clock())
    for thread in threads:
        thread.start()

    def stop() -> None:
        stopping.set()
        parts.wake_worker.set()
        parts.wake_messenger.set()
        give_up_at = monotonic() + _ENDS_WITHIN.total_seconds()
        for thread in threads:
            thread.join(max(0.0, give_up_at - monotonic()))

    return stop


def _worker(parts: Parts, stopping: Event) -> None:
    looked_at: datetime | None = None

    def look_again() -> None:
        nonlocal looked_at
        if looked_at is None or parts.clock() - looked_at >= _LOOK_AGAIN_EVERY:
            looked_at = parts.clock()  # before: what fails in there may not keep the queue waiting
            look_at_roles(parts, lambda: parts.beats.came_round(_WORKER, parts.clock()))
            forget_expired(parts)

    _run(_WORKER, parts, stopping, parts.wake_worker, kinds=URGENT, before=look_again)


def _messenger(parts: Parts, stopping: Event) -> None:
    _run(_MESSENGER, parts, stopping, parts.wake_messenger, kinds=_SLOW, before=lambda: None)


def _run(
    name: str,
    parts: Parts,
    stopping: Event,
    wake: Event,
    *,
    kinds: Collection[EffectKind],
    before: Callable[[], None],
) -> None:
    worker = parts.new_name("worker")

    def went_on() -> None:
        parts.beats.came_round(name, parts.clock())

    while not stopping.is_set():
        wake.clear()
        try:
            before()
            done = drain_once(parts, worker=worker, kinds=kinds, went_on=went_on)
            went_on()
            if done:
                continue
            wake.wait(_sleep(parts, kinds).total_seconds())
        except LiftgateError as failure:  # the database is away: nothing can be claimed until it is back
            parts.log.warning("worker", code=failure.code)
            stopping.wait(1)
        except Exception as fault:  # noqa: BLE001 - a worker that dies silently would leave every later deny undone
            parts.log.error("worker", error=type(fault).__name__)  # noqa: TRY400 - without its text, which may quote anything
            stopping.wait(1)


def _sleep(parts: Parts, kinds: Collection[EffectKind]) -> timedelta:
    now = parts.clock()
    with parts.store.write() as transaction:
        due_at = transaction.outbox.due_after(now, kinds=kinds)
    return _LONGEST_SLEEP if due_at is None else max(timedelta(0), min(due_at - now, _LONGEST_SLEEP))


def _alike(claimed: Iterable[Claimed]) -> Iterable[Sequence[Claimed]]:
    """What is one piece of work: however much was queued for a role, bringing it in line does all of it."""
    found: dict[tuple[Callable[[str, Parts], object], str], list[Claimed]] = {}
    for item in claimed:
        found.setdefault((_WORK[item.effect.kind], item.effect.key), []).append(item)
    return found.values()


def _do(parts: Parts, alike: Sequence[Claimed]) -> None:
    effect = alike[0].effect
    try:
        _WORK[effect.kind](effect.key, parts)
    except LiftgateError as failure:
        parts.log.warning(
            "effect failed", kind=effect.kind.value, code=failure.code, attempts=alike[0].attempts
        )
        _put_back(parts, alike, failure)
    except Exception as fault:  # noqa: BLE001 - one fault that nobody foresaw may not keep all others waiting
        parts.log.error("effect failed", kind=effect.kind.value, error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
        _put_back(parts, alike, fault)
    else:
        with parts.store.write() as transaction:
            for item in alike:
                transaction.outbox.done(item)


def _put_back(parts: Parts, alike: Sequence[Claimed], failure: Exception) -> None:
    first = alike[0]
    if first.effect.kind is EffectKind.NOTIFY and first.attempts >= _MOST_ATTEMPTS:
        give_up(first.effect.key, error_text(failure), parts)
        with parts.store.write() as transaction:
            transaction.outbox.done(first)
        return
    jitter = parts.random(1)[0] / 256
    next_due = parts.clock() + retry_delay(min(item.attempts for item in alike), jitter=jitter)
    with parts.store.write() as transaction:
        for item in alike:
            transaction.outbox.failed(item, next_due=next_due, error=failure)


def _try_role(parts: Parts, settle: Callable[..., object], role_arn: str) -> bool:
    try:
        settle(role_arn, parts, look_again=True)
    except LiftgateError as failure:
        parts.log.warning("role not settled", role=role_arn, code=failure.code)
    except Exception as fault:  # noqa: BLE001 - the next role is looked at all the same
        parts.log.error("role not settled", role=role_arn, error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
    else:
        return True
    return False
