"""Whether a call comes from Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack

>>> body = b"payload=%7B%7D"
>>> sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)[:3]
'v0='
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

from liftgate.notices.slack.errors import NotFromSlack

MOST_AGE: Final = timedelta(minutes=5)
_TIMESTAMP: Final = re.compile("[0-9]{1,12}", re.ASCII)


def check_signature(
    secret: str, body: bytes, *, timestamp: str | None, signature: str | None, now: datetime
) -> None:
    """Raise ``NotFromSlack`` unless the raw body was signed with the app's secret in the last five minutes."""
    if timestamp is None or signature is None or not _TIMESTAMP.fullmatch(timestamp):
        raise _not_from_slack("it is not signed")
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode()):
        raise _not_from_slack("its signature is not Slack's")
    if abs(int(timestamp) - now.timestamp()) > MOST_AGE.total_seconds():
        raise _not_from_slack("it was signed more than five minutes ago, or ahead")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature that Slack gives a body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _not_from_slack(why: str) -> NotFromSlack:
    return NotFromSlack(
        f"the call is not from Slack: {why}",
        advice="only Slack calls this address; check `slack.signing_secret` and the server's clock",
    )
