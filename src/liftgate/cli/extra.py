"""Commands that live with a part of Liftgate that not everybody installs."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import click

from liftgate.cli.contents import summary_of
from liftgate.cli.errors import ExtraMissing


def load_command(module: str, *, name: str, extra: str) -> click.Command:
    """The ``command`` of a module; where its packages are missing, one that says what to install."""
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.startswith("liftgate"):
            raise  # our own parts are always there: this is a fault, and not to be explained away
        return _stand_in(name, extra, missing)
    command: click.Command = loaded.command
    return command


def _stand_in(name: str, extra: str, missing: str) -> click.Command:
    def explain() -> None:
        raise ExtraMissing(
            f"`{name}` needs a part of Liftgate that is not installed: {missing}",
            advice=f"pip install 'liftgate[{extra}]'",
        )

    summary = summary_of(name)
    return click.Command(
        name,
        callback=explain,
        help=f"{summary[:1].upper()}{summary[1:]}. It is not installed: pip install 'liftgate[{extra}]'.",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


@contextmanager
def needing(what: str) -> Iterator[None]:
    """Around imports for ``what``, of which the server's packages may be missing. Raises ``ExtraMissing``, which says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("liftgate"):
            raise  # our own parts are always there: this is a fault, and not to be explained away
        raise ExtraMissing(
            f"`{what}` needs a part that is not installed: {error.name}",
            advice="pip install 'liftgate[server]'",
        ) from None
