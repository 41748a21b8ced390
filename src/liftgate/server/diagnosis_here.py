"""``liftgate doctor --server-side``: what the server would work with on this machine, by its own settings, without starting it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from sqlalchemy import make_url

from liftgate.catalogue.parse import load_catalogue
from liftgate.clock import system_clock
from liftgate.errors import LiftgateError
from liftgate.server.diagnosis import diagnose, look_at_aws
from liftgate.server.diagnosis_watch import look_at_arrivals, look_at_dead_letters
from liftgate.server.look import Look, failed, left_out, note, ok, unknown
from liftgate.server.no_store import StoreOutOfReach
from liftgate.server.parts import running_parts
from liftgate.server.roles import ALL_ROLES
from liftgate.server.serving import certificate_of
from liftgate.server.settings import Settings, load_settings
from liftgate.store.errors import DatabaseEmpty
from liftgate.store.sql import SqlStore, open_store

_ACTOR: Final = "liftgate"
_RENEW_WITHIN: Final = timedelta(days=14)


def diagnose_here(file: Path | None) -> Iterator[Look]:
    """Look at everything; what needs something that failed is left out. Nothing is migrated, and no file is made."""
    try:
        settings = load_settings(file)
    except LiftgateError as fault:
        yield from (failed("settings", one) for one in (fault, *fault.also))
        yield left_out("settings", "whatever the settings name")
        return
    yield _settings(settings, file)
    if settings.tls_certificate is not None:
        yield _tls(settings)
    try:
        catalogue = load_catalogue(settings.catalogue)
    except LiftgateError as fault:
        yield failed("catalogue", fault)
        yield left_out("catalogue", "database", "AWS", "queue", "trail")
        return
    yield ok("catalogue", f"no faults, {len(catalogue.entitlements)} entitlement(s)")
    store = _store(settings)
    yield _database(store)
    audience = settings.public_url or ""
    with running_parts(settings, audience=audience, looking_at=store) as parts:
        if isinstance(store, StoreOutOfReach):
            yield from look_at_aws(parts, catalogue, None)
            yield from look_at_dead_letters(parts)
        else:
            yield from diagnose(parts, _ACTOR)
            yield from look_at_dead_letters(parts)
            yield from look_at_arrivals(parts)
    yield unknown(
        "revocation",
        "whether it bites was not tried: a drill is on record as somebody's",
        "as a guard, with the server running: liftgate doctor --revocation",
    )


def _settings(settings: Settings, file: Path | None) -> Look:
    missing = [role for role in ALL_ROLES if role not in settings.runs]
    found = f"{file or 'the environment'}: this process is {', '.join(sorted(settings.runs))}"
    if missing:
        return note(
            "settings",
            found,
            f"see that another process runs {' and '.join(missing)}: docs/running.md",
        )
    return ok("settings", found)


def _tls(settings: Settings) -> Look:
    try:
        certificate_of(settings)
        assert settings.tls_certificate is not None  # noqa: S101 - it is looked at for its sake
        ends_at = x509.load_pem_x509_certificate(settings.tls_certificate.read_bytes()).not_valid_after_utc
    except LiftgateError as fault:
        return failed("tls", fault)
    left = ends_at - datetime.now(UTC)
    found = f"the certificate and its key fit; it ends {ends_at:%Y-%m-%d}"
    if left <= timedelta():
        return Look(
            title="tls",
            state="fail",
            found=f"the certificate ended {ends_at:%Y-%m-%d}",
            advice="renew it, then: systemctl reload liftgate",
        )
    if left < _RENEW_WITHIN:
        return note("tls", found, "renew it, then: systemctl reload liftgate")
    return ok("tls", found)


def _database(store: SqlStore) -> Look:
    if not isinstance(store, StoreOutOfReach):
        return ok("database", "reached, and of this version")
    if isinstance(store.fault, DatabaseEmpty):  # before the first start that is as it should be
        return note("database", store.fault.sentence, store.fault.advice)
    return failed("database", store.fault)


def _store(settings: Settings) -> SqlStore:
    """The store as it is. To open a file that is not there would make it."""
    address = settings.database_url.get_secret_value()
    try:
        _refuse_missing(address)
        store = open_store(address, clock=system_clock)
        try:
            store.check()
        except LiftgateError:
            store.close()
            raise
    except LiftgateError as fault:
        return StoreOutOfReach(fault)
    return store


def _refuse_missing(address: str) -> None:
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise DatabaseEmpty(
            "its file is not there yet: nothing can be put on record",
            advice="start `liftgate serve` once, which makes it",
        )
