"""Asks the real STS for sessions, through boto3."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_failure import (
    NOT_SENT,
    UNREADABLE,
    code_of,
    is_clock_skew,
    is_the_callers_fault,
    may_pass,
    said_by,
)
from liftgate.elevation.errors import BrokerClockOff, LendingRefused, LendingUnavailable
from liftgate.elevation.lend import LONGEST
from liftgate.elevation.model import Credentials
from liftgate.elevation.ports import LendOrder, Lent
from liftgate.elevation.session_limits import ALWAYS_LENT
from liftgate.errors import LiftgateError
from liftgate.iam.errors import ScopeTooLarge

_TOO_LARGE: Final = frozenset({"PackedPolicyTooLarge", "PackedPolicyTooLargeException"})


class StsLender:
    """Lends by sts:AssumeRole. boto3's clients may be shared between threads; its sessions may not."""

    def __init__(
        self,
        client: Any,
        longest: Callable[[str], timedelta] = lambda _: LONGEST,
        external_id: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """``client``: a boto3 STS client that signs as the broker, with short time-outs; ``longest``: of a role's sessions.

        ``longest`` is asked only about what is longer than an hour, which every role allows. ``external_id`` is that of a role's
        account, given where an order names none; it raises where what is lent there could not be taken back.
        """
        self._client = client
        self._longest = longest
        self._external_id = external_id

    def lend(self, order: LendOrder) -> Lent:
        """One sts:AssumeRole, shorter than ordered where the role allows no more; the SDK fetches the rest of the window.

        Raises ``ScopeTooLarge``, ``LendingRefused``, ``LendingUnavailable`` and ``BrokerClockOff``; ``AccountNotDeclared`` and
        ``RevokerOutOfReach`` before STS is asked.
        """
        of_account = self._external_id(order.role_arn)
        if order.external_id is None:
            order = replace(order, external_id=of_account)
        try:
            answer = self._asked(order)
            return Lent(
                credentials=_credentials(answer["Credentials"]), packed_percent=answer.get("PackedPolicySize")
            )
        except ClientError as refusal:
            raise _refused(refusal, order) from refusal
        except NOT_SENT as failure:
            raise LendingRefused(
                f"Liftgate could not ask STS for `{order.role_arn}`: {type(failure).__name__}",
                advice="whoever runs Liftgate: check its AWS credentials and the entitlement's role and external id",
                value=order.role_arn,
            ) from failure
        except BotoCoreError as failure:
            raise LendingUnavailable(
                f"STS did not answer: {type(failure).__name__}",
                advice="try again; if it stays away, ask whoever runs Liftgate: liftgate doctor",
                value=order.role_arn,
            ) from failure
        except UNREADABLE:
            raise LendingUnavailable(
                "STS gave an answer that cannot be read",
                advice="try again; if it stays so, whoever runs Liftgate: look at what stands between it and STS",
                value=order.role_arn,
            ) from None  # its cause may quote the credentials

    def _asked(self, order: LendOrder) -> Any:
        duration = order.duration
        if duration > ALWAYS_LENT:
            duration = min(duration, self._longest(order.role_arn))
        try:
            return self._client.assume_role(**_call(order, duration))
        except ClientError as refusal:
            if duration <= ALWAYS_LENT or not _is_too_long(refusal):
                raise
        return self._client.assume_role(**_call(order, ALWAYS_LENT))


def _is_too_long(refusal: ClientError) -> bool:
    """Whether STS says that the role, or role chaining, allows no session of this length. Ceph's says no more than the code."""
    said = said_by(refusal)
    return code_of(refusal) in {"ValidationError", "InvalidArgument"} and (
        "DurationSeconds" in said or said in {"", "None"}
    )


def _call(order: LendOrder, duration: timedelta) -> dict[str, Any]:
    call: dict[str, Any] = {
        "RoleArn": order.role_arn,
        "RoleSessionName": order.session_name,
        "SourceIdentity": order.source_identity,
        "Policy": order.session_policy,
        "DurationSeconds": int(duration.total_seconds()),
        "Tags": [{"Key": key, "Value": value} for key, value in order.tags],
    }
    if order.external_id is not None:
        call["ExternalId"] = order.external_id
    return call


def _credentials(answer: dict[str, Any]) -> Credentials:
    expires_at: datetime = answer["Expiration"]
    access_key_id, secret, token = (
        answer[part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken")
    )
    if not (access_key_id and secret and token):
        raise ValueError("empty credentials")
    return Credentials(
        access_key_id=access_key_id,
        secret_access_key=secret,
        session_token=token,
        expires_at=expires_at.astimezone(UTC).replace(microsecond=0),
    )


def _refused(refusal: ClientError, order: LendOrder) -> LiftgateError:
    code, said = code_of(refusal), said_by(refusal)
    if code in _TOO_LARGE:
        return ScopeTooLarge(
            f"STS packs the session policy of this scope to more than it takes: {said}",
            advice="ask for fewer places or fewer actions, or for the folder that holds them",
            value=order.role_arn,
        )
    if may_pass(refusal):
        return LendingUnavailable(
            f"STS asks to come back later: {code}", advice="try again in a minute", value=order.role_arn
        )
    if is_clock_skew(refusal):
        return BrokerClockOff(
            f"STS does not accept the clock of the machine on which Liftgate runs: {code}{_their_time(refusal)}",
            advice="whoever runs Liftgate: set that clock (timedatectl set-ntp true); AWS takes five minutes at most",
            value=order.role_arn,
        )
    if is_the_callers_fault(refusal):
        return LendingRefused(
            f"STS does not accept the broker's own credentials: {code}",
            advice="whoever runs Liftgate: check its AWS credentials and its clock",
            value=order.role_arn,
        )
    return LendingRefused(
        f"STS refuses to lend `{order.role_arn}`: {code}: {said}",
        advice="whoever runs Liftgate: check the role's trust policy, its MaxSessionDuration and the broker's policy"
        if order.external_id is None
        else "whoever runs Liftgate: check that the role's trust policy names the broker and demands the external id that is "
        "declared (docs/accounts.md), its MaxSessionDuration and the broker's policy",
        value=order.role_arn,
    )


def _their_time(refusal: ClientError) -> str:
    date = refusal.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return f"; by AWS's it is {date}" if date else ""
