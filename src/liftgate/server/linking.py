"""What the settings and the catalogue of a moment say of linked identities, and who anybody is by them."""

from dataclasses import dataclass
from typing import Final

from liftgate.catalogue.linking import declared, holder_of, not_linkable
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.who import must_prove_name, person_of
from liftgate.elevation.session_name import read_session_name
from liftgate.errors import LiftgateError
from liftgate.identity.errors import NotLinkable
from liftgate.identity.link_model import LINKABLE, Link
from liftgate.identity.linking import LinkDoor
from liftgate.identity.model import Identity, IdentityKind, Person
from liftgate.identity.service import PersonOf
from liftgate.server.parts import Parts

_NEVER_LENT: Final = "link the identity that you hold all day, and not what a grant lends"


@dataclass(frozen=True, slots=True)
class LinksHere:
    """Fulfils ``LinkRules`` by a catalogue and the settings."""

    catalogue: Catalogue
    parts: Parts

    def links(self, kind: IdentityKind) -> bool:
        """Whether identities of a kind may be linked at all."""
        return kind in LINKABLE and kind.value in self.parts.settings.linked_identities

    def declared(self, identity: Identity) -> Person | None:
        """Who the catalogue itself says that an identity is."""
        return declared(self.catalogue, identity, local_sign_in=self.parts.settings.local_sign_in)

    def person(self, person_id: str) -> Person | None:
        """A person of the catalogue."""
        return self.catalogue.people.get(person_id)

    def refusal(self, identity: Identity, person: Person) -> LiftgateError | None:
        """Why an identity may not be linked to somebody."""
        refusal = not_linkable(self.catalogue, identity, person)
        if refusal is None and read_session_name(identity.name.rpartition("/")[2]) is not None:
            refusal = NotLinkable("this is a session that was lent under a grant", advice=_NEVER_LENT)
        if refusal is not None or not must_prove_name(self.catalogue, identity):
            return refusal
        return self.parts.session_names.doubt(identity)

    def holder(self, link: Link, identity: Identity) -> Person | None:
        """Whose an identity is by its link, as far as that is still worth anything."""
        if not self.links(identity.kind):
            return None
        local_sign_in = self.parts.settings.local_sign_in
        return holder_of(self.catalogue, link, identity, local_sign_in=local_sign_in)


def link_door(catalogue: Catalogue, parts: Parts) -> LinkDoor:
    """What linking needs."""
    rules = LinksHere(catalogue, parts)
    return LinkDoor(store=parts.store, rules=rules, clock=parts.clock, random=parts.random)


def person_in(catalogue: Catalogue, parts: Parts) -> PersonOf:
    """Who an identity is: by the catalogue, for the demo's sign-in by the id that it says, and else by a link."""
    rules = LinksHere(catalogue, parts)

    def known(identity: Identity) -> Person | None:
        if identity.kind is IdentityKind.LOCAL:
            return catalogue.people.get(identity.name)
        person = person_of(catalogue, identity)
        if person is not None or not rules.links(identity.kind):
            return person
        with parts.store.read() as view:
            link = view.links.of_identity(identity)
        return None if link is None else rules.holder(link, identity)

    return known
