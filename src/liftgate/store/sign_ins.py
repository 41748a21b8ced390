"""Tokens that were handed out, and proofs that were used up."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from liftgate.identity.ports import SignIn
from liftgate.store.columns import Moment
from liftgate.store.login_tables import terminal_sign_ins
from liftgate.store.rows import sign_in_of, sign_in_row
from liftgate.store.tables import sign_ins, used_proofs

_T: Final = terminal_sign_ins.c
_ONE: Final = (
    select(sign_ins, _T.session_id)
    .outerjoin_from(sign_ins, terminal_sign_ins, _T.token_hash == sign_ins.c.token_hash)
    .where(sign_ins.c.token_hash == bindparam("token_hash"))
)
_ADD: Final = insert(sign_ins)
_END: Final = delete(sign_ins).where(sign_ins.c.token_hash == bindparam("token_hash"))
_ADD_BY: Final = insert(terminal_sign_ins)
_OF_SESSION: Final = (
    delete(terminal_sign_ins).where(_T.session_id == bindparam("which")).returning(_T.token_hash)
)
_OF_PERSON: Final = sign_ins.c.person_id == bindparam("who")
_LET_IN: Final = delete(terminal_sign_ins).where(
    _T.token_hash.in_(select(sign_ins.c.token_hash).where(_OF_PERSON))
)
_END_OF: Final = delete(sign_ins).where(_OF_PERSON).returning(sign_ins.c.token_hash)
_USE: Final = (
    text(
        """
    INSERT INTO used_proofs (proof_hash, expires_at) VALUES (:proof_hash, :expires_at)
    ON CONFLICT (proof_hash) DO NOTHING
    """
    )
    .bindparams(bindparam("expires_at", type_=Moment()))
    .execution_options(preserve_rowcount=True)
)
_FORGET_PROOF: Final = delete(used_proofs).where(used_proofs.c.proof_hash == bindparam("of_hash"))
_FORGET: Final = tuple(
    delete(table).where(table.c.expires_at < bindparam("before", type_=Moment()))
    for table in (sign_ins, terminal_sign_ins, used_proofs)
)


class SignIns:
    """The sign-ins of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, token_hash: str) -> SignIn | None:
        """The sign-in of a token, expired or not."""
        row = self._connection.execute(_ONE, {"token_hash": token_hash}).mappings().one_or_none()
        return sign_in_of(row) if row else None

    def add(self, sign_in: SignIn) -> None:
        """A new token."""
        self._connection.execute(_ADD, sign_in_row(sign_in))
        if sign_in.session_id is not None:
            row = {
                "token_hash": sign_in.token_hash,
                "session_id": sign_in.session_id,
                "expires_at": sign_in.expires_at,
            }
            self._connection.execute(_ADD_BY, row)

    def end(self, token_hash: str) -> None:
        """Forget a token."""
        self._connection.execute(_END, {"token_hash": token_hash})

    def end_by(self, session_id: str) -> int:
        """Forget the tokens of terminals that a browser's session signed in; how many there were."""
        ended = self._connection.execute(_OF_SESSION, {"which": session_id}).scalars().all()
        for token_hash in ended:
            self.end(token_hash)
        return len(ended)

    def end_of(self, person_id: str) -> int:
        """Forget all tokens of somebody; how many there were."""
        self._connection.execute(_LET_IN, {"who": person_id})
        return len(self._connection.execute(_END_OF, {"who": person_id}).all())

    def use_proof(self, proof_hash: str, *, expires_at: datetime) -> bool:
        """Mark a proof as used; False where it was used before, also by a transaction at the same time."""
        used = {"proof_hash": proof_hash, "expires_at": expires_at}
        return self._connection.execute(_USE, used).rowcount == 1

    def forget_proof(self, proof_hash: str) -> None:
        """Take back that a proof was used."""
        self._connection.execute(_FORGET_PROOF, {"of_hash": proof_hash})

    def forget(self, *, before: datetime) -> int:
        """Delete what expired before a moment; how many were deleted."""
        return sum(self._connection.execute(statement, {"before": before}).rowcount for statement in _FORGET)
