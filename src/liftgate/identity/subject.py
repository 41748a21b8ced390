"""Who an issuer says somebody is: the subject, which it never gives to somebody else, and never an e-mail address."""

import re
from typing import Final

from liftgate.identity.model import Identity, IdentityKind

_SUBJECT: Final = re.compile("[!-~]{1,255}")  # OpenID Connect Core 1.0, section 2


def is_subject(text: str) -> bool:
    """Whether a text can be a subject that a catalogue can name."""
    return _SUBJECT.fullmatch(text) is not None


def identity_of_subject(issuer: str, subject: str) -> Identity:
    """The identity of a subject. An issuer holds no ``#``, so that no two pairs have one name."""
    return Identity(kind=IdentityKind.OIDC, name=f"{issuer}#{subject}")


def issuer_of(identity: Identity) -> str:
    """The issuer that vouched for an identity."""
    return identity.name.partition("#")[0]
