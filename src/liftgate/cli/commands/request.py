"""``liftgate request``: ask for access."""

from datetime import datetime, timedelta

import click

from liftgate.cli.answers import read_request
from liftgate.cli.asking import show_and_follow
from liftgate.cli.connection import connection
from liftgate.cli.dry_run import say_dry_run
from liftgate.cli.errors import BadValue
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import JsonObject
from liftgate.cli.moments import read_moment, read_span
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json
from liftgate.clock import rfc3339


@click.command("request", epilog=SHARED)
@click.argument("locations", nargs=-1, required=True, metavar="s3://BUCKET/PREFIX/…")
@click.option("--write", is_flag=True, help="Put objects.")
@click.option("--delete", is_flag=True, help="Delete objects.")
@click.option("--action", "actions", multiple=True, metavar="s3:X", help="One S3 action, or a group of them.")
@click.option("--for", "duration", required=True, metavar="SPAN", help="How long: 20m, 1h30m, 90s.")
@click.option("--reason", required=True, help="Why: reviewers read it.")
@click.option("--ticket", help="The ticket it belongs to.")
@click.option("--entitlement", metavar="NAME", help="Which entitlement, where several fit.")
@click.option("--in-place", is_flag=True, help="On the role that you hold, without new credentials.")
@click.option("--break-glass", is_flag=True, help="In an emergency: at once, loudly, looked at afterwards.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and why; send nothing.")
@click.option("--start", metavar="MOMENT", help="Not before: 2026-11-24T09:00Z.")
@click.option("--wait", is_flag=True, help="Follow the request until it is answered.")
@client_options
@output_option
@click.pass_context
def command(
    context: click.Context,
    *,
    locations: tuple[str, ...],
    write: bool,
    delete: bool,
    actions: tuple[str, ...],
    duration: str,
    reason: str,
    ticket: str | None,
    entitlement: str | None,
    in_place: bool,
    break_glass: bool,
    dry_run: bool,
    start: str | None,
    wait: bool,
) -> None:
    """Ask for S3 actions at S3 locations, for a span of time.

    A location that ends in / stands for everything under it. For example:

    liftgate request s3://reports/2026/ --write --for 20m --reason "…"
    """
    wanted = [*(["write"] if write else []), *(["delete"] if delete else []), *actions]
    body = _body(
        wanted,
        locations,
        duration=read_span(duration, where="--for"),
        starts_at=read_moment(start, where="--start") if start else None,
        texts={
            "justification": reason,
            "ticket": ticket,
            "entitlement": entitlement,
            "mechanism": "in-place" if in_place else None,
        },
    )
    if break_glass:
        body = {**body, "break_glass": True}

    with connection(context) as here:
        if dry_run:
            answer = here.api.post("/request-trials", {**body, "asks_sts": True})
            say_json(answer) if wants_json(context) else say_dry_run(answer)
            if answer.get("outcome") == "refused":
                raise click.exceptions.Exit(ExitCode.REFUSED)
            return
        request = read_request(here.api.post("/requests", body))
        show_and_follow(here, request, wait=wait, as_json=wants_json(context))


def _body(
    actions: list[str],
    locations: tuple[str, ...],
    *,
    duration: timedelta,
    starts_at: datetime | None,
    texts: dict[str, str | None],
) -> JsonObject:
    if not actions:
        raise BadValue(
            "nothing is asked for", advice="say what you want to do: --write, --delete or --action s3:…"
        )
    for location in locations:
        _check_location(location)
    return {
        "actions": actions,
        "locations": list(locations),
        "duration_seconds": int(duration.total_seconds()),
        **{name: text for name, text in texts.items() if text is not None},
        **({"starts_at": rfc3339(starts_at)} if starts_at else {}),
    }


def _check_location(location: str) -> None:
    if location.startswith(("s3://", "arn:")):
        return
    raise BadValue(
        f"`{location[:200]}` is not an S3 location",
        advice=f"did you mean s3://{location[:200].lstrip('/')} ?",
        value=location[:200],
    )
