"""How to take AWS's failures: what may pass by itself, and what is the broker's own fault."""

from typing import Final

from botocore.exceptions import ClientError, NoCredentialsError, ParamValidationError, PartialCredentialsError
from botocore.parsers import ResponseParserError

# AWS: "Common Error Types" of the STS and IAM API references, and what botocore's standard retry mode takes for passing.
_PASSING: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_OF_THE_CALLER: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_OF_THE_CLOCK: Final = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_TOO_MANY_REQUESTS: Final = 429
_SERVER_AT_FAULT: Final = 500

NOT_SENT: Final = (NoCredentialsError, PartialCredentialsError, ParamValidationError)
"""What botocore raises before any call: trying again changes nothing."""

UNREADABLE: Final = (ResponseParserError, KeyError, IndexError, TypeError, ValueError)
"""What reading an answer raises that is not AWS's. It may quote the answer: never chain it to what is shown or logged."""


def code_of(refusal: ClientError) -> str:
    """AWS's word for what is wrong."""
    return str(refusal.response.get("Error", {}).get("Code", ""))


def said_by(refusal: ClientError) -> str:
    """AWS's sentence, in one line of at most 300 characters. Not to be shown of a signature's fault: it quotes the call."""
    return " ".join(str(refusal.response.get("Error", {}).get("Message", "")).split())[:300]


def may_pass(refusal: ClientError) -> bool:
    """Whether the same call may work later: AWS is busy or at fault, or something between it and us is."""
    status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(refusal) in _PASSING or status == _TOO_MANY_REQUESTS or status >= _SERVER_AT_FAULT


def is_clock_skew(refusal: ClientError) -> bool:
    """Whether AWS did not accept when a call was signed. STS says it with the code of a wrong signature."""
    if code_of(refusal) in _OF_THE_CLOCK:
        return True
    said = said_by(refusal)
    return code_of(refusal) in {"SignatureDoesNotMatch", "InvalidSignatureException"} and (
        said.startswith(("Signature expired", "Signature not yet current"))
    )


def is_the_callers_fault(refusal: ClientError) -> bool:
    """Whether AWS did not accept the broker's own credentials or clock."""
    return code_of(refusal) in _OF_THE_CALLER
