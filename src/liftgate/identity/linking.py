"""Linking identities by proof: one use case a function. What a link is, ``link_model`` says.

Whoever the catalogue knows by an identity may link others to it, and one step far: a linked identity links nothing. What a link is worth is
asked anew at each use, by ``LinkRules``: it falls with the identity by which it was made.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from liftgate.clock import Clock, rfc3339
from liftgate.errors import LiftgateError
from liftgate.identity.aws import prove
from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.errors import (
    IdentityLinked,
    LinkCodeWrong,
    LinkingOff,
    MayNotLink,
    NoSuchLink,
    ProofUsed,
    SignInTooOld,
)
from liftgate.identity.link_model import (
    CODE_LASTS,
    FRESH_FOR,
    RANDOM_BYTES,
    Link,
    LinkCode,
    audience_of_link,
    code_hash_of,
    new_code,
)
from liftgate.identity.model import Caller, Identity, IdentityKind, Person, PersonKind
from liftgate.identity.ports import IdentityStore, IdentityWriter, StsTransport
from liftgate.identity.service import refuse_held_to_link
from liftgate.identity.token import RandomBytes
from liftgate.ledger.model import Draft, EventKind, Json

_ANEW: Final = "get a new code: it can be used once, within ten minutes, and for what it was asked for"


class LinkRules(Protocol):
    """What the settings and the catalogue of this moment say of links."""

    def links(self, kind: IdentityKind) -> bool:
        """Whether identities of a kind may be linked at all."""

    def declared(self, identity: Identity) -> Person | None:
        """Who the catalogue itself says that an identity is."""

    def person(self, person_id: str) -> Person | None:
        """A person of the catalogue."""

    def refusal(self, identity: Identity, person: Person) -> LiftgateError | None:
        """Why an identity may not be linked to somebody. Raises ``Unavailable`` where that cannot be found out now."""

    def holder(self, link: Link, identity: Identity) -> Person | None:
        """Whose an identity is by its link, as far as that is still worth anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDoor:
    """What linking needs of its surroundings."""

    store: IdentityStore
    rules: LinkRules
    clock: Clock
    random: RandomBytes


def ask_for_code(
    caller: Caller, kind: IdentityKind, door: LinkDoor, *, signed_in_at: datetime
) -> tuple[str, LinkCode]:
    """A code for somebody who signed in just now, which makes an identity of that kind theirs.

    Raises ``LinkingOff``, ``MayNotLink``, ``SignInTooOld`` and, for somebody on hold, ``PersonShutOut``.
    """
    if not door.rules.links(kind):
        raise LinkingOff(
            f"this server links no identities of `{kind}`",
            advice="ask those who keep the catalogue to write the identity under your name there",
            value=kind.value,
        )
    _refuse_asker(caller, door.rules)
    # A Slack user signs in nowhere, so that one is no further way in.
    if kind is not IdentityKind.SLACK and door.clock() - signed_in_at >= FRESH_FOR:
        raise SignInTooOld(
            "you signed in too long ago to link an identity",
            advice="sign in anew, in the browser where that signed your terminal in, and ask within a quarter of an hour",
        )
    now, code = door.clock(), new_code(int.from_bytes(door.random(RANDOM_BYTES), "big"))
    made = LinkCode(
        code_hash=code_hash_of(code),
        person_id=caller.person.id,
        by=caller.identity,
        kind=kind,
        expires_at=now + CODE_LASTS,
    )
    body: dict[str, Json] = {
        "by": str(caller.identity),
        "kind": kind.value,
        "until": rfc3339(made.expires_at),
    }
    with door.store.write() as transaction:
        refuse_held_to_link(caller.person.id, transaction)
        transaction.links.add_code(made)
        transaction.record(Draft(at=now, kind=EventKind.LINK_CODE_MADE, actor=caller.person.id, body=body))
    return code, made


def link_with_aws(
    code: str, proof: AwsProof, *, audience: str, transport: StsTransport, door: LinkDoor
) -> tuple[Link, Person]:
    """Link the AWS identity that signed ``proof`` for this server and this code. Nobody without a code makes us ask STS.

    Raises ``LinkCodeWrong``, ``ProofUsed``, ``IdentityLinked``, the rules' refusal, and what ``aws.prove`` raises.
    """
    with door.store.read() as view:
        found = view.links.code(code_hash_of(code))
    if found is None or door.clock() >= found.expires_at:
        raise code_wrong()
    proved = prove(proof, audience=audience_of_link(audience, code), transport=transport, now=door.clock())

    def first(transaction: IdentityWriter) -> LiftgateError | None:
        if transaction.use_proof(proved.proof_hash, expires_at=proved.useless_from):
            return None
        return ProofUsed("this proof of identity was used before", advice="sign a new one, a second later")

    return link_proved(found.code_hash, proved.identity, door, first=first)


