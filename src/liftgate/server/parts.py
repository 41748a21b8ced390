"""Everything that the server is made of, and how it is built for real."""

import os
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from threading import Event
from time import monotonic
from typing import Final

from liftgate.access.ids import RandomBytes
from liftgate.access.ticket import Trackers
from liftgate.catalogue.source import CatalogueSource
from liftgate.clock import Clock, system_clock
from liftgate.elevation.accounts import Accounts
from liftgate.elevation.aws_clients import (
    AwsEndpoints,
    iam_client,
    revoker_sts_client,
    s3_client,
    sts_client,
    unsigned_sts_client,
)
from liftgate.elevation.broker import Broker, broker_of
from liftgate.elevation.harmless import HarmlessCalls
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.in_place.iam_role import IamHeldRoles
from liftgate.elevation.in_place.ports import HeldRoles
from liftgate.elevation.lending_trust import LendingTrusts
from liftgate.elevation.ports import Lender, RolePolicies
from liftgate.elevation.reach import RevocationReach
from liftgate.elevation.revocation import Pause
from liftgate.elevation.revoker import DeclaredAccount, Revoker
from liftgate.elevation.role_trust import IamRoleTrusts
from liftgate.elevation.s3_calls import S3Calls
from liftgate.elevation.session_limits import SessionLimits
from liftgate.elevation.sts import StsLender
from liftgate.elevation.sts_time import sts_time
from liftgate.identity.issuer_http import issuers_over_http
from liftgate.identity.issuers import Issuers
from liftgate.identity.ports import IssuerTransport, StsTransport
from liftgate.identity.provider import Reached
from liftgate.identity.session_names import SessionNames
from liftgate.identity.sts_http import sts_over_http
from liftgate.identity.token_sign_in import DeclaredIssuers
from liftgate.notices.apprise_notice import AppriseNotice
from liftgate.response.notify import Notifier
from liftgate.response.webhook import SignedWebhook, webhook_client, webhook_id
from liftgate.server.beats import Beats
from liftgate.server.browser.session_key import SHORTEST, SessionKey, kept_key
from liftgate.server.edge import Log
from liftgate.server.issuer_settings import token_issuer
from liftgate.server.json_log import json_log
from liftgate.server.kept_catalogue import KeptCatalogue
from liftgate.server.meters import Looks, Meters
from liftgate.server.oidc_settings import provider_of
from liftgate.server.settings import Settings, data_folder
from liftgate.server.slack.desk import SlackDesk, slack_desk
from liftgate.server.sources import Sources, sources_of
from liftgate.store.sql import SqlStore, open_store
from liftgate.tickets.lookup import HttpTrackers, tracker_client
from liftgate.watch.sources.ports import Take

_BACKGROUND_THREADS: Final = 8
_PAUSE_SECONDS: Final = 0.02  # between attempts to get a role's lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What handlers and the worker work with. Tests put their own clock, randomness and AWS here."""

    settings: Settings
    audience: str  # the origin to which proofs of identity must be bound
    store: SqlStore
    catalogue: KeptCatalogue
    clock: Clock
    random: RandomBytes
    lender: Lender
    policies: RolePolicies
    held_roles: HeldRoles
    calls: HarmlessCalls
    transport: StsTransport
    session_names: SessionNames
    broker_arn: Callable[[], str]  # who assumes elevated roles, and may
    sts_time: Callable[[], datetime | None] = lambda: (
        None
    )  # by its own clock; raises where it does not answer
    pause: Pause
    log: Log
    background: Executor  # for work whose caller does not wait to its end
    wake_worker: Event
    reach: RevocationReach = field(default_factory=RevocationReach)
    revokers: tuple[Revoker, ...] = ()  # one for each account that was declared
    sources: Sources = field(default_factory=Sources)
    take: Take | None = None  # where events of the sources go
    notifiers: Mapping[str, Notifier] = field(default_factory=dict)  # whom to tell, by ``webhook_id``
    wake_messenger: Event = field(default_factory=Event)
    trackers: Trackers | None = None  # None: no ticket can be checked
    closing: Event = field(default_factory=Event)  # set when the server stops: what waits for events ends
    provider: Reached | None = None  # by which people sign in
    token_issuers: DeclaredIssuers | None = None  # whose tokens let services in
    session_key: SessionKey = field(default_factory=lambda: SessionKey(token_bytes(SHORTEST)))
    slack: SlackDesk | None = None
    notices: Mapping[str, AppriseNotice] = field(default_factory=dict)  # by name
    beats: Beats = field(default_factory=Beats)
    meters: Meters = field(default_factory=Meters)
    looks: Looks = field(default_factory=Looks)

    def new_name(self, what: str) -> str:
        """A name that nobody else has: of a lease's holder, a worker, or one call."""
        return f"{what}-{self.random(8).hex()}"


