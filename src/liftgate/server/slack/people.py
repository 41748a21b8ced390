"""Whose Slack user somebody is: by the catalogue, or by a code that they were given while signed in. Never by a name or address."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from liftgate.access.ids import readable
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.who import person_of
from liftgate.identity.model import Caller, Identity, IdentityKind, Person, PersonKind
from liftgate.ledger.model import Draft, EventKind
from liftgate.notices.slack.errors import LinkCodeWrong, SlackUserUnknown
from liftgate.server.parts import Parts

_LASTS: Final = timedelta(minutes=10)
_CODE_BYTES: Final = 10  # 16 characters


def slack_caller(user: str, parts: Parts) -> Caller:
    """Who a Slack user is, by the catalogue of this moment. Raises ``SlackUserUnknown``."""
    catalogue = parts.catalogue.current().catalogue
    identity = Identity(kind=IdentityKind.SLACK, name=user)
    person = person_of(catalogue, identity) or _linked(user, catalogue, parts)
    if person is None or person.kind is not PersonKind.PERSON:
        raise SlackUserUnknown(
            "Liftgate does not know whose Slack user you are",
            advice="get a code with `liftgate slack link`, and send it here: /liftgate link CODE",
        )
    return Caller(person=person, identity=identity)


def new_code(caller: Caller, parts: Parts) -> tuple[str, datetime]:
    """A code for somebody who is signed in, and until when it can be sent from Slack, once."""
    code = readable(int.from_bytes(parts.random(_CODE_BYTES), "big"), 16)
    expires_at = parts.clock() + _LASTS
    with parts.store.write() as transaction:
        transaction.slack.add_code(_hash(code), caller.person.id, expires_at=expires_at)
    return f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}", expires_at


def link(user: str, code: str, parts: Parts) -> Person:
    """Make a Slack user the person's whose code it sent. Raises ``LinkCodeWrong``."""
    now = parts.clock()
    catalogue = parts.catalogue.current().catalogue
    declared = person_of(catalogue, Identity(kind=IdentityKind.SLACK, name=user))
    with parts.store.write() as transaction:
        person_id = transaction.slack.use_code(_hash(_typed(code)), now=now)
        person = catalogue.people.get(person_id or "")
        is_other = declared is not None and person is not None and declared.id != person.id
        if person is not None and not is_other:
            transaction.slack.link(user, person.id, at=now)
            transaction.record(_draft(EventKind.SLACK_LINKED, person.id, user, now))
            return person
    raise LinkCodeWrong(
        "the catalogue says that this Slack user is somebody else's"
        if person
        else "the code is none that is in use",
        advice="get a new one with `liftgate slack link`: it can be used once, within ten minutes",
    )


def unlink(person_id: str, parts: Parts) -> tuple[str, ...]:
    """Take all Slack users from a person that were linked by a code; which those were."""
    now = parts.clock()
    with parts.store.write() as transaction:
        users = transaction.slack.unlink(person_id)
        for user in users:
            transaction.record(_draft(EventKind.SLACK_UNLINKED, person_id, user, now))
    return users


def _linked(user: str, catalogue: Catalogue, parts: Parts) -> Person | None:
    with parts.store.read() as view:
        person_id = view.slack.person(user)
    return catalogue.people.get(person_id or "")


def _typed(code: str) -> str:
    return "".join(one for one in code.lower() if one.isalnum())


def _hash(code: str) -> str:
    return hashlib.sha256(b"slack code " + code.encode()).hexdigest()


def _draft(kind: EventKind, person_id: str, user: str, now: datetime) -> Draft:
    return Draft(at=now, kind=kind, actor=person_id, body={"slack_user": user})
