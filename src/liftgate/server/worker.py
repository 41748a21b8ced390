"""Does the queued work: what must be on roles, and what may go from them again.

Any number of workers may run, in any number of processes: each piece of work is leased, and doing it twice does no harm.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from liftgate.access.ports import EffectKind
from liftgate.catalogue.model import Mechanism
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts
from liftgate.server.settling import settle_denies, settle_in_place
from liftgate.store.outbox import Claimed, retry_delay

_AT_ONCE: Final = 10  # roles
_LEASE: Final = timedelta(
    minutes=1
)  # longer than one role takes; one that takes longer is done twice, which does no harm
# What findings call for is queued already, and waits for whoever does it.
_DONE_HERE: Final = (EffectKind.DENY, EffectKind.PRUNE, EffectKind.IN_PLACE)
_LONGEST_SLEEP: Final = timedelta(seconds=15)
# At roles that carry denies or grants in place, since somebody else may have changed them; and what expired is forgotten.
_LOOK_AGAIN_EVERY: Final = timedelta(minutes=5)


def drain_once(parts: Parts, *, worker: str) -> int:
    """Do what is due now on a few roles, once for each role; how many queued effects that were."""
    with parts.store.write() as transaction:
        claimed = transaction.outbox.claim(
            parts.clock(), lease=_LEASE, limit=_AT_ONCE, worker=worker, kinds=_DONE_HERE
        )
    for of_role in _by_role(claimed):
        _do(parts, of_role)
    return len(claimed)


def look_at_roles(parts: Parts) -> int:
    """Read what every role carries of ours, and mend what is not as it should be; how many roles failed.

    Roles of the catalogue that may be opened in place are looked at before anybody asks: it counts since when their sessions'
    names are known to be fixed.
    """
    entitlements = parts.catalogue.current().catalogue.entitlements.values()
    with parts.store.read() as view:
        denied, known = view.roles_with_denies(), view.roles_in_place()
    in_place = sorted(
        {*known, *(one.role_arn for one in entitlements if one.mechanism is Mechanism.IN_PLACE)}
    )
    return sum(not _try_role(parts, settle_denies, role) for role in denied) + sum(
        not _try_role(parts, settle_in_place, role) for role in in_place
    )


def forget_expired(parts: Parts) -> int:
    """Delete tokens, used proofs and idempotency keys that are past their time; how many."""
    with parts.store.write() as transaction:
        return transaction.forget_expired(now=parts.clock())


def start_worker(parts: Parts) -> Callable[[], None]:
    """Start the worker's thread; the answer stops it and waits until it has ended."""
    stopping = Event()
    thread = Thread(target=_run, args=(parts, stopping), name="liftgate-worker", daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        parts.wake_worker.set()
        thread.join()

    return stop


def _run(parts: Parts, stopping: Event) -> None:
    worker = parts.new_name("worker")
    looked_at = None
    while not stopping.is_set():
        parts.wake_worker.clear()
        try:
            if looked_at is None or parts.clock() - looked_at >= _LOOK_AGAIN_EVERY:
                looked_at = parts.clock()  # before: what fails in there may not keep the queue waiting
                look_at_roles(parts)
                forget_expired(parts)
            if drain_once(parts, worker=worker):
                continue
            parts.wake_worker.wait(_sleep(parts).total_seconds())
        except LiftgateError as failure:  # the database is away: nothing can be claimed until it is back
            parts.log.warning("worker", code=failure.code)
            stopping.wait(1)
        except Exception as fault:  # noqa: BLE001 - a worker that dies silently would leave every later deny undone
            parts.log.error("worker", error=type(fault).__name__)  # noqa: TRY400 - without its text, which may quote anything
            stopping.wait(1)


def _sleep(parts: Parts) -> timedelta:
    now = parts.clock()
    with parts.store.write() as transaction:
        due_at = transaction.outbox.due_after(now)
    return _LONGEST_SLEEP if due_at is None else max(timedelta(0), min(due_at - now, _LONGEST_SLEEP))


def _by_role(claimed: Iterable[Claimed]) -> Iterable[Sequence[Claimed]]:
    """What is one piece of work: however much was queued for a role, bringing it in line does all of it."""
    found: dict[tuple[bool, str], list[Claimed]] = {}
    for item in claimed:
        found.setdefault((item.effect.kind is EffectKind.IN_PLACE, item.effect.key), []).append(item)
    return found.values()


def _do(parts: Parts, of_role: Sequence[Claimed]) -> None:
    effect = of_role[0].effect
    settle = settle_in_place if effect.kind is EffectKind.IN_PLACE else settle_denies
    try:
        settle(effect.key, parts)
    except LiftgateError as failure:
        parts.log.warning(
            "effect failed", kind=effect.kind.value, code=failure.code, attempts=of_role[0].attempts
        )
        _put_back(parts, of_role, failure)
    except Exception as fault:  # noqa: BLE001 - one role that nobody foresaw may not keep all others waiting
        parts.log.error("effect failed", kind=effect.kind.value, error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
        _put_back(parts, of_role, fault)
    else:
        with parts.store.write() as transaction:
            for item in of_role:
                transaction.outbox.done(item)


def _put_back(parts: Parts, of_role: Sequence[Claimed], failure: Exception) -> None:
    jitter = parts.random(1)[0] / 256
    next_due = parts.clock() + retry_delay(min(item.attempts for item in of_role), jitter=jitter)
    with parts.store.write() as transaction:
        for item in of_role:
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
