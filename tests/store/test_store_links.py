"""Links and their codes, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes

import pytest
from sqlalchemy import text
from tests.store.store_examples import MINUTE, NOON, TestClock, draft, sign_in

from liftgate.access.hold import Hold
from liftgate.errors import LiftgateError
from liftgate.identity.errors import IdentityLinked, PersonShutOut
from liftgate.identity.link_model import Link, LinkCode
from liftgate.identity.linking import LinkDoor, ask_for_code, link_proved
from liftgate.identity.model import Caller, Identity, IdentityKind, Person, PersonKind
from liftgate.identity.ports import BrowserSession
from liftgate.identity.provider_ports import ProviderSignIn
from liftgate.ledger.model import EventKind
from liftgate.response.drafts import hold_placed
from liftgate.store.engine import engines_for
from liftgate.store.migrations import _config
from liftgate.store.sql import SqlStore, open_store

ADA = Identity(kind=IdentityKind.LOCAL, name="ada")
SUBJECT = Identity(kind=IdentityKind.OIDC, name="https://id.example#00u1")
CODE = LinkCode(
    code_hash="a" * 64, person_id="ada", by=ADA, kind=IdentityKind.OIDC, expires_at=NOON + 10 * MINUTE
)
LINK = Link(id="li-1", identity=SUBJECT, person_id="ada", by=ADA, linked_at=NOON)


def test_a_code_comes_back_once_and_only_the_newest_of_a_kind(store: SqlStore) -> None:
    slack = replace(CODE, code_hash="c" * 64, kind=IdentityKind.SLACK)
    with store.write() as transaction:
        transaction.links.add_code(CODE)
        transaction.links.add_code(slack)
        transaction.links.add_code(replace(CODE, code_hash="b" * 64))
    with store.write() as transaction:
        assert transaction.links.code("a" * 64) is None
        assert transaction.links.code("b" * 64) == replace(CODE, code_hash="b" * 64)
        assert transaction.links.take_code("b" * 64) == replace(CODE, code_hash="b" * 64)
        assert transaction.links.take_code("b" * 64) is None
        assert transaction.links.take_code("c" * 64) == slack


def test_of_many_that_show_a_code_at_once_one_gets_it(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.links.add_code(CODE)

    def take(_: int) -> bool:
        with store.write() as transaction:
            return transaction.links.take_code(CODE.code_hash) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(4))) == 1


def test_of_processes_that_link_one_identity_to_several_people_one_does(
    open_another: Callable[[], SqlStore],
) -> None:
    people = ("ada", "grace", "linus", "rosa")
    stores = [open_another() for _ in people]

    def link(number: int) -> bool:
        with stores[number].write() as transaction:
            return transaction.links.add(replace(LINK, id=f"li-{number}", person_id=people[number]))

    with ThreadPoolExecutor(4) as threads:
        linked = list(threads.map(link, range(4)))
    assert sum(linked) == 1
    with stores[0].read() as view:
        [kept] = view.links.of()
        assert kept.person_id == people[linked.index(True)]
        assert view.links.of_identity(SUBJECT) == kept


class Anything:
    """Rules by which all that was proved may be linked."""

    def links(self, kind: IdentityKind) -> bool:
        return kind is IdentityKind.OIDC

    def declared(self, identity: Identity) -> Person:
        return self.person(identity.name)

    def person(self, person_id: str) -> Person:
        return Person(id=person_id, name=person_id.title())

    def refusal(self, identity: Identity, person: Person) -> LiftgateError | None:
        del identity, person
        return None

    def holder(self, link: Link, identity: Identity) -> Person | None:
        """Nobody, of a link that is worth nothing any more."""
        del identity
        return None if link.person_id == "gone" else self.person(link.person_id)


@pytest.mark.parametrize("before", [None, "gone"])
def test_of_people_who_link_one_identity_at_once_one_gets_it_and_the_record_says_who(
    open_another: Callable[[], SqlStore], before: str | None
) -> None:
    people = ("ada", "grace", "linus", "rosa")
    doors = [
        LinkDoor(store=open_another(), rules=Anything(), clock=lambda: NOON, random=token_bytes)
        for _ in people
    ]
    with doors[0].store.write() as transaction:
        for person_id in people:
            by = replace(ADA, name=person_id)
            transaction.links.add_code(replace(CODE, code_hash=person_id[0] * 64, person_id=person_id, by=by))
        if before is not None:
            transaction.links.add(replace(LINK, person_id=before))

    def link(number: int) -> str | None:
        try:
            made, _ = link_proved(people[number][0] * 64, SUBJECT, doors[number])
        except IdentityLinked:
            return None
        return made.person_id

    with ThreadPoolExecutor(4) as threads:
        linked = [one for one in threads.map(link, range(4)) if one is not None]
    with open_another().read() as view:
        assert [one.person_id for one in view.links.of()] == linked
        drafts = [entry.draft for entry in view.entries()]
    assert len(linked) == 1
    assert [one.actor for one in drafts if one.kind is EventKind.IDENTITY_LINKED] == linked
    ended = [one for one in drafts if one.kind is EventKind.IDENTITY_UNLINKED]
    assert len(ended) == (before is not None)


@pytest.mark.parametrize("is_held", [False, True])
def test_nobody_links_an_identity_to_somebody_who_is_put_on_hold_meanwhile(
    store: SqlStore, is_held: bool
) -> None:
    with store.write() as transaction:
        transaction.links.add_code(CODE)

    class HeldMeanwhile(Anything):
        """While IAM is asked, and the code is taken already, its person is put on hold."""

        def refusal(self, identity: Identity, person: Person) -> LiftgateError | None:
            hold = Hold(person="ada", finding_id="fi-1", because="x", placed_at=NOON)
            if is_held:
                with store.write() as transaction:
                    transaction.place_hold(hold, hold_placed(hold))
            return super().refusal(identity, person)

    door = LinkDoor(store=store, rules=HeldMeanwhile(), clock=lambda: NOON, random=token_bytes)
    try:
        link_proved(CODE.code_hash, SUBJECT, door)
    except PersonShutOut:
        assert is_held
    with store.read() as view:
        assert len(view.links.of("ada")) == (0 if is_held else 1)


def test_a_hold_and_a_code_asked_for_at_once_leave_no_code_that_is_good(
    open_another: Callable[[], SqlStore],
) -> None:
    hold = Hold(person="ada", finding_id="fi-1", because="x", placed_at=NOON)
    stores = [open_another() for _ in range(5)]
    caller = Caller(person=Person(id="ada", name="Ada", kind=PersonKind.PERSON), identity=ADA)

    def ask(store: SqlStore) -> None:
        door = LinkDoor(store=store, rules=Anything(), clock=lambda: NOON, random=token_bytes)
        with suppress(PersonShutOut):
            ask_for_code(caller, IdentityKind.OIDC, door, signed_in_at=NOON)

    def place(store: SqlStore) -> None:
        with store.write() as transaction:
            assert transaction.place_hold(hold, hold_placed(hold))

    with ThreadPoolExecutor(5) as threads:
        begun = [threads.submit(ask, one) for one in stores[:4]] + [threads.submit(place, stores[4])]
        for one in begun:
            one.result()
    with stores[0].write() as transaction:
        forgotten = transaction.links.forget(before=NOON + timedelta(days=1))
    assert forgotten == 0


def test_a_link_comes_back_as_it_was(store: SqlStore) -> None:
    of_before = replace(
        LINK, id="li-0", identity=Identity(kind=IdentityKind.SLACK, name="T1/U1"), by=None, person_id="grace"
    )
    with store.write() as transaction:
        assert transaction.links.add(LINK)
        assert transaction.links.add(of_before)
        assert not transaction.links.add(replace(LINK, id="li-2", person_id="grace"))
        assert transaction.links.one("li-1") == LINK
        assert transaction.links.of_identity(replace(SUBJECT, name="https://id.example#00u2")) is None
        assert transaction.links.of_identity(replace(SUBJECT, kind=IdentityKind.AWS)) is None
        assert transaction.links.of("ada") == (LINK,)
        assert transaction.links.of() == (of_before, LINK)


def test_the_end_of_a_link_signs_out_whom_it_let_in_and_nobody_else(store: SqlStore) -> None:
    session = a_browser("browser-1", SUBJECT)
    hers = a_browser("browser-2", ADA)
    with store.write() as transaction:
        transaction.links.add(LINK)
        for one in (session, hers):
            transaction.add_browser_session(one, draft())
        transaction.provided.add(
            ProviderSignIn(
                session_id=session.id,
                person_id="ada",
                identity=SUBJECT,
                provider_session=None,
                checked_at=None,
                check_after=None,
                expires_at=session.expires_at,
            )
        )
        let_in = sign_in("1" * 64, identity=SUBJECT)
        by_terminal = sign_in("2" * 64, identity=SUBJECT, session_id=session.id)
        others = [
            sign_in("3" * 64, identity=ADA),
            sign_in("4" * 64, identity=ADA, session_id=hers.id),
            sign_in("5" * 64, identity=SUBJECT, person_id="grace"),
        ]
        for token in (let_in, by_terminal, *others):
            transaction.add_sign_in(token, draft())
    with store.write() as transaction:
        assert transaction.links.end(LINK) == 2
        assert transaction.links.end(LINK) is None
    with store.read() as view:
        assert view.browser_session(session.token_hash) is None
        assert view.browser_session(hers.token_hash) == hers
        assert view.provided.one(session.id) is None
        assert view.sign_in(let_in.token_hash) is None
        assert view.sign_in(by_terminal.token_hash) is None
        assert [view.sign_in(one.token_hash) for one in others] == others
        assert view.links.of() == ()


def test_codes_are_forgotten(store: SqlStore) -> None:
    with store.write() as transaction:
        transaction.links.add_code(CODE)
    with store.write() as transaction:
        assert transaction.forget_expired(now=CODE.expires_at + timedelta(hours=1)) == 1
        assert transaction.links.code(CODE.code_hash) is None


def test_slack_users_that_were_linked_before_stay_linked(empty_url: str) -> None:
    from alembic import command

    engines = engines_for(empty_url)
    with engines.writing.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        at = NOON.isoformat(timespec="microseconds").replace("+00:00", "Z")
        connection.execute(text(f"INSERT INTO slack_links VALUES ('T111/U0ADA', 'ada', '{at}')"))  # noqa: S608 - a test's own text
    engines.dispose()
    store = open_store(empty_url, clock=TestClock())
    store.migrate()
    with store.read() as view:
        [kept] = view.links.of("ada")
    assert kept == Link(
        id="li-slack-t111-u0ada",
        identity=Identity(kind=IdentityKind.SLACK, name="T111/U0ADA"),
        person_id="ada",
        by=None,
        linked_at=NOON,
    )
    store.close()


def a_browser(name: str, identity: Identity) -> BrowserSession:
    return BrowserSession(
        id=name,
        token_hash=name,
        previous_hash=None,
        is_confirmed=False,
        person_id="ada",
        identity=identity,
        signed_in_at=NOON,
        rotated_at=NOON,
        seen_at=NOON,
        expires_at=NOON + timedelta(hours=8),
    )
