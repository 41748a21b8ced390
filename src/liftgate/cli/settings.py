"""The client's settings, checked: which server, which AWS profile proves who asks, or a browser's or the demo's sign-in."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liftgate.cli.cache import LOGIN, cache_folder, context_key, with_login
from liftgate.cli.choices import VARIABLES, choose, client_file_path
from liftgate.cli.errors import BadSignIn, CacheUnusable, ClientFileUnreadable, NoServer
from liftgate.cli.server_url import ServerUrl, parse_server_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a command needs to know of its surroundings."""

    server: ServerUrl
    profile: str | None  # of AWS; None: whatever AWS tools would use here
    local_person: str | None  # signs in by name instead, where the server allows it: the demo
    is_login: bool = False  # signed in by a browser
    token_file: str | None = None  # whose token a pipeline signs in with; it is read anew each time
    from_github: bool = False  # a job of GitHub Actions signs in with a token that it gets for each sign-in
    cache_key: str
    cache: Path

    def cached(self, kind: str) -> str:
        """The path of one of this context's files in the cache."""
        return f"{self.cache}/{self.cache_key}.{kind}"


def read_settings(given: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Settings from options (``given``), else the environment, else the client file. Raises ``Invalid``."""
    chosen = choose(given, environ, lambda: read_client_file(environ)) or {}
    chosen = with_login(chosen, given, environ)
    if not chosen["server"]:
        raise NoServer(
            "nobody said where Liftgate is",
            advice=f'give --server URL, or set LIFTGATE_SERVER, or write server = "…" into '
            f"{client_file_path(environ) or '~/.config/liftgate/client.toml'}",
        )
    method, _, named = _way_to_sign_in(chosen["sign_in"])
    return Settings(
        server=parse_server_url(chosen["server"]),
        profile=chosen["profile"] or None,
        local_person=named if method == "local" else None,
        is_login=method == LOGIN,
        token_file=named if method == "token" else None,
        from_github=method == "github",
        cache_key=context_key(chosen, environ),
        cache=_cache(environ),
    )


def read_client_file(environ: Mapping[str, str]) -> dict[str, str]:
    """What the client file says; nothing where there is none. Raises ``ClientFileUnreadable``."""
    path = client_file_path(environ)
    if not path:
        return {}
    try:
        with Path(path).open("rb") as file:
            values = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ClientFileUnreadable(
            f"the client file cannot be read: {error}",
            advice='it holds lines such as server = "https://liftgate.example.com"',
            where=path,
        ) from None
    for name, value in values.items():
        _check_entry(name, value, path)
    return values


def _check_entry(name: str, value: object, path: str) -> None:
    if name not in VARIABLES:
        near = difflib.get_close_matches(name, VARIABLES, n=1)
        advice = f"did you mean `{near[0]}`?" if near else f"it may hold {', '.join(VARIABLES)}"
        raise ClientFileUnreadable(
            f"the client file has an unknown entry `{name}`", advice=advice, where=path
        )
    if not isinstance(value, str):
        raise ClientFileUnreadable(
            f"`{name}` in the client file is not a text",
            advice=f'write {name} = "…", in quotes',
            where=path,
        )


def _way_to_sign_in(sign_in: str) -> tuple[str, str, str]:
    method, colon, named = sign_in.partition(":")
    is_known = sign_in in {"", "github", LOGIN} or (method in {"local", "token"} and named)
    if not is_known:
        raise BadSignIn(
            f"`{sign_in[:80]}` is not a way to sign in",
            advice="write --as login (a browser's), --as token:FILE or --as github (in a pipeline), --as local:NAME (in the "
            "demo), or leave it out to prove your AWS identity",
            value=sign_in[:80],
            where="--as",
        )
    return method, colon, named


def _cache(environ: Mapping[str, str]) -> Path:
    folder = cache_folder(environ)
    if folder is None:
        raise CacheUnusable("there is no place for a cache", advice="set HOME or XDG_CACHE_HOME")
    return Path(folder)
