"""What a browser's form said, and that it was ours.

A form counts where its ``Origin`` is this server's, and it carries what only a page of the same session could have told it
(https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html). Either would do.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from liftgate.identity.token import RandomBytes
from liftgate.server.body import BODY
from liftgate.server.browser.session_key import SessionKey
from liftgate.server.errors import BadInput, ForeignForm

CSRF_FIELD: Final = "csrf"
ONCE_FIELD: Final = "once"
_PURPOSE: Final = "form"
_MOST_FIELDS: Final = 300
_ODD: Final = re.compile("[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; a name may have stood there more than once."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """A field's text, as it was typed; empty where it was left out. Raises ``BadInput`` for two."""
        values = self.fields.get(name, ())
        if len(values) > 1:
            raise BadInput(f"`{name}` was sent {len(values)} times", advice="send it once", where=name)
        return values[0].replace("\r\n", "\n") if values else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """All that was said under a name."""
        return self.fields.get(name, ())


def csrf_token(session_id: str, key: SessionKey, random: RandomBytes) -> str:
    """What the forms of a session carry: never twice the same text, so that the length of a compressed page tells nothing of it."""
    mark = key.mark(_PURPOSE, session_id).encode()
    mask = random(len(mark))
    return base64.urlsafe_b64encode(mask + _masked(mark, mask)).decode()


def read_form(request: Request) -> Form:
    """The form in a call's body. Raises ``BadInput``."""
    body: bytes = request.scope.get(BODY, b"")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise BadInput("the form cannot be read", advice="load the page again, and send it anew") from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if _ODD.search(name + value):
            raise BadInput(
                "the form holds characters that are none", advice="type them anew", where=name[:40]
            )
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


def refuse_foreign(request: Request, origin: str) -> None:
    """Raise ``ForeignForm`` where a page of somebody else's sent it.

    ``Origin`` stands in every POST of a browser, and no page can choose it; programs have the API.
    """
    said = request.headers.getlist("origin")
    if said != [origin] or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignForm(
            "this form was not sent by a page of this server",
            advice=f"open {origin} and start there",
            where="Origin",
        )


def refuse_without_token(form: Form, session_id: str, key: SessionKey) -> None:
    """Raise ``ForeignForm`` where the form is none of this session's."""
    if not key.is_mark(_PURPOSE, session_id, _unmasked(form.text(CSRF_FIELD))):
        raise ForeignForm(
            "this form is not of your present sign-in", advice="load the page again, and send it anew"
        )


def _unmasked(token: str) -> str:
    try:
        both = base64.urlsafe_b64decode(token.encode())
        half = len(both) // 2
        return _masked(both[half:], both[:half]).decode()
    except ValueError:
        return ""


def _masked(text: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, mask, strict=True))
