"""``liftgate iam``: the IAM policy language at the terminal and in pipelines. It needs no server and no AWS account."""

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from liftgate.cli.errors import BadValue
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import JsonObject
from liftgate.cli.moments import read_moment, read_span
from liftgate.cli.options import output_option, wants_json
from liftgate.cli.policies.lines import answer_lines, read_text
from liftgate.cli.terminal import paint, say, say_folded, say_json, warn
from liftgate.iam.parse import Kind
from liftgate.plain_text import plain

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)


def _kind_option(command: F) -> F:
    return click.option(
        "--kind",
        type=click.Choice([str(kind) for kind in Kind]),
        default=str(Kind.IDENTITY),
        show_default=True,
        help="What the policies are used as.",
    )(command)


@click.group("iam")
def command() -> None:
    """Ask questions about IAM policies. No server and no AWS account are needed."""


@command.command("evaluate", short_help="Decide requests, and say why")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=_FILE)
def evaluate(files: tuple[Path, ...]) -> None:
    """Decide requests against all policies that apply to them: JSON Lines in, one answer a line out.

    \b
    {"request": {"action", "resource",
                 "principal", "context"},
     "identity": [policy…], "session": [policy…],
     "boundary": policy, "resource_policy": policy,
     "scps": [[policy…]…], "rcps": [[policy…]…],
     "resource_account": "111122223333"}

    Only the request must be there. A line that cannot be read is answered with what is wrong and where, the rest goes
    on, and the exit code is 2.
    """  # noqa: D301 - the mark by which click keeps lines as they are
    from liftgate.cli.policies.evaluate import evaluated  # noqa: PLC0415 - each command loads only what it needs

    _answer(files, evaluated)


@command.command("contains", short_help="Does one policy stay inside another?")
@click.argument("a", required=False, metavar="[A", type=_FILE)
@click.argument("b", required=False, metavar="B]", type=_FILE)
@_kind_option
@output_option
@click.pass_context
def contains(context: click.Context, a: Path | None, b: Path | None, kind: str) -> None:
    """Is each request that policy A allows also allowed by policy B?

    It is proved, never sampled: yes, no with a request that shows it, or cannot tell. The exit code is 0 for yes and 1 for
    all else. Without files it reads JSON Lines on stdin, {"a": policy, "b": policy}, and answers one a line, in order.
    """
    from liftgate.cli.policies.contains import contained  # noqa: PLC0415 - as above

    if a is None or b is None:
        _whole(a is None and b is None, "name two files, or none to read JSON Lines on stdin")
        _answer((), lambda line: contained(line, Kind(kind)))
        return
    said = contained({"a": read_text(a), "b": read_text(b)}, Kind(kind))
    if wants_json(context):
        say_json(said)
    else:
        colour = "green" if said["contains"] == "yes" else "red"
        say(paint(said["contains"], colour) + (f": {plain(said['because'])}" if said["because"] else ""))
    if said["contains"] != "yes":
        raise click.exceptions.Exit(ExitCode.REFUSED)


@command.command("compile", short_help="Write the smallest session policy")
@click.argument("locations", nargs=-1, metavar="[LOCATION…]")
@click.option(
    "--action", "actions", multiple=True, metavar="s3:X", help="One S3 action, or a group: write, delete."
)
@click.option("--kms-key", "kms_keys", multiple=True, metavar="ARN", help="A KMS key of the objects there.")
@click.option("--start", metavar="MOMENT", help="Not before: 2026-11-24T09:00Z. Otherwise now.")
@click.option("--for", "duration", metavar="SPAN", help="How long: 20m, 1h30m, 90s.")
def compile_(
    locations: tuple[str, ...],
    actions: tuple[str, ...],
    kms_keys: tuple[str, ...],
    start: str | None,
    duration: str | None,
) -> None:
    """Write the smallest session policy that allows some actions at some locations, for a window of time.

    For example: liftgate iam compile s3://reports/2026/ --action write --for 20m

    Without locations it reads JSON Lines on stdin, {"actions", "locations", "kms_keys", "starts_at", "ends_at"}, and
    answers one a line, in order.
    """
    from liftgate.cli.policies.compile import compiled, policy_text, scope_of  # noqa: PLC0415 - as above

    if not locations:
        _whole(not (actions or duration or start), "name a location, such as s3://reports/2026/")
        _answer((), compiled)
        return
    _whole(bool(actions), "say which actions: --action write")
    _whole(duration is not None, "say how long: --for 20m")
    starts_at = read_moment(start, where="--start") if start else datetime.now(UTC).replace(microsecond=0)
    ends_at = starts_at + read_span(duration or "", where="--for")
    say(policy_text(scope_of(actions, locations, kms_keys), starts_at, ends_at))


