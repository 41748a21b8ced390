"""What a catalogue names, sorted as a deployment needs it: roles by account, buckets, keys, and roles that people sign in with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.deployment.errors import AccountUnclear
from liftgate.deployment.options import DeployOptions

_SESSION: Final = re.compile(r"aws:arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Of a catalogue."""

    account: str  # the broker's
    partition: str
    lent: Mapping[str, tuple[Entitlement, ...]]  # by elevated role
    held: Mapping[str, tuple[Entitlement, ...]]  # by role that is opened in place
    signed_in: Mapping[
        str, tuple[str, ...]
    ]  # by account: patterns of ARNs of roles whose trust policy is read

    @property
    def accounts(self) -> tuple[str, ...]:
        """Where there are roles to be changed: the broker's account first."""
        others = {account_of(arn) for arn in (*self.lent, *self.held)} - {self.account}
        return (self.account, *sorted(others))

    def lent_in(self, account: str) -> tuple[str, ...]:
        """The elevated roles of an account."""
        return tuple(arn for arn in self.lent if account_of(arn) == account)

    def held_in(self, account: str) -> tuple[str, ...]:
        """The roles of an account that are opened in place."""
        return tuple(arn for arn in self.held if account_of(arn) == account)

    def buckets_of(self, account: str) -> tuple[str, ...]:
        """The ARNs of the buckets that entitlements of an account name."""
        return tuple(sorted({one.bucket_arn for each in self._of(account) for one in each.ceiling.locations}))

    def keys_of(self, account: str) -> tuple[str, ...]:
        """The KMS keys that entitlements of an account name."""
        return tuple(sorted({one for each in self._of(account) for one in each.ceiling.kms_keys}))

    @property
    def keys(self) -> tuple[str, ...]:
        """The KMS keys of all entitlements."""
        return tuple(sorted({key for account in self.accounts for key in self.keys_of(account)}))

    def _of(self, account: str) -> Iterable[Entitlement]:
        return (
            each
            for ones in (*self.lent.values(), *self.held.values())
            for each in ones
            if each.account == account
        )


def places_of(catalogue: Catalogue, options: DeployOptions) -> Places:
    """Sort a catalogue. Raises ``AccountUnclear`` where nobody says in which of its accounts the broker is."""
    ordered = [catalogue.entitlements[name] for name in sorted(catalogue.entitlements)]
    if not ordered:
        raise AccountUnclear("the catalogue has no entitlement yet", advice="write one: docs/catalogue.md")
    account = _home(ordered, options)
    return Places(
        account=account,
        partition=ordered[0].role_arn.split(":")[1],
        lent=_by_role(one for one in ordered if one.mechanism is Mechanism.SESSION),
        held=_by_role(one for one in ordered if one.mechanism is Mechanism.IN_PLACE),
        signed_in=_signed_in(catalogue, {account, *(one.account for one in ordered)}),
    )


def _home(entitlements: Iterable[Entitlement], options: DeployOptions) -> str:
    broker = options.broker_principal
    if broker and options.account and broker[0] != options.account:
        raise AccountUnclear(
            f"the broker `{options.broker_arn}` is not of account `{options.account}`",
            advice="leave out --account",
        )
    if options.account or broker:
        return options.account or (broker[0] if broker else "")
    found = sorted({one.account for one in entitlements})
    if len(found) > 1:
        raise AccountUnclear(
            f"the catalogue names {len(found)} accounts, and Liftgate runs in one of them, or in another",
            advice=f"say which: --account {found[0]}",
        )
    return found[0]


def _by_role(entitlements: Iterable[Entitlement]) -> dict[str, tuple[Entitlement, ...]]:
    found: dict[str, tuple[Entitlement, ...]] = {}
    for one in sorted(entitlements, key=lambda one: (one.role_arn, one.name)):
        found[one.role_arn] = (*found.get(one.role_arn, ()), one)
    return found


def _signed_in(catalogue: Catalogue, accounts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What ``identity.session_names`` reads: not of roles whose names are trusted, nor of services that are any session of a role."""
    found: dict[str, set[str]] = {account: set() for account in accounts}
    named = [
        *catalogue.identities,
        *(pattern for pattern, _ in catalogue.patterns if not pattern.endswith("/*")),
    ]
    for identity in named:
        match = _SESSION.fullmatch(identity)
        if (
            match is None
            or identity.removeprefix("aws:").rpartition("/")[0] + "/" in catalogue.trusted_session_names
        ):
            continue
        if match[2] in found:  # STS does not say a role's path
            found[match[2]] |= {
                f"arn:{match[1]}:iam::{match[2]}:role/{path}{match[3]}" for path in ("", "*/")
            }
    return {account: tuple(sorted(arns)) for account, arns in found.items()}


def account_of(arn: str) -> str:
    """The account of what an ARN names; empty where AWS leaves it out, as in those of buckets."""
    return arn.split(":")[4]
