"""Slack as the settings have it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from liftgate.notices.slack.api import SlackApi
from liftgate.notices.slack.sealed import form_key
from liftgate.server.slack_settings import SlackSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDesk:
    """Where requests are shown, and by what it is known who answers."""

    api: SlackApi
    form_key: bytes = field(repr=False)
    signing_secret: str | None = field(repr=False)
    app_token: str | None = field(repr=False)
    channel: str | None
    channels: Mapping[str, str]

    def channel_of(self, entitlement: str) -> str | None:
        """Where requests of an entitlement are shown; None: nowhere."""
        return self.channels.get(entitlement, self.channel)


def slack_desk(settings: SlackSettings | None) -> SlackDesk | None:
    """Slack, where it is set up."""
    if settings is None:
        return None
    bot_token = settings.bot_token.get_secret_value()
    return SlackDesk(
        api=SlackApi(bot_token, base_url=settings.api_url),
        form_key=form_key(bot_token),
        signing_secret=settings.signing_secret.get_secret_value() if settings.signing_secret else None,
        app_token=settings.app_token.get_secret_value() if settings.app_token else None,
        channel=settings.channel,
        channels=settings.channels,
    )
