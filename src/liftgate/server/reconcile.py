"""Holds everything that Liftgate keeps in AWS against the store, and mends what differs, saying what.

The worker does the same, role by role, every few minutes. This is for after an accident: all of it, now, with an answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liftgate.catalogue.model import Mechanism
from liftgate.elevation.drafts import session_lost
from liftgate.elevation.errors import AccountNotDeclared, RevokerOutOfReach
from liftgate.elevation.model import Session
from liftgate.elevation.policy_text import same_policy
from liftgate.errors import LiftgateError
from liftgate.ledger.chain import Broken, verify
from liftgate.ledger.errors import ChainBroken
from liftgate.server.parts import Parts
from liftgate.server.settling import settle_denies, settle_in_place
from liftgate.server.worker import URGENT, drain_once

# Longer than any call to STS with all its retries: whoever asked has given up, or is dead.
_NO_OUTCOME_AFTER: Final = timedelta(minutes=5)
_MOST_TURNS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Something that was not as it should be. ``failure`` is None where it is now."""

    what: str
    found: str
    failure: LiftgateError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was looked at, and what of it was not as it should be."""

    roles: int
    entries: int
    repairs: tuple[Repair, ...]


def reconcile(parts: Parts) -> Reconciliation:
    """Look at every role that the catalogue or the store knows, at what was left half done, and at the ledger."""
    repairs = [*_sessions_without_outcome(parts), *_revokers(parts), *_queued(parts)]
    lent, in_place = _roles(parts)
    repairs += [
        one for role in lent for one in _role(parts, role, "denies", parts.policies.read, settle_denies)
    ]
    repairs += [
        one
        for role in in_place
        for one in _role(parts, role, "statements", parts.held_roles.read, settle_in_place)
    ]
    repairs += _trusts(parts)
    entries, broken = _ledger(parts)
    return Reconciliation(roles=len(lent) + len(in_place), entries=entries, repairs=(*repairs, *broken))


def _roles(parts: Parts) -> tuple[list[str], list[str]]:
    entitlements = parts.catalogue.current().catalogue.entitlements.values()
    with parts.store.read() as view:
        lent, in_place = set(view.roles_with_denies()), set(view.roles_in_place())
    for one in entitlements:
        (in_place if one.mechanism is Mechanism.IN_PLACE else lent).add(one.role_arn)
    return sorted(lent), sorted(in_place)


def _role(
    parts: Parts,
    role_arn: str,
    what: str,
    read: Callable[[str], str | None],
    settle: Callable[..., object],
) -> list[Repair]:
    name = f"the {what} on {role_arn}"
    try:
        before = read(role_arn)
        settle(role_arn, parts, look_again=True)
        if same_policy(before, read(role_arn)):
            return []
    except LiftgateError as failure:
        return [Repair(what=name, found="could not be looked at or mended", failure=failure)]
    return [Repair(what=name, found="were not as the store calls for; they were written again")]


def _revokers(parts: Parts) -> list[Repair]:
    """Whether each declared account is in reach, also where nothing was ever lent."""
    repairs = []
    for revoker in parts.revokers:
        try:
            revoker.iam()
        except LiftgateError as failure:
            name = f"the revoker role of account {revoker.account.number}"
            repairs.append(Repair(what=name, found="is out of reach", failure=failure))
    return repairs


def _trusts(parts: Parts) -> list[Repair]:
    """Who may assume the elevated roles: nothing here can mend that. Of accounts out of reach it was told already."""
    lent = {
        (one.role_arn, one.external_id)
        for one in parts.catalogue.current().catalogue.entitlements.values()
        if one.mechanism is not Mechanism.IN_PLACE
    }
    repairs = []
    for role_arn, external_id in sorted(lent, key=str):
        try:
            parts.reach.trust(role_arn, external_id)
        except (AccountNotDeclared, RevokerOutOfReach):
            continue
        except LiftgateError as failure:
            name = f"the trust policy of {role_arn}"
            repairs.append(Repair(what=name, found="is not as it must be", failure=failure))
    return repairs


def _sessions_without_outcome(parts: Parts) -> list[Repair]:
    """A process died between the call to STS and its record: nobody has the credentials, and a deny hits them by name."""
    now = parts.clock()
    with parts.store.write() as transaction:
        lost = transaction.sessions_without_outcome(intended_before=now - _NO_OUTCOME_AFTER)
        for session in lost:
            settled = _lost(session)
            transaction.settle_session(settled, session_lost(settled, now))
    return [
        Repair(what=f"session {session.name}", found="its outcome was never recorded; it counts as not lent")
        for session in lost
    ]


def _lost(session: Session) -> Session:
    return replace(session, failure="outcome_unknown: the process that asked STS ended before it answered")


def _queued(parts: Parts) -> list[Repair]:
    """What is due is done now; what fails again stays queued, and shows with its role below."""
    done, worker = 0, parts.new_name("reconcile")
    for _ in range(_MOST_TURNS):
        took = drain_once(parts, worker=worker, kinds=URGENT)
        if not took:
            break
        done += took
    return [Repair(what="the queue", found=f"work that was due was taken up: {done}")] if done else []


def _ledger(parts: Parts) -> tuple[int, list[Repair]]:
    with parts.store.read() as view:
        verdict = verify(view.entries())
    if isinstance(verdict, Broken):
        failure = ChainBroken(
            f"the ledger does not hold at entry {verdict.seq}: {verdict.because}",
            advice="keep this database as it is, and compare it with an export: liftgate ledger verify",
            value=str(verdict.seq),
        )
        return 0, [Repair(what="the ledger", found="its chain is broken", failure=failure)]
    return verdict.count, []
