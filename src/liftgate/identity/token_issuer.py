"""An issuer whose tokens let services in, and what a token of it must say: claims that are checked, required or ignored.

A checked claim must be in the token as one text that is accepted; a required one must be there and say something. Other claims are
let be: none can take a check away, so an issuer may add some (docs/decisions/0013-claims-that-nobody-declared.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from liftgate.identity.errors import ClaimRefused
from liftgate.identity.signed_token import Claims
from liftgate.identity.wildcard import stands_for

ClaimPath: TypeAlias = tuple[str, ...]  # more than one name where a claim is an object

PROTOCOL: Final = frozenset({"iss", "aud", "exp", "iat", "nbf", "jti"})  # looked at whatever is declared
_LONGEST_VALUE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim, and the texts of which it must be one. A text may end with ``*``."""

    path: ClaimPath
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuer:
    """An issuer by the settings."""

    name: str
    issuer: str
    audience: str
    checked: tuple[CheckedClaim, ...]
    required: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    used_once: bool = True  # whether a token that has a name of its own (`jti`) lets in once

    def __post_init__(self) -> None:
        if not self.checked:
            raise ValueError("an issuer without a checked claim lets anybody in to whom it gives a token")


def checked_claims(claims: Claims, issuer: TokenIssuer) -> tuple[tuple[str, str], ...]:
    """The checked claims of a token and what they say. Raises ``ClaimRefused``, which does not tell what would be accepted."""
    for name in issuer.required:
        if claims.get(name) in (None, "", (), {}):
            raise _refused(issuer, f"it has no claim `{name}`")
    return tuple((".".join(one.path), _accepted(claims, one, issuer)) for one in issuer.checked)


def undeclared_claims(claims: Claims, issuer: TokenIssuer) -> tuple[str, ...]:
    """The names of claims that the settings do not know."""
    known = {one.path[0] for one in issuer.checked} | set(issuer.required) | issuer.ignored
    return tuple(sorted(set(claims) - known - PROTOCOL - {"sub"}))


def _accepted(claims: Claims, checked: CheckedClaim, issuer: TokenIssuer) -> str:
    shown = ".".join(checked.path)
    said = _at(claims, checked.path)
    if said is None:
        raise _refused(issuer, f"it has no claim `{shown}`")
    # A list that also holds what is accepted, or a number that reads like it, is something else.
    if not isinstance(said, str) or len(said) > _LONGEST_VALUE:
        raise _refused(issuer, f"its claim `{shown}` is not a text")
    if not _is_one_of(said, checked.accepted):
        raise _refused(issuer, f"what its claim `{shown}` says is not accepted")
    return said


def _is_one_of(said: str, accepted: Collection[str]) -> bool:
    return any(stands_for(text, said) for text in accepted)


def _at(claims: Mapping[str, Any], path: ClaimPath) -> Any:
    found: Any = claims
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _refused(issuer: TokenIssuer, why: str) -> ClaimRefused:
    return ClaimRefused(
        f"the token is refused: {why}",
        advice=f"compare what the token says with `checked` and `required` of the issuer `{issuer.name}` in the server's settings",
    )
