"""Groups that a provider says somebody is in, laid over the catalogue: they add people to groups, and never take any away."""

from collections.abc import Mapping
from dataclasses import replace

from liftgate.catalogue.model import Catalogue, Entitlement, Stage
from liftgate.identity.model import PersonKind


def with_members(catalogue: Catalogue, members: Mapping[str, frozenset[str]]) -> Catalogue:
    """The same version of the catalogue, with more people behind the names of groups, where entitlements name them.

    ``members`` are the ids of people by group. Who is not in the catalogue, or is a service, is added nowhere. Guards,
    auditors, and who may act in an emergency are those that the files name; who is added to a group that is a team belongs to it.
    """
    known = {group: _people(catalogue, ids) for group, ids in members.items()}
    return replace(
        catalogue,
        entitlements={name: _laid_over(one, known) for name, one in catalogue.entitlements.items()},
        teams={name: ids | known.get(name, frozenset()) for name, ids in catalogue.teams.items()},
    )


def _people(catalogue: Catalogue, ids: frozenset[str]) -> frozenset[str]:
    people = catalogue.people
    return frozenset(id_ for id_ in ids if id_ in people and people[id_].kind is PersonKind.PERSON)


def _laid_over(entitlement: Entitlement, members: Mapping[str, frozenset[str]]) -> Entitlement:
    stages = tuple(_with_answerers(stage, members) for stage in entitlement.review.stages)
    return replace(
        entitlement,
        requesters=entitlement.requesters | _of(entitlement.requester_groups, members),
        review=replace(entitlement.review, stages=stages),
    )


def _with_answerers(stage: Stage, members: Mapping[str, frozenset[str]]) -> Stage:
    return replace(
        stage,
        reviewers=stage.reviewers | _of(stage.reviewer_groups, members),
        escalate_to=stage.escalate_to | _of(stage.escalate_groups, members),
    )


def _of(groups: frozenset[str], members: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(members.get(group, frozenset()) for group in groups))
