"""What a catalogue says of identities that were linked by proof: it goes before them, always.

A link says that somebody proved an identity to be theirs. It never says more than the catalogue lets it: whose identity the catalogue
names, or covers by a pattern, is that person's; what could be had by being lent a session is nobody's; and a link falls with the
identity by which it was made.
"""

from typing import Final

from liftgate.catalogue.arn import parse_identity_arn
from liftgate.catalogue.errors import ArnUnreadable
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.catalogue.who import is_claimed, person_of
from liftgate.identity.errors import NotLinkable
from liftgate.identity.link_model import Link
from liftgate.identity.model import Identity, IdentityKind, Person, PersonKind

_ASK: Final = "ask those who keep the catalogue"


def not_linkable(catalogue: Catalogue, identity: Identity, person: Person) -> NotLinkable | None:
    """Why a catalogue lets nobody link an identity to somebody; None where it may."""
    if is_claimed(catalogue, identity):
        owner = person_of(catalogue, identity)
        whose = "yours already" if owner == person else "somebody else's"
        return NotLinkable(
            f"the catalogue says that this identity is {whose}",
            advice="link another" if owner == person else _ASK,
            value=str(identity)[:300],
        )
    return _of_nobody(catalogue, identity)


def holder_of(catalogue: Catalogue, link: Link, identity: Identity, *, local_sign_in: bool) -> Person | None:
    """Whose an identity is by a link, where the catalogue of this moment lets it stand.

    An identity that AWS made anew under an old name has another user id, and is another. ``local_sign_in`` is the server's
    setting: without it, what was linked on nobody's word but their own is worth nothing.
    """
    person = catalogue.people.get(link.person_id)
    is_same = link.identity.user_id in {None, identity.user_id}
    if person is None or person.kind is not PersonKind.PERSON or not is_same:
        return None
    if link.by is not None and declared(catalogue, link.by, local_sign_in=local_sign_in) != person:
        return None
    is_theirs = not is_claimed(catalogue, identity) and _of_nobody(catalogue, identity) is None
    return person if is_theirs else None


def declared(catalogue: Catalogue, identity: Identity, *, local_sign_in: bool) -> Person | None:
    """Who the catalogue itself says that an identity is; of the demo's sign-in, the name that it says."""
    if identity.kind is IdentityKind.LOCAL:
        return catalogue.people.get(identity.name) if local_sign_in else None
    return person_of(catalogue, identity)


def _of_nobody(catalogue: Catalogue, identity: Identity) -> NotLinkable | None:
    """Why an identity may be nobody's by a link."""
    if _is_elevated(catalogue, identity):
        return NotLinkable(
            "sessions of an elevated role are lent to others, who could then sign in as you",
            advice="link an identity of a role that is not an elevated one",
            value=identity.name[:300],
        )
    if identity.kind is IdentityKind.AWS and not _is_of_known_account(catalogue, identity):
        return NotLinkable(
            f"the catalogue names nothing in the account `{_account(identity)}`",
            advice=f"link an identity of an account that it names, or {_ASK}",
            value=identity.name[:300],
        )
    return None


def _is_elevated(catalogue: Catalogue, identity: Identity) -> bool:
    """Whether it is a session of an elevated role, or the subject that AWS gives to such sessions: the role's ARN."""
    said = identity.name.lower()  # IAM's names differ by more than case
    subject, account = said.partition("#")[2], _account(identity)
    role = said.partition(":assumed-role/")[2].partition("/")[0]
    return any(
        subject == one.role_arn.lower()
        or (role and account == one.account and role == one.role_arn.lower().rpartition("/")[2])
        for one in catalogue.entitlements.values()
        if one.mechanism is Mechanism.SESSION  # of a role that is opened in place nothing is lent
    )


def _is_of_known_account(catalogue: Catalogue, identity: Identity) -> bool:
    """Whether anything of the account is in the catalogue: an account of somebody's own is not the organisation's to shut."""
    try:
        parse_identity_arn(identity.name)
    except ArnUnreadable:
        return False
    account = _account(identity)
    if any(one.account == account for one in catalogue.entitlements.values()):
        return True
    begin = f"{IdentityKind.AWS}:"
    named = (*catalogue.identities, *(pattern for pattern, _ in catalogue.patterns))
    return any(one.startswith(begin) and one.split(":")[5] == account for one in named)


def _account(identity: Identity) -> str:
    """Of an AWS identity; of any other a text that is no account's."""
    return identity.name.split(":")[4] if identity.kind is IdentityKind.AWS else ""
