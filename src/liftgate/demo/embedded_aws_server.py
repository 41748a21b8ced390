"""The program that serves the embedded AWS: ministack behind a gate, on a socket that its parent opened.

Run by ``liftgate.demo.embedded_aws``, never by hand: it needs an inherited listening socket, an environment that was
made for it, and a pipe on standard input whose end means that its parent is gone.
"""

import asyncio
import os
import re
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qs

from liftgate.clock import system_clock
from liftgate.demo.account_blocks import keeping_account_blocks
from liftgate.demo.boundaries import tell_boundaries
from liftgate.demo.trail.log_files import LogFiles, create_bucket
from liftgate.demo.trail.recorder import App, Receive, Send, create_queues, recording

READY_PATH: Final = "/_ministack/ready"
ROOTS_VARIABLE: Final = "LIFTGATE_DEMO_ROOTS"

# Ministack takes no key at all, ``test`` and any account number for root, unverified. Keys that AWS or this program
# made are 20 capitals and digits, so the form alone keeps those out.
_ISSUED_KEY: Final = re.compile(r"[A-Z0-9]{20,128}")
_AUTHORIZATION: Final = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]*)/.*", re.DOTALL)
_RENAMED: Final = re.compile(r"(Credential=)[^/,\s]*/")
_REFUSAL: Final = (
    b"<ErrorResponse><Error><Code>MissingAuthenticationToken</Code>"
    b"<Message>The embedded AWS serves signed requests only.</Message></Error></ErrorResponse>"
)


def signed_only(app: App, roots: Mapping[str, str] | None = None) -> App:
    """Let through the readiness probe and requests that name a key somebody was issued; refuse all else.

    Ministack checks the signatures. This gate closes what it leaves open: unsigned calls, its well-known root keys,
    and its own ``/_ministack`` paths, which reset or reconfigure it without any key. ``roots`` are the secret key ids of further
    accounts' roots, by which alone those come in: ministack knows them by the account's number.
    """

    async def gate(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and _may_pass(scope)):
            await app(_as_root(scope, roots or {}), receive, send)
        elif scope["type"] == "http":
            # Each answer of AWS says what time it is: the doctor asks STS for it unsigned.
            date = format_datetime(system_clock(), usegmt=True).encode()
            headers = [(b"content-type", b"text/xml"), (b"date", date)]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})
        else:
            await send({"type": "websocket.close", "code": 1008})

    return gate


def _may_pass(scope: Mapping[str, Any]) -> bool:
    path: str = scope["path"]
    if path == READY_PATH:
        return True
    if path.startswith(("/_ministack", "/_localstack", "/_aws")):
        return False
    keys = _keys_named(scope)
    return len(keys) == 1 and _ISSUED_KEY.fullmatch(keys[0]) is not None


def _as_root(scope: Mapping[str, Any], roots: Mapping[str, str]) -> Mapping[str, Any]:
    """The same request by the name that ministack has for a further account's root, whose signature it does not check."""
    keys = _keys_named(scope) if scope["type"] == "http" else []
    account = next((roots[key] for key in keys if key in roots), None)
    if account is None:
        return scope
    headers = [
        (name, _RENAMED.sub(rf"\g<1>{account}/", value.decode("latin-1")).encode("latin-1"))
        if name.lower() == b"authorization"
        else (name, value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


def _keys_named(scope: Mapping[str, Any]) -> list[str]:
    """Every access key that a request names, in its header or its query, readable or not."""
    keys = []
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            match = _AUTHORIZATION.fullmatch(value.decode("latin-1"))
            keys.append(match[1] if match else "")
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    for name, values in query.items():
        if name.lower() == "x-amz-credential":
            keys += [value.partition("/")[0] for value in values]
        elif name.lower() in {"awsaccesskeyid", "signature"}:
            keys += [""] * len(values)
    return keys


def main(arguments: list[str]) -> None:
    """Serve until standard input ends.

    The first argument is the number of the inherited socket; with ``cloudtrail`` as second one, calls are recorded.
    """
    from hypercorn.asyncio import serve  # noqa: PLC0415  # belongs to the demo extra
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415  # reads its settings from the environment when imported

    config = Config()
    config.bind = [f"fd://{int(arguments[0])}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    tell_boundaries()
    whole = keeping_account_blocks(app)
    served: App = _recorded(whole) if arguments[1:] == ["cloudtrail"] else whole
    asyncio.run(_serve_until_orphaned(serve, signed_only(served, _roots()), config))


def _roots() -> dict[str, str]:
    named = os.environ.get(ROOTS_VARIABLE, "")
    return dict(each.split("=", 1) for each in named.split(",") if each)


def _recorded(app: App) -> App:
    account, region = os.environ["MINISTACK_ACCOUNT_ID"], os.environ["MINISTACK_REGION"]
    log_files = LogFiles(create_bucket(account=account, region=region), system_clock, _new_id)
    return recording(
        app,
        deliver=create_queues(account=account, region=region),
        write=log_files.add,
        clock=system_clock,
        new_id=_new_id,
    )


def _new_id() -> str:
    return str(uuid.uuid4())


async def _serve_until_orphaned(serve: Callable[..., Awaitable[None]], app: App, config: object) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
    await serve(app, config, shutdown_trigger=stopped.wait)


if __name__ == "__main__":
    main(sys.argv[1:])
