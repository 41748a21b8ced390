"""Permissions boundaries in what IAM tells of a whole account: ministack keeps them and holds to them, and leaves them out there."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
Handler: TypeAlias = Callable[[Any], Answer]

_CALL: Final = "GetAccountAuthorizationDetails"
_ONE: Final = re.compile(
    rb"<Arn>arn:[^<]*:(user|role)/(?:[^</]*/)*([^</]*)</Arn>(?:(?!<Arn>).)*?(?=<(?:User|Role)PolicyList>)",
    re.DOTALL,
)


def tell_boundaries() -> None:
    """Have ministack, in this process, tell them there as AWS does."""
    from ministack.services import iam  # noqa: PLC0415  # belongs to the demo extra

    handlers = iam._IAM_HANDLERS  # noqa: SLF001 - it has no public way to be told
    there = {b"user": iam._users, b"role": iam._roles}  # noqa: SLF001 - as above: those of the account that is asked
    handlers[_CALL] = _telling(handlers[_CALL], there)


def _telling(handler: Handler, there: Mapping[bytes, Mapping[str, Any]]) -> Handler:
    def add(found: re.Match[bytes]) -> bytes:
        boundary = there[found[1]][found[2].decode()].get("PermissionsBoundary")
        if not boundary:
            return found[0]
        return (
            found[0]
            + (
                "<PermissionsBoundary><PermissionsBoundaryType>PermissionsBoundaryPolicy</PermissionsBoundaryType>"
                f"<PermissionsBoundaryArn>{boundary}</PermissionsBoundaryArn></PermissionsBoundary>"
            ).encode()
        )

    def answer(parameters: Any) -> Answer:
        status, headers, body = handler(parameters)
        return status, headers, _ONE.sub(add, body)

    return answer
