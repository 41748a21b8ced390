"""``liftgate whoami``: who the server says you are."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.fields import as_object, flag, moment, optional, text
from liftgate.cli.moments import until
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_fields, say_json
from liftgate.clock import system_clock


@click.command("whoami", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """Show who the server says you are, and by what proof."""
    with connection(context) as here:
        answer = here.api.get("/me")
    if wants_json(context):
        say_json(answer)
        return
    person = as_object(answer.get("person"), "person")
    roles = [role for role, name in (("guard", "is_guard"), ("auditor", "is_auditor")) if flag(answer, name)]
    fields = [
        ("you are", f"{text(person, 'name')} ({text(person, 'id')})"),
        ("proved", f"by {text(answer, 'identity')}"),
        ("server", here.settings.server.base),
    ]
    ends_at = optional(moment, answer, "expires_at")
    if ends_at:
        then = "then: liftgate login" if here.settings.is_login else "then signed in anew by itself"
        fields.append(("until", f"in {until(ends_at, system_clock())}, {then}"))
    say_fields(fields + ([("also", ", ".join(roles))] if roles else []))
