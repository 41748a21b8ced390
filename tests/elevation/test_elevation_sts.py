"""What STS answers, and what Liftgate makes of it: botocore's own parsing and errors, at the wire."""

import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import (
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber
from tests.elevation.elevation_examples import BIG, NOON, SECRET, TOKEN, entries, grant, request
from tests.store.store_examples import TestClock

from liftgate.elevation.errors import BrokerClockOff, LendingRefused, LendingUnavailable
from liftgate.elevation.lend import lend_order
from liftgate.elevation.service import try_scope
from liftgate.elevation.sts import StsLender
from liftgate.errors import LiftgateError
from liftgate.iam.errors import ScopeTooLarge
from liftgate.store.sql import SqlStore

ORDER = lend_order(grant(external_id="their-word"), 1, NOON)
CALL = {
    "RoleArn": ORDER.role_arn,
    "RoleSessionName": ORDER.session_name,
    "SourceIdentity": "ada",
    "Policy": ORDER.session_policy,
    "DurationSeconds": 1200,
    "Tags": [
        {"Key": "liftgate-grant", "Value": ORDER.tags[0][1]},
        {"Key": "liftgate-person", "Value": "ada"},
    ],
    "ExternalId": "their-word",
}
SESSION = boto3.session.Session()
EXPIRES_AT = datetime(2026, 11, 24, 12, 20, 0, 999_999, tzinfo=UTC)
CREDENTIALS = {
    "AccessKeyId": "ASIAEXAMPLEEXAMPLE01",
    "SecretAccessKey": SECRET,
    "SessionToken": TOKEN,
    "Expiration": EXPIRES_AT,
}


@pytest.fixture
def client() -> Any:
    return SESSION.client(
        "sts",
        region_name="eu-west-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="broker-secret",
        endpoint_url="http://127.0.0.1:9",  # nobody listens there
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1),
    )


def _lend_with_error(client: Any, code: str, said: str = "no", status: int = 400) -> LiftgateError:
    with Stubber(client) as stub:
        stub.add_client_error("assume_role", code, said, http_status_code=status)
        with pytest.raises(LiftgateError) as raised:
            StsLender(client).lend(ORDER)
    return raised.value


