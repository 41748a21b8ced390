"""Where requests are shown in Slack, and whose Slack users people are."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from liftgate.notices.slack.ports import Shown
from liftgate.store.columns import Moment
from liftgate.store.notice_tables import slack_codes, slack_links, slack_messages
from liftgate.store.upsert import insert_into

_MESSAGE: Final = select(slack_messages).where(slack_messages.c.request_id == bindparam("of_request"))
_ADD_CODE: Final = insert(slack_codes)
_FORGET_CODES: Final = delete(slack_codes).where(slack_codes.c.person_id == bindparam("of_person"))
_USE_CODE: Final = (
    delete(slack_codes)
    .where(slack_codes.c.code_hash == bindparam("of_hash"))
    .returning(slack_codes.c.person_id, slack_codes.c.expires_at)
)
_PERSON: Final = select(slack_links.c.person_id).where(slack_links.c.slack_user == bindparam("of_user"))
_USERS: Final = select(slack_links.c.slack_user).where(
    slack_links.c.person_id.in_(bindparam("people", expanding=True))
)
_UNLINK: Final = (
    delete(slack_links)
    .where(slack_links.c.person_id == bindparam("of_person"))
    .returning(slack_links.c.slack_user)
)
_FORGET: Final = delete(slack_codes).where(slack_codes.c.expires_at < bindparam("before", type_=Moment()))


class SlackKept:
    """Fulfils ``SlackBook`` in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def message(self, request_id: str) -> Shown | None:
        """The message that shows a request."""
        row = self._connection.execute(_MESSAGE, {"of_request": request_id}).mappings().one_or_none()
        if row is None:
            return None
        return Shown(request_id=request_id, channel=row["channel"], ts=row["ts"], digest=row["shown"])

    def keep_message(self, shown: Shown) -> None:
        """A message, in place of what was known of it before."""
        anew = {"channel": shown.channel, "ts": shown.ts, "shown": shown.digest}
        add = insert_into(self._connection, slack_messages).values(request_id=shown.request_id, **anew)
        self._connection.execute(
            add.on_conflict_do_update(index_elements=[slack_messages.c.request_id], set_=anew)
        )

    def add_code(self, code_hash: str, person_id: str, *, expires_at: datetime) -> None:
        """A code that was handed to somebody; earlier ones of theirs are worth nothing from then on."""
        self._connection.execute(_FORGET_CODES, {"of_person": person_id})
        self._connection.execute(
            _ADD_CODE, {"code_hash": code_hash, "person_id": person_id, "expires_at": expires_at}
        )

    def use_code(self, code_hash: str, *, now: datetime) -> str | None:
        """Whose code it is, once; None for one that is used, over or none."""
        row = self._connection.execute(_USE_CODE, {"of_hash": code_hash}).mappings().one_or_none()
        return row["person_id"] if row is not None and now < row["expires_at"] else None

    def link(self, user: str, person_id: str, *, at: datetime) -> None:
        """A Slack user is a person's from now on, and nobody else's."""
        anew = {"person_id": person_id, "linked_at": at}
        add = insert_into(self._connection, slack_links).values(slack_user=user, **anew)
        self._connection.execute(
            add.on_conflict_do_update(index_elements=[slack_links.c.slack_user], set_=anew)
        )

    def unlink(self, person_id: str) -> tuple[str, ...]:
        """A person's Slack users are theirs no more; which those were."""
        return tuple(sorted(self._connection.execute(_UNLINK, {"of_person": person_id}).scalars()))

    def users(self, people: frozenset[str]) -> frozenset[str]:
        """The Slack users of some people, by proof."""
        return frozenset(self._connection.execute(_USERS, {"people": sorted(people)}).scalars())

    def person(self, user: str) -> str | None:
        """Whose Slack user it is, by proof."""
        found: str | None = self._connection.execute(_PERSON, {"of_user": user}).scalar_one_or_none()
        return found

    def forget(self, *, before: datetime) -> int:
        """Delete codes that were over then; how many."""
        return self._connection.execute(_FORGET, {"before": before}).rowcount
