"""What a server is told before it starts: one TOML file, and ``LIFTGATE_…`` variables that go before it.

    settings = load_settings(Path("/etc/liftgate/server.toml"))

A name that is no setting is refused with the nearest one that is: a misspelt limit must not be a missing limit.
"""

import os
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.options import DeployOptions
from liftgate.response.model import Mode
from liftgate.server.account_settings import AccountSettings
from liftgate.server.addresses import is_loopback, origin_of
from liftgate.server.browser.session_key import SHORTEST
from liftgate.server.deploy_check_settings import DeployCheckSettings
from liftgate.server.errors import BadSettings, LocalSignInExposed
from liftgate.server.issuer_settings import IssuerSettings, refuse_mixed_up
from liftgate.server.notice_settings import NoticeSettings
from liftgate.server.oidc_settings import OidcSettings
from liftgate.server.running_settings import RunningSettings, refuse_half_told, refuse_plain_token
from liftgate.server.setting_texts import read_json, read_paths, read_span
from liftgate.server.settings_sources import PREFIX, Stated, stated
from liftgate.server.slack_settings import SlackSettings
from liftgate.server.telling_settings import TellingSettings
from liftgate.server.tracker_settings import TrackerSettings
from liftgate.server.watch_settings import WatchSettings
from liftgate.server.webhook_settings import Webhook
from liftgate.server.wording import field_names, in_words

Linkable: TypeAlias = Literal["aws", "oidc", "slack"]