def test_a_session_is_asked_for_with_all_that_bounds_it(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("assume_role", {"Credentials": CREDENTIALS, "PackedPolicySize": 41}, CALL)
        lent = StsLender(client).lend(ORDER)
    assert lent.packed_percent == 41
    assert lent.credentials.access_key_id == "ASIAEXAMPLEEXAMPLE01"
    assert lent.credentials.secret_access_key == SECRET
    assert lent.credentials.session_token == TOKEN
    assert SECRET not in repr(lent)
    assert TOKEN not in repr(lent)


def test_an_expiry_is_told_in_whole_seconds_of_utc_and_never_later(client: Any) -> None:
    somewhere = EXPIRES_AT.astimezone(timezone(timedelta(hours=5)))
    with Stubber(client) as stub:
        stub.add_response("assume_role", {"Credentials": CREDENTIALS | {"Expiration": somewhere}})
        expires_at = StsLender(client).lend(ORDER).credentials.expires_at
    assert expires_at == datetime(2026, 11, 24, 12, 20, tzinfo=UTC)
    assert expires_at.tzinfo is UTC


def test_without_an_external_id_none_is_sent(client: Any) -> None:
    expected = {key: value for key, value in CALL.items() if key != "ExternalId"}
    order = replace(ORDER, external_id=None)
    with Stubber(client) as stub:
        stub.add_response("assume_role", {"Credentials": CREDENTIALS}, expected)
        assert StsLender(client).lend(order).packed_percent is None


TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
CHAINED = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
TWO_HOURS = replace(ORDER, duration=timedelta(hours=2))


@pytest.mark.parametrize("said", [TOO_LONG, CHAINED])
def test_where_the_role_allows_less_an_hour_is_lent(client: Any, said: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error(
            "assume_role", "ValidationError", said, expected_params=CALL | {"DurationSeconds": 7200}
        )
        stub.add_response("assume_role", {"Credentials": CREDENTIALS}, CALL | {"DurationSeconds": 3600})
        assert StsLender(client).lend(TWO_HOURS).credentials.access_key_id == "ASIAEXAMPLEEXAMPLE01"
        stub.assert_no_pending_responses()


def test_what_the_role_allows_is_asked_for_where_it_is_known(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("assume_role", {"Credentials": CREDENTIALS}, CALL | {"DurationSeconds": 5400})
        StsLender(client, lambda _: timedelta(minutes=90)).lend(TWO_HOURS)


def test_up_to_an_hour_nobody_is_asked_what_the_role_allows(client: Any) -> None:
    def asked(role_arn: str) -> timedelta:
        raise AssertionError(role_arn)

    with Stubber(client) as stub:
        stub.add_response("assume_role", {"Credentials": CREDENTIALS}, CALL)
        StsLender(client, asked).lend(ORDER)


def test_another_fault_of_the_call_is_not_tried_again(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error(
            "assume_role", "ValidationError", "1 validation error detected: Value at 'policy'"
        )
        with pytest.raises(LendingRefused):
            StsLender(client).lend(TWO_HOURS)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 20261124T120000Z is now earlier than 20261124T120500Z"),
        (
            "SignatureDoesNotMatch",
            "Signature not yet current: 20261124T121000Z is still later than 20261124T120500Z",
        ),
        ("RequestExpired", "Request has expired."),
        ("RequestTimeTooSkewed", "The difference is too large."),
    ],
)
def test_a_clock_that_is_off_is_told_from_a_refusal(client: Any, code: str, said: str) -> None:
    failure = _lend_with_error(client, code, said, status=403)
    assert isinstance(failure, BrokerClockOff)
    assert "timedatectl" in failure.advice


def test_by_which_clock_it_is_off_is_said(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("assume_role", "RequestExpired", response_meta={"HTTPHeaders": {"date": "NOW"}})
        with pytest.raises(BrokerClockOff, match="by AWS's it is NOW"):
            StsLender(client).lend(ORDER)


def test_a_wrong_signature_is_no_clock(client: Any) -> None:
    failure = _lend_with_error(
        client, "SignatureDoesNotMatch", "The request signature we calculated does not match"
    )
    assert isinstance(failure, LendingRefused)


@pytest.mark.parametrize("code", ["PackedPolicyTooLarge", "PackedPolicyTooLargeException"])
def test_a_policy_that_packs_too_large_is_a_scope_too_large(code: str, client: Any) -> None:
    failure = _lend_with_error(client, code, "Packed size of inline session policy consumes 104%")
    assert isinstance(failure, ScopeTooLarge)
    assert "104%" in failure.sentence
    assert "fewer" in failure.advice


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Throttling", 400),
        ("ThrottlingException", 400),
        ("ThrottledException", 400),
        ("RequestLimitExceeded", 503),
        ("TooManyRequestsException", 429),
        ("RequestThrottled", 400),
        ("ServiceUnavailable", 503),
        ("ServiceUnavailableException", 503),
        ("InternalFailure", 500),
        ("InternalServerError", 500),
        ("500", 500),
        ("502", 502),
        ("503", 503),
        ("504", 504),
        ("RequestTimeout", 400),
        ("SomethingNew", 500),
    ],
)
def test_what_may_pass_is_unavailable(code: str, status: int, client: Any) -> None:
    failure = _lend_with_error(client, code, status=status)
    assert isinstance(failure, LendingUnavailable)
    assert code in failure.sentence


@pytest.mark.parametrize(
    "code",
    [
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "MissingAuthenticationToken",
        "AuthFailure",
        "IncompleteSignature",
    ],
)
def test_a_fault_of_the_brokers_own_is_not_blamed_on_the_role(code: str, client: Any) -> None:
    said = f"The Canonical String for this request should have been 'x-amz-security-token:{TOKEN}'"
    failure = _lend_with_error(client, code, said, status=403)
    assert isinstance(failure, LendingRefused)
    assert "broker's own credentials" in failure.sentence
    assert "clock" in failure.advice
    assert TOKEN not in f"{failure} {failure.advice} {failure.value}"  # AWS says it back


@pytest.mark.parametrize(
    "code", ["AccessDenied", "ValidationError", "MalformedPolicyDocument", "RegionDisabledException", ""]
)
def test_a_fault_of_the_set_up_is_shown_as_aws_said_it(code: str, client: Any) -> None:
    failure = _lend_with_error(client, code, "User: x is not\nauthorized  to perform\t" + "y" * 5_000)
    assert isinstance(failure, LendingRefused)
    assert "not authorized to perform" in failure.sentence  # in one line
    assert ORDER.role_arn in failure.sentence
    assert len(failure.sentence) < 600
    assert "trust policy" in failure.advice


class _Refused:
    """Fails in place of the network."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def __call__(self, **_: object) -> None:
        raise self.failure


@pytest.mark.parametrize(
    "failure",
    [
        ConnectTimeoutError(endpoint_url="http://sts"),
        ReadTimeoutError(endpoint_url="http://sts"),
        EndpointConnectionError(endpoint_url="http://sts"),
        CredentialRetrievalError(provider="imds", error_msg="timed out"),
    ],
)
def test_no_answer_is_unavailable(failure: Exception, client: Any) -> None:
    client.meta.events.register("before-send.sts.AssumeRole", _Refused(failure))
    with pytest.raises(LendingUnavailable) as raised:
        StsLender(client).lend(ORDER)
    assert type(failure).__name__ in raised.value.sentence


def test_nobody_listening_is_unavailable(client: Any) -> None:
    with pytest.raises(LendingUnavailable, match="EndpointConnectionError"):
        StsLender(client).lend(ORDER)


def test_a_broker_without_credentials_is_told_so(client: Any) -> None:
    client.meta.events.register("before-send.sts.AssumeRole", _Refused(NoCredentialsError()))
    with pytest.raises(LendingRefused, match="NoCredentialsError") as raised:
        StsLender(client).lend(ORDER)
    assert "credentials" in raised.value.advice


def test_a_call_that_boto_cannot_send_is_not_called_an_outage(client: Any) -> None:
    with pytest.raises(LendingRefused, match="ParamValidationError"):
        StsLender(client).lend(replace(ORDER, role_arn="short"))


def _answering(client: Any, body: bytes, status: int = 200) -> None:
    class Raw:
        def stream(self, **_: object) -> list[bytes]:
            return [body]

    def answer(**_: object) -> AWSResponse:
        headers = HTTPHeaders.from_dict({"content-type": "text/xml"})
        return AWSResponse("http://sts", status, headers, Raw())

    client.meta.events.register("before-send.sts.AssumeRole", answer)


_XML = (
    b'<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>%b</AssumeRoleResult>'
    b"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>a proxy's page</html>",
        b"<AssumeRoleResponse",
        b"{}",
        _XML % b"",
        _XML % b"<Credentials/>",
        _XML
        % b"<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey></Credentials>",
        _XML
        % (
            b"<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            b"<SessionToken>t</SessionToken><Expiration>soon</Expiration></Credentials>"
        ),
        _XML
        % (
            b"<Credentials><AccessKeyId></AccessKeyId><SecretAccessKey></SecretAccessKey>"
            b"<SessionToken></SessionToken><Expiration>2026-11-24T12:20:00Z</Expiration></Credentials>"
        ),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_session(body: bytes, client: Any) -> None:
    _answering(client, body)
    with pytest.raises(LendingUnavailable):
        StsLender(client).lend(ORDER)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_page_of_a_proxy_in_place_of_an_error_is_unavailable(status: int, client: Any) -> None:
    _answering(client, b"<html>bad gateway</html>", status)
    with pytest.raises(LendingUnavailable):
        StsLender(client).lend(ORDER)


def test_a_scope_that_packs_too_large_is_refused_when_it_is_asked_for(
    client: Any, store: SqlStore, clock: TestClock
) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("assume_role", "PackedPolicyTooLarge", "consumes 104%")
        with pytest.raises(ScopeTooLarge):
            try_scope(request(scope=BIG), store=store, lender=StsLender(client), clock=clock)
    assert str(entries(store)[-1].draft.body["failure"]).startswith("scope_too_large: ")


def test_an_answer_that_can_be_read_is_a_session(client: Any) -> None:
    """Else the tests of unreadable answers would prove nothing."""
    _answering(
        client,
        _XML
        % (
            b"<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            b"<SessionToken>t</SessionToken><Expiration>2026-11-24T12:20:00Z</Expiration></Credentials>"
        ),
    )
    assert StsLender(client).lend(ORDER).credentials.expires_at == EXPIRES_AT.replace(microsecond=0)


def test_an_answer_that_cannot_be_read_is_not_quoted_in_a_traceback(client: Any) -> None:
    _answering(client, f"<Credentials><SecretAccessKey>{SECRET}</SecretAccessKey><Sess".encode())
    with pytest.raises(LendingUnavailable) as raised:
        StsLender(client).lend(ORDER)
    assert SECRET not in "".join(traceback.format_exception(raised.value))
