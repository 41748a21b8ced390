"""``liftgate doctor --server-side``: what the server would work with on this machine, by its own settings, without starting it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from sqlalchemy import make_url

from liftgate.catalogue.parse import load_catalogue
from liftgate.errors import LiftgateError
from liftgate.server.diagnosis import Look, diagnose, failed
from liftgate.server.parts import Parts, running_parts
from liftgate.server.roles import ALL_ROLES
from liftgate.server.serving import certificate_of
from liftgate.server.settings import Settings, load_settings
from liftgate.span import in_words

_ACTOR: Final = "liftgate"
_RENEW_WITHIN: Final = timedelta(days=14)
_QUIET: Final = timedelta(hours=1)


def diagnose_here(file: Path | None) -> Iterator[Look]:
    """Look at everything; what needs something that failed is left out. Nothing is migrated, and no file is made."""
    try:
        settings = load_settings(file)
    except LiftgateError as fault:
        yield from (failed("settings", one) for one in (fault, *fault.also))
        return
    yield _settings(settings, file)
    if settings.tls_certificate is not None:
        yield _tls(settings)
    catalogue = _catalogue(settings)
    yield catalogue
    database = _missing(settings)
    if database is not None:
        yield database
        return
    if catalogue.state == "fail":
        return
    with ExitStack() as until_the_end:
        try:
            opened = running_parts(settings, audience=settings.public_url or "", only_looks=True)
            parts = until_the_end.enter_context(opened)
        except LiftgateError as fault:
            yield failed("database", fault)
            return
        yield Look(title="database", state="ok", found="reached, and of this version")
        yield from diagnose(parts, _ACTOR)
        yield _events(parts)
    yield Look(
        title="revocation",
        state="note",
        found="not tried here: a drill is on record as somebody's",
        advice="as a guard, with the server running: liftgate doctor --revocation",
    )


def _settings(settings: Settings, file: Path | None) -> Look:
    missing = [role for role in ALL_ROLES if role not in settings.runs]
    found = f"{file or 'the environment'}: this process is {', '.join(sorted(settings.runs))}"
    if missing:
        return Look(
            title="settings",
            state="note",
            found=found,
            advice=f"see that another process runs {' and '.join(missing)}: docs/running.md",
        )
    return Look(title="settings", state="ok", found=found)


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
        return Look(
            title="tls", state="note", found=found, advice="renew it, then: systemctl reload liftgate"
        )
    return Look(title="tls", state="ok", found=found)


def _catalogue(settings: Settings) -> Look:
    try:
        catalogue = load_catalogue(settings.catalogue)
    except LiftgateError as fault:
        return failed("catalogue", fault)
    return Look(
        title="catalogue", state="ok", found=f"no faults, {len(catalogue.entitlements)} entitlement(s)"
    )


def _missing(settings: Settings) -> Look | None:
    """To open a file that is not there would make it."""
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
        return None
    return Look(
        title="database",
        state="fail",
        found="its file is not there yet, so nothing could be put on record",
        advice="start `liftgate serve` once, which makes it",
    )


def _events(parts: Parts) -> Look:
    with parts.store.read() as view:
        last = view.events_last_came()
    advice = "does a process with the role `watch` run, and does EventBridge deliver? docs/watch-sources.md"
    if last is None:
        return Look(title="events", state="note", found="none ever came", advice=advice)
    ago = parts.clock() - last
    found = f"last came {in_words(ago) or '0s'} ago"
    if ago >= _QUIET:
        return Look(title="events", state="note", found=found, advice=f"if S3 was used since: {advice}")
    return Look(title="events", state="ok", found=found)
