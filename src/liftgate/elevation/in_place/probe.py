"""One call that a grant in place should let through, to ask AWS's policy simulator about: nothing is done by it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from liftgate.clock import rfc3339
from liftgate.elevation.in_place.model import Opening
from liftgate.elevation.in_place.statements import statements_of
from liftgate.iam.policy import Statement
from liftgate.iam.s3.actions import actions_matching


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An action on a resource, and what the request says of itself, as AWS names it."""

    action: str
    resource: str
    context: tuple[tuple[str, str, str], ...]  # key, kind (``string`` or ``date``), value


def probe_of(opening: Opening, now: datetime) -> Probe:
    """A call of the grant's own session inside its window: now, or at the window's start where that lies ahead."""
    one = statements_of(opening)[0]
    last = opening.window.ends_at - timedelta(seconds=1)
    moment = min(max(now, opening.window.starts_at), last)
    given = [
        (each.key, "string", _filled(each.values[0]))
        for each in one.conditions
        if each.operator.startswith("String")
    ]
    return Probe(
        action=_action(one),
        resource=_filled(one.resources.values[0] if one.resources else "*"),
        context=(*given, ("aws:CurrentTime", "date", rfc3339(moment.replace(microsecond=0)))),
    )


def _action(one: Statement) -> str:
    pattern = one.actions.values[0]
    return next(iter(actions_matching(pattern)), pattern)


def _filled(pattern: str) -> str:
    return pattern.replace("*", "liftgate-probe").replace("?", "x")
