"""Proves an AWS identity, on the caller's machine: signs an ``sts:GetCallerIdentity`` that only one server can use.

    proof = sign_proof(credentials, "eu-central-1", "https://liftgate.example.com", now)
    body = {"method": "aws", **proof_fields(proof)}

Nothing is sent to AWS from here, and the secret key never leaves: the server asks STS whether the signature is good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from liftgate.identity.sts_region import region_named
from liftgate.identity.sts_request import AMZ_DATE, BODY, METHOD, PATH, SERVICE, signed_headers

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsProof:
    """The parts of a signature, as the caller says them: unchecked."""

    access_key_id: str
    amz_date: str
    region: str
    signature: str = field(repr=False)
    signed_headers: tuple[str, ...]
    session_token: str | None = field(default=None, repr=False)


def sign_proof(
    credentials: "Credentials | ReadOnlyCredentials", region: str, audience: str, now: datetime
) -> AwsProof:
    """Sign who the holder of ``credentials`` is, for the server whose origin is ``audience``.

    ``audience`` is the origin that the caller configured, never one that a server names: a proof for one server is
    refused by all others. Raises ``UnknownRegion`` and ``AudienceUnusable``.
    """
    # Half a second to import, and only needed here: the server builds requests without it.
    from botocore.auth import SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import ReadOnlyCredentials  # noqa: PLC0415

    place = region_named(region)
    # Read once: a refresh between two reads would mix two sets.
    held = (
        credentials if isinstance(credentials, ReadOnlyCredentials) else credentials.get_frozen_credentials()
    )
    session_token = held.token or None
    amz_date = now.astimezone(UTC).strftime(AMZ_DATE)
    headers = signed_headers(place.host, amz_date=amz_date, audience=audience, session_token=session_token)
    request = AWSRequest(method=METHOD, url=f"https://{place.host}{PATH}", headers=dict(headers), data=BODY)
    request.context["timestamp"] = amz_date
    # Step by step, because botocore's `add_auth` reads the clock by itself.
    signer = SigV4Auth(held, SERVICE, place.name)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return AwsProof(
        access_key_id=cast("str", held.access_key),  # botocore finds both keys or neither
        amz_date=amz_date,
        region=place.name,
        signature=signature,
        signed_headers=tuple(headers),
        session_token=session_token,
    )


def proof_fields(proof: AwsProof) -> Mapping[str, object]:
    """The fields of ``POST /sign-ins``, ready for JSON."""
    fields: dict[str, object] = {
        "access_key_id": proof.access_key_id,
        "amz_date": proof.amz_date,
        "region": proof.region,
        "signature": proof.signature,
        "signed_headers": list(proof.signed_headers),
    }
    return fields if proof.session_token is None else fields | {"session_token": proof.session_token}
