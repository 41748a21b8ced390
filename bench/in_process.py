"""The two use cases of the main job, called as the API's handlers call them, without HTTP."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from secrets import choice, token_bytes, token_hex
from typing import Any, Final, Protocol

from liftgate.access.model import Ask
from liftgate.access.ports import Once
from liftgate.access.service import make_request
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import load_catalogue
from liftgate.clock import Clock, system_clock
from liftgate.elevation.model import Credentials
from liftgate.elevation.ports import Lender, LendOrder, Lent
from liftgate.elevation.service import lend_session, try_scope
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import readings
from liftgate.identity.model import Caller, Identity, IdentityKind, Person
from liftgate.identity.service import caller_of, sign_in_locally

CATALOGUE: Final = Path(__file__).with_name("catalogue.yaml")
ENTITLEMENT: Final = "reports-writer"
PERSON: Final = "ada"

_numbers = count(1)


class Store(Protocol):
    """What all store ports have in common: ``liftgate.store``'s, or one that is timed."""

    def read(self) -> AbstractContextManager[Any]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[Any]:
        """A writing transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A signed-in person before a store and a lender."""

    store: Store
    lender: Lender
    catalogue: Catalogue
    token: str = field(repr=False)
    clock: Clock = system_clock

    def lend(self) -> Credentials:
        """Ask for a place that nobody asked for before, and take the credentials."""
        ask = new_ask()
        asker = self.caller()
        made = make_request(
            ask,
            asker,
            catalogue=self.catalogue,
            store=self.store,
            clock=self.clock,
            random=token_bytes,
            trial=partial(try_scope, store=self.store, lender=self.lender, clock=self.clock),
            once=_new_once(),
        )
        assert made.grant is not None
        _, credentials = lend_session(
            made.grant.id,
            self.caller(),
            store=self.store,
            lender=self.lender,
            clock=self.clock,
            once=_new_once(),
        )
        return credentials

    def caller(self) -> Caller:
        """Who holds the token: each call finds it out anew."""
        return caller_of(
            self.token,
            store=self.store,
            person_of=_person_of(self.catalogue),
            clock=self.clock,
            local_sign_in=True,
        )


class QuickLender:
    """AWS without its distance: answers at once."""

    def lend(self, order: LendOrder) -> Lent:
        """Credentials that open nothing, with a key id of their own as AWS's have."""
        key_id = "ASIA" + "".join(choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
        expires_at = system_clock().replace(microsecond=0) + order.duration
        credentials = Credentials(
            access_key_id=key_id,
            secret_access_key=token_hex(20),
            session_token=token_hex(280),
            expires_at=expires_at,
        )
        return Lent(credentials=credentials, packed_percent=11)


def sit_down(store: Store, lender: Lender) -> Desk:
    """Sign the person in."""
    catalogue = load_catalogue([CATALOGUE])
    token, _ = sign_in_locally(
        PERSON,
        enabled=True,
        store=store,
        person_of=_person_of(catalogue),
        clock=system_clock,
        random=token_bytes,
    )
    return Desk(store=store, lender=lender, catalogue=catalogue, token=token)


def new_ask() -> Ask:
    """Twenty minutes of writing under a prefix that is new: nothing that was worked out before helps."""
    return Ask(
        actions=expand_actions(["write"]),
        places=(readings(f"s3://lakeside-reports/2026/job-{next(_numbers)}/"),),
        duration=timedelta(minutes=20),
        justification="Mend the figures of the third quarter",
    )


def _person_of(catalogue: Catalogue) -> Callable[[Identity], Person | None]:
    def known(identity: Identity) -> Person | None:
        return catalogue.people.get(identity.name) if identity.kind is IdentityKind.LOCAL else None

    return known


def _new_once() -> Once:
    return Once(person_id=PERSON, key=token_hex(16), fingerprint=token_hex(32))
