"""Who is in the catalogue, and by which identity each proves who they are."""

import re
from collections.abc import Iterable, Mapping

from liftgate.catalogue.arn import RoleArn, parse_any_role_arn
from liftgate.identity.model import IdentityKind
from liftgate.identity.sts_region import region_named
from liftgate.setup.errors import BadAnswer
from liftgate.setup.model import Draft, Named, Proof

_SELDOM = re.compile(r"[^0-9A-Za-z]+")


def read_named(text: str, proof: Proof) -> Named:
    """Somebody as people write it: ``ada``, ``ada=ada@example.com`` or ``grace=arn:aws:iam::…:user/grace``.

    The name of a session alone is also the id, in small letters. Raises ``BadAnswer``.
    """
    id_, equals, identity = text.partition("=")
    if equals and not identity:
        raise BadAnswer(
            f"`{text[:80]}` names nobody after the `=`", advice="write the id alone, or ID=IDENTITY"
        )
    if proof is Proof.OIDC and not identity:
        raise BadAnswer(
            f"nobody said by which subject the provider knows `{id_[:80]}`",
            advice=f"write `{id_[:80]}=SUBJECT`: the `sub` that the provider puts into their tokens",
        )
    if proof is Proof.LOCAL and identity:
        raise BadAnswer(
            f"`{id_[:80]}` signs in by that name alone", advice=f"write `{id_[:80]}`, or choose another proof"
        )
    if identity or proof is not Proof.AWS:
        return Named(id_, identity or None)
    return Named(id_.lower(), id_)


def role_of(draft: Draft) -> RoleArn:
    """The role that people hold all day. Raises ``ArnUnreadable``."""
    written = draft.baseline
    if not written.startswith("arn:"):
        written = f"arn:{partition_of(draft)}:iam::{draft.account}:role/{written}"
    return parse_any_role_arn(written)


def partition_of(draft: Draft) -> str:
    """The partition of AWS in which the region is."""
    return region_named(draft.region).partition


def everybody(draft: Draft) -> Mapping[str, str | None]:
    """Whoever asks or answers, by id, with the identity that the catalogue names. Raises ``BadAnswer``."""
    found: dict[str, str | None] = {}
    for one in (*draft.holders, *draft.reviewers):
        identity = _identity(draft, one)
        if found.setdefault(one.id, identity) != identity:
            raise BadAnswer(
                f"`{one.id[:80]}` is named twice, by different identities",
                advice="choose another id for one of them: ID=IDENTITY",
                value=one.id[:80],
            )
    return found


def full_name(id_: str) -> str:
    """A person's name as it may be, by their id: for whoever reads the file to correct."""
    words = [word for word in _SELDOM.split(id_.partition("@")[0]) if word]
    return " ".join(word.capitalize() for word in words) or id_


def ids(people: Iterable[Named]) -> tuple[str, ...]:
    """The ids of some people, each once."""
    return tuple(dict.fromkeys(one.id for one in people))


def _identity(draft: Draft, one: Named) -> str | None:
    if draft.proof is Proof.LOCAL:
        return None
    if draft.proof is Proof.OIDC:
        return f"{IdentityKind.OIDC}:{draft.issuer}#{one.identity}"
    identity = one.identity or one.id
    return identity if identity.startswith("arn:") else role_of(draft).sessions + identity
