"""What can go wrong between Slack and Liftgate."""

from liftgate.errors import Invalid, Refused, Unauthenticated


class NotFromSlack(Unauthenticated):
    """A call does not carry Slack's signature, or carries an old or a used one."""

    code = "not_from_slack"


class SlackPayloadUnreadable(Invalid):
    """What Slack sent is not what its documentation says, or not something that was asked for."""

    code = "slack_payload_unreadable"


class SlackUserUnknown(Refused):
    """Nobody proved whose Slack user this is."""

    code = "slack_user_unknown"


class SlackFormNotYours(Refused):
    """A form was sent by somebody for whom it was not opened, or long after."""

    code = "slack_form_not_yours"
