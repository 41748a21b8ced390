"""Watches a grant's window close with Liftgate stopped: what AWS allowed last, and refused first."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from liftgate.demo.sample_account import PAYROLL

if TYPE_CHECKING:
    from liftgate.demo.world import World

_KEY: Final = "2026/q4/minute-by-minute.csv"
_EVERY: Final = timedelta(milliseconds=100)
_WAIT_AT_MOST: Final = timedelta(seconds=30)  # past the end: then it did not close


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What was seen around the window's end."""

    ok: bool
    observed: str


def watch_window_close(world: World, grant_id: str) -> Closed:
    """Lend a session, stop Liftgate, and write until AWS refuses; then start Liftgate again, with the queue's events lost."""
    if not grant_id:
        return Closed(ok=False, observed="there is no grant to watch")
    ends_at = world.ends_at(grant_id)
    session = world.client_under(grant_id)
    world.stop_server()
    try:
        _write(session, PAYROLL)  # beyond its scope, and nobody listens
        return _write_until_refused(session, world.bucket, ends_at)
    finally:
        world.lose_events()
        world.start_server()


def _write_until_refused(session: Any, bucket: str, ends_at: datetime) -> Closed:
    writes, last = 0, None
    while (began := datetime.now(UTC)) < ends_at + _WAIT_AT_MOST:
        code = _write(session, bucket)
        if code is None:
            writes, last = writes + 1, began
        else:
            return _closed(writes, last, datetime.now(UTC), ends_at=ends_at, code=code)
        time.sleep(_EVERY.total_seconds())
    return Closed(ok=False, observed=f"still allowed {_WAIT_AT_MOST} after the window's end")


def _write(session: Any, bucket: str) -> str | None:
    try:
        session.put_object(Bucket=bucket, Key=_KEY, Body=b"still writing\n")
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return None


def _closed(
    writes: int, last: datetime | None, answered: datetime, *, ends_at: datetime, code: str
) -> Closed:
    """No write may have begun after the end, and no refusal may have been answered before it."""
    if last is None:
        return Closed(ok=False, observed=f"refused from the first write on: {code}")
    before, after = (ends_at - last).total_seconds(), (answered - ends_at).total_seconds()
    return Closed(
        ok=code == "AccessDenied" and last < ends_at <= answered,
        observed=f"{writes} writes allowed with Liftgate stopped, the last {before:.1f} s before the end; "
        f"{code} {after:.1f} s after it",
    )
