"""Faults of review rules: what kind, in which text at which mark, at which path, and words of what is said."""

from tests.catalogue.catalogue_samples import PEOPLE, entitlement, with_entitlement

from liftgate.catalogue.fault import FaultKind as K

GLASS = "{by: [ada], longest: 1h, review_within: 24h, reviewers: [owners]}"

RULES = [
    (
        K.STAGES_AND_ONE,
        with_entitlement(review="{approvals: «1, stages: [{name: owners, reviewers: [owners]}]}"),
        "entitlements[0].review.approvals",
        "says several",
    ),
    (
        K.STAGE_TWICE,
        with_entitlement(
            review="{stages: [{name: a1, reviewers: [grace]}, {name: «a1, reviewers: [linus]}]}"
        ),
        "entitlements[0].review.stages[1].name",
        "two stages",
    ),
    (
        K.NO_CERTAIN_STAGE,
        with_entitlement(review="{stages: «[{name: a1, reviewers: [grace], when: request.deletes}]}"),
        "entitlements[0].review.stages",
        "without any",
    ),
    (
        K.NO_REVIEWERS,
        with_entitlement(
            review="{stages: [{name: a1, reviewers: [grace]}, {name: a2, reviewers: «[nobody]}]}"
        ),
        "entitlements[0].review.stages[1].reviewers",
        "no members",
    ),
    (
        K.TOO_MANY_APPROVALS,
        with_entitlement(
            review="{stages: «[{name: a1, reviewers: [owners], approvals: 2}, {name: a2, reviewers: [grace]}]}"
        ),
        "entitlements[0].review.stages",
        "one stage only",
    ),
    (
        K.SELF_REVIEW,
        with_entitlement(
            requesters="[«linus]",
            review="{stages: [{name: a1, reviewers: [owners]}, {name: a2, reviewers: [grace]}]}",
        ),
        "entitlements[0].requesters[0]",
        "without them",
    ),
    (
        K.OWN_TEAM_REVIEWS,
        f"{PEOPLE}teams: [developers]\nentitlements:\n"
        + entitlement(requesters="[«ada]", review="{reviewers: [linus], other_team: true}"),
        "entitlements[0].requesters[0]",
        "another team",
    ),
    (
        K.UNKNOWN_NAME,
        f"{PEOPLE}teams: [«develpers]\n",
        "teams[0]",
        "developers",
    ),
    (
        K.HALF_AN_ESCALATION,
        with_entitlement(review="{reviewers: [owners], escalate_after: «1h}"),
        "entitlements[0].review.escalate_after",
        "escalate_to",
    ),
    (
        K.HALF_AN_ESCALATION,
        with_entitlement(review="{reviewers: [owners], escalate_to: «[ada]}"),
        "entitlements[0].review.escalate_to",
        "escalate_after",
    ),
    (
        K.HALF_A_REMINDER,
        with_entitlement(review="{reviewers: [owners], remind_every: «1h}"),
        "entitlements[0].review.remind_every",
        "remind_after",
    ),
    (
        K.AFTER_LAPSE,
        with_entitlement(review="{reviewers: [owners], lapses_after: 1h, remind_after: «1h}"),
        "entitlements[0].review.remind_after",
        "lapsed",
    ),
    (
        K.BAD_CONDITION,
        with_entitlement(
            review="{reviewers: [owners], refuse_when: [{when: request.deletes && «person.nam == 'ada', because: no}]}"
        ),
        "entitlements[0].review.refuse_when[0].when",
        "person.nam",
    ),
    (
        K.BAD_CONDITION,
        with_entitlement(
            review='{reviewers: [owners], without_review: {longest: 1m, actions: [write], when: "«time.hour + 1"}}'
        ),
        "entitlements[0].review.without_review.when",
        "a number",
    ),
    (
        K.BREAK_GLASS_LONGER,
        with_entitlement(break_glass=GLASS.replace("1h", "«61m")),
        "entitlements[0].break_glass.longest",
        "at most `1h`",
    ),
    (
        K.NOBODY_LOOKS,
        with_entitlement(break_glass=GLASS.replace("[ada]", "[grace]").replace("[owners]", "«[grace]")),
        "entitlements[0].break_glass.reviewers",
        "`grace`",
    ),
    (
        K.SERVICE_REVIEWS,
        with_entitlement(break_glass=GLASS.replace("[ada]", "[«bot]")),
        "entitlements[0].break_glass.by[0]",
        "a service",
    ),
    (
        K.IN_ALL_SHORTER,
        with_entitlement(longest_in_all="«59m"),
        "entitlements[0].longest_in_all",
        "at least `1h`",
    ),
    (K.BAD_ZONE, f"{PEOPLE}zone: «Europe/Nowhere\n", "zone", "Europe/Nowhere"),
]
