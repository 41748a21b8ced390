"""What a process does: answer people, do queued work, take CloudTrail's events. Any subset, in any number of processes."""

from enum import StrEnum
from typing import Final

from pydantic_core import PydanticCustomError

from liftgate.catalogue.nearest import nearest


class Role(StrEnum):
    """One of the things that a process may do."""

    API = "api"  # answers people and programs
    WORKER = "worker"  # does what is queued: denies, in place, messages, accounts
    WATCH = "watch"  # takes CloudTrail's events, from the queue and from log files


ALL_ROLES: Final = tuple(Role)
_NAMES: Final = ", ".join(Role)


def roles_in(value: object) -> object:
    """Roles as people write them: ``api,worker`` or a list of names. Anything but text is left to be refused by its type.

    Raises ``PydanticCustomError`` for none at all, and for a name that is no role, with the nearest one.
    """
    if not isinstance(value, str | list | tuple):
        return value
    names = value.split(",") if isinstance(value, str) else value
    roles = [_role(name.strip()) if isinstance(name, str) else name for name in names]
    if not roles:
        raise PydanticCustomError("no_role", f"names no role; write some of {_NAMES}")
    return tuple(dict.fromkeys(roles))


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        pass
    if not name:
        raise PydanticCustomError("no_role", f"names no role; write some of {_NAMES}")
    near = nearest(name, ALL_ROLES)
    advice = f"did you mean {near}?" if near else f"write some of {_NAMES}"
    # The name is shown as the value of the fault, so that it need not be made safe for a template here.
    raise PydanticCustomError("unknown_role", f"names what is no role; {advice}")
