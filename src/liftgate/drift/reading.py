"""Reading one thing of AWS: its value, that it is absent, or that it cannot be seen and why. Nothing is raised."""

import json
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.drift.model import Absent, Unseen
from liftgate.drift.seen import Looked
from liftgate.elevation.aws_failure import UNREADABLE, code_of
from liftgate.errors import LiftgateError
from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import HELD, Kind, parse_policy
from liftgate.iam.policy import Policy

T = TypeVar("T")


def look(thing: str, read: Callable[[], T], *, absent: Collection[str] = ()) -> Looked[T]:
    """What ``read`` gives. ``absent``: AWS's words for that there is no such thing."""
    try:
        return read()
    except ClientError as refusal:
        if code_of(refusal) in absent:
            return Absent()
        return Unseen(thing=thing, why=f"{refusal.operation_name} is refused: {code_of(refusal)}")
    except BotoCoreError as failure:
        return Unseen(thing=thing, why=f"AWS did not answer: {type(failure).__name__}")
    except LiftgateError as failure:
        return Unseen(thing=thing, why=str(failure))
    except UNREADABLE:
        return Unseen(thing=thing, why="AWS gave an answer that cannot be read")


def policy_of(document: Any, kind: Kind, thing: str) -> Policy | Unseen:
    """A policy as AWS gives it: as text, or as JSON's objects."""
    text = document if isinstance(document, str) else json.dumps(document)
    try:
        return parse_policy(text, kind, largest=HELD[kind])
    except PolicyFault as fault:
        return Unseen(thing=thing, why=f"a policy of it cannot be read: {fault}")
