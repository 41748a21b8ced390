"""``liftgate findings``: what was found in CloudTrail."""

from collections.abc import Mapping

import click

from liftgate.cli.connection import connection
from liftgate.cli.csv_text import say_csv
from liftgate.cli.fields import JsonObject, items
from liftgate.cli.identifiers import grant_id
from liftgate.cli.moments import read_moment, shown
from liftgate.cli.options import SHARED, client_options, output_option_with_csv, wants_csv, wants_json
from liftgate.cli.pages import pages
from liftgate.cli.ports import Api
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next, warn
from liftgate.cli.watched import SEVERITIES, STATES, FindingAnswer, read_findings
from liftgate.clock import rfc3339

_COLUMNS = (
    Column(title="FINDING"),
    Column(title="SEVERITY", state=True),
    Column(title="AT"),
    Column(title="WHO"),
    Column(title="WHAT", folds=True),
)
_MOST = 200  # that the server hands out in one page
_TITLES = (
    "finding",
    "severity",
    "at",
    "rule",
    "title",
    "because",
    "answer",
    "grant",
    "person",
    "session",
    "role",
    "state",
)


@click.command("findings", epilog=SHARED)
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only those as severe as this, or more.")
@click.option(
    "--state",
    type=click.Choice(STATES),
    help="Only those whose grant is live or whose hold stands (open), for which neither is so (over), or of no grant (unexplained).",
)
@click.option("--rule", metavar="NAME", help="Only those of one rule.")
@click.option("--grant", metavar="ID", help="Only those of one grant.")
@click.option("--since", metavar="TIME", help="Only those of calls from then on: 2026-11-24T09:00Z.")
@click.option(
    "--limit", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many, newest first."
)
@click.option("--all", "every", is_flag=True, help="All of them, however many.")
@client_options
@output_option_with_csv
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    severity: str | None,
    state: str | None,
    rule: str | None,
    grant: str | None,
    since: str | None,
    limit: int,
    every: bool,
) -> None:
    """List what was found in CloudTrail, newest first."""
    asked = {
        "severity": severity,
        "state": state,
        "rule": rule,
        "grant": grant_id(grant) if grant else None,
        "since": rfc3339(read_moment(since, where="--since")) if since else None,
    }
    with connection(context) as here:
        page = read_findings(_fetched(here.api, asked, None if every else limit))
    if wants_json(context):
        say_json(page.raw)
        return
    if wants_csv(context):
        say_csv(_TITLES, [_cells(finding) for finding in page.items])
        if page.more:
            warn("there are more findings than these", "--all lists them")
        return
    if not page.items:
        say("No findings that you may see.")
        return
    say_table(_COLUMNS, [_row(finding) for finding in page.items])
    if page.more:
        say_next("there are more: --all, or narrow with --severity, --grant or --since")
    else:
        say_next(f"liftgate show {page.items[0].id}")


def _fetched(api: Api, asked: Mapping[str, str | None], limit: int | None) -> JsonObject:
    """One page, or without a limit all pages as one."""
    if limit is not None:
        return api.get("/findings", limit=limit, **asked)
    all_of_them = pages(api, "/findings", limit=_MOST, **asked)
    return {"items": [one for page in all_of_them for one in items(page, "items")], "next_cursor": None}


def _row(finding: FindingAnswer) -> tuple[str, ...]:
    who = finding.person or finding.session_name or finding.role_arn or "?"
    return (
        finding.id,
        finding.severity,
        shown(finding.at),
        who,
        f"{finding.title}: {finding.because}",
    )


def _cells(finding: FindingAnswer) -> tuple[str, ...]:
    return (
        finding.id,
        finding.severity,
        rfc3339(finding.at),
        finding.rule,
        finding.title,
        finding.because,
        finding.answer,
        finding.grant_id or "",
        finding.person or "",
        finding.session_name or "",
        finding.role_arn or "",
        finding.state,
    )
