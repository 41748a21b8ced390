"""Links: identities that somebody proved to hold besides those that the catalogue gives them.

Whoever is signed in asks for a code, and shows it while they prove the other identity. The code says whose it becomes, the proof which
it is; neither is worth anything alone. It is good once, for ten minutes, and for the kind of proof that it was asked for.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from liftgate.identity.model import Identity, IdentityKind

CODE_LASTS: Final = timedelta(minutes=10)
FRESH_FOR: Final = timedelta(minutes=15)
"""For so long after a sign-in a code is handed out, so that whoever finds a browser or a token later makes no further way in of it."""

LINKABLE: Final = (IdentityKind.AWS, IdentityKind.OIDC, IdentityKind.SLACK)

# Crockford's base 32, as of ids: a code is read out, typed and pasted.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS: Final = 16
RANDOM_BYTES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode:
    """A code that was handed out, known only by its hash."""

    code_hash: str = field(repr=False)  # SHA-256, in hex
    person_id: str
    by: Identity  # as which the person asked for it
    kind: IdentityKind  # of the identity that is to be proved with it
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An identity that was proved to be a person's."""

    id: str
    identity: Identity
    person_id: str
    by: Identity | None  # the identity to which it was linked; None in what earlier releases linked
    linked_at: datetime


class LinksReader(Protocol):
    """Whose identities were linked."""

    def one(self, link_id: str) -> Link | None:
        """A link by its id."""

    def of_identity(self, identity: Identity) -> Link | None:
        """The link of an identity, found by its kind and name."""

    def of(self, person_id: str | None = None) -> tuple[Link, ...]:
        """Those of one person, or of all, the oldest first."""

    def code(self, code_hash: str) -> LinkCode | None:
        """A code that nobody has used, over or not."""


class Links(LinksReader, Protocol):
    """The same, in a transaction that changes it."""

    def add_code(self, code: LinkCode) -> None:
        """A code was handed out: an earlier one of the same person and kind is worth nothing from then on."""

    def take_code(self, code_hash: str) -> LinkCode | None:
        """Use a code up: of two that show it at once, one finds it."""

    def add(self, link: Link) -> bool:
        """Keep a link; False where the identity is linked already, also by a transaction at the same time."""

    def end(self, link: Link) -> int | None:
        """Forget a link, and whoever is signed in by it; how many sign-ins those were, None where somebody forgot it before."""


def new_code(number: int) -> str:
    """A code, of ``RANDOM_BYTES`` random bytes as a number: ``3xv7-m0q4-c2h5-k8rs``."""
    letters = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(_LETTERS)))
    return "-".join(letters[start : start + 4] for start in range(0, _LETTERS, 4))


def code_hash_of(code: str) -> str:
    """What is stored and looked up of a code, however it was typed. 80 random bits that live for minutes need no stretching."""
    letters = "".join(one for one in code.lower() if one.isalnum())
    return hashlib.sha256(b"link code " + letters.encode()).hexdigest()


def audience_of_link(origin: str, code: str) -> str:
    """What an AWS proof that links is bound to: this server, and this code, so that none that signs in could link, or the other way round."""
    return f"{origin}/link/{code_hash_of(code)}"
