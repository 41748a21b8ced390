"""From a catalogue to all that is to exist in AWS: roles, trust, policies, boundaries, trail, rule and queue.

    plan = plan_for(catalogue, DeployOptions(region="eu-central-1"))

Nothing is read and nothing called here; the same catalogue and options always give the same plan.
"""

from collections.abc import Iterator
from typing import Final

from liftgate.catalogue.model import Catalogue
from liftgate.deployment.auditor import auditor_parts
from liftgate.deployment.baseline import (
    bounded_roles,
    everyday_reads,
    held_boundary,
    new_role,
    read_only_policies,
)
from liftgate.deployment.broker import broker_arn, broker_parts, revoker_parts
from liftgate.deployment.elevated import elevated_role
from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.key_policies import Use, key_policies
from liftgate.deployment.model import Bounded, ManagedPolicy, Plan, Role, Watching
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.places import Places, account_of, places_of
from liftgate.deployment.sizes import check_sizes
from liftgate.deployment.taken_up import Taker
from liftgate.deployment.watching import watching_of

EXTERNAL_ID: Final = "LIFTGATE-EXTERNAL-ID"
"""Stands in trust policies for the external id of the role's account, where the options do not say it."""


def plan_for(catalogue: Catalogue, options: DeployOptions) -> Plan:
    """All that a catalogue needs.

    Raises ``AccountUnclear``, ``CeilingsTooLarge``, ``TooManyRoles``, ``TooLongForIam`` and ``BadDeployOption``.
    """
    places = places_of(catalogue, options)
    broker = broker_arn(places, options)
    watching = watching_of(places, options, broker)
    roles: list[Role] = []
    policies: list[ManagedPolicy] = []
    boundaries: dict[str, str] = {}
    for arn, entitlements in places.lent.items():
        ids = _external_ids(places, arn, options)
        role, ceiling = elevated_role(
            arn,
            entitlements,
            broker_arn=broker,
            external_ids=ids,
            organization=_organization(places, account_of(arn), options),
        )
        roles.append(role)
        policies.append(ceiling)
        boundaries[arn] = ceiling.arn
    for arn, entitlements in places.held.items():
        boundary = held_boundary(places, arn, entitlements)
        policies.append(boundary)
        boundaries[arn] = boundary.arn
    made = _add_baseline(places, options, roles, policies, boundaries)
    added, own = broker_parts(places, options, watching, boundaries)
    policies += added
    roles += [own] if isinstance(own, Role) else []
    for account in places.accounts[1:]:
        added, revoker = revoker_parts(
            places, account, by=_taker(places, account, options), boundaries=boundaries
        )
        policies += added
        roles.append(revoker)
    _add_auditors(places, options, watching, roles, policies)
    plan = Plan(
        account=places.account,
        partition=places.partition,
        region=options.region,
        broker_arn=broker,
        policies=tuple(policies),
        roles=tuple(roles),
        bounded=bounded_roles(places, boundaries, made),
        brought=own if isinstance(own, Bounded) else None,
        watching=watching,
        kms_keys=places.keys,
        key_policies=key_policies(_uses(places, made), watching, broker),
        options=options,
    )
    check_sizes(plan)
    return plan


def _add_baseline(
    places: Places,
    options: DeployOptions,
    roles: list[Role],
    policies: list[ManagedPolicy],
    boundaries: dict[str, str],
) -> str | None:
    """Add the policies of everyday access, and the role where it is to be made, whose ARN is given back."""
    at_home: list[str] = []
    for account in places.accounts:
        found = read_only_policies(places, account)
        policies += found
        at_home += [one.arn for one in found if account == places.account]
    if options.baseline is None:
        return None
    if not at_home:
        raise BadDeployOption(
            f"`{options.baseline.name}` would read nothing: no entitlement names a bucket in account `{places.account}`",
            advice="leave out --baseline, and make the role in the account that holds the buckets",
        )
    made = new_role(places, options.baseline, at_home, boundaries)
    roles.append(made)
    return made.arn


def _uses(places: Places, baseline: str | None) -> Iterator[Use]:
    """Which roles may come to use which keys."""
    for arn, entitlements in (*places.lent.items(), *places.held.items()):
        yield from ((arn, one.ceiling) for one in entitlements)
    if baseline:
        yield from ((baseline, scope) for scope in everyday_reads(places, places.account))


def _add_auditors(
    places: Places,
    options: DeployOptions,
    watching: Watching,
    roles: list[Role],
    policies: list[ManagedPolicy],
) -> None:
    """Add the role of each account by which the server looks at it, unless it is not to be made."""
    for account in places.accounts if options.auditor else ():
        added, auditor = auditor_parts(places, account, watching, by=_taker(places, account, options))
        policies += added
        roles.append(auditor)


def _taker(places: Places, account: str, options: DeployOptions) -> Taker:
    return Taker(
        broker=broker_arn(places, options),
        external_id=_external_id(places, account, options),
        organization=_organization(places, account, options),
    )


def _external_ids(places: Places, role_arn: str, options: DeployOptions) -> tuple[str, ...]:
    """By which a role is assumed: entitlements' own go before the account's, and at home the account has none."""
    of_account = _external_id(places, account_of(role_arn), options)
    wanted = [one.external_id or of_account for one in places.lent[role_arn]]
    return () if None in wanted else tuple(sorted({one for one in wanted if one}))


def _external_id(places: Places, account: str, options: DeployOptions) -> str | None:
    return None if account == places.account else options.external_ids.get(account, EXTERNAL_ID)


def _organization(places: Places, account: str, options: DeployOptions) -> str | None:
    """Asked for in trust policies of other accounts alone."""
    return None if account == places.account else options.organization
