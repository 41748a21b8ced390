"""Where requests are shown in Slack."""

from typing import Final

from sqlalchemy import Connection, bindparam, select

from liftgate.notices.slack.ports import Shown
from liftgate.store.notice_tables import slack_messages
from liftgate.store.upsert import insert_into

_MESSAGE: Final = select(slack_messages).where(slack_messages.c.request_id == bindparam("of_request"))


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
