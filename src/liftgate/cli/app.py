"""The command line itself: finds the command, imports no other, and tells every fault in one place."""

import difflib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from liftgate import VERSION
from liftgate.cli.contents import command_names, module_of, root_help
from liftgate.cli.errors import BadCommandLine, OwnFault
from liftgate.cli.exit_code import ExitCode, exit_code_of
from liftgate.cli.options import asks_for_json, client_options, output_option, wants_json
from liftgate.cli.terminal import say_error
from liftgate.errors import LiftgateError
from liftgate.plain_text import plain
from liftgate.without_collection import without_collection

_COMPLETE: Final = "_LIFTGATE_COMPLETE"


class Contents(click.Group):
    """The group of all commands; click's way to import a command only when it is named is to inherit."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the order of the help screen."""
        return command_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in command_names():
            return None
        with without_collection():  # a third of the time that a server's modules take
            command: click.Command = importlib.import_module(module_of(cmd_name)).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one is near."""
        if args and args[0] not in command_names() and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], command_names(), n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"no such command '{args[0][:40]}'{hint}", ctx=ctx)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """The first help screen, the same as the quick path's."""
        return root_help().rstrip("\n")


@click.group(cls=Contents, context_settings={"help_option_names": ["-h", "--help"]})
@client_options
@output_option
@click.version_option(VERSION, message="liftgate %(version)s")
def root() -> None:
    """Just-in-time S3 access that ends by itself."""


def run(argv: Sequence[str]) -> int:
    """Run one command line; the exit code is one of ``ExitCode``, or that of the command that ``exec`` ran."""
    try:
        _make_printable()  # flushes, so it too may find that nobody reads any more
        code = _invoked(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us left. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.READER_LEFT
    return code


def _invoked(argv: Sequence[str]) -> int:
    if _COMPLETE in os.environ:
        root.main(prog_name="liftgate", complete_var=_COMPLETE)  # answers the shell and ends the program
    try:
        with root.make_context("liftgate", list(argv)) as context:
            return _told(context)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.UsageError as error:
        _say_usage_error(error, argv)
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED


def _told(context: click.Context) -> int:
    try:
        root.invoke(context)
    except LiftgateError as error:
        code = exit_code_of(error)
        say_error(error, as_json=wants_json(context), exit_code=code)
        return code
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("LIFTGATE_DEBUG"):
            raise
        fault = OwnFault(
            f"this is a fault in liftgate itself: {plain(repr(error))[:300]}",
            advice="report it with what LIFTGATE_DEBUG=1 shows for the same command",
        )
        say_error(fault, as_json=wants_json(context), exit_code=ExitCode.BROKEN)
        return ExitCode.BROKEN
    return ExitCode.OK


def _say_usage_error(error: click.UsageError, argv: Sequence[str]) -> None:
    is_json = asks_for_json(error.ctx, argv)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not is_json:
            print(error.format_message(), file=sys.stderr)  # a group's help, in full
            return
        said = "missing command"
    else:
        said = plain(error.format_message()).replace("'", "`").rstrip(".")
    fault = BadCommandLine(f"{said[:1].lower()}{said[1:]}", advice=f"{_path(error, argv)} --help")
    say_error(fault, as_json=is_json, exit_code=ExitCode.USAGE)


def _path(error: click.UsageError, argv: Sequence[str]) -> str:
    if error.ctx is not None:
        return error.ctx.command_path
    named = next((word for word in argv if word in command_names()), None)  # an option lacks its value
    return f"liftgate {named}" if named else "liftgate"


def _make_printable() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a terminal of another encoding is no reason to fail