@contextmanager
def running_parts(
    settings: Settings, *, audience: str, looking_at: SqlStore | None = None
) -> Iterator[Parts]:
    """The real thing: opens and migrates the store, loads the catalogue, makes AWS clients; closes them at the end.

    ``looking_at``: an open store, for whoever only looks: then nothing is migrated, and no file is made beside it.
    Raises ``CatalogueFaulty`` with every fault, and what the store says where it cannot serve.
    """
    at = endpoints_of(settings)
    source = CatalogueSource(settings.catalogue, system_clock)
    store = looking_at or _opened(settings)
    never, sts, log = Event(), sts_client(at), json_log()
    broker = broker_of(sts)
    revokers = _revokers(settings, at, broker)
    accounts = Accounts(broker, iam_client(at), revokers)
    with (
        closing(store),
        sts_over_http(endpoint=settings.aws_sts_endpoint) as transport,
        ThreadPoolExecutor(_BACKGROUND_THREADS, thread_name_prefix="liftgate-background") as background,
        webhook_client() as http,
        tracker_client() as tracker_http,
        issuers_over_http() as to_issuers,
    ):
        issuers = Issuers(to_issuers, system_clock)
        yield Parts(
            settings=settings,
            audience=audience,
            store=store,
            catalogue=KeptCatalogue(source, store, system_clock, log, fed_groups(settings)),
            provider=_provider(settings, audience, issuers, to_issuers),
            token_issuers=declared_issuers(settings, audience, issuers),
            clock=system_clock,
            random=token_bytes,
            lender=StsLender(
                sts, SessionLimits(accounts.iam, broker, system_clock).longest, accounts.external_id
            ),
            policies=IamRolePolicies(accounts.iam),
            held_roles=IamHeldRoles(accounts.iam),
            calls=S3Calls(lambda credentials: s3_client(at, credentials)),
            transport=transport,
            session_names=SessionNames(IamRoleTrusts(accounts.iam), system_clock),
            broker_arn=lambda: broker().arn,
            sts_time=lambda: sts_time(unsigned_sts_client(at)),
            pause=lambda: _wait(never),
            log=log,
            background=background,
            wake_worker=Event(),
            reach=RevocationReach(LendingTrusts(accounts.iam, accounts.external_id, broker).check),
            revokers=revokers,
            sources=sources_of(settings, at),
            slack=slack_desk(settings.slack),
            notices={one.name: one.notice() for one in settings.notices},
            trackers=HttpTrackers([one.tracker() for one in settings.trackers], tracker_http, monotonic),
            session_key=SessionKey(token_bytes(SHORTEST)) if looking_at else _session_key(settings),
            notifiers={
                webhook_id(one.url): SignedWebhook(one.url, one.secret.get_secret_value(), http)
                for one in settings.webhooks
            },
        )


def _opened(settings: Settings) -> SqlStore:
    store = open_store(settings.database_url.get_secret_value(), clock=system_clock)
    store.migrate()
    return store


def fed_groups(settings: Settings) -> frozenset[str]:
    """The groups of the catalogue into which the provider may put people."""
    return frozenset(settings.oidc.groups.values()) if settings.oidc else frozenset()


def declared_issuers(settings: Settings, audience: str, issuers: Issuers) -> DeclaredIssuers | None:
    """The issuers whose tokens let services in; None where there are none."""
    declared = tuple(token_issuer(one, audience) for one in settings.issuers)
    return DeclaredIssuers(declared=declared, issuers=issuers) if declared else None


def _provider(
    settings: Settings, audience: str, issuers: Issuers, transport: IssuerTransport
) -> Reached | None:
    if settings.oidc is None:
        return None
    return Reached(provider=provider_of(settings.oidc, audience), issuers=issuers, transport=transport)


def endpoints_of(settings: Settings) -> AwsEndpoints:
    """Where AWS is."""
    return AwsEndpoints(
        region=settings.aws_region,
        sts_url=settings.aws_sts_endpoint,
        iam_url=settings.aws_iam_endpoint,
        s3_url=settings.aws_s3_endpoint,
        sqs_url=settings.aws_sqs_endpoint,
        fips=settings.aws_fips,
        dual_stack=settings.aws_dual_stack,
    )


def _revokers(settings: Settings, at: AwsEndpoints, broker: Callable[[], Broker]) -> tuple[Revoker, ...]:
    sts = revoker_sts_client(at)
    return tuple(
        Revoker(
            DeclaredAccount(number=one.id, revoker_role_arn=one.revoker_role, external_id=one.external_id),
            sts,
            broker,
            lambda credentials: iam_client(at, credentials),
            system_clock,
        )
        for one in settings.accounts
    )


def _session_key(settings: Settings) -> SessionKey:
    if settings.session_key is not None:
        return SessionKey(b64decode(settings.session_key.get_secret_value()))
    try:
        return kept_key(data_folder(os.environ) / "session-key", token_bytes)
    except (OSError, ValueError) as fault:
        # Browsers sign in anew after each start, and cannot move between processes; nothing else is lost.
        json_log().warning("the session key cannot be kept", error=type(fault).__name__)
        return SessionKey(token_bytes(SHORTEST))


def _wait(never: Event) -> None:
    never.wait(_PAUSE_SECONDS)
