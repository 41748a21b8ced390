"""The facts that rules may name, each with what it says and where it comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

from liftgate.conditions.vocabulary import Fact, Facts, Kind, Value, Vocabulary
from liftgate.watch.attribution import UnderGrant
from liftgate.watch.known import KnownGrant
from liftgate.watch.rules.counted import (
    address_of,
    bytes_of,
    family_of,
    is_read,
    network_of,
    service_of,
    session_name_of,
    text_of,
)
from liftgate.watch.rules.totals import Totals, most_in_one_session
from liftgate.watch.verdict import Judged

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A fact, and how it is told from what it is about."""

    fact: Fact
    of: Callable[[T], Value | None]


def _text(says: str, of: Callable[[T], str | None]) -> Told[T]:
    return Told(Fact(kind=Kind.TEXT, says=says), lambda about: of(about) or "")


def _flag(says: str, of: Callable[[T], bool]) -> Told[T]:
    return Told(Fact(kind=Kind.FLAG, says=says), of)


def _whole(says: str, of: Callable[[T], int]) -> Told[T]:
    return Told(Fact(kind=Kind.WHOLE, says=says), of)


def _texts(says: str, of: Callable[[T], tuple[str, ...]]) -> Told[T]:
    return Told(Fact(kind=Kind.TEXTS, says=says), of)


def _maybe(kind: Kind, says: str, of: Callable[[T], Value | None]) -> Told[T]:
    return Told(Fact(kind=kind, says=says, optional=True), of)


def _parameter(name: str) -> Callable[[Judged], str]:
    return lambda judged: text_of((judged.event.request_parameters or {}).get(name))


def _number(judged: Judged) -> int:
    session = judged.attribution.session if isinstance(judged.attribution, UnderGrant) else None
    return session.number if session is not None else 0


def _minutes(grant: KnownGrant | None) -> int:
    return (grant.window.ends_at - grant.window.starts_at) // timedelta(minutes=1) if grant else 0


_CALL: Final[Mapping[str, Told[Judged]]] = {
    "call.verdict": _text("what the call was: see the table of verdicts", lambda j: j.verdict),
    "call.because": _text(
        "the verdict's reason, a sentence; empty where it was expected", lambda j: j.because
    ),
    "call.service": _text("`s3`, `iam`, `kms`, …", lambda j: service_of(j.event)),
    "call.operation": _text("`PutObject`, `DeleteObjects`, …", lambda j: j.event.event_name),
    "call.refused": _flag("AWS refused it for want of permission", lambda j: j.event.was_refused),
    "call.failed": _flag(
        "it had no effect: refused, or failed otherwise", lambda j: j.event.error_code is not None
    ),
    "call.error_code": _text("`AccessDenied`, `NoSuchKey`, …", lambda j: j.event.error_code),
    "call.read_only": _flag("it changes nothing", lambda j: is_read(j.event)),
    "call.at": Told(Fact(kind=Kind.MOMENT, says="when, in UTC"), lambda j: j.event.event_time),
    "call.address": _text(
        "the caller's IP address; empty where a service of AWS called", lambda j: address_of(j.event)
    ),
    "call.network": _text(
        "its network: the /24 (IPv4), /16 (private IPv4) or /48 (IPv6)",
        lambda j: network_of(address_of(j.event)),
    ),
    "call.source": _text("`sourceIPAddress` as it stands in the record", lambda j: j.event.source_ip_address),
    "call.user_agent": _text("as it stands in the record", lambda j: j.event.user_agent),
    "call.program": _text(
        "the user agent's program without its version: `aws-cli`", lambda j: family_of(j.event.user_agent)
    ),
    "call.region": _text("`eu-central-1`", lambda j: j.event.aws_region),
    "call.account": _text("the account in which it was recorded", lambda j: j.event.recipient_account_id),
    "call.vpc_endpoint": _text("the VPC endpoint that it came through", lambda j: j.event.vpc_endpoint_id),
    "call.resources": _texts(
        "ARNs that it touched",
        lambda j: tuple(one.arn for one in j.event.resources or () if one.arn),
    ),
    "call.bucket": _text("empty where the record names none", _parameter("bucketName")),
    "call.key": _text("empty where the record names none, as in DeleteObjects", _parameter("key")),
    "call.bytes_in": _whole("bytes sent to S3, as far as told", lambda j: bytes_of(j.event)[0]),
    "call.bytes_out": _whole("bytes fetched from S3, as far as told", lambda j: bytes_of(j.event)[1]),
    "call.tampers": _text(
        "what of permissions or records it changes, in words; empty where nothing", lambda j: j.tampers
    ),
    "call.caller": _text("the caller's ARN", lambda j: j.event.user_identity.arn),
    "call.caller_type": _text("`AssumedRole`, `IAMUser`, `Root`, …", lambda j: j.event.user_identity.type),
    "session.name": _text("of the session that called; empty where none did", session_name_of),
    "session.number": _whole(
        "1 for the first that was lent under the grant; 0 where none is on record", _number
    ),
    "session.by": _text(
        "how the grant was found: `access key`, `session name` or `in place`; empty without a grant",
        lambda j: j.attribution.by if isinstance(j.attribution, UnderGrant) else "",
    ),
}

