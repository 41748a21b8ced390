"""S3's block of public access for a whole account, which ministack does not have: kept beside it, for calls that it authenticates.

Any caller whose signature ministack takes may read and set it: rights to that are not asked.
"""

from collections.abc import Mapping
from typing import Any, Final

from liftgate.demo.trail.recorder import CONTROL, App, Receive, Send

PATH: Final = f"{CONTROL}configuration/publicAccessBlock"
_NOT_KNOWN: Final = b"InvalidURI"  # what ministack says to the call, once it has authenticated it
_NONE: Final = (
    b"<ErrorResponse><Error><Code>NoSuchPublicAccessBlockConfiguration</Code>"
    b"<Message>The public access block configuration was not found</Message></Error></ErrorResponse>"
)


def keeping_account_blocks(app: App) -> App:
    """The application, and these calls."""
    kept: dict[str, bytes] = {}

    async def layer(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        body = await _body(receive)
        said: list[Any] = []

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def note(message: Any) -> None:
            said.append(message)

        await app(scope, again, note)
        if not any(_NOT_KNOWN in one.get("body", b"") for one in said):
            for message in said:
                await send(message)
            return
        status, text = _answer(kept, scope, body)
        headers = [(b"content-type", b"application/xml")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    return layer


def _answer(kept: dict[str, bytes], scope: Mapping[str, Any], body: bytes) -> tuple[int, bytes]:
    account = next((value.decode() for name, value in scope["headers"] if name == b"x-amz-account-id"), "")
    if scope["method"] == "PUT":
        kept[account] = body
        return 200, b""
    if scope["method"] == "DELETE":
        kept.pop(account, None)
        return 204, b""
    return (200, kept[account]) if account in kept else (404, _NONE)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body
