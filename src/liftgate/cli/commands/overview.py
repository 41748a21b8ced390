"""``liftgate overview``: how much was granted, how fast, what of it was used, and for how long it was open."""

from datetime import timedelta

import click

from liftgate.cli.connection import connection
from liftgate.cli.fields import JsonObject, as_object, items, number, optional, text
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, say, say_fields, say_json, say_next
from liftgate.span import in_words

_FINDINGS = (
    Column(title="FINDINGS"),
    Column(title="OPEN"),
    Column(title="UNEXPLAINED"),
    Column(title="OVER"),
)
_LENT = (
    Column(title="ENTITLEMENT"),
    Column(title="GRANTS"),
    Column(title="LENT"),
    Column(title="HAD IT STOOD"),
    Column(title="SHARE"),
)
_REVIEWERS = (Column(title="REVIEWER"), Column(title="APPROVED"), Column(title="DENIED"))
_OUTCOMES = ("ended", "returned", "revoked", "live")


@click.command("overview", epilog=SHARED)
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=30,
    show_default=True,
    help="The last days, today among them.",
)
@client_options
@output_option
@click.pass_context
def command(context: click.Context, /, *, days: int) -> None:
    """Count what was granted, how fast, and what of it was used.

    For guards and auditors.
    """
    with connection(context) as here:
        found = here.api.get("/overview", days=days)
    if wants_json(context):
        say_json(found)
        return
    say(paint(f"The last {days} days", "bold"))
    say_fields([("granted", _granted(found)), ("approved", _waited(found)), ("used", _used(found))])
    _say_lent(found)
    _say_findings(found)
    _say_reviewers(found)
    say_next("liftgate findings --state open")


def _granted(found: JsonObject) -> str:
    days = [as_object(one, "days") for one in items(found, "days")]
    by_outcome = {name: sum(number(day, name) for day in days) for name in _OUTCOMES}
    parts = [f"{count} {name}" for name, count in by_outcome.items() if count]
    return f"{sum(by_outcome.values())}{': ' if parts else ''}{', '.join(parts)}"


def _waited(found: JsonObject) -> str:
    wait = as_object(found.get("wait"), "wait")
    median, ninetieth = optional(number, wait, "median_seconds"), optional(number, wait, "ninetieth_seconds")
    if median is None or ninetieth is None:
        return "nothing was reviewed"
    return f"half within {_span(median)}, nine of ten within {_span(ninetieth)}, of {number(wait, 'grants')} that were reviewed"


def _used(found: JsonObject) -> str:
    uses = as_object(found.get("uses"), "uses")
    words = {
        "never": "never",
        "less": "less than was granted",
        "whole": "as a whole",
        "untold": "not told by CloudTrail",
        "unsettled": "not settled yet",
    }
    said = ", ".join(f"{number(uses, name)} {word}" for name, word in words.items() if number(uses, name))
    granted = number(uses, "actions_granted")
    share = f"; {_share(number(uses, 'actions_used'), granted)} of the actions granted" if granted else ""
    return (said or "no grant is over yet") + share


def _say_lent(found: JsonObject) -> None:
    lent = [as_object(one, "lent") for one in items(found, "lent")]
    if not lent:
        return
    say()
    say_table(_LENT, [_lent_row(one) for one in lent])


def _lent_row(one: JsonObject) -> tuple[str, ...]:
    seconds, standing = number(one, "lent_seconds"), optional(number, one, "standing_seconds")
    return (
        text(one, "entitlement"),
        str(number(one, "grants")),
        _hours(seconds),
        "not in the catalogue" if standing is None else _hours(standing),
        _share(seconds, standing) if standing else "",
    )


def _say_findings(found: JsonObject) -> None:
    rows = [as_object(one, "findings") for one in items(found, "findings")]
    counted = [
        (text(one, "severity"), *(str(number(one, name)) for name in ("open", "unexplained", "over")))
        for one in rows
    ]
    if any(cell != "0" for row in counted for cell in row[1:]):
        say()
        say_table(_FINDINGS, counted)


def _say_reviewers(found: JsonObject) -> None:
    rows = [as_object(one, "reviewers") for one in items(found, "reviewers")]
    if rows:
        say()
        say_table(
            _REVIEWERS,
            [
                (
                    text(as_object(one.get("person"), "person"), "name"),
                    str(number(one, "approved")),
                    str(number(one, "denied")),
                )
                for one in rows
            ],
        )


def _span(seconds: int) -> str:
    return in_words(timedelta(seconds=seconds))


def _hours(seconds: int) -> str:
    return f"{seconds / 3_600:,.1f}h"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"