def link_proved(
    code_hash: str,
    identity: Identity,
    door: LinkDoor,
    *,
    first: Callable[[IdentityWriter], LiftgateError | None] = lambda _: None,
) -> tuple[Link, Person]:
    """Make an identity that was just proved that person's whose code was shown. The code is used up, whatever comes of it.

    ``first`` says, in the same transaction, why the proof does not count. Raises that, ``LinkCodeWrong``, ``IdentityLinked``,
    ``PersonShutOut`` and the rules' refusal.
    """
    with door.store.write() as transaction:
        code = transaction.links.take_code(code_hash)
        refused = first(transaction)
    if refused is not None:
        raise refused
    person = _person_of(code, identity.kind, door)
    if code is None or person is None:
        raise code_wrong()
    refusal = door.rules.refusal(identity, person)  # it may ask IAM, for which no transaction waits
    if refusal is not None:
        raise refusal
    now = door.clock()
    link = Link(
        id=f"li-{door.random(8).hex()}",
        identity=identity,
        person_id=person.id,
        by=code.by,
        linked_at=now,
    )
    with door.store.write() as transaction:
        refuse_held_to_link(person.id, transaction)
        linked = _linked(link, transaction, door.rules, now)
    if isinstance(linked, LiftgateError):
        raise linked
    return linked, person


def unlink(link_id: str, caller: Caller, *, of_all: bool, store: IdentityStore, clock: Clock) -> Link:
    """Take an identity from its person; whoever is signed in by it is signed out. ``of_all``: also another's.

    Raises ``NoSuchLink``.
    """
    now = clock()
    with store.write() as transaction:
        found = transaction.links.one(link_id)
        is_theirs = found is not None and (of_all or found.person_id == caller.person.id)
        if found and is_theirs and _end(found, transaction, now, actor=caller.person.id, because="unlinked"):
            return found
    raise NoSuchLink(
        "there is no such link that you may end", advice="list them: liftgate identities", value=link_id
    )


def unlink_all(person_id: str, kind: IdentityKind, *, store: IdentityStore, clock: Clock) -> tuple[Link, ...]:
    """Take all linked identities of a kind from their person; which those were."""
    now = clock()
    with store.write() as transaction:
        return tuple(
            link
            for link in transaction.links.of(person_id)
            if link.identity.kind is kind
            and _end(link, transaction, now, actor=person_id, because="unlinked")
        )


def end_links_without_person(transaction: IdentityWriter, people: Collection[str], *, now: datetime) -> None:
    """Forget the links of whoever is no longer in the catalogue: an id that is given again finds none."""
    for link in transaction.links.of():
        if link.person_id not in people:
            _end(link, transaction, now, actor="liftgate", because="the person left the catalogue")


def code_wrong() -> LinkCodeWrong:
    """What is said of a code that is worth nothing, whyever."""
    return LinkCodeWrong("the code is none that is in use", advice=_ANEW)


def _refuse_asker(caller: Caller, rules: LinkRules) -> None:
    if caller.person.kind is not PersonKind.PERSON:
        raise MayNotLink(
            f"`{caller.person.id}` is a service, and only people link identities",
            advice="whoever keeps the catalogue names a service's identities there",
            value=caller.person.id,
        )
    declared = rules.declared(caller.identity)
    if declared is None or declared.id != caller.person.id:
        raise MayNotLink(
            "you are signed in by an identity that was linked itself",
            advice="sign in by one that the catalogue gives you: liftgate identities",
        )


def _person_of(code: LinkCode | None, kind: IdentityKind, door: LinkDoor) -> Person | None:
    """Whose a code is, where it is good for that kind now, and who asked for it still is who they were."""
    is_good = code is not None and code.kind is kind and door.rules.links(kind)
    if code is None or not is_good or door.clock() >= code.expires_at:
        return None
    person = door.rules.person(code.person_id)
    is_theirs = person is not None and door.rules.declared(code.by) == person
    return person if is_theirs and person is not None and person.kind is PersonKind.PERSON else None


def _linked(
    link: Link, transaction: IdentityWriter, rules: LinkRules, now: datetime
) -> Link | IdentityLinked:
    before = transaction.links.of_identity(link.identity)
    if before is not None:
        holder = rules.holder(before, link.identity)
        if holder is not None and holder.id == link.person_id:
            return before
        if holder is not None:
            return _is_anothers()
        _end(before, transaction, now, actor="liftgate", because="it was worth nothing any more")
    if not transaction.links.add(link):
        return _is_anothers()
    body: dict[str, Json] = {
        "link": link.id,
        "identity": str(link.identity),
        "user_id": link.identity.user_id,
        "by": str(link.by),
    }
    transaction.record(Draft(at=now, kind=EventKind.IDENTITY_LINKED, actor=link.person_id, body=body))
    return link


def _is_anothers() -> IdentityLinked:
    return IdentityLinked(
        "this identity is linked to somebody else",
        advice="whose it is unlinks it first, or a guard: liftgate identities unlink",
    )


def _end(link: Link, transaction: IdentityWriter, now: datetime, *, actor: str, because: str) -> bool:
    sign_ins = transaction.links.end(link)
    if sign_ins is None:
        return False
    body: dict[str, Json] = {
        "link": link.id,
        "identity": str(link.identity),
        "of": link.person_id,
        "because": because,
        "sign_ins": sign_ins,
    }
    transaction.record(Draft(at=now, kind=EventKind.IDENTITY_UNLINKED, actor=actor, body=body))
    return True
