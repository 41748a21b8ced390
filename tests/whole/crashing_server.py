"""Real Liftgate servers that kill themselves at a chosen commit or AWS call.

Nothing in Liftgate knows of this: the store and what calls AWS are wrapped from outside.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import tests.servers.warm_liftgate  # noqa: F401 - the servers are forked from what it has read

from liftgate.elevation.in_place.model import Carried, HeldRole
from liftgate.elevation.in_place.ports import HeldRoles
from liftgate.elevation.in_place.probe import Probe
from liftgate.elevation.ports import Lender, LendOrder, Lent, RolePolicies
from liftgate.server import command
from liftgate.server import parts as parts_module
from liftgate.server.settings import load_settings
from liftgate.store.sql import SqlStore
from liftgate.store.sql import open_store as really_open_store
from liftgate.store.transaction import SqlTransaction

T = TypeVar("T")


class Fuse:
    """Counts moments, writes each down, and kills the process at the chosen one."""

    def __init__(self, log: Path, die_at: str | None) -> None:
        self._log = log.open("a", buffering=1, encoding="utf-8")
        self._die_at = die_at
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, **what: object) -> None:
        """Put something in the log at once: what a killed process wrote before stays written."""
        self._log.write(json.dumps(what) + "\n")

    def reach(self, kind: str) -> None:
        """The next moment of a kind: ``before commit``, ``after commit``, ``before call``, ``after call``."""
        with self._lock:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            moment = f"{kind} {self._counts[kind]}"
        self.note(moment=moment)
        if moment == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedStore(SqlStore):
    """A store that may die around a commit."""

    fuse: Fuse

    @contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        with super().write() as transaction:
            yield transaction
            transaction.seal_drafts()  # all is written, and nothing is committed
            self.fuse.reach("before commit")
        self.fuse.reach("after commit")


class FusedLender:
    """STS, that may be left in the middle of a call; each call is on the log before it is sent."""

    def __init__(self, lender: Lender, fuse: Fuse) -> None:
        self._lender, self._fuse = lender, fuse

    def lend(self, order: LendOrder) -> Lent:
        self._fuse.reach("before call")
        self._fuse.note(assume_role=order.session_name)
        lent = self._lender.lend(order)
        self._fuse.note(issued=lent.credentials.access_key_id, session=order.session_name)
        self._fuse.reach("after call")
        return lent


class FusedCalls:
    """IAM, the same."""

    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse

    def _around(self, call: Callable[[], T]) -> T:
        self._fuse.reach("before call")
        answer = call()
        self._fuse.reach("after call")
        return answer


class FusedPolicies(FusedCalls):
    """The denies of elevated roles."""

    def __init__(self, policies: RolePolicies, fuse: Fuse) -> None:
        super().__init__(fuse)
        self._policies = policies

    def read(self, role_arn: str) -> str | None:
        return self._around(lambda: self._policies.read(role_arn))

    def write(self, role_arn: str, policy: str) -> None:
        self._around(lambda: self._policies.write(role_arn, policy))

    def remove(self, role_arn: str) -> None:
        self._around(lambda: self._policies.remove(role_arn))


class FusedHeldRoles(FusedCalls):
    """Roles that people hold, and the statements on them."""

    def __init__(self, roles: HeldRoles, fuse: Fuse) -> None:
        super().__init__(fuse)
        self._roles = roles

    def look(self, role_arn: str) -> HeldRole:
        return self._around(lambda: self._roles.look(role_arn))

    def carried(self, role_arn: str) -> Carried:
        return self._around(lambda: self._roles.carried(role_arn))

    def read(self, role_arn: str) -> str | None:
        return self._around(lambda: self._roles.read(role_arn))

    def write(self, role_arn: str, policy: str) -> None:
        self._around(lambda: self._roles.write(role_arn, policy))

    def remove(self, role_arn: str) -> None:
        self._around(lambda: self._roles.remove(role_arn))

    def is_open(self, role_arn: str, probe: Probe) -> bool | None:
        return self._around(lambda: self._roles.is_open(role_arn, probe))


def wrap_parts(fuse: Fuse, ahead: timedelta) -> None:
    """Make ``running_parts`` build with what may die, and with a clock that is ``ahead``."""

    def open_fused(url: str, **more: Any) -> SqlStore:
        plain = really_open_store(url, **more)
        store = FusedStore(plain._engines, plain._clock)
        store.fuse = fuse
        return store

    lender: Callable[..., Lender] = vars(parts_module)["StsLender"]
    policies: Callable[[Any], RolePolicies] = vars(parts_module)["IamRolePolicies"]
    held_roles: Callable[[Any], HeldRoles] = vars(parts_module)["IamHeldRoles"]
    replacements: dict[str, Any] = {
        "open_store": open_fused,
        "StsLender": lambda *given: FusedLender(lender(*given), fuse),
        "IamRolePolicies": lambda client: FusedPolicies(policies(client), fuse),
        "IamHeldRoles": lambda client: FusedHeldRoles(held_roles(client), fuse),
        "system_clock": lambda: datetime.now(UTC) + ahead,
    }
    for name, replacement in replacements.items():
        assert hasattr(parts_module, name), name
        setattr(parts_module, name, replacement)


def serve_fused(log: Path, die_at: str | None, ahead: timedelta) -> None:
    """In a process that is forked for it: be that server until told to end, or until the fuse burns down."""
    wrap_parts(Fuse(log, die_at), ahead)
    command.serve(load_settings())
