"""Finds out, with STS, whom a signature of AWS belongs to. The request is built here; of the caller's words it holds only the signature.

What stands in the request and comes from the caller was checked before, letter by letter: a key id, a moment, a signature and a
session token, none of which can hold a line break, a comma or a space. See ``sts_request`` for what is fixed.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from liftgate.identity.aws_principal import identity_from
from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.errors import ProofMalformed, ProofOutOfTime
from liftgate.identity.model import Identity
from liftgate.identity.ports import StsTransport
from liftgate.identity.sts_answer import read_answer
from liftgate.identity.sts_region import region_named
from liftgate.identity.sts_request import AMZ_DATE, SERVICE, StsRequest, signed_headers

MAX_AGE: Final = timedelta(minutes=5)

_SIGN_ANEW: Final = "sign in again with the current `liftgate` command"
# `[0-9]` and not `\d`, which knows the digits of all scripts.
_FORM: Final = {
    "access_key_id": re.compile("[A-Z0-9]{16,128}"),
    "amz_date": re.compile("[0-9]{8}T[0-9]{6}Z"),
    "signature": re.compile("[0-9a-f]{64}"),
    "session_token": re.compile("[A-Za-z0-9+/=_.-]{16,8192}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """An identity that AWS vouches for, and the proof's hash until the moment from which it is too old anyway."""

    identity: Identity
    proof_hash: str = field(repr=False)
    useless_from: datetime


def prove(proof: AwsProof, *, audience: str, transport: StsTransport, now: datetime) -> Proved:
    """The identity of whoever signed ``proof`` for the server of origin ``audience``. It does not look for replays.

    Raises ``Invalid`` or ``Unauthenticated`` of this folder for a proof that is none, before STS is asked wherever that can
    be told, and ``Unavailable`` where STS does not answer as it should.
    """
    signed_at = _check_form(proof)
    if abs(now - signed_at) > MAX_AGE:
        raise ProofOutOfTime(
            f"the proof was signed at {proof.amz_date}, more than five minutes from the server's time",
            advice="set this machine's clock right, then sign in again",
            where="amz_date",
        )
    place = region_named(proof.region)
    answer = transport.ask(_rebuilt(proof, audience))
    identity = identity_from(read_answer(answer), partition=place.partition)
    # The signature alone: it is one of a kind for all that was signed, and has one spelling.
    return Proved(
        identity=identity,
        proof_hash=hashlib.sha256(proof.signature.encode()).hexdigest(),
        useless_from=signed_at + MAX_AGE,
    )


def _check_form(proof: AwsProof) -> datetime:
    _check_field("access_key_id", proof.access_key_id)
    _check_field("amz_date", proof.amz_date)
    _check_field("signature", proof.signature)
    if proof.session_token is not None:
        _check_field("session_token", proof.session_token)
    expected = tuple(
        signed_headers("host", amz_date="date", audience="audience", session_token=proof.session_token)
    )
    if proof.signed_headers != expected:
        raise ProofMalformed(
            f"the proof does not sign exactly these headers: {', '.join(f'`{name}`' for name in expected)}",
            advice=_SIGN_ANEW,
            where="signed_headers",
        )
    try:
        return datetime.strptime(proof.amz_date, AMZ_DATE).replace(tzinfo=UTC)
    except ValueError:
        raise _malformed("amz_date") from None


def _check_field(name: str, value: str) -> None:
    if not _FORM[name].fullmatch(value):
        raise _malformed(name)


def _malformed(name: str) -> ProofMalformed:
    """Never with the value, which may be a session token that was pasted into the wrong field."""
    return ProofMalformed(f"`{name}` is not what a signature of AWS has there", advice=_SIGN_ANEW, where=name)


def _rebuilt(proof: AwsProof, audience: str) -> StsRequest:
    place = region_named(proof.region)
    headers = signed_headers(
        place.host, amz_date=proof.amz_date, audience=audience, session_token=proof.session_token
    )
    scope = f"{proof.access_key_id}/{proof.amz_date[:8]}/{place.name}/{SERVICE}/aws4_request"
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(headers)}, Signature={proof.signature}"
    )
    return StsRequest(
        host=place.host,
        headers={**headers, "accept": "application/json", "authorization": authorization},
    )
