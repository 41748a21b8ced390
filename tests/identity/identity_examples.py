"""What tests of identity share: a moment, a proof, an STS that answers from a script, and a signer of anything."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.model import Identity, Person
from liftgate.identity.sts_request import StsAnswer, StsRequest

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AUDIENCE = "https://liftgate.example.com"
ACCOUNT = "111122223333"
ADA_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/ada"
ADA_USER_ID = "AROAEXAMPLEEXAMPLE123:ada"
ADA = Person(id="ada", name="Ada Lovelace")
GRACE = Person(id="grace", name="Grace Hopper")

PLAIN_HEADERS = ("content-type", "host", "x-amz-date", "x-liftgate-audience")
TOKEN_HEADERS = ("content-type", "host", "x-amz-date", "x-amz-security-token", "x-liftgate-audience")
PROOF = AwsProof(
    access_key_id="ASIAEXAMPLEEXAMPLE12",
    amz_date="20261124T120000Z",
    region="eu-central-1",
    signature="0123456789abcdef" * 4,
    signed_headers=TOKEN_HEADERS,
    session_token="FwoGZXIvYXdzEXAMPLE+token/==",
)


def json_answer(
    arn: object = ADA_ARN, user_id: object = ADA_USER_ID, account: object = ACCOUNT, status: int = 200
) -> StsAnswer:
    """As STS answers where JSON is accepted."""
    result = {"Account": account, "Arn": arn, "UserId": user_id}
    document = {
        "GetCallerIdentityResponse": {
            "GetCallerIdentityResult": result,
            "ResponseMetadata": {"RequestId": "01234567-89ab-cdef-0123-456789abcdef"},
        }
    }
    return StsAnswer(status=status, content_type="application/json", body=json.dumps(document).encode())


def xml_answer(result: str, *, head: str = "", tail: str = "", status: int = 200) -> StsAnswer:
    """As STS answers by default, with any text for the result."""
    body = (
        f'{head}<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult>{result}</GetCallerIdentityResult>"
        "<ResponseMetadata><RequestId>0123</RequestId></ResponseMetadata>"
        f"</GetCallerIdentityResponse>{tail}"
    )
    return StsAnswer(status=status, content_type="text/xml", body=body.encode())


def xml_result(arn: str = ADA_ARN, user_id: str = ADA_USER_ID, account: str = ACCOUNT) -> str:
    """The three elements of a true result."""
    return f"<Arn>{arn}</Arn><UserId>{user_id}</UserId><Account>{account}</Account>"


@dataclass
class ScriptedSts:
    """Gives one answer, or raises one error, and keeps what it was asked."""

    answer: StsAnswer | Exception = field(default_factory=json_answer)
    asked: list[StsRequest] = field(default_factory=list)

    def ask(self, request: StsRequest) -> StsAnswer:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class People:
    """A catalogue that can be edited: which identity is whose."""

    known: dict[str, Person] = field(default_factory=lambda: {f"aws:{ADA_ARN}": ADA, "local:ada": ADA})

    def __call__(self, identity: Identity) -> Person | None:
        return self.known.get(str(identity))


@dataclass
class SetClock:
    """A clock that stands still until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class CountingRandom:
    """Bytes that never repeat, the same in each run."""

    drawn: int = 0

    def __call__(self, size: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(str(self.drawn).encode()).digest(size)


def sigv4(
    secret: str,
    *,
    headers: dict[str, str],
    region: str,
    service: str = "sts",
    method: str = "POST",
    path: str = "/",
    query: str = "",
    body: bytes = b"Action=GetCallerIdentity&Version=2011-06-15",
) -> str:
    """A signature after AWS's own description, written down here a second time: it shares no code with botocore.

    Source: IAM User Guide, "Create a signed AWS API request".
    """
    lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    canonical = "\n".join(
        (method, path, query, lines, ";".join(sorted(headers)), hashlib.sha256(body).hexdigest())
    )
    amz_date = headers["x-amz-date"]
    scope = f"{amz_date[:8]}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{digest}".encode(), "sha256").hex()
