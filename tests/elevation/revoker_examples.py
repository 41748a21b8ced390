"""A revoker role of another account, assumed at an STS that a test writes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from liftgate.clock import Clock
from liftgate.elevation.broker import Broker
from liftgate.elevation.revoker import DeclaredAccount, Revoker

BROKER = Broker("111122223333", "arn:aws:iam::111122223333:user/machines/liftgate-broker")
ACCOUNT = DeclaredAccount(
    number="444455556666",
    revoker_role_arn="arn:aws:iam::444455556666:role/LiftgateRevoker",
    external_id="lg-5f0c1d6be2a94c73",
)


FAR = datetime(2036, 1, 1, tzinfo=UTC)


class ScriptedSts:
    """Lends for an hour, or refuses with a code, or raises."""

    def __init__(
        self, clock: Clock | None = None, *, refuse: str = "", failure: Exception | None = None
    ) -> None:
        self.clock = clock
        self.refuse = refuse
        self.failure = failure
        self.answer: Any = None
        self.calls: list[dict[str, Any]] = []

    def assume_role(self, **call: Any) -> Any:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure
        if self.refuse:
            error = {"Error": {"Code": self.refuse, "Message": "no"}}
            raise ClientError(error, "AssumeRole")  # type: ignore[arg-type]
        now = self.clock() if self.clock else None
        return self.answer or {
            "Credentials": {
                "AccessKeyId": f"ASIA{len(self.calls)}",
                "SecretAccessKey": "secret-of-the-revoker",
                "SessionToken": "token-of-the-revoker",
                "Expiration": now + timedelta(hours=1) if now else FAR,
            }
        }


def revoker(sts: Any, clock: Clock) -> Revoker:
    return Revoker(ACCOUNT, sts, lambda: BROKER, lambda keys: f"IAM by {keys.access_key_id}", clock)
