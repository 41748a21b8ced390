"""The broker's session of a role in another account, by which it reads roles there and takes access back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.clock import Clock
from liftgate.elevation.aws_failure import NOT_SENT, UNREADABLE, code_of, is_clock_skew, may_pass
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import RevokerOutOfReach
from liftgate.elevation.model import Credentials
from liftgate.elevation.session_name import broker_session_name
from liftgate.errors import LiftgateError

# As long as role chaining allows: a broker may be a session itself (AWS: API reference, AssumeRole, DurationSeconds).
_LASTS: Final = timedelta(hours=1)
_RENEWED_BEFORE: Final = timedelta(minutes=15)
_TRIED_AGAIN_AFTER: Final = timedelta(minutes=1)  # where those at hand are good for longer
_GOOD_FOR: Final = timedelta(minutes=2)  # longer than any work on a role takes
_FAILURE_HOLDS: Final = timedelta(seconds=10)  # many who wait, and all roles of the account, ask once


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAccount:
    """An account beside the broker's own in which Liftgate lends, as whoever runs Liftgate declared it."""

    number: str  # twelve digits
    revoker_role_arn: str
    external_id: str = field(repr=False)  # no secret by AWS's word, and of no use in a log


@dataclass(frozen=True, slots=True)
class _Held:
    """A client by credentials of the revoker role."""

    iam: Any
    expires_at: datetime
    renewed_from: datetime


class Revoker:
    """Assumes the revoker role of one account at the first need, and anew before the session ends. Serves many threads."""

    def __init__(
        self,
        account: DeclaredAccount,
        sts: Any,
        broker: Callable[[], Broker],
        iam_of: Callable[[Credentials], Any],
        clock: Clock,
    ) -> None:
        """``sts``: a boto3 STS client that signs as the broker; ``iam_of`` makes an IAM client of a session's credentials."""
        self.account = account
        self._sts = sts
        self._broker = broker
        self._iam_of = iam_of
        self._clock = clock
        self._held: _Held | None = None
        self._failed: tuple[LiftgateError, datetime] | None = None
        self._lock = Lock()

    def iam(self) -> Any:
        """A boto3 IAM client in the account, good for two minutes at least. Raises ``RevokerOutOfReach``."""
        with self._lock:
            now = self._clock()
            held = self._held
            if held is not None and now < held.renewed_from:
                return held.iam
            try:
                self._held = held = self._renewed(now)
            except LiftgateError:
                if held is None or held.expires_at - now < _GOOD_FOR:
                    raise
                self._held = held = _Held(held.iam, held.expires_at, now + _TRIED_AGAIN_AFTER)
            return held.iam

    def _renewed(self, now: datetime) -> _Held:
        if self._failed is not None and abs(now - self._failed[1]) < _FAILURE_HOLDS:
            failure = self._failed[0]
            raise type(failure)(failure.sentence, advice=failure.advice, value=failure.value)
        try:
            lent = self._assumed()
        except LiftgateError as failure:
            self._failed = failure, self._clock()
            raise
        self._failed = None
        return _Held(self._iam_of(lent), lent.expires_at, lent.expires_at - _RENEWED_BEFORE)

    def _assumed(self) -> Credentials:
        called = broker_session_name(self._broker().name)
        try:
            answer = self._sts.assume_role(
                RoleArn=self.account.revoker_role_arn,
                RoleSessionName=called,
                SourceIdentity=called,
                ExternalId=self.account.external_id,
                DurationSeconds=int(_LASTS.total_seconds()),
            )["Credentials"]
            return Credentials(
                access_key_id=answer["AccessKeyId"],
                secret_access_key=answer["SecretAccessKey"],
                session_token=answer["SessionToken"],
                expires_at=answer["Expiration"],
            )
        except ClientError as refusal:
            raise self._out_of_reach(*_refused(refusal)) from refusal
        except NOT_SENT as failure:
            raise self._out_of_reach(
                type(failure).__name__, _CREDENTIALS
            ) from None  # its text may quote the call
        except BotoCoreError as failure:
            raise self._out_of_reach(f"STS did not answer ({type(failure).__name__})", _AGAIN) from failure
        except UNREADABLE:
            raise self._out_of_reach("STS gave an answer that cannot be read", _AGAIN) from None

    def _out_of_reach(self, why: str, advice: str) -> RevokerOutOfReach:
        role_arn = self.account.revoker_role_arn
        return RevokerOutOfReach(
            f"`{role_arn}` cannot be assumed, so nothing is lent in account `{self.account.number}` and nothing there can be "
            f"taken back: {why}",
            advice=advice,
            value=role_arn,
        )


_AGAIN: Final = "nothing: it is tried again; if it stays so, look at what stands between Liftgate and STS"
_REFUSED: Final = (
    "whoever runs Liftgate: the role's trust policy must name the broker and the `external_id` of the settings, and let it "
    "set a source identity; the broker's own policy must allow it: docs/accounts.md"
)
_CREDENTIALS: Final = "whoever runs Liftgate: check its AWS credentials and its clock"


def _refused(refusal: ClientError) -> tuple[str, str]:
    """What STS says and what to do; its sentence is left out, the code says as much."""
    code = code_of(refusal)
    if may_pass(refusal):
        return f"STS asks to come back later ({code})", _AGAIN
    if is_clock_skew(refusal):
        return code, _CREDENTIALS
    return code, _REFUSED
