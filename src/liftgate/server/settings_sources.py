"""Where settings stand: in one TOML file, in ``LIFTGATE_…`` variables, which go before it, and in options of the command."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from liftgate.catalogue.nearest import suggest
from liftgate.errors import Invalid
from liftgate.server.errors import BadSettings, SettingsFileUnreadable

PREFIX: Final = "LIFTGATE_"
FILE_VARIABLE: Final = "LIFTGATE_SETTINGS"
_FILE_NAME: Final = "liftgate/server.toml"

# Read by the command line, by tests and by this program's own start: no settings of a server.
_NOT_OURS: Final = frozenset(
    {
        "LIFTGATE_SERVER",
        "LIFTGATE_PROFILE",
        "LIFTGATE_SIGN_IN",
        "LIFTGATE_TOKEN_FILE",
        "LIFTGATE_SIGNING_IN",
        "LIFTGATE_EXEC_GRANT",
        "LIFTGATE_DEBUG",
        FILE_VARIABLE,
        "LIFTGATE_HYPOTHESIS_PROFILE",
    }
)

# Outside of strings, a line on which a setting begins: `name = …`, `name.part = …`, `[name]`, `[[name]]`, `[name.part]`.
_BEGINS: Final = re.compile(r"""^\s*(?:\[\[?\s*)?["']?(?P<name>[A-Za-z0-9_-]+)["']?\s*[=.\]]""")
_HEADER: Final = re.compile(r"^\s*\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What was said of settings, by name; ``places`` says where: ``server.toml:3``, ``LIFTGATE_PORT``, ``an option``."""

    values: Mapping[str, Any]
    places: Mapping[str, str]

    def put_in_place(self, fault: Invalid) -> Invalid:
        """The fault and those with it; where a setting stands in a file, its place there."""
        for one in (fault, *fault.also):
            place = self.places.get(re.split(r"[.\[]", one.where or "")[0])
            if place is not None and ":" in place:
                one.where = place
        return fault


def stated(
    file: Path | None, options: Mapping[str, Any], environ: Mapping[str, str], known: Iterable[str]
) -> Stated:
    """What options, variables and the file say, each before what follows. ``known`` are the names of settings.

    Raises ``BadSettings`` for variables that are no settings, and ``SettingsFileUnreadable``.
    """
    from_file, lines = _from_file(file) if file else ({}, {})
    variables = _variables(environ, frozenset(known))
    given = {name: value for name, value in options.items() if value is not None}
    return Stated(
        values={**from_file, **{name: environ[variable] for name, variable in variables.items()}, **given},
        places={
            **{name: f"{file}:{lines.get(name, 1)}" for name in from_file},
            **variables,
            **dict.fromkeys(given, "an option"),
        },
    )


def settings_file_places(environ: Mapping[str, str]) -> list[Path]:
    """Where a settings file is looked for that nobody named, by the XDG Base Directory Specification; then in ``/etc``."""
    home = environ.get("HOME", "")
    own = environ.get("XDG_CONFIG_HOME", "") or (f"{home}/.config" if home else "")
    shared = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    folders = [
        folder for folder in (own, *shared, "/etc") if folder.startswith("/")
    ]  # relative ones are ignored there
    return [Path(folder, _FILE_NAME) for folder in folders]


def chosen_file(named: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The settings file: the one that was named, the variable's, or the first of the places where one may be.

    Whether it can be read is seen when it is.
    """
    if named is not None:
        return named
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE])
    return next((place for place in settings_file_places(environ) if os.path.lexists(place)), None)


def _from_file(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text), _lines(text)
    except (OSError, ValueError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise SettingsFileUnreadable(
            f"the settings file cannot be read: {(said or 'no reason given').lower()}",
            advice="it holds lines such as port = 8484; see docs/settings.md",
            where=str(file),
        ) from None


def _lines(text: str) -> dict[str, int]:
    """The line on which each setting begins. Python's TOML reader does not tell; text over several lines may mislead this."""
    found: dict[str, int] = {}
    is_inside = False  # a table: its keys are no settings of their own
    for number, line in enumerate(text.splitlines(), start=1):
        begins, is_header = _BEGINS.match(line), _HEADER.match(line) is not None
        if begins and (is_header or not is_inside):
            found.setdefault(begins["name"], number)
        is_inside = is_inside or is_header
    return found


def _variables(environ: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The variable of each setting that has one. An empty one says nothing, as elsewhere."""
    by_variable = {PREFIX + name.upper(): name for name in known}
    unknown = sorted(
        name for name in environ if name.startswith(PREFIX) and name not in by_variable.keys() | _NOT_OURS
    )
    if unknown:
        first, *others = [
            BadSettings(
                f"`{name[:80]}` is no setting of the server",
                advice=suggest(name, by_variable, "unset it; docs/settings.md names them all"),
                where=name[:80],
            )
            for name in unknown
        ]
        first.also = tuple(others)
        raise first
    return {name: variable for variable, name in by_variable.items() if environ.get(variable)}
