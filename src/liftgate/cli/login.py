"""Signing this terminal in by a browser: of this machine, or of any other."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from liftgate.cli.api import PREFIX
from liftgate.cli.fields import JsonObject, as_object, moment, number, text
from liftgate.cli.loopback import listening
from liftgate.cli.ports import Call, Wire
from liftgate.cli.problem import FromServer
from liftgate.clock import Clock
from liftgate.errors import Unavailable
from liftgate.identity.token import RandomBytes, challenge_of, new_secret

_PATIENCE: Final = 300.0  # seconds
_SOONEST, _LATEST = 1, 60  # seconds between two questions, whatever the server says


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody at a browser elsewhere needs."""

    address: str
    user_code: str
    expires_at: datetime


def log_in_here(
    wire: Wire, base: str, machine: str, *, show: Callable[[str], None], random: RandomBytes
) -> JsonObject:
    """The answer of POST /sign-ins, once somebody said yes in the browser of this machine.

    ``show`` gets the address that it is to open. Raises ``LoginRefused`` and ``LoginNotAnswered``, and what the server says.
    """
    state, verifier = new_secret(random), new_secret(random)
    with listening(state) as door:
        said = {"port": door.port, "state": state, "challenge": challenge_of(verifier), "machine": machine}
        show(f"{base}/sign-in/cli?{urlencode(said)}")
        code = door.code(seconds=_PATIENCE)
    return _sign_in(wire, {"method": "login", "code": code, "verifier": verifier})


def log_in_elsewhere(
    wire: Wire, machine: str, *, show: Callable[[Shown], None], sleep: Callable[[float], None], clock: Clock
) -> JsonObject:
    """The answer of POST /sign-ins, once somebody typed the code that ``show`` gets into a browser.

    Raises what the server says: that the terminal was refused, or that its time is over.
    """
    begun = as_object(wire.send(Call(method="POST", path=f"{PREFIX}/logins", body={"machine": machine})))
    shown = Shown(
        address=text(begun, "address"),
        user_code=text(begun, "user_code"),
        expires_at=moment(begun, "expires_at") - wire.server_ahead,
    )
    show(shown)
    pause = min(max(number(begun, "interval_seconds"), _SOONEST), _LATEST)
    body: JsonObject = {"method": "device", "device_secret": text(begun, "device_secret")}
    while True:
        sleep(pause)
        try:
            return _sign_in(wire, body)
        except FromServer as error:
            is_pending = error.server_code == "login_pending" or isinstance(error, Unavailable)
            if not is_pending or clock() >= shown.expires_at:
                raise
        except Unavailable:
            if clock() >= shown.expires_at:
                raise


def machine_name(host: str) -> str:
    """A host's name as the server takes it."""
    return re.sub("[^A-Za-z0-9._-]", "-", host)[:64] or "unnamed"


def _sign_in(wire: Wire, body: JsonObject) -> JsonObject:
    return as_object(wire.send(Call(method="POST", path=f"{PREFIX}/sign-ins", body=body)))
