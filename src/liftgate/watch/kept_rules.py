"""The rules in files, applied to calls as they are kept: totals of a grant from its calls counted with those like them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from operator import add
from typing import Final

from liftgate.watch.finding import Finding
from liftgate.watch.known import KnownGrant
from liftgate.watch.rules.counted import Counted, address_in, family_of, reads
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.rules.totals import NO_CALLS, Totals, totals_of
from liftgate.watch.tally import Tally
from liftgate.watch.verdict import Judged

_COUNTS: Final = tuple(one.name for one in fields(Totals) if one.type is int)


@dataclass(frozen=True, slots=True)
class KeptRules:
    """Fulfils ``liftgate.watch.ports.Rulebook``."""

    rulebook: Rulebook

    def of_call(self, judged: Judged) -> Sequence[Finding]:
        """What the rules on one call find."""
        return self.rulebook.of_call(judged)

    def of_grant(self, grant: KnownGrant, tallies: Sequence[Tally]) -> Sequence[Finding]:
        """What the rules on a whole grant find in all its calls."""
        return self.rulebook.of_grant(grant, totals_of_tallies(tallies))


def totals_of_tallies(tallies: Iterable[Tally]) -> Totals:
    """What ``totals_of`` says of the calls that are counted here."""
    return reduce(add, map(_totals, tallies), NO_CALLS)


def _totals(tally: Tally) -> Totals:
    one = totals_of([_any_of(tally)])
    counts = {name: getattr(one, name) * tally.calls for name in _COUNTS}
    counts |= {"bytes_in": tally.bytes_in, "bytes_out": tally.bytes_out}
    return replace(one, **counts, first_at=tally.first_at, last_at=tally.last_at)


def _any_of(tally: Tally) -> Counted:
    """Any of the calls: they are alike in all that counts but their times and bytes."""
    return Counted(
        event_id="",
        at=tally.first_at,
        verdict=tally.verdict,
        service=tally.service,
        operation=tally.operation,
        reads=reads(tally.read_only, tally.operation),
        refused=tally.refused,
        failed=tally.failed,
        session=tally.session_name or "",
        bucket=tally.bucket or "",
        versioned=tally.versioned,
        address=address_in(tally.source_address),
        user_agent=family_of(tally.user_agent),
    )
