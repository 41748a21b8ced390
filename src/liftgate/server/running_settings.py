"""The settings of how a process runs: its roles, TLS, what stands before it, and who may measure it. A part of ``Settings``."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from liftgate.server.addresses import is_loopback
from liftgate.server.errors import BadSettings
from liftgate.server.roles import ALL_ROLES, Role, roles_in

_SHORTEST_TOKEN: Final = 32


class RunningSettings(BaseModel):
    """How a process runs."""

    roles: Annotated[tuple[Role, ...], NoDecode] = Field(
        default=ALL_ROLES,
        description="What this process does: some of `api`, `worker` and `watch`. Each role must run somewhere: docs/running.md. In the "
        "variable and for `--roles`, separated by commas.",
        examples=[["api"]],
    )
    worker: bool | None = Field(
        default=None,
        description="Former way to say whether `worker` is among the `roles`; say it there.",
    )
    tls_certificate: Path | None = Field(
        default=None,
        description="File with this server's certificate and those above it, in PEM. With it, the server speaks TLS (1.2 or newer) alone.",
        examples=["/etc/liftgate/tls/fullchain.pem"],
    )
    tls_key: Path | None = Field(
        default=None,
        description="File with the certificate's private key, in PEM, without a passphrase. On SIGHUP both files are read again.",
        examples=["/etc/liftgate/tls/key.pem"],
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        max_length=50,
        description="Addresses and networks of proxies that are believed: the client's address in `X-Forwarded-For` and `X-Request-Id`, for "
        "the log alone, and that `X-Forwarded-Proto` says `http`, which is refused. What others send in these headers is ignored. In the variable, "
        "separated by commas.",
        examples=[["10.0.0.0/24"]],
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        max_length=253,
        description="Address of `metrics_port`. Anything but loopback needs TLS, here, where there is a `metrics_token`.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="A port for `/healthz`, `/readyz` and `/metrics` alone, answered by a thread of its own. A process without the role "
        "`api` has no other; left out, it takes `port`.",
        examples=[9484],
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Whoever reads `/metrics` must send it: `Authorization: Bearer …`; 32 characters or more (`openssl rand -hex 32`). Left out, "
        "only programs on this machine may read them, and only where `public_url` is loopback or they ask at `metrics_port` on loopback.",
    )

    @field_validator("roles", mode="before")
    @classmethod
    def _read_roles(cls, value: object) -> object:
        return roles_in(value)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: object) -> object:
        return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if _network(one).prefixlen == 0:
                raise PydanticCustomError(
                    "everybody", "would believe everybody; name the addresses of your proxies"
                )
        return value

    @field_validator("metrics_token")
    @classmethod
    def _check_token(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else "x" * _SHORTEST_TOKEN
        if len(text) < _SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
            raise PydanticCustomError(
                "metrics_token", "can be guessed or not be sent; write 32 visible ASCII characters or more"
            )
        return value

    @property
    def has_metrics_host(self) -> bool:
        """Whether this process listens on ``metrics_host``."""
        return self.metrics_port is not None or Role.API not in self.runs

    @property
    def runs(self) -> frozenset[Role]:
        """The roles of this process."""
        return frozenset(self.roles) - ({Role.WORKER} if self.worker is False else set())

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of proxies that are believed."""
        return tuple(map(_network, self.trusted_proxies))


def refuse_half_told(settings: RunningSettings) -> None:
    """Raise ``BadSettings`` where one setting needs another, or says what another says already."""
    if settings.worker is not None and "roles" in settings.model_fields_set:
        raise BadSettings(
            "`worker` and `roles` both say whether this process does queued work",
            advice="leave `worker` out",
            where="worker",
        )
    given = {"tls_certificate": settings.tls_certificate, "tls_key": settings.tls_key}
    missing = [name for name, path in given.items() if path is None]
    if len(missing) == 1:
        raise BadSettings(
            f"`{missing[0]}` is missing: a certificate and its key serve only together",
            advice="set both, or neither where something else ends TLS",
            where=missing[0],
        )


def refuse_plain_token(settings: RunningSettings) -> None:
    """Raise ``BadSettings`` where Prometheus would have to send its token over the network without TLS."""
    is_open = settings.has_metrics_host and not is_loopback(settings.metrics_host)
    if is_open and settings.metrics_token is not None and settings.tls_certificate is None:
        raise BadSettings(
            f"`metrics_token` would be sent to `{settings.metrics_host}` in plain, and could be read",
            advice="set `tls_certificate` and `tls_key`; or leave `metrics_host` at 127.0.0.1 and put TLS in front; or leave the token"
            " out: then nobody reads /metrics there, and the probes answer all the same",
            where="metrics_host",
        )


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise PydanticCustomError(
            "network", "names what is neither an address nor a network; write it as 10.0.0.7 or 10.0.0.0/24"
        ) from None
