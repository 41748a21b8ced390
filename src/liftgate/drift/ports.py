"""What a check needs of AWS."""

from typing import Any, Protocol

from liftgate.errors import Unavailable


class AccountOutOfReach(Unavailable):
    """Nobody who may look is known of an account."""

    code = "account_out_of_reach"


class Clients(Protocol):
    """boto3 clients with short time-outs, that sign as somebody who may look in an account."""

    def __call__(self, service: str, account: str, region: str) -> Any:
        """A client for a service of a region. Raises ``AccountOutOfReach``."""
