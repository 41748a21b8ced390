"""Identities that were linked by proof."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, and_, bindparam, delete, select

from liftgate.identity.link_model import Link, LinkCode
from liftgate.identity.model import Identity, IdentityKind
from liftgate.store.browser_tables import browser_sessions
from liftgate.store.columns import Moment
from liftgate.store.link_tables import link_codes, linked_identities
from liftgate.store.login_tables import terminal_sign_ins
from liftgate.store.provider_tables import provider_sign_ins
from liftgate.store.rows import identity_of, identity_row
from liftgate.store.tables import sign_ins
from liftgate.store.upsert import insert_into

_L: Final = linked_identities.c
_ALL: Final = select(linked_identities).order_by(_L.linked_at, _L.id)
_ONE: Final = select(linked_identities).where(_L.id == bindparam("which"))
_OF_IDENTITY: Final = select(linked_identities).where(
    _L.identity_kind == bindparam("kind"), _L.identity_name == bindparam("name")
)
_END: Final = delete(linked_identities).where(_L.id == bindparam("which"))
_CODE: Final = select(link_codes).where(link_codes.c.code_hash == bindparam("which"))
_TAKE_CODE: Final = (
    delete(link_codes).where(link_codes.c.code_hash == bindparam("which")).returning(link_codes)
)
_FORGET: Final = delete(link_codes).where(link_codes.c.expires_at < bindparam("before", type_=Moment()))


class Links:
    """The links of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, link_id: str) -> Link | None:
        """A link by its id."""
        return self._found(_ONE, {"which": link_id})

    def of_identity(self, identity: Identity) -> Link | None:
        """The link of an identity, found by its kind and name."""
        return self._found(_OF_IDENTITY, {"kind": identity.kind.value, "name": identity.name})

    def of(self, person_id: str | None = None) -> tuple[Link, ...]:
        """Those of one person, or of all, the oldest first."""
        asked = _ALL if person_id is None else _ALL.where(_L.person_id == person_id)
        return tuple(map(_link_of, self._connection.execute(asked).mappings()))

    def code(self, code_hash: str) -> LinkCode | None:
        """A code that nobody has used, over or not."""
        row = self._connection.execute(_CODE, {"which": code_hash}).mappings().one_or_none()
        return None if row is None else _code_of(row)

    def add_code(self, code: LinkCode) -> None:
        """A code was handed out: an earlier one of the same person and kind is worth nothing from then on."""
        anew = {
            "code_hash": code.code_hash,
            "by_kind": code.by.kind.value,
            "by_name": code.by.name,
            "expires_at": code.expires_at,
        }
        add = insert_into(self._connection, link_codes).values(
            person_id=code.person_id, kind=code.kind.value, **anew
        )
        self._connection.execute(add.on_conflict_do_update(index_elements=["person_id", "kind"], set_=anew))

    def take_code(self, code_hash: str) -> LinkCode | None:
        """Use a code up: of two that show it at once, one finds it."""
        row = self._connection.execute(_TAKE_CODE, {"which": code_hash}).mappings().one_or_none()
        return None if row is None else _code_of(row)

    def add(self, link: Link) -> bool:
        """Keep a link; False where the identity is linked already, also by a transaction at the same time."""
        row = {
            "id": link.id,
            "person_id": link.person_id,
            "by_kind": link.by.kind.value if link.by else None,
            "by_name": link.by.name if link.by else None,
            "linked_at": link.linked_at,
            **identity_row(link.identity),
        }
        add = insert_into(self._connection, linked_identities).values(**row)
        added = add.on_conflict_do_nothing(index_elements=["identity_kind", "identity_name"])
        return len(self._connection.execute(added.returning(_L.id)).scalars().all()) == 1

    def end(self, link: Link) -> int | None:
        """Forget a link, and whoever is signed in by it; how many sign-ins those were, None where somebody forgot it before."""
        if self._connection.execute(_END, {"which": link.id}).rowcount != 1:
            return None
        sessions = self._end_all(browser_sessions, link, browser_sessions.c.id)
        by_them = terminal_sign_ins.c.session_id.in_(sessions)
        let_in = self._connection.execute(
            delete(terminal_sign_ins).where(by_them).returning(terminal_sign_ins.c.token_hash)
        ).scalars()
        self._connection.execute(delete(sign_ins).where(sign_ins.c.token_hash.in_(let_in.all())))
        self._connection.execute(
            delete(provider_sign_ins).where(provider_sign_ins.c.session_id.in_(sessions))
        )
        return len(sessions) + len(self._end_all(sign_ins, link, sign_ins.c.token_hash))

    def forget(self, *, before: datetime) -> int:
        """Delete codes that were over then; how many."""
        return self._connection.execute(_FORGET, {"before": before}).rowcount

    def _found(self, statement: Any, which: Mapping[str, str]) -> Link | None:
        row = self._connection.execute(statement, which).mappings().one_or_none()
        return None if row is None else _link_of(row)

    def _end_all(self, table: Table, link: Link, key: Any) -> list[str]:
        """What the identity of a link let its person in to; the keys of what is gone."""
        its = and_(
            table.c.identity_kind == link.identity.kind.value,
            table.c.identity_name == link.identity.name,
            table.c.person_id == link.person_id,
        )
        return list(self._connection.execute(delete(table).where(its).returning(key)).scalars())


def _link_of(row: RowMapping) -> Link:
    return Link(
        id=row["id"],
        identity=identity_of(row),
        person_id=row["person_id"],
        by=_by(row) if row["by_kind"] is not None else None,
        linked_at=row["linked_at"],
    )


def _code_of(row: RowMapping) -> LinkCode:
    return LinkCode(
        code_hash=row["code_hash"],
        person_id=row["person_id"],
        by=_by(row),
        kind=IdentityKind(row["kind"]),
        expires_at=row["expires_at"],
    )


def _by(row: RowMapping) -> Identity:
    return Identity(kind=IdentityKind(row["by_kind"]), name=row["by_name"])
