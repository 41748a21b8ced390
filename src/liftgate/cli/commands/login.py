"""``liftgate login``: sign in with a browser."""

import os
import secrets
import socket
import sys
import time
import webbrowser

import click

from liftgate.cli.cache import LOGIN
from liftgate.cli.connection import Connection, connect
from liftgate.cli.fields import JsonObject, as_object, moment, text
from liftgate.cli.login import Shown, log_in_elsewhere, log_in_here, machine_name
from liftgate.cli.moments import until
from liftgate.cli.options import SHARED, given_options, output_option, server_options, wants_json
from liftgate.cli.settings import read_settings
from liftgate.cli.terminal import paint, say, say_json, warn
from liftgate.clock import system_clock
from liftgate.plain_text import plain


@click.command("login", epilog=SHARED)
@click.option(
    "--device", is_flag=True, help="For a machine without a browser: shows a code to type in one elsewhere."
)
@server_options
@output_option
@click.pass_context
def command(context: click.Context, *, device: bool) -> None:
    """Sign in with a browser, instead of with an AWS identity.

    From then on every command acts as you, until the sign-in in the browser is over or you run `liftgate sign-out`.
    """
    given = given_options(context)
    here = connect(read_settings({**given, "sign_in": LOGIN}, os.environ))
    try:
        answer = _elsewhere(here) if device else _here(here)
        here.shelf.drop_all()  # what was lent to whoever was logged in before
        here.tokens.keep(answer)
    finally:
        here.wire.close()
    if wants_json(context):
        say_json({name: value for name, value in answer.items() if name != "token"})
    else:
        _say_who(answer)
    if not read_settings({name: given[name] for name in given if name != "sign_in"}, os.environ).is_login:
        warn(
            "other commands here sign in in another way",
            next_step="unset LIFTGATE_SIGN_IN, or add --as login",
        )


def _here(here: Connection) -> JsonObject:
    return log_in_here(
        here.wire,
        here.settings.server.base,
        machine_name(socket.gethostname()),
        show=_open,
        random=secrets.token_bytes,
    )


def _elsewhere(here: Connection) -> JsonObject:
    return log_in_elsewhere(
        here.wire,
        machine_name(socket.gethostname()),
        show=_show_code,
        sleep=time.sleep,
        clock=system_clock,
    )


def _open(address: str) -> None:
    _note(f"Open this address in a browser of this machine:\n  {plain(address)}")
    if _has_screen() and not webbrowser.open(address):
        warn("no browser could be opened", next_step="liftgate login --device")


def _show_code(shown: Shown) -> None:
    code = paint(plain(shown.user_code), "bold", sys.stderr)
    _note(
        f"Open {plain(shown.address)} in any browser, and type\n  {code}\n"
        f"Nobody but you needs it. It is good for {until(shown.expires_at, system_clock())}."
    )


def _has_screen() -> bool:
    """Whether a browser would be seen: in a terminal without a screen one of text could take it over."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))


def _say_who(answer: JsonObject) -> None:
    person = as_object(answer.get("person"), "person")
    left = until(moment(answer, "expires_at"), system_clock())
    say(
        f"Signed in as {plain(text(person, 'name'))} ({plain(text(person, 'id'))}), by {plain(text(answer, 'identity'))}, for {left}."
    )


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
