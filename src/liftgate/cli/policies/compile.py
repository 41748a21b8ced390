"""``liftgate iam compile``: the smallest session policy for a scope and a window."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject
from liftgate.cli.moments import read_moment
from liftgate.cli.policies.lines import only_known
from liftgate.iam.compile import SESSION_LIMIT, compile_session_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.kms_key import parse_kms_key
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window

_FIELDS = ("id", "actions", "locations", "kms_keys", "starts_at", "ends_at")


def compiled(line: JsonObject) -> JsonObject:
    """The answer to one line: a scope and a window in, a policy out."""
    only_known(line, _FIELDS, "$")
    scope = scope_of(
        _texts(line, "actions"), _texts(line, "locations"), _texts(line, "kms_keys", may_lack=True)
    )
    policy = policy_text(scope, _moment(line, "starts_at"), _moment(line, "ends_at"))
    named = {"id": line["id"]} if "id" in line else {}
    return {**named, "policy": policy, "characters": len(policy), "largest": SESSION_LIMIT}


def scope_of(actions: Sequence[str], locations: Sequence[str], kms_keys: Sequence[str]) -> Scope:
    """A scope from what somebody typed. Raises ``Invalid``."""
    return Scope(
        actions=expand_actions(actions),
        locations=frozenset(map(parse_location, locations)),
        kms_keys=frozenset(map(parse_kms_key, kms_keys)),
    )


def policy_text(scope: Scope, starts_at: datetime, ends_at: datetime) -> str:
    """The session policy. Raises ``Invalid``, for a window that is empty too."""
    if ends_at <= starts_at:
        raise BadValue("the window ends before it starts", advice="let it end later", where="ends_at")
    return compile_session_policy(scope, Window(starts_at=starts_at, ends_at=ends_at))


def _texts(line: JsonObject, name: str, *, may_lack: bool = False) -> list[str]:
    value: Any = line.get(name, [] if may_lack else None)
    if (
        not isinstance(value, list)
        or not all(isinstance(one, str) for one in value)
        or not (value or may_lack)
    ):
        raise BadValue(f"`{name}` is a list of texts", advice=f'write `"{name}": ["…"]`', where=f"$.{name}")
    return value


def _moment(line: JsonObject, name: str) -> datetime:
    value = line.get(name)
    if not isinstance(value, str):
        raise BadValue(
            f"there is no `{name}`", advice=f'write `"{name}": "2026-11-24T09:00Z"`', where=f"$.{name}"
        )
    return read_moment(value, where=f"$.{name}")
