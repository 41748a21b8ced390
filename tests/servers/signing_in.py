"""Signing in at a server that runs, by the session that somebody holds at an embedded AWS."""

from datetime import UTC, datetime

from botocore.credentials import ReadOnlyCredentials

from liftgate.demo.embedded_aws import REGION, Keys
from liftgate.identity.aws_proof import proof_fields, sign_proof


def sign_in_by(held: Keys, address: str) -> dict[str, object]:
    """What is posted to ``/sign-ins`` of the server at this address. It is proved now: servers that run have the machine's clock."""
    keys = ReadOnlyCredentials(held.access_key_id, held.secret_access_key, held.session_token)
    return {"method": "aws", **proof_fields(sign_proof(keys, REGION, address, datetime.now(UTC)))}