@command.command("explain", short_help="Say a policy in plain sentences")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=_FILE)
@click.option(
    "--against", type=_FILE, metavar="FILE", help="Say what changes from this policy to the one named."
)
@_kind_option
@output_option
@click.pass_context
def explain(context: click.Context, files: tuple[Path, ...], against: Path | None, kind: str) -> None:
    """Say in plain sentences what a policy allows, or what changes between two.

    Without files it reads JSON Lines on stdin, {"policy": policy} or {"before": policy, "after": policy}, and answers one a
    line, in order.
    """
    from liftgate.cli.policies.explain import explained  # noqa: PLC0415 - as above

    if not files:
        _whole(against is None, "name the policy to compare with it")
        _answer((), lambda line: explained(line, Kind(kind)))
        return
    for path in files:
        text = read_text(path)
        line = {"policy": text} if against is None else {"before": read_text(against), "after": text}
        said = explained(line, Kind(kind))
        if wants_json(context):
            say_json(said)
            continue
        if len(files) > 1:
            say(paint(plain(str(path)), "bold"))
        for sentence in said["says"]:
            say_folded("- ", sentence, indent=2)


@command.command("lint", short_help="Find what is wrong with policies")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=_FILE)
@_kind_option
@output_option
@click.pass_context
def lint(context: click.Context, files: tuple[Path, ...], kind: str) -> None:
    """Find what is wrong with policies that IAM would take: grants of nothing, misspelt actions, open doors, too much text.

    The exit code is 1 where there is an error. Without files it reads JSON Lines on stdin, {"policy": policy}, and answers
    one a line, in order.
    """
    from liftgate.cli.policies.lint import linted  # noqa: PLC0415 - as above

    if not files:
        _answer((), lambda line: linted(line, Kind(kind)))
        return
    said = {path: linted({"policy": read_text(path)}, Kind(kind)) for path in files}
    for path, answer in said.items():
        if wants_json(context):
            say_json({"file": str(path), **answer})
        else:
            _say_lints(path, answer["lints"])
    if any(one["severity"] == "error" for answer in said.values() for one in answer["lints"]):
        raise click.exceptions.Exit(ExitCode.REFUSED)


_COLOURS = {"error": "red", "warning": "yellow"}


def _say_lints(path: Path, lints: Iterable[JsonObject]) -> None:
    for one in lints:
        severity = paint(one["severity"], _COLOURS.get(one["severity"], "dim"))
        say(f"{plain(str(path))} {plain(one['at'])}: {severity} [{plain(one['code'])}]")
        say_folded("  ", one["sentence"], indent=2)
        say_folded("  next: ", one["advice"], indent=8)
    if not lints:
        say(f"{plain(str(path))}: {paint('nothing found', 'green')}")


def _answer(files: tuple[Path, ...], answer: Callable[[JsonObject], JsonObject]) -> None:
    if not files and sys.stdin.isatty():
        warn("reading JSON Lines from the terminal; end with Ctrl-D", "liftgate iam --help")
    if not answer_lines(files, answer):
        raise click.exceptions.Exit(ExitCode.USAGE)


def _whole(holds: bool, advice: str) -> None:
    if not holds:
        raise BadValue("something is missing on the command line", advice=advice)
