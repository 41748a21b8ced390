"""Findings of a replay for a person at night: what belongs together in one row, the worst first, and no more than fits."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say
from liftgate.watch.finding import Severity
from liftgate.watch.look import Hit
from liftgate.watch.replay import Summary

_ORDER: Final[Mapping[str, int]] = {one: place for place, one in enumerate(reversed(Severity))}
_MOST_ROWS: Final = 20
_MOST_OPERATIONS: Final = 3
_LONGEST: Final = 160  # characters of a reason
_COLUMNS: Final = (
    Column(title="SEVERITY"),
    Column(title="WHEN (UTC)"),
    Column(title="WHO", folds=True),
    Column(title="WHAT", folds=True),
    Column(title="WHY", folds=True),
)


@dataclass(slots=True)
class _Group:
    severity: str
    title: str
    who: str
    because: (
        str | None
    )  # of the first under a grant: which place was reached for is not told by the other columns
    first: datetime
    last: datetime
    count: int = 0
    operations: Counter[str] = field(default_factory=Counter)


class Groups:
    """Findings of one rule about one caller, of one severity, are one row."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._groups: dict[tuple[str, str, str], _Group] = {}

    def take(self, hits: Iterable[Hit]) -> None:
        """Put findings into their rows."""
        for hit in hits:
            one, who = hit.finding, _who(hit)
            key = (one.severity, one.title, who)
            group = self._groups.get(key)
            if group is None:
                because = one.because if one.grant_id or hit.event is None else None
                group = self._groups[key] = _Group(*key, because, one.at, one.at)
            group.first, group.last = min(group.first, one.at), max(group.last, one.at)
            group.count += 1
            if hit.event is not None:
                group.operations[hit.event.event_name] += 1

    def ranked(self) -> list[_Group]:
        """The worst first, then the earliest."""
        return sorted(
            self._groups.values(), key=lambda one: (_ORDER[one.severity], one.first, one.who, one.title)
        )


def say_groups(groups: Groups) -> None:
    """Print the rows."""
    ranked = groups.ranked()
    if not ranked:
        return
    say_table(_COLUMNS, [_row(group) for group in ranked[:_MOST_ROWS]])
    if len(ranked) > _MOST_ROWS:
        rest = sum(group.count for group in ranked[_MOST_ROWS:])
        say(f"… and {rest:,} more findings in {len(ranked) - _MOST_ROWS:,} rows; --output json has them all")
    say()


def counted(summary: Summary) -> str:
    """What was read and found, in one line."""
    told = [
        _many(summary.files, "file"),
        _many(summary.events, "event") + (f" ({summary.repeated:,} copies)" if summary.repeated else ""),
        f"{summary.set_aside_count:,} set aside",
    ]
    if summary.digests or summary.insights:
        told.append(f"{summary.digests + summary.insights:,} digests and insights passed over")
    found = [
        f"{summary.severities[severity]:,} {severity}" for severity in _ORDER if summary.severities[severity]
    ]
    return f"{', '.join(told)}; " + ("found: " + ", ".join(found) if found else "nothing found")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _who(hit: Hit) -> str:
    one, event = hit.finding, hit.event
    if one.person:
        return f"{one.person} ({one.grant_id})"
    if event is None:
        return one.session_name or ""
    caller = event.user_identity
    named = (caller.arn or "").rpartition(":")[2] or caller.user_name or caller.invoked_by or caller.type
    return named or "unknown"


def _row(group: _Group) -> list[str]:
    most = group.operations.most_common(_MOST_OPERATIONS)
    what = ", ".join(name if count == 1 else f"{count:,} {name}" for name, count in most)
    more = len(group.operations) - len(most)
    reason = f": {group.because[:_LONGEST]}" if group.because else ""
    like = " (the first)" if reason and group.count > 1 else ""
    return [
        group.severity,
        _when(group.first, group.last),
        group.who,
        f"{what}{f' and {more} more' if more > 0 else ''}" or "all calls together",
        f"{group.title}{reason}{like}",
    ]


def _when(first: datetime, last: datetime) -> str:
    if first.date() != last.date():
        return f"{first:%Y-%m-%d %H:%M} - {last:%Y-%m-%d %H:%M}"
    until = f"-{last:%H:%M}" if f"{first:%H:%M}" != f"{last:%H:%M}" else ""
    return f"{first:%Y-%m-%d %H:%M}{until}"
