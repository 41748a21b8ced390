"""The totals of a grant, as they are kept beside its calls: added to by each call that is new, and never made from all of them again.

Two calls that share no event id may be added in any order and grouping: what is kept is a function of the set of calls.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from liftgate.watch.activity import Activity
from liftgate.watch.rules.counted import Counted, address_in, family_of, reads
from liftgate.watch.rules.totals import NO_CALLS, Totals, totals_of

MEANING: Final = 1
"""What totals say of calls. Raise it where the same calls come to other totals than before: what was kept is then made anew."""

_AT_ONCE: Final = 1_000  # calls that are held while they are added up


def totals_of_calls(calls: Iterable[Activity]) -> Totals:
    """The totals of calls, of which none comes twice, in whichever order; however many, few are held at once."""
    found, left = NO_CALLS, map(_counted, calls)
    while some := list(islice(left, _AT_ONCE)):
        found += totals_of(some)
    return found


def _counted(call: Activity) -> Counted:
    return Counted(
        event_id=call.event_id,
        at=call.at,
        verdict=call.verdict,
        service=call.service,
        operation=call.operation,
        reads=reads(call.read_only, call.operation),
        refused=call.refused,
        failed=call.error_code is not None,
        session=call.session_name or "",
        bucket=call.bucket or "",
        versioned=bool(call.version_id),
        address=address_in(call.source_address),
        user_agent=family_of(call.user_agent),
        bytes_in=call.bytes_in or 0,
        bytes_out=call.bytes_out or 0,
    )
