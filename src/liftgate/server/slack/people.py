"""Whose Slack user somebody is: by the catalogue, or by a code that they were given while signed in. Never by a name or address."""

from liftgate.identity.link_model import code_hash_of
from liftgate.identity.linking import link_proved
from liftgate.identity.model import Caller, Identity, IdentityKind, Person, PersonKind
from liftgate.notices.slack.errors import SlackUserUnknown
from liftgate.server.linking import link_door, person_in
from liftgate.server.parts import Parts


def slack_caller(user: str, parts: Parts) -> Caller:
    """Who a Slack user is, by the catalogue of this moment. Raises ``SlackUserUnknown``."""
    identity = Identity(kind=IdentityKind.SLACK, name=user)
    person = person_in(parts.catalogue.current().catalogue, parts)(identity)
    if person is None or person.kind is not PersonKind.PERSON:
        raise SlackUserUnknown(
            "Liftgate does not know whose Slack user you are",
            advice="get a code with `liftgate identities link --slack`, and send it here: /liftgate link CODE",
        )
    return Caller(person=person, identity=identity)


def link(user: str, code: str, parts: Parts) -> Person:
    """Make a Slack user the person's whose code it sent. Raises what ``link_proved`` does."""
    door = link_door(parts.catalogue.current().catalogue, parts)
    _, person = link_proved(code_hash_of(code), Identity(kind=IdentityKind.SLACK, name=user), door)
    return person