_GRANT: Final[Mapping[str, Told[KnownGrant | None]]] = {
    "grant.id": _text("empty where the call is under no grant", lambda g: g.id if g else None),
    "grant.person": _text("who asked for it", lambda g: g.person if g else None),
    "grant.entitlement": _text("its name in the catalogue", lambda g: g.entitlement if g else None),
    "grant.account": _text("the account of its role", lambda g: g.account if g else None),
    "grant.role": _text("the ARN of its role", lambda g: g.role_arn if g else None),
    "grant.in_place": _flag(
        "it opens a session of a role that the person holds anyway",
        lambda g: g is not None and g.user_id is not None,
    ),
    "grant.starts": _maybe(
        Kind.MOMENT,
        "the start of its window; missing without a grant",
        lambda g: g.window.starts_at if g else None,
    ),
    "grant.ends": _maybe(
        Kind.MOMENT,
        "the end of its window; missing without a grant",
        lambda g: g.window.ends_at if g else None,
    ),
    "grant.ended": _maybe(
        Kind.MOMENT,
        "when it was taken back or returned; missing where it was not",
        lambda g: g.ended_at if g else None,
    ),
    "grant.minutes": _whole("the length of its window", _minutes),
    "grant.actions": _texts("what was granted", lambda g: tuple(sorted(g.scope.actions)) if g else ()),
    "grant.locations": _texts("where", lambda g: tuple(sorted(map(str, g.scope.locations))) if g else ()),
}

_TOTALS: Final[Mapping[str, Told[Totals]]] = {
    "totals.calls": _whole("all of them", lambda t: t.calls),
    "totals.refused": _whole("refused by AWS for want of permission", lambda t: t.refused),
    "totals.reads": _whole("that change nothing", lambda t: t.reads),
    "totals.writes": _whole("that change something, other than deletes", lambda t: t.writes),
    "totals.deletes": _whole("deletes that did not fail", lambda t: t.deletes),
    "totals.objects_deleted": _whole("whose keys the records tell", lambda t: t.objects_deleted),
    "totals.versions_deleted": _whole(
        "of those, named versions: gone for good", lambda t: t.versions_deleted
    ),
    "totals.bulk_deletes": _whole(
        "calls of DeleteObjects: each up to 1,000 keys that no record tells", lambda t: t.bulk_deletes
    ),
    "totals.outside_scope": _whole("outside scope, tampering among them", lambda t: t.outside_scope),
    "totals.outside_window": _whole("outside the window", lambda t: t.outside_window),
    "totals.unclear": _whole("of which the record does not tell enough", lambda t: t.unclear),
    "totals.bytes_in": _whole("bytes sent to S3, as far as told", lambda t: t.bytes_in),
    "totals.bytes_out": _whole("bytes fetched from S3, as far as told", lambda t: t.bytes_out),
    "totals.addresses": _texts("IP addresses of callers", lambda t: tuple(sorted(t.addresses))),
    "totals.networks": _texts(
        "their networks, as in `call.network`", lambda t: tuple(sorted({one for _, one in t.networks}))
    ),
    "totals.session_networks": _texts(
        "of the one session that was used from the most networks", lambda t: most_in_one_session(t.networks)
    ),
    "totals.programs": _texts(
        "user agents without versions", lambda t: tuple(sorted({one for _, one in t.user_agents}))
    ),
    "totals.session_programs": _texts(
        "of the one session that the most programs used", lambda t: most_in_one_session(t.user_agents)
    ),
    "totals.buckets": _texts("buckets that were named", lambda t: tuple(sorted(t.buckets))),
    "totals.services": _texts("services that were called", lambda t: tuple(sorted(t.services))),
    "totals.first": _maybe(Kind.MOMENT, "the earliest call", lambda t: t.first_at),
    "totals.last": _maybe(Kind.MOMENT, "the latest call", lambda t: t.last_at),
}

_OF_GRANT: Final = {name: told.fact for name, told in _GRANT.items()}
OF_CALL: Final[Vocabulary] = {name: told.fact for name, told in _CALL.items()} | _OF_GRANT
OF_GRANT: Final[Vocabulary] = _OF_GRANT | {name: told.fact for name, told in _TOTALS.items()}


def facts_of_call(judged: Judged) -> Facts:
    """The facts of one call, each worked out when it is asked for."""

    def fact(name: str) -> Value | None:
        told = _CALL.get(name)
        return told.of(judged) if told is not None else _GRANT[name].of(judged.grant)

    return fact


def facts_of_grant(grant: KnownGrant, totals: Totals) -> Facts:
    """The facts of a grant and all its calls, each worked out once."""
    told: dict[str, Value | None] = {}

    def fact(name: str) -> Value | None:
        if name not in told:
            of_totals = _TOTALS.get(name)
            told[name] = of_totals.of(totals) if of_totals is not None else _GRANT[name].of(grant)
        return told[name]

    return fact
