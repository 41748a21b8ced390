"""Options that many commands share. They may stand before the command or after it; the last one counts.

They are told once, on the first help screen, and left out of each command's own.
"""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

SHARED: Final = "Options of every command, such as --server and --output: liftgate --help"

_GIVEN: Final = "liftgate.given"
_OUTPUT: Final = "liftgate.output"


def client_options(command: F) -> F:
    """Add ``--server``, ``--profile`` and ``--as``."""
    with_profile = _kept_option("--profile", "profile")
    return server_options(with_profile(command))


def server_options(command: F) -> F:
    """Add ``--server`` and ``--as``: for a command in which ``--profile`` means something else."""
    command = _kept_option("--as", "sign_in")(command)
    return _kept_option("--server", "server")(command)


def output_option(command: F) -> F:
    """Add ``--output``."""
    return _output_option(["table", "json"], hidden=True)(command)


def output_option_with_csv(command: F) -> F:
    """Add ``--output``, for a list that spreadsheets take in too."""
    return _output_option(["table", "json", "csv"], hidden=False)(command)


def output_option_with_sarif(command: F) -> F:
    """Add ``--output``, for findings that code scanning takes in too."""
    said = "`sarif` is SARIF 2.1.0, for code scanning."
    return _output_option(["table", "json", "sarif"], hidden=False, said=said)(command)


def given_options(context: click.Context) -> dict[str, str]:
    """What was given of the options that say where and who."""
    given: dict[str, str] = context.meta.get(_GIVEN, {})
    return given


def wants_json(context: click.Context) -> bool:
    """Whether the output is for a program."""
    return context.meta.get(_OUTPUT) == "json"


def wants_csv(context: click.Context) -> bool:
    """Whether the output is for a spreadsheet."""
    return context.meta.get(_OUTPUT) == "csv"


def wants_sarif(context: click.Context) -> bool:
    """Whether the output is for code scanning."""
    return context.meta.get(_OUTPUT) == "sarif"


def asks_for_json(context: click.Context | None, argv: Sequence[str]) -> bool:
    """Whether the output is for a program, by what was typed: of a command line that could not be read little else is known."""
    if context is not None:
        if wants_json(context):
            return True
        if not any("--output" in option.opts for option in context.command.params):
            return False
    words, asked = takewhile(lambda word: word != "--", argv), ""
    for word in words:
        flag, equals, value = word.partition("=")
        if flag == "--output":
            asked = value if equals else next(words, "")
    return asked == "json"


def _output_option(
    choices: list[str], *, hidden: bool, said: str = "`csv` is for spreadsheets."
) -> Callable[[F], F]:
    return click.option(
        "--output",
        type=click.Choice(choices),
        expose_value=False,
        callback=_keep_output,
        hidden=hidden,
        help=said,
    )


def _kept_option(flag: str, name: str) -> Callable[[F], F]:
    def keep(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.meta.setdefault(_GIVEN, {})[name] = value

    return click.option(flag, name, expose_value=False, callback=keep, hidden=True)


def _keep_output(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_OUTPUT] = value
