"""What sign-in needs of AWS and of a store, said as protocols."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from liftgate.identity.link_model import Links, LinksReader
from liftgate.identity.login_model import Logins
from liftgate.identity.model import Identity
from liftgate.identity.provider_ports import Provided, ProvidedReader
from liftgate.identity.sts_request import StsAnswer, StsRequest
from liftgate.ledger.model import Draft


class StsTransport(Protocol):
    """Carries a request to STS and its answer back, changing neither."""

    def ask(self, request: StsRequest) -> StsAnswer:
        """Send it once, following no redirect. Raises ``Unavailable`` where nothing whole comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerAnswer:
    """What an issuer of tokens answered. Its body may hold secrets."""

    status: int
    body: bytes = field(repr=False)


class IssuerTransport(Protocol):
    """Talks to issuers of tokens, over https, following no redirect, with bounded sizes and times."""

    def get(self, url: str) -> IssuerAnswer:
        """What stands at an address. Raises ``IssuerUnavailable`` where nothing whole comes back."""

    def post(self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> IssuerAnswer:
        """The answer to a form. Raises ``IssuerUnavailable`` where nothing whole comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRole:
    """The role of a session, by what STS says of the session: its ARN has a path that STS does not say."""

    partition: str
    account: str  # twelve digits
    name: str
    role_id: str  # AROA…: a role that is made anew under the same name has another


class RoleTrusts(Protocol):
    """Shows who may take up a role."""

    def read(self, role: SessionRole) -> str:
        """The role's trust policy, as JSON.

        Raises ``RoleTrustUnreadable`` where it cannot be had, and ``Unavailable`` where it may be had later.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A token that was handed out, known only by its hash."""

    token_hash: str = field(repr=False)  # SHA-256, in hex
    person_id: str
    identity: Identity
    signed_in_at: datetime
    expires_at: datetime
    session_id: str | None = None  # of the browser by which a terminal was signed in


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSession:
    """A sign-in of a browser. Its token changes while it is used; its id does not, and is no secret."""

    id: str
    token_hash: str = field(repr=False)  # SHA-256, in hex
    previous_hash: str | None = field(repr=False)  # of the token before; None for the first
    is_confirmed: bool  # whether the browser has shown the present token, so that it surely has it
    person_id: str
    identity: Identity
    signed_in_at: datetime
    rotated_at: datetime
    seen_at: datetime
    expires_at: datetime


class IdentityReader(Protocol):
    """Finds out who holds a token."""

    @property
    def provided(self) -> ProvidedReader:
        """What stands on a provider's word."""

    @property
    def links(self) -> LinksReader:
        """Identities that were linked by proof."""

    def sign_in(self, token_hash: str) -> SignIn | None:
        """The sign-in of a token, expired or not."""

    def browser_session(self, token_hash: str) -> BrowserSession | None:
        """The browser's session of a present or previous token, expired or not."""

    def browser_signed_in_at(self, session_id: str) -> datetime | None:
        """When a browser's session began."""

    def is_held(self, person_id: str) -> bool:
        """Whether somebody is on hold, for whatever reason; until this transaction ends nobody is put on hold."""

    def is_shut_out(self, person_id: str) -> bool:
        """Whether somebody was put on hold by hand; until this transaction ends nobody is."""


class IdentityWriter(IdentityReader, Protocol):
    """A transaction that changes sign-ins."""

    @property
    def provided(self) -> Provided:
        """What stands on a provider's word."""

    @property
    def links(self) -> Links:
        """Identities that were linked by proof."""

    def record(self, draft: Draft) -> None:
        """Put a draft on record when this transaction commits."""

    @property
    def logins(self) -> Logins:
        """Terminals that are being signed in."""

    def use_proof(self, proof_hash: str, *, expires_at: datetime) -> bool:
        """Mark a proof as used; False where it was used before. Proofs are forgotten after ``expires_at``."""

    def add_sign_in(self, sign_in: SignIn, draft: Draft) -> None:
        """A new token."""

    def end_sign_in(self, token_hash: str) -> None:
        """Forget a token."""

    def end_sign_ins_by(self, session_id: str) -> int:
        """Forget the tokens of terminals that a browser's session signed in; how many there were."""

    def add_browser_session(self, session: BrowserSession, draft: Draft) -> None:
        """A browser signed in."""

    def replace_browser_session(self, session: BrowserSession, *, was: BrowserSession) -> bool:
        """Keep what became of a session; False where it is no longer as it ``was``."""

    def end_browser_session(self, session_id: str) -> None:
        """Forget a browser's session."""


class IdentityStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[IdentityReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[IdentityWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