class Settings(RunningSettings, WatchSettings, TellingSettings, BaseSettings):
    """The settings of ``liftgate serve``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    catalogue: Annotated[tuple[Path, ...], NoDecode, Field(min_length=1)] = Field(
        description="Catalogue files or folders. In the variable, a `:` stands between them.",
        examples=[["/etc/liftgate/catalogue"]],
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        max_length=253,
        description="Address to listen on. Anything but loopback needs a `public_url`, and TLS, here or in front.",
        examples=["0.0.0.0"],  # noqa: S104 - an example for readers, bound by nobody
    )
    port: int = Field(
        default=8484,
        ge=0,
        le=65_535,
        description="Port to listen on; 0 takes one that is free and prints it.",
    )
    public_url: str | None = Field(
        default=None,
        description="The address by which people reach this server. AWS proofs are bound to it: a proof that was signed "
        "for another address is refused. Left out, it is the address that is listened on.",
        examples=["https://liftgate.example.com"],
    )
    database_url: SecretStr = Field(
        default_factory=lambda: SecretStr(default_database_url(os.environ)),
        description="`sqlite:////path/to/file.db` or `postgresql://user@host/database`. Left out, it is a file "
        "`liftgate/liftgate.db` under `XDG_DATA_HOME`, which only its owner may read.",
        examples=["postgresql://liftgate@db.internal/liftgate"],
    )
    aws_region: str = Field(
        default="us-east-1",
        pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$",
        description="Region whose STS lends sessions. Credentials of the broker itself are found as AWS's SDKs find them.",
        examples=["eu-central-1"],
    )
    aws_sts_endpoint: str | None = Field(
        default=None,
        description="Another address for STS, for lending and for proofs of identity alike: an embedded AWS.",
        examples=["http://127.0.0.1:4566"],
    )
    aws_iam_endpoint: str | None = Field(
        default=None, description="Another address for IAM.", examples=["http://127.0.0.1:4566"]
    )
    aws_s3_endpoint: str | None = Field(
        default=None,
        description="Another address for S3, which is called in revocation drills, and for the trail's log files.",
        examples=["http://127.0.0.1:4566"],
    )
    aws_sqs_endpoint: str | None = Field(
        default=None,
        description="Another address for SQS, from which CloudTrail's events are taken.",
        examples=["http://127.0.0.1:4566"],
    )
    aws_fips: bool = Field(default=False, description="Call AWS's FIPS 140 endpoints, where it has them.")
    aws_dual_stack: bool = Field(
        default=False,
        description="Call AWS's dual-stack (IPv4 and IPv6) endpoints, where it has them.",
    )
    accounts: Annotated[tuple[AccountSettings, ...], NoDecode] = Field(
        default=(),
        description="Accounts beside the broker's own in which access is lent and taken back, each with `id`, `revoker_role` and "
        "`external_id`: docs/accounts.md. In the variable, a JSON list.",
    )
    local_sign_in: bool = Field(
        default=False,
        description="Let anybody on this machine sign in by a name alone. For the demo: the server refuses to start where "
        "`host` or `public_url` is not loopback.",
    )
    linked_identities: Annotated[tuple[Linkable, ...], NoDecode] = Field(
        default=("slack",),
        description="Of which kinds people may link identities to themselves by proof, beside those that the catalogue gives them: `aws`, `oidc`, "
        "`slack`. Whoever holds a linked identity signs in as that person: docs/sign-in.md. Without a kind, links of it are worth nothing. "
        "In the variable, a JSON list.",
        examples=[["aws", "oidc", "slack"]],
    )
    session_key: SecretStr | None = Field(
        default=None,
        description="By which cookies of browsers are known to be ours: 32 random bytes or more, in base64 (`openssl rand -base64 32`). The "
        "same for all processes of one Liftgate. Left out, a file `liftgate/session-key` under `XDG_DATA_HOME`, made at the first start.",
    )
    session_idle: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(hours=1),
        ge=timedelta(minutes=5),
        le=timedelta(days=1),
        description="After how long without being used a browser must sign in again.",
        examples=["30m"],
    )
    session_lasts: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(hours=10),
        ge=timedelta(minutes=15),
        le=timedelta(days=7),
        description="After how long a browser must sign in again, used or not.",
        examples=["8h"],
    )
    oidc: Annotated[OidcSettings | None, NoDecode] = Field(
        default=None,
        description="The OpenID provider by which people sign in: a table with `issuer`, `client_id`, and, as far as needed, "
        "`client_secret`, `scopes`, `groups_claim`, `groups` (what stands in that claim = a group of the catalogue), `groups_last` "
        "and `name`: docs/sign-in.md. In the variable, as JSON.",
    )
    issuers: Annotated[tuple[IssuerSettings, ...], NoDecode] = Field(
        default=(),
        max_length=20,
        description="Issuers whose tokens let services in: docs/pipelines.md. In the variable, a JSON list.",
    )
    response: Mode = Field(
        default=Mode.OBSERVE,
        description="`act`: alert, take grants back and hold people as the rules of findings say. `observe`: only say, in the log, "
        "the ledger and the list of findings, what would have been done. See docs/responses.md.",
        examples=["act"],
    )
    settle_after: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(minutes=30),
        ge=timedelta(0),
        le=timedelta(days=7),
        description="How long after a grant's end its account is made: CloudTrail's records come minutes late, seldom hours. "
        "A call that comes later makes it anew.",
        examples=["2h"],
    )
    deploy_check: Annotated[DeployCheckSettings | None, NoDecode] = Field(
        default=None,
        description="Hold deployed accounts against the catalogue every now and then, in processes with a `worker`: "
        "docs/deploy-check.md. In the variable, as JSON.",
    )
    webhooks: Annotated[tuple[Webhook, ...], NoDecode] = Field(
        default=(),
        max_length=20,
        description="Whom to tell of findings that call for an alert, and of settlements: objects with `url` (https) and `secret` "
        "(`whsec_…`, by which each message is signed as standardwebhooks.com says). In the variable, as JSON.",
    )

    @field_validator("settle_after", "session_idle", "session_lasts", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        return read_span(value)

    @field_validator("session_key")
    @classmethod
    def _check_key(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            key = b64decode(value.get_secret_value(), validate=True) if value else bytes(SHORTEST)
        except ValueError:
            key = b""
        if len(key) < SHORTEST:
            raise PydanticCustomError("session_key", "is not the base64 of 32 random bytes or more")
        return value

    @field_validator("catalogue", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return read_paths(value)

    @field_validator(
        "accounts", "deploy_check", "webhooks", "oidc", "issuers", "linked_identities", mode="before"
    )
    @classmethod
    def _decode(cls, value: object) -> object:
        return read_json(value)

    @field_validator("accounts")
    @classmethod
    def _check_once(cls, value: tuple[AccountSettings, ...]) -> tuple[AccountSettings, ...]:
        for number, count in Counter(one.id for one in value).items():
            if count > 1:
                raise PydanticCustomError("twice", f"names account {number} twice; write it once")
        return value

    @field_validator("issuers")
    @classmethod
    def _check_issuers(
        cls, value: tuple[IssuerSettings, ...], info: ValidationInfo
    ) -> tuple[IssuerSettings, ...]:
        refuse_mixed_up(value, info.data.get("oidc"))  # which is declared, and so checked, before
        return value

    @field_validator(
        "public_url", "aws_sts_endpoint", "aws_iam_endpoint", "aws_s3_endpoint", "aws_sqs_endpoint"
    )
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        return None if value is None else origin_of(value)

    def deploy_options(self, check: DeployCheckSettings) -> DeployOptions:
        """What ``liftgate deploy`` was told, as the check is. Raises ``BadDeployOption``."""
        return check.options(self.aws_region, {one.id: one.external_id for one in self.accounts})

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server, directly or through what stands before it."""
        named = urlsplit(self.public_url).hostname if self.public_url else self.host
        return is_loopback(self.host) and is_loopback(named or "")


