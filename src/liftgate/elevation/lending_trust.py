"""Who may assume an elevated role: the broker alone, and by the account's external id alone. Decided by ``liftgate.iam``.

Only the trust policy keeps others from the elevated role, and only the external id keeps the broker from being used by
somebody who names a role that is not theirs (AWS: IAM User Guide, "The confused deputy problem").
"""

import json
from collections.abc import Callable, Iterable
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.accounts import IamOf
from liftgate.elevation.aws_failure import UNREADABLE, code_of
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import LendingTrustTooWide, RoleUnreachable
from liftgate.elevation.role_name import check_arn, role_name
from liftgate.iam.contain import Contained, NotContained, contains
from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Principals, Statement

_EXTERNAL_ID: Final = "sts:ExternalId"
_ADVICE: Final = "whoever owns the role: let its trust policy name the broker alone, and demand the external id: docs/accounts.md"


class LendingTrusts:
    """Reads the trust policies of elevated roles in declared accounts. Those of the broker's own account are its owner's affair."""

    def __init__(
        self, iam: IamOf, external_id: Callable[[str], str | None], broker: Callable[[], Broker]
    ) -> None:
        """``external_id``: by which a role is assumed for lending; None where the trust policy is not looked at."""
        self._iam = iam
        self._external_id = external_id
        self._broker = broker

    def check(self, role_arn: str, external_id: str | None = None) -> None:
        """Raise ``LendingTrustTooWide`` where more may assume the role than the broker by the external id.

        ``external_id`` is the entitlement's own, which goes before the account's. Raises ``RoleUnreachable`` where IAM does not
        show the policy.
        """
        of_account = self._external_id(role_arn)
        if of_account is None:
            return
        why = too_wide(self._read(role_arn), self._broker(), external_id or of_account)
        if why is not None:
            raise LendingTrustTooWide(f"`{role_arn}` is not lent: {why}", advice=_ADVICE, value=role_arn)

    def _read(self, role_arn: str) -> str:
        iam = self._iam(role_arn)
        try:
            role = iam.get_role(RoleName=role_name(role_arn))["Role"]
            found, document = str(role["Arn"]), role["AssumeRolePolicyDocument"]
        except (ClientError, BotoCoreError, *UNREADABLE) as failure:
            why = code_of(failure) if isinstance(failure, ClientError) else type(failure).__name__
            raise RoleUnreachable(
                f"IAM does not show who may assume `{role_arn}`: {why}",
                advice="whoever runs Liftgate: the revoker role needs iam:GetRole on it",
                value=role_arn,
            ) from None
        check_arn(found, role_arn)
        return document if isinstance(document, str) else json.dumps(document)


def too_wide(trust: str, broker: Broker, external_id: str) -> str | None:
    """Why a trust policy lets in more than the broker by one of its external ids, of which ours is one; None where it does not.

    Fails closed: what cannot be proved is too wide.
    """
    try:
        policy = parse_policy(trust, Kind.TRUST)
    except PolicyFault as fault:
        return f"its trust policy cannot be read: {fault.sentence}"
    answer = contains(policy, _wanted(policy, broker))
    if isinstance(answer, NotContained):
        if broker.is_called(answer.witness.principal or broker.arn):
            return "its trust policy demands no external id"
        return f"its trust policy lets in others than the broker: {_others(policy, broker)}"
    if not isinstance(answer, Contained):
        return f"it cannot be proved that its trust policy lets in the broker alone: {answer.because}"
    if external_id not in _external_ids(policy):
        return "its trust policy demands another external id than is declared"
    return None


def _others(trust: Policy, broker: Broker) -> str:
    """Those whom a policy that lets in too many names, as it names them."""
    allows = [one for one in trust.statements if one.effect is Effect.ALLOW]
    if any(one.principals is not None and one.principals.negated for one in allows):
        return "all but some"
    others = dict.fromkeys(who for one in allows for who in _principals(one) if not broker.is_called(who))
    return ", ".join(f"`{who}`" for who in list(others)[:3]) or "by way of a condition"


def _wanted(trust: Policy, broker: Broker) -> Policy:
    """The widest that a trust policy may be: the broker, as the policy spells it, by an external id that the policy names."""
    by = Condition("StringEquals", _EXTERNAL_ID, tuple(sorted(_external_ids(trust))) or ("none",))
    named = (
        broker.arn,
        *sorted(
            value
            for one in trust.statements
            for value in (*_principals(one), *_values(one, "aws:principalarn"))
            if broker.is_called(value)
        ),
    )
    names = tuple(dict.fromkeys(named))
    itself = Principals(tuple(("AWS", name) for name in names))
    anybody = Principals(
        (("AWS", f"arn:{broker.arn.split(':')[1]}:iam::{broker.account}:root"), ("AWS", "*"))
    )
    return Policy(
        statements=(
            _allow(itself, "sts:*", by),
            _allow(itself, "sts:TagSession"),
            _allow(itself, "sts:SetSourceIdentity"),
            *(
                _allow(anybody, "sts:*", by, Condition(operator, "aws:PrincipalArn", names))
                for operator in ("StringEquals", "ArnEquals")
            ),
        )
    )


def _allow(who: Principals, action: str, *conditions: Condition) -> Statement:
    return Statement(
        effect=Effect.ALLOW,
        principals=who,
        actions=Patterns((action,)),
        resources=None,
        conditions=conditions,
    )


def _external_ids(trust: Policy) -> frozenset[str]:
    """What the policy compares the external id with; not what a request fills in."""
    return frozenset(
        value for one in trust.statements for value in _values(one, _EXTERNAL_ID.lower()) if "$" not in value
    )


def _values(statement: Statement, key: str) -> Iterable[str]:
    return (value for one in statement.conditions if one.key.lower() == key for value in one.values)


def _principals(statement: Statement) -> Iterable[str]:
    return () if statement.principals is None else (value for _, value in statement.principals.values)
