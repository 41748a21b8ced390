"""The stages of a review, and whether there are enough people to answer them all: each counts in one stage only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.fillable import fillable
from liftgate.catalogue.model import Stage
from liftgate.catalogue.names import Directory, Found
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.catalogue.written_condition import read_condition

ONLY_STAGE: Final = "review"
"""The name of the stage that a rule without ``stages`` means."""
_OF_ONE: Final = (
    "reviewers",
    "approvals",
    "other_team",
    "remind_after",
    "remind_every",
    "escalate_after",
    "escalate_to",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStage:
    """A stage with the places of what may be at fault in it. Not ``whole`` where a name was unknown."""

    stage: Stage
    fields: Fields
    approvals: Marked[int] | None
    remind_after: Marked[timedelta] | None
    escalate_after: Marked[timedelta] | None
    whole: bool


def read_stages(fields: Fields, directory: Directory, faults: FaultList) -> tuple[ReadStage, ...]:
    """The stages of a rule, in the order in which they are answered; the short form is one."""
    if not fields.has("stages"):
        listed = fields.texts("reviewers")
        reviewers = directory.find(() if listed is None and not fields.has("reviewers") else listed)
        return (_read(fields, ONLY_STAGE, reviewers, directory, faults),)
    for name in _OF_ONE:
        if fields.has(name):
            sentence = f"`{name}` says one step, and `stages` says several"
            advice = "move it into a stage, or remove it"
            faults.add(FaultKind.STAGES_AND_ONE, fields.place_of(name), sentence, advice)
    stages: list[ReadStage] = []
    names: dict[str, Marked[str]] = {}
    for one in fields.records("stages"):
        called = one.text("name")
        if called and names.setdefault(called.value, called) is not called:
            sentence = f"there are two stages `{called.value}`"
            advice = f"rename it here or at {names[called.value].place}"
            faults.add(FaultKind.STAGE_TWICE, called.place, sentence, advice)
        reviewers = directory.find(one.texts("reviewers"))
        if reviewers.whole and not reviewers.ids:
            sentence, advice = "nobody reviews: the groups have no members", "name somebody"
            faults.add(FaultKind.NO_REVIEWERS, one.place_of("reviewers"), sentence, advice)
        read = _read(one, called.value if called else ONLY_STAGE, reviewers, directory, faults)
        stages.append(replace(read, whole=read.whole and bool(reviewers.ids)))
    if not any(not one.fields.has("when") for one in stages):
        sentence = "each stage has a condition, so a request could be left without any"
        advice = "let one stage always apply; what needs no review is said in `without_review`"
        faults.add(FaultKind.NO_CERTAIN_STAGE, fields.place_of("stages"), sentence, advice)
    return tuple(stages)


def _read(fields: Fields, name: str, reviewers: Found, directory: Directory, faults: FaultList) -> ReadStage:
    approvals, other_team = fields.whole("approvals"), fields.flag("other_team")
    remind_after, escalate_after = fields.span("remind_after"), fields.span("escalate_after")
    escalated = fields.texts("escalate_to")
    escalate_to = directory.find(escalated or ())
    when = None
    if "when" in fields.record.by_name:
        lines = faults.lines(fields.place.file)
        when = read_condition(fields.text("when"), OF_REQUEST, FaultKind.BAD_CONDITION, lines, faults)
    remind_every = fields.span("remind_every")
    if fields.has("remind_every") and not fields.has("remind_after"):
        sentence = "`remind_every` says nothing without `remind_after`"
        place = fields.place_of("remind_every")
        faults.add(FaultKind.HALF_A_REMINDER, place, sentence, "add `remind_after`: when it begins")
    if fields.has("escalate_after") != fields.has("escalate_to"):
        there, missing = ("escalate_after", "escalate_to")[:: 1 if fields.has("escalate_after") else -1]
        sentence = f"`{there}` says nothing without `{missing}`"
        faults.add(FaultKind.HALF_AN_ESCALATION, fields.place_of(there), sentence, f"add `{missing}`")
    refuse_services(reviewers, directory, faults)
    refuse_services(escalate_to, directory, faults)
    return ReadStage(
        stage=Stage(
            name=name,
            reviewers=reviewers.ids,
            approvals=approvals.value if approvals else 1,
            other_team=bool(other_team),
            when=when,
            remind_after=remind_after.value if remind_after else None,
            remind_every=remind_every.value if remind_every else None,
            escalate_after=escalate_after.value if escalate_after else None,
            escalate_to=escalate_to.ids,
            reviewer_groups=reviewers.groups,
            escalate_groups=escalate_to.groups,
        ),
        fields=fields,
        approvals=approvals,
        remind_after=remind_after,
        escalate_after=escalate_after,
        whole=reviewers.whole and escalate_to.whole,
    )


def refuse_services(people: Found, directory: Directory, faults: FaultList) -> None:
    """A fault for each service among people who are asked to answer something."""
    for id_ in sorted(people.ids & directory.services):
        sentence = f"`{id_}` is a service, and nobody can ask a service to review"
        faults.add(FaultKind.SERVICE_REVIEWS, people.named_by(id_), sentence, "let people review")


def check_fillable(
    fields: Fields,
    stages: Sequence[ReadStage],
    requesters: Found | None,
    directory: Directory,
    faults: FaultList,
) -> None:
    """A fault where too few people are left to answer; for ``requesters`` None, nobody's own request is looked at."""
    for one in stages:
        count = len(one.stage.reviewers)
        if one.approvals and one.stage.approvals > count:
            sentence = f"{_count(one.stage.approvals)} must approve, and {_count(count)} may review"
            advice = "name more reviewers, or ask for fewer approvals"
            faults.add(FaultKind.TOO_MANY_APPROVALS, one.approvals.place, sentence, advice)
            return
    wanted = [(one.stage.reviewers, one.stage.approvals) for one in stages]
    if not fillable(wanted):
        sentence = "the stages need more people than there are: each answers in one stage only"
        faults.add(
            FaultKind.TOO_MANY_APPROVALS, fields.place_of("stages"), sentence, "name more reviewers in one"
        )
    elif requesters is not None:
        _check_others(stages, requesters, directory, faults)


