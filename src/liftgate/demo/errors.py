"""What can go wrong while the demo is set up."""

from liftgate.errors import Unavailable


class EmbeddedAwsFailed(Unavailable):
    """The embedded AWS did not come up."""

    code = "embedded_aws_failed"


class ServerFailed(Unavailable):
    """The demo's Liftgate server did not start."""

    code = "demo_server_failed"
