"""The boto3 clients with which the broker calls AWS: short time-outs, few retries, one client for all threads."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from liftgate.elevation.model import Credentials

# What a person waits for: an attempt that is not answered in seconds is better tried again.
_PATIENCE: Final = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=50,
    user_agent_extra="liftgate",
)
# A deny is written and read back under a lease, which must outlive both calls with their retries: see ``revocation``.
_UNDER_LEASE: Final = _PATIENCE.merge(
    Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
)
_ACCOUNT_BEFORE_ADDRESS: Final = re.compile(r"^(https?://)\d{12}\.(?=\d+\.\d+\.\d+\.\d+[:/])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsEndpoints:
    """Where AWS is. The URLs are None for AWS itself, and name the embedded AWS in the demo."""

    region: str
    sts_url: str | None = None
    iam_url: str | None = None
    s3_url: str | None = None
    sqs_url: str | None = None
    fips: bool = False
    dual_stack: bool = False

    @property
    def variants(self) -> Config:
        """None rather than False: then AWS's own settings of this machine count."""
        return Config(
            use_fips_endpoint=self.fips or None,
            use_dualstack_endpoint=self.dual_stack or None,
        )

    def client(
        self, service: str, url: str | None, config: Config, credentials: Credentials | None = None
    ) -> Any:
        """A client that signs as the broker, whose credentials are found as AWS's SDKs find them, or as a session."""
        return aws_session().client(
            service,  # type: ignore[call-overload]  # the stubs know service names only as literals
            region_name=self.region,
            endpoint_url=url or None,
            config=config if url else config.merge(self.variants),
            **({} if credentials is None else _signing(credentials)),
        )


def aws_session() -> boto3.session.Session:
    """A session that reads this machine's AWS settings anew, and botocore's descriptions of AWS once in a process.

    Reading them takes most of the time in which a client is made: 55 ms of 60.
    """
    inner = botocore.session.Session()
    described = _described(inner.get_config_variable("data_path"))
    inner.register_component("data_loader", described)
    session = boto3.session.Session(botocore_session=inner)
    paths = described.search_paths
    paths[:] = dict.fromkeys(paths)  # each session adds boto3's own folder once more
    return session


@cache
def _described(data_path: str | None) -> Loader:
    return create_loader(data_path)


def sts_client(at: AwsEndpoints) -> Any:
    """A client for the regional STS endpoint, signing as the broker (boto3's usual credential chain)."""
    return at.client("sts", at.sts_url, _PATIENCE)


def unsigned_sts_client(at: AwsEndpoints) -> Any:
    """A client for the same endpoint that signs as nobody: to see whether it answers, whatever becomes of credentials."""
    return at.client("sts", at.sts_url, _PATIENCE.merge(Config(signature_version=UNSIGNED)))


def iam_client(at: AwsEndpoints, credentials: Credentials | None = None) -> Any:
    """A client for IAM, signing as the broker, or as a session that it assumed."""
    return at.client("iam", at.iam_url, _UNDER_LEASE, credentials)


def revoker_sts_client(at: AwsEndpoints) -> Any:
    """A client for STS, signing as the broker, that is asked while a lease is held: once, and not for long."""
    return at.client("sts", at.sts_url, _UNDER_LEASE.merge(Config(retries={"total_max_attempts": 1})))


def s3_client(at: AwsEndpoints, credentials: Credentials) -> Any:
    """A client for S3 that signs as a lent session: for drills."""
    return at.client("s3", at.s3_url, _PATIENCE.merge(Config(signature_version="s3v4")), credentials)


def looking_client(at: AwsEndpoints, service: str, credentials: Credentials | None = None) -> Any:
    """A client for any service, by which an account is only looked at; where no URL is named, at AWS or AWS_ENDPOINT_URL."""
    urls = {"sts": at.sts_url, "iam": at.iam_url, "s3": at.s3_url, "s3control": at.s3_url, "sqs": at.sqs_url}
    client = at.client(service, urls.get(service), _PATIENCE, credentials)
    if service == "s3control":
        reach_by_address(client)
    return client


def reach_by_address(client: Any) -> None:
    """Have a client of S3's control calls reach an AWS whose name is an IP address: no account's number can stand before that."""

    def take_off(request: Any, **_: object) -> None:
        request.url = _ACCOUNT_BEFORE_ADDRESS.sub(r"\1", request.url)

    client.meta.events.register("before-sign.s3-control", take_off)


def _signing(credentials: Credentials) -> dict[str, str]:
    return {
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret_access_key,
        "aws_session_token": credentials.session_token,
    }
