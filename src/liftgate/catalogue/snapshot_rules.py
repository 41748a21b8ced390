"""The part of a snapshot that says who answers: what a rule does not say is not written, so that its version stays what it was."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from liftgate.catalogue.model import BreakGlass, Entitlement, Refusal, ReviewRule, Stage, WithoutReview
from liftgate.catalogue.review_stages import ONLY_STAGE
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.conditions.condition import Condition, compile_condition

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
People: TypeAlias = frozenset[str]

_SECOND = timedelta(seconds=1)
_NOBODY: People = frozenset()


def people_of_rules(entitlement: Entitlement) -> Iterator[People]:
    """Every set of people that an entitlement's rules name."""
    if not entitlement.review.stages:
        yield _NOBODY
    for stage in entitlement.review.stages:
        yield stage.reviewers
        if stage.escalate_to:
            yield stage.escalate_to
    if entitlement.break_glass is not None:
        yield entitlement.break_glass.by
        yield entitlement.break_glass.reviewers


def review_json(review: ReviewRule, number: Mapping[People, int]) -> Json:
    """A review rule; the sets of people by their numbers."""
    without = review.without_review
    return {
        **_stages(review.stages, number),
        "lapses_after": seconds(review.lapses_after),
        "without_review": {
            "longest": seconds(without.longest),
            "actions": sorted_texts(without.actions),
            **_when(without.when),
        }
        if without
        else None,
        **(
            {"refuse_when": [[one.when.text, one.because] for one in review.refuse_when]}
            if review.refuse_when
            else {}
        ),
        **({} if review.delegable else {"delegable": False}),
    }


def beyond_json(entitlement: Entitlement, number: Mapping[People, int]) -> dict[str, Json]:
    """How far a grant may be extended, and what holds in an emergency."""
    glass, in_all = entitlement.break_glass, entitlement.longest_in_all
    return {
        **({} if in_all is None else {"longest_in_all": seconds(in_all)}),
        **groups_json("requester_groups", entitlement.requester_groups),
        **(
            {
                "break_glass": {
                    "by": number[glass.by],
                    "longest": seconds(glass.longest),
                    "review_within": seconds(glass.review_within),
                    "reviewers": number[glass.reviewers],
                }
            }
            if glass
            else {}
        ),
    }


def read_review(kept: Mapping[str, Any], sets: Sequence[People]) -> ReviewRule:
    """The rule that ``review_json`` wrote."""
    without = kept["without_review"]
    return ReviewRule(
        stages=tuple(_read_stages(kept, sets)),
        lapses_after=timedelta(seconds=kept["lapses_after"]),
        without_review=WithoutReview(
            longest=timedelta(seconds=without["longest"]),
            actions=frozenset(without["actions"]),
            when=_read_when(without),
        )
        if without
        else None,
        refuse_when=tuple(
            Refusal(when=compile_condition(when, OF_REQUEST), because=because)
            for when, because in kept.get("refuse_when", ())
        ),
        delegable=kept.get("delegable", True),
    )


def read_beyond(kept: Mapping[str, Any], sets: Sequence[People]) -> dict[str, Any]:
    """The fields of an entitlement that ``beyond_json`` wrote."""
    glass, in_all = kept.get("break_glass"), kept.get("longest_in_all")
    return {
        "longest_in_all": None if in_all is None else timedelta(seconds=in_all),
        "requester_groups": frozenset(kept.get("requester_groups", ())),
        "break_glass": BreakGlass(
            by=sets[glass["by"]],
            longest=timedelta(seconds=glass["longest"]),
            review_within=timedelta(seconds=glass["review_within"]),
            reviewers=sets[glass["reviewers"]],
        )
        if glass
        else None,
    }


def groups_json(name: str, groups: frozenset[str]) -> dict[str, Json]:
    """Nothing where no group is named."""
    return {name: sorted_texts(groups)} if groups else {}


def _stages(stages: Sequence[Stage], number: Mapping[People, int]) -> dict[str, Json]:
    if not stages:
        return {"reviewers": number[_NOBODY], "approvals": 1}
    if len(stages) == 1 and stages[0].name == ONLY_STAGE and stages[0].when is None:
        return {key: value for key, value in _stage(stages[0], number).items() if key != "name"}
    return {"stages": [_stage(stage, number) for stage in stages]}


def _stage(stage: Stage, number: Mapping[People, int]) -> dict[str, Json]:
    remind, every, escalate = stage.remind_after, stage.remind_every, stage.escalate_after
    return {
        "name": stage.name,
        "reviewers": number[stage.reviewers],
        "approvals": stage.approvals,
        **({"other_team": True} if stage.other_team else {}),
        **_when(stage.when),
        **({} if remind is None else {"remind_after": seconds(remind)}),
        **({} if every is None else {"remind_every": seconds(every)}),
        **({} if escalate is None else {"escalate_after": seconds(escalate)}),
        **({"escalate_to": number[stage.escalate_to]} if stage.escalate_to else {}),
        **groups_json("reviewer_groups", stage.reviewer_groups),
        **groups_json("escalate_groups", stage.escalate_groups),
    }


def _read_stages(kept: Mapping[str, Any], sets: Sequence[People]) -> Iterator[Stage]:
    written = kept.get("stages", [{"name": ONLY_STAGE, **kept}])
    for one in written:
        remind, every = one.get("remind_after"), one.get("remind_every")
        escalate = one.get("escalate_after")
        stage = Stage(
            name=one["name"],
            reviewers=sets[one["reviewers"]],
            approvals=one["approvals"],
            other_team=one.get("other_team", False),
            when=_read_when(one),
            remind_after=None if remind is None else timedelta(seconds=remind),
            remind_every=None if every is None else timedelta(seconds=every),
            escalate_after=None if escalate is None else timedelta(seconds=escalate),
            escalate_to=sets[one["escalate_to"]] if "escalate_to" in one else _NOBODY,
            reviewer_groups=frozenset(one.get("reviewer_groups", ())),
            escalate_groups=frozenset(one.get("escalate_groups", ())),
        )
        if stage.reviewers or "stages" in kept:
            yield stage


def _when(when: Condition | None) -> dict[str, Json]:
    return {} if when is None else {"when": when.text}


def _read_when(kept: Mapping[str, Any]) -> Condition | None:
    return compile_condition(kept["when"], OF_REQUEST) if "when" in kept else None


def sorted_texts(texts: frozenset[str]) -> list[Json]:
    """A set as a sorted list."""
    return [*sorted(texts)]


def seconds(span: timedelta) -> int:
    """A span as whole seconds. Raises ValueError where it is none."""
    count, rest = divmod(span, _SECOND)
    if rest:
        raise ValueError(f"not a span of whole seconds: {span}")
    return count
