"""The overview as pictures, each with what it says in words and its numbers in a table."""

from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from liftgate.overview.figures import OUTCOMES, STATES, Overview, totals
from liftgate.server.api.overview import OverviewQuery, OverviewShape, figures, overview_shape
from liftgate.server.browser.looks import LookingAtAll
from liftgate.server.pages.asked import asked, here
from liftgate.server.pages.charts import About, Row, Series, bars, columns, lines
from liftgate.server.pages.render import page
from liftgate.server.pages.words import hours, seconds_rough, share

router = APIRouter(include_in_schema=False)

OFFERED: Final = (30, 90)
_MOST_BARS: Final = 12
_OUTCOME_TONES: Final = {"ended": "s-accent", "returned": "s-good", "revoked": "s-bad", "live": "s-soon"}
_STATE_TONES: Final = {"open": "s-bad", "unexplained": "s-soon", "over": "s-soft"}
_USES: Final = {
    "never": ("never used", "s-bad"),
    "less": ("less than granted", "s-soon"),
    "whole": ("as a whole", "s-good"),
    "untold": ("not told by CloudTrail", "s-soft"),
    "unsettled": ("not settled yet", "s-soft"),
}


@router.get("/overview")
def overview_page(request: Request, look: LookingAtAll) -> Response:
    """How much was granted, how fast, what of it was used, and how little stood open."""
    call = look.call
    query = asked(request, OverviewQuery)
    found = figures(call, query)
    shape = overview_shape(call, found)
    lent, standing = totals(found.lent)
    return page(
        request,
        "overview.html",
        look,
        now=call.parts.clock(),
        here=here(request),
        days=query.days,
        offered=OFFERED,
        found=shape,
        granted=sum(_of_day(found)),
        are_over=any(getattr(found.use, name) for name in _USES),
        were_found=any(getattr(one, state) for one in found.findings for state in STATES),
        lent_seconds=lent,
        standing_seconds=standing,
        charts=_charts(found, shape),
        tones={"outcomes": _OUTCOME_TONES, "states": _STATE_TONES, "uses": _USES},
        span=found.until - found.since,
    )


def _charts(found: Overview, shape: OverviewShape) -> dict[str, Markup]:
    return {
        "grants": _grants(found),
        "waits": _waits(found),
        "spread": _spread(shape),
        "uses": _used(found),
        "lent": _lent(found),
        "findings": _findings(found),
        "reviewers": _reviewers(shape),
    }


def _grants(found: Overview) -> Markup:
    labels = [_day(one.day) for one in found.days]
    series = [
        Series(name=name, tone=_OUTCOME_TONES[name], values=[getattr(one, name) for one in found.days])
        for name in OUTCOMES
    ]
    made = _of_day(found)
    busiest = max(range(len(made)), key=made.__getitem__, default=0)
    says = f"{sum(made)} grants in {len(made)} days." + (
        f" Most on {labels[busiest]}: {made[busiest]}." if any(made) else ""
    )
    return columns(About(ident="c-grants", title="Grants a day", says=says), labels, series)


def _waits(found: Overview) -> Markup:
    weeks = [one for one in found.weeks if one.median is not None]
    says = (
        f"{len(weeks)} weeks with reviews. The last: half within {seconds_rough(weeks[-1].median or 0)}, nine of ten within {seconds_rough(weeks[-1].ninetieth or 0)}."
        if weeks
        else "Nothing was reviewed."
    )
    return lines(
        About(ident="c-waits", title="From request to approval, by week", says=says),
        [_day(one.week) for one in found.weeks],
        [
            Series(name="nine of ten", tone="s-soon", values=[one.ninetieth for one in found.weeks]),
            Series(name="median", tone="s-accent", values=[one.median for one in found.weeks]),
        ],
        seconds_rough,
    )


def _spread(shape: OverviewShape) -> Markup:
    labels = [
        f"≤{seconds_rough(one.at_most_seconds)}" if one.at_most_seconds else "longer" for one in shape.waits
    ]
    counts = [one.grants for one in shape.waits]
    says = ", ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True) if count)
    about = About(ident="c-spread", title="How long approvals took", says=says or "Nothing was reviewed.")
    return columns(about, labels, [Series(name="approvals", tone="s-accent", values=counts)])


def _used(found: Overview) -> Markup:
    counts = {name: getattr(found.use, name) for name in _USES}
    of = sum(counts.values())
    rows = [
        Row(label=_USES[name][0], parts=[count if one == name else 0 for one in _USES], note=f"{count}")
        for name, count in counts.items()
    ]
    says = ", ".join(f"{count} {_USES[name][0]}" for name, count in counts.items() if count)
    about = About(ident="c-uses", title="Granted against used", says=says or "No grant is over yet.")
    return bars(about, rows, [tone for _, tone in _USES.values()], whole=of or 1)


def _lent(found: Overview) -> Markup:
    known = [one for one in found.lent if one.standing_seconds][:_MOST_BARS]
    rows = [
        Row(
            label=one.entitlement,
            parts=[min(one.lent_seconds / (one.standing_seconds or 1), 1)],
            note=f"{share(one.lent_seconds, one.standing_seconds or 1)} of {hours(one.standing_seconds or 0)}",
        )
        for one in known
    ]
    lent, standing = totals(found.lent)
    says = f"{hours(lent)} lent, against {hours(standing)} had all of it stood open."
    about = About(ident="c-lent", title="Standing against just in time", says=says)
    return bars(about, rows, ["s-accent"], whole=1)


def _findings(found: Overview) -> Markup:
    rows = [
        Row(
            label=one.severity,
            parts=[getattr(one, state) for state in STATES],
            note=str(sum(getattr(one, state) for state in STATES)),
        )
        for one in found.findings
    ]
    still = sum(one.open for one in found.findings)
    about = About(
        ident="c-findings",
        title="Findings by severity",
        says=f"{still} of {sum(int(row.note) for row in rows)} are open.",
    )
    return bars(about, rows, list(_STATE_TONES.values()))


def _reviewers(shape: OverviewShape) -> Markup:
    shown = shape.reviewers[:_MOST_BARS]
    rows = [
        Row(label=one.person.name, parts=[one.approved, one.denied], note=f"{one.approved + one.denied}")
        for one in shown
    ]
    says = ", ".join(f"{row.label}: {row.note}" for row in rows) or "Nobody answered."
    return bars(About(ident="c-reviewers", title="Who reviews", says=says), rows, ["s-good", "s-bad"])


def _of_day(found: Overview) -> list[int]:
    return [sum(getattr(one, name) for name in OUTCOMES) for one in found.days]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
