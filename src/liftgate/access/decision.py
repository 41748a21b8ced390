"""May they? What the catalogue says to an ask: a value with its reasons, never a bare yes or no."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Final, TypeAlias

from liftgate.access.errors import (
    JustificationTooShort,
    NobodyReviews,
    NoBreakGlass,
    NoSuchEntitlement,
    NothingToAskFor,
    OtherMechanism,
    OutsideCeiling,
    RefusedByRule,
    StartOutOfRange,
    TicketNeeded,
    TooLong,
    TooLongInAll,
)
from liftgate.access.facts import HistoryOf, facts_of, of_ask
from liftgate.access.judging import Judged, Wanted, wanted
from liftgate.access.model import Ask, History
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism, ReviewRule
from liftgate.errors import LiftgateError
from liftgate.iam.contain import excess
from liftgate.iam.explain import explain_excess
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Person
from liftgate.span import in_words

FURTHEST_START: Final = timedelta(days=30)
CLOCK_SLACK: Final = timedelta(minutes=1)  # a start "now" may be a little behind by the time that it arrives


@dataclass(frozen=True, slots=True)
class Allowed:
    """The ask fits this entitlement. ``wanted`` names no stages where it is approved without a review."""

    by: Entitlement
    scope: Scope
    wanted: Wanted

    @property
    def approvals_needed(self) -> int:
        """How many people must approve."""
        return sum(stage.approvals for stage in self.wanted.stages)


@dataclass(frozen=True, slots=True)
class Refused:
    """The ask does not fit; every reason, so that all can be mended at once."""

    because: tuple[LiftgateError, ...]
    judged: tuple[Judged, ...] = ()


Decision: TypeAlias = Allowed | Refused


def no_history(entitlement: str) -> History:
    """For whoever asks of nobody in particular: nothing happened before."""
    del entitlement
    return History()


def decide(
    ask: Ask,
    requester: Person,
    catalogue: Catalogue,
    now: datetime,
    *,
    history_of: HistoryOf = no_history,
    may_be_free: bool = True,
) -> Decision:
    """What the catalogue says to an ask; without a named entitlement, by the one that fits with the fewest approvals."""

    def by(entitlement: Entitlement) -> Decision:
        return decide_by(
            ask,
            entitlement,
            requester.id,
            catalogue,
            now,
            history_of=history_of,
            may_be_free=may_be_free,
        )

    open_to = open_entitlements(ask, requester, catalogue)
    if ask.entitlement is not None:
        return _decide_named(ask, ask.entitlement, open_to, by)
    if not open_to:
        return Refused((_nothing_to_ask_for(requester, ask),))
    in_this_way = [e for e in open_to if ask.mechanism in {None, e.mechanism}]
    if not in_this_way:
        return Refused((_nothing_in_this_way(requester),))
    decisions = [by(entitlement) for entitlement in in_this_way]
    fitting = [decision for decision in decisions if isinstance(decision, Allowed)]
    if fitting:
        return min(fitting, key=_preference)
    refusals = [decision for decision in decisions if isinstance(decision, Refused)]
    return min(refusals, key=_distance)


def open_entitlements(ask: Ask, requester: Person, catalogue: Catalogue) -> tuple[Entitlement, ...]:
    """Those that somebody may ask for; in an emergency, those that have a way around their review for them."""
    return tuple(
        one
        for one in catalogue.entitlements.values()
        if requester.id in (_breakers(one) if ask.break_glass else one.requesters)
    )


def decide_by(
    ask: Ask,
    entitlement: Entitlement,
    requester: str,
    catalogue: Catalogue,
    now: datetime,
    *,
    history_of: HistoryOf = no_history,
    may_be_free: bool = True,
) -> Decision:
    """What one entitlement says to an ask of somebody who may use it."""
    scope = scope_within(ask, entitlement.ceiling)
    facts = facts_of(of_ask(ask, entitlement, scope, now), requester, catalogue, history_of)
    rule = entitlement.review
    found = wanted(rule, facts, may_be_free=may_be_free and _is_small(ask, rule), break_glass=ask.break_glass)
    reasons = (
        *_outside(scope, entitlement),
        *_too_long(ask, entitlement),
        *_unjustified(ask, entitlement),
        *_start_out_of_range(ask, now),
        *_refused_outright(found, entitlement),
    )
    if reasons:
        return Refused(reasons, found.judged)
    return Allowed(entitlement, scope, found)


def scope_within(ask: Ask, ceiling: Scope) -> Scope:
    """The scope that an ask means under a ceiling.

    A path without a trailing slash may mean the object, all under it, or both: the meanings that lie inside the ceiling
    are taken. Where none does, all are kept, so that the refusal names them.
    """
    locations = [location for place in ask.places for location in _meant(place, ask.actions, ceiling)]
    return Scope(
        actions=ask.actions, locations=frozenset(locations), kms_keys=ask.kms_keys or ceiling.kms_keys
    )


def _meant(place: frozenset[Location], actions: frozenset[str], ceiling: Scope) -> Iterable[Location]:
    if len(place) == 1:
        return place
    inside = [at for at in place if not excess(Scope(actions=actions, locations=frozenset({at})), ceiling)]
    return inside or place


def _outside(scope: Scope, entitlement: Entitlement) -> Iterable[LiftgateError]:
    beyond = excess(scope, entitlement.ceiling)
    if beyond:
        yield OutsideCeiling(
            f"`{entitlement.name}` does not hold {explain_excess(beyond)}",
            advice="ask for less, or see what you may ask for: liftgate catalogue show",
            value=explain_excess(beyond),
            where=entitlement.name,
        )


def _too_long(ask: Ask, entitlement: Entitlement) -> Iterable[LiftgateError]:
    glass = entitlement.break_glass if ask.break_glass else None
    longest = glass.longest if glass else entitlement.longest
    if ask.duration > longest:
        yield TooLong(
            f"`{entitlement.name}` is lent for {in_words(longest)} at most{' in an emergency' * bool(glass)}, "
            f"not {in_words(ask.duration)}",
            advice=f"ask for {in_words(longest)} or less",
            value=in_words(ask.duration),
            where="duration",
        )
    if ask.extends is not None and ask.extends.in_all + ask.duration > entitlement.longest_chain:
        in_all = ask.extends.in_all + ask.duration
        yield TooLongInAll(
            f"`{entitlement.name}` is lent for {in_words(entitlement.longest_chain)} in all at most, and this would "
            f"make it {in_words(in_all)}",
            advice="ask for less, or ask anew when the grant is over: liftgate request",
            value=in_words(in_all),
            where="duration",
        )


def _refused_outright(found: Wanted, entitlement: Entitlement) -> Iterable[LiftgateError]:
    for because in found.refusals:
        yield RefusedByRule(
            f"`{entitlement.name}` refuses this: {because}",
            advice="ask for something else, or whoever keeps the catalogue",
            where=entitlement.name,
        )
    if not found.stages and not found.free:
        yield NobodyReviews(
            f"nobody reviews what `{entitlement.name}` does not approve by itself",
            advice="ask whoever keeps the catalogue to name reviewers",
            where=entitlement.name,
        )


def _unjustified(ask: Ask, entitlement: Entitlement) -> Iterable[LiftgateError]:
    rule = entitlement.justification
    if len(ask.justification) < rule.at_least:
        yield JustificationTooShort(
            f"the reason has {len(ask.justification)} characters, `{entitlement.name}` wants at least {rule.at_least}"
            if ask.justification
            else f"`{entitlement.name}` wants a reason of at least {rule.at_least} characters",
            advice="say what you will do and why, in words that the reviewer understands",
            where="justification",
        )
    if ask.ticket is None:
        if rule.ticket_required:
            yield TicketNeeded(
                f"`{entitlement.name}` wants a ticket",
                advice=f"add --ticket, of the form {rule.ticket_pattern or 'that your tracker uses'}",
                where="ticket",
            )
    elif rule.ticket_pattern is not None and not re.fullmatch(rule.ticket_pattern, ask.ticket):
        yield TicketNeeded(
            f"`{ask.ticket}` is not a ticket as `{entitlement.name}` wants it",
            advice=f"name a ticket of the form {rule.ticket_pattern}",
            value=ask.ticket,
            where="ticket",
        )


def _start_out_of_range(ask: Ask, now: datetime) -> Iterable[LiftgateError]:
    if ask.starts_at is None:
        return
    if ask.starts_at < now - CLOCK_SLACK:
        yield StartOutOfRange(
            "the start lies in the past",
            advice="leave the start out to begin when it is approved",
            value=ask.starts_at.isoformat(),
            where="starts_at",
        )
    if ask.starts_at > now + FURTHEST_START:
        yield StartOutOfRange(
            f"the start lies more than {FURTHEST_START.days} days ahead",
            advice="ask again nearer to the day",
            value=ask.starts_at.isoformat(),
            where="starts_at",
        )


def _is_small(ask: Ask, rule: ReviewRule) -> bool:
    free = rule.without_review
    return free is not None and ask.duration <= free.longest and ask.actions <= free.actions


def _breakers(entitlement: Entitlement) -> frozenset[str]:
    return entitlement.break_glass.by if entitlement.break_glass else frozenset()


def _decide_named(
    ask: Ask, name: str, open_to: Sequence[Entitlement], by: Callable[[Entitlement], Decision]
) -> Decision:
    for entitlement in open_to:
        if entitlement.name == name:
            if ask.mechanism not in {None, entitlement.mechanism}:
                return Refused((_other_mechanism(entitlement),))
            return by(entitlement)
    if ask.break_glass:
        return Refused((_no_break_glass(name),))
    near = get_close_matches(name, [entitlement.name for entitlement in open_to], n=1)
    return Refused(
        (
            NoSuchEntitlement(
                f"there is no entitlement `{name}` that you may ask for",
                advice=f"did you mean `{near[0]}`?"
                if near
                else "see what you may ask for: liftgate catalogue show",
                value=name,
                where="entitlement",
            ),
        )
    )


def _no_break_glass(name: str) -> LiftgateError:
    return NoBreakGlass(
        f"there is no break-glass of `{name}` that you may use",
        advice="leave --break-glass out, and let its reviewers answer",
        value=name,
        where="break_glass",
    )


def _nothing_to_ask_for(requester: Person, ask: Ask) -> LiftgateError:
    if ask.break_glass:
        return NoBreakGlass(
            f"no entitlement has a break-glass that `{requester.id}` may use",
            advice="leave --break-glass out, and let reviewers answer",
            value=requester.id,
            where="break_glass",
        )
    return NothingToAskFor(
        f"no entitlement is open to `{requester.id}`",
        advice="ask whoever keeps the catalogue to name you, or a group of yours, under `requesters`",
        value=requester.id,
    )


def _nothing_in_this_way(requester: Person) -> LiftgateError:
    return OtherMechanism(
        f"no entitlement of `{requester.id}` is given in the way that was asked for",
        advice="leave --in-place out, or see what you may ask for: liftgate catalogue show",
        where="mechanism",
    )


def _other_mechanism(entitlement: Entitlement) -> LiftgateError:
    in_place = entitlement.mechanism is Mechanism.IN_PLACE
    return OtherMechanism(
        f"`{entitlement.name}` is given in place, not lent as a session"
        if in_place
        else f"`{entitlement.name}` is lent as a session, not given in place",
        advice="add --in-place" if in_place else "leave --in-place out",
        value=entitlement.name,
        where="mechanism",
    )


def _preference(fit: Allowed) -> tuple[bool, int, str]:
    """A session first: access in place changes a role that others hold too, so it is for who has nothing else or asks for it."""
    return fit.by.mechanism is Mechanism.IN_PLACE, fit.approvals_needed, fit.by.name


def _distance(refusal: Refused) -> tuple[int, int]:
    """How far an ask is from fitting: one that only leaves the ceiling's time or words is nearer than one outside it."""
    outside = sum(isinstance(reason, OutsideCeiling) for reason in refusal.because)
    return outside, len(refusal.because)