_MODELS: Final = (
    Settings,
    AccountSettings,
    Webhook,
    TrackerSettings,
    SlackSettings,
    NoticeSettings,
    OidcSettings,
    IssuerSettings,
    DeployCheckSettings,
)


def load_settings(file: Path | None = None, given: Mapping[str, Any] | None = None) -> Settings:
    """The settings alone of ``settings_and_places``."""
    settings, _ = settings_and_places(file, given)
    return settings


def settings_and_places(
    file: Path | None = None, given: Mapping[str, Any] | None = None
) -> tuple[Settings, Stated]:
    """Settings and where each stands: from options (``given``; None is not given), else the environment, else the file.

    Raises ``BadSettings`` with every fault, ``SettingsFileUnreadable``, and ``LocalSignInExposed``.
    """
    told = stated(file, given or {}, os.environ, Settings.model_fields)
    try:
        settings = Settings(**told.values)
    except ValidationError as faults:
        fault = in_words(
            faults.errors(include_url=False),
            kind=BadSettings,
            what="settings",
            known=field_names(*_MODELS),
            shows_values=False,  # passwords stand in addresses too
            see="docs/settings.md",
        )
        raise told.put_in_place(fault) from None
    refuse_half_told(settings)
    refuse_plain_token(settings)
    _refuse_exposed(settings)
    _refuse_undeployable(settings)
    return settings, told


def default_database_url(environ: Mapping[str, str]) -> str:
    """SQLite, in the folder for data of the XDG Base Directory Specification."""
    return f"sqlite:///{data_folder(environ) / 'liftgate.db'}"


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where a server keeps what it was told no other place for."""
    folder = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    )
    return Path(folder).absolute() / "liftgate"


def _refuse_undeployable(settings: Settings) -> None:
    if settings.deploy_check is None:
        return
    try:
        settings.deploy_options(settings.deploy_check)
    except BadDeployOption as fault:
        raise BadSettings(fault.sentence, advice=fault.advice, where="deploy_check") from None


def _refuse_exposed(settings: Settings) -> None:
    for name, what in (
        ("aws_sts_endpoint", "the credentials that are lent could be read"),
        ("aws_iam_endpoint", "the credentials that are lent could be read"),
        ("aws_sqs_endpoint", "events could be kept back or made up"),
        ("aws_s3_endpoint", "log files could be kept back or made up"),
    ):
        address: str | None = getattr(settings, name)
        if address and address.startswith("http://") and not is_loopback(urlsplit(address).hostname or ""):
            raise BadSettings(
                f"`{name}` is plain http, over which {what}",
                advice="write https://, or leave it out to use AWS",
                where=name,
            )
    if settings.local_sign_in and not settings.is_loopback:
        raise LocalSignInExposed(
            "`local_sign_in` lets anybody in by a name alone, so it is for loopback only",
            advice="switch it off, or listen on 127.0.0.1 and leave `public_url` out",
            where="local_sign_in",
        )
    if not is_loopback(settings.host) and settings.public_url is None:
        raise BadSettings(
            f"the server would listen on `{settings.host}`, but nobody said by which address it is reached",
            advice="set `public_url`, such as https://liftgate.example.com",
            where="public_url",
        )
    if settings.public_url and settings.public_url.startswith("http://") and not settings.is_loopback:
        raise BadSettings(
            "`public_url` is plain http, over which tokens and credentials could be read",
            advice="set `tls_certificate` and `tls_key` or put TLS in front of the server, and write https://",
            where="public_url",
        )
