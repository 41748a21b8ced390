"""The settings of the command line, each with its place; and what is wrong with where they stand."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liftgate.cli.cache import with_login
from liftgate.cli.choices import EXEC_GRANT, SIGNING_IN, TOKEN_FILE, VARIABLES, choose, client_file_path
from liftgate.cli.errors import BadVariable
from liftgate.cli.settings import read_client_file, read_settings

_VARIABLES: Final = (
    *VARIABLES.values(),
    TOKEN_FILE,
    EXEC_GRANT,
    SIGNING_IN,
    "LIFTGATE_SETTINGS",
    "LIFTGATE_DEBUG",
)
_NEAR: Final = 0.85  # of 1; names of a server's settings are not to be taken for ours


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSetting:
    """One setting of the command line; ``value`` is empty where nothing was chosen."""

    name: str
    value: str
    place: str


def client_settings(given: Mapping[str, str], environ: Mapping[str, str]) -> list[ClientSetting]:
    """Server, profile and sign-in, with where each stands. Raises ``ClientFileUnreadable``."""
    chosen = choose(given, environ, lambda: read_client_file(environ)) or {}
    logged_in = with_login(chosen, given, environ)
    return [
        ClientSetting(
            name=name,
            value=logged_in[name],
            place=_place(name, chosen[name], given, environ)
            if logged_in[name] == chosen[name]
            else "liftgate login",
        )
        for name in VARIABLES
    ]


def check_client(given: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Raises ``Invalid`` for the first fault: of the client file, of what it says, or of a variable that nobody reads."""
    for name in sorted(environ):
        near = difflib.get_close_matches(name, _VARIABLES, n=1, cutoff=_NEAR)
        if name.startswith("LIFTGATE_") and near and name not in _VARIABLES:
            raise BadVariable(
                f"nobody reads the variable `{name[:80]}`",
                advice=f"did you mean `{near[0]}`?",
                where=name[:80],
            )
    chosen = choose(given, environ, lambda: read_client_file(environ)) or {}
    if chosen["server"]:
        read_settings(given, environ)


def _place(name: str, chosen: str, given: Mapping[str, str], environ: Mapping[str, str]) -> str:
    if given.get(name):
        return "an option"
    if environ.get(VARIABLES[name]):
        return VARIABLES[name]
    if name == "sign_in" and environ.get(TOKEN_FILE):
        return TOKEN_FILE
    return client_file_path(environ) if chosen else "default"
