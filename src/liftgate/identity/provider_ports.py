"""What signing in by an OpenID provider needs of a store, said as protocols."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liftgate.identity.model import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignIn:
    """A browser's session that stands on a provider's word."""

    session_id: str
    person_id: str
    identity: Identity
    provider_session: str | None  # what the provider calls it: ``sid``
    checked_at: datetime | None  # when it last said so; None where it gave nothing to ask it with
    check_after: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedGroups:
    """The groups of the catalogue in which a provider said somebody is."""

    person_id: str
    groups: frozenset[str]
    claimed_at: datetime
    expires_at: datetime


class ProvidedReader(Protocol):
    """What stands on a provider's word."""

    def one(self, session_id: str) -> ProviderSignIn | None:
        """The word behind a browser's session."""

    def of_provider(
        self, *, issuer: str, subject: str | None, provider_session: str | None
    ) -> tuple[ProviderSignIn, ...]:
        """Those of an issuer that are of a subject, of a session of the provider, or of both where both are named."""

    def claimed(self, *, now: datetime, person_id: str | None = None) -> tuple[ClaimedGroups, ...]:
        """What providers said of everybody's groups, or of one person's, as far as it is not over."""

    def claimed_number(self) -> int:
        """Another number after each change of them."""


class Provided(ProvidedReader, Protocol):
    """The same, in a transaction that changes it."""

    def add(self, sign_in: ProviderSignIn) -> None:
        """One more, beside its browser's session."""

    def claim(self, sign_in: ProviderSignIn, *, check_after: datetime) -> bool:
        """Take it upon oneself to ask the provider; False where somebody else did at the same time."""

    def checked(self, session_id: str, *, at: datetime, check_after: datetime) -> None:
        """The provider said so again."""

    def end(self, session_id: str) -> None:
        """It no longer does."""

    def keep_claimed(self, claimed: ClaimedGroups) -> None:
        """What a provider says now of somebody's groups, in the place of what it said before."""
