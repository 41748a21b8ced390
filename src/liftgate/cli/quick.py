"""The answers that need no more than Python's own core: the first help screen, the version, cached credentials.

An SDK runs ``liftgate credentials`` again for each call it makes once its credentials have less than 15 minutes
left (botocore's advisory refresh), so this path is measured: it must stay under three times ``python -c pass``.
It may say nothing that the slow path would not say; where in doubt it answers None and the slow path decides.
"""

from liftgate import VERSION
from liftgate.cli.cache import cache_folder, context_key, fresh_document, fresh_pick, is_grant_id, with_login
from liftgate.cli.choices import SIGNING_IN, choose, plain_client_file
from liftgate.cli.contents import HELP_FLAGS, root_help
from liftgate.cli.private_file import read_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPTIONS = {"--server": "server", "--profile": "profile", "--as": "sign_in", "--grant": "grant"}


def quick_answer(argv: "Sequence[str]", environ: "Mapping[str, str]", now: float) -> "str | None":
    """What to print on stdout, complete; or None where this takes the slow path.

    ``now`` is in seconds since the epoch: whole datetimes would have to be imported.
    """
    if "_LIFTGATE_COMPLETE" in environ:
        return None
    if not argv or (len(argv) == 1 and argv[0] in HELP_FLAGS):
        return root_help()
    if list(argv) == ["--version"]:
        return f"liftgate {VERSION}\n"
    given = _credentials_options(argv)
    return None if given is None else _cached(given, environ, now)


def _credentials_options(argv: "Sequence[str]") -> "dict[str, str] | None":
    given: dict[str, str] = {}
    named = False
    words = iter(argv)
    for word in words:
        if word == "credentials" and not named:
            named = True
            continue
        flag, equals, value = word.partition("=")
        key = _OPTIONS.get(flag)
        if key is None or (key == "grant" and not named):
            return None
        given[key] = value if equals else next(words, "")
        if not given[key] or given[key].startswith("-"):
            return None
    return given if named else None


def _cached(given: "Mapping[str, str]", environ: "Mapping[str, str]", now: float) -> "str | None":
    if environ.get(SIGNING_IN):  # we are our own credential_process: the slow path refuses
        return None
    chosen = choose(given, environ, lambda: plain_client_file(environ))
    folder = cache_folder(environ)
    if chosen is None or folder is None or not chosen["server"]:
        return None
    chosen = with_login(chosen, given, environ)
    key = context_key(chosen, environ)
    grant = given.get("grant") or fresh_pick(read_private(f"{folder}/{key}.pick"), now)
    if grant is None or not is_grant_id(grant):
        return None
    document = fresh_document(read_private(f"{folder}/{key}.{grant}.session"), now)
    return f"{document}\n" if document else None
