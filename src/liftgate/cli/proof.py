"""The body of POST /sign-ins: a proof of an AWS identity, a pipeline's token, or the name of the demo's local sign-in."""

import os
from datetime import datetime

from liftgate.cli.errors import LoginNeeded
from liftgate.cli.fields import JsonObject
from liftgate.cli.settings import Settings
from liftgate.cli.token_file import token_body, token_in


def sign_in_body(settings: Settings, signed_at: datetime) -> JsonObject:
    """What to send. Raises ``Unauthenticated`` where there is no AWS identity to prove, and no token."""
    if settings.local_person is not None:
        return {"method": "local", "person": settings.local_person}
    if settings.is_login:
        raise LoginNeeded("you are not signed in, or no longer", advice="liftgate login")
    if settings.token_file is not None:
        return token_body(token_in(settings.token_file))
    if settings.from_github:
        from liftgate.cli.github_token import github_token  # noqa: PLC0415 - httpx takes longer to import than all of this

        return token_body(github_token(settings.server.origin, os.environ))
    # botocore takes a while to import, and is needed once in the hours that a sign-in lasts.
    from liftgate.cli.aws_identity import find_aws_identity  # noqa: PLC0415

    found = find_aws_identity(settings.profile)
    from liftgate.identity.aws_proof import proof_fields, sign_proof  # noqa: PLC0415

    # Bound to the origin that the user configured, never to one that a server names: no other server can use it.
    proof = sign_proof(found.credentials, found.region, settings.server.origin, signed_at)
    return {"method": "aws", **proof_fields(proof)}
