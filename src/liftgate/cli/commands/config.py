"""``liftgate config``: what is set and where, for the command line and, on its machine, for the server; and what is wrong with it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liftgate.cli.config_client import check_client, client_settings
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import JsonObject
from liftgate.cli.options import SHARED, client_options, given_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, say, say_error, say_json, say_next, warn
from liftgate.errors import LiftgateError

if TYPE_CHECKING:
    from types import ModuleType

    from liftgate.server.config import Checked

_COLUMNS = (Column(title="SETTING"), Column(title="IS", folds=True), Column(title="FROM", folds=True))
_NOT_HERE = "The server is not installed here."

_settings_option = click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The server's TOML file, if it is at none of the places where it is looked for.",
)


@click.group("config", epilog=SHARED)
def command() -> None:
    """Show what is set and where; find what is wrong with it."""


@command.command("show", short_help="Show each setting, and where it stands", epilog=SHARED)
@_settings_option
@client_options
@output_option
@click.pass_context
def show(context: click.Context, file: Path | None) -> None:
    """Show each setting and where it stands: an option, a variable, a file's line, or the default. Secrets are not shown.

    Those of the command line always; those of the server where it is installed, and a file or a variable speaks of it.
    """
    client = client_settings(given_options(context), os.environ)
    server, found, is_set_up = _server_of(file)
    shown = server.show_config(found) if server is not None and is_set_up else []
    if wants_json(context):
        say_json(
            {
                "client": [
                    {"name": one.name, "value": one.value or None, "from": one.place} for one in client
                ],
                "server": [{"name": one.name, "value": one.value, "from": one.place} for one in shown],
                "settings_file": str(found) if found else None,
            }
        )
        return
    say(paint("Command line", "bold"))
    say_table(_COLUMNS, [(one.name, one.value or "not set", one.place) for one in client])
    say()
    say(paint("Server", "bold"))
    if shown:
        say_table(_COLUMNS, [(one.name, one.value or "not set", one.place) for one in shown])
    else:
        say(_NOT_HERE if server is None else _nothing_set(server))
    say_next("liftgate config check")


@command.command("check", short_help="Find every fault in settings", epilog=SHARED)
@_settings_option
@client_options
@output_option
@click.pass_context
def check(context: click.Context, file: Path | None) -> None:
    """Find every fault in the settings of the command line and, where it is installed, of the server; and in its catalogue.

    Exit code 0: none. A name that is no setting is told with the nearest that is.
    """
    faults = _client_faults(context)
    server, found, is_set_up = _server_of(file)
    checked = server.check_config(found) if server is not None and is_set_up else None
    faults += () if checked is None else checked.faults
    if wants_json(context):
        say_json(_document(faults, checked))
    else:
        _say(faults, checked, looked_at=_looked_at(server, found, is_set_up=is_set_up))
    if faults or (checked is not None and checked.catalogue_faults):
        raise click.exceptions.Exit(ExitCode.USAGE)


def _client_faults(context: click.Context) -> tuple[LiftgateError, ...]:
    try:
        check_client(given_options(context), os.environ)
    except LiftgateError as fault:
        return (fault,)
    return ()


def _server_of(file: Path | None) -> "tuple[ModuleType | None, Path | None, bool]":
    """The server's part, its settings file, and whether anything speaks of a server here."""
    server = _server()
    found = None if server is None else server.chosen_file(file, os.environ)
    return server, found, found is not None or "LIFTGATE_CATALOGUE" in os.environ


def _server() -> "ModuleType | None":
    try:
        from liftgate.server import config  # noqa: PLC0415 - the server is not installed everywhere
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("liftgate"):
            raise
        return None
    return config


def _nothing_set(server: "ModuleType") -> str:
    places = ", ".join(str(place) for place in server.settings_file_places(os.environ))
    return f"Nothing is set: no LIFTGATE_CATALOGUE, and no file at {places}."


def _looked_at(server: "ModuleType | None", file: Path | None, *, is_set_up: bool) -> str:
    if server is None:
        return f"Looked at the command line's settings. {_NOT_HERE}"
    if not is_set_up:
        return f"Looked at the command line's settings. Of a server: {_nothing_set(server)}"
    where = str(file) if file else "variables"
    return f"Looked at the command line's settings, the server's ({where}), and its catalogue."


def _say(faults: tuple[LiftgateError, ...], checked: "Checked | None", *, looked_at: str) -> None:
    for fault in faults:
        say_error(_alone(fault))
    if checked is not None and checked.catalogue_faults:
        from liftgate.catalogue.render import render_faults  # noqa: PLC0415 - needs a YAML reader

        say(render_faults(checked.catalogue_faults).rstrip("\n"))
    for what, then in checked.warnings if checked else ():
        warn(what, then)
    if not faults and not (checked and checked.catalogue_faults):
        say("No faults.")
    say(looked_at)


def _alone(fault: LiftgateError) -> LiftgateError:
    fault.also = ()  # each is told by itself
    return fault


def _document(faults: tuple[LiftgateError, ...], checked: "Checked | None") -> JsonObject:
    catalogue = checked.catalogue_faults if checked else ()
    return {
        "faults": [
            *(
                {"code": one.code, "where": one.where, "sentence": one.sentence, "suggestion": one.advice}
                for one in faults
            ),
            *(
                {
                    "code": str(one.kind),
                    "where": f"{one.file}:{one.line}:{one.column}",
                    "sentence": one.sentence,
                    "suggestion": one.suggestion,
                }
                for one in catalogue
            ),
        ],
        "warnings": [
            {"sentence": what, "suggestion": then} for what, then in (checked.warnings if checked else ())
        ],
    }
