"""What ``liftgate doctor`` looks at, in the order in which one thing needs the other."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from liftgate import VERSION
from liftgate.cli.aws_config import profile_names, profile_settings
from liftgate.cli.cache import cache_folder
from liftgate.cli.check import Check, failed, note, ok, unknown
from liftgate.cli.connection import Connection, connect
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import as_object, flag, items, text
from liftgate.cli.own_process import is_own_process
from liftgate.cli.ports import Call
from liftgate.cli.profile_install import aws_config_path
from liftgate.cli.settings import read_settings
from liftgate.cli.watch_checks import watch_checks
from liftgate.errors import LiftgateError
from liftgate.span import in_words

Further: TypeAlias = Callable[[Connection], Iterator[Check]]
"""Looks that need a server that answers."""


def all_checks(
    given: Mapping[str, str], environ: Mapping[str, str], further: Sequence[Further] = ()
) -> Iterator[Check]:
    """Look at everything; what needs something that failed is left out. ``further`` come before the watch."""
    yield from _network_checks(given, environ, further)
    yield _profile(environ)
    yield _cache(environ)


def _network_checks(
    given: Mapping[str, str], environ: Mapping[str, str], further: Sequence[Further]
) -> Iterator[Check]:
    try:
        here = connect(read_settings(given, environ))
    except LiftgateError as error:
        yield failed("settings", error)
        yield _left_out("settings", [title for title, _ in _LOOKS])
        return
    yield ok("settings", f"server {here.settings.server.base}, {_who_proves(here, environ)}")
    try:
        for number, (title, look) in enumerate(_LOOKS, start=1):
            check = _look(title, look, here)
            yield check
            if check.state == "fail":
                yield _left_out(title, [later for later, _ in _LOOKS[number:]])
                return
        for looks_further in further or (_not_asked,):
            yield from _further(looks_further, here)
        yield from _watch(here)
    finally:
        here.wire.close()


def _left_out(culprit: str, titles: Iterable[str]) -> Check:
    """What cannot be told since it needs what failed."""
    return unknown(
        "the rest",
        ", ".join([*titles, "whatever needs the server"]),
        f"mend `{culprit}` first, then ask again",
    )


def _not_asked(here: Connection) -> Iterator[Check]:
    if flag(here.api.get("/me"), "is_guard"):
        yield unknown(
            "server side",
            "not asked: AWS as the server sees it, each role, and whether a revocation bites",
            "liftgate doctor --all",
        )


def _further(looks: Further, here: Connection) -> Iterator[Check]:
    try:
        yield from looks(here)
    except LiftgateError as error:
        yield failed("server side", error)


def _look(title: str, look: Callable[[Connection], Check], here: Connection) -> Check:
    try:
        return look(here)
    except LiftgateError as error:
        return failed(title, error)


def _who_proves(here: Connection, environ: Mapping[str, str]) -> str:
    without_aws = _other_than_aws(here)
    if without_aws is not None:
        return without_aws
    if here.settings.profile:
        return f"AWS profile {here.settings.profile}"
    if environ.get("AWS_ACCESS_KEY_ID"):
        return "AWS credentials from the environment"
    return f"AWS profile {environ.get('AWS_PROFILE') or 'default'}, as AWS tools find it"


def _server(here: Connection) -> Check:
    answer = as_object(here.wire.send(Call(method="GET", path="/health")))
    theirs = answer.get("version")
    if isinstance(theirs, str) and theirs != VERSION:
        return note(
            "server",
            f"reachable, version {theirs}; this command is version {VERSION}",
            "if something is odd, install the same version",
        )
    return ok("server", f"reachable, version {theirs}" if isinstance(theirs, str) else "reachable")


def _clock(here: Connection) -> Check:
    ahead = here.wire.server_ahead
    if not ahead:
        return ok("clock", "agrees with the server's")
    side = "behind" if ahead.total_seconds() > 0 else "ahead of"
    return note(
        "clock",
        f"this machine's clock is {in_words(abs(ahead))} {side} the server's",
        "set the clock (timedatectl set-ntp true): AWS refuses what is signed 5 minutes off",
    )


def _other_than_aws(here: Connection) -> str | None:
    settings = here.settings
    if settings.local_person is not None:
        return f"local sign-in as {settings.local_person}"
    if settings.is_login:
        return "a login by a browser"
    if settings.token_file is not None:
        return f"the token in {settings.token_file}"
    return "a token that GitHub gives this job" if settings.from_github else None


def _aws_identity(here: Connection) -> Check:
    without_aws = _other_than_aws(here)
    if without_aws is not None:
        return ok("aws identity", f"not needed for {without_aws}")
    from liftgate.cli.aws_identity import find_aws_identity  # noqa: PLC0415 - botocore is not for local sign-in

    found = find_aws_identity(here.settings.profile)
    return ok("aws identity", f"key {found.credentials.access_key}, STS in {found.region}")


def _sign_in(here: Connection) -> Check:
    kept = here.tokens.kept() is not None
    answer = here.api.get("/me")
    person = as_object(answer.get("person"), "person")
    how = "signed in before" if kept else "the proof was accepted"
    return ok(
        "sign-in", f"{how}: you are {text(person, 'name')} ({text(person, 'id')}), {text(answer, 'identity')}"
    )


def _catalogue(here: Connection) -> Check:
    answer = here.api.get("/catalogue")
    faults, count = items(answer, "faults"), len(items(answer, "entitlements"))
    if faults:
        return note(
            "catalogue",
            f"{len(faults)} fault(s) in the server's files; the last good ones are in force",
            "whoever keeps the files: liftgate catalogue check PATH",
        )
    return ok("catalogue", f"no faults, {count} entitlement(s) for you")


def _watch(here: Connection) -> Iterator[Check]:
    try:
        yield from watch_checks(here)
    except LiftgateError as error:
        yield failed("watch", error)


_LOOKS: Final[tuple[tuple[str, Callable[[Connection], Check]], ...]] = (
    ("server", _server),
    ("clock", _clock),
    ("aws identity", _aws_identity),
    ("sign-in", _sign_in),
    ("catalogue", _catalogue),
)


def _profile(environ: Mapping[str, str]) -> Check:
    path = aws_config_path(environ)
    try:
        config = path.read_bytes().decode("utf-8", "surrogateescape")
        ours = [name for name in profile_names(config) if _is_ours(config, name)]
    except OSError:
        ours = []
    except LiftgateError as error:
        return failed("aws profile", error)
    if ours:
        return ok("aws profile", f"{', '.join(ours)} in {path}")
    return note(
        "aws profile",
        f"none of Liftgate's in {path}",
        "for tools that use AWS profiles: liftgate profile install",
    )


def _is_ours(config: str, name: str) -> bool:
    return is_own_process((profile_settings(config, name) or {}).get("credential_process", ""))


def _cache(environ: Mapping[str, str]) -> Check:
    folder = cache_folder(environ)
    if folder is None:
        return _bad_cache("there is no place for a cache", "set HOME or XDG_CACHE_HOME")
    open_to_others = [path for path in _cached(Path(folder)) if _is_open(path)]
    if open_to_others:
        names = ", ".join(str(path) for path in open_to_others[:3])
        return _bad_cache(f"others can read or change {names}", f"rm -r {folder}; it is made anew")
    return ok("cache", f"{folder}, yours alone")


def _cached(folder: Path) -> list[Path]:
    try:
        return [folder, *folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError:
        return [folder]


def _is_open(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:  # another process cleared it away
        return False
    return bool(status.st_mode & 0o077) or status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode)


def _bad_cache(found: str, advice: str) -> Check:
    return Check(title="cache", state="fail", found=found, advice=advice, exit_code=ExitCode.UNAVAILABLE)
