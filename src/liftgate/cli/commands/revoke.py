"""``liftgate revoke``: take a grant back, or many at once."""

import click

from liftgate.cli.answers import read_grant
from liftgate.cli.asking_back import is_sure
from liftgate.cli.connection import Connection, connection
from liftgate.cli.describe import say_grant
from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject, number, texts
from liftgate.cli.identifiers import grant_id
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_json, say_next
from liftgate.clock import system_clock


@click.command("revoke", epilog=SHARED)
@click.argument("name", metavar="[ID]", required=False)
@click.option("--session", type=click.IntRange(1), metavar="N", help="Only the grant's N-th session.")
@click.option("--person", metavar="ID", help="All live grants of a person.")
@click.option("--entitlement", metavar="NAME", help="All live grants under an entitlement.")
@click.option("--all", "everything", is_flag=True, help="The red button: all live grants.")
@click.option("--reason", required=True, help="Why: its holder reads it.")
@click.option("--yes", is_flag=True, help="Do not ask back before many are revoked.")
@client_options
@output_option
@click.pass_context
def command(
    context: click.Context,
    *,
    name: str | None,
    session: int | None,
    person: str | None,
    entitlement: str | None,
    everything: bool,
    reason: str,
    yes: bool,
) -> None:
    """Take a grant back: no new sessions, and AWS refuses what runs under it.

    With --person, --entitlement or --all every grant that is live is taken
    back. For example: liftgate revoke --all --reason "keys leaked"
    """
    if session and not name:
        raise BadValue(
            "a session has no name without its grant", advice="name the grant: liftgate revoke gr-…"
        )
    many = _which(name, person=person, entitlement=entitlement, everything=everything)
    if many and not yes and not is_sure(_question(many)):
        raise click.exceptions.Exit(1)
    with connection(context) as here:
        if name:
            _revoke_one(here, name, session, reason, as_json=wants_json(context))
        else:
            _revoke_many(here, many, reason, as_json=wants_json(context))


def _which(name: str | None, *, person: str | None, entitlement: str | None, everything: bool) -> JsonObject:
    given: JsonObject = {
        **({"person": person} if person else {}),
        **({"entitlement": entitlement} if entitlement else {}),
        **({"everything": True} if everything else {}),
    }
    if len(given) + (name is not None) != 1:
        raise BadValue(
            "it is not clear what to revoke",
            advice="name one grant, or give one of --person, --entitlement and --all",
        )
    return given


def _question(many: JsonObject) -> str:
    (kind, value), *_ = many.items()
    whose = "ALL live grants" if kind == "everything" else f"all live grants of {kind} `{value}`"
    return f"Revoke {whose}, now?"


def _revoke_one(here: Connection, name: str, session: int | None, reason: str, *, as_json: bool) -> None:
    what = f"/sessions/{session}" if session else ""
    grant = read_grant(here.api.post(f"/grants/{grant_id(name)}{what}/revocation", {"reason": reason}))
    here.shelf.drop(grant.id)
    if as_json:
        say_json(grant.raw)
        return
    say_grant(grant, system_clock())
    if "pending" in {
        ending.deny for ending in (grant.ending, *(one.ending for one in grant.sessions)) if ending
    }:
        say_next(f"liftgate show {grant.id}")


def _revoke_many(here: Connection, many: JsonObject, reason: str, *, as_json: bool) -> None:
    answer = here.api.post("/revocations", {**many, "reason": reason})
    here.shelf.drop(None)
    if as_json:
        say_json(answer)
        return
    revoked, pending = number(answer, "revoked"), number(answer, "pending")
    if not revoked:
        say("Nothing to revoke: no such grant is live.")
        return
    state = f"AWS is still being told of {pending}" if pending else "AWS refuses all that ran under them"
    say(f"{paint(f'{revoked} revoked', 'red')}; {state}.")
    for one in texts(answer, "grant_ids")[:20]:
        say(f"  {one}")
    if revoked > 20:
        say(f"  … and {revoked - 20} more")
    say_next("liftgate grants --all --state active" if not pending else "liftgate doctor")
