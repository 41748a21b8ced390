"""What the settings say of a tracker, in which tickets are looked up: docs/tickets.md."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from liftgate.catalogue.model import Catalogue, Entitlement
from liftgate.server.addresses import is_loopback
from liftgate.server.setting_texts import read_span
from liftgate.tickets.model import Tracker, TrackerKind

# Where each kind says what a ticket's state is, and which states are open, unless the settings say otherwise.
_STATE: Final = {
    TrackerKind.JIRA: ("/fields/status/statusCategory/key", frozenset({"new", "indeterminate"})),
    TrackerKind.SERVICENOW: ("/result/0/active", frozenset({"true"})),
}


class TrackerSettings(BaseModel):
    """One tracker."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$",
        description="As entitlements name it: `ticket.tracker`.",
        examples=["jira"],
    )
    kind: TrackerKind = Field(description="`jira`, `servicenow`, or `http` for anything that answers JSON.")
    url: str = Field(
        max_length=2_000,
        description="The site, such as https://example.atlassian.net; of `http`, the address of a ticket with `{ticket}` in it. Https "
        "alone, but on loopback.",
    )
    user: str | None = Field(
        default=None, min_length=1, max_length=320, description="Who asks: Liftgate's account there."
    )
    token: SecretStr | None = Field(
        default=None, description="With a `user` their password or API token, alone a bearer token."
    )
    state: str | None = Field(
        default=None,
        pattern=r"^(/[^/\s]{1,100}){1,10}$",
        description="A JSON pointer to the state in the answer. `http` must have one.",
        examples=["/fields/status/name"],
    )
    open: frozenset[str] | None = Field(
        default=None,
        min_length=1,
        max_length=50,
        description="The states in which a ticket is open; with a `state` of its own.",
    )
    table: str = Field(
        default="task", pattern=r"^[a-z][a-z0-9_]{1,79}$", description="ServiceNow's table of the tickets."
    )
    time_limit: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(seconds=5),
        ge=timedelta(seconds=1),
        le=timedelta(seconds=30),
        description="How long it may take, from `1s` to `30s`.",
    )

    @field_validator("time_limit", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        return read_span(value, like="5s")

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host = parts.hostname or ""
        except ValueError:
            parts, host = urlsplit(""), ""
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
        if not host or not is_safe or parts.username is not None or parts.fragment:
            raise PydanticCustomError("tracker_url", "is not an address that starts with https://")
        if "{" in parts.netloc:
            raise PydanticCustomError(
                "tracker_url", "lets the ticket choose the server; put it into the path"
            )
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_whole(self) -> "TrackerSettings":
        if self.kind is TrackerKind.HTTP:
            if self.url.count("{ticket}") != 1:
                raise PydanticCustomError(
                    "tracker_url", "has no `{ticket}` in its url, where the ticket goes"
                )
            if self.state is None or self.open is None:
                raise PydanticCustomError(
                    "tracker_state", "does not say with `state` and `open` when a ticket is open"
                )
        elif "{" in self.url or "?" in self.url:
            raise PydanticCustomError("tracker_url", "is not the address of a site alone")
        if self.state is not None and self.open is None:
            raise PydanticCustomError(
                "tracker_state", "has a `state` of its own, but does not say which are `open`"
            )
        if self.user is not None and self.token is None:
            raise PydanticCustomError("tracker_token", "has a user without a token")
        return self

    def tracker(self) -> Tracker:
        """The tracker that is meant."""
        state, is_open = _STATE.get(self.kind, ("", frozenset[str]()))
        return Tracker(
            name=self.name,
            kind=self.kind,
            url=self.url,
            state=self.state or state,
            open=self.open or is_open,
            time_limit=self.time_limit,
            user=self.user,
            token=self.token.get_secret_value() if self.token else None,
            table=self.table,
        )


def of_no_tracker(catalogue: Catalogue, trackers: Iterable[TrackerSettings]) -> list[Entitlement]:
    """Entitlements that want a ticket of a tracker which is not among these: nobody can ask for them."""
    known = {None, *(one.name for one in trackers)}
    return [one for one in catalogue.entitlements.values() if one.justification.tracker not in known]
