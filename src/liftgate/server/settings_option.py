"""``--settings``: the option by which a server's commands are told where its settings are."""

from pathlib import Path

import click

from liftgate.server.settings_sources import FILE_VARIABLE

settings_option = click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=FILE_VARIABLE,
    help="TOML file; LIFTGATE_… variables go before it. Left out, it is looked for: docs/settings.md.",
)