def _check_others(
    stages: Sequence[ReadStage], requesters: Found, directory: Directory, faults: FaultList
) -> None:
    everybody = frozenset().union(*(one.stage.reviewers for one in stages))
    seen: dict[tuple[bool, frozenset[str]], bool] = {}
    for id_ in sorted(requesters.ids):
        mates = (
            directory.own_team(id_) & everybody if any(one.stage.other_team for one in stages) else _NOBODY
        )
        if id_ not in everybody and not mates:
            continue
        own = id_ if id_ in everybody else ""
        key = (bool(own), mates | {own})
        if key not in seen:
            left = [
                (
                    one.stage.reviewers - {own} - (mates if one.stage.other_team else _NOBODY),
                    one.stage.approvals,
                )
                for one in stages
            ]
            seen[key] = fillable(left)
        if not seen[key]:
            _report(id_, stages, requesters, mates, faults)


_NOBODY: Final[frozenset[str]] = frozenset()


def _report(
    id_: str, stages: Sequence[ReadStage], requesters: Found, mates: frozenset[str], faults: FaultList
) -> None:
    place = requesters.named_by(id_)
    if mates:
        sentence = f"`{id_}` may ask, and too few reviewers are of another team"
        faults.add(FaultKind.OWN_TEAM_REVIEWS, place, sentence, "add reviewers of another team")
        return
    if len(stages) == 1:
        others, approvals = len(stages[0].stage.reviewers) - 1, stages[0].stage.approvals
        sentence = (
            f"`{id_}` may ask, but {_others(others)} may review it and {_count(approvals)} must approve"
        )
    else:
        sentence = f"`{id_}` may ask, and without them the stages cannot all be answered"
    advice = f"add a reviewer, or take `{id_}` out of the requesters: nobody reviews a request of their own"
    faults.add(FaultKind.SELF_REVIEW, place, sentence, advice)


def _count(number: int) -> str:
    return {0: "nobody", 1: "one person"}.get(number, f"{number} people")


def _others(number: int) -> str:
    return {0: "nobody else", 1: "only one other person"}.get(number, f"only {number} other people")
