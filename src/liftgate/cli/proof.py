"""The body of POST /sign-ins: a proof of an AWS identity, or the name of the demo's local sign-in."""

from liftgate.cli.fields import JsonObject
from liftgate.cli.settings import Settings


def sign_in_body(settings: Settings) -> JsonObject:
    """What to send. The proof is bound to the origin that the user configured, so no other server can use it."""
    if settings.local_person is not None:
        return {"method": "local", "person": settings.local_person}
    raise NotImplementedError
